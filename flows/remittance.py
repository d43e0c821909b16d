"""A remittance: how a payer says that one payment is made up (X12 835; DOMAIN 2.3). Dollars, signs as in the file.

The same shape holds what came as 835 and what was read from the paper form (EOB); `Remittance.source` says which.
Absent is None: a blank is not zero.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from flows.values import Frozen


class RemitAdjustment(Frozen):
    """One CAS triple: group (CO, PR, OA, PI, CR), claim adjustment reason code, dollars, units taken off."""

    group: str
    carc: str
    amount: Decimal
    quantity: Decimal | None = None


class Reference(Frozen):
    """A number with its X12 qualifier (REF01): 6R line control number, F8 original claim number, EV receiver, ..."""

    qualifier: str
    number: str


class RemitLine(Frozen):
    """One service line (SVC and what follows it). `number` counts from 1 inside the claim."""

    number: int
    procedure: str
    """As it was paid; the code alone, without its qualifier (HC)."""
    modifiers: tuple[str, ...] = ()
    billed_procedure: str | None = None
    """SVC06, where the payer paid another code than was billed."""
    revenue_code: str | None = None
    units: Decimal | None = None
    billed_units: Decimal | None = None
    service_from: date | None = None
    service_to: date | None = None
    billed: Decimal | None
    paid: Decimal | None
    """None where the payer's file leaves the amount out; such a line does not balance."""
    allowed: Decimal | None = None
    adjustments: tuple[RemitAdjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()


class RemitPerson(Frozen):
    """A person or organisation named in a claim: NM1 name parts and identifier."""

    last_name: str | None = None
    first_name: str | None = None
    identifier: str | None = None


class RemitClaim(Frozen):
    """One CLP loop. `number` counts from 1 inside the transaction: claim numbers repeat (reversal and correction)."""

    number: int
    patient_account_number: str
    """CLP01."""
    status: str
    """CLP02: 1-3 processed as primary, secondary, tertiary; 4 denied; 19-21 and forwarded; 22 reversal; 23 not ours,
    forwarded; 25 predetermination, no payment."""
    billed: Decimal
    paid: Decimal
    patient_responsibility: Decimal | None = None
    filing_indicator: str | None = None
    payer_claim_number: str | None = None
    facility_code: str | None = None
    frequency: str | None = None
    patient: RemitPerson = RemitPerson()
    insured: RemitPerson | None = None
    corrected_insured: RemitPerson | None = None
    """NM1*74: the payer's correction of name or member id."""
    rendering_provider: RemitPerson | None = None
    crossover_payer: RemitPerson | None = None
    """NM1*TT: to whom the payer sent the claim on."""
    corrected_payer: RemitPerson | None = None
    """NM1*PR: the payer that has to be billed first."""
    service_from: date | None = None
    service_to: date | None = None
    received_date: date | None = None
    coverage_ends: date | None = None
    allowed: Decimal | None = None
    adjustments: tuple[RemitAdjustment, ...] = ()
    """At claim level; those of the lines stand in the lines."""
    remark_codes: tuple[str, ...] = ()
    """MIA and MOA."""
    references: tuple[Reference, ...] = ()
    lines: tuple[RemitLine, ...] = ()

    @property
    def is_reversal(self) -> bool:
        return self.status == "22"

    @property
    def is_predetermination(self) -> bool:
        return self.status == "25"


class ProviderAdjustment(Frozen):
    """One PLB pair: reason (WO, FB, L6, 72, CS, ...), reference, dollars. As in the file: positive takes money away."""

    reason: str
    reference: str | None = None
    amount: Decimal
    fiscal_year_end: date | None = None


class Party(Frozen):
    """Payer or payee: N104 may be an NPI (XX), a tax number (FI) or a payer's own number."""

    name: str | None = None
    identifier: str | None = None
    tin: str | None = None


class Balance(Frozen):
    """Do the formulas of DOMAIN 2.3 hold on every line, on every claim, and for the whole transaction?"""

    line: bool
    claim: bool
    transaction: bool

    @property
    def whole(self) -> bool:
        return self.line and self.claim and self.transaction


class Method(StrEnum):
    """BPR04, as far as the product tells them apart."""

    ACH = "ACH"
    CHECK = "CHK"
    NON_PAYMENT = "NON"
    WIRE = "FWT"
    OTHER = "other"


class Remittance(Frozen):
    """One payment and what it is made of: an ST*835 transaction, or the EOB of one payment."""

    source: Literal["835", "eob"]
    method: Method
    amount: Decimal
    """BPR02, the size of the payment; negative only where BPR03 is D (debit)."""
    paid_on: date | None = None
    trace: str
    """TRN02: EFT trace or check number."""
    originator: str | None = None
    """TRN03."""
    payer: Party = Party()
    payee: Party = Party()
    production_date: date | None = None
    references: tuple[Reference, ...] = ()
    claims: tuple[RemitClaim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    balance: Balance
    unbalanced: tuple[str, ...] = ()
    """Where it does not balance, in our words with numbers of claims and lines and no value from the file."""
    confidence: Mapping[str, float] = {}
    """EOB only: 0 to 1 for each field that was read, by its path (`amount`, `claims[0].paid`)."""
