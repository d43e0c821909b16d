"""The vault gives out what was put in, tells every use, and notices every change made behind its back."""

import base64
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vault.conftest import CANARIES, BrokenAudit, KeptAudit, add_canary
from vault.errors import (
    CredentialMissing,
    NameNotAllowed,
    SecretEmpty,
    SeedNotUnderstood,
    VaultDamaged,
    VaultError,
    VaultExists,
    VaultFormatUnknown,
    VaultMissing,
    VaultRolledBack,
)
from vault.keys import KeyFile
from vault.secret import Secret
from vault.storage import FileStorage, VaultAction
from vault.vault import Vault

Reopen = Callable[[], Vault]


def add(vault: Vault, portal: str, alias: str, password: str) -> int:
    return vault.add_credential(portal, alias, Secret("user"), Secret(password), owner="A. Biller").version


def password_of(vault: Vault, portal: str, alias: str) -> str:
    return vault.credential(portal, alias, "sign-in").password.reveal()


def stored_json(storage: FileStorage) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(storage.path.read_bytes())
    return content


def write_json(storage: FileStorage, content: dict[str, Any]) -> None:
    storage.path.write_bytes(json.dumps(content, indent=1, sort_keys=True).encode() + b"\n")


def test_a_credential_comes_back_as_it_was_put_in(vault: Vault, reopened: Reopen) -> None:
    add_canary(vault)
    credential = reopened().credential("national", "main", "sign-in")
    assert (credential.portal, credential.alias, credential.version) == ("national", "main", 1)
    assert credential.user_name.reveal() == CANARIES[0]
    assert credential.password.reveal() == CANARIES[1]
    assert credential.totp is not None
    assert credential.totp.seed.reveal() == base64.b32decode(CANARIES[2])
    assert {asked: answer.reveal() for asked, answer in credential.security_answers.items()} == {
        "First pet?": CANARIES[3]
    }


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    user_name=st.text(min_size=1),
    password=st.text(min_size=1),
    answers=st.dictionaries(st.text(), st.text(min_size=1), max_size=3),
)
def test_any_text_can_be_a_secret(vault: Vault, user_name: str, password: str, answers: dict[str, str]) -> None:
    sealed_answers = {asked: Secret(answer) for asked, answer in answers.items()}
    vault.add_credential("p", "a", Secret(user_name), Secret(password), owner="o", security_answers=sealed_answers)
    credential = vault.credential("p", "a", "sign-in")
    assert (credential.user_name.reveal(), credential.password.reveal()) == (user_name, password)
    assert credential.totp is None
    assert credential.security_answers == sealed_answers


def test_nothing_of_a_credential_stands_in_the_clear_not_even_its_portal(vault: Vault, storage: FileStorage) -> None:
    add_canary(vault)
    everything = b"".join(path.read_bytes() for path in storage.path.parent.rglob("*") if path.is_file())
    for text in (*CANARIES, "national", "main", "Biller", "First pet"):
        assert text.encode() not in everything
        assert base64.b64encode(text.encode())[:-4] not in everything
    assert storage.path.stat().st_mode & 0o777 == 0o600
    assert storage.path.parent.stat().st_mode & 0o777 == 0o700


def test_the_sealed_length_does_not_tell_the_length_of_a_password(vault: Vault, storage: FileStorage) -> None:
    add(vault, "p", "short", "x")
    add(vault, "p", "long", "x" * 64)
    assert len({len(entry) for entry in stored_json(storage)["entries"].values()}) == 1


def test_a_new_password_is_a_new_version_and_the_old_one_is_gone(vault: Vault, storage: FileStorage) -> None:
    assert [add(vault, "p", "a", text) for text in ("one", "two", "three")] == [1, 2, 3]
    assert add(vault, "p", "b", "other") == 1
    assert password_of(vault, "p", "a") == "three"
    assert len(stored_json(storage)["entries"]) == 2


def test_a_version_is_never_given_out_twice_not_even_after_removal(vault: Vault, reopened: Reopen) -> None:
    for expected in (1, 2):
        assert add(vault, "p", "a", "one") == expected
    vault.remove("p", "a")
    assert add(reopened(), "p", "a", "two") == 3
    vault.remove("p", "a")
    assert add(vault, "p", "a", "three") == 4


def test_a_summary_shows_what_may_be_shown(storage: FileStorage, key_file: KeyFile, audit: KeptAudit) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    vault = Vault.create(storage, key_file, audit, clock=lambda: now)
    add_canary(vault, "zeta", "main")
    add_canary(vault, "alpha", "second")
    add(vault, "alpha", "main", "x")
    later = Vault.open(storage, key_file, audit, clock=lambda: now + timedelta(days=3))
    shown = later.list()
    assert [(one.portal, one.alias) for one in shown] == [("alpha", "main"), ("alpha", "second"), ("zeta", "main")]
    assert [one.has_totp for one in shown] == [False, True, True]
    assert {one.age for one in shown} == {timedelta(days=3)}
    assert {(one.created_at, one.owner, one.version) for one in shown} == {(now, "A. Biller", 1)}
    assert not any(canary in repr(shown) for canary in CANARIES)


def test_a_removed_credential_is_gone(vault: Vault, storage: FileStorage) -> None:
    add_canary(vault)
    vault.remove("national", "main")
    assert vault.list() == ()
    assert stored_json(storage)["entries"] == {}
    with pytest.raises(CredentialMissing, match="vault add"):
        vault.credential("national", "main", "sign-in")
    with pytest.raises(CredentialMissing, match="vault add"):
        vault.remove("national", "main")


def test_every_use_and_change_is_told_to_the_audit(vault: Vault, audit: KeptAudit) -> None:
    add(vault, "p", "a", "one")
    add(vault, "p", "a", "two")
    vault.credential("p", "a", "sign-in of run 7")
    vault.remove("p", "a")
    vault.list()
    vault.check()
    assert audit.records == [
        (VaultAction.CREDENTIAL_ADDED, "a", "p", 1, ""),
        (VaultAction.CREDENTIAL_REPLACED, "a", "p", 2, ""),
        (VaultAction.CREDENTIAL_USED, "a", "p", 2, "sign-in of run 7"),
        (VaultAction.CREDENTIAL_REMOVED, "a", "p", 2, ""),
    ]


def test_a_use_that_cannot_be_recorded_does_not_happen(
    vault: Vault, storage: FileStorage, key_file: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_canary(vault)
    unrecorded = Vault.open(storage, key_file, BrokenAudit())

    def never(*_: object) -> None:
        raise AssertionError("an entry was opened")

    monkeypatch.setattr("vault.vault.open_envelope", never)
    with pytest.raises(OSError, match="audit"):
        unrecorded.credential("national", "main", "sign-in")


@pytest.mark.parametrize("name", ["", "a b", "../x", "Ünal", "-x", "x" * 65, "a\n", "member 123/45"])
def test_a_name_that_could_not_stand_in_a_log_is_refused(vault: Vault, name: str) -> None:
    with pytest.raises(NameNotAllowed):
        add(vault, name, "a", "x")
    with pytest.raises(NameNotAllowed):
        add(vault, "p", name, "x")
    with pytest.raises(NameNotAllowed):
        vault.system_secret(name)
    assert vault.counter == 1


def test_what_is_not_understood_changes_nothing(vault: Vault) -> None:
    with pytest.raises(SeedNotUnderstood):
        vault.add_credential("p", "a", Secret("u"), Secret("p"), owner="o", totp_seed=Secret("?"))
    with pytest.raises(SecretEmpty):
        add(vault, "p", "a", "")
    assert vault.counter == 1


def test_a_system_secret_is_made_once_and_stays(vault: Vault, reopened: Reopen) -> None:
    made = vault.system_secret("ledger-database")
    assert len(made.reveal()) == 32
    assert reopened().system_secret("ledger-database") == made
    assert vault.system_secret("other") != made
    assert vault.counter == 3
    assert vault.list() == ()


def test_a_keyed_digest_is_stable_in_an_office_and_another_in_the_next(
    vault: Vault, reopened: Reopen, key_file: KeyFile, audit: KeptAudit, tmp_path: Path
) -> None:
    digest = vault.keyed_digest("MEMBER-123 1980-01-01")
    assert digest == reopened().keyed_digest("MEMBER-123 1980-01-01")
    assert digest != vault.keyed_digest("MEMBER-124 1980-01-01")
    assert len(bytes.fromhex(digest)) == 32
    next_office = Vault.create(FileStorage(tmp_path / "next" / "vault.json"), key_file, audit)
    assert next_office.keyed_digest("MEMBER-123 1980-01-01") != digest


def test_check_counts_what_it_opened(vault: Vault) -> None:
    add_canary(vault)
    vault.keyed_digest("x")
    report = vault.check()
    assert (report.counter, report.credentials, report.system_secrets) == (3, 1, 1)


def test_a_vault_is_never_overwritten_and_a_missing_one_is_told(
    vault: Vault, storage: FileStorage, key_file: KeyFile, audit: KeptAudit, tmp_path: Path
) -> None:
    add_canary(vault)
    with pytest.raises(VaultExists):
        Vault.create(storage, key_file, audit)
    assert vault.check().credentials == 1
    for path in (tmp_path / "office" / "other.json", tmp_path / "nowhere" / "vault.json"):
        with pytest.raises(VaultMissing, match="vault init"):
            Vault.open(FileStorage(path), key_file, audit)


def test_every_flipped_byte_is_noticed(vault: Vault, storage: FileStorage, reopened: Reopen) -> None:
    add(vault, "p", "a", "first")
    add(vault, "q", "b", "second")
    vault.system_secret("ledger")
    whole = storage.path.read_bytes()
    unnoticed = []
    for position in range(len(whole)):
        for mask in (0x01, 0x20):
            storage.path.write_bytes(whole[:position] + bytes([whole[position] ^ mask]) + whole[position + 1 :])
            for use in (reopened, lambda: vault.credential("p", "a", "x")):
                try:
                    use()
                except VaultError:
                    continue
                unnoticed.append((position, mask))
    assert unnoticed == []
    storage.path.write_bytes(whole)
    assert password_of(reopened(), "p", "a") == "first"


def test_every_cut_and_every_addition_is_noticed(vault: Vault, storage: FileStorage, reopened: Reopen) -> None:
    add(vault, "p", "a", "first")
    whole = storage.path.read_bytes()
    for changed in (*(whole[:length] for length in range(len(whole))), whole + b"\n", b" " + whole, whole + whole):
        storage.path.write_bytes(changed)
        with pytest.raises(VaultDamaged):
            reopened()


@pytest.fixture
def two_entries(vault: Vault, storage: FileStorage) -> tuple[dict[str, Any], str, str]:
    """The stored JSON of a vault of two credentials, and their entry ids, the older one's first."""
    add(vault, "p", "a", "first")
    (first,) = stored_json(storage)["entries"]
    add(vault, "q", "b", "second")
    content = stored_json(storage)
    (second,) = set(content["entries"]) - {first}
    return content, first, second


def test_exchanged_removed_and_added_entries_are_noticed(
    two_entries: tuple[dict[str, Any], str, str], storage: FileStorage, reopened: Reopen
) -> None:
    content, first, second = two_entries
    entries = content["entries"]
    for changed in (
        {first: entries[second], second: entries[first]},
        {first: entries[first], second: entries[first]},
        {first: entries[first]},
        {},
        {**entries, "f" * 32: entries[first]},
        {first: entries[first], "f" * 32: entries[second]},
    ):
        write_json(storage, {**content, "entries": changed})
        with pytest.raises(VaultDamaged, match="newest copy"):
            reopened()
    write_json(storage, content)
    assert reopened().check().credentials == 2


def test_an_older_entry_in_the_place_of_a_newer_one_is_noticed(
    two_entries: tuple[dict[str, Any], str, str], vault: Vault, storage: FileStorage, reopened: Reopen
) -> None:
    older, first, _ = two_entries
    add(vault, "p", "a", "newer")
    newer = stored_json(storage)
    for changed in (
        {**newer, "entries": {**newer["entries"], first: older["entries"][first]}},
        {**newer, "manifest": older["manifest"]},
        {**newer, "manifest": older["manifest"], "counter": older["counter"]},
        {**older, "counter": newer["counter"]},
        {**newer, "entries": older["entries"]},
    ):
        write_json(storage, changed)
        with pytest.raises(VaultDamaged):
            reopened()


def test_the_parts_of_another_vault_under_the_same_key_do_not_fit(
    vault: Vault, storage: FileStorage, key_file: KeyFile, reopened: Reopen, tmp_path: Path
) -> None:
    other_storage = FileStorage(tmp_path / "other" / "vault.json")
    add(Vault.create(other_storage, key_file, KeptAudit()), "p", "a", "theirs")
    add(vault, "p", "a", "ours")
    ours, theirs = stored_json(storage), stored_json(other_storage)
    for part in ("header", "manifest", "entries"):
        write_json(storage, {**ours, part: theirs[part]})
        with pytest.raises(VaultDamaged):
            reopened()


def test_an_older_copy_of_the_whole_file_is_noticed_by_the_counter(
    vault: Vault, storage: FileStorage, reopened: Reopen, tmp_path: Path
) -> None:
    add(vault, "p", "a", "older")
    shutil.copy(storage.path, tmp_path / "older.json")
    add(vault, "p", "a", "newer")
    kept_elsewhere = vault.counter
    shutil.copy(tmp_path / "older.json", storage.path)
    with pytest.raises(VaultRolledBack, match="older copy"):
        vault.credential("p", "a", "sign-in")
    with pytest.raises(VaultRolledBack, match=r"change 2.*change 3"):
        reopened().check_counter(kept_elsewhere)
    restarted = reopened()
    with pytest.raises(VaultRolledBack):
        restarted.check_counter(kept_elsewhere)
    with pytest.raises(VaultRolledBack):
        restarted.credential("p", "a", "sign-in")


def test_an_older_copy_put_back_right_after_a_change_is_noticed(
    vault: Vault, storage: FileStorage, tmp_path: Path
) -> None:
    add(vault, "p", "a", "x")
    for change in (lambda: add(vault, "p", "a", "y"), lambda: vault.remove("p", "a")):
        vault.check()
        older = storage.path.read_bytes()
        change()
        newer = storage.path.read_bytes()
        storage.path.write_bytes(older)
        with pytest.raises(VaultRolledBack):
            vault.check()
        storage.path.write_bytes(newer)


def test_an_older_copy_put_back_after_a_newer_was_read_is_noticed(
    vault: Vault, storage: FileStorage, reopened: Reopen
) -> None:
    older = storage.path.read_bytes()
    add(vault, "p", "a", "x")
    reader = reopened()
    storage.path.write_bytes(older)
    with pytest.raises(VaultRolledBack):
        reader.list()


def test_a_counter_kept_before_a_crash_is_no_rollback(vault: Vault, reopened: Reopen) -> None:
    kept_elsewhere = vault.counter
    add(vault, "p", "a", "x")
    reopened().check_counter(kept_elsewhere)
    reopened().check_counter(vault.counter)


def test_a_vault_of_a_later_format_is_left_alone(vault: Vault, storage: FileStorage, reopened: Reopen) -> None:
    write_json(storage, {**stored_json(storage), "format_version": 3})
    before = storage.path.read_bytes()
    with pytest.raises(VaultFormatUnknown, match="format 3"):
        reopened()
    assert storage.path.read_bytes() == before


def test_an_answer_is_kept_for_its_question_and_changes_nothing_else(
    vault: Vault, audit: KeptAudit, reopened: Reopen
) -> None:
    add_canary(vault)
    assert vault.keep_answer("national", "main", "Town of  birth?", Secret("Springfield")) == 2
    assert vault.keep_answer("national", "main", "TOWN OF BIRTH", Secret("Shelbyville")) == 2
    assert audit.records[-1] == (VaultAction.ANSWER_KEPT, "main", "national", 1, "")
    opened = reopened().credential("national", "main", "sign-in")
    assert opened.version == 1
    assert opened.password == Secret(CANARIES[1])
    assert opened.totp is not None
    assert {asked: given.reveal() for asked, given in opened.security_answers.items()} == {
        "First pet?": CANARIES[3],
        "TOWN OF BIRTH": "Shelbyville",
    }
    with pytest.raises(CredentialMissing):
        vault.keep_answer("national", "nobody", "Town?", Secret("x"))
