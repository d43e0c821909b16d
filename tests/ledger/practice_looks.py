"""What each public function of the ledger shows a practice of its own: to another it is as if it were not there."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta

from flows.codes import CodeSet
from flows.outcomes import Code
from flows.questions import Flow
from flows.retention import DAYS
from ledger import (
    acknowledgements,
    answers,
    appeals_board,
    appeals_listed,
    audit_listed,
    audit_reviews,
    case_page,
    case_work,
    cases,
    cases_counted,
    cases_listed,
    claims_found,
    code_texts,
    codes,
    console_accounts,
    credentials,
    deposits,
    document_files,
    due,
    emergencies,
    evidence,
    fee_schedules,
    holds,
    idle_accounts,
    legal_holds,
    matching_claims,
    models,
    night_board,
    night_controls,
    notifications,
    password_changes,
    patient_accounts,
    payment_plans,
    permissions,
    planning,
    portals,
    portals_in_use,
    posting,
    presses,
    probes,
    purge,
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
    tasks_ladder,
    tasks_listed,
    tasks_paged,
    terms,
    text_mappings,
    time_line,
    work,
    work_rules,
)  # fmt: skip
from ledger.cases_values import Wanted
from ledger.claims_found import By, Sought
from ledger.errors import (
    NotPermitted,
)  # fmt: skip
from ledger.permissions import Permit
from ledger.remittances_page import WantedPayments
from ledger.reports import Range
from ledger.tasks_paged import Filters
from tests.ledger.office import NOW, PORTAL
from tests.ledger.two_practices import (
    BEING_MADE,
    MADE,
    RULE,
    Desk,
    World,
)
from tests.ledger.visits import PROVIDER

ALWAYS = Range()
OF_APPEALS = audit_listed.Wanted(object_type="appeal")
TODAY, LATER = NOW.date(), NOW + timedelta(days=1)
FAR = date(2027, 1, 1)
RIPE = purge.cutoffs(DAYS, NOW + timedelta(days=8000))
CLAIM, VISIT = "ACCT-000001", "VISIT-0001"

Does = Callable[[World, Desk], object]


def _restored(desk: Desk) -> bool:
    restorations.begin("0123", NOW, desk.person, LATER)
    return True


def _permitted(desk: Desk) -> bool:
    with suppress(NotPermitted):
        return permissions.check(PORTAL, Flow.CLAIM_STATUS, desk.id, NOW) is not None
    return False


def _given(desk: Desk) -> int:
    taken: list[object] = []
    return posting.give(desk.person, NOW, "csv", taken.extend).payments


def _due(world: World) -> int:
    return models.WorkItem.objects.filter(practice_id=world.practice_id, flow=Flow.CLAIM_STATUS).update(due_at=NOW)


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
