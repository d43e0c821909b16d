"""The truth ledger: what the practice payer really knows about its members and claims, portals only show it."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

Role = Literal["original", "replacement", "void", "split", "crossover"]
Wording = Literal["plain", "ambiguous", "unmapped"]
PageError = Literal["wrong-total", "wrong-line"]
Expect = Literal["ANSWERED", "NEGATIVE", "NEEDS_STAFF"]


class Frozen(BaseModel):
    """Base of all values here: immutable, nothing unknown inside."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BillingProvider(Frozen):
    """One billing location: `npi` has a valid check digit."""

    npi: str
    name: str


class Practice(Frozen):
    """The practice that bills. Claims of the work list belong to `providers[0]`."""

    tin: str
    name: str
    providers: tuple[BillingProvider, ...]


class Member(Frozen):
    """A patient as the payer holds them; upper case, letters without accents."""

    patient: str
    """Key inside the truth ledger; a member id may stand for two people."""
    member_id: str
    former_member_ids: tuple[str, ...] = ()
    """Ids that a search still finds, although pages show the present one."""
    last_name: str
    first_name: str
    middle_initial: str = ""
    birth_date: date


class Adjustment(Frozen):
    """Why a billed dollar was not paid: group code (CO, PR, OA, PI), CARC, dollars."""

    group: str
    carc: str
    amount: Decimal


class ServiceLine(Frozen):
    """One billed service. `allowed` and `paid` are None until the line is adjudicated. Dollars."""

    number: int
    procedure: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    service_date: date
    billed: Decimal
    allowed: Decimal | None = None
    paid: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()


class PatientResponsibility(Frozen):
    """What the patient owes, in dollars, by reason."""

    deductible: Decimal
    coinsurance: Decimal
    copay: Decimal
    noncovered: Decimal

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.deductible + self.coinsurance + self.copay + self.noncovered


class Payment(Frozen):
    """How this claim was paid; `amount` is this claim's share in dollars."""

    method: Literal["EFT", "check", "non-payment"]
    number: str | None
    date: date
    amount: Decimal


class Request(Frozen):
    """Something the payer wants before it goes on."""

    what: str
    due: date


class RelatedClaim(Frozen):
    """Another claim that belongs to this one; `role` is the other claim's part."""

    payer_claim_number: str
    role: Role


class Claim(Frozen):
    """A claim as the payer holds it. Amounts in dollars, None while not decided."""

    payer_claim_number: str
    patient: str
    patient_account_number: str | None
    """As the payer kept it; None when it did not."""
    billing_npi: str
    service_from: date
    service_to: date
    received_date: date
    finalised_date: date | None
    effective_date: date
    category: str
    """Claim status category (code list 507)."""
    status_codes: tuple[str, ...]
    """Claim status codes (code list 508)."""
    billed: Decimal
    allowed: Decimal | None
    paid: Decimal | None
    patient_responsibility: PatientResponsibility | None
    payment: Payment | None
    lines: tuple[ServiceLine, ...]
    requests: tuple[Request, ...] = ()
    related: tuple[RelatedClaim, ...] = ()
    appeal_allowed: bool
    wording: Wording = "plain"
    """Whether portals show the category in their usual words."""
    text_hint: str = ""
    """Which of a portal's words for the category fits: "replaced", "voided", "reversal" or nothing."""
    page_error: PageError | None = None
    """A mistake on the payer's pages: the money shown does not add up, the money here does."""


class WorkListRow(Frozen):
    """What the office knows about a claim it asks for; names, ids and dates as the office holds them."""

    practice_tin: str
    billing_npi: str
    portal: str
    member_id: str
    last_name: str
    first_name: str
    birth_date: date
    patient_account_number: str
    payer_claim_number: str
    service_from: date
    service_to: date
    billed: Decimal
    first_procedure: str


class Ask(Frozen):
    """What a right reader makes of a work-list row (one per row, by `patient_account_number`).

    ANSWERED names the claim whose facts the answer must equal. A reader may always ask a person instead;
    it may never answer other facts.
    """

    patient_account_number: str
    expect: Expect
    payer_claim_number: str | None
    why: str
    scenario: str
