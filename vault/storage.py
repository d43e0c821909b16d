"""Where the sealed entries lie and who is told about their use: two small interfaces, and one file for one machine."""

import base64
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from filelock import FileLock, Timeout
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError

from vault.errors import VaultBusy, VaultDamaged, VaultExists, VaultFormatUnknown, VaultMissing, VaultMoved
from vault.files import sweep_temporary_files, sync_folder, write_atomically

FORMAT_VERSION = 2
"""Of a vault with holders (`vault.header`)."""

FIRST_FORMAT = 1
"""Of a vault whose one holder's key is its own key; it is opened, and moved on when its key is rotated."""

_LOCK_WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class StoredVault:
    """All that is stored, sealed: the header in the clear, the list of entries and the entries themselves.

    Nothing here is believed because it was read: the vault authenticates header, counter, list and entries.
    """

    header: str
    counter: int
    manifest: bytes
    entries: Mapping[str, bytes]
    format_version: int = FORMAT_VERSION


class EntryStorage(Protocol):
    """Keeps sealed bytes for a vault; every change moves the counter by exactly one, or does nothing."""

    def create(self, header: str, manifest: bytes) -> None:
        """Store a new, empty vault with counter 1; raises `VaultExists`."""

    def read_all(self) -> StoredVault:
        """One consistent state of the vault; raises `VaultMissing` or `VaultDamaged`."""

    def put(self, expected_counter: int, entry_id: str, entry: bytes, manifest: bytes) -> None:
        """Store or replace an entry together with the new list, in one step.

        Raises `VaultMoved` and changes nothing when the counter is not `expected_counter` any more.
        """

    def remove(self, expected_counter: int, entry_id: str, manifest: bytes) -> None:
        """Remove an entry and store the new list, in one step; raises `VaultMoved` like `put`."""

    def replace(self, expected_counter: int, header: str, entries: Mapping[str, bytes], manifest: bytes) -> None:
        """Store all of it anew, in the present format, in one step; raises `VaultMoved` like `put`."""


class VaultAction(StrEnum):
    """What is told to the audit log."""

    CREDENTIAL_ADDED = "credential added"
    CREDENTIAL_REPLACED = "credential replaced"
    CREDENTIAL_REMOVED = "credential removed"
    CREDENTIAL_USED = "credential used"
    ANSWER_KEPT = "security answer kept"
    PENDING_SEALED = "new password sealed"
    PENDING_USED = "new password used"
    PENDING_PROMOTED = "new password proved"
    PENDING_DROPPED = "new password dropped"
    CREDENTIAL_EXPORTED = "credential exported"
    CREDENTIAL_IMPORTED = "credential imported"
    KEY_ROTATED = "key rotated"
    HOLDER_ADDED = "holder added"
    HOLDER_REMOVED = "holder removed"


class AuditSink(Protocol):
    """Takes a record of every use and change of a credential."""

    def record(self, action: VaultAction, alias: str, portal: str, version: int, purpose: str) -> None:
        """Keep the record durably before returning; an exception stops the use that it would have told of."""


def _from_base64(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("not base64 text")  # noqa: TRY004 # pydantic turns only ValueError into its own error
    return base64.b64decode(value, validate=True)


SealedBytes = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    PlainSerializer(lambda sealed: base64.b64encode(sealed).decode(), return_type=str),
]


class _VaultFile(BaseModel):
    """The one file, as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    format: Literal["portalwright vault"] = "portalwright vault"
    format_version: int = FORMAT_VERSION
    header: str
    counter: int
    manifest: SealedBytes
    entries: dict[str, SealedBytes]

    def encoded(self) -> bytes:
        """The only way to write these values: sorted keys, a line for each, so that a copy can be compared."""
        return json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True).encode() + b"\n"


def written(stored: StoredVault) -> bytes:
    """A vault as the bytes of its one file; the same vault always gives the same bytes."""
    fields: dict[str, Any] = {
        "format_version": stored.format_version,
        "header": stored.header,
        "counter": stored.counter,
        "manifest": base64.b64encode(stored.manifest).decode(),
        "entries": {entry_id: base64.b64encode(entry).decode() for entry_id, entry in stored.entries.items()},
    }
    return _VaultFile.model_validate(fields).encoded()


def read(content: bytes) -> StoredVault:
    """The vault in these bytes; raises `VaultDamaged` for any that `written` would not give, or `VaultFormatUnknown`.

    Base64 and JSON can say one thing in several ways; only the one way we write is accepted, so that there is no byte
    whose change goes unnoticed.
    """
    try:
        file = _VaultFile.model_validate_json(content)
    except ValidationError:
        raise VaultDamaged("its file cannot be read") from None
    if file.format_version not in (FIRST_FORMAT, FORMAT_VERSION):
        raise VaultFormatUnknown(str(file.format_version))
    if file.encoded() != content:
        raise VaultDamaged("its file was edited")
    return StoredVault(file.header, file.counter, file.manifest, file.entries, file.format_version)


def with_entry(stored: StoredVault, entry_id: str, entry: bytes, manifest: bytes) -> StoredVault:
    """The vault after one change: an entry put or replaced."""
    return replace(stored, counter=stored.counter + 1, manifest=manifest, entries={**stored.entries, entry_id: entry})


def without_entry(stored: StoredVault, entry_id: str, manifest: bytes) -> StoredVault:
    """The vault after one change: an entry removed."""
    entries = {known: entry for known, entry in stored.entries.items() if known != entry_id}
    return replace(stored, counter=stored.counter + 1, manifest=manifest, entries=entries)


def anew(stored: StoredVault, header: str, entries: Mapping[str, bytes], manifest: bytes) -> StoredVault:
    """The vault after one change: another head and other entries, under another key."""
    return StoredVault(header=header, counter=stored.counter + 1, manifest=manifest, entries=entries)


@dataclass(frozen=True)
class FileStorage:
    """A vault in one file, for one machine: each change writes a new file and puts it in the old one's place.

    A lock file beside it keeps writers of all processes apart; readers need no lock, since they see the old file
    or the new one. `VaultBusy` is raised when the lock is not to be had for half a minute.
    """

    path: Path

    def create(self, header: str, manifest: bytes) -> None:
        """See `EntryStorage`; makes the folder too, readable by this account only."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._only_writer():
            if self.path.exists():
                raise VaultExists(str(self.path))
            self._write(StoredVault(header=header, counter=1, manifest=manifest, entries={}))

    def read_all(self) -> StoredVault:
        """See `EntryStorage`; a file that is not exactly as this class writes it raises `VaultDamaged`."""
        # Windows refuses to replace a file that somebody is reading.
        with self._only_writer() if os.name == "nt" else nullcontext():
            return self._read()

    def put(self, expected_counter: int, entry_id: str, entry: bytes, manifest: bytes) -> None:
        """See `EntryStorage`."""
        self._change(expected_counter, lambda stored: with_entry(stored, entry_id, entry, manifest))

    def remove(self, expected_counter: int, entry_id: str, manifest: bytes) -> None:
        """See `EntryStorage`."""
        self._change(expected_counter, lambda stored: without_entry(stored, entry_id, manifest))

    def replace(self, expected_counter: int, header: str, entries: Mapping[str, bytes], manifest: bytes) -> None:
        """See `EntryStorage`."""
        self._change(expected_counter, lambda stored: anew(stored, header, entries, manifest))

    def hand_over(self, take: Callable[[bytes], None], kept_as: Path) -> None:
        """Give the whole file to `take`, and from then on keep it under another name, where nobody opens it.

        No other process writes meanwhile; one that still has the vault open here finds it missing afterwards, and
        changes nothing. Raises `VaultMissing`, or what `take` raises, and then the vault stays where it is.
        """
        with self._only_writer():
            take(written(self._read()))
            self.path.replace(kept_as)
            sync_folder(self.path.parent)

    def _change(self, expected_counter: int, change: Callable[[StoredVault], StoredVault]) -> None:
        with self._only_writer():
            stored = self._read()
            if stored.counter != expected_counter:
                raise VaultMoved
            self._write(change(stored))

    def _read(self) -> StoredVault:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            raise VaultMissing(str(self.path)) from None
        return read(content)

    def _write(self, stored: StoredVault) -> None:
        sweep_temporary_files(self.path)
        write_atomically(self.path, written(stored))

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        if not self.path.parent.is_dir():
            raise VaultMissing(str(self.path))
        lock = FileLock(f"{self.path}.lock", timeout=_LOCK_WAIT_SECONDS, mode=0o600, poll_interval=0.005)
        try:
            lock.acquire()
        except Timeout:
            raise VaultBusy from None
        try:
            yield
        finally:
            lock.release()


@dataclass(frozen=True)
class VaultAtHand:
    """An `EntryStorage` of a vault that was read elsewhere, out of a backup for one: to be looked at, never changed."""

    stored: StoredVault

    def create(self, header: str, manifest: bytes) -> None:
        """See `EntryStorage`."""
        raise VaultExists("this place")

    def read_all(self) -> StoredVault:
        """See `EntryStorage`."""
        return self.stored

    def put(self, expected_counter: int, entry_id: str, entry: bytes, manifest: bytes) -> None:
        """See `EntryStorage`."""
        raise VaultMoved

    def remove(self, expected_counter: int, entry_id: str, manifest: bytes) -> None:
        """See `EntryStorage`."""
        raise VaultMoved

    def replace(self, expected_counter: int, header: str, entries: Mapping[str, bytes], manifest: bytes) -> None:
        """See `EntryStorage`."""
        raise VaultMoved
