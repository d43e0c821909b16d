"""Questions: one thing to find out or do at one portal, as the office knows it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from flows.values import Frozen

Input = str | date | Decimal


class Flow(StrEnum):
    """The jobs that a question can belong to; the names are those of the command line and the permission register."""

    ELIGIBILITY = "eligibility"
    CLAIM_STATUS = "claim-status"
    REMITTANCES = "remittances"


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


class Service(Frozen):
    """The visit that coverage is needed for: the days, both included, and an X12 service type code (30: the plan)."""

    service_from: date
    service_to: date
    service_type: str = "30"


class Held(Frozen):
    """What the office holds of the patient's coverage, to compare with; None where it holds nothing."""

    plan_name: str | None = None
    group_number: str | None = None
    other_payer: str | None = None


class Eligibility(Frozen):
    """Is the patient covered on that day, by what, and what is left to pay? (X12 270; DOMAIN 2.1)"""

    flow: Literal[Flow.ELIGIBILITY] = Flow.ELIGIBILITY
    portal: str
    provider: Provider
    patient: Patient
    service: Service
    held: Held = Held()


class Period(Frozen):
    """The days of payment to look through, both included."""

    paid_from: date
    paid_to: date


class Remittances(Frozen):
    """Which payments did the payer make to this provider in these days, and how are they made up? (DOMAIN 2.3)"""

    flow: Literal[Flow.REMITTANCES] = Flow.REMITTANCES
    portal: str
    provider: Provider
    period: Period


Question = Annotated[ClaimStatus | Eligibility | Remittances, Field(discriminator="flow")]
"""Any question; they are told apart by `flow`."""

_PARTS: Mapping[Flow, Mapping[str, type[Frozen]]] = {
    Flow.CLAIM_STATUS: {"provider": Provider, "patient": Patient, "claim": Claim},
    Flow.ELIGIBILITY: {"provider": Provider, "patient": Patient, "service": Service},
    Flow.REMITTANCES: {"provider": Provider, "period": Period},
}
"""By flow: the parts of its question that forms may use. What the office merely holds is never typed at a portal."""


def inputs(question: Question) -> Mapping[str, Input]:
    """The question's inputs by the names that forms use (`patient.member_id`); what is not known is left out."""
    return {
        f"{part}.{name}": value
        for part, model in _PARTS[question.flow].items()
        for name in model.model_fields
        if (value := getattr(getattr(question, part), name)) is not None
    }


def input_types(flow: Flow) -> Mapping[str, type[Input]]:
    """Every input name that a form of this flow may use, with its type, for the check of packs."""
    return {
        f"{part}.{name}": _plain_type(field.annotation)
        for part, model in _PARTS[flow].items()
        for name, field in model.model_fields.items()
    }


def _plain_type(annotation: object) -> type[Input]:
    for plain in (str, date, Decimal):
        if annotation == plain or annotation == (plain | None):
            return plain
    raise TypeError(f"an input of a question must be text, a date or an amount, not {annotation}")
