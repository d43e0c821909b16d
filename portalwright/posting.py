"""Payments leave the office for the practice system: a file written whole, and each payment in it marked as given."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from documents.posting_out import PostingTotals, write_posting
from documents.table_out import FileFormat
from documents.written_whole import write_whole
from flows.remittance import Remittance
from ledger import posting
from portalwright.logs import Event
from portalwright.office import Desk, utc_now
from portalwright.viewing import record_export


@dataclass(frozen=True)
class Exported:
    """What was written, and how many payments were left out: those that do not add up, those that a case holds."""

    totals: PostingTotals
    unbalanced: int
    held: int


def export_posting(
    desk: Desk, file: Path, file_format: FileFormat, *, again: bool = False, since: date | None = None
) -> Exported:
    """Write the payments that are ready into a file of the office's choice, whole or not at all, and mark them.

    Payments that were given before are left out, unless `again`; `since` leaves out what was paid before that day.
    Where there is nothing to give, no file is written. Raises FileNotWritten or TooMuchForExcel, and nothing is marked
    then.
    """
    written: list[PostingTotals] = []

    def write(payments: Iterator[tuple[Remittance, str]]) -> None:
        out = io.BytesIO()
        totals = write_posting(payments, out, file_format)
        written.append(totals)
        if totals.payments:
            record_export(desk, file_format, f"{totals.payments} payments", names=False, portal=None, about="posting")
            # Last of all: what is marked is on the disk, and what is on the disk is marked in the same step.
            write_whole(file, out.getvalue())

    given = posting.give(desk.actor, utc_now(), file_format, write, again=again, since=since)
    desk.log.log(Event.POSTING_EXPORTED, count=given.payments, rejected=given.unbalanced + given.held)
    return Exported(written[0], given.unbalanced, given.held)
