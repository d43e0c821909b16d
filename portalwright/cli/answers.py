"""`portalwright answers`: what the portals said."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.answers import AnswerRecord
    from portalwright.cli.tables import Cell


def answers(
    *,
    portal: PortalOption = None,
    claim: Annotated[
        str | None, typer.Option("--claim", metavar="NUMBER", help="Only this patient account number, in full.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Recorded on this day (UTC) or later.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="Patients' names too.")] = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """The newest answer about each claim. Names of patients are left out unless asked for; every look is recorded.

    Example:

    \b
        portalwright answers --portal practice-national
        portalwright answers --claim ACCT-1001
        portalwright answers --since 2026-11-01 --json
    """
    from ledger.answers import list_current
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    with at_desk(Command.ANSWERS, office, account) as desk:
        found = list(list_current(portal=portal, claim=claim, since=since.replace(tzinfo=UTC) if since else None))
        whole = as_json or claim is not None
        record_look(desk, "answers.view", len(found), names=names or whole, portal=portal)
    if as_json:
        for record in found:
            typer.echo(record.model_dump_json())
        return
    if claim is not None:
        _print_whole(found)
        return
    print_table(
        (
            "account number", *(["patient"] if names else []), "portal", "status", "meaning", "payer's number",
            "billed", "allowed", "paid", "patient owes", "finalised", "as of",
        ),
        [_row(record, names=names) for record in found],
        empty="There is no such answer yet.",
    )  # fmt: skip


def _row(record: "AnswerRecord", *, names: bool) -> "Sequence[Cell]":
    from flows.answers import ClaimState
    from portalwright.words import category_words

    question, said = record.question, record.answer.normalised
    who = [f"{question.patient.last_name}, {question.patient.first_name}"] if names else []
    start: list[Cell] = [question.claim.patient_account_number, *who, question.portal]
    if not isinstance(said, ClaimState):
        return [*start, "", "not found", "", question.claim.billed, None, None, None, None, record.answer.observed_at]
    return [
        *start,
        said.category,
        category_words(said.category),
        said.payer_claim_number,
        said.billed,
        said.allowed,
        said.paid,
        said.patient_responsibility.total,
        said.finalised_date,
        record.answer.observed_at,
    ]


def _print_whole(found: "list[AnswerRecord]") -> None:
    """Everything an answer holds, a fact a line."""
    if not found:
        typer.echo("There is no such answer yet.")
    for record in found:
        typer.echo(f"{record.question.portal}: {record.ending}, version {record.version}, by {record.author}")
        for name, fact in _facts("", record.answer.normalised.model_dump(mode="json")):
            typer.echo(f"  {name}: {fact}")


def _facts(start: str, part: object) -> "list[tuple[str, object]]":
    if isinstance(part, dict):
        return [fact for name, value in part.items() for fact in _facts(f"{start}.{name}" if start else name, value)]
    if isinstance(part, list):
        return [fact for place, value in enumerate(part, 1) for fact in _facts(f"{start}[{place}]", value)]
    return [] if part is None else [(start, part)]
