"""Check digits of NPIs and the shape of tax numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.checks import is_npi, tax_number


def luhn(number: str) -> bool:
    """The textbook rule over the whole card number, as an independent oracle."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def test_the_published_example_is_an_npi() -> None:
    assert is_npi("1234567893")
    assert is_npi("1679576722")


@given(st.from_regex(r"[12][0-9]{9}", fullmatch=True).filter(str.isascii))
def test_the_check_digit_is_luhn_over_80840_and_the_number(number: str) -> None:
    assert is_npi(number) == luhn("80840" + number)


@pytest.mark.parametrize("text", ["", "123456789", "12345678930", "3234567893", "١٢٣٤٥٦٧٨٩٣", " 1234567893"])
def test_other_texts_are_no_npi(text: str) -> None:
    assert not is_npi(text)


def test_a_tax_number_is_nine_digits_with_or_without_its_dash() -> None:
    assert tax_number("12-3456789") == tax_number("123456789") == "123456789"
    for text in ("1234-56789", "12345678", "12345678９", ""):
        with pytest.raises(ValueError, match="nine digits"):
            tax_number(text)
