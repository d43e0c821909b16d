"""A wall clock that jumps by an hour costs waiting at most: no lane is held for ever, no press is forgiven early."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ledger import lanes, presses, work
from ledger.accounts import Actor
from ledger.errors import LaneBusy, PressRefused
from ledger.lanes import LEASE_TIME, Lease
from ledger.presses import LockoutRule, PressKind
from tests.ledger.office import NOW, bring_in

BACK = timedelta(hours=-1)
DAY = timedelta(hours=24)


def test_a_dead_holder_s_lane_is_free_a_lease_after_the_clock_was_set_back(take: Callable[..., Lease]) -> None:
    take("office:1")
    with pytest.raises(LaneBusy) as busy:
        take("office:2", after=BACK)
    assert busy.value.until == NOW + BACK + LEASE_TIME
    with pytest.raises(LaneBusy):
        take("office:2", after=BACK + LEASE_TIME - timedelta(seconds=1))
    take("office:2", after=BACK + LEASE_TIME)


def test_a_live_holder_keeps_its_lane_when_the_clock_is_set_back(take: Callable[..., Lease]) -> None:
    lease = take("office:1")
    with pytest.raises(LaneBusy):
        take("office:2", after=BACK)
    lanes.beat(lease, NOW + BACK + LEASE_TIME / 2)
    with pytest.raises(LaneBusy):
        take("office:2", after=BACK + LEASE_TIME)


def test_a_press_counts_for_at_least_its_window_when_the_clock_is_set_back(
    lease: Lease, three_strikes: LockoutRule
) -> None:
    presses.begin(lease, 1, PressKind.PASSWORD, three_strikes, NOW)
    for after in (BACK, timedelta(), DAY + BACK, DAY - timedelta(seconds=1)):
        with pytest.raises(PressRefused):
            presses.begin(lease, 1, PressKind.PASSWORD, three_strikes, NOW + after)


def test_a_question_brought_in_by_a_clock_that_ran_ahead_waits_and_is_not_lost(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    assert work.next_item(lease, NOW + BACK) is None
    assert work.next_item(lease, NOW) is not None
