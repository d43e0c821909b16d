"""What is due is found by index, in the order of its urgency, for each practice and portal apart."""

from datetime import timedelta
from typing import Any

import pytest

from flows.questions import Flow
from ledger import due, lanes, models, presses, work
from ledger.accounts import Actor, Practice, ensure_account, ensure_practice
from ledger.idle_accounts import IdleAccount, idle_credentials
from ledger.lanes import Lease
from ledger.planning_values import DueGroup, Rank
from ledger.portals import portals_asked, portals_with_claims
from ledger.presses import LockoutRule, PressKind, PressResult
from ledger.states import ItemState
from schedules.planning import plan
from tests.ledger.office import ALIAS, NOW, PORTAL, bring_in, digest, question
from tests.ledger.plans import statements, way_of
from tests.ledger.visits import bring_visits, listed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLAIMS = Flow.CLAIM_STATUS


def ways(sent: list[tuple[str, Any]]) -> list[str]:
    """How the database goes about the statements that read or change questions."""
    about = [one for one in sent if "ledger_workitem" in one[0] and one[0].startswith(("SELECT", "UPDATE"))]
    return [way_of(*one) for one in about]


@pytest.fixture
def second() -> Actor:
    practice = ensure_practice("Hillside Pediatrics", "987654321", ("1999999984",))
    return ensure_account("other-robot", is_robot=True, practice=practice, now=NOW)


def test_what_is_due_is_counted_by_practice_portal_and_flow(robot: Actor, second: Actor) -> None:
    bring_in([1, 2], robot, NOW - HOUR)
    bring_in([3], robot, NOW + HOUR)
    bring_visits(listed([1]), robot, NOW)
    bring_in([4], second, NOW)
    models.WorkItem.objects.filter(claim__patient_account_number="ACCT-000002").update(rank=0)
    claims = DueGroup(robot.practice_id, PORTAL, CLAIMS, due=2, jumping=1, oldest=NOW - HOUR)
    visits = DueGroup(robot.practice_id, PORTAL, Flow.ELIGIBILITY, due=1, jumping=0, oldest=NOW)
    others = DueGroup(second.practice_id, PORTAL, CLAIMS, due=1, jumping=0, oldest=NOW)
    assert due.due_groups(NOW) == (claims, visits, others) or due.due_groups(NOW) == (claims, others, visits)
    assert set(due.due_for(robot.practice_id, None, NOW)) == {claims, visits}
    assert due.due_for(robot.practice_id, "another", NOW) == ()
    assert due.due_count(robot.practice_id, PORTAL, CLAIMS, NOW) == 2
    assert due.next_for(robot.practice_id, PORTAL, CLAIMS, NOW) == NOW + HOUR
    assert due.next_for(robot.practice_id, PORTAL, Flow.ELIGIBILITY, NOW) is None


def test_a_list_of_what_is_due_is_as_long_as_wanted(robot: Actor, second: Actor) -> None:
    bring_in(range(1, 6), robot)
    bring_in([9], second)
    (first, *_) = due.list_due(robot.practice_id, NOW, portal=PORTAL, most=3)
    assert (first.number, first.rank, first.since) == ("ACCT-000001", Rank.NORMAL, NOW)
    assert len(due.list_due(robot.practice_id, NOW, most=3)) == 3
    assert len(due.list_due(robot.practice_id, NOW)) == 5
    assert due.list_due(robot.practice_id, NOW, portal="another") == ()


def test_only_what_is_done_and_due_wakes_and_it_has_waited_since_its_day(robot: Actor) -> None:
    bring_in(range(1, 6), robot)
    items = list(models.WorkItem.objects.order_by("id"))
    for item, state, at in zip(
        items, ("done", "done", "done", "parked", "running"), (NOW - DAY, NOW + DAY, None, NOW, NOW), strict=True
    ):
        models.WorkItem.objects.filter(pk=item.pk).update(state=state, due_at=at, tries=2)
    assert due.wake_due(NOW) == 1
    woken = models.WorkItem.objects.get(pk=items[0].pk)
    assert (woken.state, woken.not_before, woken.tries) == (ItemState.READY, NOW - DAY, 0)
    assert models.WorkItem.objects.filter(state=ItemState.READY).count() == 1


def test_what_is_due_wakes_in_portions_what_has_waited_longest_first(
    robot: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "PORTION", 2)
    bring_in(range(1, 6), robot)
    ids = list(models.WorkItem.objects.order_by("id").values_list("id", flat=True))
    for days, item_id in enumerate(ids):
        models.WorkItem.objects.filter(pk=item_id).update(state=ItemState.DONE, due_at=NOW - days * DAY)
    assert due.wake_due(NOW, most=due.PORTION) == 2
    assert set(models.WorkItem.objects.filter(state=ItemState.READY).values_list("id", flat=True)) == set(ids[-2:])
    assert [due.wake_due(NOW, most=due.PORTION) for _ in range(3)] == [2, 1, 0]
    models.WorkItem.objects.update(state=ItemState.DONE)
    assert due.wake_due(NOW) == 5


def test_the_next_question_is_found_without_looking_at_the_others(robot: Actor, lease: Lease) -> None:
    bring_in(range(1, 40), robot)
    plan(robot, NOW)
    with statements() as sent:
        assert work.next_item(lease, NOW) is not None
    _uses([one for one in sent if '"not_before" <=' in one[0]], "next_of_a_lane", at_least=2)
    with statements() as sent:
        due.due_count(robot.practice_id, PORTAL, CLAIMS, NOW)
        due.next_for(robot.practice_id, PORTAL, CLAIMS, NOW)
    _uses(sent, "next_of_a_lane", "what_is_due", at_least=7)


def test_what_is_due_is_found_without_looking_at_what_is_not(robot: Actor) -> None:
    bring_in(range(1, 40), robot)
    with statements() as sent:
        due.due_groups(NOW)
        due.due_for(robot.practice_id, PORTAL, NOW)
    _uses(sent, "what_is_due", at_least=2)
    with statements() as sent:
        due.wake_due(NOW)
    _uses(sent[:1] if sent[0][0].startswith("SELECT") else sent[1:2], "what_is_due_again", at_least=1)


def test_what_is_not_planned_is_found_without_looking_at_what_is(robot: Actor) -> None:
    bring_in(range(1, 40), robot)
    with statements() as sent:
        plan(robot, NOW)
    reads = [one for one in sent if one[0].startswith("SELECT") and "planned_at" in one[0].partition("WHERE")[2]]
    _uses(reads, "what_is_not_planned", at_least=1)
    reviews = [one for one in sent if one[0].startswith("SELECT") and '"review_at" <=' in one[0]]
    _uses(reviews, "what_is_to_be_reviewed", at_least=1)


def _uses(sent: list[tuple[str, Any]], *indexes: str, at_least: int) -> None:
    found = ways(sent)
    assert len(found) >= at_least
    for way in found:
        if "ledger_workitem" in way or "what_is" in way or "next_of" in way:
            assert any(index in way for index in indexes), way
            assert "TEMP B-TREE FOR ORDER BY" not in way, way
            assert "Seq Scan" not in way, way


def test_the_portals_of_a_practice_are_found_one_step_each(robot: Actor, second: Actor) -> None:
    claims = [question(number).model_copy(update={"portal": portal}) for number in (1, 2) for portal in ("b", "a")]
    work.import_claims(claims, robot, NOW, digest=digest)
    bring_visits(listed([1]), robot)
    with statements() as sent:
        assert portals_with_claims(robot.practice_id) == ["a", "b"]
    assert len(sent) == 3
    assert portals_asked(robot.practice_id) == ["a", "b", PORTAL]
    assert portals_with_claims(second.practice_id) == []


# Accounts that portals disable


def test_an_account_is_used_a_week_before_its_portal_would_disable_it(
    practice: Practice, lease: Lease, three_strikes: LockoutRule
) -> None:
    limits = {PORTAL: 30}
    assert idle_credentials(practice.id, limits, NOW + 400 * DAY) == ()
    press = presses.begin(lease, 1, PressKind.PASSWORD, three_strikes, now=NOW)
    assert idle_credentials(practice.id, limits, NOW + 400 * DAY) == ()  # nobody saw whether it was one
    presses.settle(lease, press, PressResult.PROVED, NOW)
    assert idle_credentials(practice.id, limits, NOW + 22 * DAY) == ()
    told = (IdleAccount(PORTAL, ALIAS, NOW, NOW + 30 * DAY),)
    assert idle_credentials(practice.id, limits, NOW + 23 * DAY) == told
    assert idle_credentials(practice.id, {"another": 30}, NOW + 23 * DAY) == ()
    # A portal that waits not even two weeks is not signed in to every day.
    assert idle_credentials(practice.id, {PORTAL: 4}, NOW + DAY) == ()
    assert idle_credentials(practice.id, {PORTAL: 4}, NOW + 2 * DAY) != ()
    lanes.release(lease, NOW)
