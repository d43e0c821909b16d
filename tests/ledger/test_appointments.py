"""Appointments come in whole and only once, and no portal is asked what it has just said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.coverage import CoverageStatus, Difference, OtherPayer, Segment
from flows.outcomes import Code, Ending, Outcome
from flows.questions import Eligibility, Flow, Held, Provider
from ledger import answers, cases, models, runs, work
from ledger.accounts import Actor
from ledger.imports import ImportResult
from ledger.lanes import Lease
from ledger.states import ItemState, Resolution
from ledger.time_line import time_lines
from tests.ledger.office import NOW, PORTAL, bring_in, ended, everything
from tests.ledger.visits import bring_visits, covered, listed, no_member, visit

FLOW = Flow.ELIGIBILITY
DAY = timedelta(days=1)


@pytest.fixture
def asking(take: Callable[..., Lease]) -> Lease:
    """A lane that is held, with a run of eligibility on it."""
    lease = take()
    runs.start(lease, FLOW, NOW)
    return lease


def answer_one(lease: Lease, outcome: Outcome, after: timedelta = timedelta()) -> work.Finished:
    item = work.next_item(lease, NOW + after)
    assert item is not None
    return work.finish(lease, item, outcome, NOW + after)


def test_the_same_appointments_twice_change_nothing(robot: Actor) -> None:
    rows = listed(range(700))
    assert bring_visits(rows, robot) == ImportResult(700, 0, 0, ())
    before = everything()
    assert bring_visits(rows, robot) == ImportResult(0, 0, 700, ())
    after = everything()
    assert before.pop("AuditEntry") != after.pop("AuditEntry")
    assert before == after


def test_a_question_about_an_appointment_is_asked_as_the_office_holds_it(asking: Lease, robot: Actor) -> None:
    bring_in([1], robot)  # a claim is no question of this flow
    bring_visits(listed([1, 2]), robot)
    taken = [work.next_item(asking, NOW), work.next_item(asking, NOW)]
    assert [item and item.question for item in taken] == [visit(1), visit(2)]
    assert work.next_item(asking, NOW) is None
    assert (
        work.counts(robot.practice_id, PORTAL, FLOW, NOW).running,
        work.counts(robot.practice_id, PORTAL, Flow.CLAIM_STATUS, NOW).ready,
    ) == (2, 1)


def test_an_answer_about_coverage_is_kept_whole(asking: Lease, robot: Actor) -> None:
    bring_visits(listed([1, 2]), robot)
    outcome = covered()
    assert answer_one(asking, outcome).state is ItemState.DONE
    answer_one(asking, no_member())
    record = answers.current(robot.practice_id, PORTAL, "VISIT-0001", FLOW)
    assert record is not None
    assert (record.answer, record.question, record.reused) == (outcome.answer, visit(1), False)
    assert [one.number for one in answers.list_current(robot.practice_id, flow=FLOW)] == ["VISIT-0001", "VISIT-0002"]
    assert [one.ending for one in answers.history(robot.practice_id, PORTAL, "VISIT-0002", FLOW)] == [Ending.NEGATIVE]
    assert models.AnswerVersion.objects.get(coverage_status="1").portal_text == "Active Coverage"
    (line,) = time_lines(robot.practice_id, "VISIT-0001", PORTAL, FLOW)
    assert (line.question, line.state, len(line.answers), len(line.attempts)) == (visit(1), ItemState.DONE, 1, 1)
    assert list(answers.list_current(robot.practice_id)) == []


def test_a_changed_appointment_is_asked_again_and_what_was_asked_about_its_older_form_is_not_recorded(
    asking: Lease, robot: Actor
) -> None:
    bring_visits(listed([1, 2]), robot)
    item = work.next_item(asking, NOW)
    assert item is not None
    moved = visit(1, service_from=date(2026, 4, 2))
    assert bring_visits([("VISIT-0001", moved), *listed([2])], robot) == ImportResult(0, 1, 1, ())
    assert work.finish(asking, item, covered(), NOW).superseded
    assert list(answers.list_current(robot.practice_id, flow=FLOW)) == []
    answer_one(asking, ended(Ending.NEEDS_STAFF, Code.BUS_MULTI))
    parked = models.WorkItem.objects.get(state=ItemState.PARKED)
    assert parked.appointment is not None
    number = parked.appointment.appointment_number
    bring_visits([(number, visit(int(number[-1]), service_type="98"))], robot)
    again = models.WorkItem.objects.get(pk=parked.pk)
    assert (again.state, again.case) == (ItemState.READY, None)


def test_rows_that_can_not_be_are_rejected_and_the_others_taken(robot: Actor) -> None:
    ends_first = visit(2)
    service = ends_first.service.model_copy(update={"service_to": date(2025, 1, 1)})
    rows = [
        ("V-1", visit(1)),
        ("V-2", ends_first.model_copy(update={"service": service})),
        ("", visit(3)),
        ("V-1", visit(1)),
        ("V-1", visit(1, service_type="98")),
        ("V" * 81, visit(4)),
        ("V-5", visit(5, held=Held(other_payer="x\0"))),
    ]
    result = bring_visits(rows, robot)
    assert replace(result, rejected=()) == ImportResult(1, 0, 1, ())
    assert [rejected.row for rejected in result.rejected] == [2, 3, 5, 6, 7]
    assert not any("V-" in rejected.why for rejected in result.rejected)


def test_a_second_visit_in_the_month_takes_the_fresh_answer(asking: Lease, robot: Actor) -> None:
    bring_visits(listed([1]), robot)
    answer_one(asking, covered())
    result = bring_visits([("LATER", visit(1, service_from=date(2026, 3, 24)))], robot, NOW + 2 * DAY)
    assert result == ImportResult(1, 0, 0, (), reused=1)
    assert work.next_item(asking, NOW + 2 * DAY) is None
    first, second = answers.list_current(robot.practice_id, flow=FLOW)
    assert (second.number, second.version, second.reused) == ("LATER", 1, True)
    assert (second.answer, second.author, second.attempt_id) == (first.answer, first.author, first.attempt_id)
    assert second.recorded_at == NOW + 2 * DAY
    # The 72 hours are counted from the look at the portal, not from when the answer was taken over.
    late = NOW + 4 * DAY
    assert bring_visits([("TOO-LATE", visit(1, service_from=date(2026, 3, 25)))], robot, late).reused == 0
    assert answer_one(asking, covered(late), 4 * DAY).version == 1


def differing(**changed: object) -> Callable[[], Eligibility]:
    return lambda: visit(1, service_from=date(2026, 3, 24), **changed)


@pytest.mark.parametrize(
    ("said", "wanted", "hours"),
    [
        (covered(), differing(), 73),
        (covered(), lambda: visit(1, service_from=date(2026, 4, 1)), 1),
        (covered(), lambda: visit(1, service_from=date(2026, 3, 24), service_to=date(2026, 4, 2)), 1),
        (covered(), differing(service_type="98"), 1),
        (covered(), differing(provider=Provider(tin="123456789", npi="1457389122")), 1),
        (covered(), differing(portal="another"), 1),
        (covered(), differing(held=Held(plan_name="Gold 80", group_number="G-7")), 1),
        (covered(), differing(patient=visit(1).patient.model_copy(update={"birth_date": date(1961, 5, 18)})), 1),
        (covered(status=CoverageStatus.INACTIVE), differing(), 1),
        (covered(status=CoverageStatus.ACTIVE_PENDING), differing(), 1),
        (covered(status=CoverageStatus.NOT_LOADED), differing(), 1),
        (no_member(), differing(), 1),
        (ended(Ending.NEEDS_STAFF, Code.BUS_MULTI), differing(), 1),
        (covered(eligibility_ends=date(2026, 3, 20)), differing(), 1),
        (covered(plan_begins=date(2026, 3, 11)), differing(), 1),
        (covered(segments=(Segment(what="MCO", begins=date(2026, 1, 1), ends=date(2026, 3, 15)),)), differing(), 1),
        (covered(other_payers=(OtherPayer(name="Auto", begins=date(2026, 3, 24)),)), differing(), 1),
    ],
)  # fmt: skip
def test_what_may_have_changed_is_asked(
    asking: Lease, robot: Actor, said: Outcome, wanted: Callable[[], Eligibility], hours: int
) -> None:
    bring_visits(listed([1]), robot)
    answer_one(asking, said)
    assert bring_visits([("LATER", wanted())], robot, NOW + timedelta(hours=hours)).reused == 0


def test_a_date_outside_the_two_visits_is_no_reason_to_ask(asking: Lease, robot: Actor) -> None:
    bring_visits(listed([1]), robot)
    segments = (
        Segment(what="Aid 10", begins=date(2025, 1, 1), ends=date(2026, 3, 9)),
        Segment(what="Aid 12", begins=date(2026, 3, 10), ends=date(2026, 3, 24)),
    )
    answer_one(asking, covered(segments=segments))
    assert bring_visits([("LATER", differing()())], robot).reused == 1


def test_an_answer_that_somebody_wants_asked_again_is_not_taken(asking: Lease, robot: Actor) -> None:
    bring_visits(listed([1]), robot)
    answer_one(asking, covered())
    work.again(PORTAL, FLOW, robot, NOW)
    assert bring_visits([("LATER", differing()())], robot).reused == 0


def test_nobody_gets_the_answer_about_another_patient(asking: Lease, robot: Actor) -> None:
    bring_visits(listed([1]), robot)
    answer_one(asking, covered())
    both = [(f"LATER-{number}", visit(number, service_from=date(2026, 3, 24))) for number in (1, 2)]
    assert bring_visits(both, robot).reused == 1
    item = work.next_item(asking, NOW)
    assert item is not None
    assert item.question == both[1][1]


def test_an_answer_about_an_older_form_of_a_visit_is_not_taken(asking: Lease, robot: Actor, person: Actor) -> None:
    bring_visits(listed([1]), robot)
    answer_one(asking, covered())
    moved = visit(1, service_from=date(2026, 3, 12))
    bring_visits([("VISIT-0001", moved)], robot, NOW + timedelta(minutes=1))
    case_id = answer_one(asking, ended(Ending.NEEDS_STAFF, Code.BUS_MULTI), timedelta(minutes=2)).case_id
    assert case_id is not None
    cases.close(case_id, person, Resolution.DONE_BY_HAND, NOW)
    assert bring_visits([("LATER", differing()())], robot).reused == 0


def test_a_dry_run_takes_no_answer(asking: Lease, robot: Actor) -> None:
    from ledger.appointments import import_appointments
    from tests.ledger.office import digest

    bring_visits(listed([1]), robot)
    answer_one(asking, covered())
    before = everything()
    result = import_appointments([("LATER", differing()())], robot, NOW, digest=digest, keep=lambda _: False)
    assert result.reused == 1
    assert everything() == before


def test_work_that_an_answer_gives_is_there_for_the_visit_that_took_it_too(asking: Lease, robot: Actor) -> None:
    bring_visits(listed([1]), robot)
    corrected = Difference(field="member_id", ours="MBR0000001", theirs="MBR0000009")
    answer_one(asking, covered(differences=(corrected,)))
    bring_visits([("LATER", differing()())], robot)
    assert [(case.code, case.number) for case in cases.list_open(robot.practice_id)] == [
        (Code.BUS_IDCORR, "VISIT-0001"),
        (Code.BUS_IDCORR, "LATER"),
    ]
