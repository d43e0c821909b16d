"""The bank's list of deposits: each row becomes one deposit or one reasoned rejection that quotes nothing."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from documents.bank_deposits import DEPOSIT_COLUMNS, DepositRow, read_deposits
from documents.csv_table import csv_table
from documents.headings import HeadingsUnknown, places
from documents.rows import RejectedRow
from documents.table import FileUnreadable
from tests.documents.work_lists import TODAY, as_csv

GOOD = {
    "deposited_on": "2026-09-21",
    "amount": "1,234.50",
    "trace": "EFT0090001",
    "payer": "NORTHFIELD HCCLAIMPMT",
    "reference": "B-778",
}


def read(*rows: Mapping[str, str]) -> list[DepositRow | RejectedRow]:
    table = csv_table(as_csv(*rows, columns=rows[0]))
    return list(read_deposits(table, places(table.headings, None, columns=DEPOSIT_COLUMNS), TODAY))


def taken(result: DepositRow | RejectedRow) -> DepositRow:
    assert isinstance(result, DepositRow), result
    return result


def test_a_good_row_becomes_its_deposit() -> None:
    (row,) = read(GOOD)
    deposit = taken(row).deposit
    assert (taken(row).row, deposit.deposited_on, deposit.amount) == (2, date(2026, 9, 21), Decimal("1234.50"))
    assert (deposit.trace, deposit.payer, deposit.reference) == ("EFT0090001", "NORTHFIELD HCCLAIMPMT", "B-778")


def test_only_day_and_amount_are_needed() -> None:
    (row,) = read({"deposited_on": "9/21/2026", "amount": "80"})
    assert taken(row).deposit.model_dump(exclude={"deposited_on", "amount"}) == {
        "trace": None, "payer": None, "reference": None,
    }  # fmt: skip
    with pytest.raises(HeadingsUnknown) as told:
        read({"deposited_on": "9/21/2026", "trace": "1"})
    assert told.value.missing == ("amount",)
    with pytest.raises(FileUnreadable, match="column 3 has a heading that is not known"):
        read({"deposited_on": "9/21/2026", "amount": "1", "balance": "2"})


@pytest.mark.parametrize(
    ("shown", "trace"),
    [
        ("TRN*1*EFT0090001*1999999999~", "EFT0090001"),
        ("TRN*1*EFT0090001*1999999999\\", "EFT0090001"),
        ("TRN*1*EFT0090001", "EFT0090001"),
        ("0001234", "0001234"),
    ],
)
def test_the_trace_number_is_taken_out_of_the_banks_addenda(shown: str, trace: str) -> None:
    assert taken(*read(GOOD | {"trace": shown})).deposit.trace == trace


def test_money_that_the_payer_took_back_is_negative() -> None:
    assert taken(*read(GOOD | {"amount": "(20.00)"})).deposit.amount == Decimal("-20.00")


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"deposited_on": "2026-11-23"}, "deposited_on", "future"),
        ({"deposited_on": "21/09/2026"}, "deposited_on", "not a date"),
        ({"deposited_on": ""}, "deposited_on", "blank"),
        ({"amount": "12.345"}, "amount", "dollars"),
        ({"amount": "0.00"}, "amount", "zero"),
        ({"amount": ""}, "amount", "blank"),
        ({"trace": "1.23457E+11"}, "trace", "rounded by the spreadsheet"),
        ({"payer": "#N/A"}, "payer", "error of the spreadsheet's"),
    ],
)
def test_a_wrong_row_is_told_by_row_field_and_reason_and_the_others_are_taken(
    changes: dict[str, str], field: str, reason: str
) -> None:
    first, wrong, last = read(GOOD, GOOD | changes, GOOD)
    assert taken(first).deposit == taken(last).deposit
    assert isinstance(wrong, RejectedRow)
    assert (wrong.row, wrong.field) == (3, field)
    assert reason in wrong.reason
    assert not any(value in wrong.reason for value in (GOOD | changes).values() if value)


def test_the_documentation_names_every_column_and_says_which_may_be_blank() -> None:
    page = (Path(__file__).parents[2] / "docs" / "remittances.md").read_text(encoding="utf-8")
    section = page.partition("### The columns of a list of deposits")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|.*\| (yes|no) \|$", section, re.MULTILINE)
    told = {name: blank for names, blank in rows for name in re.findall(r"`(\w+)`", names)}
    assert tuple(told) == DEPOSIT_COLUMNS.names
    assert {name for name, blank in told.items() if blank == "yes"} == DEPOSIT_COLUMNS.may_be_left_out
