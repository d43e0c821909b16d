"""Brings a work list into the ledger: what can be taken is taken, the rest is told row by row."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from documents.claims_837_rows import Claims837
from documents.claims_table import read_claims
from documents.headings import HeadingsUnknown, places
from documents.layouts import Layouts
from documents.table import Table
from documents.work_list import WHOLE_ROW, ClaimRow, OfficeScope, RejectedRow, Searches
from documents.work_list_file import notes_about, open_work_list
from flows.claim_status import SEARCHES
from flows.questions import ClaimStatus
from ledger import work
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
    """How a work list is to be imported.

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
    `charge` (dollars) are those of an 837, also of the claims that were left out.
    """

    created: int
    changed: int
    unchanged: int
    rejected: tuple[RejectedRow, ...]
    kept: bool
    notes: tuple[str, ...]
    claims: int | None = None
    charge: Decimal | None = None


@dataclass(frozen=True)
class Going:
    """How far an import has come: rows so far, and the share of the file (0 to 1)."""

    rows: int
    share: float


def import_claims_file(
    desk: Desk, file: Path, wanted: Wanted | None = None, report: Callable[[Going], None] = lambda _: None
) -> Imported:
    """Import a work list: CSV, XLSX or 837. Raises ClaimsFileUnreadable, and then nothing was taken."""
    wanted = wanted or Wanted()
    scope = _scope(desk, wanted.portal)
    today = date.today()  # noqa: DTZ011 - the office's own calendar day
    with open_work_list(file) as opened:
        notes = [*notes_about(file)]
        if isinstance(opened, Claims837):
            rows = opened.rows(scope, today, desk.office.settings.payers)
        else:
            notes += opened.notes
            columns, learned = _places(desk.office.folder / LAYOUTS_FILE, opened, scope, wanted)
            notes += learned
            rows = read_claims(opened, columns, scope, today)
        reading = _Reading(rows, lambda rows_read: report(Going(rows_read, opened.share())))

        def keep(result: work.ImportResult) -> bool:
            left_out = bool(reading.rejected or result.rejected)
            return not wanted.dry_run and not (wanted.all_or_nothing and left_out)

        result = work.import_claims(
            reading.questions(), desk.actor, utc_now(), digest=desk.vault.keyed_digest, keep=keep
        )
        rejected = reading.rejected + [
            RejectedRow(reading.row_of(refused.row), WHOLE_ROW, _plain(refused.why)) for refused in result.rejected
        ]
        imported = Imported(
            result.created,
            result.changed,
            result.unchanged,
            tuple(sorted(rejected, key=lambda one: one.row)),
            keep(result),
            tuple(notes),
            *((opened.claims, opened.charge) if isinstance(opened, Claims837) else ()),
        )
    if imported.kept:
        desk.log.log(
            Event.CLAIMS_IMPORTED,
            created=imported.created,
            changed=imported.changed,
            unchanged=imported.unchanged,
            rejected=len(imported.rejected),
        )
    return imported


class _Reading:
    """The rows of a file on their way into the ledger: questions go on, rejected rows stay here."""

    def __init__(self, rows: Iterator[ClaimRow | RejectedRow], report: Callable[[int], None]) -> None:
        self._rows = rows
        self._report = report
        self.rejected: list[RejectedRow] = []
        # Questions are counted from 1; here stand those whose row is not the one after their predecessor's.
        self._jumps: list[int] = []
        self._shifts: list[int] = []

    def questions(self) -> Iterator[ClaimStatus]:
        """The questions, in the file's order."""
        asked, shift = 0, 0
        for count, row in enumerate(self._rows, start=1):
            if count % _ROWS_BETWEEN_REPORTS == 0:
                self._report(count)
            if isinstance(row, RejectedRow):
                self.rejected.append(row)
                continue
            asked += 1
            if row.row - asked != shift or not self._jumps:
                shift = row.row - asked
                self._jumps.append(asked)
                self._shifts.append(shift)
            yield row.question

    def row_of(self, asked: int) -> int:
        """The row of the question with this number (from 1)."""
        return asked + self._shifts[bisect_right(self._jumps, asked) - 1]


def _plain(sentence: str) -> str:
    """A sentence of the ledger's as a reason beside others."""
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")


def _places(path: Path, table: Table, scope: OfficeScope, wanted: Wanted) -> tuple[Mapping[str, int], list[str]]:
    """Where the columns stand, and what a person should know about how that was found out."""
    layouts = Layouts(path)
    known = scope.known()
    said = wanted.columns
    if not said:
        # Who is asked about a layout may give it its name beforehand.
        named = wanted.ask is None or layouts.knows(wanted.layout)
        layout = layouts.find(table.headings, wanted.layout if named else None)
        try:
            return places(table.headings, layout.columns if layout else None, known), []
        except HeadingsUnknown as unknown:
            if layout is not None or wanted.ask is None:
                raise
            said = wanted.ask(table.headings, unknown)
    found = places(table.headings, said, known)
    name = layouts.remember(wanted.layout, table.headings, said)
    return found, [f"These headings are remembered as layout {name} ({LAYOUTS_FILE} in the office folder)."]


def _scope(desk: Desk, portal: str | None) -> OfficeScope:
    def searches(name: str) -> Searches:
        return _searches(desk, name)

    return OfficeScope(
        tin=desk.practice.tin,
        npis=frozenset(desk.office.settings.practice.npis),
        portals=frozenset(desk.office.portals()),
        portal=portal,
        searches=searches,
    )


def _searches(desk: Desk, portal: str) -> Searches:
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
        for name in SEARCHES
        if name in forms
    )
