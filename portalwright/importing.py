"""Brings the office's lists into the ledger: what can be taken is taken, the rest is told row by row."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from documents.appointments import APPOINTMENT_COLUMNS, read_appointments
from documents.claims_837_rows import Claims837
from documents.claims_table import read_claims
from documents.headings import HeadingsUnknown, places
from documents.layouts import Layouts
from documents.rows import WHOLE_ROW, OfficeScope, RejectedRow, Searches
from documents.table import Columns, Table
from documents.table_file import notes_about, open_table
from documents.work_list import CLAIM_COLUMNS
from documents.work_list_file import open_work_list
from flows.claim_search import SEARCHES
from flows.coverage_names import MEMBER_SEARCHES
from ledger.appointments import import_appointments
from ledger.claims import import_claims
from ledger.imports import ImportResult, Keep
from ledger.matching import settle
from packs.problems import PackError
from portalwright.logs import Event
from portalwright.office import Desk, utc_now

LAYOUTS_FILE = "import-layouts.json"
"""In the office folder: which heading is which, for the layouts that a person has explained."""

_ROWS_BETWEEN_REPORTS = 500

AskColumns = Callable[[Sequence[str], HeadingsUnknown], Mapping[str, str]]
"""Given the file's headings and what is missing: our columns and the headings that a person says they have."""


@dataclass(frozen=True)
class Wanted:
    """How a list is to be imported.

    `columns` are our columns and the file's headings for them, said now; `layout` is the name of an explanation that
    is remembered, or shall be. `portal` is for files that name none. `ask` is asked when headings are not known.
    """

    dry_run: bool = False
    all_or_nothing: bool = False
    portal: str | None = None
    layout: str | None = None
    columns: Mapping[str, str] | None = None
    ask: AskColumns | None = None


@dataclass(frozen=True)
class Imported:
    """What an import did, in rows. `rejected` and `notes` never quote what a row holds.

    `kept` is false when nothing was written: a dry run, or rows left out where all or nothing was wanted. `claims` and
    `charge` (dollars) are those of an 837, also of the claims that were left out. `reused`: for so many of the new
    and changed rows a fresh answer was at hand, and the portal is not asked.
    """

    created: int
    changed: int
    unchanged: int
    rejected: tuple[RejectedRow, ...]
    kept: bool
    notes: tuple[str, ...]
    claims: int | None = None
    charge: Decimal | None = None
    reused: int = 0


@dataclass(frozen=True)
class Going:
    """How far an import has come: rows so far, and the share of the file (0 to 1)."""

    rows: int
    share: float


def import_claims_file(
    desk: Desk, file: Path, wanted: Wanted | None = None, report: Callable[[Going], None] = lambda _: None
) -> Imported:
    """Import a work list: CSV, XLSX or 837. Raises FileUnreadable, and then nothing was taken."""
    wanted = wanted or Wanted()
    scope = office_scope(desk, wanted.portal, SEARCHES)
    today = date.today()  # noqa: DTZ011 - the office's own calendar day
    with open_work_list(file) as opened:
        notes = [*notes_about(file)]
        if isinstance(opened, Claims837):
            rows = opened.rows(scope, today, desk.office.settings.payers)
        else:
            notes += opened.notes
            columns, learned = column_places(desk, opened, CLAIM_COLUMNS, scope.known(), wanted)
            notes += learned
            rows = read_claims(opened, columns, scope, today)
        reading = Reading(rows, lambda rows_read: report(Going(rows_read, opened.share())))

        def take(keep: Keep) -> ImportResult:
            questions = (row.question for row in reading.taken())
            return import_claims(questions, desk.actor, utc_now(), digest=desk.vault.keyed_digest, keep=keep)

        imported = reading.imported(take, wanted, notes)
        if isinstance(opened, Claims837):
            imported = replace(imported, claims=opened.claims, charge=opened.charge)
    logged(desk, Event.CLAIMS_IMPORTED, imported)
    if imported.kept and (imported.created or imported.changed):
        settle(desk.actor, utc_now())  # remittances that came before their claims find them now
    return imported


def import_appointments_file(
    desk: Desk, file: Path, wanted: Wanted | None = None, report: Callable[[Going], None] = lambda _: None
) -> Imported:
    """Import a list of appointments: CSV or XLSX. Raises FileUnreadable, and then nothing was taken."""
    wanted = wanted or Wanted()
    scope = office_scope(desk, wanted.portal, MEMBER_SEARCHES)
    today = date.today()  # noqa: DTZ011 - the office's own calendar day
    with open_table(file) as opened:
        columns, learned = column_places(desk, opened, APPOINTMENT_COLUMNS, scope.known(), wanted)
        rows = read_appointments(opened, columns, scope, today)
        reading = Reading(rows, lambda rows_read: report(Going(rows_read, opened.share())))

        def take(keep: Keep) -> ImportResult:
            listed = ((row.appointment_number, row.question) for row in reading.taken())
            return import_appointments(listed, desk.actor, utc_now(), digest=desk.vault.keyed_digest, keep=keep)

        imported = reading.imported(take, wanted, [*notes_about(file), *opened.notes, *learned])
    logged(desk, Event.APPOINTMENTS_IMPORTED, imported)
    return imported


def logged(desk: Desk, event: Event, imported: Imported) -> None:
    """Put an import into the log: how many rows, nothing of theirs."""
    if imported.kept:
        desk.log.log(
            event,
            created=imported.created,
            changed=imported.changed,
            unchanged=imported.unchanged,
            rejected=len(imported.rejected),
        )


class _Numbered(Protocol):
    """A row of a file that can be taken."""

    @property
    def row(self) -> int: ...


Row = TypeVar("Row", bound=_Numbered)


class Reading(Generic[Row]):
    """The rows of a file on their way into the ledger: what can be taken goes on, rejected rows stay here."""

    def __init__(self, rows: Iterator[Row | RejectedRow], report: Callable[[int], None]) -> None:
        self._rows = rows
        self._report = report
        self._rejected: list[RejectedRow] = []
        # Taken rows are counted from 1; here stand those whose row is not the one after their predecessor's.
        self._jumps: list[int] = []
        self._shifts: list[int] = []

    def imported(self, take: Callable[[Keep], ImportResult], wanted: Wanted, notes: Sequence[str]) -> Imported:
        """What became of the file; `take` brings `taken` into the ledger, where all that is wanted agrees."""

        def keep(result: ImportResult) -> bool:
            left_out = bool(self._rejected or result.rejected)
            return not wanted.dry_run and not (wanted.all_or_nothing and left_out)

        result = take(keep)
        refused = [RejectedRow(self._row_of(one.row), WHOLE_ROW, _plain(one.why)) for one in result.rejected]
        return Imported(
            result.created,
            result.changed,
            result.unchanged,
            tuple(sorted(self._rejected + refused, key=lambda one: one.row)),
            keep(result),
            tuple(notes),
            reused=result.reused,
        )

    def taken(self) -> Iterator[Row]:
        """The rows that can be taken, in the file's order."""
        asked, shift = 0, 0
        for count, row in enumerate(self._rows, start=1):
            if count % _ROWS_BETWEEN_REPORTS == 0:
                self._report(count)
            if isinstance(row, RejectedRow):
                self._rejected.append(row)
                continue
            asked += 1
            if row.row - asked != shift or not self._jumps:
                shift = row.row - asked
                self._jumps.append(asked)
                self._shifts.append(shift)
            yield row

    def _row_of(self, asked: int) -> int:
        """The row of what was taken as this one (from 1)."""
        return asked + self._shifts[bisect_right(self._jumps, asked) - 1]


def _plain(sentence: str) -> str:
    """A sentence of the ledger's as a reason beside others."""
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")


def column_places(
    desk: Desk, table: Table, columns: Columns, known: Iterable[str], wanted: Wanted
) -> tuple[Mapping[str, int], list[str]]:
    """Where the columns stand, and what a person should know about how that was found out.

    `known` are columns that the file can do without. Raises FileUnreadable.
    """
    layouts = Layouts(desk.office.folder / LAYOUTS_FILE)
    said = wanted.columns
    if not said:
        # Who is asked about a layout may give it its name beforehand.
        named = wanted.ask is None or layouts.knows(wanted.layout)
        layout = layouts.find(table.headings, wanted.layout if named else None)
        try:
            return places(table.headings, layout.columns if layout else None, known, columns), []
        except HeadingsUnknown as unknown:
            if layout is not None or wanted.ask is None:
                raise
            said = wanted.ask(table.headings, unknown)
    found = places(table.headings, said, known, columns)
    name = layouts.remember(wanted.layout, table.headings, said)
    return found, [f"These headings are remembered as layout {name} ({LAYOUTS_FILE} in the office folder)."]


def office_scope(desk: Desk, portal: str | None, forms: Sequence[str]) -> OfficeScope:
    """What a row of an import may name; `forms` are the searches of its flow, of which one must have all it needs."""

    def searches(name: str) -> Searches:
        return _searches(desk, name, forms)

    return OfficeScope(
        tin=desk.practice.tin,
        npis=frozenset(desk.practice.npis),
        portals=frozenset(desk.office.portals()),
        portal=portal,
        searches=searches,
    )


def _searches(desk: Desk, portal: str, names: Sequence[str]) -> Searches:
    """What each search of a portal needs to be asked. A pack that cannot be used says so when it is run."""
    try:
        forms = desk.office.pack(portal).forms
    except PackError:
        return ()
    return tuple(
        frozenset(
            fill.from_
            for form in (name, *forms[name].after)
            for fill in forms[form].fill.values()
            if fill.from_ is not None
        )
        for name in names
        if name in forms
    )
