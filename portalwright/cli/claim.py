"""`portalwright claim`: everything that happened to one claim, in its order."""

from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, NamesOption, OfficeOption, PortalOption

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ledger.answers import AnswerRecord
    from ledger.time_line import AttemptRecord, TimeLine

    Event = tuple[datetime, str, str]


def claim(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The patient account number, in full.")],
    *,
    portal: PortalOption = None,
    names: NamesOption = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """A claim's time-line: when it came in, each attempt, each answer and what it changed, each case.

    Every look is recorded.

    Example:

    \b
        portalwright claim ACCT-1001
        portalwright claim ACCT-1001 --portal practice-national --json
    """
    from ledger.time_line import time_lines
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    with at_desk(Command.CLAIM, office, account) as desk:
        found = time_lines(number, portal)
        record_look(desk, "claim.view", len(found), names=names or as_json, portal=portal)
    for line in found:
        if as_json:
            typer.echo(line.model_dump_json())
            continue
        typer.echo(_heading(line, names=names))
        events: list[Event] = sorted(_events(line), key=lambda event: event[0])
        print_table(("when (UTC)", "what", "details"), events, empty="")


def _heading(line: "TimeLine", *, names: bool) -> str:
    question = line.question
    patient, asked = question.patient, question.claim
    who = f", {patient.last_name}, {patient.first_name}" if names else ""
    days = f"{asked.service_from}" if asked.service_from == asked.service_to else (
        f"{asked.service_from} to {asked.service_to}"
    )  # fmt: skip
    stands = f"; {line.state}" if line.state else ""
    return f"{question.portal}, {asked.patient_account_number}{who}: service {days}, billed {asked.billed:,.2f}{stands}"


def _events(line: "TimeLine") -> "Iterator[Event]":
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


def _attempt(attempt: "AttemptRecord") -> str:
    code = f" ({attempt.code})" if attempt.code else ""
    run = f", run {attempt.run_id}" if attempt.run_id is not None else ""
    return f"{attempt.ending}{code}{run}; " + (
        f"{attempt.evidence} sealed files of evidence" if attempt.evidence else "no evidence"
    )


def _said(before: "AnswerRecord | None", answer: "AnswerRecord") -> str:
    """The first answer in short, each later one by what it changed."""
    from flows.answers import ClaimState
    from portalwright.facts import changes
    from portalwright.words import category_words

    said = answer.answer.normalised
    if before is not None:
        return "; ".join(changes(before.answer.normalised, said)) or "as before"
    if not isinstance(said, ClaimState):
        return f"not found, searched {', '.join(said.searched)}"
    amounts = [
        f"{name} {amount:,.2f}"
        for name, amount in (("paid", said.paid), ("allowed", said.allowed))
        if amount is not None
    ]
    return "; ".join([f"{said.category} {category_words(said.category)}", said.portal_text, *amounts])
