"""Figures of money: what was touched, newly denied and recovered; how much is open and for how long; who denies what.

Dollars. A week begins on Monday, UTC. Sums are made in the database, and nothing of patients comes out.
"""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, timedelta
from decimal import Decimal

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncWeek

from flows.outcomes import Ending
from flows.questions import Flow
from flows.values import Frozen
from ledger import models
from ledger.canonical import to_dollars
from ledger.reports import Range, claim_items, decides, denied_by_status, denied_in_payments, not_remitted

CHARGES_OVER = 90
"""Days over which the charges of a day are averaged for days in A/R."""
AR_AGES = (90, 120)
_WEEK = timedelta(days=7)
_DENIED = "4"


class WeekOfMoney(Frozen):
    """What a week brought: claims that were asked about (each once) and what they were billed for; denials that were
    not known before; dollars that appeals recovered.
    """

    week: date
    claims: int
    billed: Decimal
    denials: int
    denied: Decimal
    recovered: Decimal


class Receivables(Frozen):
    """How things stood at the end of a day: billed and not decided; what a day was billed on average before it."""

    day: date
    open: Decimal
    a_day: Decimal

    @property
    def days(self) -> Decimal | None:
        """Days in A/R; None where nothing was billed."""
        return self.open / self.a_day if self.a_day else None


class OpenByAge(Frozen):
    """What one payer has not decided, in dollars billed; of it, older than each of `AR_AGES` days since the service."""

    portal: str
    claims: int
    open: Decimal
    over: tuple[Decimal, ...]


class WeekOfDecisions(Frozen):
    """Claims that a payment of this week decided for the first time, and how many of these it denied (CLP02 is 4)."""

    week: date
    decided: int
    denied: int


class DeniedByProvider(Frozen):
    """What one payer denied to one provider (NPI)."""

    portal: str
    npi: str
    claims: int
    amount: Decimal


def weeks_of_money(practice_id: int, within: Range, portal: str | None = None) -> list[WeekOfMoney]:
    """Week by week: what was asked about, what turned out denied for the first time, what appeals brought back."""
    answers = models.AnswerVersion.objects.filter(claim__practice_id=practice_id, flow=Flow.CLAIM_STATUS)
    appeals = models.Appeal.objects.filter(practice_id=practice_id, recovered_cents__gt=0, decided_on__isnull=False)
    if portal is not None:
        answers, appeals = answers.filter(portal=portal), appeals.filter(portal=portal)
    counts: Counter[tuple[date, str]] = Counter()
    asked = answers.filter(
        within.of_instants("observed_at"), ending__in=(Ending.ANSWERED, Ending.NEGATIVE), manual_source=""
    )
    week = TruncWeek("observed_at", output_field=DateField(), tzinfo=UTC)
    before = models.AnswerVersion.objects.filter(
        claim=OuterRef("claim"), flow=Flow.CLAIM_STATUS, version__lt=OuterRef("version")
    )
    # A claim counts in a week once: its first answer of that week stands for it.
    first = asked.annotate(week=week).exclude(Exists(before.filter(observed_at__gte=OuterRef("week"))))
    for row in first.values("week").annotate(all=Count("id"), cents=Sum("claim__billed_cents")):
        counts.update({(row["week"], "claims"): row["all"], (row["week"], "billed"): row["cents"] or 0})
    denied = asked.filter(category__startswith="F2").exclude(Exists(before.filter(category__startswith="F2")))
    owed = Coalesce(F("billed_cents"), F("claim__billed_cents")) - Coalesce(F("paid_cents"), Value(0))
    for row in denied.annotate(week=week).values("week").annotate(all=Count("id"), cents=Sum(owed)):
        counts.update({(row["week"], "denials"): row["all"], (row["week"], "denied"): row["cents"] or 0})
    won = appeals.filter(within.of_days("decided_on")).annotate(week=TruncWeek("decided_on"))
    for day, cents in won.values_list("week").annotate(cents=Sum("recovered_cents")):
        counts[day, "recovered"] += cents or 0
    return [
        WeekOfMoney(
            week=day,
            claims=counts[day, "claims"],
            billed=to_dollars(counts[day, "billed"]),
            denials=counts[day, "denials"],
            denied=to_dollars(counts[day, "denied"]),
            recovered=to_dollars(counts[day, "recovered"]),
        )
        for day in sorted({day for day, _ in counts})
    ]


def receivables(practice_id: int, today: date, weeks: int = 13, portal: str | None = None) -> list[Receivables]:
    """Days in A/R today and at the same day of the weeks before, the oldest first.

    A claim is open from its last day of service until the payer's first payment that decided about it, or (without one)
    the day on which the portal says that it was finalised; one that was decided on a day that nobody knows never was
    open. Billed amounts, since the ledger does not know what a contract will leave of them.
    """
    billed: Counter[date] = Counter()
    gone: Counter[date] = Counter()
    claims = models.Claim.objects.filter(practice_id=practice_id)
    if portal is not None:
        claims = claims.filter(portal=portal)
    for day, cents in claims.values_list("service_to").annotate(cents=Sum("billed_cents")):
        billed[day] += cents
    remitted = _first_decisions(practice_id, portal).values_list("reading__remittance__paid_on", "claim__service_to")
    for day, service_to, cents in remitted.annotate(cents=Sum("claim__billed_cents")):
        gone[max(day or service_to, service_to)] += cents
    said = models.AnswerVersion.objects.filter(
        claim__practice_id=practice_id, newest_of__isnull=False, flow=Flow.CLAIM_STATUS, category__startswith="F"
    ).exclude(Exists(models.RemitClaim.objects.filter(decides(""), claim=OuterRef("claim_id"))))
    if portal is not None:
        said = said.filter(claim__portal=portal)
    for day, service_to, cents in said.values_list("finalised_date", "claim__service_to").annotate(
        cents=Sum("claim__billed_cents")
    ):
        gone[max(day or service_to, service_to)] += cents
    return [_at(today - _WEEK * back, billed, gone) for back in reversed(range(weeks))]


def open_by_age(practice_id: int, today: date, portal: str | None = None) -> list[OpenByAge]:
    """What payers have not decided, and how much of it is older than 90 and 120 days since the last day of service."""
    items = claim_items(practice_id, portal).exclude(answer__category__startswith="F")
    items = items.exclude(Exists(models.RemitClaim.objects.filter(decides(""), claim=OuterRef("claim_id"))))
    over = {
        f"over_{days}": Sum(
            "claim__billed_cents", filter=Q(claim__service_to__lt=today - timedelta(days=days)), default=0
        )
        for days in AR_AGES
    }
    summed = items.values_list("portal").annotate(all=Count("id"), cents=Sum("claim__billed_cents"), **over)
    return [
        OpenByAge(portal=place, claims=count, open=to_dollars(cents), over=tuple(map(to_dollars, older)))
        for place, count, cents, *older in summed.order_by("portal")
    ]


def decisions(practice_id: int, within: Range, portal: str | None = None) -> list[WeekOfDecisions]:
    """Week by week: claims that a payment decided for the first time, and those of them that it denied."""
    rows = _first_decisions(practice_id, portal).filter(
        within.of_days("reading__remittance__paid_on"), reading__remittance__paid_on__isnull=False
    )
    weekly = rows.annotate(week=TruncWeek("reading__remittance__paid_on")).values("week")
    counted = weekly.annotate(all=Count("id"), denied=Count("id", filter=Q(status=_DENIED)))
    return [
        WeekOfDecisions(week=row["week"], decided=row["all"], denied=row["denied"]) for row in counted.order_by("week")
    ]


def denied_by_provider(
    practice_id: int, no_denial: Collection[str], within: Range, portal: str | None = None
) -> list[DeniedByProvider]:
    """What payers did not pay, by payer and provider, the most money first; counted as `ledger.reports.denials`."""
    claims: Counter[tuple[str, str]] = Counter()
    cents: Counter[tuple[str, str]] = Counter()
    columns = ("remit_claim__claim__portal", "remit_claim__claim__provider_npi")
    summed = denied_in_payments(practice_id, no_denial, within, portal).values_list(*columns)
    for place, npi, count, amount in summed.annotate(
        count=Count("remit_claim__claim_id", distinct=True), amount=Sum("amount_cents")
    ):
        claims[place, npi] += count
        cents[place, npi] += amount
    for row, state in not_remitted(practice_id, within, portal):
        denied = sum((one.amount for one in denied_by_status(state, no_denial)), Decimal(0))
        if denied and row.claim is not None:
            claims[row.portal, row.claim.provider_npi] += 1
            cents[row.portal, row.claim.provider_npi] += round(denied * 100)
    rows = [
        DeniedByProvider(portal=place, npi=npi, claims=count, amount=to_dollars(cents[place, npi]))
        for (place, npi), count in claims.items()
    ]
    return sorted(rows, key=lambda row: (-row.amount, row.portal, row.npi))


def _first_decisions(practice_id: int, portal: str | None) -> QuerySet[models.RemitClaim]:
    """For each claim of ours, the first of the payers' decisions that count."""
    rows = models.RemitClaim.objects.filter(decides(""), claim__practice_id=practice_id)
    if portal is not None:
        rows = rows.filter(claim__portal=portal)
    return rows.exclude(
        Exists(models.RemitClaim.objects.filter(decides(""), claim=OuterRef("claim"), id__lt=OuterRef("id")))
    )


def _at(day: date, billed: Counter[date], gone: Counter[date]) -> Receivables:
    charges = sum(cents for on, cents in billed.items() if day - timedelta(days=CHARGES_OVER) < on <= day)
    left = sum(cents for on, cents in billed.items() if on <= day) - sum(
        cents for on, cents in gone.items() if on <= day
    )
    return Receivables(day=day, open=to_dollars(left), a_day=to_dollars(charges) / CHARGES_OVER)
