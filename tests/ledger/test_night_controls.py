"""What an operator does to the night is done once, recorded, and never asks a portal more or faster than before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger import (
    audit,
    calendar_entries,
    codes,
    lanes,
    models,
    night_board,
    night_controls,
    permissions,
    presses,
    probes,
    runs,
    wakes,
    work,
)
from ledger.accounts import Actor, Practice
from ledger.calendar_entries import EVERYTHING
from ledger.errors import LaneBusy, LeaseLost, NotAPerson, NotPermitted, NotThere, RecordWrong
from ledger.lanes import LEASE_TIME, SIGNING_OUT, Lease
from ledger.permissions import Status
from ledger.planning_values import Rank
from ledger.presses import LockoutRule, PressKind
from ledger.states import AppealStage, ItemState
from tests.ledger.appeal_steps import get, pressed
from tests.ledger.office import ALIAS, NOW, PORTAL, bring_in, ended, not_found, paid
from tests.ledger.two_practices import PERMITTED

MINUTE = timedelta(minutes=1)
RULE = LockoutRule(attempts=5, window=timedelta(hours=24))
Take = Callable[..., Lease]


def in_order() -> list[int]:
    """The numbers of all questions, the first that came first."""
    return list(models.WorkItem.objects.order_by("id").values_list("id", flat=True))


def test_whoever_had_a_lane_that_was_taken_away_writes_nothing_any_more(
    lease: Lease, practice: Practice, person: Actor, robot: Actor
) -> None:
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    lanes.take_away(lease.lane_id, person, NOW)
    for act in (
        lambda: lanes.beat(lease, NOW),
        lambda: work.finish(lease, item, paid(), NOW),
        lambda: presses.begin(lease, 1, PressKind.PASSWORD, RULE, NOW),
        lambda: lanes.release(lease, NOW),
    ):
        with pytest.raises(LeaseLost):
            act()
    row = models.WorkItem.objects.get()
    assert (row.state, row.tries, row.lane) == (ItemState.READY, 0, None)
    assert runs.latest(practice.id)[0].why_ended == "ended by a person"
    entry = models.AuditEntry.objects.get(action="session.end")
    assert (entry.actor, entry.portal, entry.object_id) == (person.name, PORTAL, str(lease.lane_id))
    assert audit.verify().ok


def test_a_lane_that_was_taken_away_is_nobodys_until_its_process_has_signed_out(
    lease: Lease, practice: Practice, person: Actor, take: Take
) -> None:
    lanes.take_away(lease.lane_id, person, NOW)
    (figures,) = night_board.lanes(practice.id, NOW)
    assert (figures.held, figures.lost, figures.ending) == (False, False, True)
    assert lanes.free(NOW, [lease.lane_id]) == ()
    with pytest.raises(LaneBusy, match="a session that a person has ended"):
        take()
    assert take("office:2", after=SIGNING_OUT).token > lease.token


def test_an_appeal_that_was_being_pressed_is_uncertain_and_never_pressed_again(lease: Lease, person: Actor) -> None:
    runs.start(lease, Flow.APPEAL, NOW)
    number, _item = pressed(lease, person)
    lanes.take_away(lease.lane_id, person, NOW)
    assert get(person, number).stage is AppealStage.UNCERTAIN


def test_a_code_that_the_ended_session_waited_for_is_wanted_no_more(
    lease: Lease, practice: Practice, person: Actor
) -> None:
    request = codes.want(lease, "code", b"wrapped", NOW, NOW + 9 * MINUTE)
    assert codes.wanted(practice.id, request, NOW).alias == ALIAS
    lanes.take_away(lease.lane_id, person, NOW)
    with pytest.raises(NotThere):
        codes.wanted(practice.id, request, NOW)


def test_only_a_person_ends_a_session_and_only_one_that_runs(lease: Lease, person: Actor, robot: Actor) -> None:
    with pytest.raises(NotAPerson):
        lanes.take_away(lease.lane_id, robot, NOW)
    with pytest.raises(NotThere):
        lanes.take_away(lease.lane_id, person, NOW + LEASE_TIME)
    lanes.take_away(lease.lane_id, person, NOW)
    with pytest.raises(NotThere):
        lanes.take_away(lease.lane_id, person, NOW)


def test_stopping_all_sign_ins_leaves_no_button_that_may_be_pressed(
    take: Take, person: Actor, practice: Practice
) -> None:
    doings = ("signing in", "waiting for a code until 03:09 UTC (portalwright code x)", "", "asking")
    leases = []
    for slot, doing in enumerate(doings):
        leases.append(take(slot=slot))
        runs.start(leases[-1], Flow.CLAIM_STATUS, NOW)
        runs.stepped(leases[-1], doing, 0, NOW)
    assert night_controls.stop_sign_ins(person, NOW) == 3
    for lease in leases[:3]:
        with pytest.raises(LeaseLost):
            presses.begin(lease, 1, PressKind.PASSWORD, RULE, NOW)
    lanes.beat(leases[3], NOW)
    assert calendar_entries.entries()[EVERYTHING].paused_by == person.name
    assert night_controls.stop_sign_ins(person, NOW) == 0, "again does no harm"


def test_a_question_that_is_left_out_is_asked_the_next_night(
    lease: Lease, practice: Practice, person: Actor, robot: Actor
) -> None:
    bring_in([1], robot)
    (number,) = in_order()
    until = night_controls.skip(number, person, NOW)
    assert work.next_item(lease, NOW) is None
    found = night_controls.questions(practice.id, PORTAL, Flow.CLAIM_STATUS, NOW)
    assert ([], [number]) == ([one.id for one in found.due], [one.id for one in found.later])
    row = models.WorkItem.objects.get()
    assert (row.planned_at, row.review_at) == (NOW, until), "and its day is worked out anew then"
    lanes.beat(lease, until)
    assert work.next_item(lease, until) is not None


def test_a_question_is_put_before_all_others(lease: Lease, practice: Practice, person: Actor, robot: Actor) -> None:
    bring_in(range(4), robot)
    numbers = in_order()
    night_controls.skip(numbers[3], person, NOW)
    woken = wakes.newest()
    night_controls.ask_first(numbers[3], person, NOW)
    assert wakes.newest() > woken
    found = night_controls.questions(practice.id, PORTAL, Flow.CLAIM_STATUS, NOW, most=2)
    assert [(one.id, one.rank) for one in found.due] == [(numbers[3], Rank.JUMPS), (numbers[0], Rank.NORMAL)]
    item = work.next_item(lease, NOW)
    assert item is not None
    assert item.id == numbers[3]
    asked = night_controls.questions(practice.id, PORTAL, Flow.CLAIM_STATUS, NOW)
    assert [one.id for one in asked.running] == [numbers[3]]


@pytest.mark.parametrize("act", [night_controls.skip, night_controls.ask_first])
def test_what_is_asked_done_or_a_persons_is_left_alone(
    lease: Lease, practice: Practice, person: Actor, robot: Actor, act: Callable[..., object]
) -> None:
    bring_in(range(3), robot)
    for outcome, words in (
        (None, "is being asked"),
        (paid(), "is done"),
        (ended(Ending.NEEDS_STAFF, Code.BUS_MULTI), "waits for a person"),
    ):
        item = work.next_item(lease, NOW)
        assert item is not None
        if outcome is not None:
            work.finish(lease, item, outcome, NOW)
        with pytest.raises(RecordWrong, match=words):
            act(item.id, person, NOW)
    with pytest.raises(NotAPerson):
        act(in_order()[0], robot, NOW)
    with pytest.raises(NotThere):
        act(987654, person, NOW)


def test_a_rate_is_lowered_in_the_register_and_never_raised(person: Actor, practice: Practice) -> None:
    permissions.grant(replace(PERMITTED, lookups_per_minute=6), person, NOW)

    def lower(look_ups: int, posted: float = 10) -> int:
        return night_controls.lower_rate(PORTAL, Flow.CLAIM_STATUS, look_ups, person, NOW, posted=posted)

    for wrong, posted in ((6, 10.0), (7, 10.0), (0, 10.0), (4, 4.0)):
        with pytest.raises(RecordWrong, match="only be lowered"):
            lower(wrong, posted)
    lower(3)
    (record, before) = permissions.history(practice.id, portal=PORTAL)
    assert record.grant == replace(before.grant, lookups_per_minute=3)
    with pytest.raises(RecordWrong):
        lower(3)
    permissions.grant(replace(PERMITTED, status=Status.PROHIBITED), person, NOW)
    with pytest.raises(NotThere):
        lower(1)
    with pytest.raises(NotPermitted):
        permissions.check(PORTAL, Flow.CLAIM_STATUS, practice.id, NOW)


def test_the_night_is_counted_span_by_span(lease: Lease, practice: Practice, robot: Actor) -> None:
    bring_in(range(3), robot)
    for minutes, outcome in ((1, paid()), (9, not_found()), (10, paid())):
        item = work.next_item(lease, NOW)
        assert item is not None
        work.finish(lease, item, outcome, NOW + minutes * MINUTE)
    spans = night_board.by_time(practice.id, NOW, NOW + 25 * MINUTE, 10)
    assert spans == ({Ending.ANSWERED: 1, Ending.NEGATIVE: 1}, {Ending.ANSWERED: 1}, {})


def test_whatever_anybody_does_is_a_change(person: Actor) -> None:
    before = night_board.changes()
    calendar_entries.pause(EVERYTHING, person, NOW)
    assert night_board.changes() > before


def test_the_newest_probe_of_each_job_is_told(lease: Lease, practice: Practice) -> None:
    assert probes.latest(practice.id, PORTAL) == ()
    probes.record(lease, "7", "[]", NOW, passed=True)
    probes.record(lease, "8", "[]", NOW + MINUTE, passed=False)
    (seen,) = probes.latest(practice.id, PORTAL)
    assert (seen.flow, seen.pack_version, seen.passed) == (Flow.CLAIM_STATUS, "8", False)
