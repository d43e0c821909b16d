"""What each public function of the ledger changes for a practice, and never for another."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from flows.answers import ClaimNotFound
from flows.deposits import Deposit
from flows.payer_types import PayerType
from flows.payment_plan import Instalment
from flows.positions import published
from flows.questions import Flow
from flows.tasks import TaskOutcome
from ledger import (
    acknowledgements,
    appeals,
    appointments,
    case_work,
    cases,
    claim_asked,
    claims,
    code_texts,
    codes,
    console_accounts,
    corrections,
    credentials,
    deposits,
    document_files,
    emergencies,
    fee_schedules,
    holds,
    lanes,
    legal_holds,
    manual_answers,
    matching,
    matching_acknowledgements,
    matching_claims,
    matching_deposits,
    matching_payments,
    membership,
    models,
    night_controls,
    notifications,
    password_changes,
    patient_accounts,
    payment_plans,
    periods,
    permissions,
    planning,
    presses,
    purge,
    remittances,
    reports_made,
    second_factors,
    tasks,
    tasks_payments,
    terms,
    text_mappings,
    unplanned,
    work,
    work_rules,
)  # fmt: skip
from ledger.accounts import Actor
from ledger.appeals_values import AppealChange
from ledger.document_files import Source
from ledger.legal_holds import HeldWhat
from ledger.manual_answers import ByHand, ManualSource
from ledger.notifications import Found
from ledger.patient_accounts import NewPayment, PaidBy
from ledger.planning_values import HoldWhy, Plan, ToAsk
from ledger.presses import PressResult
from ledger.roles import Role
from ledger.states import Resolution
from tests.ledger.appeals import RULES, draft_of
from tests.ledger.office import NOW, PORTAL, digest, paid, question
from tests.ledger.payments import decided, payment, sealed
from tests.ledger.practice_looks import CLAIM, LATER, RIPE, TODAY, VISIT, Does
from tests.ledger.test_acknowledgements import taken_in
from tests.ledger.test_fee_schedules import Text, fee
from tests.ledger.test_periods import OCTOBER
from tests.ledger.two_practices import (
    MADE,
    PERMITTED,
    TERMS,
    Desk,
    World,
    attachment_of,
)
from tests.ledger.visits import PROVIDER, visit

NOT_THERE = ByHand(ClaimNotFound(searched=("by hand",)), ManualSource.PHONE, "Call 1")
AGAIN = Resolution.ASK_AGAIN
CASH = NewPayment(amount=Decimal("1.00"), paid_on=TODAY, method=PaidBy.CASH)


def _colleague(world: World) -> Actor:
    return Actor(world.rows["colleague"], world.colleague, is_robot=False, practice_id=world.practice_id)


def _source(desk: Desk) -> Source:
    return Source(desk.person, NOW)


def _in_a_week(_: ToAsk) -> Plan:
    return Plan(NOW + timedelta(days=7))


# What each function changes for the one whose rows these are, and must not change, nor add to, for the other.
ACTS: Mapping[str, Does] = {
    "acknowledgements.keep": lambda w, d: acknowledgements.keep(
        sealed(name="ack", kind="277CA"), [taken_in(1, 9)], (), _source(d)
    ),
    "emergencies.end": lambda w, d: emergencies.end(d.person, w.rows["emergency"], NOW),
    "emergencies.look": lambda w, d: emergencies.look(d.person, w.rows["emergency"], NOW),
    "emergencies.open_access": lambda w, d: emergencies.open_access(
        d.person, w.rows["claim"], "Somebody is in need.", NOW, lasts=timedelta(minutes=5)
    ),
    "emergencies.review": lambda w, d: (
        emergencies.review(_colleague(w), w.rows["emergency"], LATER, justified=True, words="Yes.")
        if d.id == w.practice_id
        else emergencies.review(d.person, w.rows["emergency"], LATER, justified=True, words="Yes.")
    ),
    "legal_holds.place": lambda w, d: legal_holds.place(d.person, HeldWhat.CLAIM, "Why", NOW, number=CLAIM),
    "legal_holds.release": lambda w, d: legal_holds.release(d.person, w.rows["legal hold"], "Over", NOW),
    "purge.purge": lambda w, d: purge.purge(d.person, RIPE, w.folder, NOW + timedelta(days=8000)),
    "appeals.approve": lambda w, d: appeals.approve(w.rows["draft"], d.person, NOW, rules=RULES, seen=w.seen()),
    "appeals.attach": lambda w, d: appeals.attach(
        w.rows["approved"], w.paper(), attachment_of(w.paper()), d.person, NOW
    ),
    "appeals.change": lambda w, d: appeals.change(w.rows["draft"], AppealChange(argument="Other."), d.person, NOW),
    "appeals.detach": lambda w, d: appeals.detach(w.rows["draft"], "records.pdf", d.person, NOW),
    "appeals.draft": lambda w, d: appeals.draft(draft_of(1), d.person, NOW),
    "appeals.settle": lambda w, d: appeals.settle(w.rows["uncertain"], d.person, NOW, filed=True, confirmation="D-1"),
    "appeals.withdraw": lambda w, d: appeals.withdraw(w.rows["draft"], d.person, NOW),
    "appointments.import_appointments": lambda w, d: appointments.import_appointments(
        [(VISIT, visit(1, service_from=date(2026, 3, 11)))], d.robot, NOW, digest=digest
    ),
    "case_work.assign": lambda w, d: case_work.assign(w.rows["case"], None, d.person, w.changes(), NOW),
    "case_work.assign_all": lambda w, d: case_work.assign_all(w.case(), None, d.person, NOW),
    "case_work.bring_back": lambda w, d: case_work.bring_back(w.rows["case"], d.person, w.changes(), NOW),
    "case_work.close": lambda w, d: case_work.close(w.rows["case"], d.person, AGAIN, w.changes(), NOW),
    "case_work.close_all": lambda w, d: case_work.close_all(w.case(), d.person, AGAIN, NOW),
    "case_work.comment": lambda w, d: case_work.comment(w.rows["case"], "Called them.", d.person, NOW),
    "case_work.release": lambda w, d: case_work.release(w.rows["case"], d.person, w.changes(), NOW),
    "case_work.reopen": lambda w, d: case_work.reopen(w.rows["closed"], d.person, 1, NOW),
    "case_work.send": lambda w, d: case_work.send(w.rows["case"], "posting", d.person, w.changes(), NOW),
    "case_work.send_all": lambda w, d: case_work.send_all(w.case(), "posting", d.person, NOW),
    "case_work.snooze": lambda w, d: case_work.snooze(
        w.rows["case"], LATER.date(), d.person, w.changes(), NOW, why="waits"
    ),
    "case_work.snooze_all": lambda w, d: case_work.snooze_all(w.case(), LATER.date(), d.person, NOW, why="waits"),
    "case_work.take": lambda w, d: case_work.take(w.rows["case"], d.person, w.changes(), NOW),
    "corrections.ask_again": lambda w, d: corrections.ask_again(w.rows["case"], d.person, w.changes(), NOW),
    "corrections.correct": lambda w, d: corrections.correct(
        w.rows["case"], w.corrected(), d.person, w.changes(), NOW, digest=digest
    ),
    "corrections.pick": lambda w, d: corrections.pick(
        w.rows["case"], d.person, w.changes(), NOW, candidate=0, number="QUILLFEATHER", digest=digest
    ),
    "manual_answers.answer": lambda w, d: manual_answers.answer(w.rows["case"], NOT_THERE, d.person, w.changes(), NOW),
    "text_mappings.confirm": lambda w, d: text_mappings.confirm(w.rows["said"], d.person, NOW),
    "text_mappings.propose": lambda w, d: text_mappings.propose(
        w.rows["words"], d.person, 0, NOW, shown=0, place="status", means="P2"
    ),
    "text_mappings.refuse": lambda w, d: text_mappings.refuse(w.rows["said"], d.person, NOW),
    "text_mappings.written": lambda w, d: text_mappings.written(w.rows["confirmed"], bool, d.person, NOW),
    "cases.close": lambda w, d: cases.close(w.rows["case"], d.person, Resolution.ASK_AGAIN, NOW),
    "cases.lift_credential": lambda w, d: cases.lift_credential(PORTAL, w.frozen, d.person, "x", NOW),
    "claims.import_claims": lambda w, d: claims.import_claims(
        [question(1, billed="999.00")], d.robot, NOW, digest=digest
    ),
    "claim_asked.ask_claim": lambda w, d: claim_asked.ask_claim(w.rows["other claim"], d.person, LATER),
    "claim_asked.ask_visit": lambda w, d: claim_asked.ask_visit(w.rows["visit"], d.person, LATER),
    "code_texts.keep": lambda w, d: code_texts.keep([Text("another")], _source(d)),
    "codes.give": lambda w, d: codes.give(w.code(), b"sealed", d.person, NOW),
    "console_accounts.give_role": lambda w, d: console_accounts.give_role(w.colleague, Role.POSTER, d.person, NOW),
    "console_accounts.set_password": lambda w, d: console_accounts.set_password(
        w.colleague, "purple monkey dishwasher", d.person, NOW, must_change=True
    ),
    "console_accounts.take_role": lambda w, d: console_accounts.take_role(w.colleague, Role.BILLER, d.person, NOW),
    "console_accounts.unlock": lambda w, d: console_accounts.unlock(w.colleague, d.person, NOW),
    "credentials.claim": lambda w, d: credentials.claim(PORTAL, w.alias, d.person),
    "deposits.keep": lambda w, d: deposits.keep([Deposit(deposited_on=TODAY, amount=Decimal("1.00"))], _source(d)),
    "document_files.note": lambda w, d: document_files.note(w.paper().model_copy(update={"name": "x"}), _source(d)),
    "fee_schedules.keep": lambda w, d: fee_schedules.keep([fee("91.00")], PORTAL, _source(d)),
    "holds.hold": lambda w, d: holds.hold(CLAIM, HoldWhy.BANKRUPT, d.person, NOW),
    "holds.release": lambda w, d: holds.release(CLAIM, d.person, NOW),
    "lanes.ensure": lambda w, d: lanes.ensure(d.id, PORTAL, w.alias, 7),
    "lanes.take_away": lambda w, d: lanes.take_away(w.lane, d.person, NOW),
    "lanes.take": lambda w, d: lanes.take(PORTAL, w.alias, 5, holder="tests", actor=d.robot, now=NOW),
    "matching.settle": lambda w, d: matching.settle(d.person, NOW),
    "matching.settle_acknowledgements": lambda w, d: matching.settle_acknowledgements(_source(d)),
    "matching.settle_deposits": lambda w, d: matching.settle_deposits(_source(d)),
    "matching.settle_remittances": lambda w, d: matching.settle_remittances([w.rows["payment"]], _source(d)),
    "matching_acknowledgements.match_acknowledgements": lambda w, d: matching_acknowledgements.match_acknowledgements(
        _source(d)
    ),
    "matching_claims.match_claims": lambda w, d: matching_claims.match_claims(_source(d), [w.rows["payment"]]),
    "matching_deposits.match_deposits": lambda w, d: matching_deposits.match_deposits(_source(d)),
    "matching_payments.compare_with_claim_status": lambda w, d: matching_payments.compare_with_claim_status(
        _source(d), [w.rows["payment"]]
    ),
    "matching_payments.link_reversals": lambda w, d: matching_payments.link_reversals(_source(d)),
    "matching_payments.link_takebacks": lambda w, d: matching_payments.link_takebacks(_source(d)),
    "membership.add_person": lambda w, d: membership.add_person(
        "newcomer", "purple monkey dishwasher", [Role.BILLER], d.person, NOW, must_change=True
    ),
    "membership.allow": lambda w, d: membership.allow("somebody", d.person, NOW),
    "membership.forbid": lambda w, d: membership.forbid(w.colleague, d.person, NOW),
    "night_controls.ask_first": lambda w, d: night_controls.ask_first(w.ready, d.person, NOW),
    "night_controls.lower_rate": lambda w, d: night_controls.lower_rate(
        PORTAL, Flow.CLAIM_STATUS, 1, d.person, NOW, posted=9
    ),
    "night_controls.skip": lambda w, d: night_controls.skip(w.ready, d.person, NOW),
    "notifications.find": lambda w, d: notifications.find([Found("late:2", "run-late", PORTAL)], d.robot, NOW),
    "notifications.settle": lambda w, d: notifications.settle(w.message(), {"manager"}, d.robot, LATER, wholly=True),
    "notifications.take": lambda w, d: notifications.take(d.robot, LATER),
    "patient_accounts.agree": lambda w, d: patient_accounts.agree(
        w.rows["claim"], Decimal("1.00"), "because", d.person, NOW
    ),
    "password_changes.check_unpressed": lambda w, d: password_changes.check_unpressed(
        PORTAL, w.changing, 3, d.person, NOW
    ),
    "password_changes.settle_by_person": lambda w, d: password_changes.settle_by_person(
        PORTAL, w.changing, 2, d.person, new_works=True, reason="x", now=NOW
    ),
    "patient_accounts.pay": lambda w, d: patient_accounts.pay(CLAIM, CASH, d.person, NOW),
    "patient_accounts.take_back": lambda w, d: patient_accounts.take_back(w.rows["patient payment"], d.person, NOW),
    "payment_plans.end": lambda w, d: payment_plans.end(w.rows["plan"], d.person, NOW),
    "payment_plans.make": lambda w, d: payment_plans.make(
        {w.rows["other claim"]: Decimal("1.00")},
        [Instalment(number=1, due_on=TODAY, amount=Decimal("1.00"))],
        d.person,
        NOW,
    ),
    "periods.ask_for": lambda w, d: periods.ask_for(PORTAL, PROVIDER, *OCTOBER, actor=d.robot, now=NOW),
    "permissions.grant": lambda w, d: permissions.grant(PERMITTED, d.person, NOW),
    "permissions.publish": lambda w, d: permissions.publish(published(), d.robot, NOW),
    "planning.plan_changed": lambda w, d: planning.plan_changed(d.robot, _in_a_week, "rules", NOW),
    "presses.clear": lambda w, d: presses.clear(PORTAL, w.alias, d.person, "x", NOW),
    "presses.settle": lambda w, d: presses.settle(d.lease, w.rows["press"], PressResult.REJECTED, NOW),
    "remittances.keep": lambda w, d: remittances.keep(
        sealed(payment(decided(1), trace="E7788", off_by="1.00")), _source(d)
    ),
    "reports_made.ask": lambda w, d: reports_made.ask(MADE, d.person, NOW),
    "reports_made.finish": lambda w, d: reports_made.finish(d.id, w.rows["asked report"], "{}", NOW),
    "second_factors.reset_second_factor": lambda w, d: second_factors.reset_second_factor(w.colleague, d.person, NOW),
    "tasks.assign": lambda w, d: tasks.assign(w.rows["not found"], d.person.name, d.person, NOW),
    "tasks.close": lambda w, d: tasks.close(w.rows["not found"], d.person, TaskOutcome.NOT_NEEDED, NOW),
    "tasks.follow_appointments": lambda w, d: tasks.follow_appointments([w.rows["visit"]], d.person, LATER),
    "tasks.follow_claims": lambda w, d: tasks.follow_claims([w.rows["claim"]], d.person, LATER),
    "tasks.follow_remittances": lambda w, d: tasks.follow_remittances([w.rows["payment"]], d.person, LATER),
    "tasks.refresh": lambda w, d: tasks.refresh(d.person, LATER),
    "tasks.take": lambda w, d: tasks.take(w.rows["not found"], d.person, NOW),
    "tasks_payments.follow_payments": lambda w, d: tasks_payments.follow_payments([w.rows["payment"]], _source(d)),
    "terms.accept": lambda w, d: terms.accept(PORTAL, terms.digest(TERMS), "Dr. Dana", d.person, NOW),
    "terms.met": lambda w, d: terms.met(PORTAL, TERMS, d.robot, LATER),
    "unplanned.unplan_claims": lambda w, d: unplanned.unplan_claims(d.id, [w.rows["claim"]]),
    "unplanned.unplan_patients": lambda w, d: unplanned.unplan_patients(
        d.id, models.Claim.objects.values_list("patient_id", flat=True)
    ),
    "work.again": lambda w, d: work.again(PORTAL, Flow.CLAIM_STATUS, d.person, NOW),
    "work.finish": lambda w, d: work.finish(d.lease, w.item(), paid(), NOW),
    "work.next_item": lambda w, d: work.next_item(d.lease, NOW),
    "work.put_back": lambda w, d: work.put_back(d.lease, w.item()),
    "work_rules.adopt": lambda w, d: work_rules.adopt(d.person, NOW, payers={PORTAL: PayerType.MEDICAID}),
}

# For the one whose rows these are nothing is left to be done either.
NOTHING_LEFT = """
    credentials.claim matching.settle matching.settle_acknowledgements matching.settle_deposits
    matching.settle_remittances matching_acknowledgements.match_acknowledgements matching_claims.match_claims
    matching_deposits.match_deposits matching_payments.compare_with_claim_status matching_payments.link_reversals
    matching_payments.link_takebacks password_changes.check_unpressed
    tasks.follow_appointments tasks.follow_claims tasks.follow_remittances
    tasks.refresh tasks_payments.follow_payments
    unplanned.unplan_claims unplanned.unplan_patients
    """
