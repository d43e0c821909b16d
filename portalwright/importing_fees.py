"""Brings fee schedules and licensed descriptions of codes into the ledger."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from documents.fee_schedules import FEE_COLUMNS, read_fees
from documents.licensed_texts import TEXT_COLUMNS, read_texts
from documents.table import FileUnreadable
from documents.table_file import notes_about, open_table
from ledger import code_texts, fee_schedules
from ledger.document_files import Source
from ledger.imports import ImportResult, Keep
from portalwright.importing import Going, Imported, Reading, Wanted, column_places, logged
from portalwright.logs import Event
from portalwright.office import Desk, utc_now


def import_fees_file(
    desk: Desk, file: Path, wanted: Wanted | None = None, report: Callable[[Going], None] = lambda _: None
) -> Imported:
    """Import the prices of one portal's payer: CSV or XLSX. Raises FileUnreadable, and then nothing was taken."""
    wanted = wanted or Wanted()
    portal = wanted.portal
    if portal is None:
        raise FileUnreadable("A fee schedule is one payer's; nothing was imported. Name its portal with --portal.")
    with open_table(file) as opened:
        columns, learned = column_places(desk, opened, FEE_COLUMNS, (), wanted)
        rows = read_fees(opened, columns)
        reading = Reading(rows, lambda rows_read: report(Going(rows_read, opened.share())))

        def take(keep: Keep) -> ImportResult:
            fees = (row.fee for row in reading.taken())
            return fee_schedules.keep(fees, portal, Source(actor=desk.actor, now=utc_now()), keep=keep)

        imported = reading.imported(take, wanted, [*notes_about(file), *opened.notes, *learned])
    logged(desk, Event.FEES_IMPORTED, imported)
    if imported.kept and (imported.created or imported.changed):
        told = "Claims that were answered before are compared with them by `portalwright work refresh`."
        imported = replace(imported, notes=(*imported.notes, told))
    return imported


def import_texts_file(
    desk: Desk, file: Path, wanted: Wanted | None = None, report: Callable[[Going], None] = lambda _: None
) -> Imported:
    """Import licensed descriptions of codes: CSV or XLSX. Raises FileUnreadable, and then nothing was taken."""
    wanted = wanted or Wanted()
    with open_table(file) as opened:
        columns, learned = column_places(desk, opened, TEXT_COLUMNS, (), wanted)
        rows = read_texts(opened, columns)
        reading = Reading(rows, lambda rows_read: report(Going(rows_read, opened.share())))

        def take(keep: Keep) -> ImportResult:
            return code_texts.keep(reading.taken(), Source(actor=desk.actor, now=utc_now()), keep=keep)

        imported = reading.imported(take, wanted, [*notes_about(file), *opened.notes, *learned])
    logged(desk, Event.CODE_TEXTS_IMPORTED, imported)
    return imported
