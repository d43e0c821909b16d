"""One office that bills for two practices: one has rows of every kind, the other has none."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from flows.answers import Shown
from flows.deposits import Deposit
from flows.outcomes import Candidate, Code, Ending, Outcome, Reason
from flows.payer_types import PayerType
from flows.payment_plan import Instalment
from flows.questions import Appeal, Attachment, AttachmentKind, ClaimStatus, Flow
from ledger import (
    acknowledgements,
    appeals,
    case_page,
    case_work,
    cases,
    claims_found,
    code_texts,
    codes,
    deposits,
    emergencies,
    fee_schedules,
    holds,
    lanes,
    legal_holds,
    models,
    notifications,
    patient_accounts,
    payment_plans,
    permissions,
    presses,
    probes,
    remittances,
    reports_made,
    runs,
    second_factors,
    sign_ins,
    terms,
    work,
    work_rules,
)  # fmt: skip
from ledger.accounts import Actor, Practice, ensure_account
from ledger.claims_found import PatientHead
from ledger.codes import CodeWanted
from ledger.document_files import SealedDocument, seal
from ledger.evidence import Evidence, EvidenceFile, EvidenceKind
from ledger.lanes import Lease
from ledger.legal_holds import HeldWhat
from ledger.membership import add_person, enter
from ledger.notifications import Found, Taken
from ledger.patient_accounts import NewPayment, PaidBy
from ledger.periods import ask_for
from ledger.permissions import Basis, Grant, Status
from ledger.planning_values import HoldWhy
from ledger.presses import LockoutRule, PressKind, PressResult
from ledger.reports_made import WantedReport
from ledger.roles import Role
from ledger.second_factors import SealedSeed
from ledger.sign_ins import LockRule
from ledger.states import CaseState, ItemState, Resolution
from ledger.work import WorkItem
from tests.ledger.appeals import LOST, approved, drafted
from tests.ledger.office import NOW, PORTAL, bring_in, ended, not_found, paid
from tests.ledger.payments import by_import, decided, payment
from tests.ledger.test_acknowledgements import taken_in
from tests.ledger.test_fee_schedules import Text, fee
from tests.ledger.test_periods import OCTOBER, TWO
from tests.ledger.test_tasks import denied
from tests.ledger.visits import PROVIDER, answered, bring_visits, covered, listed
from vault.sealed import SealedStore

TERMS = "The terms of use."
PASSWORD = "correct horse battery staple"
RULE = LockoutRule(attempts=9, window=timedelta(hours=24))
SEVERAL = Outcome(
    ending=Ending.NEEDS_STAFF,
    reason=Reason(
        code=Code.BUS_MULTI,
        what="A sentence of ours.",
        seen=(Shown(where="results", text="QUILLFEATHER"),),
        candidates=(Candidate(cells={"payer_claim_number": Shown(where="results", text="QUILLFEATHER")}),),
    ),
)
MADE, BEING_MADE = WantedReport(name="denials"), WantedReport(name="money")
PERMITTED = Grant(
    portal=PORTAL,
    flow=Flow.CLAIM_STATUS,
    status=Status.PERMITTED,
    basis=Basis.WRITTEN_PERMISSION,
    document="letter",
    granted_to="us",
    bot_identity="robot",
    valid_from=NOW.date(),
    review_on=NOW.date(),
)


@dataclass(frozen=True)
class Desk:
    """Who works for one practice: a person, a robot, and the robot's lane with its sign-in."""

    practice: Practice
    person: Actor
    robot: Actor
    lease: Lease

    @property
    def id(self) -> int:
        return self.practice.id


@dataclass
class World:
    """The rows of the practice that has some. `rows` are ids by what they are of."""

    folder: SealedStore
    rows: dict[str, int] = field(default_factory=dict)
    running: WorkItem | None = None
    filing: str = ""
    record: SealedDocument | None = None
    wanted: CodeWanted | None = None
    taken: Taken | None = None
    sha256: str = ""
    alias: str = ""
    frozen: str = "frozen"
    changing: str = "changing"
    """A sign-in whose password was changed by a press that nobody saw the answer of."""
    colleague: str = "colleague"
    practice_id: int = 0

    def item(self) -> WorkItem:
        assert self.running is not None
        return self.running

    def code(self) -> CodeWanted:
        assert self.wanted is not None
        return self.wanted

    @property
    def lane(self) -> int:
        """The lane on which its robot works."""
        return models.Lane.objects.get(credential__alias=self.alias, slot=0).pk

    @property
    def ready(self) -> int:
        """A question that waits for its turn."""
        ready = models.WorkItem.objects.filter(practice_id=self.practice_id, state=ItemState.READY, flow="claim-status")
        return ready.order_by("id").values_list("id", flat=True)[0]

    def message(self) -> Taken:
        assert self.taken is not None
        return self.taken

    def seen(self) -> str:
        """As somebody has it who has just looked at the draft."""
        return appeals.get(self.practice_id, self.rows["draft"]).digest

    def changes(self) -> int:
        """What has been done to the open case."""
        return models.Case.objects.get(pk=self.rows["case"]).changes

    def case(self) -> dict[int, int]:
        """The open case, as somebody sees it now."""
        return {self.rows["case"]: self.changes()}

    def corrected(self) -> ClaimStatus:
        """The claim of the open case, under another member id."""
        question = case_page.beside(self.practice_id, self.rows["case"]).question
        assert isinstance(question, ClaimStatus)
        patient = question.patient.model_copy(update={"member_id": "OTHER"})
        return question.model_copy(update={"patient": patient})

    def patient(self) -> PatientHead:
        """Whose the first claim is."""
        row = models.Claim.objects.get(pk=self.rows["claim"])
        return claims_found.patient(row.practice_id, row.patient_id)

    def claim_of_draft(self) -> int:
        """The claim that the draft is about."""
        return models.Claim.objects.get(appeals=self.rows["draft"]).pk

    def claim_of_task(self) -> int:
        """The claim that its payer does not have."""
        return models.Claim.objects.get(tasks=self.rows["not found"]).pk

    def paper(self) -> SealedDocument:
        assert self.record is not None
        return self.record


def desk_of(practice: Practice, name: str) -> Desk:
    """A person `name` and a robot `name-robot` of this practice, with a lane under the sign-in `name`."""
    person = ensure_account(name, is_robot=False, practice=practice, now=NOW)
    robot = ensure_account(f"{name}-robot", is_robot=True, practice=practice, now=NOW)
    return Desk(practice, person, robot, lanes.take(PORTAL, name, 0, holder="tests", actor=robot, now=NOW))


def take(lease: Lease) -> WorkItem:
    """The next question."""
    item = work.next_item(lease, NOW)
    assert item is not None
    return item


def reference_of(item: WorkItem) -> str:
    """By which an appeal is known."""
    assert isinstance(item.question, Appeal)
    return item.question.contest.reference


def attachment_of(record: SealedDocument) -> Attachment:
    """How the document goes with an appeal."""
    return Attachment(
        kind=AttachmentKind.MEDICAL_RECORDS, filename="records.pdf", content_type="application/pdf",
        sha256=record.sha256, size=record.size, pages=1,
    )  # fmt: skip


def filled(desk: Desk, folder: SealedStore) -> World:
    """A row of every kind for this practice: asked and answered, parked, paid, appealed, waiting at the door."""
    world = World(folder, alias=desk.lease.alias, practice_id=desk.id)
    add_person(world.colleague, PASSWORD, [Role.BILLER], desk.person, NOW, must_change=False)
    _, colleague = enter(world.colleague, desk.practice.tin, NOW)
    second_factors.confirm(SealedSeed(colleague.account_id, b"key", b"seed"), 1, colleague, NOW)
    sign_ins.sign_in(world.colleague, "wrong", lambda _: None, LockRule(9, timedelta(minutes=1)), NOW, brake=())
    world.rows["colleague"] = colleague.account_id
    _asked(desk, world)
    _paid(desk, world)
    _appealed(desk, world)
    _at_the_door(desk, world)
    _told(desk, world)
    world.rows["legal hold"] = legal_holds.place(desk.person, HeldWhat.PORTAL, "Subpoena", NOW, portal="elsewhere")
    world.rows["emergency"] = emergencies.open_access(
        desk.person, world.rows["claim"], "The patient is in the emergency room.", NOW, lasts=timedelta(minutes=30)
    )
    return world


def _asked(desk: Desk, world: World) -> None:
    lease, robot, person = desk.lease, desk.robot, desk.person
    work_rules.adopt(person, NOW, payers={PORTAL: PayerType.MEDICARE})
    permissions.grant(PERMITTED, person, NOW)
    bring_visits(listed([1]), robot)
    runs.start(lease, Flow.ELIGIBILITY, NOW)
    work.finish(lease, take(lease), covered(), NOW)
    ask_for(PORTAL, PROVIDER, *OCTOBER, actor=robot, now=NOW)
    runs.start(lease, Flow.REMITTANCES, NOW + timedelta(seconds=1))
    work.finish(lease, take(lease), answered(Ending.ANSWERED, TWO), NOW)
    bring_in(range(1, 8), robot)
    world.rows["run"] = runs.start(lease, Flow.CLAIM_STATUS, NOW)
    page = EvidenceFile(name="0a" * 16, sha256="00", size=1, kind=EvidenceKind.PAGE)
    work.finish(lease, take(lease), paid(), NOW, evidence_found=Evidence(wrapped_key=b"key", files=(page,)))
    changed = ended(Ending.DRIFT, Code.TECH_LAYOUT, view="claim")
    for outcome in (denied("CO-50 120.50"), not_found(), SEVERAL, SEVERAL, changed):
        finished = work.finish(lease, take(lease), outcome, NOW)
        if outcome is SEVERAL:
            assert finished.case_id is not None
            world.rows["closed"], world.rows["case"] = world.rows.get("case", 0), finished.case_id
    _words(desk, world)
    cases.close(world.rows["closed"], person, Resolution.DONE_BY_HAND, NOW)
    case_work.comment(world.rows["case"], "Called them.", person, NOW)
    probes.record(lease, "1", "[]", NOW, passed=True)
    world.rows["claim"] = models.Claim.objects.get(patient_account_number="ACCT-000001").pk
    world.rows["other claim"] = models.Claim.objects.get(patient_account_number="ACCT-000002").pk
    world.rows["visit"] = models.Appointment.objects.get().pk
    world.rows["attempt"] = models.EvidenceKey.objects.get().attempt_id
    world.rows["not found"] = models.Task.objects.filter(claim__patient_account_number="ACCT-000003").values_list(
        "id", flat=True
    )[0]


def _words(desk: Desk, world: World) -> None:
    """Words of the portal that no map knew: two meanings, one of them confirmed, and a case that waits for its own."""
    case = models.Case.objects.create(
        practice_id=desk.id, family="data", code=Code.DATA_UNMAPPED, what="x", portal=PORTAL, flow=Flow.CLAIM_STATUS,
        seen='[{"text": "Elsewhere", "where": "claim.status"}]', candidates="[]", state=CaseState.OPEN, opened_at=NOW,
        last_at=NOW,
    )  # fmt: skip
    world.rows["words"] = case.pk
    colleague = models.Account.objects.get(name=world.colleague)
    said = {"practice_id": desk.id, "portal": PORTAL, "place": "status", "means": "P2", "proposed_by": colleague}
    world.rows["said"] = models.TextMapping.objects.create(**said, text="Suspended", proposed_at=NOW).pk
    world.rows["confirmed"] = models.TextMapping.objects.create(
        **said, text="Put aside", proposed_at=NOW, confirmed_by_id=desk.person.account_id, confirmed_at=NOW
    ).pk


def _told(desk: Desk, world: World) -> None:
    """A message that its target has not taken yet; a report that was made, and one that is being made."""
    world.rows["report"], _ = reports_made.ask(MADE, desk.person, NOW)
    reports_made.finish(desk.id, world.rows["report"], "{}", NOW)
    world.rows["asked report"], _ = reports_made.ask(BEING_MADE, desk.person, NOW)
    notifications.find([Found("late:1", "run-late", PORTAL)], desk.robot, NOW)
    (world.taken,) = notifications.take(desk.robot, NOW)
    notifications.settle(world.taken, (), desk.robot, NOW, wholly=False)


def _paid(desk: Desk, world: World) -> None:
    person = desk.person
    source = by_import(person)
    said = payment(decided(1))
    document = seal(world.folder, b"the sealed 835", "835", remittances=(said,))
    world.sha256 = document.sha256
    remittances.keep(document, source)
    lone = payment(decided(99), trace="E-LONE")
    remittances.keep(seal(world.folder, b"another", "835", remittances=(lone,)), source)
    row = models.Remittance.objects.get(trace_key="E7788")
    world.rows |= {"payment": row.pk, "document": models.Document.objects.get(sha256=document.sha256).pk}
    # A case that held the payment, closed since.
    held = models.Case.objects.create(
        practice_id=desk.id, family="DATA", code=Code.DATA_CONFLICT, what="x", portal=PORTAL, flow=Flow.REMITTANCES,
        seen="[]", candidates="[]", state=CaseState.CLOSED, opened_at=NOW, last_at=NOW,
    )  # fmt: skip
    free = models.Remittance.objects.exclude(pk=row.pk).get()
    models.RemittanceCase.objects.create(remittance=free, case=held, holds=True)
    world.rows["held"] = held.pk
    deposits.keep([Deposit(deposited_on=date(2026, 2, 4), amount=Decimal("9.99"), trace="NONE")], source)
    acknowledgements.keep(seal(world.folder, b"ack", "277CA"), [taken_in(1)], (), source)
    fee_schedules.keep([fee("90.00")], PORTAL, source)
    code_texts.keep([Text("licensed")], source)
    world.rows["patient payment"] = patient_accounts.pay(
        "ACCT-000001", NewPayment(amount=Decimal("5.00"), paid_on=NOW.date(), method=PaidBy.CASH), person, NOW
    )
    instalment = Instalment(number=1, due_on=NOW.date(), amount=Decimal("15.00"))
    world.rows["plan"] = payment_plans.make({world.rows["claim"]: Decimal("15.00")}, [instalment], person, NOW)


def _appealed(desk: Desk, world: World) -> None:
    person = desk.person
    world.record = seal(world.folder, b"records", "attachment")
    world.rows["draft"] = drafted(person, 11)
    holds.hold("ACCT-000001", HoldWhy.LEGAL, person, NOW)
    appeals.attach(world.rows["draft"], world.record, attachment_of(world.record), person, NOW)
    world.rows["uncertain"] = approved(person, 14)
    lease = lanes.take(PORTAL, desk.lease.alias, 1, holder="tests", actor=desk.robot, now=NOW)
    runs.start(lease, Flow.APPEAL, NOW)
    item = take(lease)
    appeals.pressing(lease, reference_of(item), NOW)
    work.finish(lease, item, LOST, NOW)
    for row in models.WorkItem.objects.filter(appeal=world.rows["uncertain"]):
        row.not_before = NOW + timedelta(days=9)
        row.save()
    approved(person, 12)
    world.filing = reference_of(take(lease))
    world.rows["approved"] = approved(person, 13)


def _at_the_door(desk: Desk, world: World) -> None:
    lease = desk.lease
    world.running = take(lease)
    terms.met(PORTAL, TERMS, desk.robot, NOW)
    signed_in = presses.begin(lease, 1, PressKind.PASSWORD, RULE, NOW)
    presses.settle(lease, signed_in, PressResult.PROVED, NOW)
    world.rows["press"] = presses.begin(lease, 1, PressKind.CODE, RULE, NOW, code_step=58)
    codes.want(lease, "code", b"a wrapped key", NOW, NOW + timedelta(minutes=1))
    world.wanted = codes.waiting(desk.id, PORTAL, lease.alias, NOW)
    refused = ended(Ending.CREDENTIAL, Code.ACC_BADPW)
    changing = lanes.take(PORTAL, world.changing, 0, holder="tests", actor=desk.robot, now=NOW)
    presses.begin(changing, 2, PressKind.CHANGE, LockoutRule(4, RULE.window), NOW)
    lanes.release(changing, NOW)
    other = lanes.take(PORTAL, world.frozen, 0, holder="tests", actor=desk.robot, now=NOW)
    runs.start(other, Flow.CLAIM_STATUS, NOW)
    world.rows["frozen"] = runs.report(other, refused, NOW) or 0
