"""How the Medicaid portal writes reconsiderations: being made, the receipt, the grid, one with its end."""

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from sandbox.appeal_drafts import AppealDraft
from sandbox.appeal_terms import UploadTerms
from sandbox.appeal_values import AppealState, FiledAppeal
from sandbox.portals.medicaid.payments_shown import clock_text
from sandbox.portals.medicaid.reconsideration_texts import (
    DECISION_TEXTS,
    DOCUMENT_TEXTS,
    NO_NUMBER,
    REASON_TEXTS,
    REQUEST_TYPE,
    STATUS_TEXTS,
    TYPE_TEXTS,
)
from sandbox.portals.medicaid.shown import Pairs, amount, day, person
from sandbox.truth.model import Claim, Member

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
KIND_OF = "kind: "
"""Before a file's name: under this, a request remembers what kind of attachment it is."""


@dataclass(frozen=True)
class ShownRequest:
    """A request that is being made: pairs of label and text for each panel, and the rows of its attachments."""

    member: Pairs
    request: Pairs
    statement: str
    attachments: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class ShownReconsideration:
    """A request that was submitted: pairs of label and text for each panel; no `decision` while there is none."""

    member: Pairs
    request: Pairs
    status: Pairs
    wanted: tuple[dict[str, str], ...]
    decision: Pairs


def lines(claim: Claim) -> tuple[dict[str, str], ...]:
    """All lines of the claim by column, paid ones too."""
    return tuple(
        {
            "Line": str(line.number),
            "DOS": day(line.service_date),
            "Procedure": ":".join((line.procedure, *line.modifiers)),
            "Billed": amount(line.billed),
            "Paid": amount(line.paid, "PEND"),
            "Adjustments": " / ".join(f"{item.group}{item.carc} {amount(item.amount)}" for item in line.adjustments),
        }
        for line in claim.lines
    )


def shown_request(draft: AppealDraft, member: Member) -> ShownRequest:
    """The request as far as it is filled in."""
    return ShownRequest(
        member=_member(member),
        request=(
            ("ICN", draft.payer_claim_number),
            ("Request Type", REQUEST_TYPE),
            ("Line", _line_numbers(draft.lines)),
            ("Amount Requested", amount(draft.amount)),
            ("Reason", REASON_TEXTS.get(draft.reason, "")),
            ("Provider Reference", draft.reference or "NONE"),
        ),
        statement=draft.argument,
        attachments=tuple(
            {"File Name": one.name, "Attachment Type": _kind(draft, one.name), "Size": size_text(one.size)}
            for one in draft.files
        ),
    )


def receipt(appeal: FiledAppeal, number: str | None, zone: ZoneInfo) -> Pairs:
    """What the portal says when it took a request."""
    return (
        ("Reconsideration No.", number or NO_NUMBER),
        ("ICN", appeal.payer_claim_number),
        ("Line", _line_numbers(appeal.lines)),
        ("Submitted", clock_text(appeal.filed_at, zone)),
        ("Decision Due", day(appeal.expected_by)),
    )


def result_row(appeal: FiledAppeal, state: AppealState, member: Member, zone: ZoneInfo) -> dict[str, str]:
    """The grid's view of a request, by column."""
    return {
        "Reconsideration No.": state.number or NO_NUMBER,
        "ICN": appeal.payer_claim_number,
        "Member Name": person(member),
        "Line": _line_numbers(appeal.lines),
        "Amount Requested": amount(appeal.amount),
        "Date Submitted": day(appeal.filed_at.astimezone(zone).date()),
        "Reconsideration Status": _status(state),
    }


def reconsideration(appeal: FiledAppeal, state: AppealState, member: Member, zone: ZoneInfo) -> ShownReconsideration:
    """The window of one request."""
    decision: Pairs = ()
    if state.decision is not None:
        decision = (
            ("Decision", DECISION_TEXTS[state.decision]),
            ("Decision Date", day(state.decided_on)),
            ("Additional Amount Paid", amount(state.recovered)),
        )
    wanted = state.wanted
    return ShownReconsideration(
        member=_member(member),
        request=(
            ("Reconsideration No.", state.number or NO_NUMBER),
            ("ICN", appeal.payer_claim_number),
            ("Request Type", REQUEST_TYPE),
            ("Line", _line_numbers(appeal.lines)),
            ("Amount Requested", amount(appeal.amount)),
            ("Reason", REASON_TEXTS.get(appeal.reason, "NONE")),
            ("Provider Reference", appeal.reference or "NONE"),
            ("Attachments", str(len(appeal.filenames))),
        ),
        status=(
            ("Reconsideration Status", _status(state)),
            ("Submitted", clock_text(appeal.filed_at, zone)),
            ("Decision Due", day(appeal.expected_by)),
        ),
        wanted=() if wanted is None else ({"Requested": wanted.what, "Due By": day(state.wanted_by)},),
        decision=decision,
    )


def typed_amount(value: Decimal | None) -> str:
    """Dollars as they are typed into a field."""
    return "" if value is None else f"{value:.2f}"


def size_text(size: int) -> str:
    """A file's size as a person reads it."""
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{max(size / KILOBYTE, 0.1):.1f} KB"


def upload_rules(terms: UploadTerms) -> str:
    """The rules for attachments, as the pages tell them."""
    types = " and ".join(TYPE_TEXTS[one] for one in terms.content_types)
    return (
        f"{types} files are accepted, {terms.largest / MEGABYTE:g} MB each at most. A request can have {terms.most} "
        f"attachments, {terms.most_together / MEGABYTE:g} MB together. Each is scanned for viruses."
    )


def _member(member: Member) -> Pairs:
    return (
        ("Member ID", member.member_id),
        ("Member Name", person(member)),
        ("Birth Date", day(member.birth_date)),
    )


def _line_numbers(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in numbers)


def _kind(draft: AppealDraft, filename: str) -> str:
    return DOCUMENT_TEXTS[draft.own[KIND_OF + filename]]


def _status(state: AppealState) -> str:
    return STATUS_TEXTS[state.decision or state.standing]
