"""What the practice payer paid and how each payment is made up, in words close to those of the X12 835."""

from datetime import date
from decimal import Decimal
from typing import Literal

from sandbox.truth.model import Frozen, ServiceLine

PaymentMethod = Literal["ACH", "CHK", "NON"]
"""BPR04: electronic funds transfer, check, non-payment."""
EobForm = Literal["text", "scanned"]
Delivery = Literal["835", "eob"]
Mistake = Literal["wrong-line", "wrong-claim"]


class RemitName(Frozen):
    """A person or payer as a remittance names them: NM103, NM104, NM109."""

    last_name: str
    first_name: str = ""
    identifier: str = ""


class RemitClaim(Frozen):
    """A claim in a remittance (CLP loop). Dollars, signs as in the file."""

    payer_claim_number: str
    original_claim_number: str | None = None
    """REF*F8: the claim that this one reverses or replaces."""
    patient: str
    """Key of the member inside the truth ledger."""
    patient_account_number: str
    """CLP01; "0" where the payer kept none."""
    status: Literal["1", "4", "19", "22"]
    """CLP02."""
    insured: RemitName
    corrected_insured: RemitName | None = None
    crossover_payer: RemitName | None = None
    billed: Decimal
    paid: Decimal
    patient_responsibility: Decimal
    allowed: Decimal | None
    service_from: date
    service_to: date
    received_date: date
    lines: tuple[ServiceLine, ...]
    """As the claim's own; `allowed`, `paid` and adjustments are decided."""


class ProviderAdjustment(Frozen):
    """A PLB pair. As in the file: a positive amount takes money away from the payment. Dollars."""

    reason: Literal["WO", "FB", "L6"]
    reference: str
    """The claim or the payment that it is about."""
    amount: Decimal


class Remittance(Frozen):
    """One payment and what it is made of; sum of the claims' `paid` - sum of the provider adjustments = `amount`."""

    trace: str
    """TRN02: EFT trace or check number; the number that claims paid by it carry as `payment.number`."""
    method: PaymentMethod
    amount: Decimal
    paid_on: date
    payee_npi: str
    payee_tin: str
    payee_name: str
    payer_name: str
    payer_id: str
    claims: tuple[RemitClaim, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    deliveries: tuple[Delivery, ...]
    """What the portal offers of it; nothing: the money came and no remittance ever did, no list shows it."""
    eob_form: EobForm = "text"
    mistake: Mistake | None = None
    """A mistake in the payer's documents (the 835 and the EOB do not balance); the truth here does."""
    stories: tuple[str, ...] = ()
    """What is special about it."""
    expect: Literal["loaded", "flagged", "staff", "missing"]
    """What becomes of it in the office: loaded and balanced; loaded and flagged as unbalanced; a scan for a person;
    missing, known from deposit and claim status only."""


class Deposit(Frozen):
    """Money that arrived at the office's bank. `trace` is what the bank shows of the payer's number, if anything."""

    deposited_on: date
    amount: Decimal
    trace: str
    payer: str
    reference: str
    """The bank's own number."""


class Acknowledgement(Frozen):
    """What the payer said when a claim came in (277CA)."""

    patient_account_number: str
    payer_claim_number: str | None
    accepted: bool
    category: str
    """Claim status category: A2 accepted, A3/A7 rejected."""
    status_code: str
    acknowledged_on: date
    billed: Decimal
