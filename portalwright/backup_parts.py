"""What a backup holds, part by part: written by `backup`, taken in by `restore` and by the check of a backup.

In this order: "about", the office's own files, the vault (sealed, as it lies there), the ledger's rows, the sealed
pages and documents, and "end", which counts them. A part is its name and length in JSON, with the length of that in
four bytes before it, and its content. Everything passes through memory part by part.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ledger.portable import Rows
from vault.errors import BackupDamaged
from vault.keys import KeyProvider
from vault.sealed_backup import BackupReader, BackupWriter

ABOUT, FILE, VAULT, ROWS, SEALED, END = "about", "office/", "vault", "rows/", "sealed/", "end"
_LONGEST_HEAD = 4096
_LONGEST_PART = 1 << 30


@dataclass(frozen=True)
class BackupReport:
    """What is in a backup. `missing`: sealed pages and documents that the ledger names and that were not there.

    `size` is in bytes. `backup` is its opaque name.
    """

    backup: str
    made_at: datetime
    size: int
    files: int
    credentials: int
    rows: Rows
    sealed: int
    missing: int


class TakesIn(Protocol):
    """Who takes in a backup; each is called in the order of the parts."""

    def office_file(self, name: str, content: bytes) -> None:
        """A file of the office, by its path within the folder, with `/`."""

    def vault(self, content: bytes) -> int:
        """The vault; returns how many sign-ins are in it."""

    def rows(self, lines: Iterator[bytes]) -> Rows:
        """The ledger's rows, as `ledger.portable` writes them."""

    def sealed(self, name: str, content: bytes) -> None:
        """A sealed page or document."""


def put(sink: BackupWriter, name: str, content: bytes) -> None:
    """Write one part."""
    head = json.dumps({"name": name, "size": len(content)}).encode()
    sink.write(len(head).to_bytes(4) + head)
    sink.write(content)


def put_rows(sink: BackupWriter, number: int, line: bytes) -> None:
    """Write one line of rows."""
    put(sink, f"{ROWS}{number}", zlib.compress(line))


def put_end(sink: BackupWriter, *, files: int, sealed: int, missing: int) -> None:
    """Write the last part, by which the backup is whole."""
    put(sink, END, json.dumps({"files": files, "sealed": sealed, "missing": missing}).encode())
    sink.end()


def take_in(file: Path, key: KeyProvider, taker: TakesIn) -> BackupReport:
    """Read a whole backup, and hand each part of it over once it is known to be as it was written.

    Raises the vault's errors about backups and keys, whatever `taker` raises, and OSError.
    """
    with file.open("rb") as source:
        reader = BackupReader(source, file.name, key)
        coming = _Parts(reader)
        coming.take(ABOUT)
        files = sealed = 0
        while coming.name.startswith(FILE):
            taker.office_file(coming.name.removeprefix(FILE), coming.take(coming.name))
            files += 1
        credentials = taker.vault(coming.take(VAULT))
        lines = _lines(coming)
        rows = taker.rows(lines)
        if next(lines, None) is not None:
            raise BackupDamaged("rows after the end of the rows")
        while coming.name.startswith(SEALED):
            taker.sealed(coming.name.removeprefix(SEALED), coming.take(coming.name))
            sealed += 1
        end = json.loads(coming.take(END))
        if (end["files"], end["sealed"]) != (files, sealed) or reader.read(1):
            raise BackupDamaged("it does not hold what it should")
        size = source.tell()
    header = reader.header
    return BackupReport(header.backup, header.made_at, size, files, credentials, rows, sealed, end["missing"])


class _Parts:
    """The parts in order, the next one known by its name before it is taken."""

    def __init__(self, reader: BackupReader) -> None:
        self._reader = reader
        self.name = ""
        self._size = 0
        self._look()

    def take(self, name: str) -> bytes:
        """The content of the next part, which must have this name."""
        if self.name != name:
            raise BackupDamaged("a part is missing")
        content = self._reader.read_all_of(self._size)
        if name != END:
            self._look()
        return content

    def _look(self) -> None:
        length = int.from_bytes(self._reader.read_all_of(4))
        if length > _LONGEST_HEAD:
            raise BackupDamaged("a part")
        head = json.loads(self._reader.read_all_of(length))
        self.name, self._size = str(head["name"]), int(head["size"])
        if self._size > _LONGEST_PART:
            raise BackupDamaged("a part")


def _lines(coming: _Parts) -> Iterator[bytes]:
    number = 0
    while coming.name == f"{ROWS}{number}":
        yield zlib.decompress(coming.take(coming.name))
        number += 1
