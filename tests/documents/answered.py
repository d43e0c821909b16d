"""Answers of a small office, as the ledger would hand them out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from flows.answers import (
    Adjustment,
    Answer,
    ClaimNotFound,
    ClaimState,
    Line,
    PatientResponsibility,
    Payment,
    RelatedClaim,
    Request,
    Role,
)
from flows.outcomes import Ending
from flows.questions import Claim, ClaimStatus, Flow, Patient, Provider, Question

SEEN = datetime(2026, 3, 2, 1, 0, 5, 250000, tzinfo=UTC)


@dataclass(frozen=True)
class Answered:
    """An answer and its question."""

    question: Question
    number: str
    ending: Ending
    answer: Answer
    flow: Flow = Flow.CLAIM_STATUS
    version: int = 2
    author: str = "robot"
    recorded_at: datetime = SEEN
    reused: bool = False


def question(number: str) -> ClaimStatus:
    return ClaimStatus(
        portal="practice-national",
        provider=Provider(tin="123456789", npi="1234567893"),
        patient=Patient(member_id="00MBR1", last_name="Muñoz-Ångström", first_name="Zoë", birth_date=date(1961, 5, 17)),
        claim=Claim(
            patient_account_number=number,
            service_from=date(2026, 1, 12),
            service_to=date(2026, 1, 13),
            billed=Decimal("1234.5"),
        ),
    )


def paid(number: str = "00017", *, portal_text: str = "Processed – Paid") -> Answered:
    """Every fact that an answer can hold."""
    state = ClaimState(
        category="F1",
        status_codes=("65", "104"),
        portal_text=portal_text,
        payer_claim_number="0026012345",
        patient_account_number=number,
        received_date=date(2026, 1, 20),
        finalised_date=date(2026, 2, 1),
        effective_date=date(2026, 2, 2),
        related_claims=(RelatedClaim(role=Role.ORIGINAL, payer_claim_number="0025000001"),),
        billed=Decimal("1234.50"),
        allowed=Decimal("100.10"),
        paid=Decimal("0"),
        patient_responsibility=PatientResponsibility(total=Decimal("20.00"), copay=Decimal("20.00")),
        payment=Payment(method="EFT", number="007788", paid_on=date(2026, 2, 3), amount=Decimal("512.00")),
        lines=(
            Line(
                number=1,
                procedure="99213",
                modifiers=("25", "59"),
                units=Decimal("1.5"),
                billed=Decimal("1000.00"),
                adjustments=(Adjustment(group="CO", carc="45", amount=Decimal("30.00")),),
                remark_codes=("N130",),
            ),
            Line(number=2, procedure="00100", billed=Decimal("234.50"), paid=Decimal("80.10")),
        ),
        adjustments=(
            Adjustment(group="CO", carc="45", amount=Decimal("-30.00")),
            Adjustment(group="PR", carc="3", amount=Decimal("20")),
        ),
        remark_codes=("N1", "MA04"),
        requests=(Request(what="Records", due=date(2026, 4, 1)), Request(what="Call us")),
        appeal_allowed=False,
    )
    return _answered(number, Ending.ANSWERED, state)


def not_found(number: str = "00018") -> Answered:
    return _answered(number, Ending.NEGATIVE, ClaimNotFound(searched=("by member", "by claim number")))


def _answered(number: str, ending: Ending, said: ClaimState | ClaimNotFound) -> Answered:
    answer = Answer(portal="practice-national", pack_version="7", observed_at=SEEN, normalised=said, extracted=())
    return Answered(question(number), number, ending, answer)
