"""Payments a page at a time, whatever their number: found by the key of the last one shown, never by counting.

A page looks at a bounded number of payments. Where what is wanted is rare, it may end with fewer than it could show;
it then says how far it has looked, and the next one goes on from there.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from flows.remittance import ProviderAdjustment, RemitClaim
from flows.values import Frozen
from ledger import models
from ledger.canonical import to_dollars
from ledger.errors import NotThere
from ledger.remittances_listed import (
    ClaimLink,
    Copy,
    DepositRecord,
    RemittanceRecord,
    claim_link,
    copy_of,
    deposit_record,
    places_taken_back,
    records,
)
from ledger.remittances_rows import claims_of, unbalanced_places
from ledger.states import CaseState

_LOOKED_AT = 1000
_NEWEST = 500


class CameBy(StrEnum):
    """How a payment came into the office."""

    PORTAL = "portal"
    FILE = "file"


class WantedPayments(Frozen):
    """Which payments to show; None: whether or not. Days are of the payment, both included.

    `matched`: every one of its claims belongs to a claim of ours. `held`: an open case keeps it from being posted.
    """

    portal: str | None = None
    payer: str | None = None
    npi: str | None = None
    since: date | None = None
    until: date | None = None
    balanced: bool | None = None
    matched: bool | None = None
    deposited: bool | None = None
    posted: bool | None = None
    held: bool | None = None
    came_by: CameBy | None = None


class Last(Frozen):
    """The last payment that was looked at, by its day (None: no day is known) and its number."""

    paid_on: date | None
    id: int


class PaymentPage(Frozen):
    """Payments, the newest first; `after` is where the next page goes on, None where there is no more."""

    payments: tuple[RemittanceRecord, ...]
    after: Last | None


class Sums(Frozen):
    """What the claims of a payment come to in dollars: `adjusted` at claims and lines together."""

    billed: Decimal
    paid: Decimal
    adjusted: Decimal


class Paper(Frozen):
    """A sealed document that told of the payment: what kind, how large (bytes), from which portal ("": a file)."""

    copy_of: Copy
    kind: str
    size: int
    portal: str


class CaseAbout(Frozen):
    """A case about the payment; `holds`: while it is open, the payment is not given to the practice system."""

    id: int
    code: str
    what: str
    open: bool
    holds: bool


class Given(Frozen):
    """That the payment was given to the practice system: when (UTC), by whom, as what kind of file."""

    at: datetime
    by: str
    file_format: str


class PaymentHead(Frozen):
    """One payment without its claims: what it says of itself, what it comes to, and what belongs to it.

    `about` says of a provider adjustment, by its place from 1, what it is about.
    """

    record: RemittanceRecord
    originator: str | None
    payer_identifier: str | None
    payer_tin: str | None
    payee_name: str | None
    payee_identifier: str | None
    payee_tin: str | None
    production_date: date | None
    unbalanced: tuple[str, ...]
    sums: Sums
    provider_adjustments: tuple[ProviderAdjustment, ...]
    about: dict[int, str]
    papers: tuple[Paper, ...]
    deposit: DepositRecord | None
    cases: tuple[CaseAbout, ...]
    given: tuple[Given, ...]


class ClaimInPayment(Frozen):
    """One claim of a payment, what it belongs to, and the number of our claim, where there is one."""

    said: RemitClaim
    link: ClaimLink
    claim_id: int | None


def page(practice_id: int, wanted: WantedPayments, after: Last | None = None, most: int = 50) -> PaymentPage:
    """The next payments, the newest first; those whose day nobody knows come last. At most 1,000 are looked at."""
    looked = _next(practice_id, wanted, after)
    ids = [last.id for last in looked]
    found = set(_fitting(models.Remittance.objects.filter(pk__in=ids), wanted).values_list("pk", flat=True))
    shown = [last for last in looked if last.id in found][:most]
    rows = models.Remittance.objects.filter(pk__in=[one.id for one in shown])
    by_id = {record.id: record for record in records(rows)}
    full = len(shown) == most and shown[-1] != looked[-1]
    stopped = looked[-1] if len(looked) == _LOOKED_AT else None
    return PaymentPage(payments=tuple(by_id[one.id] for one in shown), after=shown[-1] if full else stopped)


def payers(practice_id: int) -> tuple[str, ...]:
    """The payers of the newest payments, by their names."""
    newest = models.Remittance.objects.filter(practice_id=practice_id, paid_on__isnull=False)
    names = newest.order_by("-paid_on", "-id").values_list("leading__payer_name", flat=True)[:_NEWEST]
    return tuple(sorted({name for name in names if name}))


def providers(practice_id: int) -> tuple[str, ...]:
    """The national provider identifiers under which the practice is paid."""
    rows = models.PracticeProvider.objects.filter(practice_id=practice_id).order_by("npi")
    return tuple(rows.values_list("npi", flat=True))


def head(practice_id: int, remittance_id: int) -> PaymentHead:
    """One payment without its claims. Raises NotThere."""
    row = models.Remittance.objects.select_related("leading").filter(practice_id=practice_id, pk=remittance_id).first()
    if row is None or row.leading is None:
        raise NotThere(f"payment {remittance_id}")
    leading = row.leading
    (record,) = records(models.Remittance.objects.filter(pk=row.pk))
    deposit = models.Deposit.objects.filter(remittance=row).first()
    return PaymentHead(
        record=record,
        originator=leading.originator,
        payer_identifier=leading.payer_identifier,
        payer_tin=leading.payer_tin,
        payee_name=leading.payee_name,
        payee_identifier=leading.payee_identifier,
        payee_tin=leading.payee_tin,
        production_date=leading.production_date,
        unbalanced=unbalanced_places(leading),
        sums=_sums(leading),
        provider_adjustments=tuple(
            ProviderAdjustment(
                reason=one.reason,
                reference=one.reference,
                amount=to_dollars(one.amount_cents),
                fiscal_year_end=one.fiscal_year_end,
            )
            for one in leading.provider_adjustments.order_by("number")
        ),
        about={one.number: one.about for one in places_taken_back(leading)},
        papers=tuple(_papers(row)),
        deposit=deposit_record(deposit) if deposit is not None else None,
        cases=tuple(
            CaseAbout(
                id=one.case_id,
                code=one.case.code,
                what=one.case.what,
                open=one.case.state == CaseState.OPEN,
                holds=one.holds,
            )
            for one in row.cases.select_related("case").order_by("-case_id")
        ),
        given=tuple(
            Given(at=one.exported_at, by=one.account.name, file_format=one.file_format)
            for one in row.postings.select_related("account").order_by("-id")
        ),
    )


def claims(practice_id: int, remittance_id: int, after: int = 0, most: int = 50) -> tuple[ClaimInPayment, ...]:
    """The claims of a payment of this practice with numbers above `after`, in their order; at most so many."""
    rows = list(
        models.RemitClaim.objects.filter(
            reading__leads=remittance_id, reading__leads__practice_id=practice_id, number__gt=after
        )
        .select_related(
            "claim", "reverses__reading", "reversed_by__reading", "corrects__reading", "corrected_by__reading"
        )
        .order_by("number")[:most]
    )
    return tuple(
        ClaimInPayment(said=said, link=claim_link(row), claim_id=row.claim_id)
        for said, row in zip(claims_of(rows), rows, strict=True)
    )


def paper_kind(practice_id: int, remittance_id: int, document_id: int) -> str:
    """As what kind this document told of this payment (835, eob). Raises NotThere."""
    rows = models.Document.objects.filter(
        pk=document_id, practice_id=practice_id, readings__remittance_id=remittance_id
    )
    kind = rows.values_list("kind", flat=True).first()
    if kind is None:
        raise NotThere("document of this payment")
    return kind


def _next(practice_id: int, wanted: WantedPayments, after: Last | None) -> list[Last]:
    """The payments that come next in their order, at most as many as a page looks at."""
    ours = models.Remittance.objects.filter(practice_id=practice_id)
    found: list[Last] = []
    if after is None or after.paid_on is not None:
        dated = ours.filter(paid_on__isnull=False)
        if wanted.since is not None:
            dated = dated.filter(paid_on__gte=wanted.since)
        if wanted.until is not None:
            dated = dated.filter(paid_on__lte=wanted.until)
        if after is not None:
            dated = dated.filter(paid_on__lte=after.paid_on).exclude(paid_on=after.paid_on, id__gte=after.id)
        rows = dated.order_by("-paid_on", "-id").values_list("paid_on", "pk")[:_LOOKED_AT]
        found = [Last(paid_on=paid_on, id=number) for paid_on, number in rows]
    if len(found) < _LOOKED_AT and wanted.since is None and wanted.until is None:
        undated = ours.filter(paid_on__isnull=True)
        if after is not None and after.paid_on is None:
            undated = undated.filter(id__lt=after.id)
        rows = undated.order_by("-id").values_list("paid_on", "pk")[: _LOOKED_AT - len(found)]
        found += [Last(paid_on=None, id=number) for _, number in rows]
    return found


def _fitting(rows: QuerySet[models.Remittance], wanted: WantedPayments) -> QuerySet[models.Remittance]:
    if wanted.portal is not None:
        rows = rows.filter(portal=wanted.portal)
    if wanted.payer is not None:
        rows = rows.filter(leading__payer_name=wanted.payer)
    if wanted.npi is not None:
        rows = rows.filter(leading__payee_identifier=wanted.npi)
    if wanted.came_by is not None:
        rows = rows.filter(portal="") if wanted.came_by is CameBy.FILE else rows.exclude(portal="")
    whole = Q(leading__line_balanced=True, leading__claim_balanced=True, leading__transaction_balanced=True)
    of_nobody = models.RemitClaim.objects.filter(reading__leads=OuterRef("pk"), claim__isnull=True)
    held = models.RemittanceCase.objects.filter(remittance=OuterRef("pk"), holds=True, case__state=CaseState.OPEN)
    given = models.Posting.objects.filter(remittance=OuterRef("pk"))
    asked: Sequence[tuple[bool | None, Q]] = (
        (wanted.balanced, whole),
        (wanted.matched, ~Q(Exists(of_nobody))),
        (wanted.deposited, Q(deposit__isnull=False)),
        (wanted.held, Q(Exists(held))),
        (wanted.posted, Q(Exists(given))),
    )
    for yes, condition in asked:
        if yes is not None:
            rows = rows.filter(condition if yes else ~condition)
    return rows


def _sums(leading: models.RemittanceReading) -> Sums:
    of_claims = leading.claims.aggregate(billed=Sum("billed_cents"), paid=Sum("paid_cents"))
    adjusted = models.RemitAdjustment.objects.filter(remit_claim__reading=leading).aggregate(all=Sum("amount_cents"))
    return Sums(
        billed=to_dollars(of_claims["billed"] or 0),
        paid=to_dollars(of_claims["paid"] or 0),
        adjusted=to_dollars(adjusted["all"] or 0),
    )


def _papers(row: models.Remittance) -> list[Paper]:
    readings = list(row.readings.select_related("document").order_by("id"))
    came = models.DocumentArrival.objects.filter(document__in=[one.document_id for one in readings])
    portals: dict[int, str] = {}
    for document_id, portal in came.order_by("id").values_list("document_id", "portal"):
        portals.setdefault(document_id, portal)
    return [
        Paper(
            copy_of=copy_of(reading, row),
            kind=reading.document.kind,
            size=reading.document.size,
            portal=portals.get(reading.document_id, ""),
        )
        for reading in readings
    ]
