"""A sealed backup opens with the vault's key alone, piece by piece, and no byte of it can be changed unnoticed."""

import io
import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.vault.conftest import KeptAudit
from vault import sealed_backup
from vault.errors import (
    BackupDamaged,
    BackupFormatUnknown,
    NotABackup,
    VaultError,
    WrongKey,
    WrongKeyKind,
    WrongPassphrase,
)
from vault.keys import Argon2Cost, KeyFile, KeyProvider, Passphrase
from vault.sealed_backup import BackupReader, read_header
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CANARY = b"Quillfeather, Ottoline, 1961-05-17"


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile.create(tmp_path / "office.key")


def vault_of(folder: Path, key: KeyProvider) -> Vault:
    return Vault.create(FileStorage(folder / "vault.json"), key, KeptAudit())


def sealed(vault: Vault, *contents: bytes) -> bytes:
    file = io.BytesIO()
    writer = vault.seal_backup(file, NOW)
    for content in contents:
        writer.write(content)
    writer.end()
    return file.getvalue()


def opened(backup: bytes, key: KeyProvider) -> bytes:
    reader = BackupReader(io.BytesIO(backup), "office.backup", key)
    found = bytearray()
    while content := reader.read(100):
        found += content
    return bytes(found)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_backup, "_PIECE", 32)


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 64, 500])
@pytest.mark.usefixtures("small_pieces")
def test_what_was_sealed_is_what_is_opened(tmp_path: Path, key: KeyFile, length: int) -> None:
    content = os.urandom(length)
    vault = vault_of(tmp_path, key)
    backup = sealed(vault, content[:7], content[7:])
    assert opened(backup, key) == content
    header = read_header(io.BytesIO(backup), "office.backup")
    assert (header.made_at, header.key_kinds, header.vault.vault_id) == (NOW, ("key file",), vault.name)


@pytest.mark.usefixtures("small_pieces")
def test_nothing_in_it_can_be_read_without_the_key(tmp_path: Path, key: KeyFile) -> None:
    assert CANARY[:6] not in sealed(vault_of(tmp_path, key), CANARY * 3)


@pytest.mark.usefixtures("small_pieces")
def test_no_byte_can_be_changed_unnoticed(tmp_path: Path, key: KeyFile) -> None:
    backup = sealed(vault_of(tmp_path, key), CANARY * 3)
    for place in range(len(backup)):
        spoilt = bytearray(backup)
        spoilt[place] ^= 1
        with pytest.raises(VaultError):
            pytest.fail(f"byte {place} was changed: {opened(bytes(spoilt), key)!r}")


@pytest.mark.usefixtures("small_pieces")
def test_nothing_can_be_cut_off_added_or_moved(tmp_path: Path, key: KeyFile) -> None:
    vault = vault_of(tmp_path, key)
    content = bytes(range(32)) * 3  # three whole pieces: an end at a border between pieces is the hard one
    backup = sealed(vault, content)
    piece = 32 + 16
    head, pieces = backup[: -3 * piece], [backup[len(backup) - n * piece :][:piece] for n in (3, 2, 1)]
    spoilt = [backup[:length] for length in range(len(backup))]
    spoilt += [backup + b"\0", backup + pieces[2], head + pieces[1] + pieces[0] + pieces[2], head + pieces[2]]
    other = sealed(vault, content)
    spoilt.append(head + other[-3 * piece :])
    for one in spoilt:
        with pytest.raises(VaultError):
            opened(one, key)
    assert opened(head + b"".join(pieces), key) == content


def test_when_it_was_made_is_believed_only_where_nobody_changed_it(tmp_path: Path, key: KeyFile) -> None:
    backup = sealed(vault_of(tmp_path, key), CANARY)
    assert backup.count(b"2026-03-02") == 1
    with pytest.raises(BackupDamaged):
        BackupReader(io.BytesIO(backup.replace(b"2026-03-02", b"2026-03-03")), "office.backup", key)


def test_another_key_opens_nothing(tmp_path: Path, key: KeyFile) -> None:
    backup = sealed(vault_of(tmp_path, key), CANARY)
    with pytest.raises(WrongKey):
        opened(backup, KeyFile.create(tmp_path / "other.key"))
    with pytest.raises(WrongKeyKind):
        opened(backup, Passphrase(Secret("correct horse battery staple")))


def test_a_passphrase_opens_it_on_another_computer_too(tmp_path: Path) -> None:
    cheap = Argon2Cost(iterations=1, lanes=1, memory_kib=8192)
    backup = sealed(vault_of(tmp_path, Passphrase(Secret("correct horse battery staple"), cheap)), CANARY)
    assert opened(backup, Passphrase(Secret("correct horse battery staple"))) == CANARY
    with pytest.raises(WrongPassphrase):
        opened(backup, Passphrase(Secret("incorrect horse battery staple")))


def test_other_files_are_told_from_backups(tmp_path: Path, key: KeyFile) -> None:
    backup = sealed(vault_of(tmp_path, key), CANARY)
    for other in (b"", b"PW", b"PK\x03\x04 a zip file", b"PWB\x01\xff\xff\xff\xff", b"PWB\x01\0\0\0\x02{}"):
        with pytest.raises(NotABackup):
            opened(other, key)
    with pytest.raises(BackupFormatUnknown):
        opened(b"PWB\x03" + backup[4:], key)
    with pytest.raises(BackupDamaged):
        BackupReader(io.BytesIO(backup), "office.backup", key).read_all_of(len(CANARY) + 1)


def test_a_long_backup_needs_little_memory(tmp_path: Path, key: KeyFile) -> None:
    vault, path = vault_of(tmp_path, key), tmp_path / "long.backup"
    tracemalloc.start()
    with path.open("wb") as file:
        writer = vault.seal_backup(file, NOW)
        for _ in range(400):
            writer.write(bytes(100_000))
        writer.end()
    with path.open("rb") as file:
        reader = BackupReader(file, path.name, key)
        while reader.read(70_000):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 40_000_000
    assert peak < 12_000_000
