"""What is missing between payers, portals and the bank: money without a remittance, remittances without their money.

Four business days after a payment its other half must be there (DOMAIN 3.1; CORE rule 370 gives both three). What the
bank's lists do not cover yet is not called missing.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Max, Min

from flows.answers import ClaimState, RemittancesListed
from flows.business_days import business_days_after
from flows.outcomes import Ending
from flows.questions import Flow
from flows.remittance import Method
from flows.values import Frozen
from ledger import models
from ledger.canonical import to_cents, to_dollars
from ledger.matching_deposits import last_day_of_deposit
from ledger.matching_keys import trace_key

BUSINESS_DAYS = 4


class Lacks(StrEnum):
    """What is missing."""

    REMITTANCE_OF_DEPOSIT = "remittance of a deposit"
    REMITTANCE_OF_STATUS = "remittance of a payment that a claim's status names"
    DOCUMENT_OF_LISTED = "document of a payment that the portal lists"
    DEPOSIT = "deposit of a remittance"
    TAKEN_BACK = "payment that money was taken back for"


class Missing(Frozen):
    """One thing that is missing: of which payment (dollars), and what there is of it.

    `known_by` names it: `payment 12`, `deposit 7`, or the account number of a claim whose status names the payment.
    """

    lacks: Lacks
    portal: str | None
    payer: str | None
    trace: str | None
    paid_on: date | None
    amount: Decimal | None
    known_by: str


def missing(practice_id: int, today: date) -> Iterator[Missing]:
    """All that is missing, by its kinds, each in the order of days."""
    last_day = business_days_after(today, -BUSINESS_DAYS)
    yield from _deposits(practice_id, last_day)
    yield from _listed(practice_id, last_day)
    yield from _claim_status(practice_id, last_day)
    yield from _remittances(practice_id, last_day, today)
    yield from _taken_back(practice_id)


def _deposits(practice_id: int, last_day: date) -> Iterator[Missing]:
    rows = models.Deposit.objects.filter(practice_id=practice_id, remittance=None, deposited_on__lte=last_day)
    for row in rows.order_by("deposited_on", "id"):
        yield Missing(
            lacks=Lacks.REMITTANCE_OF_DEPOSIT,
            portal=None,
            payer=row.payer,
            trace=row.trace,
            paid_on=row.deposited_on,
            amount=to_dollars(row.amount_cents),
            known_by=f"deposit {row.pk}" + (f" ({row.fit})" if row.fit else ""),
        )


def _listed(practice_id: int, last_day: date) -> Iterator[Missing]:
    """Payments of the portals' own lists for which they had no document, and for which none has come otherwise."""
    newest = models.AnswerVersion.objects.filter(
        period__practice_id=practice_id, flow=Flow.REMITTANCES, ending=Ending.ANSWERED, newest_of__isnull=False
    )
    told: set[tuple[str, str]] = set()
    for answer in newest.order_by("period__paid_from", "id"):
        for payment in RemittancesListed.model_validate_json(answer.normalised).payments:
            key = trace_key(payment.trace)
            late = payment.paid_on is None or payment.paid_on <= last_day
            if payment.documents or not late or (answer.portal, key) in told:
                continue
            told.add((answer.portal, key))
            if not _is_here(practice_id, key, to_cents(payment.amount)):
                yield Missing(
                    lacks=Lacks.DOCUMENT_OF_LISTED,
                    portal=answer.portal,
                    payer=None,
                    trace=payment.trace,
                    paid_on=payment.paid_on,
                    amount=payment.amount,
                    known_by=f"{answer.portal}'s list",
                )


def _claim_status(practice_id: int, last_day: date) -> Iterator[Missing]:
    """Payments that the newest answers about claims name; each once, however many claims it paid."""
    rows = models.AnswerVersion.objects.select_related("claim").filter(
        claim__practice_id=practice_id, flow=Flow.CLAIM_STATUS, newest_of__isnull=False, payment_date__lte=last_day
    )
    told: set[tuple[str, str]] = set()
    here: set[str] = set(
        models.Remittance.objects.filter(practice_id=practice_id).values_list("trace_key", flat=True).iterator()
    )
    for answer in rows.exclude(payment_number="").order_by("payment_date", "id").iterator(chunk_size=500):
        key = trace_key(answer.payment_number)
        if key in here or (answer.portal, key) in told:
            continue
        payment = ClaimState.model_validate_json(answer.normalised).payment
        if payment is None or payment.amount == 0:
            continue
        told.add((answer.portal, key))
        yield Missing(
            lacks=Lacks.REMITTANCE_OF_STATUS,
            portal=answer.portal,
            payer=None,
            trace=answer.payment_number,
            paid_on=answer.payment_date,
            amount=payment.amount,
            known_by=f"claim {answer.claim.patient_account_number}" if answer.claim else "",
        )


def _remittances(practice_id: int, last_day: date, today: date) -> Iterator[Missing]:
    covered = models.Deposit.objects.filter(practice_id=practice_id).aggregate(
        first=Min("deposited_on"), last=Max("deposited_on")
    )
    if covered["first"] is None or covered["last"] is None:
        return
    last_day = min(last_day, business_days_after(covered["last"], -1))
    rows = models.Remittance.objects.select_related("leading").filter(
        practice_id=practice_id, deposit=None, paid_on__range=(covered["first"], last_day)
    )
    for row in rows.exclude(leading__method=Method.NON_PAYMENT).exclude(amount_cents=0).order_by("paid_on", "id"):
        if row.paid_on is None or last_day_of_deposit(row, row.paid_on) >= min(today, covered["last"]):
            continue
        yield Missing(
            lacks=Lacks.DEPOSIT,
            portal=row.portal or None,
            payer=row.leading.payer_name if row.leading else None,
            trace=row.leading.trace if row.leading else None,
            paid_on=row.paid_on,
            amount=to_dollars(row.amount_cents),
            known_by=f"payment {row.pk}",
        )


def _taken_back(practice_id: int) -> Iterator[Missing]:
    rows = models.ProviderAdjustment.objects.select_related("reading__remittance").filter(
        reading__leads__practice_id=practice_id,
        reason__in=("WO", "FB"),
        amount_cents__gt=0,
        about_claim=None,
        about_remittance=None,
    )
    for row in rows.order_by("reading__remittance__paid_on", "id"):
        yield Missing(
            lacks=Lacks.TAKEN_BACK,
            portal=row.reading.remittance.portal or None,
            payer=row.reading.payer_name,
            trace=row.reference,
            paid_on=row.reading.paid_on,
            amount=to_dollars(row.amount_cents),
            known_by=f"payment {row.reading.remittance_id}, provider adjustment {row.number}",
        )


def _is_here(practice_id: int, key: str, amount_cents: int) -> bool:
    return models.Remittance.objects.filter(practice_id=practice_id, trace_key=key, amount_cents=amount_cents).exists()
