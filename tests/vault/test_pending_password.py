"""A new password is sealed beside the one in use, and neither is let go of before one of them is proved."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.vault.conftest import KeptAudit
from vault.errors import CredentialMissing, PasswordPending, PendingPasswordMissing
from vault.keys import KeyFile
from vault.secret import Secret
from vault.storage import FileStorage, VaultAction
from vault.vault import Vault

PORTAL, ALIAS = "national", "main"
OLD, NEW, OTHER = Secret("canary-old-pass-1"), Secret("canary-new-pass-2"), Secret("canary-other-pass-3")


@pytest.fixture
def held(vault: Vault) -> Vault:
    """A vault with one credential."""
    vault.add_credential(PORTAL, ALIAS, Secret("canary-user"), OLD, owner="dana", totp_seed=Secret("JBSWY3DPEHPK3PXP"))
    return vault


def test_both_are_there_until_the_new_one_is_promoted(held: Vault) -> None:
    waiting = held.pending.seal(PORTAL, ALIAS, NEW)
    assert (waiting.version, waiting.owner) == (2, "dana")
    assert held.credential(PORTAL, ALIAS, "test").password == OLD
    new = held.pending.credential(PORTAL, ALIAS, "test")
    assert (new.password, new.version, new.user_name) == (NEW, 2, Secret("canary-user"))
    assert new.totp is not None
    promoted = held.pending.promote(PORTAL, ALIAS, waiting.version)
    assert (promoted.version, promoted.owner, promoted.has_totp) == (2, "dana", True)
    assert held.credential(PORTAL, ALIAS, "test").password == NEW
    assert held.pending.find(PORTAL, ALIAS) is None
    assert held.pending.promote(PORTAL, ALIAS, waiting.version).version == 2
    held.check()


def test_an_answer_that_was_kept_meanwhile_is_not_lost_with_the_old_password(held: Vault) -> None:
    waiting = held.pending.seal(PORTAL, ALIAS, NEW)
    held.keep_answer(PORTAL, ALIAS, "Pet?", Secret("canary-rover"))
    held.pending.promote(PORTAL, ALIAS, waiting.version)
    assert held.credential(PORTAL, ALIAS, "test").security_answers == {"Pet?": Secret("canary-rover")}


def test_a_second_one_does_not_take_the_place_of_one_that_may_be_the_portals(held: Vault) -> None:
    held.pending.seal(PORTAL, ALIAS, NEW)
    with pytest.raises(PasswordPending):
        held.pending.seal(PORTAL, ALIAS, OTHER)
    assert held.pending.credential(PORTAL, ALIAS, "test").password == NEW


def test_no_version_is_ever_given_twice(held: Vault) -> None:
    first = held.pending.seal(PORTAL, ALIAS, NEW)
    assert held.pending.drop(PORTAL, ALIAS, first.version, "refused")
    assert not held.pending.drop(PORTAL, ALIAS, first.version, "refused")
    second = held.pending.seal(PORTAL, ALIAS, OTHER)
    by_hand = held.add_credential(PORTAL, ALIAS, Secret("canary-user"), NEW, owner="dana")
    assert (first.version, second.version, by_hand.version) == (2, 3, 4)
    with pytest.raises(PendingPasswordMissing):
        held.pending.promote(PORTAL, ALIAS, second.version)
    held.pending.drop(PORTAL, ALIAS, second.version, "another is in use")
    held.remove(PORTAL, ALIAS)
    assert held.add_credential(PORTAL, ALIAS, Secret("canary-user"), NEW, owner="dana").version == 5


def test_passwords_of_before_are_known_and_not_kept(held: Vault, storage: FileStorage) -> None:
    for password in (NEW, OTHER):
        held.pending.promote(PORTAL, ALIAS, held.pending.seal(PORTAL, ALIAS, password).version)
    assert all(held.pending.known_before(PORTAL, ALIAS, password) for password in (OLD, NEW, OTHER))
    assert not held.pending.known_before(PORTAL, ALIAS, Secret("canary-never-seen"))
    assert not held.pending.known_before(PORTAL, "other", OLD)


def test_with_its_credential_it_goes(held: Vault) -> None:
    held.pending.seal(PORTAL, ALIAS, NEW)
    held.remove(PORTAL, ALIAS)
    assert held.pending.all() == ()
    with pytest.raises(CredentialMissing):
        held.pending.seal(PORTAL, ALIAS, NEW)


def test_every_act_is_in_the_audit_and_nothing_is_in_the_clear(
    held: Vault, storage: FileStorage, audit: KeptAudit
) -> None:
    waiting = held.pending.seal(PORTAL, ALIAS, NEW)
    held.pending.credential(PORTAL, ALIAS, "proof")
    held.pending.promote(PORTAL, ALIAS, waiting.version)
    dropped = held.pending.seal(PORTAL, ALIAS, OTHER)
    held.pending.drop(PORTAL, ALIAS, dropped.version, "refused")
    assert [(action, version, why) for action, _, _, version, why in audit.records[1:]] == [
        (VaultAction.PENDING_SEALED, 2, ""),
        (VaultAction.PENDING_USED, 2, "proof"),
        (VaultAction.PENDING_PROMOTED, 2, ""),
        (VaultAction.PENDING_SEALED, 3, ""),
        (VaultAction.PENDING_DROPPED, 3, "refused"),
    ]
    assert b"canary" not in storage.path.read_bytes()
    assert "canary" not in repr(held.pending.find(PORTAL, ALIAS)) + repr(audit.records)


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True)
class Dying(FileStorage):
    """Dies at its so-many-th change, before it is written."""

    left: list[int]

    def put(self, expected_counter: int, entry_id: str, entry: bytes, manifest: bytes) -> None:
        self._count()
        super().put(expected_counter, entry_id, entry, manifest)

    def remove(self, expected_counter: int, entry_id: str, manifest: bytes) -> None:
        self._count()
        super().remove(expected_counter, entry_id, manifest)

    def _count(self) -> None:
        self.left[0] -= 1
        if self.left[0] < 0:
            raise Killed


@pytest.mark.parametrize("changes", range(4))
def test_killed_at_any_change_of_a_promotion_both_are_known_and_it_is_done_again(
    held: Vault, storage: FileStorage, key_file: KeyFile, reopened: Callable[[], Vault], changes: int
) -> None:
    waiting = held.pending.seal(PORTAL, ALIAS, NEW)
    dying = Vault.open(Dying(Path(storage.path), [changes]), key_file, KeptAudit())
    with pytest.raises(Killed):
        dying.pending.promote(PORTAL, ALIAS, waiting.version)
    after = reopened()
    after.check()
    known = {after.credential(PORTAL, ALIAS, "test").password.reveal()}
    if after.pending.find(PORTAL, ALIAS) is not None:
        known.add(after.pending.credential(PORTAL, ALIAS, "test").password.reveal())
    assert NEW.reveal() in known
    after.pending.promote(PORTAL, ALIAS, waiting.version)
    after.pending.drop(PORTAL, ALIAS, waiting.version, "it is in use")
    assert after.credential(PORTAL, ALIAS, "test").password == NEW
    assert after.pending.known_before(PORTAL, ALIAS, OLD)
