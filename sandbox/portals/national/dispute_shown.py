"""How the national portal writes a request that is being made: its claim, its lines, its documents, the review."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.appeal_drafts import AppealDraft
from sandbox.appeal_terms import UploadTerms
from sandbox.portals.national.appeal_texts import DOCUMENT_TEXTS, LEVEL_TEXTS, REASON_TEXTS, TYPE_TEXTS
from sandbox.portals.national.payments_shown import Pairs, Rows
from sandbox.portals.national.shown import USUAL, person
from sandbox.portals.national.texts import status_text
from sandbox.truth.model import Claim, Member

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
KIND_OF = "kind: "
"""Before a file's name: under this, a request remembers what kind of document it is."""


@dataclass(frozen=True)
class DisputedLine:
    """A service line as the form shows it."""

    line: str
    procedure: str
    service_date: str
    charge: str
    paid: str
    adjustments: str


@dataclass(frozen=True)
class ShownRequest:
    """A request as the pages of the form and the review show it."""

    claim_number: str
    patient: str
    request_type: str
    member: Pairs
    pairs: Pairs
    explanation: str
    documents: Rows


def claim_pairs(claim: Claim, member: Member, *, unmapped: bool) -> Pairs:
    """The claim at the top of the page of choices."""
    return (
        ("Claim number", claim.payer_claim_number),
        ("Patient name", person(member)),
        ("Member ID", member.member_id),
        ("Date(s) of service", USUAL.days(claim)),
        ("Total charge", USUAL.money(claim.billed)),
        ("Claim status", status_text(claim, unmapped=unmapped)),
    )


def lines(claim: Claim) -> tuple[DisputedLine, ...]:
    """All lines of the claim, paid ones too."""
    return tuple(
        DisputedLine(
            line=str(line.number),
            procedure=" ".join((line.procedure, *line.modifiers)),
            service_date=USUAL.day(line.service_date),
            charge=USUAL.money(line.billed),
            paid=USUAL.money(line.paid, "N/A"),
            adjustments="; ".join(f"{item.group}-{item.carc} {USUAL.money(item.amount)}" for item in line.adjustments),
        )
        for line in claim.lines
    )


def line_numbers(numbers: tuple[int, ...]) -> str:
    """Line numbers as this portal lists them."""
    return ", ".join(str(number) for number in numbers)


def shown_request(draft: AppealDraft, member: Member) -> ShownRequest:
    """The request as far as it is filled in."""
    request_type = LEVEL_TEXTS.get(draft.level or "", "")
    return ShownRequest(
        claim_number=draft.payer_claim_number,
        patient=person(member),
        request_type=request_type,
        member=(
            ("Member ID", member.member_id),
            ("Patient name", person(member)),
            ("Date of birth", USUAL.day(member.birth_date)),
        ),
        pairs=(
            ("Request", request_type),
            ("Claim number", draft.payer_claim_number),
            ("Lines", line_numbers(draft.lines)),
            ("Amount in dispute", USUAL.money(draft.amount)),
            ("Reason for dispute", REASON_TEXTS.get(draft.reason, "")),
            ("Your reference", draft.reference or "N/A"),
        ),
        explanation=draft.argument,
        documents=tuple((one.name, kind_of(draft, one.name), size_text(one.size)) for one in draft.files),
    )


def kind_of(draft: AppealDraft, filename: str) -> str:
    """What kind of document this file of the request is, in the portal's words."""
    return DOCUMENT_TEXTS[draft.own[KIND_OF + filename]]


def size_text(size: int) -> str:
    """A file's size as a person reads it."""
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{max(size / KILOBYTE, 0.1):.1f} KB"


def plain_amount(amount: Decimal | None) -> str:
    """Dollars as they are typed into a field."""
    return "" if amount is None else f"{amount:.2f}"


def upload_rules(rules: UploadTerms) -> tuple[str, ...]:
    """The rules for documents, as the page tells them."""
    types = [TYPE_TEXTS[one] for one in rules.content_types]
    return (
        f"{', '.join(types[:-1])} or {types[-1]} files, at least {rules.smallest / KILOBYTE:g} KB and at most "
        f"{rules.largest / MEGABYTE:g} MB each.",
        f"Up to {rules.most} documents, {rules.most_together / MEGABYTE:g} MB together. Add them one by one.",
        "Every document is scanned for viruses before the request can be submitted.",
    )
