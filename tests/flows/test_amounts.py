"""Money is taken strictly: what is not plainly an amount is refused, and nothing becomes zero by accident."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.amounts import parse_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$1,234.56", "1234.56"),
        ("1234.5" + "6", "1234.56"),
        ("150", "150.00"),
        ("(12.34)", "-12.34"),
        ("-$12.34", "-12.34"),
        ("$-12.34", "-12.34"),
        ("12.34 CR", "-12.34"),
        (" $0.00 ", "0.00"),
    ],
)
def test_amounts_as_portals_write_them(text: str, amount: str) -> None:
    assert parse_money(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "N/A",
        "NaN",
        "1.5",
        "1.234",
        "1,23.00",
        "12,34",
        "--1.00",
        "(1.00",
        "-(1.00)",
        "(1.00) CR",
        "1e3",
        "१२.३४",
        "$",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount of money"):
        parse_money(text)


@given(st.decimals(min_value=-999_999_999, max_value=999_999_999, places=2))
def test_an_amount_survives_being_written_and_read(amount: Decimal) -> None:
    written = f"(${-amount:,.2f})" if amount < 0 else f"${amount:,.2f}"
    assert parse_money(written) == amount


@given(st.text())
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        assert parse_money(text).is_finite()
    except ValueError as refused:
        assert text == "" or text not in str(refused) or text in "not an amount of money with two signs"
