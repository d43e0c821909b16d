"""The bank's list of deposits: each row becomes one deposit, or is told to be wrong and why."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from documents.rows import RejectedRow, check_text, past, read_as, read_rows
from documents.spreadsheet_values import money_of
from documents.table import Columns, Table
from flows.deposits import Deposit

DEPOSIT_COLUMNS = Columns(
    ("deposited_on", "amount", "trace", "payer", "reference"),
    may_be_left_out=frozenset({"trace", "payer", "reference"}),
)
"""The columns of a list of deposits; what may be left out may be blank, too."""

_ADDENDA = re.compile(r"TRN\*[0-9]{1,2}\*([^*~\\]+)(?:[*~\\].*)?")
"""How a bank shows the addenda record of a health care EFT: TRN*1*trace*originator (CORE rule 370; NACHA CCD+)."""


@dataclass(frozen=True, slots=True)
class DepositRow:
    """A row that is a deposit; `row` is its number as a spreadsheet counts (the heading is row 1)."""

    row: int
    deposit: Deposit = field(repr=False)


def read_deposits(table: Table, places: Mapping[str, int], today: date) -> Iterator[DepositRow | RejectedRow]:
    """Each row as a deposit, or as a rejected row with its first fault; `places` is where each column stands.

    `today` is the office's date. Raises FileUnreadable when the file breaks off or turns into something else on the
    way.
    """
    return read_rows(table, places, lambda row, cells: DepositRow(row, _deposit(cells, today)))


def _deposit(cells: Mapping[str, str], today: date) -> Deposit:
    for name, cell in cells.items():
        check_text(name, cell)
    trace = cells.get("trace", "")
    told = _ADDENDA.fullmatch(trace)
    return Deposit(
        deposited_on=past("deposited_on", cells, today),
        amount=read_as("amount", cells, _amount),
        trace=(told[1].strip() if told else trace) or None,
        payer=cells.get("payer") or None,
        reference=cells.get("reference") or None,
    )


def _amount(text: str) -> Decimal:
    try:
        amount = money_of(text)
    except ValueError:
        raise ValueError("is not an amount in dollars, such as 1234.56") from None
    if not amount:
        raise ValueError("is zero, and so no deposit")
    return amount
