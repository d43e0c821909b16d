"""A payment plan adds up to the balance to the cent, keeps its days, and follows what was paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.payment_plan import Every, PlanImpossible, Standing, followed, in_so_many, of_so_much

CENTS = st.integers(min_value=1, max_value=10_000_000)
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2035, 12, 31))


def dollars(cents: int) -> Decimal:
    return Decimal(cents) / 100


@given(cents=CENTS, count=st.integers(1, 120), first=DAYS, every=st.sampled_from(Every))
def test_so_many_instalments_add_up_to_the_cent_and_differ_by_one_at_most(
    cents: int, count: int, first: date, every: Every
) -> None:
    if cents < count:
        with pytest.raises(PlanImpossible):
            in_so_many(dollars(cents), count, first, every)
        return
    plan = in_so_many(dollars(cents), count, first, every)
    amounts = [each.amount for each in plan]
    assert sum(amounts) == dollars(cents)
    assert len(plan) == count
    assert max(amounts) - min(amounts) <= Decimal("0.01")
    days = [each.due_on for each in plan]
    assert days[0] == first
    assert days == sorted(set(days))


@given(cents=CENTS, amount=CENTS, first=DAYS, every=st.sampled_from(Every))
def test_instalments_of_an_amount_add_up_and_only_the_last_is_smaller(
    cents: int, amount: int, first: date, every: Every
) -> None:
    if -(-cents // amount) > 120:
        with pytest.raises(PlanImpossible):
            of_so_much(dollars(cents), dollars(amount), first, every)
        return
    plan = of_so_much(dollars(cents), dollars(amount), first, every)
    assert sum(each.amount for each in plan) == dollars(cents)
    assert all(each.amount == dollars(amount) for each in plan[:-1])
    assert Decimal(0) < plan[-1].amount <= dollars(amount)


@given(
    cents=CENTS,
    count=st.integers(1, 24),
    paid=st.integers(-1000, 12_000_000),
    first=DAYS,
    later=st.integers(-60, 900),
)
def test_what_was_paid_goes_to_the_oldest_instalments_first(
    cents: int, count: int, paid: int, first: date, later: int
) -> None:
    plan = in_so_many(dollars(max(cents, count)), count, first, Every.MONTH)
    today = first + timedelta(days=later)
    standings = followed(plan, dollars(paid), today)
    assert sum(each.paid for each in standings) == min(max(dollars(paid), Decimal(0)), sum(i.amount for i in plan))
    whole = [each.paid == each.instalment.amount for each in standings]
    assert whole == sorted(whole, reverse=True)
    for each in standings:
        late = each.instalment.due_on < today and each.paid < each.instalment.amount
        assert (each.standing is Standing.LATE) == late
        assert (each.standing is Standing.PAID) == (each.paid == each.instalment.amount)


def test_the_end_of_a_month_is_kept_where_the_month_has_it() -> None:
    plan = in_so_many(Decimal("400.00"), 5, date(2026, 12, 31), Every.MONTH)
    assert [each.due_on.isoformat() for each in plan] == [
        "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30",
    ]  # fmt: skip


def test_a_plan_every_two_weeks() -> None:
    plan = of_so_much(Decimal("100.00"), Decimal("40.00"), date(2026, 12, 1), Every.TWO_WEEKS)
    assert [(each.due_on.isoformat(), str(each.amount)) for each in plan] == [
        ("2026-12-01", "40.00"),
        ("2026-12-15", "40.00"),
        ("2026-12-29", "20.00"),
    ]


@pytest.mark.parametrize("balance", ["0.00", "-5.00", "10.005"])
def test_nothing_is_split_that_is_no_amount_owed(balance: str) -> None:
    with pytest.raises(PlanImpossible, match="whole cents"):
        in_so_many(Decimal(balance), 2, date(2026, 12, 1), Every.MONTH)
