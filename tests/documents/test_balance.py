"""A remittance that does not add up to the cent is noticed, on whichever level."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.balance import balance
from flows.remittance import ProviderAdjustment, RemitClaim
from tests.documents.remittance_files import claim, line, remittance

CENT = Decimal("0.01")


def of(*claims: RemitClaim, payment: str, taken: str = "0") -> tuple[bool, bool, bool]:
    """Line, claim, transaction."""
    adjustments = [ProviderAdjustment(reason="WO", amount=Decimal(taken))]
    told = remittance(payment, claims, provider_adjustments=adjustments)
    assert bool(told.unbalanced) is not told.balance.whole
    return told.balance.line, told.balance.claim, told.balance.transaction


def test_a_payment_that_adds_up_balances_on_every_level() -> None:
    first = claim(
        1, "150.00", "90.00", line(1, "100.00", "70.00", "CO-45 30.00"), line(2, "50.00", "20.00", "PR-1 30.00")
    )
    second = claim(2, "80.00", "0.00", adjustments="PR-1 80.00")
    assert of(first, second, payment="90.00") == (True, True, True)


def test_adjustments_of_the_claim_and_of_its_lines_count_together() -> None:
    both = claim(1, "100.00", "60.00", line(1, "100.00", "70.00", "CO-45 30.00"), adjustments="CO-253 10.00")
    assert of(both, payment="60.00") == (True, True, True)
    assert of(both.model_copy(update={"adjustments": ()}), payment="60.00") == (True, False, True)


def test_a_positive_provider_adjustment_takes_money_away() -> None:
    # The figures of a published example: claims paid, 8.63 added, what was sent.
    claims = (claim(1, "1258.47", "1258.47"), claim(2, "467.43", "467.43"))
    assert of(*claims, payment="1734.53", taken="-8.63") == (True, True, True)
    assert of(*claims, payment="1734.53", taken="8.63") == (True, True, False)


def test_a_line_that_does_not_add_up_is_told_even_where_the_claim_does() -> None:
    crossed = claim(1, "100.00", "60.00", line(1, "50.00", "40.00"), line(2, "50.00", "20.00", "CO-45 40.00"))
    assert of(crossed, payment="60.00") == (False, True, True)
    told = remittance("60.00", [crossed]).unbalanced
    assert told == (
        "line 1 of claim 1: charge less adjustments is not what is paid",
        "line 2 of claim 1: charge less adjustments is not what is paid",
    )


def test_a_claim_without_lines_is_explained_by_its_own_adjustments() -> None:
    assert of(claim(1, "100.00", "60.00", adjustments="CO-45 40.00"), payment="60.00") == (True, True, True)
    assert of(claim(1, "100.00", "60.00"), payment="60.00") == (True, False, True)


def test_a_reversal_follows_the_same_formulas_with_its_signs_turned_round() -> None:
    reversal = claim(1, "-100.00", "-60.00", line(1, "-100.00", "-60.00", "CO-45 -40.00"), status="22")
    assert of(reversal, payment="0.00", taken="-60.00") == (True, True, True)


def test_a_payment_for_nothing_is_told() -> None:
    assert of(payment="187.50") == (True, True, False)
    assert of(payment="0.00") == (True, True, True)


def test_many_faults_are_counted_and_not_all_told() -> None:
    faults = remittance("0.00", [claim(number, "1.00", "0.00") for number in range(1, 1001)]).unbalanced
    assert len(faults) == 21
    assert faults[-1] == "980 more claims likewise"


@pytest.mark.parametrize("cents", [1, -1, 10_000])
@given(place=st.integers(0, 7))
def test_no_single_amount_can_change_unnoticed(cents: int, place: int) -> None:
    amounts = [Decimal(one) for one in ("150", "90", "100", "70", "30", "50", "20", "30")]
    amounts[place] += cents * CENT
    charge, paid, *of_lines = map(str, amounts)
    one = line(1, of_lines[0], of_lines[1], f"CO-45 {of_lines[2]}")
    two = line(2, of_lines[3], of_lines[4], f"PR-1 {of_lines[5]}")
    balanced, told = balance([claim(1, charge, paid, one, two)], (), Decimal(90))
    assert not balanced.whole
    assert told
