"""The demonstration's check finds every payment that is not what the practice payer paid, by the fact that differs."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from documents.remittance_835 import remittances
from flows.remittance import Remittance
from portalwright.demo.payments_check import wrong_payments
from sandbox.remit_835 import Style, interchange
from sandbox.truth.generator import make_truth
from sandbox.truth.ledger import Truth

TODAY = date(2026, 11, 22)


def wrong(
    found: Iterable[Remittance], answered_for: Collection[str] | None = None
) -> list[tuple[str, tuple[str, ...]]]:
    """What the check says of these payments."""
    days = TODAY - timedelta(days=90), TODAY
    told = wrong_payments(found, truth(), answered_for=answered_for, paid_from=days[0], paid_to=days[1])
    return [(one.trace, one.facts) for one in told]


@cache
def made() -> Truth:
    return make_truth(11, 60, TODAY)


@cache
def truth() -> Mapping[str, Any]:
    plain: Mapping[str, Any] = made().model_dump(mode="json")
    return plain


@cache
def read() -> tuple[Remittance, ...]:
    """What the payer paid, as a reader of its own files finds it."""
    expected = [one for one in made().remittances if one.expect in ("loaded", "flagged")]
    found = [said for one in expected for said in remittances(interchange([one], Style(), TODAY))]
    assert all(isinstance(said, Remittance) for said in found)
    return tuple(said for said in found if isinstance(said, Remittance))


def test_what_the_payer_paid_is_never_wrong() -> None:
    assert len(read()) >= 15
    assert wrong(read()) == []


def test_a_payment_that_is_missing_twice_there_or_made_up_is_told() -> None:
    first, second, *others = read()
    strange = first.model_copy(update={"trace": "NOBODY"})
    assert wrong([second, second, strange, *others]) == [
        (second.trace, ("twice",)),
        ("NOBODY", ("nobody paid this",)),
        (first.trace, ("missing",)),
    ]


def test_a_payment_is_missing_only_where_its_provider_s_question_was_answered() -> None:
    payee = {one["trace"]: one["payee_npi"] for one in truth()["remittances"]}
    first, *others = read()
    assert wrong(others, {payee[first.trace]}) == [(first.trace, ("missing",))]
    assert wrong(others, set()) == []
    assert wrong([first.model_copy(update={"amount": Decimal("0.01")})], set()) == [(first.trace, ("amount",))]


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (lambda one: {"amount": one.amount + Decimal("0.01")}, "amount"),
        (lambda one: {"paid_on": one.paid_on + timedelta(days=1)}, "payment date"),
        (lambda one: {"balance": one.balance.model_copy(update={"claim": False})}, "balance"),
        (lambda one: {"claims": one.claims[1:]}, "claims"),
        (
            lambda one: {"claims": (one.claims[0].model_copy(update={"paid": Decimal("0.01")}), *one.claims[1:])},
            "claims",
        ),
        (
            lambda one: {"claims": (one.claims[0].model_copy(update={"lines": ()}), *one.claims[1:])},
            "claims",
        ),
    ],
)
def test_a_fact_that_differs_is_named(change: Any, fact: str) -> None:
    first, *others = (one for one in read() if one.balance.whole)
    rest = [one for one in read() if not one.balance.whole]
    assert wrong([first.model_copy(update=change(first)), *others, *rest]) == [(first.trace, (fact,))]


def test_money_that_is_taken_back_otherwise_is_told() -> None:
    one = next(one for one in read() if one.provider_adjustments)
    others = [other for other in read() if other is not one]
    changed = one.model_copy(update={"provider_adjustments": ()})
    assert wrong([changed, *others]) == [(one.trace, ("provider adjustments",))]
