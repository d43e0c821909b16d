"""Answers leave the office as a file, by the office's own wish; who took out how many is on record first."""

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from documents.answers_out import write_answers
from documents.table_out import FileFormat
from documents.written_whole import FileNotWritten, write_whole
from flows.questions import Flow
from ledger.answers import list_current
from portalwright.office import Desk
from portalwright.viewing import record_export
from portalwright.words import status_words, subject_word


@dataclass(frozen=True)
class Wanted:
    """Which answers, and how. `since` is an aware instant; what is None leaves nothing out.

    `number` is a patient account number or an appointment number, as the flow has them.
    """

    file_format: FileFormat
    flow: Flow = Flow.CLAIM_STATUS
    portal: str | None = None
    number: str | None = None
    since: datetime | None = None
    lines: bool = False
    names: bool = False


def exported(desk: Desk, wanted: Wanted) -> tuple[bytes, int]:
    """The whole file and how many rows it has, with the export on record. Raises TooMuchForExcel."""
    out = io.BytesIO()
    count = write_answers(
        list_current(
            desk.practice.id, portal=wanted.portal, number=wanted.number, since=wanted.since, flow=wanted.flow
        ),
        out,
        wanted.file_format,
        status_words(wanted.flow),
        flow=wanted.flow,
        lines=wanted.lines,
        names=wanted.names,
    )
    _record(desk, wanted, f"{count} rows")
    return out.getvalue(), count


def export_to(desk: Desk, wanted: Wanted, file: Path) -> int:
    """Write the answers into a file of the office's choice, whole or not at all; return how many rows.

    Raises FileNotWritten or TooMuchForExcel.
    """
    contents, count = exported(desk, wanted)
    try:
        write_whole(file, contents)
    except FileNotWritten:
        _record(desk, wanted, "not written")
        raise
    return count


def _record(desk: Desk, wanted: Wanted, result: str) -> None:
    record_export(
        desk, wanted.file_format, result, names=wanted.names, portal=wanted.portal, about=subject_word(wanted.flow)
    )
