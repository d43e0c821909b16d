"""Brings the bank's list of deposits into the ledger, where each finds the payment that it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from documents.bank_deposits import DEPOSIT_COLUMNS, read_deposits
from documents.table_file import notes_about, open_table
from ledger import deposits
from ledger.document_files import Source
from ledger.imports import ImportResult, Keep
from portalwright.importing import Going, Imported, Reading, Wanted, column_places, logged
from portalwright.logs import Event
from portalwright.office import Desk, utc_now


def import_deposits_file(
    desk: Desk, file: Path, wanted: Wanted | None = None, report: Callable[[Going], None] = lambda _: None
) -> Imported:
    """Import a list of deposits: CSV or XLSX. Raises FileUnreadable, and then nothing was taken."""
    wanted = wanted or Wanted()
    today = date.today()  # noqa: DTZ011 - the office's own calendar day
    with open_table(file) as opened:
        columns, learned = column_places(desk, opened, DEPOSIT_COLUMNS, (), wanted)
        rows = read_deposits(opened, columns, today)
        reading = Reading(rows, lambda rows_read: report(Going(rows_read, opened.share())))

        def take(keep: Keep) -> ImportResult:
            listed = (row.deposit for row in reading.taken())
            return deposits.keep(listed, Source(actor=desk.actor, now=utc_now()), keep=keep)

        imported = reading.imported(take, wanted, [*notes_about(file), *opened.notes, *learned])
    logged(desk, Event.DEPOSITS_IMPORTED, imported)
    if imported.kept:
        matched, all_of_them = deposits.matched(desk.actor.practice_id)
        told = f"{matched} of all {all_of_them} deposits have their remittance (portalwright remits --missing)."
        imported = replace(imported, notes=(*imported.notes, told))
    return imported
