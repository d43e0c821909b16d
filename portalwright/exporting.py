"""Answers leave the office as a file, by the office's own wish; who took out how many is on record first."""

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from documents.answers_out import FileFormat, write_answers
from documents.written_whole import FileNotWritten, write_whole
from ledger.answers import list_current
from portalwright.office import Desk
from portalwright.viewing import record_export
from portalwright.words import category_words


@dataclass(frozen=True)
class Wanted:
    """Which answers, and how. `since` is an aware instant; what is None leaves nothing out."""

    file_format: FileFormat
    portal: str | None = None
    claim: str | None = None
    since: datetime | None = None
    lines: bool = False
    names: bool = False


def exported(desk: Desk, wanted: Wanted) -> tuple[bytes, int]:
    """The whole file and how many rows it has, with the export on record. Raises TooMuchForExcel."""
    out = io.BytesIO()
    count = write_answers(
        list_current(portal=wanted.portal, claim=wanted.claim, since=wanted.since),
        out,
        wanted.file_format,
        category_words,
        lines=wanted.lines,
        names=wanted.names,
    )
    record_export(desk, wanted.file_format, f"{count} rows", names=wanted.names, portal=wanted.portal)
    return out.getvalue(), count


def export_to(desk: Desk, wanted: Wanted, file: Path) -> int:
    """Write the answers into a file of the office's choice, whole or not at all; return how many rows.

    Raises FileNotWritten or TooMuchForExcel.
    """
    contents, count = exported(desk, wanted)
    try:
        write_whole(file, contents)
    except FileNotWritten:
        record_export(desk, wanted.file_format, "not written", names=wanted.names, portal=wanted.portal)
        raise
    return count
