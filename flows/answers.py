"""Answers: what a portal said, as it was shown and as codes, amounts and dates.

Three layers are kept. Raw, the sealed page and its hash, is the evidence; `extracted` is each text as shown with the
place it stood; the normalised part is what the office works with. Absent is None: a blank is not zero.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from flows.coverage import Coverage, MemberNotFound
from flows.values import Frozen


class Shown(Frozen):
    """A text exactly as the portal showed it, and where: `view.element` or `view.table[row].column`."""

    where: str
    text: str


class Adjustment(Frozen):
    """Why a charge was not paid in full: group (CO, PR, OA, PI), claim adjustment reason code, dollars (X12 CAS)."""

    group: str
    carc: str
    amount: Decimal


class PatientResponsibility(Frozen):
    """What the payer says the patient owes, in dollars; None where the portal does not show the part."""

    total: Decimal | None = None
    deductible: Decimal | None = None
    coinsurance: Decimal | None = None
    copay: Decimal | None = None
    noncovered: Decimal | None = None


class Payment(Frozen):
    """The payment that carried this claim. `amount` as shown: of the whole payment, or only of the claim's part."""

    method: str | None = None
    number: str | None = None
    paid_on: date | None = None
    amount: Decimal | None = None


class Line(Frozen):
    """One service line as the payer decided it; amounts in dollars."""

    number: int
    procedure: str
    modifiers: tuple[str, ...] = ()
    units: Decimal | None = None
    billed: Decimal
    allowed: Decimal | None = None
    paid: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()


class Role(StrEnum):
    """What another claim number is to this one."""

    ORIGINAL = "original"
    REPLACEMENT = "replacement"
    VOID = "void"
    SPLIT = "split"
    CROSSOVER = "crossover"


class RelatedClaim(Frozen):
    """Another claim number that the portal names beside this one."""

    role: Role
    payer_claim_number: str


class Request(Frozen):
    """Something that the payer waits for."""

    what: str
    due: date | None = None


class ClaimState(Frozen):
    """What became of a claim, in the words of the X12 277 (DOMAIN 2.2).

    `category` is the claim status category code after the money and lines have spoken; `portal_text` is the status as
    shown; `status_codes` are claim status codes (code list 508) where the portal shows them.
    """

    kind: Literal["claim"] = "claim"
    category: str
    status_codes: tuple[str, ...] = ()
    portal_text: str
    payer_claim_number: str
    patient_account_number: str | None = None
    received_date: date | None = None
    finalised_date: date | None = None
    effective_date: date | None = None
    related_claims: tuple[RelatedClaim, ...] = ()
    billed: Decimal
    allowed: Decimal | None = None
    paid: Decimal | None = None
    patient_responsibility: PatientResponsibility = PatientResponsibility()
    payment: Payment | None = None
    lines: tuple[Line, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    appeal_allowed: bool | None = None


class ClaimNotFound(Frozen):
    """The portal's own marker says that it has no such claim; `searched` names each search that said so."""

    kind: Literal["not-found"] = "not-found"
    searched: tuple[str, ...]


class ListedDocument(Frozen):
    """A document that came with a payment. `sha256` (hex) and `size` (bytes) are of the file as the portal gave it."""

    kind: Literal["835", "eob", "zip"]
    sha256: str
    size: int


class ListedPayment(Frozen):
    """One payment as the portal's list shows it, dollars, with the documents that were fetched for it."""

    trace: str
    paid_on: date | None = None
    amount: Decimal
    method: str | None = None
    documents: tuple[ListedDocument, ...] = ()
    """Empty where the payer made none for this payment (yet): a missing remittance, which is told."""


class RemittancesListed(Frozen):
    """Every payment that the portal lists for the days asked about, with what was fetched."""

    kind: Literal["remittances"] = "remittances"
    payments: tuple[ListedPayment, ...]


class NoRemittances(Frozen):
    """The portal's own marker says that it made no payments in these days."""

    kind: Literal["no-remittances"] = "no-remittances"


class AppealFiled(Frozen):
    """The appeal is with the payer. `confirmation` is None while the payer has given no number yet (quirk 47).

    `found_on_list`: the receipt was never seen, and the portal's own list shows the appeal.
    """

    kind: Literal["appeal-filed"] = "appeal-filed"
    confirmation: str | None = None
    filed_on: date | None = None
    expected_by: date | None = None
    found_on_list: bool = False


class Refusal(StrEnum):
    """Why a portal refuses to take an appeal (DOMAIN 1.6, quirk 44)."""

    NOT_APPEALABLE = "not-appealable"
    DUPLICATE = "duplicate"
    """The payer has one already: of ours, or filed by somebody by hand."""
    WINDOW_CLOSED = "window-closed"
    LINE_PAID = "line-paid"


class AppealRefused(Frozen):
    """The portal refuses to take the appeal, and nothing was filed. `portal_text` is what it said."""

    kind: Literal["appeal-refused"] = "appeal-refused"
    refusal: Refusal
    portal_text: str | None = None


class AppealStanding(StrEnum):
    """Where an appeal stands at the payer."""

    RECEIVED = "received"
    IN_REVIEW = "in-review"
    INFORMATION_WANTED = "information-wanted"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What the payer decided (DOMAIN 2.4)."""

    OVERTURNED = "overturned"
    """In our favour."""
    PARTLY = "partly"
    UPHELD = "upheld"
    """The denial stands."""
    DISMISSED = "dismissed"


class AppealState(Frozen):
    """What became of an appeal. `decision` is there exactly when it is decided; `recovered` is in dollars, where shown.

    `next_level_due` is the last day for the next level, where the portal says it.
    """

    kind: Literal["appeal"] = "appeal"
    standing: AppealStanding
    portal_text: str
    confirmation: str | None = None
    received_on: date | None = None
    expected_by: date | None = None
    decision: Decision | None = None
    decided_on: date | None = None
    recovered: Decimal | None = None
    next_level_due: date | None = None
    requests: tuple[Request, ...] = ()


class AppealNotListed(Frozen):
    """The portal's own list has no such appeal (yet)."""

    kind: Literal["appeal-not-listed"] = "appeal-not-listed"


Normalised = (
    ClaimState
    | ClaimNotFound
    | Coverage
    | MemberNotFound
    | RemittancesListed
    | NoRemittances
    | AppealFiled
    | AppealRefused
    | AppealState
    | AppealNotListed
)


class Answer(Frozen):
    """One answer: the normalised part, and every text it was made from. `observed_at` is an aware UTC time."""

    portal: str
    pack_version: str
    observed_at: datetime
    normalised: Annotated[Normalised, Field(discriminator="kind")]
    extracted: tuple[Shown, ...]
