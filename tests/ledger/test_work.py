"""The work list: every question is asked, every answer is kept, and each ending has its consequence."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from flows.outcomes import Code, Ending, Outcome, back_off
from flows.questions import Flow
from ledger import answers, cases, evidence, lanes, models, runs, work
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.errors import CredentialFrozen, LeaseLost, NeverChanged, PortalStopped, RecordWrong, ViewStopped
from ledger.evidence import Evidence, EvidenceFile, EvidenceKind
from ledger.lanes import Lease
from ledger.states import ItemState, Resolution, Stops
from ledger.work import WorkItem
from tests.ledger.office import (
    ALIAS,
    LATER,
    NOW,
    PORTAL,
    bring_in,
    digest,
    ended,
    everything,
    not_found,
    paid,
    question,
)

FLOW = Flow.CLAIM_STATUS
PAGE = Evidence(
    wrapped_key=b"wrapped",
    files=(EvidenceFile(name="a1b2", sha256="0" * 64, size=321, kind=EvidenceKind.PAGE, view="claim"),),
)


def take_one(lease: Lease, after: timedelta = timedelta()) -> WorkItem:
    item = work.next_item(lease, NOW + after)
    assert item is not None
    return item


def one_in_state(state: ItemState) -> models.WorkItem:
    return models.WorkItem.objects.get(state=state)


def test_questions_come_in_the_order_of_the_list_and_each_only_once(lease: Lease, robot: Actor) -> None:
    bring_in([7, 3, 5], robot)
    taken = [take_one(lease).question for _ in range(3)]
    assert taken == [question(7), question(3), question(5)]
    assert work.next_item(lease, NOW) is None


def test_an_answer_is_recorded_with_columns_layers_and_evidence(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    outcome = paid()
    finished = work.finish(lease, take_one(lease), outcome, NOW, evidence_found=PAGE)
    assert (finished.state, finished.version) == (ItemState.DONE, 1)
    record = answers.current(robot.practice_id, PORTAL, "ACCT-000001")
    assert record is not None
    assert record.answer == outcome.answer
    assert record.question == question(1)
    assert record.author == "night-robot"
    assert evidence.of_attempt(robot.practice_id, record.attempt_id) == PAGE
    row = models.AnswerVersion.objects.get()
    assert (row.billed_cents, row.allowed_cents, row.paid_cents) == (12050, 10010, 8010)
    assert (row.patient_responsibility_cents, row.payment_number) == (2000, "E7788")
    assert models.AnswerVersion.objects.filter(paid_cents=8010, category="F1").count() == 1


def test_not_found_is_an_answer(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    outcome = not_found()
    assert work.finish(lease, take_one(lease), outcome, NOW).state is ItemState.DONE
    record = answers.current(robot.practice_id, PORTAL, "ACCT-000001")
    assert record is not None
    assert record.answer == outcome.answer


def test_answers_are_versions_and_the_newest_is_current(lease: Lease, robot: Actor) -> None:
    bring_in([1, 2], robot)
    for _ in range(2):
        work.finish(lease, take_one(lease), paid(), NOW)
    assert work.again(PORTAL, FLOW, robot, NOW) == 2
    later = NOW + timedelta(days=1)
    work.finish(lease, take_one(lease, timedelta(days=1)), paid(later, amount="0.00"), later)
    versions = answers.history(robot.practice_id, PORTAL, "ACCT-000001")
    assert [record.version for record in versions] == [1, 2]
    current = {record.number: record for record in answers.list_current(robot.practice_id)}
    assert current["ACCT-000001"] == versions[1]
    assert current["ACCT-000002"].version == 1
    assert [record.version for record in answers.list_current(robot.practice_id, since=later)] == [2]


def test_an_answer_can_not_be_changed_or_deleted(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    work.finish(lease, take_one(lease), paid(), NOW)
    row = models.AnswerVersion.objects.get()
    with pytest.raises(NeverChanged):
        models.AnswerVersion.objects.update(paid_cents=1)
    with pytest.raises(NeverChanged):
        models.AnswerVersion.objects.filter(pk=row.pk).delete()
    with pytest.raises(NeverChanged):
        row.save()
    with pytest.raises(NeverChanged):
        row.delete()


def test_the_same_attempt_recorded_twice_changes_nothing(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    item = take_one(lease)
    work.finish(lease, item, paid(), NOW)
    before = everything()
    assert work.finish(lease, item, paid(amount="99.00"), NOW).repeated
    assert everything() == before


def test_an_older_token_changes_nothing(lease: Lease, robot: Actor, take: Callable[..., Lease]) -> None:
    bring_in([1], robot)
    item = take_one(lease)
    newer = take("office:2", after=LATER)
    runs.start(newer, FLOW, NOW + LATER)
    before = everything()
    acts: list[Callable[[], object]] = [
        lambda: work.finish(lease, item, paid(), NOW),
        lambda: work.next_item(lease, NOW),
        lambda: work.put_back(lease, item),
        lambda: runs.start(lease, FLOW, NOW),
        lambda: runs.end(lease, "finished", NOW),
        lambda: runs.report(lease, ended(Ending.REFUSED, Code.ACC_CAPTCHA), NOW),
        lambda: lanes.beat(lease, NOW),
        lambda: lanes.release(lease, NOW),
    ]
    for act in acts:
        with pytest.raises(LeaseLost):
            act()
    assert everything() == before
    assert take_one(newer, LATER).question == item.question


def test_an_attempt_of_an_earlier_take_is_refused_even_with_a_good_lease(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    item = take_one(lease)
    work.put_back(lease, item)
    assert take_one(lease).attempt != item.attempt
    with pytest.raises(LeaseLost):
        work.finish(lease, item, paid(), NOW)


def test_a_transient_ending_waits_longer_each_time_and_then_goes_to_a_person(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    at, tries = timedelta(), 0
    while (wait := back_off(tries + 1)) is not None:
        finished = work.finish(lease, take_one(lease, at), ended(Ending.TRANSIENT, Code.TECH_5XX), NOW + at)
        assert (finished.state, finished.not_before) == (ItemState.READY, NOW + at + wait)
        counts = work.counts(robot.practice_id, PORTAL, FLOW, NOW + at)
        assert (counts.waiting, counts.next_at) == (1, NOW + at + wait)
        assert work.counts(robot.practice_id, PORTAL, FLOW, NOW + at + wait).next_at is None
        assert work.next_item(lease, NOW + at + wait - timedelta(seconds=1)) is None
        at, tries = at + wait, tries + 1
    assert tries >= 3
    finished = work.finish(lease, take_one(lease, at), ended(Ending.TRANSIENT, Code.TECH_5XX), NOW + at)
    assert finished.state is ItemState.PARKED
    assert finished.case_id is not None


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (Ending.NEEDS_STAFF, Code.DATA_UNMAPPED),
        (Ending.DEFECT, Code.TECH_DEFECT),
        (Ending.UNCERTAIN, Code.TECH_TIMEOUT),
    ],
)
def test_what_a_person_has_to_see_is_parked_with_a_case(lease: Lease, robot: Actor, ending: Ending, code: Code) -> None:
    bring_in([1], robot)
    finished = work.finish(lease, take_one(lease), ended(ending, code), NOW, evidence_found=PAGE)
    assert finished.state is ItemState.PARKED
    (case,) = cases.list_open(robot.practice_id)
    assert (case.id, case.code, case.stops) == (finished.case_id, code, Stops.NOTHING)
    assert case.attempt_id is not None
    assert evidence.of_attempt(robot.practice_id, case.attempt_id) == PAGE
    assert work.next_item(lease, NOW) is None


def test_every_ending_has_a_consequence(lease: Lease, robot: Actor, person: Actor) -> None:
    bring_in(range(len(Ending)), robot)
    for ending in Ending:
        item = take_one(lease)
        finished = work.finish(lease, item, _any(ending), NOW)
        assert finished.state is not ItemState.RUNNING
        for case in cases.list_open(person.practice_id):
            cases.close(case.id, person, Resolution.DONE_BY_HAND, NOW)
    assert not models.WorkItem.objects.filter(state=ItemState.RUNNING).exists()


def _any(ending: Ending) -> Outcome:
    if ending is Ending.ANSWERED:
        return paid()
    return not_found() if ending is Ending.NEGATIVE else ended(ending, Code.TECH_LAYOUT, view="claim")


def test_three_drifts_in_a_row_stop_the_view_until_a_person_closes_the_case(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    bring_in(range(9), robot)
    drift = ended(Ending.DRIFT, Code.TECH_LAYOUT, view="claim", element="paid")
    for outcome in (drift, drift, paid(), drift, not_found(), drift):
        work.finish(lease, take_one(lease), outcome, NOW)
    assert work.drift_in_a_row(person.practice_id, PORTAL, FLOW, "claim") == 2
    work.finish(lease, take_one(lease), ended(Ending.DRIFT, Code.TECH_LAYOUT, view="search"), NOW)
    finished = work.finish(lease, take_one(lease), drift, NOW)
    with pytest.raises(ViewStopped) as stopped:
        work.next_item(lease, NOW)
    assert stopped.value.case_id == finished.case_id
    case = cases.get(person.practice_id, stopped.value.case_id)
    assert (case.times, case.items, case.stops, case.number) == (5, 5, Stops.VIEW, None)
    assert cases.close(case.id, person, Resolution.ASK_AGAIN, NOW) == 5
    assert work.next_item(lease, NOW) is not None
    assert work.drift_in_a_row(person.practice_id, PORTAL, FLOW, "claim") == 0


@pytest.mark.parametrize(
    ("outcome", "stopped"),
    [
        (ended(Ending.CREDENTIAL, Code.ACC_BADPW), CredentialFrozen),
        (ended(Ending.REFUSED, Code.ACC_CAPTCHA), PortalStopped),
    ],
)
def test_a_stop_opens_one_case_and_loses_no_question(
    lease: Lease, robot: Actor, person: Actor, outcome: Outcome, stopped: type[Exception]
) -> None:
    bring_in(range(400), robot)
    item = take_one(lease)
    finished = work.finish(lease, item, outcome, NOW)
    assert finished.state is ItemState.READY
    with pytest.raises(stopped):
        work.next_item(lease, NOW)
    runs.report(lease, outcome, NOW)
    (case,) = cases.list_open(person.practice_id)
    assert (case.times, case.items) == (2, 0)
    assert work.counts(person.practice_id, PORTAL, FLOW, NOW).ready == 400
    cases.close(case.id, person, Resolution.ASK_AGAIN, NOW)
    assert take_one(lease).question == item.question


def test_a_frozen_credential_leaves_the_other_credential_at_work(
    lease: Lease, robot: Actor, take: Callable[..., Lease]
) -> None:
    bring_in([1, 2], robot)
    work.finish(lease, take_one(lease), ended(Ending.CREDENTIAL, Code.ACC_EXPIRED), NOW)
    other = take("office:2", alias="back-office")
    runs.start(other, FLOW, NOW)
    assert work.next_item(other, NOW) is not None


def test_one_cause_is_one_case_and_each_decision_about_a_claim_is_its_own(lease: Lease, robot: Actor) -> None:
    bring_in(range(6), robot)
    for _ in range(3):
        work.finish(lease, take_one(lease), ended(Ending.DEFECT, Code.TECH_DEFECT), NOW)
    for _ in range(3):
        work.finish(lease, take_one(lease), ended(Ending.NEEDS_STAFF, Code.BUS_MULTI), NOW)
    assert sorted((case.code, case.items) for case in cases.list_open(robot.practice_id)) == [
        (Code.BUS_MULTI, 1),
        (Code.BUS_MULTI, 1),
        (Code.BUS_MULTI, 1),
        (Code.TECH_DEFECT, 3),
    ]


def test_an_answer_from_another_portal_is_never_recorded(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    item = take_one(lease)
    before = everything()
    with pytest.raises(RecordWrong):
        work.finish(lease, item, paid(portal="another"), NOW)
    assert everything() == before


def test_a_claim_corrected_while_it_is_asked_about_is_asked_again(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    item = take_one(lease)
    work.import_claims([question(1, billed="999.00")], robot, NOW, digest=digest)
    finished = work.finish(lease, item, paid(), NOW)
    assert finished.superseded
    assert answers.current(robot.practice_id, PORTAL, "ACCT-000001") is None
    assert take_one(lease).question == question(1, billed="999.00")


def test_another_practice_s_questions_are_never_taken(lease: Lease, robot: Actor) -> None:
    other = ensure_practice("Hilltop Clinic", "987654321")
    stranger = ensure_account("hilltop-robot", is_robot=True, practice=other, now=NOW)
    bring_in([1], stranger)
    assert work.next_item(lease, NOW) is None
    with pytest.raises(RecordWrong):
        lanes.take(PORTAL, ALIAS, 1, holder="x", actor=stranger, now=NOW)


def test_a_run_counts_how_its_attempts_ended(lease: Lease, robot: Actor) -> None:
    bring_in(range(4), robot)
    for outcome in (paid(), paid(), not_found()):
        work.finish(lease, take_one(lease), outcome, NOW)
    taken = take_one(lease)
    summary = runs.end(lease, "finished", NOW + LATER)
    assert summary.by_ending == {Ending.ANSWERED: 2, Ending.NEGATIVE: 1}
    assert (summary.attempts, summary.alias, summary.why_ended) == (3, ALIAS, "finished")
    assert runs.latest(robot.practice_id) == (summary,)
    lanes.release(lease, NOW + LATER)
    assert one_in_state(ItemState.READY).pk == taken.id
