"""Shows time-lines: everything that happened to a claim or an appointment, in its order."""

import json
from collections.abc import Iterable, Sequence

import typer

from flows.questions import ClaimStatus, Eligibility
from ledger.time_line import TimeLine
from portalwright.cli.tables import print_table
from portalwright.time_line_events import Happened, events_of


def print_time_lines(found: Iterable[tuple[TimeLine, Sequence[Happened]]], *, names: bool, as_json: bool) -> None:
    """Each with a heading and its events, or as JSON, one a line. With each comes what else the payer sent about it."""
    for line, sent in found:
        if as_json:
            told = [{"at": one.at.isoformat(), "what": one.what, "details": one.details} for one in sent]
            typer.echo(json.dumps(line.model_dump(mode="json") | {"sent": told}))
            continue
        typer.echo(_heading(line, names=names))
        events = sorted([*events_of(line), *sent], key=lambda event: event.at)
        print_table(("when (UTC)", "what", "details"), [event[:3] for event in events], empty="")


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
