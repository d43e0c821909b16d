"""Yesterday's payments are asked for on business days, once for each portal and provider, whatever is called twice."""

from datetime import UTC, date, datetime

import pytest

from ledger import models, work_rules
from ledger.accounts import Actor, Practice, ensure_practice
from ledger.states import ItemState
from schedules.remittance_periods import ask_for_yesterday

PORTALS = ("practice-national", "practice-medicaid")


def days() -> set[tuple[str, str, date, date]]:
    rows = models.PaymentPeriod.objects.all()
    return {(row.portal, row.provider_npi, row.paid_from, row.paid_to) for row in rows}


def test_each_portal_and_provider_is_asked_for_yesterday_once(robot: Actor, practice: Practice) -> None:
    both = ensure_practice(practice.name, practice.tin, ("1999999984",))
    tuesday, monday = datetime(2026, 3, 3, 10, tzinfo=UTC), date(2026, 3, 2)
    assert ask_for_yesterday(robot, both, PORTALS, tuesday) == 4
    assert days() == {(portal, npi, monday, monday) for portal in PORTALS for npi in both.npis}
    models.WorkItem.objects.update(state=ItemState.DONE)
    assert ask_for_yesterday(robot, both, PORTALS, tuesday) == 0
    assert set(models.WorkItem.objects.values_list("state", flat=True)) == {ItemState.DONE}


@pytest.mark.parametrize(
    ("today", "asked"),
    [
        (date(2026, 3, 2), (date(2026, 2, 27), date(2026, 3, 1))),  # Monday: Friday to Sunday
        (date(2026, 3, 7), None),  # Saturday
        (date(2026, 3, 8), None),
        (date(2026, 7, 3), None),  # Independence Day is observed
        (date(2026, 7, 6), (date(2026, 7, 2), date(2026, 7, 5))),
        (date(2026, 11, 27), (date(2026, 11, 25), date(2026, 11, 26))),  # the day after Thanksgiving
    ],
)
def test_days_without_business_are_looked_back_over(
    robot: Actor, practice: Practice, today: date, asked: tuple[date, date] | None
) -> None:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    ask_for_yesterday(robot, practice, PORTALS[:1], now)
    assert {(first, last) for _, _, first, last in days()} == ({asked} if asked else set())


def test_yesterday_is_the_portals_own(robot: Actor, practice: Practice) -> None:
    work_rules.adopt(robot, datetime(2026, 3, 4, tzinfo=UTC), zones={PORTALS[0]: "America/Los_Angeles"})
    ask_for_yesterday(robot, practice, PORTALS, datetime(2026, 3, 4, 6, tzinfo=UTC))  # still 3 March there
    assert {(portal, last.day) for portal, _, _, last in days()} == {(PORTALS[0], 2), (PORTALS[1], 3)}
