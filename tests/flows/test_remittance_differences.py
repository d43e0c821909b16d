"""Two sources of one payment that contradict each other are told, by place and never by value."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from flows.remittance import Balance, Method, ProviderAdjustment, RemitAdjustment, RemitClaim, RemitLine, Remittance
from flows.remittance_differences import differences

LINE = RemitLine(
    number=1,
    procedure="99213",
    billed=Decimal("150.00"),
    paid=Decimal("100.00"),
    adjustments=(
        RemitAdjustment(group="CO", carc="45", amount=Decimal("30.00")),
        RemitAdjustment(group="PR", carc="3", amount=Decimal("20.00")),
    ),
)
CLAIM = RemitClaim(
    number=1,
    patient_account_number="ACCT-1",
    payer_claim_number="C-1",
    status="1",
    billed=Decimal("150.00"),
    paid=Decimal("100.00"),
    patient_responsibility=Decimal("20.00"),
    allowed=Decimal("120.00"),
    service_from=date(2026, 9, 1),
    service_to=date(2026, 9, 2),
    lines=(LINE,),
)


def payment(*claims: RemitClaim, **changes: object) -> Remittance:
    shape = Remittance(
        source="835",
        method=Method.ACH,
        amount=Decimal("100.00"),
        paid_on=date(2026, 9, 20),
        trace="T1",
        claims=claims,
        balance=Balance(line=True, claim=True, transaction=True),
    )
    return shape.model_copy(update=changes)


def changed(**changes: object) -> RemitClaim:
    return CLAIM.model_copy(update=changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"billed": Decimal("150.01")}, "the charge of claim 1"),
        ({"paid": Decimal("100.01")}, "the payment of claim 1"),
        ({"patient_responsibility": Decimal("0.00")}, "the patient responsibility of claim 1"),
        ({"allowed": Decimal("0.00")}, "the allowed amount of claim 1"),
        ({"service_from": date(2026, 8, 31)}, "the first service day of claim 1"),
        ({"service_to": date(2026, 9, 3)}, "the last service day of claim 1"),
        ({"lines": (LINE.model_copy(update={"paid": Decimal("99.00")}),)}, "the payments of the lines of claim 1"),
        (
            {"lines": (LINE.model_copy(update={"adjustments": (*LINE.adjustments[:1], LINE.adjustments[0])}),)},
            "the adjustments of claim 1",
        ),
    ],
)
def test_whatever_differs_is_told_from_either_side(changes: Mapping[str, object], told: str) -> None:
    one, other = payment(CLAIM), payment(changed(**changes))
    assert differences(one, other) == differences(other, one) == (told,)


def test_what_one_of_them_does_not_show_is_no_difference() -> None:
    blank = dict.fromkeys(("patient_responsibility", "allowed", "service_from", "service_to"))
    at_claim = changed(**blank, lines=(), adjustments=LINE.adjustments)
    for other in (at_claim, at_claim.model_copy(update={"adjustments": ()})):
        assert differences(payment(CLAIM), payment(other, paid_on=None)) == ()


def test_either_number_is_enough_to_know_a_claim_again() -> None:
    for names in ({"payer_claim_number": None}, {"patient_account_number": "0"}, {"patient_account_number": ""}):
        assert differences(payment(CLAIM), payment(changed(**names))) == ()
    nameless = changed(patient_account_number="0", payer_claim_number=None)
    assert len(differences(payment(nameless), payment(nameless))) == 2


def test_a_reversal_and_its_correction_find_each_other_in_any_order() -> None:
    back = changed(billed=Decimal("-150.00"), paid=Decimal("-100.00"), lines=())
    again = changed(number=2)
    assert differences(payment(back, again), payment(again, back)) == ()
    lonely = differences(payment(again, back), payment(again))
    assert lonely == ("claim 1, which only one of them has",)


def test_the_payment_itself_is_compared() -> None:
    taken = ProviderAdjustment(reason="WO", amount=Decimal("5.00"))
    other = payment(CLAIM, amount=Decimal("95.00"), paid_on=date(2026, 9, 21), provider_adjustments=(taken,))
    assert differences(payment(CLAIM), other) == (
        "the amount of the payment", "the day of the payment", "the provider adjustments",
    )  # fmt: skip


def test_claims_that_only_one_has_are_told_and_not_without_end() -> None:
    many = [
        changed(number=number, patient_account_number=f"A{number}", payer_claim_number=None) for number in range(1, 31)
    ]
    assert differences(payment(), payment(*many)) == ("30 more claims, which only one of them has",)
    told = differences(payment(*many), payment())
    assert (len(told), told[-1]) == (21, "10 more places")
    assert not any(value in "".join(told) for value in ("A1", "150", "T1"))
