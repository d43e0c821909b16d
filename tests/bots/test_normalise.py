"""A shown text is taken only for what it surely is; anything else is not of its type."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bots.normalise import NotThisType, normalise
from flows.answers import Shown
from flows.portal import Value
from packs.elements import Typed
from tests.bots.describing import pack

PACK = pack({}, maps={"status": [{"text": "Paid in full", "code": "F1"}, {"text": "Denied", "code": "F2"}]})


def value(text: str, **typed: Any) -> Value:
    return normalise(Shown(where="view.field", text=text), Typed.model_validate(typed), PACK)


@pytest.mark.parametrize(
    ("text", "typed", "normal"),
    [
        ("$1,234.56", {"type": "money"}, Decimal("1234.56")),
        ("(12.34)", {"type": "money"}, Decimal("-12.34")),
        ("12.34 CR", {"type": "money"}, Decimal("-12.34")),
        ("$0.00", {"type": "money"}, Decimal("0.00")),
        ("07/04/2026", {"type": "date"}, date(2026, 7, 4)),
        ("2026-07-04", {"type": "date", "format": "YYYY-MM-DD"}, date(2026, 7, 4)),
        ("07-04-2026", {"type": "date", "format": "MM-DD-YYYY"}, date(2026, 7, 4)),
        ("7/4/2026", {"type": "date", "format": "M/D/YYYY"}, date(2026, 7, 4)),
        ("12/31/9999", {"type": "date"}, date(9999, 12, 31)),
        ("12/31/2299", {"type": "date"}, date(2299, 12, 31)),
        ("1,024", {"type": "integer"}, 1024),
        ("1.5", {"type": "decimal"}, Decimal("1.5")),
        ("yes", {"type": "yes-no"}, True),
        ("N", {"type": "yes-no"}, False),
        ("paid  in\u00a0FULL", {"type": "mapped", "map": "status"}, "F1"),
        ("CO-45; PR-1;", {"type": "list", "separator": ";"}, ("CO-45", "PR-1")),
        ("CO-45\nPR-1", {"type": "list", "separator": "\n"}, ("CO-45", "PR-1")),
        ("Status code 20", {"pattern": r"Status code (\d+)", "type": "integer"}, 20),
        ("  ROE,\n ANNA ", {}, "ROE, ANNA"),
    ],
)
def test_a_text_means_what_its_type_says(text: str, typed: dict[str, Any], normal: object) -> None:
    got = value(text, **typed)
    assert (got.normal, got.unmapped, got.shown.text) == (normal, False, text)


@pytest.mark.parametrize("kind", ["text", "money", "date", "integer", "decimal", "yes-no", "list"])
@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "N/A", "--"])
def test_a_blank_is_nothing_and_never_zero(kind: str, blank: str) -> None:
    assert value(blank, type=kind).normal is None


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("$12.3", {"type": "money"}),
        ("1.234,56", {"type": "money"}),
        ("Pending", {"type": "money"}),
        ("٣.٠٠", {"type": "money"}),
        ("11/23/2026 ٦:٠٠ AM", {"type": "instant"}),
        ("07/04/26", {"type": "date"}),
        ("7/4/2026", {"type": "date"}),
        ("2026-07-04", {"type": "date"}),
        ("02/30/2026", {"type": "date"}),
        ("13/01/2026", {"type": "date"}),
        ("07/04/2026 - 07/05/2026", {"type": "date"}),
        ("1.0", {"type": "integer"}),
        ("1e3", {"type": "decimal"}),
        ("NaN", {"type": "decimal"}),
        ("maybe", {"type": "yes-no"}),
        ("Code 20", {"pattern": r"Status code (\d+)"}),
        ("A1 or B2", {"pattern": r"([A-Z]\d)"}),
    ],
)
def test_a_text_of_another_type_is_refused(text: str, typed: dict[str, Any]) -> None:
    with pytest.raises(NotThisType) as refused:
        value(text, **typed)
    assert refused.value.args == ()
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\x00", "\u034f", "\u3164", "\ufe0f", "\u2800"]
)
@pytest.mark.parametrize("kind", ["text", "money", "list"])
def test_characters_that_nobody_can_see_are_refused(hidden: str, kind: str) -> None:
    with pytest.raises(NotThisType):
        value(f"12{hidden}.00", type=kind)


def test_a_text_that_is_not_in_the_map_is_for_a_person() -> None:
    got = value("Suspended by moonlight", type="mapped", map="status")
    assert (got.normal, got.unmapped) == (None, True)


@given(some.decimals(min_value=0, max_value=999_999_999, places=2))
def test_every_amount_as_portals_write_it_comes_back_to_the_cent(amount: Decimal) -> None:
    assert value(f"${amount:,.2f}", type="money").normal == amount
    assert value(f"(${amount:,.2f})", type="money").normal == -amount


@given(some.dates(min_value=date(1000, 1, 1)))
def test_every_date_comes_back(day: date) -> None:
    assert value(f"{day.month:02}/{day.day:02}/{day.year:04}", type="date").normal == day
    assert value(f"{day.month}/{day.day}/{day.year:04}", type="date", format="M/D/YYYY").normal == day


@given(some.text(), some.sampled_from(["text", "money", "date", "integer", "decimal", "yes-no", "list"]))
def test_any_text_has_a_meaning_or_is_refused(text: str, kind: str) -> None:
    try:
        got = value(text, type=kind)
    except NotThisType:
        return
    assert got.shown.text == text
