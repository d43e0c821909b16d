"""What a row of a work list must say to become a question: every cell checked, nothing guessed, nothing quoted."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from documents.checks import is_npi, tax_number
from documents.spreadsheet_values import date_of, is_mangled, money_of
from flows.questions import Claim, ClaimStatus, Patient, Provider, inputs
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
"""The columns of a work list, in any order."""

DIAGNOSES = tuple(f"diagnosis_{place}" for place in range(1, 13))
"""Up to twelve ICD-10-CM codes. They are checked and then dropped: no portal is asked about them."""

MAY_BE_LEFT_OUT = frozenset({"payer_claim_number", "first_procedure"})
"""Columns that a file need not have, and cells that may be blank."""

WHOLE_ROW = "the whole row"
"""Stands for the field where a fault is in no single one."""

_LONGEST = 80
"""Characters in a cell; no name, number or code of a claim is longer (X12 837: 60)."""

_OLDEST = date(1900, 1, 1)

_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})

T = TypeVar("T")


class ClaimsFileUnreadable(Exception):
    """The file as a whole is not a work list. The text is for a person and quotes nothing from the file."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A row that is a question; `row` is its number as a spreadsheet counts (the heading is row 1).

    For an 837 it is the number of the claim's CLM segment in the file.
    """

    row: int
    question: ClaimStatus = field(repr=False)


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


class RowReader:
    """Makes questions of rows. Keeps what repeats from row to row (the provider), so that it is checked once."""

    def __init__(self, scope: OfficeScope, today: date) -> None:
        """`today` is the office's date: nothing that happened lies after it."""
        self._scope = scope
        self._known = scope.known()
        self._today = today
        self._providers: dict[tuple[str, str], Provider] = {}
        self._searches = lru_cache(scope.searches)

    def question(self, written: Mapping[str, str]) -> ClaimStatus:
        """The question that these cells (by column, stripped) ask. Raises RowWrong with the first fault."""
        for name, cell in written.items():
            _check_text(name, cell)
        cells = {**self._known, **written}
        provider = self._provider(cells)
        portal = self._portal(cells)
        birth_date = self._past("birth_date", cells)
        service_from, service_to = self._past("service_from", cells), self._past("service_to", cells)
        if service_from < birth_date:
            raise RowWrong("service_from", "is before birth_date")
        if service_to < service_from:
            raise RowWrong("service_to", "is before service_from")
        for name in DIAGNOSES:
            if cells.get(name):
                _as(name, cells, diagnosis)
        procedure = cells.get("first_procedure")
        question = ClaimStatus(
            portal=portal,
            provider=provider,
            patient=Patient(
                member_id=_needed("member_id", cells),
                last_name=_needed("last_name", cells),
                first_name=_needed("first_name", cells),
                birth_date=birth_date,
            ),
            claim=Claim(
                patient_account_number=_needed("patient_account_number", cells),
                payer_claim_number=cells.get("payer_claim_number") or None,
                service_from=service_from,
                service_to=service_to,
                billed=_as("billed", cells, _charge),
                first_procedure=_as("first_procedure", cells, _procedure) if procedure else None,
            ),
        )
        self._can_be_asked(question)
        return question

    def _provider(self, cells: Mapping[str, str]) -> Provider:
        written = cells.get("practice_tin", ""), cells.get("billing_npi", "")
        provider = self._providers.get(written)
        if provider is None:
            # A spreadsheet drops leading zeros; what is the office's own number with them back is no guess.
            zeros_lost = written[0].isdecimal() and written[0].zfill(9) == self._scope.tin
            tin = self._scope.tin if zeros_lost else _as("practice_tin", cells, tax_number)
            provider = Provider(tin=tin, npi=_as("billing_npi", cells, _npi))
            if provider.tin != self._scope.tin:
                raise RowWrong("practice_tin", "is not this office's tax number (office.toml, practice.tin)")
            if provider.npi not in self._scope.npis:
                raise RowWrong("billing_npi", "is not one of this office's (office.toml, practice.npis)")
            self._providers[written] = provider
        return provider

    def _portal(self, cells: Mapping[str, str]) -> str:
        portal = _needed("portal", cells)
        if portal not in self._scope.portals:
            raise RowWrong("portal", "is not a portal that this office has a pack for (portalwright selectors list)")
        if self._scope.portal not in (None, portal):
            raise RowWrong("portal", "is another portal than the one named with --portal")
        return portal

    def _past(self, name: str, cells: Mapping[str, str]) -> date:
        day = _as(name, cells, date_of)
        if day > self._today:
            raise RowWrong(name, "lies in the future")
        if day < _OLDEST:
            raise RowWrong(name, f"is before {_OLDEST.year}")
        return day

    def _can_be_asked(self, question: ClaimStatus) -> None:
        searches = self._searches(question.portal)
        if not searches:
            return
        given = inputs(question).keys()
        lacking = min((needed - given for needed in searches), key=len)
        if lacking:
            raise RowWrong(
                min(lacking).partition(".")[2],
                "is blank, and this portal has no search that can do without it",
            )


def _check_text(name: str, cell: str) -> None:
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


def _twice_encoded(cell: str) -> bool:
    """Letters beyond ASCII that are UTF-8 once more (“LÃ³pez”): somebody read UTF-8 as Windows letters."""
    if cell.isascii():
        return False
    try:
        cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True


def _needed(name: str, cells: Mapping[str, str]) -> str:
    cell = cells.get(name)
    if not cell:
        raise RowWrong(name, "is blank")
    return cell


def _as(name: str, cells: Mapping[str, str], read: Callable[[str], T]) -> T:
    try:
        return read(_needed(name, cells))
    except ValueError as error:
        raise RowWrong(name, str(error)) from None


def _npi(text: str) -> str:
    if not is_npi(text):
        raise ValueError("is not an NPI: ten digits with a right check digit")
    return text


def _charge(text: str) -> Decimal:
    try:
        amount = money_of(text)
    except ValueError:
        raise ValueError("is not an amount in dollars, such as 1234.56") from None
    if amount <= 0:
        raise ValueError("must be more than zero")
    return amount


def _procedure(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}", text):
        raise ValueError("is not a procedure code: five digits and capital letters, as CPT and HCPCS write them")
    return text


@lru_cache(maxsize=4096)
def diagnosis(text: str) -> str:
    """The ICD-10-CM code, which must be one that a claim may carry. Raises ValueError, without the text."""
    # Loading the code list takes two seconds and 190 MB: only for files that have diagnoses.
    import simple_icd_10_cm

    if not simple_icd_10_cm.is_valid_item(text) or not simple_icd_10_cm.is_category_or_subcategory(text):
        raise ValueError("is not a code of ICD-10-CM")
    if not simple_icd_10_cm.is_leaf(text):
        raise ValueError("is a heading of ICD-10-CM: a claim needs one of the longer codes below it")
    return text
