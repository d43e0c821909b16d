"""The payments of the last business days are asked for, once for each portal and provider, whatever is called twice."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from ledger import models, work_rules
from ledger.accounts import Actor, Practice, ensure_practice
from ledger.states import ItemState
from schedules.remittance_periods import ask_for_last_days

PORTALS = ("practice-national", "practice-medicaid")


def days() -> set[tuple[str, str, date, date]]:
    rows = models.PaymentPeriod.objects.all()
    return {(row.portal, row.provider_npi, row.paid_from, row.paid_to) for row in rows}


def newest() -> tuple[date, date]:
    return max((first, last) for _, _, first, last in days())


def test_each_portal_and_provider_is_asked_for_yesterday_once(robot: Actor, practice: Practice) -> None:
    both = ensure_practice(practice.name, practice.tin, ("1999999984",))
    tuesday, monday = datetime(2026, 3, 3, 10, tzinfo=UTC), date(2026, 3, 2)
    for portal in PORTALS:
        ask_for_last_days(robot, both, portal, tuesday - timedelta(days=1))
    assert [ask_for_last_days(robot, both, portal, tuesday) for portal in PORTALS] == [2, 2]
    assert {one for one in days() if one[3] == monday} == {
        (portal, npi, monday, monday) for portal in PORTALS for npi in both.npis
    }
    models.WorkItem.objects.update(state=ItemState.DONE)
    assert [ask_for_last_days(robot, both, portal, tuesday) for portal in PORTALS] == [0, 0]
    assert set(models.WorkItem.objects.values_list("state", flat=True)) == {ItemState.DONE}


@pytest.mark.parametrize(
    ("today", "asked"),
    [
        (date(2026, 3, 2), (date(2026, 2, 27), date(2026, 3, 1))),  # Monday: Friday to Sunday
        (date(2026, 3, 7), (date(2026, 3, 5), date(2026, 3, 5))),  # Saturday: what Friday asked for
        (date(2026, 3, 8), (date(2026, 3, 5), date(2026, 3, 5))),
        (date(2026, 7, 3), (date(2026, 7, 1), date(2026, 7, 1))),  # Independence Day is observed
        (date(2026, 7, 6), (date(2026, 7, 2), date(2026, 7, 5))),
        (date(2026, 11, 27), (date(2026, 11, 25), date(2026, 11, 26))),  # the day after Thanksgiving
    ],
)
def test_days_without_business_are_looked_back_over(
    robot: Actor, practice: Practice, today: date, asked: tuple[date, date]
) -> None:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    ask_for_last_days(robot, practice, PORTALS[0], now)
    assert newest() == asked


def test_days_that_were_left_out_are_made_up_for_and_no_day_is_asked_for_twice(
    robot: Actor, practice: Practice
) -> None:
    """Two weeks back, in pieces that touch."""
    friday = datetime(2026, 3, 13, 12, tzinfo=UTC)
    asked = [ask_for_last_days(robot, practice, PORTALS[0], friday + timedelta(days=later)) for later in (0, 6, 7)]
    assert asked == [10 * len(practice.npis), 4 * len(practice.npis), len(practice.npis)]
    periods = sorted({(first, last) for _, _, first, last in days()})
    assert (periods[0][0], periods[-1][1]) == (date(2026, 2, 27), date(2026, 3, 19))
    assert all(last + timedelta(days=1) == first for (_, last), (first, _) in pairwise(periods))


def test_yesterday_is_the_portals_own(robot: Actor, practice: Practice) -> None:
    work_rules.adopt(robot, datetime(2026, 3, 4, tzinfo=UTC), zones={PORTALS[0]: "America/Los_Angeles"})
    for portal, yesterday in zip(PORTALS, (2, 3), strict=True):
        ask_for_last_days(robot, practice, portal, datetime(2026, 3, 4, 6, tzinfo=UTC))  # still 3 March there
        assert max(last for where, _, _, last in days() if where == portal) == date(2026, 3, yesterday)
