"""How the national portal writes requests that were submitted: the receipt, the list, one request with its decision."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sandbox.appeal_values import AppealState, FiledAppeal
from sandbox.portals.national.appeal_texts import DECISION_TEXTS, LEVEL_TEXTS, REASON_TEXTS, STATUS_TEXTS
from sandbox.portals.national.dispute_shown import line_numbers
from sandbox.portals.national.payments_shown import Pairs, Rows, clock_text
from sandbox.portals.national.shown import USUAL, person
from sandbox.truth.model import Member

PENDING = "Pending"


@dataclass(frozen=True)
class TrackedRow:
    """One row of the list of requests."""

    reference: str
    ticket: str
    claim_number: str
    patient: str
    request_type: str
    lines: str
    submitted: str
    own_reference: str
    status: str


@dataclass(frozen=True)
class TrackedRequest:
    """One request: pairs of label and text, and what the payer needs; `decision` is empty while there is none."""

    request: Pairs
    member: Pairs
    progress: Pairs
    requests: Rows
    decision: Pairs


def status_of(state: AppealState) -> str:
    """The portal's words for how a request stands."""
    return STATUS_TEXTS[state.decision or state.standing]


def receipt(appeal: FiledAppeal, number: str | None, zone: ZoneInfo) -> Pairs:
    """What the portal says when it took a request."""
    return (
        ("Ticket number", number or PENDING),
        ("Request", LEVEL_TEXTS[appeal.level]),
        ("Claim number", appeal.payer_claim_number),
        ("Submitted", clock_text(appeal.filed_at, zone)),
        ("Expected by", USUAL.day(appeal.expected_by)),
    )


def tracked_row(appeal: FiledAppeal, state: AppealState, member: Member, reference: str, zone: ZoneInfo) -> TrackedRow:
    """The list's view of a request."""
    return TrackedRow(
        reference=reference,
        ticket=state.number or PENDING,
        claim_number=appeal.payer_claim_number,
        patient=person(member),
        request_type=LEVEL_TEXTS[appeal.level],
        lines=line_numbers(appeal.lines),
        submitted=USUAL.day(appeal.filed_at.astimezone(zone).date()),
        own_reference=appeal.reference,
        status=status_of(state),
    )


def tracked_request(appeal: FiledAppeal, state: AppealState, member: Member, zone: ZoneInfo) -> TrackedRequest:
    """The page of one request."""
    decision: Pairs = ()
    if state.decision is not None:
        decision = (
            ("Decision", DECISION_TEXTS[state.decision]),
            ("Decision date", USUAL.day(state.decided_on)),
            ("Additional payment", USUAL.money(state.recovered)),
            ("Next level due", USUAL.day(state.next_level_due) or "N/A"),
        )
    return TrackedRequest(
        request=(
            ("Ticket number", state.number or PENDING),
            ("Request", LEVEL_TEXTS[appeal.level]),
            ("Claim number", appeal.payer_claim_number),
            ("Lines", line_numbers(appeal.lines)),
            ("Amount in dispute", USUAL.money(appeal.amount)),
            ("Reason for dispute", REASON_TEXTS.get(appeal.reason, "N/A")),
            ("Your reference", appeal.reference or "N/A"),
        ),
        member=(
            ("Member ID", member.member_id),
            ("Patient name", person(member)),
            ("Date of birth", USUAL.day(member.birth_date)),
        ),
        progress=(
            ("Status", status_of(state)),
            ("Submitted", clock_text(appeal.filed_at, zone)),
            ("Expected by", USUAL.day(appeal.expected_by)),
            ("Documents received", str(len(appeal.filenames))),
        ),
        requests=() if state.wanted is None else ((state.wanted.what, USUAL.day(state.wanted_by)),),
        decision=decision,
    )
