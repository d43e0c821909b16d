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
from flows.answers import ClaimNotFound, ClaimState, Shown
from flows.codes import CodeSet
from flows.deposits import Deposit
from flows.outcomes import Code, Ending, Outcome, Reason
from flows.payer_types import PayerType
from flows.payment_plan import Instalment
from flows.positions import published
from flows.questions import Flow
from flows.retention import DAYS
from flows.tasks import TaskOutcome
from ledger import (
    acknowledgements,
    answers,
    appeals,
    appeals_board,
    appeals_listed,
    appeals_press,
    appointments,
    audit_listed,
    audit_reviews,
    case_page,
    case_work,
    cases,
    cases_counted,
    cases_listed,
    claim_asked,
    claims,
    claims_found,
    code_texts,
    codes,
    console_accounts,
    corrections,
    credentials,
    deposits,
    document_files,
    due,
    emergencies,
    evidence,
    fee_schedules,
    holds,
    idle_accounts,
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
    night_board,
    night_controls,
    notifications,
    password_changes,
    patient_accounts,
    payment_plans,
    periods,
    permissions,
    planning,
    portals,
    portals_in_use,
    posting,
    presses,
    probes,
    purge,
    remittances,
    remittances_listed,
    remittances_missing,
    remittances_page,
    report_figures_money,
    report_figures_portals,
    report_figures_work,
    reports,
    reports_made,
    restorations,
    runs,
    second_factors,
    tasks,
    tasks_ladder,
    tasks_listed,
    tasks_paged,
    tasks_payments,
    terms,
    text_mappings,
    time_line,
    unplanned,
    work,
    work_rules,
)  # fmt: skip
from ledger.accounts import Actor, Practice, ensure_practice
from ledger.appeals_values import AppealChange
from ledger.cases_values import Wanted
from ledger.claims_found import By, Sought
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
from ledger.legal_holds import HeldWhat
from ledger.manual_answers import ByHand, ManualSource
from ledger.notifications import Found
from ledger.patient_accounts import NewPayment, PaidBy
from ledger.permissions import Permit
from ledger.planning_values import HoldWhy, Plan, ToAsk
from ledger.presses import PressResult
from ledger.remittances_page import WantedPayments
from ledger.reports import Range
from ledger.roles import Role
from ledger.states import Resolution, Stops
from ledger.tasks_paged import Filters
from tests.ledger.appeals import RULES, draft_of
from tests.ledger.office import NOW, PORTAL, bring_in, digest, ended, paid, question
from tests.ledger.payments import by_import, decided, payment, sealed
from tests.ledger.test_acknowledgements import taken_in
from tests.ledger.test_fee_schedules import Text, fee
from tests.ledger.test_periods import OCTOBER
from tests.ledger.two_practices import (
    BEING_MADE,
    MADE,
    PERMITTED,
    RULE,
    TERMS,
    Desk,
    World,
    attachment_of,
    desk_of,
    filled,
    take,
)
from tests.ledger.visits import PROVIDER, visit
from vault.envelope import KeyEncryptionKey
from vault.sealed import SealedFolder, Sealer
from vault.secret import Secret

NOT_THERE = ByHand(ClaimNotFound(searched=("by hand",)), ManualSource.PHONE, "Call 1")
ALWAYS = Range()
AGAIN = Resolution.ASK_AGAIN
OF_APPEALS = audit_listed.Wanted(object_type="appeal")
TODAY, LATER = NOW.date(), NOW + timedelta(days=1)
FAR = date(2027, 1, 1)
RIPE = purge.cutoffs(DAYS, NOW + timedelta(days=8000))
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
    "appeals_board.claim_of": lambda w, d: appeals_board.claim_of(d.id, w.rows["draft"]),
    "appeals_board.counts": lambda w, d: any(appeals_board.counts(d.id, TODAY).values()),
    "appeals_board.of_claim": lambda w, d: appeals_board.of_claim(d.id, w.claim_of_draft()),
    "appeals_board.page": lambda w, d: appeals_board.page(d.id, appeals_board.Shelf.TO_APPROVE, TODAY).lines,
    "audit_listed.acts": lambda w, d: [one for one in audit_listed.acts(d.id) if one.startswith("appeal.")],
    "audit_listed.claim_of": lambda w, d: audit_listed.claim_of(d.id, CLAIM),
    "audit_listed.export": lambda w, d: audit_listed.export(d.id, OF_APPEALS),
    "audit_listed.page": lambda w, d: audit_listed.page(d.id, OF_APPEALS).lines,
    "audit_listed.reference_of": lambda w, d: audit_listed.reference_of(d.id, w.rows["claim"]),
    "audit_reviews.acts_in": lambda w, d: [
        one for one in audit_reviews.acts_in(d.id, TODAY - timedelta(days=TODAY.weekday())) if "appeal." in one.action
    ],
    "case_page.beside": lambda w, d: case_page.beside(d.id, w.rows["case"]),
    "case_work.people": lambda w, d: w.colleague in dict(case_work.people(d.id)).values(),
    "cases_counted.counts": lambda w, d: cases_counted.counts(d.id, d.person.account_id, ["follow-up"], TODAY).in_all,
    "cases_listed.beside": lambda w, d: any(cases_listed.beside(d.id, Wanted(), w.rows["case"], TODAY)),
    "cases_listed.history": lambda w, d: cases_listed.history(d.id, w.rows["case"]),
    "cases_listed.one": lambda w, d: cases_listed.one(d.id, w.rows["case"]),
    "cases_listed.page": lambda w, d: cases_listed.page(d.id, Wanted(), TODAY).rows,
    "cases_listed.several": lambda w, d: cases_listed.several(d.id, [w.rows["case"]]),
    "cases.drift_in_a_row": lambda w, d: cases.drift_in_a_row(d.id, PORTAL, Flow.CLAIM_STATUS, "claim"),
    "cases.get": lambda w, d: cases.get(d.id, w.rows["case"]),
    "cases.list_open": lambda w, d: cases.list_open(d.id),
    "claims_found.claim": lambda w, d: claims_found.claim(d.id, w.rows["claim"]),
    "claims_found.claim_lines": lambda w, d: claims_found.claim_lines(d.id, [w.rows["claim"]]),
    "claims_found.of_patient": lambda w, d: claims_found.of_patient(d.id, w.patient()).claims,
    "claims_found.patient": lambda w, d: claims_found.patient(d.id, w.patient().patient_id),
    "claims_found.search": lambda w, d: claims_found.search(d.id, Sought(by=By.NAME, text="Quillfeather")).claims,
    "claims_found.visit": lambda w, d: claims_found.visit(d.id, w.rows["visit"]),
    "claims_found.visit_lines": lambda w, d: claims_found.visit_lines(d.id, [w.rows["visit"]]),
    "code_texts.text_of": lambda w, d: code_texts.text_of(d.id, CodeSet.CARC, "50"),
    "codes.wanted": lambda w, d: codes.wanted(d.id, w.code().id, NOW),
    "codes.waiting": lambda w, d: codes.waiting(d.id, PORTAL, w.alias, NOW),
    "console_accounts.listed": lambda w, d: [
        one for one in console_accounts.listed(d.id) if one.account_id == w.rows["colleague"]
    ],
    "console_accounts.person": lambda w, d: console_accounts.person(d.id, w.rows["colleague"]),
    "console_accounts.roles_of": lambda w, d: console_accounts.roles_of(w.rows["colleague"], d.id),
    "credentials.is_ours": lambda w, d: credentials.is_ours(d.id, PORTAL, w.alias),
    "deposits.matched": lambda w, d: deposits.matched(d.id)[1],
    "document_files.content": lambda w, d: document_files.content(w.folder, d.id, w.rows["document"]),
    "document_files.kept_as": lambda w, d: document_files.kept_as(d.id, w.sha256),
    "due.due_count": lambda w, d: due.due_count(d.id, PORTAL, Flow.CLAIM_STATUS, LATER),
    "due.due_for": lambda w, d: due.due_for(d.id, PORTAL, LATER),
    "due.list_due": lambda w, d: due.list_due(d.id, LATER),
    "due.next_for": lambda w, d: due.next_for(d.id, PORTAL, Flow.CLAIM_STATUS, NOW - timedelta(days=400)),
    "emergencies.listed": lambda w, d: emergencies.listed(d.id),
    "emergencies.one": lambda w, d: emergencies.one(d.id, w.rows["emergency"]),
    "emergencies.own": lambda w, d: emergencies.own(d.person, NOW),
    "emergencies.unreviewed": lambda w, d: emergencies.unreviewed(d.id),
    "legal_holds.held": lambda w, d: legal_holds.held(d.id).anything,
    "legal_holds.listed": lambda w, d: legal_holds.listed(d.id),
    "purge.ripe": lambda w, d: sum(purge.ripe(d.id, RIPE).values()),
    "evidence.of_attempt": lambda w, d: evidence.of_attempt(d.id, w.rows["attempt"]),
    "fee_schedules.FeeBook": lambda w, d: fee_schedules.FeeBook(d.id, PORTAL).for_provider(PROVIDER.npi)("99213"),
    "fee_schedules.count": lambda w, d: fee_schedules.count(d.id, PORTAL),
    "holds.of_claim": lambda w, d: holds.of_claim(d.id, CLAIM),
    "idle_accounts.idle_credentials": lambda w, d: idle_accounts.idle_credentials(d.id, {PORTAL: 1}, LATER),
    "matching_claims.claims_by_account": lambda w, d: matching_claims.claims_by_account(d.id, [CLAIM]),
    "night_board.by_time": lambda w, d: any(night_board.by_time(d.id, NOW, LATER, 10)),
    "night_board.codes": lambda w, d: night_board.codes(d.id, NOW),
    "night_board.endings": lambda w, d: night_board.endings(d.id, NOW, LATER),
    "night_board.lanes": lambda w, d: [one for one in night_board.lanes(d.id, NOW) if one.alias == w.alias],
    "night_board.open_cases": lambda w, d: night_board.open_cases(d.id, (Code.BUS_MULTI,)),
    "night_board.past_runs": lambda w, d: night_board.past_runs(d.id, PORTAL, Flow.ELIGIBILITY, LATER),
    "night_board.recent": lambda w, d: night_board.recent(d.id, PORTAL, Flow.CLAIM_STATUS),
    "night_board.running_on": lambda w, d: w.lane in night_board.running_on(d.id),
    "night_board.running": lambda w, d: night_board.running(d.id),
    "night_board.sign_ins": lambda w, d: (PORTAL, w.alias) in night_board.sign_ins(d.id),
    "night_controls.permission_of": lambda w, d: night_controls.permission_of(d.id, PORTAL, Flow.CLAIM_STATUS),
    "night_controls.question": lambda w, d: night_controls.question(d.id, w.ready),
    "night_controls.questions": lambda w, d: night_controls.questions(d.id, PORTAL, Flow.CLAIM_STATUS, NOW).due,
    "notifications.untold": lambda w, d: notifications.untold(d.id),
    "password_changes.of_version": lambda w, d: password_changes.of_version(d.id, PORTAL, w.changing, 2),
    "patient_accounts.of_claim": lambda w, d: patient_accounts.of_claim(d.id, CLAIM),
    "patient_accounts.of_claims": lambda w, d: patient_accounts.of_claims(d.id, [w.rows["claim"]]),
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
    "planning.look_at_claim": lambda w, d: planning.look_at_claim(d.id, w.rows["claim"]),
    "planning.look_at_visit": lambda w, d: planning.look_at_visit(d.id, w.rows["visit"]),
    "portals.portals_asked": lambda w, d: portals.portals_asked(d.id),
    "portals.portals_with_claims": lambda w, d: portals.portals_with_claims(d.id),
    "posting.freed": lambda w, d: posting.freed(d.id, w.rows["held"]),
    "posting.give": lambda w, d: _given(d),
    "presses.last_code_step": lambda w, d: presses.last_code_step(d.id, PORTAL, w.alias),
    "presses.standing": lambda w, d: presses.standing(d.id, PORTAL, w.alias, 1, RULE, now=NOW).last_pressed_at,
    "probes.last_passed": lambda w, d: probes.last_passed(PORTAL, Flow.CLAIM_STATUS, d.id, "1"),
    "probes.latest": lambda w, d: probes.latest(d.id, PORTAL),
    "probes.newest_final": lambda w, d: probes.newest_final(PORTAL, Flow.CLAIM_STATUS, d.id, 9),
    "probes.newest_question": lambda w, d: probes.newest_question(PORTAL, Flow.CLAIM_STATUS, d.id),
    "remittances_listed.get": lambda w, d: remittances_listed.get(d.id, w.rows["payment"]),
    "remittances_listed.list_all": lambda w, d: remittances_listed.list_all(d.id),
    "remittances_listed.of_claim": lambda w, d: remittances_listed.of_claim(d.id, PORTAL, CLAIM),
    "remittances_missing.missing": lambda w, d: remittances_missing.missing(d.id, TODAY),
    "remittances_page.claims": lambda w, d: remittances_page.claims(d.id, w.rows["payment"]),
    "remittances_page.head": lambda w, d: remittances_page.head(d.id, w.rows["payment"]),
    "remittances_page.page": lambda w, d: remittances_page.page(d.id, WantedPayments()).payments,
    "remittances_page.paper_kind": lambda w, d: remittances_page.paper_kind(
        d.id, w.rows["payment"], w.rows["document"]
    ),
    "remittances_page.payers": lambda w, d: remittances_page.payers(d.id),
    "report_figures_money.decisions": lambda w, d: report_figures_money.decisions(d.id, ALWAYS),
    "report_figures_money.denied_by_provider": lambda w, d: report_figures_money.denied_by_provider(d.id, (), ALWAYS),
    "report_figures_money.open_by_age": lambda w, d: report_figures_money.open_by_age(d.id, TODAY),
    "report_figures_money.receivables": lambda w, d: any(
        row.open for row in report_figures_money.receivables(d.id, TODAY)
    ),
    "report_figures_money.weeks_of_money": lambda w, d: report_figures_money.weeks_of_money(d.id, ALWAYS),
    "report_figures_portals.sign_ins": lambda w, d: [
        row for row in report_figures_portals.sign_ins(d.id, ALWAYS) if row.presses
    ],
    "report_figures_work.coverage": lambda w, d: _due(w) and report_figures_work.coverage(d.id, NOW),
    "report_figures_work.missed": lambda w, d: report_figures_work.missed(d.id, ALWAYS, date(2030, 1, 1)),
    "report_figures_work.opened": lambda w, d: report_figures_work.opened(d.id, ALWAYS),
    "report_figures_work.owned": lambda w, d: report_figures_work.owned(d.id, NOW),
    "report_figures_work.people": lambda w, d: report_figures_work.people(d.id, ALWAYS),
    "report_figures_work.resolved": lambda w, d: report_figures_work.resolved(d.id, ALWAYS),
    "report_figures_work.touchless": lambda w, d: report_figures_work.touchless(d.id, ALWAYS),
    "reports.appeals": lambda w, d: reports.appeals(d.id, ALWAYS),
    "reports.attempts": lambda w, d: reports.attempts(d.id, ALWAYS, None),
    "reports.claim_items": lambda w, d: reports.claim_items(d.id, None),
    "reports.denied_in_payments": lambda w, d: reports.denied_in_payments(d.id, (), ALWAYS, None),
    "reports.denials": lambda w, d: reports.denials(d.id, (), ALWAYS),
    "reports.finished": lambda w, d: reports.finished(d.id, ALWAYS),
    "reports.last_days": lambda w, d: reports.last_days(d.id, date(2030, 1, 1)),
    "reports.not_remitted": lambda w, d: reports.not_remitted(d.id, ALWAYS, None),
    "reports.open_cases": lambda w, d: reports.open_cases(d.id, NOW),
    "reports.pending": lambda w, d: reports.pending(d.id, TODAY),
    "reports.scores": lambda w, d: reports.scores(d.id, ALWAYS),
    "reports_made.get": lambda w, d: reports_made.get(d.id, w.rows["report"]),
    "reports_made.history": lambda w, d: reports_made.history(d.id, "denials"),
    "reports_made.last": lambda w, d: reports_made.last(d.id, MADE),
    "reports_made.newest": lambda w, d: reports_made.newest(d.id, MADE),
    "reports_made.newest_of_each": lambda w, d: reports_made.newest_of_each(d.id),
    "reports_made.under_way": lambda w, d: reports_made.under_way(d.id, BEING_MADE, NOW),
    "restorations.in_doubt": lambda w, d: _restored(d) and restorations.in_doubt(d.id),
    "runs.latest": lambda w, d: runs.latest(d.id),
    "runs.summary": lambda w, d: runs.summary(d.id, w.rows["run"]),
    "portals_in_use.portals_in_use": lambda w, d: portals_in_use.portals_in_use(d.id),
    "tasks_ladder.ladder_of": lambda w, d: tasks_ladder.ladder_of(d.id, w.rows["not found"], TODAY),
    "tasks_listed.get": lambda w, d: tasks_listed.get(d.id, w.rows["not found"], TODAY),
    "tasks_listed.list_open": lambda w, d: tasks_listed.list_open(d.id, TODAY),
    "tasks_listed.of_claim": lambda w, d: tasks_listed.of_claim(d.id, PORTAL, "ACCT-000003"),
    "tasks_listed.queues_and_roles": lambda w, d: tasks_listed.queues_and_roles(d.id),
    "tasks_listed.summary": lambda w, d: tasks_listed.summary(d.id, TODAY),
    "tasks_paged.about": lambda w, d: tasks_paged.about(d.id, TODAY, claim_id=w.claim_of_task()),
    "tasks_paged.by_day": lambda w, d: tasks_paged.by_day(d.id, TODAY, Filters()).lines,
    "tasks_paged.by_limit": lambda w, d: tasks_paged.by_limit(d.id, FAR, Filters()).lines,
    "tasks_paged.get": lambda w, d: tasks_paged.get(d.id, w.rows["not found"], TODAY),
    "tasks_paged.urgent_count": lambda w, d: tasks_paged.urgent_count(d.id, FAR),
    "terms.history": lambda w, d: terms.history(PORTAL, d.id),
    "terms.waiting": lambda w, d: terms.waiting(PORTAL, d.id),
    "text_mappings.about": lambda w, d: text_mappings.about(d.id, PORTAL, "status", "suspended"),
    "text_mappings.get": lambda w, d: text_mappings.get(d.id, w.rows["said"]),
    "text_mappings.waiting": lambda w, d: text_mappings.waiting(d.id),
    "time_line.time_lines": lambda w, d: time_line.time_lines(d.id, CLAIM),
    "time_line.of_claim_id": lambda w, d: time_line.of_claim_id(d.id, w.rows["claim"]),
    "time_line.of_visit_id": lambda w, d: time_line.of_visit_id(d.id, w.rows["visit"]),
    "work.counts": lambda w, d: work.counts(d.id, PORTAL, Flow.CLAIM_STATUS, NOW).total,
    "work_rules.in_force": lambda w, d: work_rules.in_force(d.id).payers,
}

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

# What needs no line above, by why.
OTHERWISE: Mapping[str, str] = {
    "a lease holds a sign-in, which is one practice's: lanes.take refuses another's": """
        breakers.enter codes.end codes.take codes.want devices.forget devices.keep devices.known lanes.beat lanes.hold
        lanes.release presses.begin probes.record runs.end runs.notice runs.report runs.running runs.start runs.stepped
        appeals_press.pressing
        """,
    "for the ledger's own functions: it is given what its caller has read for one practice": """
        purge_rows.remove purge_rows.remove_cases purge_rows.rows_of purge_rows.shred
        purge_claims.remove_subjects purge_claims.ripe_answers purge_claims.ripe_subjects
        purge_payments.remove_remittances purge_payments.ripe_remittances purge_sealed.remove_documents
        purge_sealed.remove_evidence purge_sealed.remove_evidence_of purge_sealed.ripe_documents
        purge_sealed.ripe_evidence
        answers.normalised_of answers.read_rows answers.record answers.take_over appeals_outcome.answered
        appeals_outcome.concerns appeals_outcome.follow_up appeals_outcome.not_seen appeals_outcome.taken
        appeals_rows.digest appeals_rows.left_pressing appeals_rows.locked appeals_rows.nothing_to_ask
        appeals_rows.ready appeals_rows.step case_routing.due_of case_routing.fill case_routing.follow_appointments
        case_routing.follow_claims case_routing.follow_rules case_routing.nearest_limits case_work.locked
        case_work.note_act corrections.number_of_candidate manual_answers.question_of_case
        manual_answers.wrong_with text_mappings.same_text
        cases_listed.not_put_off cases.cause_of_finding cases.close_held_by cases.open_finding
        cases.open_for evidence.keep
        found_work.open_found_work imports.bring_in matching_deposits.last_day_of_deposit patient_accounts.paid_since
        patient_accounts.stated planning_facts.Known
        remittances_findings.another_payee remittances_findings.bank_says_otherwise
        remittances_findings.could_be_a_copy remittances_findings.does_not_balance remittances_findings.not_read
        remittances_findings.one_trace_two_amounts remittances_findings.other_charge
        remittances_findings.portal_says_otherwise remittances_findings.read_in_doubt
        remittances_findings.says_otherwise remittances_findings.several_claims_fit
        remittances_findings.takeback_unknown remittances_listed.claim_link remittances_listed.copy_of
        remittances_listed.deposit_record remittances_listed.places_taken_back remittances_listed.records
        reports.decides reports.denied_by_status remittances_rows.balance_of
        remittances_rows.claims_of remittances_rows.header remittances_rows.rows_of
        remittances_rows.unbalanced_places remittances_rows.value_of remittances_rows.Rows
        subjects.account_number_of subjects.number_of tasks_listed.entry_of tasks_listed.joined
        subjects.patient_reference subjects.question_of subjects.question_of_appeal
        subjects.question_of_appointment subjects.question_of_claim subjects.question_of_filed
        subjects.patient_of subjects.question_of_period subjects.revision_of subjects.subject_of tasks_facts.facts_of
        tasks_facts.known_searches tasks_facts.not_found_facts tasks_payments.follow_acknowledged
        """,
    "it is about accounts and practices themselves, and has tests of its own": """
        accounts.default_practice accounts.ensure_account accounts.ensure_practice accounts.home_practice
        accounts.must_be_person accounts.practice_of accounts.practices membership.accounts_of
        remittances_page.providers membership.add_practice membership.enter
        membership.practices_of console_accounts.anybody_may_sign_in console_accounts.change_own_password
        console_accounts.end_at_desk console_accounts.entered console_accounts.entered_as
        console_accounts.must_leave_an_admin console_accounts.sign_out_everywhere second_factors.confirm
        second_factors.seed_of sign_ins.clear_expired_sessions sign_ins.is_own_password sign_ins.sign_in
        sign_in_brake.forget sign_in_brake.give_back sign_in_brake.newly_closed sign_in_brake.standing
        sign_in_brake.take
        """,
    "it writes into the audit log of one practice, or reads what it wrote there, and has tests of its own": """
        audit_reviews.begin_proof audit_reviews.end_proof audit_reviews.latest_proof audit_reviews.sign_off
        audit_reviews.week audit_reviews.weeks
        """,
    "shared on purpose: the portal is one for all of them, and says nothing of a claim or a patient": """
        breakers.failed breakers.standing breakers.succeeded cases.check_stops cases_listed.stopped_by_others
        closures.check
        closures.close closures.lift closures.standing rates.reserve
        """,
    "for the night shift of the whole office: the calendar, the workers, and a word that something has changed": """
        calendar_entries.begin calendar_entries.claim calendar_entries.entries calendar_entries.firing_entry
        calendar_entries.flow_entry night_controls.stop_sign_ins
        calendar_entries.pause calendar_entries.portal_entry calendar_entries.put_off calendar_entries.renew
        calendar_entries.resume calendar_entries.set_back calendar_entries.settle due.due_groups due.wake_due
        wakes.newest wakes.prune wakes.wake worker_processes.beat worker_processes.bury worker_processes.end
        worker_processes.register
        """,
    "for the dispatch of the whole office: a lane says whose it is, and nothing of a claim or a patient": """
        lane_jobs.beat lane_jobs.fetch lane_jobs.finish lane_jobs.join lane_jobs.leave lane_jobs.offer
        lane_jobs.reap server_clock.check_clock lanes.free lanes.of lanes.reap night_board.changes
        night_board.workers standstill.standing
        """,
    "shared on purpose: the ledger, its vault and its audit chain as a whole": """
        move.no_session shared_files.newest shared_files.newest_version shared_files.publish shared_items.SharedItems
        shared_vault.bring shared_vault.is_here shared_vault.is_shared_office thread.off_the_event_loop
        audit.append audit.verify held_office.check held_office.held held_office.listed_by lanes.drop_all
        portable.counted portable.examine portable.read_rows portable.sealed_names portable.snapshot portable.tables_of
        portable.write_rows portable.written audit.signed_of audit.start_from audit_file.check_file
        audit_file.write_file audit_proof.prove audit_proof.remembered_end
        purge.cutoffs purge.purge_audit purge.remove_files purge.ripe_audit legal_holds.office_holds_anything
        restorations.begin restorations.confirm document_files.sweep
        lane_job_tables.bring_job_tables_up_to_date move.move_to_server
        start.bring_up_to_date start.close_connection start.is_on_server start.open_ledger start.open_on_server
        start.server_settings
        start.set_aside_old_ledger start.set_up_django start.stay_connected vault_state.counter vault_state.set_counter
        """,
    "it reads and changes no row": """
        console_accounts.checked_password console_accounts.new_stamp console_accounts.normal_password
        canonical.canonical_json canonical.to_cents canonical.to_dollars codes.label document_files.seal
        prepared_values.bound prepared_values.is_several prepared_values.meaningless
        imports.why_not_kept matching_keys.number_key matching_keys.trace_key night_controls.rate_now
        rates.burst report_figures_work.rank remittances_compare.repeats
        remittances_compare.same_payer remittances_rows.cents subjects.column_of subjects.joined subjects.numbered
        subjects.period_number terms.digest terms.normalised
        """,
}

REFUSALS = (NotThere, LeaseLost, RecordWrong, CodeNotWanted)
APART = {models.AuditEntry, models.AuditHead, models.Account}


def _colleague(world: World) -> Actor:
    return Actor(world.rows["colleague"], world.colleague, is_robot=False, practice_id=world.practice_id)


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


def _due(world: World) -> int:
    return models.WorkItem.objects.filter(practice_id=world.practice_id, flow=Flow.CLAIM_STATUS).update(due_at=NOW)


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
