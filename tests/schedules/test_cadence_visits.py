"""When coverage is looked at: when the appointment comes in, days before, and as months and years begin."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.business_days import business_days_after
from flows.payer_types import PayerType
from ledger.planning_values import HoldWhy, Rank, Stop
from tests.schedules.cadence_cases import due_day, on, plan, spoke, visit

DAY = date(2026, 3, 18)


def test_an_appointment_is_asked_about_when_it_comes_in() -> None:
    about = visit(DAY)
    assert plan(about, date(2026, 2, 3), tried=False).due_at == about.imported_at


def test_and_three_days_before_the_visit() -> None:
    found = plan(visit(DAY, answered_at=on(date(2026, 2, 2))), date(2026, 2, 3))
    assert due_day(found) == DAY - timedelta(days=3)


@pytest.mark.parametrize("payer", [PayerType.MEDICAID, PayerType.MEDICAID_MANAGED])
def test_at_medicaid_on_the_day_itself_too(payer: PayerType) -> None:
    three_before = on(DAY - timedelta(days=3))
    found = plan(visit(DAY, answered_at=three_before), DAY - timedelta(days=2), payer)
    assert due_day(found) == DAY
    assert found.rank is Rank.JUMPS
    assert plan(visit(DAY, answered_at=three_before), DAY - timedelta(days=2)).stop is Stop.VISIT_OVER
    assert plan(visit(DAY, answered_at=on(DAY)), DAY, payer).stop is Stop.VISIT_OVER


def test_an_answer_of_the_last_72_hours_is_not_asked_for_again() -> None:
    fresh = visit(DAY, answered_at=on(DAY - timedelta(days=4), 8))
    assert plan(fresh, DAY - timedelta(days=4)).stop is Stop.VISIT_OVER
    stale = replace(fresh, answered_at=on(DAY - timedelta(days=7), 8))
    assert due_day(plan(stale, DAY - timedelta(days=6))) == DAY - timedelta(days=3)


def test_a_look_that_was_missed_is_due_at_once_until_the_visit_is_over() -> None:
    about = visit(DAY, answered_at=on(date(2026, 2, 2)))
    assert due_day(plan(about, DAY - timedelta(days=1))) == DAY - timedelta(days=3)
    assert plan(about, DAY + timedelta(days=1)).stop is Stop.VISIT_OVER


def test_a_visit_that_is_over_is_asked_about_once_where_nobody_has() -> None:
    assert plan(visit(DAY), DAY + timedelta(days=30), tried=False).due_at is not None


def test_standing_appointments_are_asked_about_as_the_month_begins_spread_over_four_days() -> None:
    standing = visit(date(2026, 2, 10), service_to=date(2026, 6, 30), answered_at=on(date(2026, 2, 7)))
    days = {due_day(plan(standing, date(2026, 2, 11), item_id=number)) for number in range(40)}
    assert days == {business_days_after(date(2026, 2, 28), count) for count in (1, 2, 3, 4)}
    found = plan(standing, date(2026, 2, 11))
    assert found.rank is Rank.CAN_WAIT
    assert "month-start" in spoke(found)
    asked = replace(standing, answered_at=on(date(2026, 3, 4)))
    following = due_day(plan(asked, date(2026, 3, 5)))
    assert following is not None
    assert following.month == 4


def test_visits_of_the_first_days_of_january_are_asked_about_in_the_new_year() -> None:
    """Deductibles begin anew: what was said on 30 December says too little about 2 January."""
    about = visit(date(2027, 1, 2), answered_at=on(date(2026, 12, 30)))
    days = {due_day(plan(about, date(2026, 12, 31), item_id=number)) for number in range(10)}
    assert days == {date(2027, 1, 1), date(2027, 1, 2)}
    later = visit(date(2027, 1, 20), answered_at=on(date(2026, 12, 30)))
    assert due_day(plan(later, date(2026, 12, 31))) == date(2027, 1, 17)


def test_in_january_the_month_begins_over_ten_days() -> None:
    standing = visit(date(2026, 12, 10), service_to=date(2027, 6, 30), answered_at=on(date(2026, 12, 8)))
    days = {due_day(plan(standing, date(2026, 12, 11), item_id=number)) for number in range(60)}
    assert all(day is not None and day.month == 1 and 4 <= day.day <= 8 for day in days)
    assert len(days) == 5  # 1 January is a holiday; business days up to the tenth


def test_a_patient_on_hold_is_left_alone() -> None:
    assert plan(visit(DAY, hold=HoldWhy.DECEASED), DAY, tried=False).stop is Stop.HELD


def test_what_a_person_has_ended_by_hand_stays_so() -> None:
    assert plan(visit(DAY), DAY - timedelta(days=3), by_hand=True).stop is Stop.BY_HAND
