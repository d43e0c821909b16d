"""What belongs to one practice is to another as if it were not there: every public function of the ledger is walked.

A new public function of the ledger needs a line in one of the tables here.
"""

import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, transaction

import ledger
from flows.answers import ClaimState, Shown
from flows.codes import CodeSet
from flows.deposits import Deposit
from flows.outcomes import Code, Ending, Outcome, Reason
from flows.payer_types import PayerType
from flows.payment_plan import Instalment
from flows.positions import published
from flows.questions import Flow
from flows.tasks import TaskOutcome
from ledger import (
    acknowledgements,
    answers,
    appeals,
    appeals_listed,
    appeals_press,
    appointments,
    cases,
    claims,
    code_texts,
    codes,
    credentials,
    deposits,
    document_files,
    due,
    evidence,
    fee_schedules,
    holds,
    idle_accounts,
    lanes,
    matching,
    matching_acknowledgements,
    matching_claims,
    matching_deposits,
    matching_payments,
    membership,
    models,
    night_board,
    notifications,
    patient_accounts,
    payment_plans,
    periods,
    permissions,
    planning,
    portals,
    posting,
    presses,
    probes,
    remittances,
    remittances_listed,
    remittances_missing,
    reports,
    restorations,
    runs,
    tasks,
    tasks_ladder,
    tasks_listed,
    tasks_payments,
    terms,
    time_line,
    unplanned,
    work,
    work_rules,
)  # fmt: skip
from ledger.accounts import Practice, ensure_practice
from ledger.appeals_values import AppealChange
from ledger.document_files import Source
from ledger.errors import (
    CodeNotWanted,
    LeaseLost,
    NotPermitted,
    NotThere,
    OthersCase,
    PortalStopped,
    RecordWrong,
    ViewStopped,
)  # fmt: skip
from ledger.notifications import Found
from ledger.patient_accounts import NewPayment, PaidBy
from ledger.permissions import Permit
from ledger.planning_values import HoldWhy, Plan, ToAsk
from ledger.presses import PressResult
from ledger.reports import Range
from ledger.states import Resolution, Stops
from tests.ledger.appeals import RULES, draft_of
from tests.ledger.office import NOW, PORTAL, bring_in, digest, ended, paid, question
from tests.ledger.payments import by_import, decided, payment, sealed
from tests.ledger.test_acknowledgements import taken_in
from tests.ledger.test_fee_schedules import Text, fee
from tests.ledger.test_periods import OCTOBER
from tests.ledger.two_practices import PERMITTED, RULE, TERMS, Desk, World, attachment_of, desk_of, filled, take
from tests.ledger.visits import PROVIDER, visit
from vault.envelope import KeyEncryptionKey
from vault.sealed import SealedFolder, Sealer
from vault.secret import Secret

ALWAYS = Range()
AGAIN = Resolution.ASK_AGAIN
TODAY, LATER = NOW.date(), NOW + timedelta(days=1)
CLAIM, VISIT = "ACCT-000001", "VISIT-0001"
CASH = NewPayment(amount=Decimal("1.00"), paid_on=TODAY, method=PaidBy.CASH)

Does = Callable[[World, Desk], object]

# What each function shows the one who has rows of every kind, and must not show the other: nothing, or NotThere.
LOOKS: Mapping[str, Does] = {
    "acknowledgements.accepted_on": lambda w, d: acknowledgements.accepted_on(d.id, PORTAL, CLAIM),
    "acknowledgements.of_claim": lambda w, d: acknowledgements.of_claim(d.id, PORTAL, CLAIM),
    "answers.current": lambda w, d: answers.current(d.id, PORTAL, CLAIM),
    "answers.history": lambda w, d: answers.history(d.id, PORTAL, VISIT, Flow.ELIGIBILITY),
    "answers.list_current": lambda w, d: answers.list_current(d.id, flow=Flow.REMITTANCES),
    "appeals_listed.events": lambda w, d: appeals_listed.events(d.id, number=w.rows["draft"]),
    "appeals_listed.get": lambda w, d: appeals_listed.get(d.id, w.rows["draft"]),
    "appeals_listed.list_all": lambda w, d: appeals_listed.list_all(d.id),
    "appeals_listed.paper": lambda w, d: appeals_listed.paper(w.folder, d.id, w.paper().sha256),
    "appeals_listed.waiting": lambda w, d: appeals_listed.waiting(d.id),
    "cases.drift_in_a_row": lambda w, d: cases.drift_in_a_row(d.id, PORTAL, Flow.CLAIM_STATUS, "claim"),
    "cases.get": lambda w, d: cases.get(d.id, w.rows["case"]),
    "cases.list_open": lambda w, d: cases.list_open(d.id),
    "code_texts.text_of": lambda w, d: code_texts.text_of(d.id, CodeSet.CARC, "50"),
    "codes.waiting": lambda w, d: codes.waiting(d.id, PORTAL, w.alias, NOW),
    "credentials.is_ours": lambda w, d: credentials.is_ours(d.id, PORTAL, w.alias),
    "deposits.matched": lambda w, d: deposits.matched(d.id)[1],
    "document_files.content": lambda w, d: document_files.content(w.folder, d.id, w.rows["document"]),
    "document_files.kept_as": lambda w, d: document_files.kept_as(d.id, w.sha256),
    "due.due_count": lambda w, d: due.due_count(d.id, PORTAL, Flow.CLAIM_STATUS, LATER),
    "due.due_for": lambda w, d: due.due_for(d.id, PORTAL, LATER),
    "due.list_due": lambda w, d: due.list_due(d.id, LATER),
    "due.next_for": lambda w, d: due.next_for(d.id, PORTAL, Flow.CLAIM_STATUS, NOW - timedelta(days=400)),
    "evidence.of_attempt": lambda w, d: evidence.of_attempt(d.id, w.rows["attempt"]),
    "fee_schedules.FeeBook": lambda w, d: fee_schedules.FeeBook(d.id, PORTAL).for_provider(PROVIDER.npi)("99213"),
    "fee_schedules.count": lambda w, d: fee_schedules.count(d.id, PORTAL),
    "holds.of_claim": lambda w, d: holds.of_claim(d.id, CLAIM),
    "idle_accounts.idle_credentials": lambda w, d: idle_accounts.idle_credentials(d.id, {PORTAL: 1}, LATER),
    "matching_claims.claims_by_account": lambda w, d: matching_claims.claims_by_account(d.id, [CLAIM]),
    "night_board.codes": lambda w, d: night_board.codes(d.id, NOW),
    "night_board.endings": lambda w, d: night_board.endings(d.id, NOW, LATER),
    "night_board.lanes": lambda w, d: [one for one in night_board.lanes(d.id, NOW) if one.alias == w.alias],
    "night_board.open_cases": lambda w, d: night_board.open_cases(d.id, (Code.BUS_MULTI,)),
    "night_board.past_runs": lambda w, d: night_board.past_runs(d.id, PORTAL, Flow.ELIGIBILITY, LATER),
    "night_board.recent": lambda w, d: night_board.recent(d.id, PORTAL, Flow.CLAIM_STATUS),
    "night_board.running": lambda w, d: night_board.running(d.id),
    "night_board.sign_ins": lambda w, d: (PORTAL, w.alias) in night_board.sign_ins(d.id),
    "notifications.untold": lambda w, d: notifications.untold(d.id),
    "patient_accounts.of_claim": lambda w, d: patient_accounts.of_claim(d.id, CLAIM),
    "patient_accounts.of_patient": lambda w, d: patient_accounts.of_patient(d.id, CLAIM),
    "patient_accounts.the_claim": lambda w, d: patient_accounts.the_claim(d.id, CLAIM, PORTAL),
    "payment_plans.get": lambda w, d: payment_plans.get(d.id, w.rows["plan"], TODAY),
    "payment_plans.list_all": lambda w, d: payment_plans.list_all(d.id, TODAY),
    "permissions.check": lambda w, d: _permitted(d),
    "permissions.expiring": lambda w, d: permissions.expiring(d.id, TODAY),
    "permissions.history": lambda w, d: permissions.history(d.id),
    "permissions.in_force": lambda w, d: permissions.in_force(d.id),
    "permissions.standing": lambda w, d: isinstance(permissions.standing(d.id, PORTAL, Flow.CLAIM_STATUS, NOW), Permit),
    "planning.look_at": lambda w, d: planning.look_at(d.id, CLAIM),
    "portals.portals_asked": lambda w, d: portals.portals_asked(d.id),
    "portals.portals_with_claims": lambda w, d: portals.portals_with_claims(d.id),
    "posting.freed": lambda w, d: posting.freed(d.id, w.rows["held"]),
    "posting.give": lambda w, d: _given(d),
    "presses.last_code_step": lambda w, d: presses.last_code_step(d.id, PORTAL, w.alias),
    "presses.standing": lambda w, d: presses.standing(d.id, PORTAL, w.alias, 1, RULE, now=NOW).last_pressed_at,
    "probes.last_passed": lambda w, d: probes.last_passed(PORTAL, Flow.CLAIM_STATUS, d.id, "1"),
    "probes.newest_final": lambda w, d: probes.newest_final(PORTAL, Flow.CLAIM_STATUS, d.id, 9),
    "probes.newest_question": lambda w, d: probes.newest_question(PORTAL, Flow.CLAIM_STATUS, d.id),
    "remittances_listed.get": lambda w, d: remittances_listed.get(d.id, w.rows["payment"]),
    "remittances_listed.list_all": lambda w, d: remittances_listed.list_all(d.id),
    "remittances_listed.of_claim": lambda w, d: remittances_listed.of_claim(d.id, PORTAL, CLAIM),
    "remittances_missing.missing": lambda w, d: remittances_missing.missing(d.id, TODAY),
    "reports.appeals": lambda w, d: reports.appeals(d.id, ALWAYS),
    "reports.denials": lambda w, d: reports.denials(d.id, (), ALWAYS),
    "reports.finished": lambda w, d: reports.finished(d.id, ALWAYS),
    "reports.last_days": lambda w, d: reports.last_days(d.id, date(2030, 1, 1)),
    "reports.open_cases": lambda w, d: reports.open_cases(d.id, NOW),
    "reports.pending": lambda w, d: reports.pending(d.id, TODAY),
    "reports.scores": lambda w, d: reports.scores(d.id, ALWAYS),
    "restorations.in_doubt": lambda w, d: _restored(d) and restorations.in_doubt(d.id),
    "runs.latest": lambda w, d: runs.latest(d.id),
    "runs.summary": lambda w, d: runs.summary(d.id, w.rows["run"]),
    "tasks.portals_in_use": lambda w, d: tasks.portals_in_use(d.id),
    "tasks_ladder.ladder_of": lambda w, d: tasks_ladder.ladder_of(d.id, w.rows["not found"], TODAY),
    "tasks_listed.get": lambda w, d: tasks_listed.get(d.id, w.rows["not found"], TODAY),
    "tasks_listed.list_open": lambda w, d: tasks_listed.list_open(d.id, TODAY),
    "tasks_listed.of_claim": lambda w, d: tasks_listed.of_claim(d.id, PORTAL, "ACCT-000003"),
    "tasks_listed.queues_and_roles": lambda w, d: tasks_listed.queues_and_roles(d.id),
    "tasks_listed.summary": lambda w, d: tasks_listed.summary(d.id, TODAY),
    "terms.history": lambda w, d: terms.history(PORTAL, d.id),
    "terms.waiting": lambda w, d: terms.waiting(PORTAL, d.id),
    "time_line.time_lines": lambda w, d: time_line.time_lines(d.id, CLAIM),
    "work.counts": lambda w, d: work.counts(d.id, PORTAL, Flow.CLAIM_STATUS, NOW).total,
    "work_rules.in_force": lambda w, d: work_rules.in_force(d.id).payers,
}

# What each function changes for the one whose rows these are, and must not change, nor add to, for the other.
ACTS: Mapping[str, Does] = {
    "acknowledgements.keep": lambda w, d: acknowledgements.keep(
        sealed(name="ack", kind="277CA"), [taken_in(1, 9)], (), _source(d)
    ),
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
    "cases.close": lambda w, d: cases.close(w.rows["case"], d.person, Resolution.ASK_AGAIN, NOW),
    "cases.lift_credential": lambda w, d: cases.lift_credential(PORTAL, w.frozen, d.person, "x", NOW),
    "claims.import_claims": lambda w, d: claims.import_claims(
        [question(1, billed="999.00")], d.robot, NOW, digest=digest
    ),
    "code_texts.keep": lambda w, d: code_texts.keep([Text("another")], _source(d)),
    "codes.give": lambda w, d: codes.give(w.code(), b"sealed", d.person, NOW),
    "credentials.claim": lambda w, d: credentials.claim(PORTAL, w.alias, d.person),
    "deposits.keep": lambda w, d: deposits.keep([Deposit(deposited_on=TODAY, amount=Decimal("1.00"))], _source(d)),
    "document_files.note": lambda w, d: document_files.note(w.paper().model_copy(update={"name": "x"}), _source(d)),
    "fee_schedules.keep": lambda w, d: fee_schedules.keep([fee("91.00")], PORTAL, _source(d)),
    "holds.hold": lambda w, d: holds.hold(CLAIM, HoldWhy.BANKRUPT, d.person, NOW),
    "holds.release": lambda w, d: holds.release(CLAIM, d.person, NOW),
    "lanes.ensure": lambda w, d: lanes.ensure(d.id, PORTAL, w.alias, 7),
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
    "membership.allow": lambda w, d: membership.allow("somebody", d.person, NOW),
    "membership.forbid": lambda w, d: membership.forbid(w.colleague, d.person, NOW),
    "notifications.find": lambda w, d: notifications.find([Found("late:2", "run-late", PORTAL)], d.robot, NOW),
    "notifications.settle": lambda w, d: notifications.settle(w.message(), {"manager"}, d.robot, LATER, wholly=True),
    "notifications.take": lambda w, d: notifications.take(d.robot, LATER),
    "patient_accounts.agree": lambda w, d: patient_accounts.agree(
        w.rows["claim"], Decimal("1.00"), "because", d.person, NOW
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
    "tasks.assign": lambda w, d: tasks.assign(w.rows["not found"], d.person.name, d.person, NOW),
    "tasks.close": lambda w, d: tasks.close(w.rows["not found"], d.person, TaskOutcome.NOT_NEEDED, NOW),
    "tasks.follow_appointments": lambda w, d: tasks.follow_appointments([w.rows["visit"]], d.person, LATER),
    "tasks.follow_claims": lambda w, d: tasks.follow_claims([w.rows["claim"]], d.person, LATER),
    "tasks.follow_remittances": lambda w, d: tasks.follow_remittances([w.rows["payment"]], d.person, LATER),
    "tasks.refresh": lambda w, d: tasks.refresh(d.person, LATER),
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
    matching_payments.link_takebacks tasks.follow_appointments tasks.follow_claims tasks.follow_remittances
    tasks.refresh tasks_payments.follow_payments
    unplanned.unplan_claims unplanned.unplan_patients
    """

# What needs no line above, by why.
OTHERWISE: Mapping[str, str] = {
    "a lease holds a sign-in, which is one practice's: lanes.take refuses another's": """
        breakers.enter codes.end codes.take codes.want devices.forget devices.keep devices.known lanes.beat lanes.hold
        lanes.release presses.begin probes.record runs.end runs.notice runs.report runs.running runs.start runs.stepped
        appeals_press.pressing
        """,
    "for the ledger's own functions: it is given what its caller has read for one practice": """
        answers.normalised_of answers.read_rows answers.record answers.take_over appeals_outcome.answered
        appeals_outcome.concerns appeals_outcome.follow_up appeals_outcome.not_seen appeals_outcome.taken
        appeals_rows.digest appeals_rows.left_pressing appeals_rows.locked appeals_rows.nothing_to_ask
        appeals_rows.ready appeals_rows.step cases.cause_of_finding cases.close_held_by cases.open_finding
        cases.open_for evidence.keep
        found_work.open_found_work imports.bring_in matching_deposits.last_day_of_deposit patient_accounts.paid_since
        patient_accounts.stated planning_facts.Known
        remittances_findings.another_payee remittances_findings.bank_says_otherwise
        remittances_findings.could_be_a_copy remittances_findings.does_not_balance remittances_findings.not_read
        remittances_findings.one_trace_two_amounts remittances_findings.other_charge
        remittances_findings.portal_says_otherwise remittances_findings.read_in_doubt
        remittances_findings.says_otherwise remittances_findings.several_claims_fit
        remittances_findings.takeback_unknown remittances_listed.deposit_record remittances_rows.balance_of
        remittances_rows.claims_of remittances_rows.header remittances_rows.rows_of
        remittances_rows.unbalanced_places remittances_rows.value_of remittances_rows.Rows
        subjects.account_number_of subjects.number_of
        subjects.patient_reference subjects.question_of subjects.question_of_appeal
        subjects.question_of_appointment subjects.question_of_claim subjects.question_of_filed
        subjects.question_of_period subjects.revision_of subjects.subject_of tasks_facts.facts_of
        tasks_facts.known_searches tasks_facts.not_found_facts tasks_payments.follow_acknowledged
        """,
    "it is about accounts and practices themselves, and has tests of its own": """
        accounts.default_practice accounts.ensure_account accounts.ensure_practice accounts.home_practice
        accounts.must_be_person accounts.practice_of accounts.practices membership.accounts_of
        membership.add_practice membership.enter
        membership.practices_of
        """,
    "shared on purpose: the portal is one for all of them, and says nothing of a claim or a patient": """
        breakers.failed breakers.standing breakers.succeeded cases.check_stops closures.check
        closures.close closures.lift closures.standing rates.reserve
        """,
    "for the night shift of the whole office: the calendar, the workers, and a word that something has changed": """
        calendar_entries.begin calendar_entries.claim calendar_entries.entries calendar_entries.firing_entry
        calendar_entries.pause calendar_entries.portal_entry calendar_entries.put_off calendar_entries.renew
        calendar_entries.resume calendar_entries.set_back calendar_entries.settle due.due_groups due.wake_due
        wakes.newest wakes.prune wakes.wake worker_processes.beat worker_processes.bury worker_processes.end
        worker_processes.register
        """,
    "for the dispatch of the whole office: a lane says whose it is, and nothing of a claim or a patient": """
        lane_jobs.beat lane_jobs.fetch lane_jobs.finish lane_jobs.join lane_jobs.leave lane_jobs.offer
        lane_jobs.reap server_clock.check_clock lanes.free lanes.of lanes.reap night_board.workers standstill.standing
        """,
    "shared on purpose: the ledger, its vault and its audit chain as a whole": """
        move.no_session shared_files.newest shared_files.newest_version shared_files.publish shared_items.SharedItems
        shared_vault.bring shared_vault.is_here shared_vault.is_shared_office thread.off_the_event_loop
        audit.append audit.verify held_office.check held_office.held held_office.listed_by lanes.drop_all
        portable.counted portable.examine portable.read_rows portable.sealed_names portable.snapshot portable.tables_of
        portable.write_rows portable.written restorations.begin restorations.confirm document_files.sweep
        lane_job_tables.bring_job_tables_up_to_date move.move_to_server
        start.bring_up_to_date start.close_connection start.is_on_server start.open_ledger start.open_on_server
        start.server_settings
        start.set_aside_old_ledger start.set_up_django vault_state.counter vault_state.set_counter
        """,
    "it reads and changes no row": """
        canonical.canonical_json canonical.to_cents canonical.to_dollars codes.label document_files.seal
        imports.why_not_kept matching_keys.number_key matching_keys.trace_key rates.burst remittances_compare.repeats
        remittances_compare.same_payer remittances_rows.cents subjects.column_of subjects.joined subjects.numbered
        subjects.period_number terms.digest terms.normalised
        """,
}

REFUSALS = (NotThere, LeaseLost, RecordWrong, CodeNotWanted)
APART = {models.AuditEntry, models.AuditHead, models.Account}


def _source(desk: Desk) -> Source:
    return Source(desk.person, NOW)


def _restored(desk: Desk) -> bool:
    restorations.begin("0123", NOW, desk.person, LATER)
    return True


def _permitted(desk: Desk) -> bool:
    with suppress(NotPermitted):
        return permissions.check(PORTAL, Flow.CLAIM_STATUS, desk.id, NOW) is not None
    return False


def _in_a_week(_: ToAsk) -> Plan:
    return Plan(NOW + timedelta(days=7))


def _given(desk: Desk) -> int:
    taken: list[object] = []
    return posting.give(desk.person, NOW, "csv", taken.extend).payments


def public_functions() -> set[str]:
    """Every public function of the ledger's modules, and every public class of theirs that asks the database."""
    found = set()
    for module in pkgutil.iter_modules(ledger.__path__):
        if module.ispkg:
            continue
        loaded = importlib.import_module(f"ledger.{module.name}")
        for name, thing in vars(loaded).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != loaded.__name__:
                continue
            asks = inspect.isclass(thing) and ".objects" in inspect.getsource(thing)
            if inspect.isfunction(thing) or asks:
                found.add(f"{module.name}.{name}")
    return found


def test_every_public_function_of_the_ledger_has_its_line_here() -> None:
    elsewhere = [name for names in OTHERWISE.values() for name in names.split()]
    lines = [*LOOKS, *ACTS, *elsewhere]
    assert len(lines) == len(set(lines))
    assert public_functions() == set(lines)


@pytest.fixture
def desks(practice: Practice) -> tuple[Desk, Desk]:
    """The desks of two practices of one office."""
    second = ensure_practice("Hillside Pediatrics", "987654321", ("1999999984", PROVIDER.npi))
    return desk_of(practice, "dana"), desk_of(second, "lee")


@pytest.fixture
def folder(tmp_path: Path) -> SealedFolder:
    return SealedFolder(tmp_path / "evidence", Sealer(KeyEncryptionKey(Secret(bytes(range(32)))), "vault"))


@pytest.fixture(params=["the first practice has rows", "the second practice has rows"])
def office(request: pytest.FixtureRequest, desks: tuple[Desk, Desk], folder: SealedFolder) -> tuple[World, Desk, Desk]:
    """What the one practice has, its desk, and the desk of the other, which has nothing."""
    ours, others = desks if request.param.startswith("the first") else reversed(desks)
    return filled(ours, folder), ours, others


def test_a_practice_sees_nothing_of_another(office: tuple[World, Desk, Desk]) -> None:
    world, ours, others = office
    for name, look in LOOKS.items():
        with taken_back():
            assert _seen(look, world, ours), f"{name} shows nothing to the one whose rows these are"
        with taken_back():
            assert not _seen(look, world, others), f"{name} shows another practice's rows"


def test_each_of_these_changes_something_for_the_one_whose_rows_these_are(
    desks: tuple[Desk, Desk], folder: SealedFolder
) -> None:
    ours, _ = desks
    world = filled(ours, folder)
    before = rows()
    for name in ACTS.keys() - set(NOTHING_LEFT.split()):
        with taken_back():
            ACTS[name](world, ours)
            assert rows() != before, name


def test_a_practice_changes_nothing_of_another(office: tuple[World, Desk, Desk]) -> None:
    world, _, others = office
    before = rows()
    for name, act in ACTS.items():
        with taken_back():
            with suppress(*REFUSALS), writes() as written:
                act(world, others)
            if not written:
                continue
            after = rows()
            changed = {table for table, was in before.items() if not was.items() <= after[table].items()}
            assert not changed, f"{name} changes another practice's rows"
            assert practices(after) == practices(before) | {others.id: practices(after).get(others.id)}, (
                f"{name} adds to another practice's rows"
            )


def test_an_appeal_is_pressed_by_nobody_with_another_practices_lease(
    desks: tuple[Desk, Desk], folder: SealedFolder
) -> None:
    ours, others = desks
    world = filled(ours, folder)
    before = rows()
    with pytest.raises(LeaseLost):
        appeals_press.pressing(others.lease, world.filing, NOW)
    assert rows() == before


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done in it is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that write, but for the audit log's."""
    found: list[str] = []

    def look(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if not sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")) and "audit" not in sql:
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def _seen(look: Does, world: World, desk: Desk) -> object:
    try:
        found = look(world, desk)
    except NotThere:
        return None
    return tuple(found) if isinstance(found, Iterator) else found


def rows() -> dict[str, dict[object, tuple[object, ...]]]:
    """Every row of the ledger by table and key; without the audit log and accounts, which are the office's own."""
    tables = set(apps.get_app_config("ledger").get_models(include_auto_created=True)) - APART
    return {
        table.__name__: {row[0]: tuple(map(_plain, row)) for row in table._default_manager.values_list()}
        for table in tables
    }


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def practices(found: Mapping[str, Mapping[object, tuple[object, ...]]]) -> dict[object, int | None]:
    """How many rows that name a practice each has."""
    counted: Counter[object] = Counter()
    for table in apps.get_app_config("ledger").get_models(include_auto_created=True):
        names = [field.attname for field in table._meta.concrete_fields]
        if "practice_id" in names and table not in APART:
            place = names.index("practice_id")
            counted.update(row[place] for row in found[table.__name__].values())
    return dict(counted)


# What stops a portal stops it for all


def stopped(desk: Desk, outcome: Outcome) -> int:
    """The case that this ending opened for this practice."""
    runs.start(desk.lease, Flow.CLAIM_STATUS, NOW)
    case_id = runs.report(desk.lease, outcome, NOW)
    assert case_id is not None
    return case_id


def test_what_stops_a_portal_is_shown_to_all_without_the_facts_of_the_one_that_met_it(
    desks: tuple[Desk, Desk],
) -> None:
    ours, others = desks
    seen = (Shown(where="page", text="QUILLFEATHER"),)
    reason = Reason(code=Code.ACC_BLOCKED, what="The portal wants no robots.", seen=seen, view="door")
    case_id = stopped(ours, Outcome(ending=Ending.REFUSED, reason=reason))
    runs.start(others.lease, Flow.CLAIM_STATUS, NOW)
    with pytest.raises(PortalStopped):
        work.next_item(others.lease, NOW)
    (shown,) = cases.list_open(others.id, PORTAL)
    assert (shown, shown.ours, shown.stops) == (cases.get(others.id, case_id), False, Stops.PORTAL)
    assert (shown.what, shown.view, shown.code) == (reason.what, "door", Code.ACC_BLOCKED)
    assert "QUILLFEATHER" not in repr(shown)
    assert (shown.seen, shown.alias, shown.attempt_id, shown.opened_by_run, shown.items) == ((), None, None, None, 0)
    assert cases.get(ours.id, case_id).seen == seen
    with pytest.raises(OthersCase):
        cases.close(case_id, others.person, Resolution.ASK_AGAIN, NOW)
    cases.close(case_id, ours.person, Resolution.ASK_AGAIN, NOW)
    assert cases.list_open(others.id) == ()
    for act in (lambda: cases.get(others.id, case_id), lambda: cases.close(case_id, others.person, AGAIN, NOW)):
        with pytest.raises(NotThere):
            act()


def test_pages_that_changed_for_one_practice_stop_the_view_for_all(desks: tuple[Desk, Desk]) -> None:
    ours, others = desks
    runs.start(ours.lease, Flow.CLAIM_STATUS, NOW)
    runs.start(others.lease, Flow.CLAIM_STATUS, NOW)
    changed = ended(Ending.DRIFT, Code.TECH_LAYOUT, view="claim")
    bring_in([1], others.robot)
    work.finish(others.lease, take(others.lease), paid(), NOW)
    bring_in(range(21, 24), ours.robot)
    for _ in range(3):
        assert cases.list_open(others.id) == ()
        work.finish(ours.lease, take(ours.lease), changed, NOW)
    bring_in([2], others.robot)
    with pytest.raises(ViewStopped):
        work.next_item(others.lease, NOW)
    assert [case.stops for case in cases.list_open(others.id)] == [Stops.VIEW]


def test_numbers_that_two_practices_have_alike_are_each_ones_own(desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    for desk, amount in ((first, "80.10"), (second, "11.11")):
        bring_in([1], desk.robot)
        runs.start(desk.lease, Flow.CLAIM_STATUS, NOW)
        work.finish(desk.lease, take(desk.lease), paid(amount=amount), NOW)
        said = payment(decided(1, paid=amount))
        remittances.keep(sealed(said), by_import(desk.person))
    for desk, amount in ((first, "80.10"), (second, "11.11")):
        record = answers.current(desk.id, PORTAL, CLAIM)
        assert record is not None
        assert isinstance(record.answer.normalised, ClaimState)
        assert str(record.answer.normalised.paid) == amount
        (line,) = time_line.time_lines(desk.id, CLAIM)
        assert len(line.answers) == 1
        ((_, link, found),) = remittances_listed.of_claim(desk.id, PORTAL, CLAIM)
        assert (str(found), link.our_account_number) == (amount, CLAIM)


def test_a_sign_in_is_one_practices(desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    assert credentials.is_ours(first.id, PORTAL, "nobody has used it yet")
    assert not credentials.is_ours(second.id, PORTAL, "nobody has used it yet")
    credentials.claim(PORTAL, "hillside", second.person)
    assert credentials.is_ours(second.id, PORTAL, "hillside")
    with pytest.raises(RecordWrong, match="another practice"):
        credentials.claim(PORTAL, "hillside", first.person)
    with pytest.raises(RecordWrong, match="another practice"):
        lanes.take(PORTAL, "hillside", 0, holder="tests", actor=first.robot, now=NOW)
