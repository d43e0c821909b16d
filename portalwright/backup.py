"""Backs an office up into one sealed file, while it works, and sees whether such a file is whole.

In it is everything but the key: ledger, vault, sealed pages and documents, the office's own files. The file opens with
the vault's key alone. Nothing is written in the clear on the way, and nobody is kept waiting: the ledger is read as it
was at one moment, and what it names lies sealed before the ledger names it.
"""

import importlib.metadata
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from ledger import audit
from ledger.accounts import Actor
from ledger.portable import Rows, counted, examine, sealed_names, snapshot, write_rows
from ledger.shared_items import SharedItems
from portalwright.backup_parts import ABOUT, FILE, SEALED, VAULT, BackupReport, put, put_end, put_rows, take_in
from portalwright.office import NoAudit, Office
from vault.errors import SealedItemMissing
from vault.files import sync_folder
from vault.keys import KeyProvider
from vault.storage import VaultAtHand, read, written
from vault.vault import Vault

_FOLDERS = ("selectors", "schedules", "appeals")


class BackupRefused(Exception):
    """A backup cannot be made or restored there. Nothing that was there before is changed."""


def make_backup(office: Office, vault: Vault, actor: Actor, file: Path, now: datetime) -> BackupReport:
    """Back the opened office up into `file` (0600), which must not be there; it has that name only once it is whole.

    Raises BackupRefused, VaultError, LedgerError or OSError; then there is no such file. Whoever calls it on a thread
    of its own closes the ledger's connection there afterwards (`ledger.start.close_connection`).
    """
    unfinished = file.with_name(f"{file.name}.part")
    if file.exists():
        raise BackupRefused(f"{file} is there already and was left as it is; name another file.")
    try:
        out = os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), "wb")
    except FileExistsError:
        raise BackupRefused(
            f"{unfinished} is there: another backup is just being written, or one was cut off. Nothing was written; "
            "when none is being written, delete it."
        ) from None
    try:
        with out:
            report = _write(office, vault, out, now)
            out.flush()
            os.fsync(out.fileno())
        if file.exists():
            raise BackupRefused(f"{file} was made by somebody else meanwhile and was left as it is; name another file.")
        unfinished.rename(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)
    audit.append(
        actor, "office.backup", "backup", report.backup, now,
        result=f"{report.rows.total} rows, {report.sealed} sealed files, {report.missing} missing",
    )  # fmt: skip
    return report


def verify_backup(file: Path, key: KeyProvider) -> BackupReport:
    """Read a whole backup without restoring it: every byte as it was written, vault and audit log whole.

    Raises the vault's errors about backups and keys, RowsRefused or OSError.
    """
    return take_in(file, key, _Looks(key))


def office_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The office's own files, by their path within the folder: settings and rules, packs, calendar, templates."""
    found = [path for path in folder.glob("*.toml") if path.is_file()]
    for name in _FOLDERS:
        found += [path for path in (folder / name).rglob("*") if path.is_file() and not path.is_symlink()]
    yield from sorted((path.relative_to(folder).as_posix(), path) for path in found)


_BINARY = getattr(os, "O_BINARY", 0)


def _write(office: Office, vault: Vault, out: BinaryIO, now: datetime) -> BackupReport:
    key_file = None if office.settings.key.file is None else office.key_file().resolve()
    files = sealed = missing = 0
    rows = Rows()
    # The vault is read after the ledger's moment: it may have seen more changes than the ledger has, never fewer.
    with snapshot() as database:
        sink = vault.seal_backup(out, now)
        put(sink, ABOUT, json.dumps({"portalwright": importlib.metadata.version("portalwright")}).encode())
        for name, path in office_files(office.files):
            if path.resolve() != key_file:
                put(sink, f"{FILE}{name}", path.read_bytes())
                files += 1
        put(sink, VAULT, written(office.entry_storage().read_all()))
        line = b""
        for number, line in enumerate(write_rows(database)):
            put_rows(sink, number, line)
        rows = counted(line)
        store = office.sealed_store(vault.sealer())
        if isinstance(store, SharedItems):
            store = SharedItems(store.sealer, database)
        for name in sealed_names(database):
            try:
                content = store.sealed(name)
            except SealedItemMissing:
                missing += 1
                continue
            put(sink, f"{SEALED}{name}", content)
            sealed += 1
        put_end(sink, files=files, sealed=sealed, missing=missing)
    return BackupReport(sink.header.backup, now, out.tell(), files, len(vault.list()), rows, sealed, missing)


class _Looks:
    """Takes a backup in without keeping it."""

    def __init__(self, key: KeyProvider) -> None:
        self._key = key

    def office_file(self, name: str, content: bytes) -> None:
        """Nothing is to be seen in it."""

    def vault(self, content: bytes) -> int:
        """Every entry opens."""
        return Vault.open(VaultAtHand(read(content)), self._key, NoAudit()).check().credentials

    def rows(self, lines: Iterator[bytes]) -> Rows:
        """They are those that were written, and the audit log is whole."""
        return examine(lines)

    def sealed(self, name: str, content: bytes) -> None:
        """Sealed twice, it is as it was."""
