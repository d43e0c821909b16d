"""The office's work list as a CSV file: each row becomes a claim-status question, or is told to be wrong and why."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from documents.checks import is_npi, tax_number
from flows.amounts import parse_money
from flows.questions import Claim, ClaimStatus, Patient, Provider
from flows.values import Frozen

COLUMNS = (
    "practice_tin",
    "billing_npi",
    "portal",
    "member_id",
    "last_name",
    "first_name",
    "birth_date",
    "patient_account_number",
    "payer_claim_number",
    "service_from",
    "service_to",
    "billed",
    "first_procedure",
)
"""The columns of the work list, all needed, in any order; `payer_claim_number` and `first_procedure` may be blank."""

_LONGEST = 80
"""Characters in a cell; no name, number or code of a claim is longer (X12 837: 60)."""

_OLDEST = date(1900, 1, 1)

T = TypeVar("T")


class ClaimsFileUnreadable(Exception):
    """The file as a whole is not a work list. The text is for a person and quotes nothing from the file."""


class ClaimRow(Frozen):
    """A row that is a question; `row` is its number as a spreadsheet counts (the heading is row 1)."""

    row: int
    question: ClaimStatus


class RejectedRow(Frozen):
    """A row that was left out: its number as a spreadsheet counts, the field, and why.

    `reason` never quotes what the row holds.
    """

    row: int
    field: str
    reason: str


class OfficeScope(Frozen):
    """What rows may name: the office's tax number, its billing NPIs, and the portals that it has packs for."""

    tin: str
    npis: frozenset[str]
    portals: frozenset[str]


class _Wrong(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def read_claims_file(path: Path, scope: OfficeScope, today: date) -> Iterator[ClaimRow | RejectedRow]:
    """Read the work list row by row, in flat memory; see `read_claims`.

    Raises `ClaimsFileUnreadable`, also for a file that is not there, before the first row is given out.
    """
    try:
        # Bytes that are not UTF-8 become surrogates here and are told below, row by row.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
            yield from read_claims(lines, scope, today)
    except OSError as error:
        raise ClaimsFileUnreadable(
            f"The work list could not be read ({error.strerror}); nothing was imported. Check the file's name."
        ) from None


def read_claims(lines: Iterable[str], scope: OfficeScope, today: date) -> Iterator[ClaimRow | RejectedRow]:
    """Each row of a work list as a question, or as a rejected row with its first fault.

    `today` is the office's date: nothing that happened lies after it. Raises `ClaimsFileUnreadable` when the heading is
    not that of a work list.
    """
    rows = csv.reader(lines)
    places = _places(_heading(rows))
    for row, cells in enumerate(_readable(rows), start=2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            yield ClaimRow(row=row, question=_question(_by_name(cells, places), scope, today))
        except _Wrong as wrong:
            yield RejectedRow(row=row, field=wrong.field, reason=wrong.reason)


def _heading(rows: Iterator[list[str]]) -> list[str]:
    heading = next(_readable(rows), None)
    if heading is None:
        raise ClaimsFileUnreadable("The work list is empty; nothing was imported.")
    if any("\0" in cell or "\ufffe" in cell for cell in heading):
        raise ClaimsFileUnreadable("The work list is not UTF-8 text; nothing was imported. Save it as “CSV UTF-8”.")
    return [cell.strip().lower() for cell in heading]


def _readable(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error:
        raise ClaimsFileUnreadable(
            "The work list breaks off in a way that is no CSV (an unclosed quote?); nothing was imported."
        ) from None


def _places(heading: list[str]) -> Mapping[str, int]:
    """Where each column stands. A heading is told by its place when it is not known: it may be a patient's row."""
    missing = [name for name in COLUMNS if name not in heading]
    if missing:
        raise ClaimsFileUnreadable(
            f"The first row of the work list lacks {_some(missing)}; nothing was imported. "
            f"It must name these columns: {','.join(COLUMNS)}"
        )
    unknown = [str(place) for place, name in enumerate(heading, start=1) if name not in COLUMNS]
    if unknown:
        raise ClaimsFileUnreadable(
            f"The work list's column {_some(unknown)} has a heading that is not known; nothing was imported. "
            f"The columns are: {','.join(COLUMNS)}"
        )
    if len(heading) != len(COLUMNS):
        twice = [name for name in COLUMNS if heading.count(name) > 1]
        raise ClaimsFileUnreadable(f"The work list has two columns {_some(twice)}; nothing was imported.")
    return {name: heading.index(name) for name in COLUMNS}


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _by_name(cells: list[str], places: Mapping[str, int]) -> Mapping[str, str]:
    if len(cells) != len(places):
        raise _Wrong("the whole row", f"has {len(cells)} cells where the heading has {len(places)}")
    return {name: cells[place].strip() for name, place in places.items()}


def _question(cells: Mapping[str, str], scope: OfficeScope, today: date) -> ClaimStatus:
    for name, cell in cells.items():
        _check_text(name, cell)
    provider = Provider(
        tin=_as("practice_tin", cells, tax_number),
        npi=_as("billing_npi", cells, _npi),
    )
    if provider.tin != scope.tin:
        raise _Wrong("practice_tin", "is not this office's tax number (office.toml, practice.tin)")
    if provider.npi not in scope.npis:
        raise _Wrong("billing_npi", "is not one of this office's (office.toml, practice.npis)")
    if _needed("portal", cells) not in scope.portals:
        raise _Wrong("portal", "is not a portal that this office has a pack for (portalwright selectors list)")
    birth_date = _past("birth_date", cells, today)
    service_from, service_to = _past("service_from", cells, today), _past("service_to", cells, today)
    if service_from < birth_date:
        raise _Wrong("service_from", "is before birth_date")
    if service_to < service_from:
        raise _Wrong("service_to", "is before service_from")
    return ClaimStatus(
        portal=cells["portal"],
        provider=provider,
        patient=Patient(
            member_id=_needed("member_id", cells),
            last_name=_needed("last_name", cells),
            first_name=_needed("first_name", cells),
            birth_date=birth_date,
        ),
        claim=Claim(
            patient_account_number=_needed("patient_account_number", cells),
            payer_claim_number=cells["payer_claim_number"] or None,
            service_from=service_from,
            service_to=service_to,
            billed=_as("billed", cells, _charge),
            first_procedure=_as("first_procedure", cells, _procedure) if cells["first_procedure"] else None,
        ),
    )


def _check_text(name: str, cell: str) -> None:
    if any("\udc80" <= letter <= "\udcff" for letter in cell):
        raise _Wrong(name, "has letters that are not UTF-8; save the file as “CSV UTF-8”")
    if not cell.isprintable() or "\ufffd" in cell:
        raise _Wrong(name, "has characters that cannot be shown, or a line break")
    if len(cell) > _LONGEST:
        raise _Wrong(name, f"is longer than {_LONGEST} characters")


def _needed(name: str, cells: Mapping[str, str]) -> str:
    if not cells[name]:
        raise _Wrong(name, "is blank")
    return cells[name]


def _as(name: str, cells: Mapping[str, str], read: Callable[[str], T]) -> T:
    try:
        return read(_needed(name, cells))
    except ValueError as error:
        raise _Wrong(name, str(error)) from None


def _past(name: str, cells: Mapping[str, str], today: date) -> date:
    day = _as(name, cells, _date)
    if day > today:
        raise _Wrong(name, "lies in the future")
    if day < _OLDEST:
        raise _Wrong(name, f"is before {_OLDEST.year}")
    return day


def _date(text: str) -> date:
    for pattern in (
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})",
        r"(?P<m>[0-9]{2})/(?P<d>[0-9]{2})/(?P<y>[0-9]{4})",
    ):
        match = re.fullmatch(pattern, text)
        if match:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                break
    raise ValueError("is not a date as YYYY-MM-DD or MM/DD/YYYY")


def _npi(text: str) -> str:
    if not is_npi(text):
        raise ValueError("is not an NPI: ten digits with a right check digit")
    return text


def _charge(text: str) -> Decimal:
    try:
        amount = parse_money(text)
    except ValueError:
        raise ValueError("is not an amount in dollars, such as 1234.56") from None
    if amount <= 0:
        raise ValueError("must be more than zero")
    return amount


def _procedure(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{5}", text):
        raise ValueError("is not a procedure code: five capital letters or digits")
    return text
