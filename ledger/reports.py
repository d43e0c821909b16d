"""Figures for reports: sums over claims, decisions, cases, appeals and attempts of one practice, nothing of patients.

Each function answers one question of a manager with rows that are added up already; which words and charts they become
is not decided here. Money in dollars. A range of days counts both its ends, in UTC.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from statistics import median

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum

from flows.answers import Adjustment, ClaimState
from flows.outcomes import Ending
from flows.questions import Flow
from flows.values import Frozen
from ledger import models
from ledger.answers import normalised_of
from ledger.canonical import to_dollars
from ledger.states import AppealStage, CaseState, ItemState

PENDING_AGES = (30, 60, 90)
"""Days after which a claim that is not decided is looked at (DOMAIN 5)."""

CASE_AGES = (1, 2, 5, 10)
"""Days after which a case counts as older."""

_FINAL = "F"
_PAGE = 2000


class Range(Frozen):
    """From one day to another, both included; open where None."""

    since: date | None = None
    until: date | None = None

    def of_instants(self, column: str) -> Q:
        """The same for a column of instants."""
        found = Q()
        if self.since is not None:
            found &= Q(**{f"{column}__gte": _begin(self.since)})
        if self.until is not None:
            found &= Q(**{f"{column}__lt": _begin(self.until + timedelta(days=1))})
        return found

    def of_days(self, column: str) -> Q:
        """The same for a column of days; a day that is not known is in no range that has an end."""
        found = Q()
        if self.since is not None:
            found &= Q(**{f"{column}__gte": self.since})
        if self.until is not None:
            found &= Q(**{f"{column}__lte": self.until})
        return found


class Denials(Frozen):
    """What one payer did not pay for one reason: in so many claims, so many dollars."""

    portal: str
    group: str
    carc: str
    claims: int
    amount: Decimal


class Pending(Frozen):
    """Claims at one payer that nobody has decided, by how many days they have been there: at least `days`."""

    portal: str
    days: int
    claims: int
    billed: Decimal


class Scores(Frozen):
    """How one payer does: answers by what they say, and days from service to payment (the median; None: none paid)."""

    portal: str
    asked: int
    paid: int
    denied: int
    pending: int
    not_found: int
    wants_something: int
    days_to_pay: float | None
    attempts: int
    failed_attempts: int


class AppealFigures(Frozen):
    """Appeals of one payer at one level that stand at one stage; of the decided ones, by decision (else "")."""

    portal: str
    level: str
    stage: str
    decision: str
    appeals: int
    amount: Decimal
    recovered: Decimal
    days_to_decision: float | None


class OpenCases(Frozen):
    """Open cases of one kind, open for at least `days`; the money of their claims."""

    family: str
    code: str
    days: int
    cases: int
    billed: Decimal


class LastDay(Frozen):
    """Something that is lost when its last day passes: an appeal that is not filed, a task with a limit of its own.

    `number` is the patient account number, appointment number, or payment; `money` what is at stake, in dollars.
    """

    last_day: date
    what: str
    portal: str
    number: str
    money: Decimal


class Finished(Frozen):
    """How the questions of one flow ended: answered by the robot alone, and those for which a person was needed."""

    flow: Flow
    by_robot: int
    by_person: int


def denials(practice_id: int, no_denial: Collection[str], within: Range, portal: str | None = None) -> list[Denials]:
    """What payers did not pay, by payer, group and reason code, the most money first.

    From the payment that decided about a claim (not one that was taken back), by the day of the payment; for claims
    without one, from the newest claim status, by the day on which it was finalised. `no_denial` are the codes that deny
    nothing (a contract's discount, cost shares).
    """
    claims: Counter[tuple[str, str, str]] = Counter()
    amounts: Counter[tuple[str, str, str]] = Counter()
    columns = ("remit_claim__claim__portal", "group", "carc")
    summed = denied_in_payments(practice_id, no_denial, within, portal).values_list(*columns)
    for place, group, carc, count, cents in summed.annotate(
        count=Count("remit_claim__claim_id", distinct=True), cents=Sum("amount_cents")
    ):
        claims[place, group, carc] += count
        amounts[place, group, carc] += cents
    for row, state in not_remitted(practice_id, within, portal):
        codes = Counter[tuple[str, str, str]]()
        for one in denied_by_status(state, no_denial):
            codes[row.portal, one.group, one.carc] += round(one.amount * 100)
        amounts.update(codes)
        claims.update(codes.keys())
    rows = [
        Denials(portal=place, group=group, carc=carc, claims=count, amount=to_dollars(amounts[place, group, carc]))
        for (place, group, carc), count in claims.items()
    ]
    return sorted(rows, key=lambda row: (-row.amount, row.portal, row.group, row.carc))


def pending(practice_id: int, today: date, portal: str | None = None) -> list[Pending]:
    """Claims that no payer has decided, by payer and age; those under thirty days under `days` 0.

    The age runs from the payer's acceptance (277CA), else from the last day of service, so that none looks younger than
    it is.
    """
    accepted = (
        models.Acknowledgement.objects.filter(claim=OuterRef("claim_id"), kind="277CA", level="claim", accepted=True)
        .values("claim")
        .annotate(first=Min("effective_date"))
        .values("first")
    )
    items = claim_items(practice_id, portal).exclude(answer__category__startswith=_FINAL)
    items = items.exclude(Exists(models.RemitClaim.objects.filter(decides(""), claim=OuterRef("claim_id"))))
    rows = items.annotate(accepted=Subquery(accepted)).values_list(
        "portal", "accepted", "claim__service_to", "claim__billed_cents"
    )
    counted: Counter[tuple[str, int]] = Counter()
    billed: Counter[tuple[str, int]] = Counter()
    for place, first, service_to, cents in rows.iterator(_PAGE):
        age = (today - (first or service_to)).days
        key = place, max((days for days in PENDING_AGES if age >= days), default=0)
        counted[key] += 1
        billed[key] += cents
    return [
        Pending(portal=place, days=days, claims=counted[place, days], billed=to_dollars(billed[place, days]))
        for place, days in sorted(counted)
    ]


def scores(practice_id: int, within: Range, portal: str | None = None) -> list[Scores]:
    """How the payers do, by the newest claim status of each claim that was observed in these days."""
    items = claim_items(practice_id, portal).filter(within.of_instants("answer__observed_at"), answer__isnull=False)
    columns = ("portal", "answer__ending", "answer__category", "answer__payment_date", "claim__service_to")
    by_portal: dict[str, Counter[str]] = defaultdict(Counter)
    days: dict[str, list[int]] = defaultdict(list)
    for place, ending, category, paid_on, service_to in items.values_list(*columns).iterator(_PAGE):
        counts = by_portal[place]
        counts["asked"] += 1
        if ending == Ending.NEGATIVE:
            counts["not_found"] += 1
            continue
        counts[_kind(category)] += 1
        if paid_on is not None:
            days[place].append((paid_on - service_to).days)
    tried = (
        attempts(practice_id, within, portal)
        .values("portal")
        .annotate(
            all=Count("id"),
            failed=Count("id", filter=~Q(ending__in=(Ending.ANSWERED, Ending.NEGATIVE, Ending.NEEDS_STAFF))),
        )
    )
    for row in tried:
        by_portal[row["portal"]].update(attempts=row["all"], failed_attempts=row["failed"])
    return [
        Scores(
            portal=place,
            days_to_pay=float(median(days[place])) if days[place] else None,
            **{name: counts[name] for name in _SCORED},
        )
        for place, counts in sorted(by_portal.items())
    ]


def appeals(practice_id: int, within: Range, portal: str | None = None) -> list[AppealFigures]:
    """Appeals by payer, level, stage and decision: those that were drafted in these days."""
    rows = models.Appeal.objects.filter(within.of_instants("drafted_at"), practice_id=practice_id)
    if portal is not None:
        rows = rows.filter(portal=portal)
    columns = ("portal", "level", "stage", "decision", "amount_cents", "recovered_cents", "filed_on", "decided_on")
    grouped: dict[tuple[str, str, str, str], list[tuple[int, int, int | None]]] = defaultdict(list)
    for place, level, stage, decision, cents, recovered, filed_on, decided_on in rows.values_list(*columns).iterator():
        took = (decided_on - filed_on).days if decided_on and filed_on else None
        grouped[place, level, stage, decision].append((cents, recovered or 0, took))
    return [
        AppealFigures(
            portal=place,
            level=level,
            stage=stage,
            decision=decision,
            appeals=len(each),
            amount=to_dollars(sum(cents for cents, _, _ in each)),
            recovered=to_dollars(sum(recovered for _, recovered, _ in each)),
            days_to_decision=_median([took for _, _, took in each if took is not None]),
        )
        for (place, level, stage, decision), each in sorted(grouped.items())
    ]


def open_cases(practice_id: int, now: datetime, portal: str | None = None) -> list[OpenCases]:
    """Cases that wait for a person, by kind and by how long they have waited."""
    rows = models.Case.objects.filter(practice_id=practice_id, state=CaseState.OPEN)
    if portal is not None:
        rows = rows.filter(portal=portal)
    counted: Counter[tuple[str, str, int]] = Counter()
    billed: Counter[tuple[str, str, int]] = Counter()
    columns = ("family", "code", "opened_at", "claim__billed_cents", "appeal__amount_cents")
    for family, code, opened_at, of_claim, of_appeal in rows.values_list(*columns):
        age = (now - opened_at).days
        key = family, code, max((days for days in CASE_AGES if age >= days), default=0)
        counted[key] += 1
        billed[key] += of_claim or of_appeal or 0
    return [
        OpenCases(family=family, code=code, days=days, cases=counted[key], billed=to_dollars(billed[key]))
        for key in sorted(counted)
        for family, code, days in (key,)
    ]


def last_days(practice_id: int, until: date, portal: str | None = None) -> list[LastDay]:
    """What has to be done up to this day, the soonest first; what is past and still not done stands before all."""
    drafted = models.Appeal.objects.select_related("claim").filter(
        practice_id=practice_id, stage__in=(AppealStage.DRAFT, AppealStage.APPROVED), deadline__lte=until
    )
    tasks = models.Task.objects.select_related("claim", "appointment").filter(
        practice_id=practice_id, state="open", limit__lte=until
    )
    if portal is not None:
        drafted, tasks = drafted.filter(portal=portal), tasks.filter(portal=portal)
    found = [
        LastDay(
            last_day=row.deadline,
            what=f"file appeal {row.pk}",
            portal=row.portal,
            number=row.claim.patient_account_number,
            money=to_dollars(row.amount_cents),
        )
        for row in drafted.iterator()
        if row.deadline is not None
    ]
    found += [
        LastDay(
            last_day=row.limit,
            what=row.kind,
            portal=row.portal,
            number=_number(row),
            money=to_dollars(row.money_cents),
        )
        for row in tasks.iterator()
        if row.limit is not None
    ]
    return sorted(found, key=lambda row: (row.last_day, -row.money, row.number))


def finished(practice_id: int, within: Range, portal: str | None = None) -> list[Finished]:
    """For each flow, the questions whose last attempt fell into these days: answered alone, or left to a person."""
    others = models.WorkItem.objects.filter(practice_id=practice_id).exclude(flow=Flow.CLAIM_STATUS)
    if portal is not None:
        others = others.filter(portal=portal)
    tried = models.Attempt.objects.filter(within.of_instants("finished_at"), item=OuterRef("pk"))
    alone = Q(state=ItemState.DONE, answer__isnull=False, answer__manual_source="")
    found: list[Finished] = []
    for items in (claim_items(practice_id, portal), others):
        ended = items.filter(Exists(tried), state__in=(ItemState.DONE, ItemState.PARKED)).values("flow")
        rows = ended.annotate(alone=Count("id", filter=alone), all=Count("id"))
        found += [
            Finished(flow=Flow(row["flow"]), by_robot=row["alone"], by_person=row["all"] - row["alone"]) for row in rows
        ]
    return sorted(found, key=lambda row: row.flow)


_SCORED = ("asked", "paid", "denied", "pending", "not_found", "wants_something", "attempts", "failed_attempts")


def _number(task: models.Task) -> str:
    if task.claim is not None:
        return task.claim.patient_account_number
    return task.appointment.appointment_number if task.appointment is not None else f"payment {task.remittance_id}"


def _kind(category: str) -> str:
    """A claim status category (code list 507), as a scorecard counts it."""
    if category.startswith("F2"):
        return "denied"
    if category.startswith("F"):
        return "paid"
    return "wants_something" if category.startswith(("R", "P3")) else "pending"


def decides(prefix: str) -> Q:
    """Claims of payments that count: of the leading reading, no reversal, and not taken back."""
    return Q(**{f"{prefix}reading__leads__isnull": False, f"{prefix}reversed_by__isnull": True}) & ~Q(
        **{f"{prefix}status__in": ("22", "25")}
    )


def denied_in_payments(
    practice_id: int, no_denial: Collection[str], within: Range, portal: str | None
) -> QuerySet[models.RemitAdjustment]:
    """What the payments that decided about claims took off as denied, by the day of the payment."""
    rows = models.RemitAdjustment.objects.filter(
        decides("remit_claim__") & within.of_days("remit_claim__reading__remittance__paid_on"),
        remit_claim__claim__practice_id=practice_id,
    ).exclude(carc__in=no_denial)
    return rows if portal is None else rows.filter(remit_claim__claim__portal=portal)


def denied_by_status(state: ClaimState, no_denial: Collection[str]) -> Iterator[Adjustment]:
    """What a claim's status says was denied, at the claim and at its lines."""
    for one in (*state.adjustments, *(each for line in state.lines for each in line.adjustments)):
        if one.carc not in no_denial:
            yield one


def claim_items(practice_id: int, portal: str | None) -> QuerySet[models.WorkItem]:
    """The questions about claims, for figures of the ledger."""
    # By its claims, which lie in order: the work list's own order would fetch each page of the file again and again.
    items = models.WorkItem.objects.filter(claim__practice_id=practice_id, flow=Flow.CLAIM_STATUS)
    return items if portal is None else items.filter(portal=portal)


def not_remitted(
    practice_id: int, within: Range, portal: str | None
) -> Iterator[tuple[models.AnswerVersion, ClaimState]]:
    """The newest decisions of the portal about claims that no payment decided."""
    remitted = models.RemitClaim.objects.filter(decides(""), claim=OuterRef("claim_id"))
    rows = models.AnswerVersion.objects.filter(
        within.of_days("finalised_date"),
        claim__practice_id=practice_id,
        newest_of__isnull=False,
        flow=Flow.CLAIM_STATUS,
        category__startswith=_FINAL,
        paid_cents__lt=F("billed_cents"),
    ).exclude(Exists(remitted))
    if portal is not None:
        rows = rows.filter(portal=portal)
    for row in rows.select_related("claim").iterator(_PAGE):
        said = normalised_of(row)
        if isinstance(said, ClaimState):
            yield row, said


def attempts(practice_id: int, within: Range, portal: str | None) -> QuerySet[models.Attempt]:
    """The robot's attempts at the practice's questions that ended in these days; what people entered is none."""
    rows = models.Attempt.objects.filter(
        within.of_instants("finished_at"), item__practice_id=practice_id, run__isnull=False
    )
    return rows if portal is None else rows.filter(portal=portal)


def _median(days: list[int]) -> float | None:
    return float(median(days)) if days else None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
