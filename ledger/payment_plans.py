"""Payment plans: a patient's balance in instalments, kept until a person ends the plan."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from flows.payment_plan import Instalment, InstalmentStanding, followed
from flows.values import Frozen
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.canonical import to_cents, to_dollars
from ledger.errors import NotThere, RecordWrong
from ledger.patient_accounts import paid_since


class PlannedClaim(Frozen):
    """A claim of a plan, and what was left to pay for it when the plan was made, in dollars."""

    portal: str
    patient_account_number: str
    balance: Decimal


class PlanRecord(Frozen):
    """A plan as it stands; `paid` is what came since it was made, in dollars."""

    number: int
    claims: tuple[PlannedClaim, ...]
    instalments: tuple[InstalmentStanding, ...]
    balance: Decimal
    paid: Decimal
    made_by: str
    made_at: datetime
    ended_by: str | None
    ended_at: datetime | None


def make(balances: Mapping[int, Decimal], instalments: Sequence[Instalment], actor: Actor, now: datetime) -> int:
    """A plan for these claims (by their ids) with what is left to pay for each, in dollars; its number.

    Raises NotAPerson, NotThere, or RecordWrong: the instalments are not the balance, or a claim is in a plan already.
    """
    must_be_person(actor, "make a payment plan")
    if sum(balances.values(), Decimal(0)) != sum((each.amount for each in instalments), Decimal(0)):
        raise RecordWrong("The instalments do not add up to the balance. Nothing was written.")
    with transaction.atomic():
        ours = models.Claim.objects.filter(practice_id=actor.practice_id, pk__in=balances).count()
        if ours != len(balances):
            raise NotThere("such claim")
        plan = models.PaymentPlan.objects.create(
            practice_id=actor.practice_id, made_by_id=actor.account_id, made_at=now
        )
        try:
            with transaction.atomic():
                models.PlanClaim.objects.bulk_create(
                    models.PlanClaim(plan=plan, claim_id=claim_id, balance_cents=to_cents(balance))
                    for claim_id, balance in balances.items()
                )
        except IntegrityError:
            raise RecordWrong("A claim is in another plan. Nothing was written; end that plan first.") from None
        models.PlanInstalment.objects.bulk_create(
            models.PlanInstalment(plan=plan, number=each.number, due_on=each.due_on, amount_cents=to_cents(each.amount))
            for each in instalments
        )
        audit.append(actor, "plan.make", "plan", plan.pk, now, result=str(len(instalments)))
        return plan.pk


def end(number: int, actor: Actor, now: datetime) -> None:
    """End a plan: what is left is due as before. Raises NotAPerson, NotThere, or RecordWrong when it has ended."""
    must_be_person(actor, "end a payment plan")
    with transaction.atomic():
        plan = (
            models.PaymentPlan.objects.select_for_update(of=("self",))
            .filter(practice_id=actor.practice_id, pk=number)
            .first()
        )
        if plan is None:
            raise NotThere(f"payment plan {number}")
        if plan.ended_at is not None:
            raise RecordWrong("That plan has ended. Nothing was changed.")
        plan.ended_at, plan.ended_by_id = now, actor.account_id
        plan.save(update_fields=["ended_at", "ended_by"])
        plan.claims.update(living=False)
        audit.append(actor, "plan.end", "plan", plan.pk, now)


def get(practice_id: int, number: int, today: date) -> PlanRecord:
    """One plan, and how it is followed today. Raises NotThere."""
    row = _rows(practice_id).filter(pk=number).first()
    if row is None:
        raise NotThere(f"payment plan {number}")
    return _record(row, today)


def list_all(practice_id: int, today: date, *, ended: bool = False) -> tuple[PlanRecord, ...]:
    """The plans that are followed now; with `ended`, the others too. The oldest first."""
    rows = _rows(practice_id) if ended else _rows(practice_id).filter(ended_at=None)
    return tuple(_record(row, today) for row in rows.order_by("id"))


def _rows(practice_id: int) -> QuerySet[models.PaymentPlan]:
    return models.PaymentPlan.objects.select_related("made_by", "ended_by").filter(practice_id=practice_id)


def _record(row: models.PaymentPlan, today: date) -> PlanRecord:
    claims = list(row.claims.select_related("claim").order_by("id"))
    instalments = [
        Instalment(number=each.number, due_on=each.due_on, amount=to_dollars(each.amount_cents))
        for each in row.instalments.order_by("number")
    ]
    paid = paid_since([each.claim_id for each in claims], row.made_at)
    return PlanRecord(
        number=row.pk,
        claims=tuple(
            PlannedClaim(
                portal=each.claim.portal,
                patient_account_number=each.claim.patient_account_number,
                balance=to_dollars(each.balance_cents),
            )
            for each in claims
        ),
        instalments=followed(instalments, paid, today),
        balance=sum((each.amount for each in instalments), Decimal("0.00")),
        paid=paid,
        made_by=row.made_by.name,
        made_at=row.made_at,
        ended_by=row.ended_by.name if row.ended_by else None,
        ended_at=row.ended_at,
    )
