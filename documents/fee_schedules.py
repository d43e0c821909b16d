"""A fee schedule of the office's: each row becomes the contract price of a service, or is told to be wrong and why."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from documents.checks import is_npi
from documents.rows import RejectedRow, RowWrong, check_text, read_as, read_rows
from documents.spreadsheet_values import date_of, money_of
from documents.table import Columns, Table
from flows.underpayment import Fee

FEE_COLUMNS = Columns(
    ("procedure", "modifier", "amount", "from", "to", "npi"),
    may_be_left_out=frozenset({"modifier", "to", "npi"}),
)
"""The columns of a fee schedule; what may be left out may be blank, too."""

_PROCEDURE = re.compile(r"[A-Z0-9]{4,7}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_IMPOSSIBLE = Decimal(1_000_000)
"""No price of one unit is that high; whoever writes it has lost the decimal point."""


@dataclass(frozen=True, slots=True)
class FeeRow:
    """A row that is a price; `row` is its number as a spreadsheet counts (the heading is row 1)."""

    row: int
    fee: Fee = field(repr=False)


def read_fees(table: Table, places: Mapping[str, int]) -> Iterator[FeeRow | RejectedRow]:
    """Each row as a price, or as a rejected row with its first fault; `places` is where each column stands.

    Raises FileUnreadable when the file breaks off or turns into something else on the way.
    """
    return read_rows(table, places, lambda row, cells: FeeRow(row, _fee(cells)))


def _fee(cells: Mapping[str, str]) -> Fee:
    for name, cell in cells.items():
        check_text(name, cell)
    begins = read_as("from", cells, date_of)
    ends = read_as("to", cells, date_of) if cells.get("to") else None
    if ends is not None and ends < begins:
        raise RowWrong("to", "lies before the first day")
    return Fee(
        procedure=read_as("procedure", cells, _procedure),
        modifier=read_as("modifier", cells, _modifier) if cells.get("modifier") else "",
        amount=read_as("amount", cells, _amount),
        begins=_plausible("from", begins),
        ends=ends,
        npi=read_as("npi", cells, _npi) if cells.get("npi") else None,
    )


def _plausible(name: str, day: date) -> date:
    if day.year < 1990:
        raise RowWrong(name, "is before 1990")
    return day


def _procedure(text: str) -> str:
    code = text.upper()
    if not _PROCEDURE.fullmatch(code):
        raise ValueError("is not a procedure code, such as 99213 or J1100")
    return code


def _modifier(text: str) -> str:
    code = text.upper()
    if not _MODIFIER.fullmatch(code):
        raise ValueError("is not one modifier of two letters or digits")
    return code


def _npi(text: str) -> str:
    if not is_npi(text):
        raise ValueError("is not an NPI: ten digits with a right check digit")
    return text


def _amount(text: str) -> Decimal:
    try:
        amount = money_of(text)
    except ValueError:
        raise ValueError("is not an amount in dollars, such as 1234.56") from None
    if amount >= _IMPOSSIBLE:
        raise ValueError("is no price of one unit: a million dollars or more")
    if amount <= 0:
        raise ValueError("is no price: nothing, or less")
    return amount
