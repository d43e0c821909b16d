"""Questions: one thing to find out or do at one portal, as the office knows it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from flows.values import Frozen

Input = str | date | Decimal


class Flow(StrEnum):
    """The jobs that a question can belong to; the names are those of the command line and the permission register."""

    CLAIM_STATUS = "claim-status"


class Provider(Frozen):
    """Who billed: tax number (nine digits) and national provider identifier (ten digits)."""

    tin: str
    npi: str


class Patient(Frozen):
    """The patient as the office holds them; names and member id exactly as on the card."""

    member_id: str
    last_name: str
    first_name: str
    birth_date: date


class Claim(Frozen):
    """The claim as it was sent. `billed` is in dollars, to the cent; the service dates are both included."""

    patient_account_number: str
    payer_claim_number: str | None = None
    service_from: date
    service_to: date
    billed: Decimal
    first_procedure: str | None = None


class ClaimStatus(Frozen):
    """What became of this claim? (X12 276; DOMAIN 2.2)"""

    flow: Literal[Flow.CLAIM_STATUS] = Flow.CLAIM_STATUS
    portal: str
    provider: Provider
    patient: Patient
    claim: Claim


Question = ClaimStatus
"""Any question. More jobs join here, told apart by `flow`."""


def inputs(question: Question) -> Mapping[str, Input]:
    """The question's inputs by the names that forms use (`patient.member_id`); what is not known is left out."""
    parts = {"provider": question.provider, "patient": question.patient, "claim": question.claim}
    return {
        f"{part}.{name}": value
        for part, model in parts.items()
        for name in type(model).model_fields
        if (value := getattr(model, name)) is not None
    }


def input_types(flow: Flow) -> Mapping[str, type[Input]]:
    """Every input name that a form of this flow may use, with its type, for the check of packs."""
    parts: Mapping[str, type[Frozen]]
    match flow:
        case Flow.CLAIM_STATUS:
            parts = {"provider": Provider, "patient": Patient, "claim": Claim}
    return {
        f"{part}.{name}": _plain_type(field.annotation)
        for part, model in parts.items()
        for name, field in model.model_fields.items()
    }


def _plain_type(annotation: object) -> type[Input]:
    for plain in (str, date, Decimal):
        if annotation == plain or annotation == (plain | None):
            return plain
    raise TypeError(f"an input of a question must be text, a date or an amount, not {annotation}")
