"""How Practice Exchange writes disputes: in the worklist, for review, on the receipt, in the list, and decided."""

from typing import Any
from zoneinfo import ZoneInfo

from sandbox.appeal_drafts import AppealDraft
from sandbox.appeal_terms import AppealTerms, UploadTerms
from sandbox.appeal_values import AppealState, FiledAppeal
from sandbox.clock import Clock
from sandbox.person_match import PREFIX_LETTERS
from sandbox.portals.multipayer.appeal_texts import (
    DECISION_TEXTS,
    DOCUMENT_TEXTS,
    LEVEL_TEXTS,
    PENDING,
    REASON_TEXTS,
    STATUS_TEXTS,
    TYPE_TEXTS,
)
from sandbox.portals.multipayer.shown import ABSENT, day, line, listed_day, money
from sandbox.truth.model import Claim, Member

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
KIND_OF = "kind: "
"""Before a file's name: under this, a dispute remembers what kind of document it is."""

Shown = dict[str, Any]


def _patient(member: Member) -> str:
    return f"{member.last_name}, {member.first_name} {member.middle_initial}".rstrip()


def _member(member: Member) -> Shown:
    return {
        "memberId": member.member_id[PREFIX_LETTERS:],
        "lastName": member.last_name,
        "firstName": f"{member.first_name} {member.middle_initial}".rstrip(),
        "birthDate": day(member.birth_date),
    }


def _numbers(lines: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in lines)


def _size(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{max(size / KILOBYTE, 0.1):.1f} KB"


def waiting(draft: AppealDraft, member: Member, zone: ZoneInfo) -> Shown:
    """One dispute of the worklist."""
    return {
        "reference": draft.key,
        "claimNumber": draft.payer_claim_number,
        "patient": _patient(member),
        "level": LEVEL_TEXTS.get(draft.level or "", ABSENT),
        "started": listed_day(draft.began_at.astimezone(zone).date()),
    }


def work(draft: AppealDraft, claim: Claim, member: Member, terms: AppealTerms, clock: Clock) -> Shown:
    """A dispute that is being completed: what is filled in, what may be chosen, and what the review shows of it."""
    now = clock.now()
    return {
        "reference": draft.key,
        "claimNumber": draft.payer_claim_number,
        "patient": _patient(member),
        "levels": list(LEVEL_TEXTS.items()),
        "reasons": list(REASON_TEXTS.items()),
        "kinds": list(DOCUMENT_TEXTS.items()),
        "rules": _upload_rules(terms.uploads),
        "longest": terms.longest_argument,
        "entered": {
            "level": draft.level or "",
            "lines": list(draft.lines),
            "amount": "" if draft.amount is None else f"{draft.amount:.2f}",
            "reason": draft.reason,
            "argument": draft.argument,
            "ownReference": draft.reference,
        },
        "lines": [line(one, claim) for one in claim.lines],
        "dispute": {
            "level": LEVEL_TEXTS.get(draft.level or "", ABSENT),
            "claimNumber": draft.payer_claim_number,
            "lines": _numbers(draft.lines) or ABSENT,
            "amount": money(draft.amount),
            "reason": REASON_TEXTS.get(draft.reason, ABSENT),
            "ownReference": draft.reference or ABSENT,
        },
        "member": _member(member),
        "argument": draft.argument,
        "files": [
            {
                "name": one.name,
                "kind": DOCUMENT_TEXTS[draft.own[KIND_OF + one.name]],
                "size": _size(one.size),
                "check": "No threats" if one.clean_at <= now else "Checking",
            }
            for one in draft.files
        ],
    }


def _upload_rules(rules: UploadTerms) -> list[str]:
    """The rules for documents, as the page tells them."""
    return [
        f"Accepted types: {', '.join(TYPE_TEXTS[one] for one in rules.content_types)}.",
        f"Each file must be larger than {(rules.smallest - 1) // KILOBYTE} KB and not larger than "
        f"{rules.largest // MEGABYTE} MB.",
        f"A dispute can have up to {rules.most} files, {rules.most_together // MEGABYTE} MB together.",
        "Files are checked for viruses before the dispute can be submitted.",
    ]


def receipt(appeal: FiledAppeal, number: str | None, zone: ZoneInfo) -> Shown:
    """What the site says when it took a dispute."""
    filed_at = appeal.filed_at.astimezone(zone)
    return {
        "number": number or PENDING,
        "level": LEVEL_TEXTS[appeal.level],
        "claimNumber": appeal.payer_claim_number,
        "submitted": f"{day(filed_at.date())} {filed_at:%I:%M %p} ET",
        "expected": day(appeal.expected_by),
    }


def _status(state: AppealState) -> str:
    return STATUS_TEXTS[state.decision or state.standing]


def listed_dispute(appeal: FiledAppeal, state: AppealState, member: Member, reference: str, zone: ZoneInfo) -> Shown:
    """One row of the list."""
    return {
        "reference": reference,
        "number": state.number or PENDING,
        "claimNumber": appeal.payer_claim_number,
        "patient": _patient(member),
        "level": LEVEL_TEXTS[appeal.level],
        "lines": _numbers(appeal.lines),
        "submitted": listed_day(appeal.filed_at.astimezone(zone).date()),
        "ownReference": appeal.reference or ABSENT,
        "status": _status(state),
    }


def dispute_panel(appeal: FiledAppeal, state: AppealState, member: Member, zone: ZoneInfo) -> Shown:
    """One dispute with all that the site shows of it; `decision` is nothing while there is none."""
    decided = state.decision is not None
    return {
        "dispute": {
            "number": state.number or PENDING,
            "level": LEVEL_TEXTS[appeal.level],
            "claimNumber": appeal.payer_claim_number,
            "lines": _numbers(appeal.lines),
            "amount": money(appeal.amount),
            "reason": REASON_TEXTS.get(appeal.reason, ABSENT),
            "ownReference": appeal.reference or ABSENT,
        },
        "member": _member(member),
        "progress": {
            "status": _status(state),
            "submitted": day(appeal.filed_at.astimezone(zone).date()),
            "expected": day(appeal.expected_by),
            "files": str(len(appeal.filenames)),
        },
        "wanted": [] if state.wanted is None else [{"what": state.wanted.what, "due": day(state.wanted_by)}],
        "decision": {
            "decision": DECISION_TEXTS[state.decision],
            "decided": day(state.decided_on),
            "recovered": money(state.recovered),
            "nextDue": day(state.next_level_due),
        }
        if state.decision is not None
        else None,
        "letter": decided,
    }
