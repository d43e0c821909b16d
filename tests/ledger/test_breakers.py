"""A portal that was down is left alone for longer each time, and then tried by one session for all."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ledger import breakers, lanes
from ledger.breakers import BreakerState
from ledger.errors import PortalClosed
from ledger.lanes import Lease
from tests.ledger.office import LATER, NOW, PORTAL

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def test_a_portal_that_was_never_down_lets_everybody_in(lease: Lease) -> None:
    breakers.enter(lease, NOW)
    assert breakers.standing(PORTAL, NOW).state is BreakerState.CLOSED
    assert breakers.succeeded(PORTAL, NOW) is False


def test_each_time_in_a_row_it_is_left_alone_for_longer_up_to_four_hours() -> None:
    now, waited = NOW, []
    for _ in range(6):
        until = breakers.failed(PORTAL, now)
        waited.append((until - now) // MINUTE)
        now = until
    assert waited == [5, 15, 60, 240, 240, 240]
    assert breakers.succeeded(PORTAL, now)
    assert breakers.failed(PORTAL, now) == now + 5 * MINUTE


def test_sessions_that_meet_the_same_outage_count_once() -> None:
    until = breakers.failed(PORTAL, NOW)
    assert breakers.failed(PORTAL, NOW + MINUTE) == until
    assert breakers.standing(PORTAL, NOW + MINUTE).failures == 1


def test_while_it_is_open_nobody_enters_and_then_one_lane_tries(take: Callable[..., Lease]) -> None:
    first, second = take(), take(slot=1)
    until = breakers.failed(PORTAL, NOW)
    with pytest.raises(PortalClosed) as closed:
        breakers.enter(first, until - MINUTE)
    assert closed.value.until == until
    breakers.enter(second, until)
    breakers.enter(second, until)
    lanes.beat(second, until)
    with pytest.raises(PortalClosed):
        breakers.enter(first, until)
    found = breakers.standing(PORTAL, until)
    assert (found.state, found.trying) == (BreakerState.HALF_OPEN, second.lane_id)
    breakers.succeeded(PORTAL, until)
    breakers.enter(first, until)


def test_a_session_that_tried_and_is_gone_keeps_nobody_out(take: Callable[..., Lease]) -> None:
    first, second = take(), take(slot=1)
    until = breakers.failed(PORTAL, NOW)
    lanes.beat(first, until)
    breakers.enter(first, until)
    lanes.release(first, until)
    take("office:2", after=until - NOW)  # the lane is in use again, by a session that does not try
    breakers.enter(second, until)
    later = until + LATER
    third = take("office:3", after=later - NOW, slot=2)
    breakers.enter(third, later)
    assert breakers.standing(PORTAL, later).trying == third.lane_id


def test_a_failed_try_opens_it_again(take: Callable[..., Lease]) -> None:
    lease = take()
    until = breakers.failed(PORTAL, NOW)
    breakers.enter(lease, until)
    assert breakers.failed(PORTAL, until) == until + 15 * MINUTE
    with pytest.raises(PortalClosed):
        breakers.enter(lease, until + MINUTE)


def test_a_person_may_try_it_at_any_time_and_tries_for_all(take: Callable[..., Lease]) -> None:
    persons, robots = take(), take(slot=1)
    until = breakers.failed(PORTAL, NOW)
    breakers.enter(persons, NOW + MINUTE, anyway=True)
    with pytest.raises(PortalClosed):
        breakers.enter(robots, NOW + MINUTE)
    lanes.beat(persons, until)
    with pytest.raises(PortalClosed):
        breakers.enter(robots, until)


def test_a_clock_that_was_set_back_keeps_no_portal_shut_for_longer() -> None:
    breakers.failed(PORTAL, NOW)
    before = NOW - timedelta(days=2)
    assert breakers.standing(PORTAL, before).state is BreakerState.HALF_OPEN
    assert breakers.failed(PORTAL, before) == before + 15 * MINUTE


def test_what_is_told_about_it_is_a_few_words() -> None:
    assert breakers.standing(PORTAL, NOW).why == ""
    until = breakers.failed(PORTAL, NOW)
    assert breakers.standing(PORTAL, NOW).why == f"was down once; tried again at {until:%Y-%m-%d %H:%M} UTC"
    later = breakers.failed(PORTAL, until)
    why = f"was down 2 times in a row; tried again at {later:%Y-%m-%d %H:%M} UTC"
    assert breakers.standing(PORTAL, until).why == why
