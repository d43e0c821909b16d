"""Tasks follow from answers and payments by themselves, stay as a person has left them, and are a practice's own."""

from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from flows.answers import Adjustment, AppealStanding, AppealState, ClaimState, Decision, Line
from flows.coverage import CoverageStatus
from flows.outcomes import Ending, Outcome
from flows.payer_types import PayerType
from flows.questions import AppealLevel, AppealReason, Flow
from flows.remittance import ProviderAdjustment
from flows.routing_rules import OfficeRules
from flows.tasks import TaskKind, TaskOutcome
from flows.underpayment import Fee
from flows.work_entry import WorkEntry
from ledger import audit, fee_schedules, lanes, matching, models, posting, runs, tasks, tasks_listed, work, work_rules
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.acknowledgements import keep as keep_acknowledgements
from ledger.appeals_values import Happening
from ledger.errors import AlreadyClosed, NotAPerson, NotThere
from ledger.lanes import Lease
from ledger.remittances import keep
from ledger.tasks_ladder import ladder_of
from ledger.tasks_listed import Wanted
from tests.ledger.office import ALIAS, NOW, PORTAL, bring_in, not_found, paid
from tests.ledger.payments import by_import, decided, payment, reversed_claim, sealed
from tests.ledger.test_acknowledgements import taken_in
from tests.ledger.visits import answered, bring_visits, covered, no_member, visit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def denied(*adjustments: str, category: str = "F2", paid_amount: str = "0.00") -> Outcome:
    """The portal says so about a claim of 120.50, with these adjustments of its one line (`CO-50 120.50`)."""
    made = tuple(
        Adjustment(group=code.partition("-")[0], carc=code.partition("-")[2], amount=Decimal(amount))
        for code, amount in (text.split() for text in adjustments)
    )
    state = ClaimState(
        category=category,
        portal_text="as shown",
        payer_claim_number="2026012345",
        billed=Decimal("120.50"),
        paid=Decimal(paid_amount),
        finalised_date=date(2026, 2, 20),
        lines=(Line(number=1, procedure="99213", billed=Decimal("120.50"), adjustments=made),),
    )
    return answered(Ending.ANSWERED, state)


def ask(lease: Lease, outcome: Outcome, *, after: timedelta = timedelta()) -> None:
    """The next question is answered so."""
    item = work.next_item(lease, NOW + after)
    assert item is not None
    work.finish(lease, item, outcome, NOW + after)


def ask_again(lease: Lease, outcome: Outcome, after: timedelta) -> None:
    work.again(PORTAL, Flow.CLAIM_STATUS, lease.actor, NOW + after)
    ask(lease, outcome, after=after)


def listed(actor: Actor, **wanted: Any) -> list[WorkEntry]:
    """The open tasks."""
    return [
        one for one in tasks_listed.list_open(actor.practice_id, NOW.date(), Wanted(**wanted)) if one.what == "task"
    ]


def kinds(actor: Actor) -> dict[str, Decimal]:
    return {one.kind: one.money for one in listed(actor)}


def test_an_answer_becomes_tasks_in_its_own_transaction_and_a_newer_one_changes_them(
    lease: Lease, person: Actor
) -> None:
    bring_in([1], person)
    ask(lease, denied("CO-50 100.50", "PR-3 20.00"))
    (necessity, copay) = sorted(listed(person), key=lambda one: one.kind)
    assert (necessity.kind, necessity.money, necessity.lines, necessity.number) == (
        TaskKind.APPEAL_DRAFT, Decimal("100.50"), (1,), "ACCT-000001",
    )  # fmt: skip
    assert (copay.kind, copay.queue, copay.due) == (TaskKind.PATIENT_BALANCE, "patient-accounts", date(2026, 3, 9))
    # The same answer a week later gives nobody more time.
    ask_again(lease, denied("CO-50 100.50", "PR-3 20.00"), 8 * DAY)
    assert sorted(listed(person), key=lambda one: one.kind) == [necessity, copay]
    ask_again(lease, denied("CO-45 40.50", "PR-3 30.00", category="F1", paid_amount="50.00"), 9 * DAY)
    assert kinds(person) == {TaskKind.PATIENT_BALANCE: Decimal("30.00"), TaskKind.POST: Decimal("50.00")}
    settled = tasks_listed.get(person.practice_id, necessity.id, NOW.date())
    assert (settled.state, settled.outcome, settled.closed_by) == ("closed", "settled", None)
    assert audit.verify().ok


def test_what_a_person_has_closed_comes_back_only_when_something_is_new(
    lease: Lease, person: Actor, robot: Actor
) -> None:
    bring_in([1], person)
    ask(lease, denied("CO-50 120.50"))
    (task,) = listed(person)
    with pytest.raises(NotAPerson):
        tasks.close(task.id, robot, TaskOutcome.DONE, NOW)
    tasks.close(task.id, person, TaskOutcome.NOT_NEEDED, NOW, note="let go")
    with pytest.raises(AlreadyClosed, match="Task"):
        tasks.close(task.id, person, TaskOutcome.DONE, NOW)
    ask_again(lease, denied("CO-50 120.50"), HOUR)
    assert tasks.refresh(person, NOW + HOUR).opened == 0
    assert listed(person) == []
    closed = tasks_listed.get(person.practice_id, task.id, NOW.date())
    assert (closed.outcome, closed.closed_by, closed.note) == ("not-needed", "dana", "let go")
    ask_again(lease, denied("CO-50 60.50", "CO-16 60.00"), 2 * HOUR)
    assert kinds(person) == {
        TaskKind.APPEAL_DRAFT: Decimal("60.50"), TaskKind.CORRECTED_CLAIM: Decimal("60.00"),
    }  # fmt: skip


def test_a_task_has_an_owner_of_its_own_practice_or_none(lease: Lease, person: Actor) -> None:
    bring_in([1], person)
    ask(lease, denied("CO-50 120.50"))
    (task,) = listed(person)
    tasks.assign(task.id, "dana", person, NOW)
    assert listed(person)[0].owner == "dana"
    with pytest.raises(NotThere):
        tasks.assign(task.id, "night-robot", person, NOW)
    with pytest.raises(NotThere):
        tasks.assign(task.id, "nobody-known", person, NOW)
    tasks.assign(task.id, None, person, NOW)
    assert listed(person)[0].owner is None


def test_a_payment_is_posted_and_gone_from_the_list(person: Actor) -> None:
    bring_in([1], person)
    said = decided(1).model_copy(update={"remark_codes": (), "corrected_insured": None})
    keep(sealed(payment(said)), by_import(person, portal=PORTAL))
    assert kinds(person) == {TaskKind.POST: Decimal("80.10")}
    posting.give(person, NOW, "csv", lambda payments: deque(payments, maxlen=0).clear())
    assert listed(person) == []
    assert tasks.refresh(person, NOW).opened == 0


def test_payments_that_came_before_their_claims_become_work_with_them(person: Actor) -> None:
    keep(sealed(payment(decided(1))), by_import(person, portal=PORTAL))
    assert listed(person) == []
    bring_in([1], person)
    matching.settle(person, NOW)
    # The payment, and the member id that the remittance corrects.
    assert set(kinds(person)) == {TaskKind.POST, TaskKind.DEMOGRAPHICS}


def test_a_payment_that_does_not_add_up_decides_nothing(person: Actor) -> None:
    bring_in([1], person)
    keep(sealed(payment(decided(1), off_by="0.01")), by_import(person, portal=PORTAL))
    assert listed(person) == []


def test_a_reversal_ends_the_work_of_what_it_takes_back(person: Actor) -> None:
    bring_in([1], person)
    first = decided(1).model_copy(update={"remark_codes": (), "corrected_insured": None})
    keep(sealed(payment(first)), by_import(person, portal=PORTAL))
    taken = reversed_claim(first, 1)
    later = payment(taken, trace="E2", paid_on=date(2026, 3, 1))
    keep(sealed(later), by_import(person, portal=PORTAL, after=HOUR))
    assert kinds(person) == {TaskKind.TAKEBACK: Decimal("80.10")}


def test_money_taken_back_is_a_task_until_somebody_has_looked_and_knows_when_its_payment_came(person: Actor) -> None:
    bring_in([1, 2], person)
    plain = {"remark_codes": (), "corrected_insured": None}
    taking = payment(
        decided(2).model_copy(update=plain),
        trace="E2",
        taken=(ProviderAdjustment(reason="WO", reference="ACCT-000001", amount=Decimal("30.00")),),
        paid_on=date(2026, 3, 1),
    )
    keep(sealed(taking), by_import(person, portal=PORTAL))
    (unknown,) = [one for one in listed(person) if one.kind == TaskKind.TAKEBACK]
    assert (unknown.money, unknown.number.split()[0]) == (Decimal("30.00"), "payment")
    assert "not in the ledger" in unknown.why
    keep(sealed(payment(decided(1).model_copy(update=plain))), by_import(person, portal=PORTAL, after=HOUR))
    (known,) = [one for one in listed(person) if one.kind == TaskKind.TAKEBACK]
    assert "not in the ledger" not in known.why


def test_the_not_found_ladder_goes_on_with_coverage_acceptance_and_a_persons_word(
    take: Callable[..., Lease], person: Actor
) -> None:
    lease = take()
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    bring_in([1], person)
    ask(lease, not_found())
    (step,) = listed(person)
    assert (step.kind, step.money) == (TaskKind.CHECK_ELIGIBILITY, Decimal("120.50"))
    assert "by member, by claim number" in step.why
    assert [one.number for one in ladder_of(person.practice_id, step.id, NOW.date())] == [1, 2, 3]
    tasks.close(step.id, person, TaskOutcome.DONE, NOW, note="covered, by phone")
    assert listed(person) == []  # nobody can have acknowledged it yet
    assert tasks.refresh(person, NOW + timedelta(days=3)).opened == 1
    assert set(kinds(person)) == {TaskKind.CHECK_CLEARINGHOUSE}
    tasks.refresh(person, NOW + timedelta(days=6))
    assert set(kinds(person)) == {TaskKind.REBILL}
    keep_acknowledgements(sealed(name="a", kind="277CA"), [taken_in(1)], (), by_import(person, after=HOUR))
    (call,) = listed(person)
    assert call.kind == TaskKind.CALL_PAYER
    assert "do not bill again" in call.why


def test_coverage_on_the_day_is_the_first_step_of_the_ladder(take: Callable[..., Lease], person: Actor) -> None:
    lease = take()
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    bring_in([1], person)
    ask(lease, not_found())
    day = date(2026, 1, 12)
    seen = take("office:2", slot=1)
    runs.start(seen, Flow.ELIGIBILITY, NOW)
    bring_visits([("V1", visit(1, service_from=day))], person)
    ask(seen, covered(status=CoverageStatus.INACTIVE, portal_text="Inactive"))
    assert set(kinds(person)) == {TaskKind.FIND_COVERAGE}
    work.again(PORTAL, Flow.ELIGIBILITY, lease.actor, NOW + HOUR)


def test_a_patient_whom_the_payer_does_not_know_is_found_before_the_visit(
    take: Callable[..., Lease], person: Actor
) -> None:
    lease = take()
    runs.start(lease, Flow.ELIGIBILITY, NOW)
    bring_visits([("V1", visit(1, service_from=date(2026, 3, 2)))], person)
    ask(lease, no_member())
    (task,) = listed(person)
    assert (task.kind, task.number, task.due) == (TaskKind.FIND_COVERAGE, "V1", date(2026, 3, 2))
    work.again(PORTAL, Flow.ELIGIBILITY, lease.actor, NOW + HOUR)
    ask(lease, covered(), after=HOUR)
    assert listed(person) == []


def fee(amount: str, **more: Any) -> Fee:
    return Fee(procedure="99213", amount=Decimal(amount), begins=date(2026, 1, 1)).model_copy(update=more)


def test_less_than_the_fee_schedule_gives_is_underpaid(lease: Lease, person: Actor) -> None:
    bring_in([1], person)
    outcome = denied("CO-45 40.40", category="F1", paid_amount="80.10")
    assert outcome.answer is not None
    state = outcome.answer.normalised
    assert isinstance(state, ClaimState)
    lines = (state.lines[0].model_copy(update={"allowed": Decimal("80.10")}),)
    ask(lease, answered(Ending.ANSWERED, state.model_copy(update={"lines": lines})))
    assert set(kinds(person)) == {TaskKind.POST}
    fee_schedules.keep([fee("95.00")], PORTAL, by_import(person))
    assert tasks.refresh(person, NOW).opened == 1
    assert kinds(person)[TaskKind.UNDERPAYMENT] == Decimal("14.90")
    fee_schedules.keep([fee("80.10")], PORTAL, by_import(person))
    tasks.refresh(person, NOW)
    assert set(kinds(person)) == {TaskKind.POST}
    # A price for this provider goes before the price for all.
    fee_schedules.keep([fee("100.10", npi="1234567893")], PORTAL, by_import(person))
    tasks.refresh(person, NOW)
    assert kinds(person)[TaskKind.UNDERPAYMENT] == Decimal("20.00")


def appeal(
    person: Actor, claim: models.Claim, stage: str, *, reference: str = "R1", lines: str = '["1"]', refusal: str = ""
) -> models.Appeal:
    return models.Appeal.objects.create(
        practice_id=person.practice_id, portal=PORTAL, claim=claim, reference=reference,
        payer_claim_number="2026012345", payer_claim_key="2026012345", level=AppealLevel.FIRST, kind="clinical",
        reason=AppealReason.MEDICAL_NECESSITY, lines=lines, amount_cents=12050, stage=stage, refusal=refusal,
        drafted_by_id=person.account_id, drafted_at=NOW, listed_after_hours=24, first_check_days=14, decision_days=60,
    )  # fmt: skip


def test_what_is_contested_is_off_the_list_and_its_decision_becomes_work(lease: Lease, person: Actor) -> None:
    bring_in([1], person)
    ask(lease, denied("CO-50 120.50"))
    assert set(kinds(person)) == {TaskKind.APPEAL_DRAFT}
    claim = models.Claim.objects.get()
    contested = appeal(person, claim, "draft")
    tasks.follow_claims([claim.pk], person, NOW)
    assert listed(person) == []
    models.Appeal.objects.filter(pk=contested.pk).update(stage="withdrawn")
    tasks.follow_claims([claim.pk], person, NOW)
    assert set(kinds(person)) == {TaskKind.APPEAL_DRAFT}
    models.Appeal.objects.filter(pk=contested.pk).update(stage="filed", filed_on=NOW.date())
    item = models.WorkItem.objects.create(
        practice_id=person.practice_id, portal=PORTAL, flow=Flow.APPEAL_STATUS, appeal=contested, state="ready",
        not_before=NOW,
    )  # fmt: skip
    lanes.release(lease, NOW)
    lease = lanes.take(PORTAL, ALIAS, 0, holder="office:1", actor=lease.actor, now=NOW)
    runs.start(lease, Flow.APPEAL_STATUS, NOW)
    state = AppealState(standing=AppealStanding.DECIDED, portal_text="Upheld", decision=Decision.UPHELD)
    ask(lease, answered(Ending.ANSWERED, state))
    assert models.WorkItem.objects.get(pk=item.pk).answer_id is not None
    assert kinds(person) == {TaskKind.WRITE_OFF: Decimal("120.50")}


def said_of(outcome: Outcome) -> ClaimState:
    assert outcome.answer is not None
    said = outcome.answer.normalised
    assert isinstance(said, ClaimState)
    return said


def two_lines(first: str = "70.50", second: str = "50.00") -> Outcome:
    """Both lines of the claim are denied."""
    lines = tuple(
        Line(
            number=number, procedure="99213", billed=Decimal(amount),
            adjustments=(Adjustment(group="CO", carc="50", amount=Decimal(amount)),),
        )
        for number, amount in ((1, first), (2, second))
    )  # fmt: skip
    said = said_of(denied("CO-50 120.50"))
    return answered(Ending.ANSWERED, said.model_copy(update={"lines": lines}))


def test_two_appeals_of_a_line_each_take_the_whole_denial_off_the_list(lease: Lease, person: Actor) -> None:
    bring_in([1], person)
    ask(lease, two_lines())
    claim = models.Claim.objects.get()
    appeal(person, claim, "filed")
    tasks.follow_claims([claim.pk], person, NOW)
    assert [(one.money, one.lines) for one in listed(person)] == [(Decimal("50.00"), (2,))]
    second = appeal(person, claim, "filed", reference="R2", lines='["2"]')
    tasks.follow_claims([claim.pk], person, NOW)
    assert listed(person) == []
    models.Appeal.objects.filter(pk=second.pk).update(stage="withdrawn")
    tasks.follow_claims([claim.pk], person, NOW)
    assert [(one.money, one.lines) for one in listed(person)] == [(Decimal("50.00"), (2,))]


def test_what_an_appeal_leaves_of_a_task_that_a_person_has_closed_stays_closed(lease: Lease, person: Actor) -> None:
    bring_in([1], person)
    ask(lease, two_lines())
    (task,) = listed(person)
    tasks.close(task.id, person, TaskOutcome.DONE, NOW, note="line 1 is appealed, line 2 is let go")
    claim = models.Claim.objects.get()
    contested = appeal(person, claim, "draft")
    tasks.follow_claims([claim.pk], person, NOW)
    assert listed(person) == []
    models.Appeal.objects.filter(pk=contested.pk).update(stage="withdrawn")
    tasks.follow_claims([claim.pk], person, NOW)
    assert listed(person) == []
    ask_again(lease, two_lines("60.50", "50.00"), HOUR)
    assert kinds(person)[TaskKind.APPEAL_DRAFT] == Decimal("110.50")


def test_a_refusal_of_the_portal_is_a_case_and_brings_no_appeal_back_until_the_payer_decides_anew(
    lease: Lease, person: Actor
) -> None:
    bring_in([1], person)
    ask(lease, denied("CO-50 120.50"))
    claim = models.Claim.objects.get()
    over = appeal(person, claim, "refused", refusal="duplicate")
    models.AppealEvent.objects.create(appeal=over, at=NOW, account_id=person.account_id, what=Happening.REFUSED)
    tasks.follow_claims([claim.pk], person, NOW)
    assert listed(person) == []
    assert tasks.refresh(person, NOW + 40 * DAY).opened == 0
    said = said_of(denied("CO-50 120.50"))
    anew = said.model_copy(update={"finalised_date": (NOW + DAY).date()})
    ask_again(lease, answered(Ending.ANSWERED, anew), 2 * DAY)
    assert set(kinds(person)) == {TaskKind.APPEAL_DRAFT}


def test_a_last_day_that_is_near_or_over_stands_on_top_with_the_supervisor(lease: Lease, person: Actor) -> None:
    bring_in([1, 2, 3], person)
    for _ in range(2):
        ask(lease, denied("CO-50 120.50"))
    ask(lease, denied("CO-16 120.50"))
    today = date(2026, 5, 4)
    first, second, other = models.Task.objects.order_by("id")
    due = {"due": date(2026, 4, 20), "role": "denial-specialist"}
    models.Task.objects.filter(pk=first.pk).update(limit=date(2026, 5, 12), **due)
    models.Task.objects.filter(pk=second.pk).update(limit=date(2026, 5, 12), **due)
    models.Task.objects.filter(pk=other.pk).update(due=date(2026, 3, 3))

    def order(**wanted: Any) -> list[tuple[int, str]]:
        return [(one.id, one.role) for one in tasks_listed.list_open(person.practice_id, today, Wanted(**wanted))]

    assert order() == [(other.pk, "biller"), (first.pk, "denial-specialist"), (second.pk, "denial-specialist")]
    models.Task.objects.filter(pk=first.pk).update(limit=date(2026, 5, 11))
    models.Task.objects.filter(pk=second.pk).update(limit=date(2026, 5, 3))
    assert order() == [(second.pk, "supervisor"), (first.pk, "supervisor"), (other.pk, "biller")]
    assert order(role="supervisor") == order(queue="denials") == order()[:2]
    assert order(role="denial-specialist") == []
    over, near = (tasks_listed.get(person.practice_id, one.pk, today) for one in (second, first))
    assert (over.role, "seems to be over" in over.why) == ("supervisor", True)
    assert (near.role, "seems to be over" in near.why) == ("supervisor", False)
    tasks.close(second.pk, person, TaskOutcome.DONE, NOW)
    assert tasks_listed.get(person.practice_id, second.pk, today).role == "denial-specialist"


def test_the_offices_rules_and_the_kind_of_payer_hold_from_the_next_look_on(lease: Lease, person: Actor) -> None:
    bring_in([1], person)
    ask(lease, denied("CO-29 120.50"))
    assert set(kinds(person)) == {TaskKind.APPEAL_DRAFT}
    assert work_rules.adopt(person, NOW, payers={PORTAL: PayerType.MEDICARE})
    assert not work_rules.adopt(person, NOW, payers={PORTAL: PayerType.MEDICARE})
    tasks.refresh(person, NOW)
    assert set(kinds(person)) == {TaskKind.WRITE_OFF}
    own = {"kind": {"write-off": {"queue": "owner", "role": "owner", "days": 1}}}
    work_rules.adopt(person, NOW, routing=OfficeRules.model_validate(own))
    tasks.refresh(person, NOW)
    assert [(one.queue, one.due) for one in listed(person)] == [("owner", date(2026, 3, 3))]
    work_rules.adopt(person, NOW, routing=OfficeRules())
    tasks.refresh(person, NOW)
    assert [one.queue for one in listed(person)] == ["write-offs"]


def test_tasks_of_another_practice_are_neither_seen_nor_touched(lease: Lease, person: Actor) -> None:
    bring_in([1], person)
    ask(lease, denied("CO-50 120.50"))
    (task,) = listed(person)
    other = ensure_practice("Hillside Clinic", "987654321", ("1999999984",))
    stranger = ensure_account("lee", is_robot=False, practice=other, now=NOW)
    assert list(tasks_listed.list_open(other.id, NOW.date())) == []
    assert tasks_listed.summary(other.id, NOW.date()) == ()
    assert tasks_listed.of_claim(other.id, PORTAL, "ACCT-000001") == ()
    assert ladder_of(other.id, task.id, NOW.date()) == ()
    for act in (
        lambda: tasks_listed.get(other.id, task.id, NOW.date()),
        lambda: tasks.close(task.id, stranger, TaskOutcome.DONE, NOW),
        lambda: tasks.assign(task.id, "lee", stranger, NOW),
    ):
        with pytest.raises(NotThere):
            act()
    with pytest.raises(NotThere):
        tasks.assign(task.id, "lee", person, NOW)  # works for the other practice alone
    models.Task.objects.all().delete()
    tasks.follow_claims([models.Claim.objects.get().pk], stranger, NOW)
    assert tasks.refresh(stranger, NOW).open == models.Task.objects.count() == 0
    tasks.refresh(person, NOW)
    task = task.model_copy(update={"id": listed(person)[0].id})
    assert listed(person) == [task]
    fee_schedules.keep([fee("900.00")], PORTAL, by_import(stranger))
    work_rules.adopt(stranger, NOW, payers={PORTAL: PayerType.MEDICARE})
    tasks.refresh(person, NOW)
    assert listed(person) == [task]


def test_tasks_and_cases_stand_in_one_list_by_their_day_with_queue_role_and_money(
    take: Callable[..., Lease], person: Actor
) -> None:
    lease = take()
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    bring_in([1, 2], person)
    ask(lease, denied("CO-50 120.50"))
    ask(lease, denied("CO-16 100.50", "PR-1 20.00"))
    seen = take("office:2", slot=1)
    runs.start(seen, Flow.ELIGIBILITY, NOW)
    bring_visits([("V1", visit(1))], person)
    ask(seen, covered(status=CoverageStatus.INACTIVE, portal_text="Inactive"))
    entries = list(tasks_listed.list_open(person.practice_id, NOW.date()))
    assert [(one.what, one.kind, one.queue, one.due) for one in entries] == [
        # Nobody has said what kind of payer it is, so that the shortest limit for an appeal may hold.
        ("task", TaskKind.APPEAL_DRAFT, "denials", date(2026, 3, 2)),
        ("case", "BUS-INACTIVE", "registration", date(2026, 3, 3)),
        ("task", TaskKind.CORRECTED_CLAIM, "corrections", date(2026, 3, 5)),
        ("task", TaskKind.PATIENT_BALANCE, "patient-accounts", date(2026, 3, 9)),
    ]
    for wanted, count in (
        (Wanted(queue="denials"), 1), (Wanted(role="registration"), 1), (Wanted(due_before=date(2026, 3, 9)), 3),
        (Wanted(portal="elsewhere"), 0), (Wanted(queue="registration", due_before=date(2026, 3, 3)), 0),
    ):  # fmt: skip
        assert len(list(tasks_listed.list_open(person.practice_id, NOW.date(), wanted))) == count
    told = {one.queue: (one.entries, one.overdue, one.money) for one in
            tasks_listed.summary(person.practice_id, date(2026, 3, 6))}  # fmt: skip
    assert told == {
        "denials": (1, 1, Decimal("120.50")), "corrections": (1, 1, Decimal("100.50")),
        "patient-accounts": (1, 0, Decimal("20.00")), "registration": (1, 1, Decimal("0.00")),
    }  # fmt: skip


def test_a_refresh_of_all_answers_gives_what_the_answers_gave_one_by_one(lease: Lease, person: Actor) -> None:
    bring_in(range(1, 8), person)
    for _ in range(6):
        ask(lease, denied("CO-50 100.50", "PR-3 20.00"))
    ask(lease, paid())
    before = [one.model_copy(update={"id": 0}) for one in listed(person)]
    models.Task.objects.all().delete()
    done = tasks.refresh(person, NOW)
    assert (done.opened, done.open) == (len(before), len(before))
    assert [one.model_copy(update={"id": 0}) for one in listed(person)] == before
    again = tasks.refresh(person, NOW)
    assert (again.opened, again.changed, again.settled) == (0, 0, 0)
