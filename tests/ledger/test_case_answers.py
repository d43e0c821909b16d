"""What a person knows ends a case: a correction, a row that is picked, an answer by hand, the meaning of a text."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from flows.answers import Adjustment, ClaimNotFound, ClaimState, PatientResponsibility, Payment, Shown
from flows.coverage import Coverage, CoverageStatus, Member
from flows.outcomes import Candidate, Code, Ending, Outcome, Reason
from flows.questions import ClaimStatus, Flow
from ledger import (
    answers,
    case_page,
    case_work,
    cases,
    corrections,
    lanes,
    manual_answers,
    models,
    runs,
    text_mappings,
    time_line,
    work,
)
from ledger.accounts import Actor, Practice, ensure_account, ensure_practice
from ledger.errors import (
    AlreadyClosed,
    AnswerDoesNotAddUp,
    BeingAsked,
    CaseChanged,
    MappingRefused,
    NotAPerson,
    NotThere,
    RecordWrong,
)
from ledger.lanes import Lease
from ledger.manual_answers import ByHand, ManualSource
from ledger.states import CaseState, ItemState, Resolution
from tests.ledger.office import NOW, PORTAL, bring_in, digest, question
from tests.ledger.visits import bring_visits, listed

LATER = NOW + timedelta(hours=1)
WORDS = "Suspended -  clinical desk"


def _shown(name: str, text: str) -> Shown:
    return Shown(where=f"claims.claims[0].{name}", text=text)


MULTI = Reason(
    code=Code.BUS_MULTI,
    what="These claims fit equally well.",
    candidates=tuple(Candidate(cells={"payer_claim_number": _shown("payer_claim_number", f"PCN-{n}")}) for n in (1, 2)),
)
UNMAPPED = Reason(code=Code.DATA_UNMAPPED, what="Words.", seen=(Shown(where="claim.status", text=WORDS),))
PAID = ClaimState(
    category="F0",
    portal_text="paid",
    payer_claim_number="2026-9",
    billed=Decimal("120.50"),
    paid=Decimal("100.50"),
    patient_responsibility=PatientResponsibility(total=Decimal("20.00")),
    payment=Payment(method="EFT", number="E1", paid_on=date(2026, 2, 3)),
    adjustments=(Adjustment(group="PR", carc="3", amount=Decimal("20.00")),),
)
PHONE = ByHand(PAID, ManualSource.PHONE, "Call 4711")


@pytest.fixture
def lee(practice: Practice) -> Actor:
    """Another person of the same practice."""
    return ensure_account("lee", is_robot=False, practice=practice, now=NOW)


@pytest.fixture
def case_of(lease: Lease, robot: Actor) -> Callable[..., int]:
    """Makes the case of one more claim, which ended so."""
    numbers = iter(range(1, 100))

    def make(reason: Reason = MULTI) -> int:
        bring_in([next(numbers)], robot)
        item = work.next_item(lease, NOW)
        assert item is not None
        case_id = work.finish(lease, item, Outcome(ending=Ending.NEEDS_STAFF, reason=reason), NOW).case_id
        assert case_id is not None
        return case_id

    return make


@pytest.fixture
def visit_case(robot: Actor) -> int:
    """The case of a visit whose member was not told apart."""
    bring_visits(listed([7]), robot)
    lease = lanes.take(PORTAL, "coverage", 0, holder="office:2", actor=robot, now=NOW)
    runs.start(lease, Flow.ELIGIBILITY, NOW)
    item = work.next_item(lease, NOW)
    assert item is not None
    row = Candidate(cells={"member_id": Shown(where="members.members[0].member_id", text="MBR-OTHER")})
    reason = Reason(code=Code.BUS_MULTI, what="Two members.", candidates=(row,))
    case_id = work.finish(lease, item, Outcome(ending=Ending.NEEDS_STAFF, reason=reason), NOW).case_id
    assert case_id is not None
    return case_id


def item_of(case_id: int) -> models.WorkItem:
    case = models.Case.objects.get(pk=case_id)
    about = {"claim": case.claim_id} if case.claim_id else {"appointment": case.appointment_id}
    return models.WorkItem.objects.get(**about)


def held(case_id: int) -> ClaimStatus:
    found = case_page.beside(models.Case.objects.get(pk=case_id).practice_id, case_id).question
    assert isinstance(found, ClaimStatus)
    return found


def test_a_row_that_is_picked_gives_the_claim_its_number_and_asks_before_all_others(
    case_of: Callable[..., int], person: Actor
) -> None:
    case_id = case_of()
    corrections.pick(case_id, person, 0, LATER, candidate=1, number="PCN-2", digest=digest)
    assert held(case_id).claim.payer_claim_number == "PCN-2"
    item = item_of(case_id)
    assert (item.state, item.rank, item.not_before, item.case_id) == (ItemState.READY, 0, LATER, None)
    closed = cases.get(person.practice_id, case_id)
    assert (closed.state, closed.resolution, closed.closed_by) == (CaseState.CLOSED, Resolution.ASK_AGAIN, "dana")


def test_a_row_that_is_another_one_by_now_is_not_picked(case_of: Callable[..., int], person: Actor) -> None:
    case_id = case_of()
    for candidate, number in ((0, "PCN-2"), (2, "PCN-1"), (-1, "PCN-2")):
        with pytest.raises(RecordWrong):
            corrections.pick(case_id, person, 0, LATER, candidate=candidate, number=number, digest=digest)
    assert held(case_id).claim.payer_claim_number is None


def test_a_member_who_is_picked_is_a_new_patient_row_and_the_old_one_stays(visit_case: int, person: Actor) -> None:
    corrections.pick(visit_case, person, 0, LATER, candidate=0, number="MBR-OTHER", digest=digest)
    appointment = models.Appointment.objects.select_related("patient").get()
    assert (appointment.patient.member_id, appointment.revision) == ("MBR-OTHER", 2)
    assert models.Patient.objects.filter(member_id="MBR0000007").exists()
    assert item_of(visit_case).rank == 0


def test_a_correction_is_refused_as_an_import_refuses_it_and_changes_nothing(
    case_of: Callable[..., int], person: Actor
) -> None:
    case_id = case_of()
    asked = held(case_id)
    wrong = asked.claim.model_copy(update={"service_to": date(2026, 1, 1)})
    with pytest.raises(RecordWrong, match="ends before it begins"):
        corrections.correct(case_id, asked.model_copy(update={"claim": wrong}), person, 0, LATER, digest=digest)
    for other in ({"portal": "another"}, {"claim": asked.claim.model_copy(update={"patient_account_number": "X"})}):
        with pytest.raises(RecordWrong, match="another claim"):
            corrections.correct(case_id, asked.model_copy(update=other), person, 0, LATER, digest=digest)
    case = models.Case.objects.get(pk=case_id)
    assert (case.state, case.changes, held(case_id)) == (CaseState.OPEN, 0, asked)


def test_a_correction_while_the_portal_is_asked_waits(case_of: Callable[..., int], person: Actor, lease: Lease) -> None:
    case_id = case_of()
    models.WorkItem.objects.filter(pk=item_of(case_id).pk).update(state=ItemState.RUNNING)
    with pytest.raises(BeingAsked):
        corrections.correct(case_id, held(case_id), person, 0, LATER, digest=digest)
    with pytest.raises(BeingAsked):
        manual_answers.answer(case_id, PHONE, person, 0, LATER)


def test_an_answer_by_hand_is_a_version_with_its_author_and_source_and_makes_the_same_work(
    case_of: Callable[..., int], person: Actor
) -> None:
    case_id = case_of()
    assert manual_answers.answer(case_id, PHONE, person, 0, LATER) == 1
    record = answers.current(person.practice_id, PORTAL, "ACCT-000001")
    assert record is not None
    assert isinstance(record.answer.normalised, ClaimState)
    # "Finalised" with money paid is "paid", as where the robot reads it.
    assert (record.author, record.by_hand, record.answer.normalised.category) == ("dana", "phone", "F1")
    item = item_of(case_id)
    assert (item.state, item.case_id, item.answer_id) == (ItemState.DONE, None, models.AnswerVersion.objects.get().pk)
    assert "Call 4711" in cases.get(person.practice_id, case_id).note
    kinds = set(models.Task.objects.filter(claim=item.claim_id).values_list("kind", flat=True))
    assert kinds  # the patient's part
    (told,) = time_line.time_lines(person.practice_id, "ACCT-000001")
    assert [one.by_hand for one in told.answers] == ["phone"]
    assert [step.of_robot for step in case_page.beside(person.practice_id, case_id).steps] == [False, True]


def test_an_answer_that_does_not_add_up_needs_a_reason_that_is_kept(case_of: Callable[..., int], person: Actor) -> None:
    case_id = case_of()
    wrong = PAID.model_copy(update={"adjustments": ()})
    with pytest.raises(AnswerDoesNotAddUp) as refused:
        manual_answers.answer(case_id, ByHand(wrong, ManualSource.FAX, "p. 2"), person, 0, LATER)
    assert refused.value.wrong
    assert not models.AnswerVersion.objects.exists()
    assert models.Case.objects.get(pk=case_id).changes == 0
    manual_answers.answer(case_id, ByHand(wrong, ManualSource.FAX, "p. 2", "They waive the rest."), person, 0, LATER)
    assert "They waive the rest." in cases.get(person.practice_id, case_id).note


def test_another_charge_than_ours_does_not_add_up(case_of: Callable[..., int], person: Actor) -> None:
    case_id = case_of()
    other = PAID.model_copy(update={"billed": Decimal("121.00"), "paid": Decimal("101.00")})
    with pytest.raises(AnswerDoesNotAddUp, match="not the one that the office holds"):
        manual_answers.answer(case_id, ByHand(other, ManualSource.PHONE, "x"), person, 0, LATER)


def test_coverage_by_hand_is_held_against_its_dates(visit_case: int, person: Actor) -> None:
    ended = Coverage(
        status=CoverageStatus.ACTIVE, portal_text="active", member=Member(member_id="x"), plan_ends=date(2026, 2, 1),
        plan_begins=date(2025, 1, 1),
    )  # fmt: skip
    with pytest.raises(AnswerDoesNotAddUp):
        manual_answers.answer(visit_case, ByHand(ended, ManualSource.PHONE, "x"), person, 0, LATER)
    over = ended.model_copy(update={"status": CoverageStatus.INACTIVE})
    manual_answers.answer(visit_case, ByHand(over, ManualSource.PHONE, "x"), person, 0, LATER)
    # As where the robot reads it, somebody has to find other coverage.
    opened = [case.code for case in cases.list_open(person.practice_id)]
    assert opened == [Code.BUS_INACTIVE]


def test_a_claim_is_not_answered_with_coverage(case_of: Callable[..., int], person: Actor) -> None:
    coverage = Coverage(status=CoverageStatus.ACTIVE, portal_text="active", member=Member())
    with pytest.raises(RecordWrong):
        manual_answers.answer(case_of(), ByHand(coverage, ManualSource.PHONE, "x"), person, 0, LATER)


@pytest.mark.parametrize("act", ["answer", "correct", "ask", "pick", "propose"])
def test_whoever_acts_on_an_old_page_a_closed_case_or_as_a_robot_changes_nothing(
    case_of: Callable[..., int], person: Actor, robot: Actor, lee: Actor, act: str
) -> None:
    case_id = case_of(UNMAPPED if act == "propose" else MULTI)

    def do(actor: Actor, changes: int) -> None:
        match act:
            case "answer":
                nothing = ByHand(ClaimNotFound(searched=("by hand",)), ManualSource.PHONE, "x")
                manual_answers.answer(case_id, nothing, actor, changes, LATER)
            case "correct":
                corrections.correct(case_id, held(case_id), actor, changes, LATER, digest=digest)
            case "ask":
                corrections.ask_again(case_id, actor, changes, LATER)
            case "pick":
                corrections.pick(case_id, actor, changes, LATER, candidate=0, number="PCN-1", digest=digest)
            case _:
                text_mappings.propose(case_id, actor, changes, LATER, shown=0, place="status", means="P2")

    with pytest.raises(NotAPerson):
        do(robot, 0)
    changes = case_work.take(case_id, lee, 0, LATER)
    with pytest.raises(CaseChanged, match="lee"):
        do(person, 0)
    others = ensure_practice("Harbor", "987654321", ("1234567893",))
    with pytest.raises(NotThere):
        do(ensure_account("harbor", is_robot=False, practice=others, now=NOW), changes)
    assert not models.AnswerVersion.objects.exists()
    cases.close(case_id, lee, Resolution.DONE_BY_HAND, LATER)
    with pytest.raises(AlreadyClosed):
        do(person, models.Case.objects.get(pk=case_id).changes)


def test_one_person_proposes_and_another_one_makes_it_a_rule(
    case_of: Callable[..., int], person: Actor, lee: Actor
) -> None:
    first, second, elsewhere = case_of(UNMAPPED), case_of(UNMAPPED), case_of(_unmapped("Paid in part"))
    said = text_mappings.propose(first, person, 0, NOW, shown=0, place="status", means="P2")
    assert (said.text, said.confirmed_by) == ("Suspended - clinical desk", None)
    with pytest.raises(MappingRefused, match="it was you"):
        text_mappings.confirm(said.id, person, NOW)
    with pytest.raises(MappingRefused, match="only one"):
        text_mappings.written(said.id, lambda _where: True, lee, NOW)
    assert text_mappings.confirm(said.id, lee, NOW).confirmed_by == "lee"
    with pytest.raises(MappingRefused, match="before"):
        text_mappings.confirm(said.id, lee, NOW)
    assert [one.id for one in text_mappings.waiting(person.practice_id)] == [said.id]
    assert text_mappings.written(said.id, lambda where: where == "claim.status", lee, LATER) == 2
    states = [models.Case.objects.get(pk=one).state for one in (first, second, elsewhere)]
    assert states == [CaseState.CLOSED, CaseState.CLOSED, CaseState.OPEN]
    assert [item_of(one).state for one in (first, second)] == [ItemState.READY, ItemState.READY]
    assert text_mappings.waiting(person.practice_id) == ()
    with pytest.raises(MappingRefused, match="already"):
        text_mappings.refuse(said.id, person, LATER)


def test_the_database_itself_lets_nobody_confirm_what_they_said(case_of: Callable[..., int], person: Actor) -> None:
    said = text_mappings.propose(case_of(UNMAPPED), person, 0, NOW, shown=0, place="status", means="P2")
    with pytest.raises(IntegrityError), transaction.atomic():
        models.TextMapping.objects.filter(pk=said.id).update(confirmed_by_id=person.account_id)


def test_a_text_has_one_meaning_at_a_time_and_another_after_it_was_refused(
    case_of: Callable[..., int], person: Actor, lee: Actor
) -> None:
    first, second = case_of(UNMAPPED), case_of(_unmapped("SUSPENDED - Clinical Desk"))
    said = text_mappings.propose(first, person, 0, NOW, shown=0, place="status", means="P2")
    with pytest.raises(MappingRefused, match="already"):
        text_mappings.propose(second, lee, 0, NOW, shown=0, place="status", means="F2")
    text_mappings.refuse(said.id, lee, NOW)
    assert text_mappings.about(person.practice_id, PORTAL, "status", WORDS) is None
    text_mappings.propose(second, lee, 0, NOW, shown=0, place="status", means="F2")


def test_a_case_about_anything_else_has_no_text_to_explain(case_of: Callable[..., int], person: Actor) -> None:
    with pytest.raises(MappingRefused):
        text_mappings.propose(case_of(MULTI), person, 0, NOW, shown=0, place="status", means="P2")
    with pytest.raises(MappingRefused):
        text_mappings.propose(case_of(UNMAPPED), person, 0, NOW, shown=3, place="status", means="P2")


@pytest.mark.parametrize(
    "text", ["Denied for Ms. QUILLFEATHER", "Paid with 123456789", "Closed 03/04/2026", "See MBR0000001"]
)
def test_a_text_that_tells_of_one_patient_goes_into_no_pack(
    case_of: Callable[..., int], person: Actor, text: str
) -> None:
    with pytest.raises(MappingRefused, match="one claim alone"):
        text_mappings.propose(case_of(_unmapped(text)), person, 0, NOW, shown=0, place="status", means="P2")
    assert not models.TextMapping.objects.exists()


def test_what_stands_beside_a_case_is_of_its_own_practice(case_of: Callable[..., int], person: Actor) -> None:
    case_id = case_of()
    beside = case_page.beside(person.practice_id, case_id)
    assert beside.question == question(1)
    assert beside.patient_reference
    others = ensure_practice("Harbor", "987654321", ("1234567893",))
    with pytest.raises(NotThere):
        case_page.beside(others.id, case_id)


def _unmapped(text: str) -> Reason:
    return UNMAPPED.model_copy(update={"seen": (Shown(where="claim.status", text=text),)})
