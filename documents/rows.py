"""What the rows of an office's own file may say: every cell checked, nothing guessed, nothing quoted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

from documents.checks import is_npi, tax_number
from documents.spreadsheet_values import date_of, is_mangled
from documents.table import Table
from flows.questions import Patient, Provider, Question, inputs
from flows.values import Frozen

WHOLE_ROW = "the whole row"
"""Stands for the field where a fault is in no single one."""

_LONGEST = 80
"""Characters in a cell; no name, number or code of a claim is longer (X12 837: 60)."""

_OLDEST = date(1900, 1, 1)

_FARTHEST = timedelta(days=731)
"""Further ahead no visit is planned; what lies there is a slip of the pen."""

_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was left out: its number (as in `ClaimRow`), the field, and why.

    `reason` never quotes what the row holds.
    """

    row: int
    field: str
    reason: str


Searches = tuple[frozenset[str], ...]
"""For each search of a portal the inputs that it needs (`patient.member_id`)."""


def _any_will_do(portal: str) -> Searches:
    return ()


class OfficeScope(Frozen):
    """What rows may name: the office's tax number, its billing NPIs, and the portals that it has packs for.

    `portal` is the one that all rows are for, when a person named it; else each row names its own. `searches` gives the
    searches of a portal; a claim that suits none of them cannot be asked about.
    """

    tin: str
    npis: frozenset[str]
    portals: frozenset[str]
    portal: str | None = None
    searches: Callable[[str], Searches] = _any_will_do

    def known(self) -> Mapping[str, str]:
        """Columns that a file can do without, because the office itself says what stands in them."""
        known = {"practice_tin": self.tin}
        if len(self.npis) == 1:
            known["billing_npi"] = next(iter(self.npis))
        if self.portal is not None:
            known["portal"] = self.portal
        return known


class RowWrong(Exception):
    """A cell is not what it should be; `reason` quotes nothing."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class RowsOfOffice:
    """Checks the cells that every file of the office's has. Keeps what repeats from row to row (the provider)."""

    def __init__(self, scope: OfficeScope, today: date) -> None:
        """`today` is the office's date: nothing that happened lies after it."""
        self._scope = scope
        self._known = scope.known()
        self._today = today
        self._providers: dict[tuple[str, str], Provider] = {}
        self._searches = lru_cache(scope.searches)

    def cells(self, written: Mapping[str, str]) -> Mapping[str, str]:
        """The row's cells (by column, stripped) with what the office itself says. Raises RowWrong."""
        for name, cell in written.items():
            check_text(name, cell)
        return {**self._known, **written}

    def provider(self, cells: Mapping[str, str]) -> Provider:
        """Who bills: this office, under one of its own numbers. Raises RowWrong."""
        written = cells.get("practice_tin", ""), cells.get("billing_npi", "")
        provider = self._providers.get(written)
        if provider is None:
            # A spreadsheet drops leading zeros; what is the office's own number with them back is no guess.
            zeros_lost = written[0].isdecimal() and written[0].zfill(9) == self._scope.tin
            tin = self._scope.tin if zeros_lost else read_as("practice_tin", cells, tax_number)
            provider = Provider(tin=tin, npi=read_as("billing_npi", cells, _npi))
            if provider.tin != self._scope.tin:
                raise RowWrong("practice_tin", "is not the tax number of the practice that you work for")
            if provider.npi not in self._scope.npis:
                raise RowWrong("billing_npi", "is not one of the practice's that you work for")
            self._providers[written] = provider
        return provider

    def portal(self, cells: Mapping[str, str]) -> str:
        """A portal that this office has a pack for. Raises RowWrong."""
        portal = needed("portal", cells)
        if portal not in self._scope.portals:
            raise RowWrong("portal", "is not a portal that this office has a pack for (portalwright selectors list)")
        if self._scope.portal not in (None, portal):
            raise RowWrong("portal", "is another portal than the one named with --portal")
        return portal

    def patient(self, cells: Mapping[str, str], birth_date: date) -> Patient:
        """The patient as on the card. Raises RowWrong."""
        return Patient(
            member_id=needed("member_id", cells),
            last_name=needed("last_name", cells),
            first_name=needed("first_name", cells),
            birth_date=birth_date,
        )

    def past(self, name: str, cells: Mapping[str, str]) -> date:
        """A day that has come. Raises RowWrong."""
        return past(name, cells, self._today)

    def near(self, name: str, cells: Mapping[str, str]) -> date:
        """A day of a visit, which may be still to come. Raises RowWrong."""
        day = read_as(name, cells, date_of)
        if day > self._today + _FARTHEST:
            raise RowWrong(name, "lies more than two years ahead")
        return _not_too_old(name, day)

    def can_be_asked(self, question: Question) -> None:
        """Has the portal a search for which enough is known? Raises RowWrong with what is blank."""
        searches = self._searches(question.portal)
        if not searches:
            return
        given = inputs(question).keys()
        lacking = min((search - given for search in searches), key=len)
        if lacking:
            raise RowWrong(
                min(lacking).partition(".")[2],
                "is blank, and this portal has no search that can do without it",
            )


def read_rows(
    table: Table, places: Mapping[str, int], read: Callable[[int, Mapping[str, str]], T]
) -> Iterator[T | RejectedRow]:
    """Each row as what `read` makes of its number and cells, or as a rejected row with its first fault.

    `places` is where each column stands. Raises FileUnreadable when the file breaks off or turns into something else on
    the way.
    """
    for row, cells in table.rows:
        try:
            if len(cells) != len(table.headings):
                raise RowWrong(WHOLE_ROW, f"has {len(cells)} cells where the heading has {len(table.headings)}")
            yield read(row, {name: cells[place] for name, place in places.items()})
        except RowWrong as wrong:
            yield RejectedRow(row, wrong.field, wrong.reason)


def check_text(name: str, cell: str) -> None:
    """Can this be what somebody wrote into the cell? Raises RowWrong."""
    if cell.isascii() and len(cell) <= _LONGEST and cell.isprintable() and not cell.startswith("#") and "+" not in cell:
        return
    if not cell.isprintable() or "\ufffd" in cell:
        raise RowWrong(name, "has characters that cannot be shown, or a line break")
    if len(cell) > _LONGEST:
        raise RowWrong(name, f"is longer than {_LONGEST} characters")
    if cell in _EXCEL_ERRORS:
        raise RowWrong(name, "is an error of the spreadsheet's, not a value")
    if is_mangled(cell):
        raise RowWrong(name, "was rounded by the spreadsheet; make the column text there and fill it again")
    if _twice_encoded(cell):
        raise RowWrong(name, "has letters that were garbled on the way; save the file as “CSV UTF-8” where it was made")


def past(name: str, cells: Mapping[str, str], today: date) -> date:
    """A day that has come. Raises RowWrong."""
    day = read_as(name, cells, date_of)
    if day > today:
        raise RowWrong(name, "lies in the future")
    return _not_too_old(name, day)


def _twice_encoded(cell: str) -> bool:
    """Letters beyond ASCII that are UTF-8 once more (“LÃ³pez”): somebody read UTF-8 as Windows letters."""
    if cell.isascii():
        return False
    try:
        cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True


def needed(name: str, cells: Mapping[str, str]) -> str:
    """The cell, which must not be blank. Raises RowWrong."""
    cell = cells.get(name)
    if not cell:
        raise RowWrong(name, "is blank")
    return cell


def read_as(name: str, cells: Mapping[str, str], read: Callable[[str], T]) -> T:
    """What `read` makes of the cell; its ValueError becomes the RowWrong of this column."""
    try:
        return read(needed(name, cells))
    except ValueError as error:
        raise RowWrong(name, str(error)) from None


def _npi(text: str) -> str:
    if not is_npi(text):
        raise ValueError("is not an NPI: ten digits with a right check digit")
    return text


def _not_too_old(name: str, day: date) -> date:
    if day < _OLDEST:
        raise RowWrong(name, f"is before {_OLDEST.year}")
    return day
