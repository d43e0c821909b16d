"""How the contractor writes a claim: MM-DD-YYYY and plain amounts in the list, MM/DD/YYYY and dollars in the window."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.portals.contractor.texts import disposition, list_status
from sandbox.truth.model import Claim, Member, ServiceLine

WRONG_BY = Decimal("10.00")
ROLES = {
    "original": "Adjusted or cancelled claim (original)",
    "replacement": "Adjustment claim",
    "void": "Cancel claim",
    "split": "Split portion",
    "crossover": "Supplemental insurer's control number",
}
METHODS = {"EFT": "Electronic Funds Transfer", "check": "Paper Check", "non-payment": "No Payment"}

Pairs = tuple[tuple[str, str], ...]
"""Key of a label, and the text beside it."""


def ptan(npi: str) -> str:
    """The provider transaction access number that this contractor gave to the location."""
    digest = hashlib.sha256(f"ptan.{npi}".encode()).hexdigest()
    return f"P{int(digest[:8], 16) % 1_000_000:06d}"


def list_day(value: date | None) -> str:
    """A date in the list, or dashes."""
    return "--" if value is None else value.strftime("%m-%d-%Y")


def list_money(amount: Decimal | None) -> str:
    """An amount in the list: no dollar sign, CR behind what was taken back, dashes for what is not decided."""
    if amount is None:
        return "--"
    return f"{-amount:,.2f} CR" if amount < 0 else f"{amount:,.2f}"


def day(value: date | None) -> str:
    """A date in the claim's window, or a blank."""
    return "" if value is None else value.strftime("%m/%d/%Y")


def money(amount: Decimal | None, absent: str = "") -> str:
    """Dollars in the claim's window; what was taken back has a minus in front."""
    if amount is None:
        return absent
    return f"-${-amount:,.2f}" if amount < 0 else f"${amount:,.2f}"


def person(member: Member) -> str:
    """LAST, FIRST M, as on the card."""
    return f"{member.last_name}, {member.first_name} {member.middle_initial}".rstrip()


@dataclass(frozen=True)
class ListRow:
    """One row of the result list: the claim's name in this session, and the text of each column by its key."""

    reference: str
    claim_number: str
    cells: dict[str, str]


def list_row(claim: Claim, reference: str) -> ListRow:
    """The list's view of a claim. The list does not say whether "Processed" means paid or denied."""
    payment = claim.payment
    return ListRow(
        reference=reference,
        claim_number=claim.payer_claim_number,
        cells={
            "icn": claim.payer_claim_number,
            "list_from": list_day(claim.service_from),
            "list_to": list_day(claim.service_to),
            "list_status": list_status(claim),
            "list_billed": list_money(claim.billed),
            "list_finalized": list_day(claim.finalised_date),
            "list_payment": "--" if payment is None or payment.number is None else payment.number,
            "list_paid": list_money(claim.paid),
        },
    )


@dataclass(frozen=True)
class Detail:
    """The claim's window: label and text of each section, the lines' texts by column, requests, related claims."""

    beneficiary: Pairs
    claim: Pairs
    amounts: Pairs
    payment: Pairs
    lines: tuple[dict[str, str], ...]
    requests: tuple[tuple[str, str], ...]
    related: tuple[tuple[str, str], ...]
    appeals: str
    crossover: str


def detail(claim: Claim, member: Member, tin: str, *, unmapped: bool) -> Detail:
    """The window's view of a claim, mistakes of the contractor's page included."""
    owed = claim.patient_responsibility
    paid = claim.paid
    if claim.page_error == "wrong-total" and paid is not None:
        paid += WRONG_BY
    payment = claim.payment
    return Detail(
        beneficiary=(
            ("name", person(member)),
            ("mbi", member.member_id),
            ("birth_date", day(member.birth_date)),
            ("account", claim.patient_account_number or "N/A"),
        ),
        claim=(
            ("icn", claim.payer_claim_number),
            ("status", list_status(claim)),
            ("disposition", disposition(claim, unmapped=unmapped)),
            ("codes", ", ".join(claim.status_codes)),
            ("effective", day(claim.effective_date)),
            ("from_date", day(claim.service_from)),
            ("to_date", day(claim.service_to)),
            ("received", day(claim.received_date)),
            ("finalized", day(claim.finalised_date)),
            ("npi", claim.billing_npi),
            ("tin", f"{tin[:2]}-{tin[2:]}"),
            ("ptan", ptan(claim.billing_npi)),
        ),
        amounts=(
            ("billed", money(claim.billed)),
            ("allowed", money(claim.allowed)),
            ("deductible", money(None if owed is None else owed.deductible)),
            ("coinsurance", money(None if owed is None else owed.coinsurance)),
            ("copay", money(None if owed is None else owed.copay)),
            ("noncovered", money(None if owed is None else owed.noncovered)),
            ("owed", money(None if owed is None else owed.total)),
            ("paid", money(paid)),
        ),
        payment=()
        if payment is None
        else (
            ("method", METHODS[payment.method]),
            ("number", payment.number or "N/A"),
            ("paid_on", day(payment.date)),
            ("amount", money(payment.amount)),
        ),
        lines=tuple(line_cells(line, claim) for line in claim.lines),
        requests=tuple((request.what, day(request.due)) for request in claim.requests),
        related=tuple((ROLES[related.role], related.payer_claim_number) for related in claim.related),
        appeals="Yes" if claim.appeal_allowed else "No",
        crossover="Yes" if any(related.role == "crossover" for related in claim.related) else "No",
    )


def line_cells(line: ServiceLine, claim: Claim) -> dict[str, str]:
    """The text of each column of a line, by its key."""
    paid = line.paid
    if claim.page_error == "wrong-line" and line.number == 1 and paid is not None:
        paid += WRONG_BY
    return {
        "line": str(line.number),
        "line_date": day(line.service_date),
        "procedure": line.procedure,
        "modifiers": " ".join(line.modifiers),
        "units": str(line.units),
        "line_billed": money(line.billed),
        "line_allowed": money(line.allowed, "N/A"),
        "line_paid": money(paid, "N/A"),
        "adjustments": "; ".join(f"{item.group}-{item.carc} {money(item.amount)}" for item in line.adjustments),
        "remarks": ", ".join(line.remark_codes),
    }


REASONS = {
    # claim adjustment reason code: the contractor's own plain words
    "1": "The amount was applied to the beneficiary's deductible.",
    "2": "The amount is the beneficiary's coinsurance.",
    "3": "The amount is the beneficiary's copayment.",
    "16": "The claim lacks information or has a billing error.",
    "18": "The service was billed before.",
    "22": "Another insurer may have to pay first.",
    "24": "The service is covered by a capitation agreement.",
    "27": "Coverage had ended before the service.",
    "29": "The claim came after the filing limit.",
    "45": "The charge is above the fee schedule.",
    "50": "The service is not considered medically necessary.",
    "96": "The service is not covered.",
    "97": "The service is included in the payment of another one.",
    "197": "An authorization was missing.",
    "204": "The service is not covered under the beneficiary's plan.",
    "252": "Documentation is needed to decide.",
    "B7": "The provider was not certified for the service on that date.",
}


def reasons(lines: Iterable[ServiceLine]) -> tuple[tuple[str, str], ...]:
    """Each adjustment reason code of these lines once, with its words; numbers in the order of the lines."""
    codes = dict.fromkeys(item.carc for line in lines for item in line.adjustments)
    return tuple((code, REASONS.get(code, "See the code list.")) for code in codes)
