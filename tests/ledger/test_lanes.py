"""A lane belongs to one process at a time."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from flows.questions import Flow
from ledger import lanes, runs, work
from ledger.accounts import Actor
from ledger.errors import LaneBusy, LeaseLost
from ledger.lanes import LEASE_TIME, Lease
from tests.ledger.office import LATER, NOW, PORTAL, bring_in


def test_a_lane_in_use_is_busy_and_says_who_and_until_when(take: Callable[..., Lease]) -> None:
    take("office:1")
    with pytest.raises(LaneBusy) as busy:
        take("office:2", after=LEASE_TIME - timedelta(seconds=1))
    assert (busy.value.holder, busy.value.until) == ("office:1", NOW + LEASE_TIME)


def test_a_heartbeat_keeps_the_lane_and_its_end_frees_it(take: Callable[..., Lease]) -> None:
    lease = take("office:1")
    lanes.beat(lease, NOW + LEASE_TIME / 2)
    with pytest.raises(LaneBusy):
        take("office:2", after=LEASE_TIME)
    newer = take("office:2", after=LEASE_TIME * 1.5)
    assert newer.token > lease.token


def test_each_slot_and_each_credential_is_a_lane_of_its_own(take: Callable[..., Lease]) -> None:
    ids = {take().lane_id, take(slot=1).lane_id, take(alias="back-office").lane_id}
    assert len(ids) == 3


def test_a_lane_given_back_is_free_at_once_and_the_lease_is_void(take: Callable[..., Lease]) -> None:
    lease = take("office:1")
    lanes.release(lease, NOW)
    with pytest.raises(LeaseLost):
        lanes.beat(lease, NOW)
    newer = take("office:2")
    with pytest.raises(LeaseLost):
        lanes.release(lease, NOW)
    lanes.beat(newer, NOW)


def test_what_a_lost_process_was_asking_is_asked_again_with_its_tries_unchanged(
    lease: Lease, robot: Actor, take: Callable[..., Lease]
) -> None:
    bring_in([1, 2, 3], robot)
    taken = [work.next_item(lease, NOW) for _ in range(2)]
    newer = take("office:2", after=LATER)
    assert runs.latest(robot.practice_id)[0].why_ended == "lost"
    counts = work.counts(robot.practice_id, PORTAL, Flow.CLAIM_STATUS, NOW + LATER)
    assert (counts.ready, counts.running, counts.total) == (3, 0, 3)
    runs.start(newer, Flow.CLAIM_STATUS, NOW + LATER)
    retaken = work.next_item(newer, NOW + LATER)
    assert taken[0] is not None
    assert retaken is not None
    assert (retaken.id, retaken.tries) == (taken[0].id, 0)
