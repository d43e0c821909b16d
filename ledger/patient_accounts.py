"""What belongs to a patient's account with the office: what insurers decided about each claim, and what was paid.

Nothing here decides what a patient owes; `flows.statement` does, from what is read here.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Sum

from flows.answers import ClaimState, Decision
from flows.outcomes import Code
from flows.questions import ClaimStatus, Flow
from flows.statement import Remitted
from flows.tasks import TaskKind
from flows.values import Frozen
from ledger import answers, audit, models
from ledger.accounts import Actor, must_be_person
from ledger.canonical import to_cents, to_dollars
from ledger.errors import NotThere, RecordWrong
from ledger.matching_claims import Fit
from ledger.models.appeals import NEVER_FILED
from ledger.portals import portals_with_claims
from ledger.remittances_rows import balance_of, claims_of
from ledger.states import CaseState
from ledger.subjects import question_of_claim

_OTHER_PAYER = (TaskKind.COORDINATION, TaskKind.CHANGE_PAYER, TaskKind.FIND_COVERAGE)
"""Tasks that may end with another insurer who pays."""


class PaidBy(StrEnum):
    """How a patient paid."""

    CASH = "cash"
    CHECK = "check"
    CARD = "card"
    TRANSFER = "transfer"
    OTHER = "other"


class PatientPaymentRecord(Frozen):
    """One payment of a patient, or the entry that takes one back (negative). Dollars."""

    id: int
    amount: Decimal
    paid_on: date
    method: PaidBy
    takes_back: int | None
    taken_back: bool
    recorded_by: str
    recorded_at: datetime


class ClaimAccount(Frozen):
    """One claim as its patient's account sees it.

    `remitted` is what payments said about it, the oldest first; `shown` the newest claim status. `open_cases`,
    `open_appeals`, `unpaid_appeals` (decided in our favour, and the payer has not decided the claim anew since),
    `other_payer_cases` and `other_payer_tasks` are numbers of what keeps a statement back; `also_at` are portals of
    other insurers that have the same visit under the same number. `agreed` is the amount that a person agreed to bill,
    in dollars.
    """

    claim_id: int
    question: ClaimStatus
    remitted: tuple[Remitted, ...]
    shown: ClaimState | None
    open_cases: tuple[int, ...]
    open_appeals: tuple[int, ...]
    unpaid_appeals: tuple[int, ...]
    other_payer_cases: tuple[int, ...]
    other_payer_tasks: tuple[int, ...]
    also_at: tuple[str, ...]
    payments: tuple[PatientPaymentRecord, ...]
    agreed: Decimal | None

    @property
    def paid(self) -> Decimal:
        """What the patient has paid so far, in dollars."""
        return sum((payment.amount for payment in self.payments), Decimal("0.00"))


def of_claim(practice_id: int, number: str, portal: str | None = None) -> tuple[ClaimAccount, ...]:
    """The claims with this patient account number: one, unless several portals have such. Raises NotThere."""
    rows = list(_claims(practice_id, number, portal))
    if not rows:
        raise NotThere(f"claim {number}")
    return tuple(map(_account, rows))


def of_patient(practice_id: int, number: str, portal: str | None = None) -> tuple[ClaimAccount, ...]:
    """Every claim of the patient whose claim this is: the same birth date and names, at every portal. By service date.

    Raises NotThere.
    """
    rows = list(_claims(practice_id, number, portal))
    if not rows:
        raise NotThere(f"claim {number}")
    person = rows[0].patient
    same = models.Claim.objects.select_related("patient").filter(
        practice_id=practice_id,
        patient__birth_date=person.birth_date,
        patient__last_name__iexact=person.last_name,
        patient__first_name__iexact=person.first_name,
    )
    return tuple(map(_account, same.order_by("service_from", "id")))


def of_claims(practice_id: int, claim_ids: Sequence[int]) -> tuple[ClaimAccount, ...]:
    """These claims of the practice, by service date; what is not there is left out."""
    rows = models.Claim.objects.select_related("patient").filter(practice_id=practice_id, pk__in=claim_ids)
    return tuple(map(_account, rows.order_by("service_from", "id")))


class NewPayment(Frozen):
    """What a patient paid: dollars, on which day, and how."""

    amount: Decimal
    paid_on: date
    method: PaidBy


def pay(
    number: str,
    paid: NewPayment,
    actor: Actor,
    now: datetime,
    *,
    portal: str | None = None,
    again: bool = False,
) -> int:
    """Write down what the patient paid for this claim; the payment's number.

    Raises NotAPerson, NotThere, or RecordWrong: no amount, a day to come, two claims with this number, or, without
    `again`, the same amount of the same day and method that is written down already.
    """
    must_be_person(actor, "write down a patient's payment")
    cents = to_cents(paid.amount)
    if cents <= 0:
        raise RecordWrong("A payment is more than nothing. Nothing was written; a mistake is taken back by its number.")
    if paid.paid_on > now.date():
        raise RecordWrong("That day is still to come. Nothing was written.")
    with transaction.atomic():
        claim = the_claim(actor.practice_id, number, portal)
        same = claim.patient_payments.filter(
            amount_cents=cents, paid_on=paid.paid_on, method=paid.method, taken_back_by=None
        ).first()
        if same is not None and not again:
            raise RecordWrong(
                f"The same is written down already, as patient payment {same.pk}. Nothing was written; if the patient "
                "paid it twice, say so with --again."
            )
        row = models.PatientPayment.objects.create(
            practice_id=actor.practice_id,
            claim=claim,
            amount_cents=cents,
            paid_on=paid.paid_on,
            method=paid.method,
            account_id=actor.account_id,
            recorded_at=now,
        )
        _recorded(row, "patient-payment.record", actor, now)
        return row.pk


def take_back(payment_id: int, actor: Actor, now: datetime) -> int:
    """Take back a payment that was written down wrongly, by an entry of its own; that entry's number.

    Raises NotAPerson, NotThere, or RecordWrong: it was taken back before, or is such an entry itself.
    """
    must_be_person(actor, "take back a patient's payment")
    with transaction.atomic():
        rows = models.PatientPayment.objects.select_related("claim__patient").filter(practice_id=actor.practice_id)
        wrong = rows.filter(pk=payment_id).first()
        if wrong is None:
            raise NotThere(f"patient payment {payment_id}")
        if wrong.takes_back_id is not None:
            raise RecordWrong("That entry takes another one back. Nothing was written; write the payment down anew.")
        try:
            with transaction.atomic():
                row = models.PatientPayment.objects.create(
                    practice_id=actor.practice_id,
                    claim=wrong.claim,
                    amount_cents=-wrong.amount_cents,
                    paid_on=wrong.paid_on,
                    method=wrong.method,
                    takes_back=wrong,
                    account_id=actor.account_id,
                    recorded_at=now,
                )
        except IntegrityError:
            raise RecordWrong("That payment was taken back before. Nothing was written.") from None
        _recorded(row, "patient-payment.take-back", actor, now)
        return row.pk


def agree(claim_id: int, owed: Decimal, why: str, actor: Actor, now: datetime) -> None:
    """A person agrees that the patient is billed exactly so many dollars for this claim, for the reasons in `why`.

    Raises NotAPerson or NotThere.
    """
    must_be_person(actor, "agree to bill a patient")
    with transaction.atomic():
        claim = (
            models.Claim.objects.select_related("patient").filter(practice_id=actor.practice_id, pk=claim_id).first()
        )
        if claim is None:
            raise NotThere("such claim")
        row = models.BillingWord.objects.create(
            practice_id=actor.practice_id,
            claim=claim,
            owed_cents=to_cents(owed),
            why=why,
            account_id=actor.account_id,
            given_at=now,
        )
        audit.append(
            actor, "billing.agree", "billing-word", row.pk, now,
            patient_reference=claim.patient.reference, portal=claim.portal,
        )  # fmt: skip


def stated(accounts: tuple[ClaimAccount, ...], actor: Actor, now: datetime, *, result: str) -> None:
    """Put into the audit log that a statement of these claims was made."""
    ids = [account.claim_id for account in accounts]
    claims = models.Claim.objects.select_related("patient").filter(practice_id=actor.practice_id, pk__in=ids)
    for claim in claims.order_by("pk"):
        audit.append(
            actor, "statement.make", "claim", claim.pk, now,
            patient_reference=claim.patient.reference, portal=claim.portal, result=result,
        )  # fmt: skip


def the_claim(practice_id: int, number: str, portal: str | None) -> models.Claim:
    """For the ledger's own functions: the one claim with this number. Raises NotThere or RecordWrong."""
    rows = list(_claims(practice_id, number, portal))
    if not rows:
        raise NotThere(f"claim {number}")
    if len(rows) > 1:
        raise RecordWrong("Claims at several portals have this number. Nothing was written; name one with --portal.")
    return rows[0]


def paid_since(claim_ids: list[int], since: datetime) -> Decimal:
    """For the ledger's own functions: what was paid for these claims since then, in dollars, entries back included."""
    rows = models.PatientPayment.objects.filter(claim__in=claim_ids, recorded_at__gte=since)
    return to_dollars(rows.aggregate(cents=Sum("amount_cents"))["cents"] or 0)


def _claims(practice_id: int, number: str, portal: str | None) -> Iterator[models.Claim]:
    rows = models.Claim.objects.select_related("patient").filter(practice_id=practice_id, patient_account_number=number)
    yield from rows.order_by("portal") if portal is None else rows.filter(portal=portal)


def _account(claim: models.Claim) -> ClaimAccount:
    cases = models.Case.objects.filter(state=CaseState.OPEN)
    appeals = models.Appeal.objects.filter(claim=claim, decision="").exclude(stage__in=NEVER_FILED)
    # Nowhere the practice, whose the claim and its patient are: SQLite would go through all that it has.
    payments = models.RemitClaim.objects.filter(claim=claim).values_list("reading__leads", flat=True)
    about_payments = models.RemittanceCase.objects.filter(remittance__in=[one for one in payments if one is not None])
    open_cases = {
        *cases.filter(claim=claim).values_list("id", flat=True),
        *cases.filter(pk__in=list(about_payments.values_list("case_id", flat=True))).values_list("id", flat=True),
    }
    visits = list(models.Appointment.objects.filter(patient=claim.patient_id).values_list("id", flat=True))
    other_payer = cases.filter(code=Code.BUS_COB, appointment__in=visits)
    tasks = models.Task.objects.filter(claim=claim, state=CaseState.OPEN, kind__in=_OTHER_PAYER)
    word = claim.billing_words.order_by("-id").first()
    remitted, shown = tuple(_remitted(claim)), _shown(claim)
    return ClaimAccount(
        claim_id=claim.pk,
        question=question_of_claim(claim),
        remitted=remitted,
        shown=shown,
        open_cases=tuple(sorted(open_cases)),
        open_appeals=tuple(appeals.order_by("id").values_list("id", flat=True)),
        unpaid_appeals=tuple(_unpaid_appeals(claim, _decided_days(remitted, shown))),
        also_at=tuple(_also_at(claim)),
        other_payer_cases=tuple(other_payer.order_by("id").values_list("id", flat=True)),
        other_payer_tasks=tuple(tasks.order_by("id").values_list("id", flat=True)),
        payments=tuple(map(_payment, claim.patient_payments.select_related("account", "taken_back_by").order_by("id"))),
        agreed=None if word is None else to_dollars(word.owed_cents),
    )


def _unpaid_appeals(claim: models.Claim, decided_days: Sequence[date]) -> Iterator[int]:
    """Appeals that were decided in our favour after all that we know to be decided about the claim: money will come."""
    won = models.Appeal.objects.filter(claim=claim, decision__in=(Decision.OVERTURNED, Decision.PARTLY))
    newest = max(decided_days, default=None)
    for number, decided_on in won.order_by("id").values_list("id", "decided_on"):
        if newest is None or decided_on is None or newest < decided_on:
            yield number


def _decided_days(remitted: Sequence[Remitted], shown: ClaimState | None) -> list[date]:
    """When the payer decided about the claim: by its payments, and where there are none, as its portal shows it."""
    if remitted:
        days = [each.paid_on for each in remitted if not each.claim.is_reversal]
    elif shown is not None:
        days = [shown.finalised_date, shown.payment.paid_on if shown.payment else None]
    else:
        days = []
    return [day for day in days if day is not None]


def _also_at(claim: models.Claim) -> Iterator[str]:
    """Other portals with a claim of this number about the same person and day: another insurer of the same visit."""
    same = models.Claim.objects.filter(
        practice_id=claim.practice_id,
        # For the index, which begins with them.
        portal__in=portals_with_claims(claim.practice_id),
        patient_account_number=claim.patient_account_number,
        service_from=claim.service_from,
        patient__birth_date=claim.patient.birth_date,
    )
    yield from same.exclude(portal=claim.portal).order_by("portal").values_list("portal", flat=True)


def _remitted(claim: models.Claim) -> Iterator[Remitted]:
    rows = list(
        models.RemitClaim.objects.filter(claim=claim, reading__leads__isnull=False)
        .select_related("reading__remittance", "reversed_by")
        .order_by("reading__remittance__paid_on", "id")
    )
    for row, said in zip(rows, claims_of(rows), strict=True):
        yield Remitted(
            claim=said,
            payer=row.reading.payer_name,
            paid_on=row.reading.paid_on,
            taken_back=getattr(row, "reversed_by", None) is not None,
            is_part=Fit(row.fit) is Fit.SPLIT,
            balanced=balance_of(row.reading).whole,
        )


def _shown(claim: models.Claim) -> ClaimState | None:
    item = models.WorkItem.objects.select_related("answer").filter(claim=claim, flow=Flow.CLAIM_STATUS).first()
    if item is None or item.answer is None:
        return None
    said = answers.normalised_of(item.answer)
    return said if isinstance(said, ClaimState) else None


def _payment(row: models.PatientPayment) -> PatientPaymentRecord:
    return PatientPaymentRecord(
        id=row.pk,
        amount=to_dollars(row.amount_cents),
        paid_on=row.paid_on,
        method=PaidBy(row.method),
        takes_back=row.takes_back_id,
        taken_back=getattr(row, "taken_back_by", None) is not None,
        recorded_by=row.account.name,
        recorded_at=row.recorded_at,
    )


def _recorded(row: models.PatientPayment, action: str, actor: Actor, now: datetime) -> None:
    audit.append(
        actor, action, "patient-payment", row.pk, now,
        patient_reference=row.claim.patient.reference, portal=row.claim.portal,
    )  # fmt: skip
