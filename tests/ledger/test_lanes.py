"""A lane belongs to one process at a time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger import breakers, cases, closures, lanes, models, runs, standstill, work
from ledger.accounts import Actor, ensure_practice
from ledger.errors import ClockOff, LaneBusy, LeaseLost, NotThere, RecordWrong
from ledger.lanes import LEASE_TIME, LaneFacts, Lease
from ledger.states import Resolution
from tests.ledger.office import ALIAS, LATER, NOW, PORTAL, bring_in, ended


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


def test_a_sign_in_has_as_many_lanes_as_it_may_have_sessions_and_they_are_made_once(
    robot: Actor, take: Callable[..., Lease]
) -> None:
    second = take(slot=1)
    ids = lanes.ensure(robot.practice_id, PORTAL, ALIAS, 3)
    assert len(set(ids)) == 3
    assert ids[1] == second.lane_id
    assert lanes.ensure(robot.practice_id, PORTAL, ALIAS, 3) == ids
    assert lanes.ensure(robot.practice_id, PORTAL, ALIAS, 2) == ids[:2]
    assert [lanes.of(lane_id).slot for lane_id in ids] == [0, 1, 2]


def test_another_practices_sign_in_has_no_lanes_for_us(robot: Actor) -> None:
    lanes.ensure(robot.practice_id, PORTAL, ALIAS, 1)
    other = ensure_practice("Hillside Pediatrics", "987654321")
    with pytest.raises(RecordWrong):
        lanes.ensure(other.id, PORTAL, ALIAS, 1)


def test_which_lanes_are_free_is_told_in_the_order_that_was_asked_for(robot: Actor, take: Callable[..., Lease]) -> None:
    first, second, third = lanes.ensure(robot.practice_id, PORTAL, ALIAS, 3)
    take(slot=1)
    assert lanes.free(NOW, (third, second, first)) == (third, first)
    assert lanes.free(NOW + LEASE_TIME, (third, second, first)) == (third, second, first)
    assert lanes.of(second) == LaneFacts(second, robot.practice_id, PORTAL, ALIAS, 1)
    with pytest.raises(NotThere):
        lanes.of(second + 100)


def test_a_lane_that_nobody_comes_for_is_freed_when_its_time_is_over(lease: Lease, robot: Actor) -> None:
    bring_in([1, 2], robot)
    assert work.next_item(lease, NOW) is not None
    assert lanes.reap(NOW + LEASE_TIME - timedelta(seconds=1)) == ()
    assert lanes.reap(NOW + LEASE_TIME) == (lease.lane_id,)
    assert lanes.reap(NOW + LEASE_TIME) == ()
    counts = work.counts(robot.practice_id, PORTAL, Flow.CLAIM_STATUS, NOW + LEASE_TIME)
    assert (counts.ready, counts.running) == (2, 0)
    assert runs.latest(robot.practice_id)[0].why_ended == "lost"
    with pytest.raises(LeaseLost):
        lanes.beat(lease, NOW + LEASE_TIME)
    assert models.Lane.objects.get(pk=lease.lane_id).holder == ""


def test_a_lane_that_the_caller_itself_runs_is_left_to_it_whatever_the_clock_says(lease: Lease) -> None:
    assert lanes.reap(NOW + LEASE_TIME * 100, but=(lease.lane_id,)) == ()
    lanes.beat(lease, NOW + LEASE_TIME * 100)


def test_a_process_that_dies_between_the_end_of_its_run_and_giving_the_lane_back_leaves_nothing_running(
    lease: Lease, robot: Actor
) -> None:
    bring_in([1], robot)
    assert work.next_item(lease, NOW) is not None
    runs.end(lease, "interrupted", NOW)
    assert lanes.reap(NOW + LEASE_TIME) == (lease.lane_id,)
    counts = work.counts(robot.practice_id, PORTAL, Flow.CLAIM_STATUS, NOW + LEASE_TIME)
    assert (counts.ready, counts.running) == (1, 0)
    assert runs.latest(robot.practice_id)[0].why_ended == "interrupted"


def test_a_lane_whose_holder_lives_is_never_freed(take: Callable[..., Lease]) -> None:
    lease = take()
    lanes.beat(lease, NOW + LEASE_TIME / 2)
    assert lanes.reap(NOW + LEASE_TIME) == ()
    lanes.beat(lease, NOW + LEASE_TIME)


def test_a_holder_that_shows_life_at_the_last_moment_keeps_its_lane(take: Callable[..., Lease]) -> None:
    lease, now = take(), NOW + LEASE_TIME
    shown: list[Lease] = []

    def between(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if sql.startswith("SAVEPOINT") and not shown:
            shown.append(lease)
            lanes.beat(lease, now)
        return execute(sql, *rest)

    with connection.execute_wrapper(between):
        assert lanes.reap(now) == ()
    assert shown
    lanes.beat(lease, now)


def test_a_lane_is_not_held_for_hours_by_a_clock_that_was_set_back(take: Callable[..., Lease]) -> None:
    lease = take()
    earlier = NOW - timedelta(hours=3)
    assert lanes.reap(earlier) == ()
    assert lanes.reap(earlier + LEASE_TIME) == (lease.lane_id,)


@pytest.mark.usefixtures("clock_off")
@pytest.mark.parametrize("off", [timedelta(hours=3), timedelta(hours=-3)], ids=["ahead", "behind"])
def test_a_computer_whose_clock_was_set_takes_no_lane_from_another(
    off: timedelta, lease: Lease, robot: Actor, take: Callable[..., Lease]
) -> None:
    bring_in([1], robot)
    assert work.next_item(lease, NOW) is not None
    with pytest.raises(ClockOff):
        take("office:2", after=off)
    with pytest.raises(ClockOff):
        lanes.reap(NOW + off)
    lane = models.Lane.objects.get(pk=lease.lane_id)
    assert (lane.holder, lane.until, lane.token) == ("office:1", NOW + LEASE_TIME, lease.token)
    assert work.counts(robot.practice_id, PORTAL, Flow.CLAIM_STATUS, NOW).running == 1


@pytest.mark.usefixtures("clock_off")
def test_a_clock_is_not_asked_about_where_nobody_loses_anything(take: Callable[..., Lease]) -> None:
    take()
    with pytest.raises(LaneBusy):
        take("office:2")
    assert lanes.reap(NOW) == ()


def test_a_lane_says_why_it_stands_still(lease: Lease, robot: Actor, person: Actor, take: Callable[..., Lease]) -> None:
    def why(flow: Flow | None = Flow.CLAIM_STATUS, after: timedelta = timedelta()) -> str | None:
        found = standstill.standing(lease.lane_id, flow, NOW + after)
        return None if found is None else found.why

    assert why() is None
    until = breakers.failed(PORTAL, NOW)
    assert why() == f"the portal was down once; tried again at {until:%Y-%m-%d %H:%M} UTC"
    assert why(after=until - NOW) is None
    lanes.beat(lease, until)
    breakers.enter(lease, until)
    assert why(after=until - NOW) is None
    other = standstill.standing(take(slot=1).lane_id, None, until)
    assert other is not None
    assert other.why == "the portal was down; one session tries it now"
    closures.close(PORTAL, NOW + LATER, Code.TECH_MAINT, NOW)
    assert why() == "the portal is closed until 2026-03-02 02:00 UTC (TECH-MAINT)"
    outcome = ended(Ending.DRIFT, Code.TECH_LAYOUT, view="claim")
    for _ in range(3):
        runs.report(lease, outcome, NOW)
    case = cases.list_open(robot.practice_id)[0]
    assert why() == f"a page was not recognised several times: case {case.id}"
    assert why(Flow.ELIGIBILITY) == "the portal is closed until 2026-03-02 02:00 UTC (TECH-MAINT)"
    runs.report(lease, ended(Ending.CREDENTIAL, Code.ACC_LOCKED), NOW)
    cases.close(case.id, person, Resolution.ASK_AGAIN, NOW)
    assert (why(None) or "").startswith("the sign-in is frozen: case ")
