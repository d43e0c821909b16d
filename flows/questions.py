"""Questions: one thing to find out or do at one portal, as the office knows it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from flows.values import Frozen

Input = str | date | Decimal | tuple[str, ...]
"""What a form may use: a text, a day, an amount in dollars, or several texts (the lines that are contested)."""


class Flow(StrEnum):
    """The jobs that a question can belong to; the names are those of the command line and the permission register."""

    ELIGIBILITY = "eligibility"
    CLAIM_STATUS = "claim-status"
    REMITTANCES = "remittances"
    APPEAL = "appeal"
    """Filing an appeal: the only job that changes something at the payer."""
    APPEAL_STATUS = "appeal-status"
    """What became of an appeal that was filed: a look-up, with a permission of its own."""


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


class AppealLevel(StrEnum):
    """How far an appeal has come (DOMAIN 2.4, 3.5). What the payer calls each is in its pack."""

    REOPENING = "reopening"
    """A clerical error is corrected; no appeal right is used up."""
    FIRST = "first"
    """Reconsideration; at Medicare the redetermination."""
    SECOND = "second"
    EXTERNAL = "external"
    """Somebody outside the payer decides."""


class AppealReason(StrEnum):
    """Why the office disagrees, as portals list it in words of their own."""

    MEDICAL_NECESSITY = "medical-necessity"
    AUTHORIZATION = "authorization"
    TIMELY_FILING = "timely-filing"
    CODING = "coding"
    UNDERPAYMENT = "underpayment"
    ELIGIBILITY = "eligibility"
    OTHER = "other"


class AttachmentKind(StrEnum):
    """What an attachment is, as portals ask for it."""

    MEDICAL_RECORDS = "medical-records"
    AUTHORIZATION = "authorization"
    PROOF_OF_TIMELY_FILING = "proof-of-timely-filing"
    REMITTANCE = "remittance"
    LETTER = "letter"
    OTHER = "other"


class Attachment(Frozen):
    """A document that goes with an appeal. `sha256` (hex) and `size` (bytes) are of the file as it is sent.

    `filename` is the name under which the portal sees it: ours, with nothing of the patient in it.
    """

    kind: AttachmentKind
    filename: str
    content_type: str
    sha256: str
    size: int
    pages: int | None = None


class Contest(Frozen):
    """What is contested, and why. `reference` is our own opaque name for the intent, the same for ever.

    `lines` are service line numbers as the portal numbers them, in ascending order; none contests the whole claim.
    `amount` is in dollars.
    """

    reference: str
    level: AppealLevel
    reason: AppealReason
    lines: tuple[str, ...] = ()
    amount: Decimal
    argument: str


class Appeal(Frozen):
    """File this appeal, which a person has approved. With `pressed`, its button was pressed before and nobody saw what
    came of it: only the portal's own list may say, and nothing is ever pressed again. (DESIGN 2.3; DOMAIN 2.4)"""

    flow: Literal[Flow.APPEAL] = Flow.APPEAL
    portal: str
    provider: Provider
    patient: Patient
    claim: Claim
    contest: Contest
    attachments: tuple[Attachment, ...] = ()
    attachment: Attachment | None = None
    """The one that a form for one document is about; set by the flow as it goes from one to the next."""
    pressed: bool = False
    pressed_at: datetime | None = None
    """When it was pressed, as far as that is known; aware, UTC. An appeal that was filed on an earlier day is another
    one."""


class Filed(Frozen):
    """An appeal as it was filed. `confirmation` is None while the payer has given no number yet."""

    reference: str
    level: AppealLevel
    lines: tuple[str, ...] = ()
    confirmation: str | None = None
    filed_on: date


class AppealStatus(Frozen):
    """What became of this appeal?"""

    flow: Literal[Flow.APPEAL_STATUS] = Flow.APPEAL_STATUS
    portal: str
    provider: Provider
    patient: Patient
    claim: Claim
    filed: Filed


Question = Annotated[ClaimStatus | Eligibility | Remittances | Appeal | AppealStatus, Field(discriminator="flow")]
"""Any question; they are told apart by `flow`."""

_PARTS: Mapping[Flow, Mapping[str, type[Frozen]]] = {
    Flow.CLAIM_STATUS: {"provider": Provider, "patient": Patient, "claim": Claim},
    Flow.ELIGIBILITY: {"provider": Provider, "patient": Patient, "service": Service},
    Flow.REMITTANCES: {"provider": Provider, "period": Period},
    Flow.APPEAL: {
        "provider": Provider,
        "patient": Patient,
        "claim": Claim,
        "contest": Contest,
        "attachment": Attachment,
    },
    Flow.APPEAL_STATUS: {"provider": Provider, "patient": Patient, "claim": Claim, "filed": Filed},
}
"""By flow: the parts of its question that forms may use. What the office merely holds is never typed at a portal."""


def inputs(question: Question) -> Mapping[str, Input]:
    """The question's inputs by the names that forms use (`patient.member_id`); what is not known is left out."""
    return {
        f"{part}.{name}": value
        for part, model in _PARTS[question.flow].items()
        if (held := getattr(question, part)) is not None
        for name, field in model.model_fields.items()
        if _plain_type(field.annotation) is not None and (value := getattr(held, name)) is not None
    }


def input_types(flow: Flow) -> Mapping[str, type]:
    """Every input name that a form of this flow may use, with its type (`str`, `date`, `Decimal` or `tuple`), for the
    check of packs."""
    return {
        f"{part}.{name}": plain
        for part, model in _PARTS[flow].items()
        for name, field in model.model_fields.items()
        if (plain := _plain_type(field.annotation)) is not None
    }


def _plain_type(annotation: object) -> type | None:
    """The type of an input; None for what no form can use (the size of a file)."""
    if isinstance(annotation, type) and issubclass(annotation, str):
        return str
    for plain in (str, date, Decimal):
        if annotation == plain or annotation == (plain | None):
            return plain
    return tuple if annotation == tuple[str, ...] else None
