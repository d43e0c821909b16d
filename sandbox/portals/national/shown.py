"""How the national portal writes a claim on its pages: dates, money, adjustments, blanks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.portals.national.texts import status_text
from sandbox.truth.model import Claim, Member, ServiceLine

WRONG_BY = Decimal("10.00")
ROLES = {
    "original": "Original claim",
    "replacement": "Replacement claim",
    "void": "Void of this claim",
    "split": "Split from this claim",
    "crossover": "Forwarded to (other payer's number)",
}


@dataclass(frozen=True)
class Style:
    """How a screen writes dates and money."""

    dates: str
    dollar: str

    def day(self, value: date | None) -> str:
        """A date, or a blank."""
        return "" if value is None else value.strftime(self.dates)

    def days(self, claim: Claim) -> str:
        """The service date, or both ends of the range."""
        if claim.service_from == claim.service_to:
            return self.day(claim.service_from)
        return f"{self.day(claim.service_from)} - {self.day(claim.service_to)}"

    def money(self, amount: Decimal | None, absent: str = "") -> str:
        """Dollars with commas; negative amounts in brackets; what is not decided is absent."""
        if amount is None:
            return absent
        return f"({self.dollar}{-amount:,.2f})" if amount < 0 else f"{self.dollar}{amount:,.2f}"


USUAL = Style("%m/%d/%Y", "$")
OTHER = Style("%Y-%m-%d", "")
"""The other screen's way: the quirk `date-formats`."""


def person(member: Member) -> str:
    """LAST, FIRST M as this portal writes names."""
    return f"{member.last_name}, {member.first_name} {member.middle_initial}".rstrip()


@dataclass(frozen=True)
class ResultRow:
    """One row of the result list."""

    reference: str
    claim_number: str
    patient: str
    birth_date: str
    service_dates: str
    provider_npi: str
    charge: str
    status: str
    finalized: str


def result_row(claim: Claim, member: Member, reference: str, *, unmapped: bool) -> ResultRow:
    """The list's view of a claim."""
    return ResultRow(
        reference=reference,
        claim_number=claim.payer_claim_number,
        patient=person(member),
        birth_date=USUAL.day(member.birth_date),
        service_dates=USUAL.days(claim),
        provider_npi=claim.billing_npi,
        charge=USUAL.money(claim.billed),
        status=status_text(claim, unmapped=unmapped),
        finalized=USUAL.day(claim.finalised_date),
    )


@dataclass(frozen=True)
class Detail:
    """The detail page: pairs of label and text for each section, rows of the lines, related claims."""

    member: tuple[tuple[str, str], ...]
    claim: tuple[tuple[str, str], ...]
    totals: tuple[tuple[str, str], ...]
    payment: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, ...], ...]
    requests: tuple[tuple[str, str], ...]
    related: tuple[tuple[str, str], ...]
    appeals: str


def detail(claim: Claim, member: Member, tin: str, style: Style = USUAL, *, unmapped: bool) -> Detail:
    """The detail page's view of a claim, mistakes of the payer's page included."""
    owed = claim.patient_responsibility
    paid = claim.paid
    if claim.page_error == "wrong-total" and paid is not None:
        paid += WRONG_BY
    payment = claim.payment
    return Detail(
        member=(
            ("Member ID", member.member_id),
            ("Patient name", person(member)),
            ("Date of birth", style.day(member.birth_date)),
            ("Patient account number", claim.patient_account_number or "N/A"),
        ),
        claim=(
            ("Claim number", claim.payer_claim_number),
            ("Claim status", status_text(claim, unmapped=unmapped)),
            ("Status codes", ", ".join(f"Status code {code}" for code in claim.status_codes)),
            ("Status effective date", style.day(claim.effective_date)),
            ("Date(s) of service", style.days(claim)),
            ("Received date", style.day(claim.received_date)),
            ("Finalized date", style.day(claim.finalised_date)),
            ("Billing provider NPI", claim.billing_npi),
            ("Provider tax ID", tin),
        ),
        totals=(
            ("Total charge", style.money(claim.billed)),
            ("Allowed amount", style.money(claim.allowed)),
            ("Paid amount", style.money(paid)),
            ("Deductible", style.money(None if owed is None else owed.deductible)),
            ("Coinsurance", style.money(None if owed is None else owed.coinsurance)),
            ("Copay", style.money(None if owed is None else owed.copay)),
            ("Non-covered", style.money(None if owed is None else owed.noncovered)),
            ("Patient responsibility", style.money(None if owed is None else owed.total)),
        ),
        payment=()
        if payment is None
        else (
            (
                "Payment method",
                "Non-payment" if payment.method == "non-payment" else "Check" if payment.method == "check" else "EFT",
            ),
            ("Payment number", payment.number or "N/A"),
            ("Payment date", style.day(payment.date)),
            ("Payment amount", style.money(payment.amount)),
        ),
        lines=tuple(_line(line, claim, style) for line in claim.lines),
        requests=tuple((request.what, style.day(request.due)) for request in claim.requests),
        related=tuple((ROLES[related.role], related.payer_claim_number) for related in claim.related),
        appeals="Yes" if claim.appeal_allowed else "No",
    )


def _line(line: ServiceLine, claim: Claim, style: Style) -> tuple[str, ...]:
    paid = line.paid
    if claim.page_error == "wrong-line" and line.number == 1 and paid is not None:
        paid += WRONG_BY
    return (
        str(line.number),
        line.procedure,
        " ".join(line.modifiers),
        style.day(line.service_date),
        str(line.units),
        style.money(line.billed),
        style.money(line.allowed, "N/A"),
        style.money(paid, "N/A"),
        "; ".join(f"{item.group}-{item.carc} {style.money(item.amount)}" for item in line.adjustments),
        ", ".join(line.remark_codes),
    )
