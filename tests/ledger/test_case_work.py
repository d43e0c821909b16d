"""What people do with a case: nobody's act is lost under another's, and each is told who was there before."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from flows.outcomes import Code, Ending, Outcome
from ledger import audit, case_work, cases, cases_listed, models, work
from ledger.accounts import Actor, Practice, ensure_account
from ledger.cases_values import Wanted
from ledger.errors import (
    AlreadyClosed,
    CaseChanged,
    CaseTaken,
    NotAPerson,
    NotThere,
    PortalStopped,
    ReopenRefused,
    SnoozeRefused,
)
from ledger.lanes import Lease
from ledger.states import CaseState, ItemState, Resolution
from tests.ledger.office import NOW, bring_in, ended

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = NOW.date()
SEVERAL = ended(Ending.NEEDS_STAFF, Code.BUS_MULTI)
AGAIN, BY_HAND = Resolution.ASK_AGAIN, Resolution.DONE_BY_HAND

Act = Callable[[int, Actor, int], object]
ACTS: dict[str, Act] = {
    "take": lambda case_id, who, changes: case_work.take(case_id, who, changes, NOW),
    "release": lambda case_id, who, changes: case_work.release(case_id, who, changes, NOW),
    "assign": lambda case_id, who, changes: case_work.assign(case_id, "lee", who, changes, NOW),
    "snooze": lambda case_id, who, changes: case_work.snooze(case_id, TODAY + DAY, who, changes, NOW, why="x"),
    "bring back": lambda case_id, who, changes: case_work.bring_back(case_id, who, changes, NOW),
    "send": lambda case_id, who, changes: case_work.send(case_id, "posting", who, changes, NOW),
    "close": lambda case_id, who, changes: case_work.close(case_id, who, AGAIN, changes, NOW),
}


def case_of(lease: Lease, outcome: Outcome = SEVERAL) -> int:
    """The case of the next question, which ends so."""
    item = work.next_item(lease, NOW)
    assert item is not None
    finished = work.finish(lease, item, outcome, NOW)
    assert finished.case_id is not None
    return finished.case_id


@pytest.fixture
def case_id(lease: Lease, robot: Actor) -> int:
    bring_in([1, 2, 3], robot)
    return case_of(lease)


@pytest.fixture(autouse=True)
def lee(practice: Practice) -> Actor:
    """Another person of the same practice."""
    return ensure_account("lee", is_robot=False, practice=practice, now=NOW)


def row(case_id: int) -> models.Case:
    return models.Case.objects.get(pk=case_id)


@pytest.mark.parametrize("act", ACTS)
def test_a_save_on_an_old_page_changes_nothing_and_says_who_was_there_before(
    case_id: int, person: Actor, lee: Actor, act: str
) -> None:
    case_work.send(case_id, "denials", lee, 0, NOW - HOUR)
    before = models.Case.objects.values().get(pk=case_id)
    with pytest.raises(CaseChanged, match=r"lee sent it to another queue at 2026-03-02 00:00 UTC") as told:
        ACTS[act](case_id, person, 0)
    assert "what you typed is still here" in str(told.value)
    assert models.Case.objects.values().get(pk=case_id) == before
    ACTS[act](case_id, person, 1)


@pytest.mark.parametrize("act", ACTS)
def test_every_act_is_counted_recorded_and_a_persons(case_id: int, person: Actor, robot: Actor, act: str) -> None:
    with pytest.raises(NotAPerson):
        ACTS[act](case_id, robot, 0)
    entries = models.AuditEntry.objects.count()
    ACTS[act](case_id, person, 0)
    assert row(case_id).changes == 1
    newest = models.AuditEntry.objects.order_by("-sequence")[: models.AuditEntry.objects.count() - entries]
    assert {(entry.actor, entry.object_type, entry.object_id) for entry in newest} == {("dana", "case", str(case_id))}
    assert audit.verify().ok
    (event,) = cases_listed.history(person.practice_id, case_id)
    assert (event.by, event.at) == ("dana", NOW)


def test_a_case_that_somebody_has_is_not_taken_by_another_unless_it_is_given_to_them(
    case_id: int, person: Actor, lee: Actor
) -> None:
    changes = case_work.take(case_id, person, 0, NOW)
    with pytest.raises(CaseTaken, match="dana has taken case"):
        case_work.take(case_id, lee, changes, NOW)
    changes = case_work.assign(case_id, "lee", lee, changes, NOW)
    assert cases_listed.one(lee.practice_id, case_id).owner == "lee"
    case_work.release(case_id, lee, changes, NOW)
    assert (row(case_id).owner, row(case_id).taken_at) == (None, None)


def test_a_case_is_given_to_people_of_the_practice_alone(case_id: int, person: Actor, robot: Actor) -> None:
    assert [name for _, name in case_work.people(person.practice_id)] == ["dana", "lee"]
    for name in (robot.name, "nobody of ours"):
        with pytest.raises(NotThere):
            case_work.assign(case_id, name, person, 0, NOW)
    assert row(case_id).changes == 0


def test_what_people_write_stands_in_order_and_overwrites_nothing(case_id: int, person: Actor, lee: Actor) -> None:
    case_work.comment(case_id, "They call back.", person, NOW)
    case_work.take(case_id, lee, 0, NOW + HOUR)
    case_work.comment(case_id, "They did.", lee, NOW + DAY)
    told = [(event.by, event.what, event.text) for event in cases_listed.history(person.practice_id, case_id)]
    assert told == [("dana", "comment", "They call back."), ("lee", "taken", ""), ("lee", "comment", "They did.")]
    assert "They" not in repr(list(models.AuditEntry.objects.values()))


def test_a_case_is_put_off_until_before_its_last_day_and_comes_back_by_itself(case_id: int, person: Actor) -> None:
    models.Case.objects.filter(pk=case_id).update(limit=TODAY + 9 * DAY)
    for until in (TODAY, TODAY - DAY, TODAY + 9 * DAY):
        with pytest.raises(SnoozeRefused):
            case_work.snooze(case_id, until, person, 0, NOW, why="x")
    case_work.snooze(case_id, TODAY + 8 * DAY, person, 0, NOW, why="They call back.")
    shown = [
        [line.id for line in cases_listed.page(person.practice_id, Wanted(), TODAY + days * DAY).rows]
        for days in (0, 7, 8)
    ]
    assert shown == [[], [], [case_id]]
    case_work.bring_back(case_id, person, 1, NOW)
    assert cases_listed.page(person.practice_id, Wanted(), TODAY).rows


def test_without_a_last_day_a_case_is_put_off_for_a_month_at_most(case_id: int, person: Actor) -> None:
    with pytest.raises(SnoozeRefused, match="at most 30 days"):
        case_work.snooze(case_id, TODAY + 31 * DAY, person, 0, NOW, why="x")
    case_work.snooze(case_id, TODAY + 30 * DAY, person, 0, NOW, why="x")


def test_what_stops_something_is_not_put_off(lease: Lease, robot: Actor, person: Actor) -> None:
    bring_in([1], robot)
    case_id = case_of(lease, ended(Ending.REFUSED, Code.ACC_CAPTCHA))
    with pytest.raises(SnoozeRefused, match="Questions wait"):
        case_work.snooze(case_id, TODAY + DAY, person, 0, NOW, why="x")


def test_a_case_in_another_queue_is_that_ones_work_and_nobodys_yet(case_id: int, person: Actor) -> None:
    changes = case_work.take(case_id, person, 0, NOW)
    with pytest.raises(NotThere):
        case_work.send(case_id, "no such queue", person, changes, NOW)
    case_work.send(case_id, "posting", person, changes, NOW)
    sent = cases_listed.one(person.practice_id, case_id)
    assert (sent.queue, sent.role, sent.owner) == ("posting", "poster", None)


def test_many_are_closed_at_once_but_for_those_that_have_changed(
    lease: Lease, robot: Actor, person: Actor, lee: Actor
) -> None:
    bring_in(range(1, 61), robot)
    ids = [case_of(lease) for _ in range(60)]
    case_work.take(ids[7], lee, 0, NOW)
    cases.close(ids[9], lee, AGAIN, NOW)
    told = case_work.close_all(dict.fromkeys(ids, 0), person, BY_HAND, NOW, note="the payer's letter")
    assert [case_id for case_id, _ in told.not_done] == [ids[7], ids[9]]
    assert "lee took it" in told.not_done[0][1]
    assert "already closed" in told.not_done[1][1]
    assert len(told.done) == 58
    assert models.Case.objects.filter(state=CaseState.CLOSED, note="the payer's letter").count() == 58
    assert audit.verify().ok


@pytest.mark.parametrize("how", [AGAIN, BY_HAND])
def test_a_closing_is_taken_back_and_its_question_waits_again(case_id: int, person: Actor, how: Resolution) -> None:
    case_work.close(case_id, person, how, 0, NOW)
    case_work.reopen(case_id, person, 1, NOW + HOUR)
    case = cases.get(person.practice_id, case_id)
    assert (case.state, case.items, case.closed_at, case.resolution, case.note) == (CaseState.OPEN, 1, None, None, "")
    assert models.WorkItem.objects.get(case=case_id).state == ItemState.PARKED
    assert [event.what for event in cases_listed.history(person.practice_id, case_id)] == [f"closed: {how}", "reopened"]


def test_a_closing_is_not_taken_back_when_the_portal_was_asked_since(case_id: int, lease: Lease, person: Actor) -> None:
    case_work.close(case_id, person, AGAIN, 0, NOW)
    for _ in range(3):
        item = work.next_item(lease, NOW + HOUR)
        assert item is not None
    with pytest.raises(ReopenRefused, match="asked since"):
        case_work.reopen(case_id, person, 1, NOW + HOUR)
    assert row(case_id).state == CaseState.CLOSED


def test_a_closing_is_taken_back_within_a_day_and_once(case_id: int, person: Actor) -> None:
    case_work.close(case_id, person, BY_HAND, 0, NOW)
    with pytest.raises(ReopenRefused, match="more than a day ago"):
        case_work.reopen(case_id, person, 1, NOW + DAY + HOUR)
    case_work.reopen(case_id, person, 1, NOW + HOUR)
    with pytest.raises(ReopenRefused, match="it is open"):
        case_work.reopen(case_id, person, 2, NOW + HOUR)


def test_what_came_up_anew_is_not_opened_beside_itself(lease: Lease, robot: Actor, person: Actor) -> None:
    bring_in([1, 2], robot)
    changed = ended(Ending.DRIFT, Code.TECH_LAYOUT, view="claim")
    first = case_of(lease, changed)
    case_work.close(first, person, BY_HAND, 0, NOW)
    assert case_of(lease, changed) != first
    with pytest.raises(ReopenRefused, match="an open case of its own"):
        case_work.reopen(first, person, 1, NOW)


def test_a_portal_that_was_started_again_by_mistake_stands_still_again(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    bring_in([1], robot)
    case_id = case_of(lease, ended(Ending.REFUSED, Code.ACC_CAPTCHA))
    case_work.close(case_id, person, AGAIN, 0, NOW + HOUR)
    case_work.reopen(case_id, person, 1, NOW + HOUR)
    with pytest.raises(PortalStopped):
        work.next_item(lease, NOW + HOUR)


def test_what_is_closed_takes_no_act_but_words(case_id: int, person: Actor) -> None:
    cases.close(case_id, person, BY_HAND, NOW)
    for act in ACTS.values():
        with pytest.raises(AlreadyClosed):
            act(case_id, person, 1)
    case_work.comment(case_id, "It was right.", person, NOW)
    assert cases_listed.history(person.practice_id, case_id)[-1].text == "It was right."
