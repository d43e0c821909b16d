"""How the national portal writes payments: the list, one payment, and the state of a data bundle."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.portals.national.shown import Style
from sandbox.truth.remittance import PaymentMethod, RemitClaim, Remittance

METHOD_TEXTS: dict[PaymentMethod, str] = {"ACH": "EFT", "CHK": "Check", "NON": "Non-payment"}
CLAIM_TEXTS = {
    # how a claim was processed (CLP02): the portal's words
    "1": "Processed",
    "4": "Denied",
    "19": "Processed and forwarded",
    "22": "Reversal of an earlier payment",
}
ADJUSTMENT_TEXTS = {
    # why a payment is more or less than its claims (PLB): the portal's words
    "WO": "Overpayment recovery",
    "FB": "Forwarding balance",
    "L6": "Interest",
}
BUNDLE_TEXTS = {"building": "In preparation", "ready": "Ready", "expired": "Expired"}

Pairs = tuple[tuple[str, str], ...]
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ListedPayment:
    """One row of a list of payments. `kinds` are the documents that it links; `archived`: they are in the library."""

    reference: str
    trace: str
    paid_on: str
    method: str
    amount: str
    kinds: tuple[str, ...]
    archived: bool


@dataclass(frozen=True)
class PaymentPage:
    """One payment: pairs of label and text, its claims, its provider adjustments."""

    payment: Pairs
    payee: Pairs
    claims: Rows
    adjustments: Rows


def listed_payment(
    remittance: Remittance, reference: str, style: Style, *, kinds: tuple[str, ...], archived: bool
) -> ListedPayment:
    """The list's view of a payment."""
    return ListedPayment(
        reference=reference,
        trace=remittance.trace,
        paid_on=style.day(remittance.paid_on),
        method=METHOD_TEXTS[remittance.method],
        amount=style.money(remittance.amount),
        kinds=kinds,
        archived=archived,
    )


def payment_page(remittance: Remittance, style: Style) -> PaymentPage:
    """The page of one payment."""
    return PaymentPage(
        payment=(
            ("Payment number", remittance.trace),
            ("Payment date", style.day(remittance.paid_on)),
            ("Method", METHOD_TEXTS[remittance.method]),
            ("Amount", style.money(remittance.amount)),
        ),
        payee=(
            ("Paid to", remittance.payee_name),
            ("Payee NPI", remittance.payee_npi),
            ("Payee tax ID", remittance.payee_tin),
        ),
        claims=tuple(_claim(claim, style) for claim in remittance.claims),
        adjustments=tuple(
            # The file says what is taken away, the page what is added.
            (ADJUSTMENT_TEXTS[one.reason], one.reference, style.money(-one.amount))
            for one in remittance.provider_adjustments
        ),
    )


def _claim(claim: RemitClaim, style: Style) -> tuple[str, ...]:
    first, last = style.day(claim.service_from), style.day(claim.service_to)
    return (
        claim.patient_account_number,
        claim.payer_claim_number,
        first if first == last else f"{first} - {last}",
        CLAIM_TEXTS[claim.status],
        style.money(claim.billed),
        style.money(claim.paid),
        style.money(claim.patient_responsibility),
    )


def clock_text(at: datetime, zone: ZoneInfo) -> str:
    """A moment as this portal writes it: 11/22/2026 4:05 PM in its own time zone."""
    here = at.astimezone(zone)
    return f"{here:%m/%d/%Y} {here.hour % 12 or 12}:{here:%M %p}"
