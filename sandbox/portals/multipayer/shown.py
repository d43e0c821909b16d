"""How Practice Exchange writes a claim: ISO dates in the list, American ones on the card, amounts without a sign."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.person_match import PREFIX_LETTERS
from sandbox.portals.multipayer.texts import status_text
from sandbox.truth.model import Claim, Member, ServiceLine

WRONG_BY = Decimal("10.00")
ABSENT = "--"
ROLES = {
    "original": "Original of this claim",
    "replacement": "Correction of this claim",
    "void": "Reversal of this claim",
    "split": "Part of this claim",
    "crossover": "Sent on as (other payer's number)",
}
METHODS = {"EFT": "Electronic funds transfer", "check": "Paper check", "non-payment": "No payment"}


def day(value: date | None) -> str:
    """A date as the claim's card shows it."""
    return ABSENT if value is None else value.strftime("%m/%d/%Y")


def listed_day(value: date | None) -> str:
    """A date as the list shows it."""
    return ABSENT if value is None else value.isoformat()


def money(amount: Decimal | None) -> str:
    """Dollars with commas and no sign of the currency; what is not decided is two hyphens."""
    return ABSENT if amount is None else f"{amount:,.2f}"


def listed(claim: Claim, member: Member, reference: str, *, unmapped: bool) -> dict[str, Any]:
    """One row of the list."""
    days = listed_day(claim.service_from)
    if claim.service_to != claim.service_from:
        days += f" to {listed_day(claim.service_to)}"
    return {
        "reference": reference,
        "claimNumber": claim.payer_claim_number,
        "patient": f"{member.last_name}, {member.first_name} {member.middle_initial}".rstrip(),
        "birthDate": listed_day(member.birth_date),
        "serviceDates": days,
        "charge": money(claim.billed),
        "status": status_text(claim, unmapped=unmapped),
        "finalizedDate": listed_day(claim.finalised_date),
    }


def detail(
    claim: Claim, member: Member, tin: str, reference: Callable[[str], str], *, unmapped: bool
) -> dict[str, Any]:
    """One claim with all that the site shows of it, mistakes of the payer's page included.

    `reference` gives the name under which a related claim can be opened, or nothing.
    """
    owed, paid = claim.patient_responsibility, claim.paid
    if claim.page_error == "wrong-total" and paid is not None:
        paid += WRONG_BY
    payment = claim.payment
    return {
        "member": {
            # The letters at the head name the plan; this site leaves them out everywhere.
            "memberId": member.member_id[PREFIX_LETTERS:],
            "lastName": member.last_name,
            "firstName": f"{member.first_name} {member.middle_initial}".rstrip(),
            "birthDate": day(member.birth_date),
            "accountNumber": claim.patient_account_number or ABSENT,
        },
        "claim": {
            "claimNumber": claim.payer_claim_number,
            "status": status_text(claim, unmapped=unmapped),
            "statusCodes": ", ".join(claim.status_codes),
            "effectiveDate": day(claim.effective_date),
            "serviceFrom": day(claim.service_from),
            "serviceTo": day(claim.service_to),
            "receivedDate": day(claim.received_date),
            "finalizedDate": day(claim.finalised_date),
            "npi": claim.billing_npi,
            "tin": tin,
        },
        "money": {
            "billed": money(claim.billed),
            "allowed": money(claim.allowed),
            "paid": money(paid),
            "owed": money(None if owed is None else owed.total),
            "deductible": money(None if owed is None else owed.deductible),
            "coinsurance": money(None if owed is None else owed.coinsurance),
            "copay": money(None if owed is None else owed.copay),
            "noncovered": money(None if owed is None else owed.noncovered),
        },
        "payment": None
        if payment is None
        else {
            "method": METHODS[payment.method],
            "number": payment.number or ABSENT,
            "date": day(payment.date),
            "amount": money(payment.amount),
        },
        "lines": [line(one, claim) for one in claim.lines],
        "requests": [{"what": one.what, "due": day(one.due)} for one in claim.requests],
        "related": [
            {
                "role": ROLES[one.role],
                "number": one.payer_claim_number,
                "reference": reference(one.payer_claim_number),
            }
            for one in claim.related
        ],
        "dispute": "Yes" if claim.appeal_allowed else "No",
    }


def line(one: ServiceLine, claim: Claim) -> dict[str, str]:
    """One service line, mistakes of the payer's page included."""
    paid = one.paid
    if claim.page_error == "wrong-line" and one.number == 1 and paid is not None:
        paid += WRONG_BY
    return {
        "number": str(one.number),
        # Procedure and modifiers stand in one cell here, as in the standard's own notation.
        "procedure": "-".join((one.procedure, *one.modifiers)),
        "date": day(one.service_date),
        "units": str(one.units),
        "billed": money(one.billed),
        "allowed": money(one.allowed),
        "paid": money(paid),
        "adjustments": "; ".join(f"{item.group}{item.carc}: {money(item.amount)}" for item in one.adjustments),
        "remarks": ", ".join(one.remark_codes),
    }
