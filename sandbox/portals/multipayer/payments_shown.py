"""How Practice Exchange writes payments: ISO dates in the list, American ones in the panel, amounts without a sign."""

from typing import Any

from sandbox.portals.multipayer.shown import ABSENT, day, listed_day, money
from sandbox.remittances import PaymentRow
from sandbox.truth.remittance import PaymentMethod, RemitClaim, Remittance

METHOD_TEXTS: dict[PaymentMethod, str] = {
    "ACH": "Electronic funds transfer",
    "CHK": "Paper check",
    "NON": "No payment",
}
CLAIM_TEXTS = {
    # how a claim was processed (CLP02): the site's words
    "1": "Processed as primary",
    "2": "Processed as secondary",
    "4": "Denied",
    "19": "Processed as primary, forwarded",
    "22": "Reversal of previous payment",
    "23": "Not our claim, forwarded",
    "25": "Predetermination",
}
ADJUSTMENT_TEXTS = {
    # why a payment is more or less than its claims (PLB): the site's words
    "WO": "Overpayment recovery",
    "FB": "Forwarding balance",
    "L6": "Interest owed",
    "72": "Authorized return",
    "CS": "Adjustment",
}

Shown = dict[str, Any]


def listed_payment(row: PaymentRow, reference: str) -> Shown:
    """One row of the list; `era` and `eob` say whether that document can be had."""
    remittance = row.remittance
    return {
        "reference": reference,
        "trace": remittance.trace,
        "issued": listed_day(remittance.paid_on),
        "method": METHOD_TEXTS[remittance.method],
        "claims": str(len(remittance.claims)),
        "amount": money(remittance.amount),
        "era": "835" in row.kinds,
        "eob": "eob" in row.kinds,
    }


def payment_panel(remittance: Remittance) -> Shown:
    """One payment with its claims and its provider adjustments."""
    return {
        "payment": {
            "trace": remittance.trace,
            "issued": day(remittance.paid_on),
            "method": METHOD_TEXTS[remittance.method],
            "amount": money(remittance.amount),
            "payee": remittance.payee_name,
            "npi": remittance.payee_npi,
            "tin": remittance.payee_tin,
        },
        "claims": [_claim(claim) for claim in remittance.claims],
        "adjustments": [
            {
                "reason": ADJUSTMENT_TEXTS[one.reason],
                "reference": one.reference or ABSENT,
                # The file says what is taken away, the page what is added.
                "amount": money(-one.amount),
            }
            for one in remittance.provider_adjustments
        ],
    }


def _claim(claim: RemitClaim) -> Shown:
    first, last = day(claim.service_from), day(claim.service_to)
    return {
        "account": claim.patient_account_number,
        "number": claim.payer_claim_number,
        "dates": first if first == last else f"{first} - {last}",
        "processed": CLAIM_TEXTS[claim.status],
        "billed": money(claim.billed),
        "paid": money(claim.paid),
        "owed": money(claim.patient_responsibility),
    }
