"""What a row of a work list must say to become a question: every cell checked, nothing guessed, nothing quoted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from documents.rows import OfficeScope, RowsOfOffice, RowWrong, needed, read_as
from documents.spreadsheet_values import money_of
from documents.table import Columns
from flows.questions import Claim, ClaimStatus

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

CLAIM_COLUMNS = Columns(COLUMNS, MAY_BE_LEFT_OUT, DIAGNOSES)
"""The same, to find them by."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A row that is a question; `row` is its number as a spreadsheet counts (the heading is row 1).

    For an 837 it is the number of the claim's CLM segment in the file.
    """

    row: int
    question: ClaimStatus = field(repr=False)


class RowReader:
    """Makes questions of rows. Keeps what repeats from row to row (the provider), so that it is checked once."""

    def __init__(self, scope: OfficeScope, today: date) -> None:
        """`today` is the office's date: nothing that happened lies after it."""
        self._office = RowsOfOffice(scope, today)

    def question(self, written: Mapping[str, str]) -> ClaimStatus:
        """The question that these cells (by column, stripped) ask. Raises RowWrong with the first fault."""
        cells = self._office.cells(written)
        provider = self._office.provider(cells)
        portal = self._office.portal(cells)
        birth_date = self._office.past("birth_date", cells)
        service_from, service_to = self._office.past("service_from", cells), self._office.past("service_to", cells)
        if service_from < birth_date:
            raise RowWrong("service_from", "is before birth_date")
        if service_to < service_from:
            raise RowWrong("service_to", "is before service_from")
        for name in DIAGNOSES:
            if cells.get(name):
                read_as(name, cells, diagnosis)
        procedure = cells.get("first_procedure")
        question = ClaimStatus(
            portal=portal,
            provider=provider,
            patient=self._office.patient(cells, birth_date),
            claim=Claim(
                patient_account_number=needed("patient_account_number", cells),
                payer_claim_number=cells.get("payer_claim_number") or None,
                service_from=service_from,
                service_to=service_to,
                billed=read_as("billed", cells, _charge),
                first_procedure=read_as("first_procedure", cells, _procedure) if procedure else None,
            ),
        )
        self._office.can_be_asked(question)
        return question


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
