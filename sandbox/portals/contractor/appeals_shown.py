"""How the contractor writes a request: what is reviewed, the receipt, the list, and the window of one request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.appeal_drafts import AppealDraft
from sandbox.appeal_values import AppealState, FiledAppeal
from sandbox.portals.contractor.appeal_texts import DECISIONS, LEVELS, PENDING, STANDINGS, WHOLE_CLAIM
from sandbox.portals.contractor.shown import Pairs, day, list_day, money, person
from sandbox.truth.model import Claim, Member


def beneficiary(member: Member) -> Pairs:
    """Who the claim is about."""
    return (("name", person(member)), ("mbi", member.member_id), ("birth_date", day(member.birth_date)))


def lines_text(lines: Iterable[int]) -> str:
    """Line numbers as the portal lists them."""
    return ", ".join(str(number) for number in lines) or WHOLE_CLAIM


def kind_of(filename: str) -> str:
    """Under this name a draft has what kind of document the visitor said that this is."""
    return f"kind of {filename}"


@dataclass(frozen=True)
class ShownFile:
    """A document of a request that is being made."""

    name: str
    kind: str
    size: str
    state: str


def files(draft: AppealDraft, now: datetime) -> tuple[ShownFile, ...]:
    """The documents as they are listed; sizes in KB."""
    return tuple(
        ShownFile(
            file.name,
            draft.own.get(kind_of(file.name), ""),
            f"{file.size / 1024:,.1f} KB",
            "Virus check" if now < file.clean_at else "Attached",
        )
        for file in draft.files
    )


def reviewed(draft: AppealDraft, claim: Claim) -> Pairs:
    """What is about to be submitted."""
    return (
        ("icn", claim.payer_claim_number),
        ("request_kind", "" if draft.level is None else LEVELS[draft.level]),
        ("request_lines", lines_text(draft.lines)),
        ("from_date", day(claim.service_from)),
        ("billed", money(claim.billed)),
        ("request_reason", draft.reason),
        ("request_amount", money(draft.amount)),
        ("request_reference", draft.reference or "N/A"),
        ("signed", "Signed" if draft.own.get("signed") else "Not signed"),
    )


def receipt(appeal: FiledAppeal, number: str | None) -> Pairs:
    """What the contractor says when it has the request."""
    return (
        ("appeal_number", number or PENDING),
        ("icn", appeal.payer_claim_number),
        ("submitted", day(appeal.filed_on)),
        ("expected", day(appeal.expected_by)),
    )


@dataclass(frozen=True)
class RequestRow:
    """One row of the list: the request's name in addresses, and the text of each column by its key."""

    reference: str
    cells: dict[str, str]


def request_row(appeal: FiledAppeal, state: AppealState) -> RequestRow:
    """The list's view of a request."""
    return RequestRow(
        appeal.key,
        {
            "appeal_number": state.number or PENDING,
            "icn": appeal.payer_claim_number,
            "request_kind": LEVELS[appeal.level],
            "list_lines": lines_text(appeal.lines),
            "submitted": list_day(appeal.filed_on),
            "request_status": STANDINGS[state.standing],
        },
    )


def request(appeal: FiledAppeal, state: AppealState) -> Pairs:
    """What was asked for, in the request's own window."""
    return (
        ("appeal_number", state.number or PENDING),
        ("icn", appeal.payer_claim_number),
        ("request_kind", LEVELS[appeal.level]),
        ("request_lines", lines_text(appeal.lines)),
        ("request_reason", appeal.reason or "N/A"),
        ("request_amount", money(appeal.amount)),
        ("request_reference", appeal.reference or "N/A"),
        ("submitted", day(appeal.filed_on)),
        ("expected", day(appeal.expected_by)),
        ("request_status", STANDINGS[state.standing]),
    )


def decided(state: AppealState) -> Pairs:
    """What was decided; nothing before that."""
    if state.decision is None:
        return ()
    return (
        ("decision", DECISIONS[state.decision]),
        ("decided", day(state.decided_on)),
        ("recovered", money(state.recovered, "N/A")),
        ("next_level", day(state.next_level_due) or "N/A"),
    )


def wanted(state: AppealState) -> tuple[tuple[str, str], ...]:
    """What the contractor wants to see before it decides, and until when."""
    return () if state.wanted is None else ((state.wanted.what, day(state.wanted_by)),)
