"""Restores an office from a backup into an empty folder: all of it, or nothing that could be taken for an office.

Everything is written into a folder of its own within the new one, and looked at there: that every byte is as it was
written, that the rows in the new database are those of the old one, that the audit log is whole and that vault and
ledger belong together. Only then it is put in its place, office.toml last: without that file no folder is an office.
The restored office stands still until a person has said go (`ledger.restorations`).
"""

import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from ledger import membership, restorations, shared_vault, vault_state
from ledger.errors import VaultOlder
from ledger.portable import Rows, read_rows
from ledger.postgresql.address import PostgresAddress
from ledger.shared_items import SharedItems
from ledger.start import close_connection, open_ledger, open_on_server
from portalwright.backup import BackupRefused
from portalwright.backup_parts import BackupReport, take_in
from portalwright.office import LEDGER_KEY, NoAudit, Office
from portalwright.settings import SETTINGS_FILE, KeyKind, SettingsWrong, name_ledger, read_settings, write_durably
from vault.errors import BackupDamaged
from vault.files import sync_folder, write_new
from vault.keys import KeyProvider
from vault.sealed import SealedFolder, SealedStore
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

_STAGING = ".restoring"


@dataclass(frozen=True)
class Place:
    """Where an office is restored to: an empty folder; and with `server`, its ledger into an empty database there.

    `server_password` None: the passfile has it. `key_file` is where the key lies, for an office that is opened by one.
    `told` hears each table and how many of its rows have come.
    """

    folder: Path
    key_file: Path | None = None
    server: PostgresAddress | None = None
    server_password: Secret[str] | None = None
    told: Callable[[str, int], None] = lambda _table, _rows: None


def restore(file: Path, place: Place, key: KeyProvider, account: str, now: datetime) -> BackupReport:
    """Restore the backup; afterwards the folder is an office, which is held until a person confirms it.

    `account` is in whose name it is recorded. Raises BackupRefused when the folder is not empty, RowsRefused when the
    database is not, the vault's errors about backups and keys, LedgerError, SettingsWrong, OSError. Then the folder is
    as it was; only a restore that is killed leaves something in it, which is no office and can be deleted.
    """
    folder = place.folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefused(
            f"{folder} is not an empty folder. Nothing was restored; name one that is not there yet. What a restore "
            "that was cut off has left can be deleted."
        )
    was_there = folder.exists()
    staging = folder / _STAGING
    staging.mkdir(mode=0o700, parents=True)
    taking = _Restoring(staging, place, key)
    try:
        report = take_in(file, key, taking)
        taking.finish(report, account, now)
    except BaseException:
        close_connection()
        shutil.rmtree(staging, ignore_errors=True)
        if not was_there:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    close_connection()
    _put_in_place(staging, folder)
    return report


class _Restoring:
    """Takes a backup in, into the staging folder."""

    def __init__(self, staging: Path, place: Place, key: KeyProvider) -> None:
        self._staging = staging
        self._place = place
        self._key = key
        self._vault: Vault | None = None
        self._store: SealedStore | None = None

    def office_file(self, name: str, content: bytes) -> None:
        """Write it to its place."""
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or path.parts[0] == "data":
            raise BackupDamaged("a file's name")
        target = self._staging / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(target, content)

    def vault(self, content: bytes) -> int:
        """Write it, open it, and with it the new ledger, empty."""
        office = self._office()
        office.make_data_folders()
        write_new(office.vault_file, content)
        vault = self._vault = Vault.open(FileStorage(office.vault_file), self._key, NoAudit())
        server = self._place.server
        if server is None:
            self._store = SealedFolder(office.evidence_folder, vault.sealer())
            open_ledger(office.ledger_file, lambda: vault.system_secret(LEDGER_KEY).reveal(), migrate=False)
        else:
            self._store = SharedItems(vault.sealer())
            if self._place.server_password is not None:
                office.keep_server_password(self._place.server_password, self._key)
            open_on_server(server, office.server_password(self._key), migrate=False)
        return vault.check().credentials

    def rows(self, lines: Iterator[bytes]) -> Rows:
        """Into the new ledger."""
        return read_rows(lines, self._place.told)

    def sealed(self, name: str, content: bytes) -> None:
        """As it lay there."""
        if self._store is None:
            raise BackupDamaged("a part is missing")
        self._store.keep(name, content)

    def finish(self, report: BackupReport, account: str, now: datetime) -> None:
        """See that vault and ledger belong together, hold the office, and make office.toml fit its new place."""
        vault = self._vault
        if vault is None:
            raise BackupDamaged("a part is missing")
        if vault.counter < vault_state.counter():
            raise VaultOlder(vault_state.counter(), vault.counter)
        _, actor = membership.enter(account, None, now, any_of_them=True)
        restorations.begin(report.backup, report.made_at, actor, now)
        office = self._office()
        if self._place.server is None:
            vault_state.set_counter(vault.counter)
        else:
            shared_vault.bring(office.vault_file.read_bytes())
            office.vault_file.unlink()
        self._fit_settings()

    def _office(self) -> Office:
        return Office(self._staging, read_settings(self._staging / SETTINGS_FILE))

    def _fit_settings(self) -> None:
        file = self._staging / SETTINGS_FILE
        text = _without_ledger(file.read_text(encoding="utf-8"), file)
        settings = read_settings(file)
        if settings.key.provider is KeyKind.KEY_FILE and settings.key.file is not None and self._place.key_file:
            lies_at = self._place.key_file.expanduser().resolve()
            if self._place.folder.resolve() / settings.key.file.expanduser() != lies_at:
                text = _with_key_file(text, lies_at, file)
        write_durably(file, text)
        if self._place.server is not None:
            name_ledger(file, self._place.server)
        read_settings(file)


def _put_in_place(staging: Path, folder: Path) -> None:
    """The last of the renames makes it an office."""
    for path in sorted(staging.iterdir(), key=lambda one: one.name == SETTINGS_FILE):
        if path.name == SETTINGS_FILE:
            sync_folder(folder)
        path.rename(folder / path.name)
    staging.rmdir()
    sync_folder(folder)


def _without_ledger(text: str, file: Path) -> str:
    """office.toml without the line that names a server."""
    said = tomllib.loads(text)
    if "ledger" not in said:
        return text
    kept = re.sub(r"^ledger\s*=.*\n?", "", text, count=1, flags=re.MULTILINE)
    return _checked(kept, {name: value for name, value in said.items() if name != "ledger"}, file)


def _with_key_file(text: str, key_file: Path, file: Path) -> str:
    """office.toml with another place of the key file."""
    said = tomllib.loads(text)
    table = re.search(r"^\[key\][^\n]*\n(?:(?!\[).*\n?)*", text, re.MULTILINE)
    if table is None:
        return _checked(text, None, file)
    named = re.sub(
        r"^file\s*=.*$", lambda _: f"file = {json.dumps(str(key_file))}", table[0], count=1, flags=re.MULTILINE
    )
    changed = text[: table.start()] + named + text[table.end() :]
    return _checked(changed, {**said, "key": {**said["key"], "file": str(key_file)}}, file)


def _checked(text: str, wanted: object, file: Path) -> str:
    try:
        fits = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        fits = False
    if not fits:
        raise SettingsWrong(
            f"{file.name} in the backup could not be changed safely to fit its new place (its line of the ledger or of "
            "the key). Nothing was restored; write each of them on a line of its own, and make a new backup."
        )
    return text
