"""Periods of payments are asked for, wait while the portal builds a report, and keep their documents."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from flows.answers import ListedPayment, NoRemittances, RemittancesListed
from flows.coverage import CoverageStatus
from flows.outcomes import Code, Ending, Outcome, Reason
from flows.questions import Flow, Period, Remittances
from ledger import answers, cases, closures, models, probes, runs, work
from ledger.accounts import Actor
from ledger.errors import NotThere, RecordWrong
from ledger.lanes import Lease
from ledger.periods import Asked, ask_for
from ledger.states import ItemState, Resolution
from ledger.time_line import time_lines
from tests.ledger.office import NOW, PORTAL, bring_in, ended, everything, paid
from tests.ledger.visits import PROVIDER, answered, bring_visits, covered, listed, visit

FLOW = Flow.REMITTANCES
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
NUMBER = "2026-10-01..2026-10-31"
HOUR = timedelta(hours=1)
TWO = RemittancesListed(
    payments=(ListedPayment(trace="E1", amount=Decimal("10.00")), ListedPayment(trace="E2", amount=Decimal("5.50")))
)


def ask(actor: Actor, days: tuple[date, date] = OCTOBER, now: datetime = NOW) -> Asked:
    return ask_for(PORTAL, PROVIDER, *days, actor=actor, now=now)


def building(until: datetime) -> Outcome:
    reason = Reason(code=Code.TECH_BUILDING, what="The report is being built.", not_before=until)
    return Outcome(ending=Ending.TRANSIENT, reason=reason)


@pytest.fixture
def fetching(take: Callable[..., Lease], robot: Actor) -> Lease:
    """A lane with a run of remittances, and one period to fetch."""
    lease = take()
    runs.start(lease, FLOW, NOW)
    ask(robot)
    return lease


def take_one(lease: Lease, after: timedelta = timedelta()) -> work.WorkItem:
    item = work.next_item(lease, NOW + after)
    assert item is not None
    return item


@dataclass
class Kept:
    """Documents that were fetched; `fails` stands for a disk that is full."""

    fails: bool = False
    attempts: list[str] = field(default_factory=list)

    def keep(self, attempt: models.Attempt, actor: Actor, now: datetime) -> None:
        assert (actor.name, now) == ("night-robot", NOW)
        if self.fails:
            raise OSError("the disk is full")
        self.attempts.append(attempt.key)


def test_a_period_is_asked_for_once_and_again_when_it_is_done(fetching: Lease, robot: Actor) -> None:
    assert ask(robot).waits
    item = take_one(fetching)
    assert item.question == Remittances(
        portal=PORTAL, provider=PROVIDER, period=Period(paid_from=OCTOBER[0], paid_to=OCTOBER[1])
    )
    assert ask(robot).waits
    work.finish(fetching, item, answered(Ending.ANSWERED, TWO), NOW)
    assert ask(robot).again
    work.finish(fetching, take_one(fetching), answered(Ending.NEGATIVE, NoRemittances()), NOW)
    assert [one.version for one in answers.history(robot.practice_id, PORTAL, NUMBER, FLOW)] == [1, 2]
    current = answers.current(robot.practice_id, PORTAL, NUMBER, FLOW)
    assert current is not None
    assert (current.number, current.answer.normalised) == (NUMBER, NoRemittances())
    (line,) = time_lines(robot.practice_id, NUMBER, flow=FLOW)
    assert (line.question, line.form, len(line.attempts)) == (item.question, 1, 2)
    assert answers.current(robot.practice_id, PORTAL, "October", FLOW) is None
    assert ask(robot, (OCTOBER[0], OCTOBER[0])).new


def test_a_period_that_ends_before_it_begins_is_refused(robot: Actor) -> None:
    with pytest.raises(RecordWrong):
        ask(robot, OCTOBER[::-1])
    assert not models.PaymentPeriod.objects.exists()


def test_what_is_being_built_waits_alone_and_costs_no_try(fetching: Lease, robot: Actor) -> None:
    ask(robot, (date(2026, 11, 1), date(2026, 11, 7)))
    first = take_one(fetching)
    finished = work.finish(fetching, first, building(NOW + HOUR), NOW)
    assert (finished.state, finished.not_before, finished.case_id) == (ItemState.READY, NOW + HOUR, None)
    assert closures.standing(PORTAL, NOW) is None
    assert take_one(fetching).id != first.id
    assert work.next_item(fetching, NOW) is None
    assert work.counts(robot.practice_id, PORTAL, FLOW, NOW).waiting == 1
    again = take_one(fetching, HOUR)
    assert (again.id, again.tries) == (first.id, 0)


def test_a_report_that_is_never_ready_goes_to_a_person_after_two_days(
    fetching: Lease, robot: Actor, person: Actor
) -> None:
    after = timedelta()
    while after < timedelta(days=2):
        finished = work.finish(fetching, take_one(fetching, after), building(NOW + after + timedelta(9)), NOW + after)
        assert finished.not_before == NOW + after + timedelta(days=1), "a day at a time"
        after += timedelta(days=1)
    finished = work.finish(fetching, take_one(fetching, after), building(NOW + after + HOUR), NOW + after)
    assert finished.state is ItemState.PARKED
    assert finished.case_id is not None
    cases.close(finished.case_id, person, Resolution.ASK_AGAIN, NOW + after)
    finished = work.finish(fetching, take_one(fetching, after), building(NOW + after + HOUR), NOW + after + HOUR)
    assert finished.state is ItemState.READY, "a person has set it going anew"


@pytest.mark.parametrize("outcome", [answered(Ending.ANSWERED, TWO), ended(Ending.TRANSIENT, Code.TECH_DOWNLOAD)])
def test_documents_are_kept_with_the_attempt_whatever_became_of_it(fetching: Lease, outcome: Outcome) -> None:
    item, kept = take_one(fetching), Kept()
    work.finish(fetching, item, outcome, NOW, documents=kept)
    assert kept.attempts == [item.attempt]
    assert work.finish(fetching, item, outcome, NOW, documents=kept).repeated
    assert kept.attempts == [item.attempt]


@pytest.mark.django_db(transaction=True)
def test_documents_that_can_not_be_kept_undo_the_whole_attempt(fetching: Lease) -> None:
    item = take_one(fetching)
    before = everything()
    with pytest.raises(OSError, match="full"):
        work.finish(fetching, item, answered(Ending.ANSWERED, TWO), NOW, documents=Kept(fails=True))
    assert everything() == before


def test_a_question_is_about_one_thing(robot: Actor) -> None:
    bring_in([1], robot)
    bring_visits(listed([1]), robot)
    of_claim, of_visit = models.WorkItem.objects.order_by("id")
    for columns in ({"appointment_id": of_visit.appointment_id}, {"claim_id": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.WorkItem.objects.filter(pk=of_claim.pk).update(**columns)


def test_a_number_that_a_claim_and_a_visit_share_is_told_apart_by_the_flow(robot: Actor) -> None:
    bring_in([1], robot)
    bring_visits([("ACCT-000001", visit(1))], robot)
    assert time_lines(robot.practice_id, "ACCT-000001")[0].question.flow is Flow.CLAIM_STATUS
    assert time_lines(robot.practice_id, "ACCT-000001", flow=Flow.ELIGIBILITY)[0].question.flow is Flow.ELIGIBILITY
    with pytest.raises(NotThere):
        time_lines(robot.practice_id, "ACCT-000001", flow=FLOW)


def test_a_probe_is_told_of_a_question_and_of_answers_that_stand(robot: Actor, take: Callable[..., Lease]) -> None:
    bring_in([1], robot)
    bring_visits(listed([1, 2]), robot)
    ask(robot)
    lease = take()
    for flow, outcomes in (
        (Flow.CLAIM_STATUS, [paid()]),
        (Flow.ELIGIBILITY, [covered(), covered(status=CoverageStatus.NOT_LOADED)]),
        (FLOW, [answered(Ending.ANSWERED, TWO)]),
    ):
        runs.start(lease, flow, NOW)
        for outcome in outcomes:
            work.finish(lease, take_one(lease), outcome, NOW)
    known = {flow: probes.newest_final(PORTAL, flow, robot.practice_id, 3) for flow in Flow}
    assert [[one.number for one in known[flow]] for flow in Flow] == [["VISIT-0001"], ["ACCT-000001"], [], [], []]
    for flow in (Flow.CLAIM_STATUS, Flow.ELIGIBILITY, FLOW):
        newest = probes.newest_question(PORTAL, flow, robot.practice_id)
        assert newest is not None
        assert newest.flow is flow
