"""The work list that people work from, as a file: CSV, XLSX or JSON."""

import json
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from documents.columns import Cell, Column, Kind, listed
from documents.table_out import FileFormat, write_csv, write_xlsx
from flows.work_entry import WorkEntry

WORK_COLUMNS = (
    Column("what", Kind.TEXT),
    Column("id", Kind.NUMBER),
    Column("kind", Kind.TEXT),
    Column("queue", Kind.TEXT),
    Column("role", Kind.TEXT),
    Column("owner", Kind.TEXT),
    Column("due", Kind.DATE),
    Column("limit", Kind.DATE),
    Column("money", Kind.DOLLARS),
    Column("portal", Kind.TEXT),
    Column("number", Kind.TEXT),
    Column("codes", Kind.TEXT),
    Column("lines", Kind.TEXT),
    Column("frequency", Kind.TEXT),
    Column("replaces", Kind.TEXT),
    Column("decision", Kind.TEXT),
    Column("why", Kind.TEXT),
    Column("opened_at", Kind.INSTANT),
)
"""Every column of the file, in its order."""

JSON_VERSION = 1
"""Goes up when a name in the JSON file changes its meaning or goes away."""


def write_work(entries: Iterable[WorkEntry], out: BinaryIO, file_format: FileFormat) -> int:
    """Write the entries in their order; the same entries give the same bytes. Returns how many. Raises
    TooMuchForExcel."""
    match file_format:
        case FileFormat.CSV:
            return write_csv(WORK_COLUMNS, map(_cells, entries), out)
        case FileFormat.XLSX:
            return write_xlsx(WORK_COLUMNS, map(_cells, entries), out, "work")
        case FileFormat.JSON:
            return _write_json(entries, out)


def _write_json(entries: Iterable[WorkEntry], out: BinaryIO) -> int:
    out.write(f'{{"format": "portalwright-work", "format_version": {JSON_VERSION}, "work": ['.encode())
    written = 0
    for written, entry in enumerate(entries, start=1):
        out.write(b"\n" if written == 1 else b",\n")
        out.write(json.dumps(entry.model_dump(mode="json"), ensure_ascii=False).encode())
    out.write(b"\n]}\n")
    return written


def _cells(entry: WorkEntry) -> Sequence[Cell]:
    return (
        entry.what,
        entry.id,
        entry.kind,
        entry.queue,
        entry.role,
        entry.owner,
        entry.due,
        entry.limit,
        entry.money,
        entry.portal,
        entry.number,
        listed(entry.codes),
        listed(map(str, entry.lines)),
        entry.frequency,
        entry.replaces,
        entry.decision,
        entry.why,
        entry.opened_at,
    )
