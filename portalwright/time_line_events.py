"""A time-line in words: what happened to a claim or a visit, one event after the other, as people are told of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from console.claims.needs import EventKind
from flows.answers import (
    AppealFiled,
    AppealNotListed,
    AppealRefused,
    AppealState,
    ClaimNotFound,
    ClaimState,
    Normalised,
)
from flows.codes import category_words
from flows.coverage import Coverage, MemberNotFound
from ledger.answers import AnswerRecord
from ledger.time_line import AttemptRecord, TimeLine
from portalwright.facts import changes
from portalwright.words import coverage_words


class Happened(NamedTuple):
    """One event. `number` is that of the case, task, appeal, payment or run that it is about."""

    at: datetime
    what: str
    details: str
    kind: EventKind
    number: int | None = None


def events_of(line: TimeLine) -> Iterator[Happened]:
    """What happened, those of one instant in the order in which they follow from each other."""
    yield Happened(
        line.imported_at,
        "imported" if line.form == 1 else "changed",
        "by an import" if line.form == 1 else f"by an import; this is its form {line.form}",
        EventKind.IMPORT,
    )
    for attempt in line.attempts:
        yield Happened(attempt.finished_at, "asked", _attempt(attempt), EventKind.ATTEMPT, attempt.run_id)
    for before, answer in zip((None, *line.answers), line.answers, strict=False):
        yield Happened(answer.recorded_at, f"answer {answer.version}", said(before, answer), EventKind.ANSWER)
    for case in line.cases:
        yield Happened(case.opened_at, f"case {case.id} opened", f"{case.code}: {case.what}", EventKind.CASE, case.id)
        if case.closed_at is not None:
            yield Happened(
                case.closed_at, f"case {case.id} closed", f"{case.resolution} by {case.closed_by}", EventKind.CASE,
                case.id,
            )  # fmt: skip
    for event in line.appeals:
        told = ", ".join((event.what, *([event.note] if event.note else []), event.by))
        yield Happened(event.at, f"appeal {event.number}", told, EventKind.APPEAL, event.number)


def said(before: AnswerRecord | None, answer: AnswerRecord) -> str:
    """The first answer in short, each later one by what it changed; and where it came from, if not from its portal."""
    now = answer.answer.normalised
    told = _in_short(now) if before is None else "; ".join(_changes(before.answer.normalised, now)) or "as before"
    if answer.by_hand:
        told = f"{told}; by hand ({answer.by_hand}), {answer.author}"
    if not answer.reused:
        return told
    return f"{told}; given to another visit of the patient ({answer.answer.observed_at:%Y-%m-%d %H:%M}), not asked anew"


def _attempt(attempt: AttemptRecord) -> str:
    code = f" ({attempt.code})" if attempt.code else ""
    run = f", run {attempt.run_id}" if attempt.run_id is not None else ""
    return f"{attempt.ending}{code}{run}; " + (
        f"{attempt.evidence} sealed files of evidence" if attempt.evidence else "no evidence"
    )


def _changes(before: Normalised, after: Normalised) -> list[str]:
    """What changed, without who it is about: an answer that holds personal facts tells only that they changed."""
    personal = ("member.", "differences[")
    found = changes(before, after)
    told = [one for one in found if not one.startswith(personal)]
    return told if len(told) == len(found) else [*told, "what it says about the person has changed"]


def _in_short(said: Normalised) -> str:
    match said:
        case ClaimState():
            amounts = [
                f"{name} {amount:,.2f}"
                for name, amount in (("paid", said.paid), ("allowed", said.allowed))
                if amount is not None
            ]
            return "; ".join([f"{said.category} {category_words(said.category)}", said.portal_text, *amounts])
        case Coverage():
            plan = [said.plan_name] if said.plan_name else []
            differing = [f"differs: {', '.join(one.field for one in said.differences)}"] if said.differences else []
            status = f"{said.status} {coverage_words(said.status)}"
            return "; ".join([status, said.portal_text, *plan, *differing])
        case AppealFiled():
            return f"filed; number {said.confirmation or 'not given yet'}"
        case AppealRefused():
            return f"refused: {said.refusal}"
        case AppealState():
            return "; ".join([said.decision or said.standing, said.portal_text])
        case AppealNotListed():
            return "not on the portal's list"
        case ClaimNotFound() | MemberNotFound():
            return f"not found, searched {', '.join(said.searched)}"
        case _:
            return "payments listed"
