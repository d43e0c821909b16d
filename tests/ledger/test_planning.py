"""Questions are planned when something about them changes, once, and nobody's wish is overruled by a rule."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.db.models import Q

from flows.deadlines import DeadlineRules
from flows.outcomes import Code, Ending, Outcome
from flows.payer_types import PayerType
from flows.questions import Flow
from ledger import acknowledgements, cases, due, holds, models, posting, remittances, runs, work, work_rules
from ledger.accounts import Actor
from ledger.errors import NotAPerson, NotThere, RecordWrong
from ledger.lanes import Lease
from ledger.planning_values import HoldWhy, Planned, Stop
from ledger.states import ItemState, Resolution
from ledger.unplanned import unplan_claims
from ledger.work import WorkItem
from schedules.planning import explain, plan
from tests.ledger.appeal_steps import pressed
from tests.ledger.appeals import filed
from tests.ledger.office import NOW, PORTAL, bring_in, digest, ended, paid, question
from tests.ledger.payments import by_import, decided, payment, sealed
from tests.ledger.test_acknowledgements import taken_in
from tests.ledger.test_periods import ask
from tests.ledger.visits import bring_visits, covered, listed

DAY = timedelta(days=1)
EARLY = datetime(2026, 1, 13, 1, 0, tzinfo=UTC)
"""The day after the service of every claim of the tests: it came in at once."""


def row(number: int = 1) -> models.WorkItem:
    return models.WorkItem.objects.get(claim__patient_account_number=f"ACCT-{number:06}", flow=Flow.CLAIM_STATUS)


def pending(category: str = "P1", at: datetime = NOW) -> Outcome:
    outcome = paid(at)
    assert outcome.answer is not None
    said = outcome.answer.normalised.model_copy(
        update={"category": category, "paid": None, "payment": None, "finalised_date": None}
    )
    return outcome.model_copy(update={"answer": outcome.answer.model_copy(update={"normalised": said})})


def planned(actor: Actor, now: datetime) -> int:
    """Plan all there is; how many questions."""
    done = plan(actor, now)
    assert not (done.left or done.busy)
    return done.questions


@pytest.fixture
def asked(lease: Lease) -> Callable[..., WorkItem]:
    """Asks the next question, with this outcome."""

    def _asked(outcome: Outcome, now: datetime = NOW) -> WorkItem:
        item = work.next_item(lease, now)
        assert item is not None
        work.finish(lease, item, outcome, now)
        return item

    return _asked


def test_what_was_imported_is_asked_at_once_until_somebody_plans_and_then_on_its_day(
    robot: Actor, lease: Lease
) -> None:
    bring_in([1], robot, EARLY)
    assert due.due_count(robot.practice_id, PORTAL, Flow.CLAIM_STATUS, EARLY) == 1
    assert planned(robot, EARLY) == 1
    assert planned(robot, EARLY) == 0
    first = datetime(2026, 1, 27, tzinfo=UTC)
    assert (row().state, row().not_before, row().due_at, row().planned_at) == ("ready", first, first, EARLY)
    assert due.due_groups(first - DAY) == ()
    assert work.next_item(lease, first) is not None


def test_an_answer_plans_the_next_look_and_that_day_wakes_the_question(
    robot: Actor, lease: Lease, asked: Callable[..., WorkItem]
) -> None:
    bring_in([1], robot, EARLY)
    asked(pending(at=EARLY), EARLY)
    assert row().planned_at is None
    planned(robot, EARLY)
    again = datetime(2026, 1, 27, tzinfo=UTC)
    assert (row().state, row().due_at) == (ItemState.DONE, again)
    assert due.wake_due(again - DAY) == 0
    assert due.wake_due(again) == 1
    assert due.wake_due(again) == 0
    item = work.next_item(lease, again)
    assert item is not None
    assert item.tries == 0


def test_the_days_are_those_of_the_portals_zone_and_kind_of_payer(robot: Actor) -> None:
    zones = {PORTAL: "America/Chicago"}
    work_rules.adopt(robot, NOW, payers={PORTAL: PayerType.WORKERS_COMPENSATION}, zones=zones)
    bring_in([1], robot, EARLY)
    planned(robot, EARLY)
    assert row().not_before == datetime(2026, 2, 11, 6, tzinfo=UTC)  # it came in on 12 January there


def test_an_acceptance_that_comes_later_moves_the_day(robot: Actor, person: Actor) -> None:
    bring_in([1, 2], robot, EARLY)
    planned(robot, EARLY)
    acknowledgements.keep(sealed(name="ack", kind="277CA"), [taken_in(1, 20)], (), by_import(person))
    assert (row(1).planned_at, row(2).planned_at is None) == (None, False)
    planned(robot, EARLY + 8 * DAY)
    assert row(1).not_before == datetime(2026, 2, 3, tzinfo=UTC)


def test_where_acceptances_come_a_claim_without_one_is_a_persons_and_the_portal_is_not_asked(
    robot: Actor, person: Actor, lease: Lease
) -> None:
    bring_in([1, 2], robot, EARLY)
    acknowledgements.keep(sealed(name="ack", kind="277CA"), [taken_in(1, 13)], (), by_import(person))
    planned(robot, EARLY)
    assert row(2).review_at == datetime(2026, 1, 16, tzinfo=UTC)
    assert plan(robot, EARLY + 3 * DAY) == Planned(1, 1)
    assert (row(2).state, row(2).due_at) == (ItemState.DONE, None)
    (case,) = cases.list_open(robot.practice_id)
    assert (case.code, case.number) == (Code.BUS_NOTFOUND, "ACCT-000002")
    # Found after all: the acceptance brings it back.
    acknowledgements.keep(sealed(name="late", kind="277CA"), [taken_in(2, 15)], (), by_import(person))
    planned(robot, EARLY + 4 * DAY)
    assert row(2).due_at == datetime(2026, 1, 29, tzinfo=UTC)
    assert due.wake_due(datetime(2026, 1, 29, tzinfo=UTC)) == 1


def test_money_that_is_posted_ends_the_asking(robot: Actor, person: Actor, asked: Callable[..., WorkItem]) -> None:
    bring_in([1], robot, EARLY)
    asked(paid(in_all="80.10"))
    planned(robot, NOW)
    assert row().due_at is not None
    remittances.keep(sealed(payment(decided(1))), by_import(person))
    planned(robot, NOW)
    again = row().due_at
    assert again is not None
    assert due.wake_due(again) == 1
    # It is posted while it waits for its turn: it is not asked any more.
    posting.give(person, again, "csv", lambda rows: [*rows].clear())
    planned(robot, again)
    assert (row().state, row().due_at) == (ItemState.DONE, None)
    ((_, told),) = explain(robot.practice_id, "ACCT-000001", again)
    assert told.stop is Stop.SETTLED


def test_a_payment_of_the_first_insurer_brings_the_turn_of_the_second(robot: Actor, person: Actor) -> None:
    other = question(1).model_copy(update={"portal": "practice-second"})
    work.import_claims([question(1), other], robot, EARLY, digest=digest)
    planned(robot, EARLY)
    second = models.WorkItem.objects.get(portal="practice-second")
    source = by_import(person, portal=PORTAL)
    remittances.keep(sealed(payment(decided(1), paid_on=date(2026, 2, 20))), source)
    second.refresh_from_db()
    assert second.planned_at is None
    planned(robot, NOW)
    second.refresh_from_db()
    assert second.not_before == datetime(2026, 3, 13, tzinfo=UTC)


def test_what_is_known_of_claims_at_two_payers_changes_the_other_claims_of_both_visits(robot: Actor) -> None:
    others = [question(number).model_copy(update={"portal": "practice-second"}) for number in (1, 2, 3)]
    work.import_claims([question(1), question(2), question(3), *others], robot, EARLY, digest=digest)
    planned(robot, EARLY)
    paid_for = models.Claim.objects.filter(
        Q(portal=PORTAL, patient_account_number="ACCT-000001")
        | Q(portal="practice-second", patient_account_number="ACCT-000002")
    )
    unplan_claims(robot.practice_id, list(paid_for.values_list("id", flat=True)))
    changed = models.WorkItem.objects.filter(planned_at=None).values_list("claim__patient_account_number", "portal")
    assert set(changed) == {
        (number, portal) for number in ("ACCT-000001", "ACCT-000002") for portal in (PORTAL, "practice-second")
    }


def test_what_a_person_wants_asked_now_is_not_put_off(
    robot: Actor, person: Actor, asked: Callable[..., WorkItem]
) -> None:
    bring_in([1, 2, 3], robot, EARLY)
    asked(pending())
    asked(ended(Ending.NEEDS_STAFF, Code.BUS_MULTI))
    asked(pending())
    planned(robot, NOW)
    work.again(PORTAL, Flow.CLAIM_STATUS, person, NOW)
    (case,) = cases.list_open(person.practice_id)
    cases.close(case.id, person, Resolution.ASK_AGAIN, NOW)
    work.import_claims([question(3, billed="99.00")], robot, NOW, digest=digest)
    planned(robot, NOW)
    assert [(row(number).state, row(number).not_before) for number in (1, 2, 3)] == [(ItemState.READY, NOW)] * 3


def test_what_a_person_has_ended_by_hand_is_never_asked_again_by_itself(
    robot: Actor, person: Actor, asked: Callable[..., WorkItem]
) -> None:
    bring_in([1], robot, EARLY)
    asked(ended(Ending.NEEDS_STAFF, Code.BUS_MULTI))
    planned(robot, NOW)
    assert row().state == ItemState.PARKED
    (case,) = cases.list_open(person.practice_id)
    cases.close(case.id, person, Resolution.DONE_BY_HAND, NOW)
    planned(robot, NOW)
    assert (row().state, row().due_at) == (ItemState.DONE, None)
    assert due.wake_due(NOW + 400 * DAY) == 0


def test_back_off_is_left_alone(robot: Actor, asked: Callable[..., WorkItem]) -> None:
    bring_in([1], robot, EARLY)
    asked(ended(Ending.TRANSIENT, Code.TECH_TIMEOUT))
    waits = row().not_before
    planned(robot, NOW)
    assert (row().state, row().not_before, row().tries) == (ItemState.READY, waits, 1)


def test_what_is_being_asked_is_planned_when_that_has_ended(robot: Actor, lease: Lease) -> None:
    bring_in([1], robot, EARLY)
    item = work.next_item(lease, NOW)
    assert item is not None
    assert planned(robot, NOW) == 0
    work.finish(lease, item, pending(), NOW)
    assert planned(robot, NOW) == 1


def test_what_is_put_back_keeps_its_day(robot: Actor, lease: Lease) -> None:
    bring_in([1], robot, EARLY)
    planned(robot, EARLY)
    day = row().not_before
    item = work.next_item(lease, NOW)
    assert item is not None
    work.put_back(lease, item)
    planned(robot, NOW)
    assert (row().state, row().not_before) == (ItemState.READY, day)


def test_a_claim_that_is_undecided_for_too_long_is_a_case_once(
    robot: Actor, person: Actor, asked: Callable[..., WorkItem]
) -> None:
    bring_in([1], robot, EARLY)
    asked(pending())
    assert plan(robot, NOW) == Planned(1, 0)
    late = datetime(2026, 3, 14, tzinfo=UTC)  # day 60
    assert row().review_at == late
    assert plan(robot, late).opened == 1
    (case,) = cases.list_open(robot.practice_id)
    assert (case.code, case.times) == (Code.BUS_DEADLINE, 1)
    for when in (late, late + DAY):
        models.WorkItem.objects.update(planned_at=None)
        assert plan(robot, when).opened == 0
    cases.close(case.id, person, Resolution.DONE_BY_HAND, late)
    models.WorkItem.objects.update(planned_at=None)
    assert plan(robot, late + DAY).opened == 0
    assert cases.list_open(robot.practice_id) == ()


def test_urgent_questions_are_asked_first_then_what_waits_longest(robot: Actor, lease: Lease) -> None:
    bring_in([1, 2], robot, EARLY)
    work.import_claims([question(3, billed="9000.00")], robot, EARLY, digest=digest)
    bring_in([4], robot, EARLY - DAY)
    planned(robot, NOW)
    assert [one.number for one in due.list_due(robot.practice_id, NOW)] == [
        f"ACCT-{number:06}" for number in (3, 4, 1, 2)
    ]
    order = []
    while (item := work.next_item(lease, NOW)) is not None:
        order.append(item.question.claim.patient_account_number)  # type: ignore[union-attr] # they are claims
    assert order == [f"ACCT-{number:06}" for number in (3, 4, 1, 2)]


def test_a_claim_on_hold_is_not_asked_about_until_the_hold_ends(robot: Actor, person: Actor) -> None:
    bring_in([1, 2], robot, EARLY)
    planned(robot, EARLY)
    number = holds.hold("ACCT-000001", HoldWhy.LEGAL, person, NOW, note="with the lawyer")
    assert holds.hold("ACCT-000001", HoldWhy.LEGAL, person, NOW) == number
    planned(robot, NOW)
    assert (row(1).state, row(2).state) == (ItemState.DONE, ItemState.READY)
    (held,) = holds.of_claim(person.practice_id, "ACCT-000001")
    assert (held.why, held.whole_patient, held.note, held.by) == (HoldWhy.LEGAL, False, "with the lawyer", "dana")
    assert holds.release("ACCT-000001", person, NOW) == 1
    planned(robot, NOW)
    assert row(1).due_at == row(2).due_at
    assert holds.of_claim(person.practice_id, "ACCT-000001") == ()


def test_a_hold_of_a_patient_is_about_all_of_their_claims_and_visits(robot: Actor, person: Actor) -> None:
    bring_in([1], robot, EARLY)
    bring_visits(listed([1, 2]), robot, EARLY)
    holds.hold("ACCT-000001", HoldWhy.DECEASED, person, NOW)
    planned(robot, NOW)
    states = models.WorkItem.objects.order_by("id").values_list("flow", "state")
    assert list(states) == [("claim-status", "done"), ("eligibility", "done"), ("eligibility", "ready")]


def test_holds_are_a_persons_about_a_claim_that_is_there(robot: Actor, person: Actor) -> None:
    bring_in([1], robot)
    with pytest.raises(NotAPerson):
        holds.hold("ACCT-000001", HoldWhy.OTHER, robot, NOW)
    with pytest.raises(NotThere):
        holds.hold("ACCT-9", HoldWhy.OTHER, person, NOW)
    with pytest.raises(RecordWrong):
        holds.hold("ACCT-000001", HoldWhy.OTHER, person, NOW, note="x" * 1001)
    work.import_claims([question(1).model_copy(update={"portal": "other"})], robot, NOW, digest=digest)
    with pytest.raises(RecordWrong, match="--portal"):
        holds.hold("ACCT-000001", HoldWhy.OTHER, person, NOW)
    holds.hold("ACCT-000001", HoldWhy.OTHER, person, NOW, portal=PORTAL)


def test_other_rules_plan_everything_anew_once_in_portions(robot: Actor) -> None:
    bring_in(range(1, 1001), robot, EARLY)
    while plan(robot, EARLY, most=400).left:
        pass
    assert planned(robot, EARLY) == 0
    work_rules.adopt(robot, NOW, cadence='{"claims": [{"id": "claims", "first": 20}]}')
    rounds = [plan(robot, EARLY, most=400)]
    while rounds[-1].left:
        rounds.append(plan(robot, EARLY, most=400))
    assert [one.questions for one in rounds] == [400, 400, 200]
    assert {one.not_before for one in models.WorkItem.objects.all()} == {datetime(2026, 2, 2, tzinfo=UTC)}
    assert planned(robot, EARLY) == 0
    work_rules.adopt(robot, NOW, deadlines=DeadlineRules())
    assert planned(robot, EARLY) == 0


def test_visits_are_planned_from_their_newest_answer(robot: Actor, take: Callable[..., Lease]) -> None:
    bring_visits(listed([1]), robot, EARLY)
    lease = take()
    runs.start(lease, Flow.ELIGIBILITY, EARLY)
    item = work.next_item(lease, EARLY)
    assert item is not None
    work.finish(lease, item, covered(EARLY), EARLY)
    planned(robot, EARLY)
    assert models.WorkItem.objects.get().due_at == datetime(2026, 3, 7, tzinfo=UTC)


def test_a_clock_that_goes_late_for_a_while_makes_nobody_ask_again(robot: Actor, take: Callable[..., Lease]) -> None:
    """An answer that seems older than the import is still an answer to what was imported."""
    bring_in([1], robot, NOW)
    bring_visits(listed([1]), robot, NOW)
    late = NOW - timedelta(minutes=10)
    lease = take()
    for flow, said in ((Flow.CLAIM_STATUS, pending(at=late)), (Flow.ELIGIBILITY, covered(late))):
        runs.start(lease, flow, NOW)
        item = work.next_item(lease, NOW)
        assert item is not None
        work.finish(lease, item, said, late)
    planned(robot, NOW)
    assert due.wake_due(NOW + timedelta(hours=1)) == 0
    assert set(models.WorkItem.objects.values_list("state", flat=True)) == {ItemState.DONE}


def test_an_appeal_is_followed_by_the_rules_and_ends_when_it_is_decided(
    robot: Actor, person: Actor, take: Callable[..., Lease]
) -> None:
    lease = take()
    runs.start(lease, Flow.APPEAL, NOW)
    _, item = pressed(lease, person)
    work.finish(lease, item, filed(), NOW)
    planned(robot, NOW)
    follow = models.WorkItem.objects.get(flow=Flow.APPEAL_STATUS)
    assert follow.state == ItemState.READY
    assert follow.not_before == follow.due_at == datetime(2026, 3, 16, tzinfo=UTC)
    assert models.WorkItem.objects.get(flow=Flow.APPEAL).state == ItemState.DONE
    (_, (asked, told)) = explain(robot.practice_id, str(asked_appeal(follow)), NOW)
    assert (asked.flow, told.due_at) == (Flow.APPEAL_STATUS, follow.due_at)


def asked_appeal(item: models.WorkItem) -> int:
    assert item.appeal_id is not None
    return item.appeal_id


def test_a_period_is_looked_through_once(robot: Actor, take: Callable[..., Lease]) -> None:
    ask(robot)
    planned(robot, NOW)
    item = models.WorkItem.objects.get()
    assert (item.state, item.not_before) == (ItemState.READY, NOW)


def test_explaining_what_nobody_knows_is_refused(robot: Actor) -> None:
    with pytest.raises(NotThere):
        explain(robot.practice_id, "ACCT-9", NOW)


@pytest.mark.django_db(transaction=True)
def test_planning_waits_for_no_import(robot: Actor) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("in a file, one writes after the other")
    bring_in([1, 2], robot, EARLY)
    here = connection.settings_dict
    with psycopg.connect(host=here["HOST"], port=here["PORT"], user=here["USER"], dbname=here["NAME"]) as other:
        other.execute("SELECT 1 FROM ledger_practice FOR NO KEY UPDATE")
        assert plan(robot, EARLY) == Planned(busy=True)
        other.rollback()
        # Nor for a question that a session has in its hands.
        other.execute("SELECT 1 FROM ledger_workitem WHERE id = %s FOR UPDATE", [row(1).pk])
        assert plan(robot, EARLY) == Planned(1)
        other.rollback()
    assert plan(robot, EARLY) == Planned(1)
