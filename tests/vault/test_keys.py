"""A vault opens with its own key only, and a key that others can read is not used."""

import shutil
from pathlib import Path

import pytest

from tests.vault.conftest import KeptAudit, add_canary
from vault.errors import (
    KeyFileExists,
    KeyFileMissing,
    KeyFileOpenToOthers,
    KeyFileWrongLength,
    PassphraseTooShort,
    VaultDamaged,
    VaultError,
    WrongKey,
    WrongKeyKind,
    WrongPassphrase,
)
from vault.keys import Argon2Cost, KeyFile, Passphrase
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

QUICK = Argon2Cost(iterations=1, lanes=1, memory_kib=8_192)
WORDS = "staple-horse-battery"


def passphrase(text: str = WORDS) -> Passphrase:
    return Passphrase(Secret(text), QUICK)


def test_a_new_key_file_is_for_this_account_only_and_random(tmp_path: Path) -> None:
    first, second = KeyFile.create(tmp_path / "a" / "one"), KeyFile.create(tmp_path / "a" / "two")
    assert first.path.stat().st_mode & 0o777 == 0o600
    assert first.path.parent.stat().st_mode & 0o777 == 0o700
    assert len(first.path.read_bytes()) == 32
    assert first.key({}) != second.key({})


def test_a_key_file_is_never_overwritten(key_file: KeyFile) -> None:
    before = key_file.path.read_bytes()
    with pytest.raises(KeyFileExists):
        KeyFile.create(key_file.path)
    assert key_file.path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666])
def test_a_key_file_open_to_others_is_refused(key_file: KeyFile, mode: int) -> None:
    key_file.path.chmod(mode)
    with pytest.raises(KeyFileOpenToOthers, match="chmod 600"):
        key_file.key({})


@pytest.mark.parametrize("content", [b"", b"k" * 31, b"k" * 33, b"k" * 32 + b"\n"])
def test_a_key_file_of_another_length_is_refused(key_file: KeyFile, content: bytes) -> None:
    key_file.path.write_bytes(content)
    with pytest.raises(KeyFileWrongLength):
        key_file.key({})


def test_a_missing_key_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises((KeyFileMissing, KeyFileOpenToOthers)):
            KeyFile(path).key({})


def test_another_key_file_is_told_as_the_wrong_key(
    vault: Vault, storage: FileStorage, audit: KeptAudit, tmp_path: Path
) -> None:
    add_canary(vault)
    with pytest.raises(WrongKey, match="not the key of this vault"):
        Vault.open(storage, KeyFile.create(tmp_path / "other"), audit)


def test_a_vault_with_a_passphrase_opens_with_it_and_nothing_else(
    storage: FileStorage, audit: KeptAudit, key_file: KeyFile
) -> None:
    add_canary(Vault.create(storage, passphrase(), audit))
    assert Vault.open(storage, passphrase(), audit).check().credentials == 1
    for wrong in (WORDS + "!", WORDS.upper(), "x"):
        with pytest.raises(WrongPassphrase, match="not the passphrase") as refused:
            Vault.open(storage, passphrase(wrong), audit)
        assert wrong not in str(refused.value).split() or wrong == "x"
    with pytest.raises(WrongKeyKind, match="opened with a passphrase, not with a key file"):
        Vault.open(storage, key_file, audit)


def test_the_cost_is_kept_with_the_vault_not_with_the_caller(storage: FileStorage, audit: KeptAudit) -> None:
    Vault.create(storage, passphrase(), audit)
    other_default = Passphrase(Secret(WORDS), Argon2Cost(iterations=2, lanes=2, memory_kib=16_384))
    assert Vault.open(storage, other_default, audit).counter == 1


def test_the_same_passphrase_makes_another_key_for_another_vault(audit: KeptAudit) -> None:
    first, second = passphrase().new_parameters(), passphrase().new_parameters()
    assert first["salt"] != second["salt"]
    assert passphrase().key(first) != passphrase().key(second)
    assert passphrase().key(first) == passphrase().key(first)


def test_a_passphrase_is_the_same_from_every_keyboard() -> None:
    parameters = passphrase().new_parameters()
    composed, combining = "caf\u00e9-staple-horse", "cafe\u0301-staple-horse"
    assert passphrase(composed).key(parameters) == passphrase(combining).key(parameters)


def test_a_short_passphrase_makes_no_vault(storage: FileStorage, audit: KeptAudit) -> None:
    with pytest.raises(PassphraseTooShort, match="15"):
        Vault.create(storage, passphrase("fourteen-chars"), audit)
    assert not storage.path.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"memory_kib": 2**31},
        {"memory_kib": 8},
        {"iterations": 0},
        {"iterations": 10**9},
        {"lanes": "1"},
        {"salt": "00"},
        {"salt": 1},
        {"more": 1},
    ],
)
def test_an_impossible_cost_is_damage_not_a_stalled_computer(changed: dict[str, str | int]) -> None:
    with pytest.raises(VaultDamaged):
        passphrase().key({**passphrase().new_parameters(), **changed})


def test_every_flipped_byte_of_a_passphrase_header_is_noticed(storage: FileStorage, audit: KeptAudit) -> None:
    Vault.create(storage, passphrase(), audit)
    whole = storage.path.read_bytes()
    start = whole.index(b'"header"')
    for position in range(start, whole.index(b"\n", start)):
        storage.path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(VaultError):
            Vault.open(storage, passphrase(), audit)


def test_a_copy_of_the_file_without_the_key_is_useless(
    vault: Vault, storage: FileStorage, audit: KeptAudit, tmp_path: Path
) -> None:
    add_canary(vault)
    shutil.copy(storage.path, tmp_path / "stolen.json")
    with pytest.raises(VaultError):
        Vault.open(FileStorage(tmp_path / "stolen.json"), KeyFile.create(tmp_path / "guess"), audit)
