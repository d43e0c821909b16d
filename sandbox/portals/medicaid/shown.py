"""How the Medicaid portal writes a claim on its pages: dates, amounts without a dollar sign, names, EOB codes."""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.portals.medicaid.eob import Eob, eobs_of
from sandbox.portals.medicaid.texts import status_text
from sandbox.truth.model import BillingProvider, Claim, Member, ServiceLine

WRONG_BY = Decimal("10.00")
ROLES = {
    "original": "Adjusted from",
    "replacement": "Adjusted by",
    "void": "Voided by",
    "split": "Split to",
    "crossover": "Crossed over to (payer's number)",
}
METHODS = {"EFT": "EFT", "check": "Warrant", "non-payment": "Zero Payment"}


def day(value: date | None) -> str:
    """A date as most of this portal writes it, or a blank."""
    return "" if value is None else value.strftime("%m/%d/%Y")


def cycle_day(value: date) -> str:
    """A date as the financial system behind the portal writes it."""
    return value.isoformat()


def amount(value: Decimal | None, absent: str = "") -> str:
    """Dollars without their sign; what is taken back has its minus behind it; what is not decided is absent."""
    if value is None:
        return absent
    return f"{-value:,.2f}-" if value < 0 else f"{value:,.2f}"


def person(member: Member) -> str:
    """FIRST M LAST as this portal writes names."""
    return " ".join(part for part in (member.first_name, member.middle_initial, member.last_name) if part)


def provider_id(provider: BillingProvider) -> str:
    """The program's own number of a service location: nine digits and a letter."""
    digest = hashlib.sha256(f"provider:{provider.npi}".encode()).digest()
    return f"{200_000_000 + int.from_bytes(digest[:4], 'big') % 700_000_000}{'ABCDEFGH'[digest[4] % 8]}"


def result_row(claim: Claim, member: Member, *, unmapped: bool) -> dict[str, str]:
    """The grid's view of a claim, by column."""
    return {
        "ICN": claim.payer_claim_number,
        "Member ID": member.member_id,
        "Member Name": person(member),
        "From DOS": day(claim.service_from),
        "To DOS": day(claim.service_to),
        "Billed Amount": amount(claim.billed),
        "Paid Amount": amount(_paid(claim)),
        "Claim Status": status_text(claim, unmapped=unmapped),
        "Status Date": day(claim.effective_date),
    }


Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Detail:
    """The detail window: pairs of label and text for each panel, and the rows of its grids by column."""

    member: Pairs
    claim: Pairs
    amounts: Pairs
    payment: Pairs
    eobs: tuple[Eob, ...]
    lines: tuple[dict[str, str], ...]
    line_eobs: tuple[tuple[Eob, ...], ...]
    """By line, the state's codes that are shown while the line is selected."""
    remarks: tuple[str, ...]
    requests: tuple[dict[str, str], ...]
    related: tuple[tuple[str, str], ...]
    appeals: str


def detail(claim: Claim, member: Member, provider: BillingProvider, tin: str, *, unmapped: bool) -> Detail:
    """The detail window's view of a claim, mistakes of the payer's page included."""
    owed = claim.patient_responsibility
    payment = claim.payment
    return Detail(
        member=(
            ("Member ID", member.member_id),
            ("Member Name", person(member)),
            ("Birth Date", day(member.birth_date)),
            ("Patient Account No.", claim.patient_account_number or "NOT ON FILE"),
        ),
        claim=(
            ("ICN", claim.payer_claim_number),
            ("Claim Status", status_text(claim, unmapped=unmapped)),
            ("HIPAA Status Codes", " ".join(claim.status_codes)),
            ("Status Date", day(claim.effective_date)),
            ("From DOS", day(claim.service_from)),
            ("To DOS", day(claim.service_to)),
            ("Date Received", day(claim.received_date)),
            ("Date Finalized", day(claim.finalised_date)),
            ("Provider ID", provider_id(provider)),
            ("NPI", claim.billing_npi),
            ("Tax ID", tin),
        ),
        amounts=(
            ("Total Billed", amount(claim.billed)),
            ("Total Allowed", amount(claim.allowed)),
            ("Total Paid", amount(_paid(claim))),
            ("Deductible", amount(None if owed is None else owed.deductible)),
            ("Coinsurance", amount(None if owed is None else owed.coinsurance)),
            ("Co-pay", amount(None if owed is None else owed.copay)),
            ("Not Covered", amount(None if owed is None else owed.noncovered)),
            ("Member Responsibility", amount(None if owed is None else owed.total)),
        ),
        payment=()
        if payment is None
        else (
            ("Payment Type", METHODS[payment.method]),
            ("Warrant/EFT No.", payment.number or "NONE"),
            ("Cycle Date", cycle_day(payment.date)),
            ("Amount Paid on This Claim", amount(payment.amount)),
        ),
        eobs=eobs_of(claim.lines),
        lines=tuple(_line(line, claim) for line in claim.lines),
        line_eobs=tuple(eobs_of((line,)) for line in claim.lines),
        remarks=tuple(dict.fromkeys(code for line in claim.lines for code in line.remark_codes)),
        requests=tuple({"Requested": request.what, "Due By": day(request.due)} for request in claim.requests),
        related=tuple((ROLES[related.role], related.payer_claim_number) for related in claim.related),
        appeals="Y" if claim.appeal_allowed else "N",
    )


def _paid(claim: Claim) -> Decimal | None:
    if claim.page_error == "wrong-total" and claim.paid is not None:
        return claim.paid + WRONG_BY
    return claim.paid


def _line(line: ServiceLine, claim: Claim) -> dict[str, str]:
    paid = line.paid
    if claim.page_error == "wrong-line" and line.number == 1 and paid is not None:
        paid += WRONG_BY
    return {
        "Line": str(line.number),
        "DOS": day(line.service_date),
        "Procedure": ":".join((line.procedure, *line.modifiers)),
        "Units": f"{line.units}.00",
        "Billed": amount(line.billed),
        "Allowed": amount(line.allowed, "PEND"),
        "Paid": amount(paid, "PEND"),
        "Adjustments": " / ".join(f"{item.group}{item.carc} {amount(item.amount)}" for item in line.adjustments),
        "Remarks": " ".join(line.remark_codes),
    }
