"""Sign-ins move in a sealed file; a password that was changed by hand is a new version, the same one is not."""

import base64
from pathlib import Path

import pytest

from tests.vault.conftest import CANARIES, KeptAudit, add_canary
from vault.errors import (
    CredentialExists,
    HolderMissing,
    NotAnExport,
    PasswordPending,
    PasswordUnchanged,
    WrongPassphrase,
)
from vault.keys import Argon2Cost, KeyFile, KeyProvider, Passphrase
from vault.moving import export, open_export, read_export
from vault.secret import Secret
from vault.storage import FileStorage, VaultAction
from vault.vault import Vault

NAMES = [("national", "main")]
WORDS = Passphrase(Secret("correct horse battery staple"), Argon2Cost(iterations=1, lanes=1, memory_kib=8192))


@pytest.fixture
def other(tmp_path: Path) -> tuple[Vault, KeptAudit]:
    audit = KeptAudit()
    return Vault.create(FileStorage(tmp_path / "other" / "v.json"), KeyFile.create(tmp_path / "o.key"), audit), audit


@pytest.mark.parametrize("by_passphrase", [True, False])
def test_a_sign_in_arrives_whole_with_its_owner_and_age_and_nothing_lies_in_the_clear(
    vault: Vault, audit: KeptAudit, other: tuple[Vault, KeptAudit], tmp_path: Path, by_passphrase: bool
) -> None:
    add_canary(vault)
    theirs, their_audit = other
    key: KeyProvider = WORDS if by_passphrase else KeyFile(tmp_path / "o.key")
    if not by_passphrase:
        vault.holders.add("them", key)
    file = tmp_path / "moved.sealed"
    assert export(vault, NAMES, file, WORDS if by_passphrase else "them") == 1
    content = file.read_bytes()
    assert not any(form in content for one in CANARIES for form in (one.encode(), base64.b64encode(one.encode())))
    assert file.stat().st_mode & 0o077 == 0
    (taken,) = open_export(read_export(file), key).take_over(theirs)
    sent = vault.list()[0]
    assert (taken.owner, taken.created_at, taken.version, taken.has_totp) == (sent.owner, sent.created_at, 1, True)
    arrived, held = (one.credential("national", "main", "t") for one in (theirs, vault))
    assert (arrived.user_name, arrived.password, arrived.totp) == (held.user_name, held.password, held.totp)
    assert arrived.security_answers == held.security_answers
    assert VaultAction.CREDENTIAL_EXPORTED in [record[0] for record in audit.records]
    assert their_audit.records[0][:4] == (VaultAction.CREDENTIAL_IMPORTED, "main", "national", 1)


def test_nothing_is_taken_over_by_chance(vault: Vault, other: tuple[Vault, KeptAudit], tmp_path: Path) -> None:
    add_canary(vault)
    theirs, _ = other
    export(vault, NAMES, tmp_path / "moved", WORDS)
    with pytest.raises(WrongPassphrase):
        open_export(read_export(tmp_path / "moved"), Passphrase(Secret("another passphrase")))
    opened = open_export(read_export(tmp_path / "moved"), WORDS)
    opened.must_be_new_to(theirs)
    opened.take_over(theirs)
    with pytest.raises(CredentialExists):
        opened.must_be_new_to(theirs)
    assert opened.take_over(theirs)[0].version == 1, "the same password keeps its version, and its presses"
    theirs.replace_password("national", "main", Secret("another one"))
    assert opened.take_over(theirs)[0].version == 3
    (tmp_path / "else").write_bytes(b"{}")
    with pytest.raises(NotAnExport):
        read_export(tmp_path / "else")
    with pytest.raises(FileExistsError):
        export(vault, NAMES, tmp_path / "moved", WORDS)
    with pytest.raises(HolderMissing):
        export(vault, NAMES, tmp_path / "new", "nobody")


def test_what_waits_to_be_proved_does_not_move(vault: Vault, tmp_path: Path) -> None:
    add_canary(vault)
    vault.pending.seal("national", "main", Secret("a password that waits"))
    with pytest.raises(PasswordPending):
        export(vault, NAMES, tmp_path / "moved", WORDS)
    assert not (tmp_path / "moved").exists()


def test_a_password_changed_by_hand_is_a_new_version_and_all_else_stays(vault: Vault, audit: KeptAudit) -> None:
    add_canary(vault)
    replaced = vault.replace_password("national", "main", Secret("set at the portal"))
    held = vault.credential("national", "main", "t")
    assert (replaced.version, held.version, held.password.reveal()) == (2, 2, "set at the portal")
    assert (held.user_name.reveal(), held.security_answers["First pet?"].reveal()) == (CANARIES[0], CANARIES[3])
    assert replaced.owner == "A. Biller"
    assert replaced.has_totp
    assert vault.pending.known_before("national", "main", Secret(CANARIES[1]))
    assert (VaultAction.CREDENTIAL_REPLACED, "main", "national", 2, "") in audit.records


def test_the_password_that_is_there_already_gets_no_new_version(vault: Vault) -> None:
    add_canary(vault)
    with pytest.raises(PasswordUnchanged, match="already"):
        vault.replace_password("national", "main", Secret(CANARIES[1]))
    assert vault.list()[0].version == 1
