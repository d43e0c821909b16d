"""Shows time-lines: everything that happened to a claim or an appointment, in its order."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import typer

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
from flows.questions import ClaimStatus, Eligibility
from ledger.answers import AnswerRecord
from ledger.time_line import AttemptRecord, TimeLine
from portalwright.cli.tables import print_table
from portalwright.facts import changes
from portalwright.words import coverage_words

Event = tuple[datetime, str, str]


def print_time_lines(found: Iterable[tuple[TimeLine, Sequence[Event]]], *, names: bool, as_json: bool) -> None:
    """Each with a heading and its events, or as JSON, one a line. With each comes what else the payer sent about it."""
    for line, sent in found:
        if as_json:
            told = [{"at": at.isoformat(), "what": what, "details": details} for at, what, details in sent]
            typer.echo(json.dumps(line.model_dump(mode="json") | {"sent": told}))
            continue
        typer.echo(_heading(line, names=names))
        events = sorted([*_events(line), *sent], key=lambda event: event[0])
        print_table(("when (UTC)", "what", "details"), events, empty="")


def _heading(line: TimeLine, *, names: bool) -> str:
    question = line.question
    match question:
        case ClaimStatus(claim=asked):
            first, last, more = asked.service_from, asked.service_to, f", billed {asked.billed:,.2f}"
        case Eligibility(service=visit):
            first, last, more = visit.service_from, visit.service_to, f", service type {visit.service_type}"
        case _:
            return f"{question.portal}, payments of {line.number}; {line.state}"
    who = f", {question.patient.last_name}, {question.patient.first_name}" if names else ""
    days = f"{first}" if first == last else f"{first} to {last}"
    return f"{question.portal}, {line.number}{who}: service {days}{more}; {line.state}"


def _events(line: TimeLine) -> Iterator[Event]:
    """What happened, those of one instant in the order in which they follow from each other."""
    yield (
        line.imported_at,
        "imported" if line.form == 1 else "changed",
        "by an import" if line.form == 1 else f"by an import; this is its form {line.form}",
    )
    for attempt in line.attempts:
        yield attempt.finished_at, "asked", _attempt(attempt)
    for before, answer in zip((None, *line.answers), line.answers, strict=False):
        yield answer.recorded_at, f"answer {answer.version}", _said(before, answer)
    for case in line.cases:
        yield case.opened_at, f"case {case.id} opened", f"{case.code}: {case.what}"
        if case.closed_at is not None:
            yield case.closed_at, f"case {case.id} closed", f"{case.resolution} by {case.closed_by}"
    for event in line.appeals:
        yield (
            event.at,
            f"appeal {event.number}",
            ", ".join((event.what, *([event.note] if event.note else []), event.by)),
        )


def _attempt(attempt: AttemptRecord) -> str:
    code = f" ({attempt.code})" if attempt.code else ""
    run = f", run {attempt.run_id}" if attempt.run_id is not None else ""
    return f"{attempt.ending}{code}{run}; " + (
        f"{attempt.evidence} sealed files of evidence" if attempt.evidence else "no evidence"
    )


def _said(before: AnswerRecord | None, answer: AnswerRecord) -> str:
    """The first answer in short, each later one by what it changed."""
    said = answer.answer.normalised
    told = _in_short(said) if before is None else "; ".join(_changes(before.answer.normalised, said)) or "as before"
    if not answer.reused:
        return told
    return f"{told}; given to another visit of the patient ({answer.answer.observed_at:%Y-%m-%d %H:%M}), not asked anew"


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
