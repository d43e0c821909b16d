"""Whom a probe asks about: somebody who cannot exist, in the shape of a real question; for payments, one single day."""

from datetime import date
from decimal import Decimal
from typing import assert_never

from flows.questions import Appeal, AppealStatus, ClaimStatus, Eligibility, Patient, Period, Question, Remittances


def nobody_like(like: Question, prefix: int, today: date) -> Question:
    """The question about somebody who cannot exist, in the shape of a real one: numbers of noughts, born in 1901.

    The first `prefix` characters of the member id (the plan's own) stay, as do provider and service dates. Payments are
    those of the day `today`.
    """
    match like:
        case ClaimStatus():
            number = like.claim.payer_claim_number
            claim = like.claim.model_copy(
                update={
                    "patient_account_number": "PROBE",
                    "payer_claim_number": None if number is None else _noughts(number),
                    "billed": Decimal("0.01"),
                }
            )
            return like.model_copy(update={"patient": _nobody(like.patient, prefix), "claim": claim})
        case Eligibility():
            return like.model_copy(update={"patient": _nobody(like.patient, prefix)})
        case Remittances():
            return like.model_copy(update={"period": Period(paid_from=today, paid_to=today)})
        case Appeal() | AppealStatus():
            raise ValueError("nobody appeals for a probe's sake")
        case _:
            assert_never(like)


def _nobody(patient: Patient, prefix: int) -> Patient:
    member_id = patient.member_id
    return patient.model_copy(
        update={
            "member_id": member_id[:prefix] + _noughts(member_id[prefix:]),
            "last_name": "Nobody",
            "first_name": "Probe",
            "birth_date": date(1901, 1, 1),
        }
    )


def _noughts(number: str) -> str:
    return "".join("0" if character.isdigit() else character for character in number)
