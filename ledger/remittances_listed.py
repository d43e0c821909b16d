"""Remittances as the office looks at them: the list of payments, and one payment whole with all that belongs to it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet
from pydantic import TypeAdapter

from flows.remittance import Balance, Method, Remittance
from flows.values import Frozen
from ledger import models
from ledger.canonical import to_dollars
from ledger.errors import NotThere
from ledger.matching_claims import Fit
from ledger.matching_deposits import DepositFit
from ledger.matching_keys import trace_key
from ledger.remittances_rows import balance_of, value_of
from ledger.states import CaseState

MATCHED = (Fit.ACCOUNT_NUMBER, Fit.PAYER_CLAIM_NUMBER, Fit.SPLIT)


class RemittanceRecord(Frozen):
    """One payment in a line; `amount` in dollars. `portal` is None for what came by import.

    `copies` are the documents that told of it, `held_by` the open cases that keep it from the practice system.
    `matched` of its `claims` belong to a claim of ours. `deposited_on` is None while no deposit is known to be it,
    `posted_at` while it was not given to the practice system.
    """

    id: int
    portal: str | None
    payer: str | None
    trace: str
    method: Method
    paid_on: date | None
    amount: Decimal
    source: str
    claims: int
    matched: int
    balance: Balance
    copies: int
    held_by: tuple[int, ...]
    deposited_on: date | None
    posted_at: datetime | None
    first_at: datetime


class ClaimLink(Frozen):
    """What a claim of a remittance (by its number there) belongs to.

    `fit` says how our claim was found, or why not; `portal_says` whether the portal's newest answer agrees. `reverses`,
    `reversed_by`, `corrects` and `corrected_by` are other claims, written `payment 12, claim 3`.
    """

    number: int
    fit: Fit
    our_portal: str | None
    our_account_number: str | None
    portal_says: str
    reverses: str | None
    reversed_by: str | None
    corrects: str | None
    corrected_by: str | None


class TakebackLink(Frozen):
    """What a provider adjustment (by its place, from 1) is about: `payment 12, claim 3` or `payment 12`."""

    number: int
    about: str


class Copy(Frozen):
    """One document that told of the payment. `document_id` names the document, `at` is when it was kept."""

    document_id: int
    source: str
    at: datetime
    leads: bool
    same: bool
    balance: Balance
    least_confidence: float | None


class DepositRecord(Frozen):
    """A deposit at the bank, in dollars."""

    id: int
    deposited_on: date
    amount: Decimal
    trace: str | None
    payer: str | None
    fit: DepositFit


class RemittanceWhole(Frozen):
    """A payment with everything that is in it and that belongs to it."""

    record: RemittanceRecord
    said: Remittance
    links: tuple[ClaimLink, ...]
    takebacks: tuple[TakebackLink, ...]
    copies: tuple[Copy, ...]
    deposit: DepositRecord | None


def list_all(
    practice_id: int,
    *,
    portal: str | None = None,
    since: date | None = None,
    until: date | None = None,
    trace: str | None = None,
) -> Iterator[RemittanceRecord]:
    """The payments of these days (both included), the newest first; one whose day is not known is in no range."""
    rows = models.Remittance.objects.filter(practice_id=practice_id)
    if portal is not None:
        rows = rows.filter(portal=portal)
    if since is not None:
        rows = rows.filter(paid_on__gte=since)
    if until is not None:
        rows = rows.filter(paid_on__lte=until)
    if trace is not None:
        rows = rows.filter(trace_key=trace_key(trace))
    return records(rows.order_by("-paid_on", "-id"))


def get(practice_id: int, remittance_id: int) -> RemittanceWhole:
    """One payment, whole. Raises NotThere."""
    row = models.Remittance.objects.filter(practice_id=practice_id, pk=remittance_id).first()
    if row is None or row.leading is None:
        raise NotThere(f"payment {remittance_id}")
    (record,) = records(models.Remittance.objects.filter(pk=row.pk))
    deposit = models.Deposit.objects.filter(remittance=row).first()
    return RemittanceWhole(
        record=record,
        said=value_of(row.leading),
        links=tuple(map(claim_link, _claims(row.leading))),
        takebacks=tuple(places_taken_back(row.leading)),
        copies=tuple(copy_of(reading, row) for reading in row.readings.order_by("id")),
        deposit=deposit_record(deposit) if deposit is not None else None,
    )


def of_claim(
    practice_id: int, portal: str, patient_account_number: str
) -> tuple[tuple[RemittanceRecord, ClaimLink, Decimal], ...]:
    """The payments that decided on a claim of this practice, the oldest first; with the dollars paid for it in each."""
    rows = (
        models.RemitClaim.objects.filter(
            claim__practice=practice_id,
            claim__portal=portal,
            claim__patient_account_number=patient_account_number,
            reading__leads__practice=practice_id,
        )
        .select_related("reading", "claim")
        .order_by("reading__remittance__paid_on", "id")
    )
    found = list(rows)
    payments = models.Remittance.objects.filter(pk__in=[row.reading.remittance_id for row in found])
    by_id = {record.id: record for record in records(payments)}
    return tuple((by_id[row.reading.remittance_id], claim_link(row), to_dollars(row.paid_cents)) for row in found)


def deposit_record(row: models.Deposit) -> DepositRecord:
    """For the ledger's own lists."""
    return DepositRecord(
        id=row.pk,
        deposited_on=row.deposited_on,
        amount=to_dollars(row.amount_cents),
        trace=row.trace,
        payer=row.payer,
        fit=DepositFit(row.fit),
    )


def records(rows: QuerySet[models.Remittance]) -> Iterator[RemittanceRecord]:
    """These payments, each in a line; for the ledger's own lists."""
    counted = rows.select_related("leading", "deposit").annotate(
        copies=Count("readings", distinct=True), posted_at=Max("postings__exported_at")
    )
    page: list[models.Remittance] = []
    for row in counted.iterator(chunk_size=500):
        page.append(row)
        if len(page) == 500:
            yield from _page(page)
            page = []
    yield from _page(page)


def _page(rows: list[models.Remittance]) -> Iterator[RemittanceRecord]:
    ids = [row.pk for row in rows]
    matched: Mapping[int, int] = {
        each["reading__remittance"]: each["times"]
        for each in models.RemitClaim.objects.filter(reading__leads__in=ids, claim__isnull=False)
        .values("reading__remittance")
        .annotate(times=Count("id"))
    }
    held: dict[int, list[int]] = {}
    open_cases = models.RemittanceCase.objects.filter(
        Q(remittance__in=ids) & Q(holds=True) & Q(case__state=CaseState.OPEN)
    )
    for remittance_id, case_id in open_cases.order_by("case_id").values_list("remittance_id", "case_id"):
        held.setdefault(remittance_id, []).append(case_id)
    for row in rows:
        leading = row.leading
        if leading is None:
            raise AssertionError("a remittance has a leading reading from its first moment on")
        deposit = getattr(row, "deposit", None)
        yield RemittanceRecord(
            id=row.pk,
            portal=row.portal or None,
            payer=leading.payer_name,
            trace=leading.trace,
            method=Method(leading.method),
            paid_on=row.paid_on,
            amount=to_dollars(row.amount_cents),
            source=leading.source,
            claims=leading.claim_count,
            matched=matched.get(row.pk, 0),
            balance=balance_of(leading),
            copies=getattr(row, "copies", 0),
            held_by=tuple(held.get(row.pk, ())),
            deposited_on=deposit.deposited_on if deposit is not None else None,
            posted_at=getattr(row, "posted_at", None),
            first_at=row.first_at,
        )


def _claims(reading: models.RemittanceReading) -> QuerySet[models.RemitClaim]:
    return (
        models.RemitClaim.objects.filter(reading=reading)
        .select_related(
            "claim", "reverses__reading", "reversed_by__reading", "corrects__reading", "corrected_by__reading"
        )
        .order_by("number")
    )


def claim_link(row: models.RemitClaim) -> ClaimLink:
    """What a claim of a payment belongs to; for the ledger's own lists."""
    return ClaimLink(
        number=row.number,
        fit=Fit(row.fit),
        our_portal=row.claim.portal if row.claim else None,
        our_account_number=row.claim.patient_account_number if row.claim else None,
        portal_says=row.status_fit,
        reverses=_place(row.reverses),
        reversed_by=_place(getattr(row, "reversed_by", None)),
        corrects=_place(row.corrects),
        corrected_by=_place(getattr(row, "corrected_by", None)),
    )


def _place(row: models.RemitClaim | None) -> str | None:
    return None if row is None else f"payment {row.reading.remittance_id}, claim {row.number}"


def places_taken_back(reading: models.RemittanceReading) -> Iterator[TakebackLink]:
    """What the provider adjustments of a payment are about, where that is here; for the ledger\'s own lists."""
    rows = models.ProviderAdjustment.objects.filter(reading=reading).select_related("about_claim__reading")
    for row in rows.order_by("number"):
        about = _place(row.about_claim) or (
            f"payment {row.about_remittance_id}" if row.about_remittance_id is not None else None
        )
        if about is not None:
            yield TakebackLink(number=row.number, about=about)


_CONFIDENCE = TypeAdapter(dict[str, float])


def copy_of(reading: models.RemittanceReading, remittance: models.Remittance) -> Copy:
    """One document\'s word about a payment; for the ledger\'s own lists."""
    confidence = _CONFIDENCE.validate_json(reading.confidence)
    return Copy(
        document_id=reading.document_id,
        source=reading.source,
        at=reading.kept_at,
        leads=reading.pk == remittance.leading_id,
        same=reading.repeats_id is not None,
        balance=balance_of(reading),
        least_confidence=min(confidence.values(), default=None),
    )
