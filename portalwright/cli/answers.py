"""`portalwright answers`: what the portals said."""

import sys
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import (
    AccountOption,
    LinesOption,
    NamesOption,
    OfficeOption,
    PortalOption,
    SinceOption,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from documents.answers_out import FileFormat
    from ledger.answers import AnswerRecord
    from portalwright.cli.tables import Cell


class _Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def answers(
    *,
    portal: PortalOption = None,
    claim: Annotated[
        str | None, typer.Option("--claim", metavar="NUMBER", help="Only this patient account number, in full.")
    ] = None,
    since: SinceOption = None,
    names: NamesOption = False,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="KIND", help="table (on the screen), csv, xlsx or json, as `export` writes."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write a file instead, as `export` does.")
    ] = None,
    lines: LinesOption = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The ledger's whole records, one a line, for programs; names included.")
    ] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """The newest answer about each claim. Names of patients are left out unless asked for; every look is recorded.

    Example:

    \b
        portalwright answers --portal practice-national
        portalwright answers --claim ACCT-1001
        portalwright answers --since 2026-11-01 --format csv
    """
    from ledger.answers import list_current
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.exporting import Wanted, export_to, exported
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    file_format = _file_format(form, out, lines=lines, as_json=as_json)
    begin = since.replace(tzinfo=UTC) if since else None
    with at_desk(Command.ANSWERS, office, account) as desk:
        if file_format is not None:
            wanted = Wanted(file_format, portal=portal, claim=claim, since=begin, lines=lines, names=names)
            if out is not None:
                typer.echo(f"{export_to(desk, wanted, out)} rows written.")
            else:
                sys.stdout.buffer.write(exported(desk, wanted)[0])
                sys.stdout.buffer.flush()
            return
        found = list(list_current(portal=portal, claim=claim, since=begin))
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


def _file_format(form: str | None, out: Path | None, *, lines: bool, as_json: bool) -> "FileFormat | None":
    """The kind of file that is wanted; None for what goes to the screen."""
    from documents.answers_out import FileFormat
    from portalwright.cli.choices import choice
    from portalwright.cli.export import check_lines, format_of

    if as_json:
        if form or out or lines:
            raise typer.BadParameter("stands alone; for a file use --format json", param_hint="--json")
        return None
    chosen = choice(_Format, form, "--format") if form else None
    if chosen is _Format.TABLE or (chosen is None and out is None):
        if out is not None:
            raise typer.BadParameter("a table is for the screen; leave out --out", param_hint="--format")
        if lines:
            raise typer.BadParameter("goes with --format csv or xlsx", param_hint="--lines")
        return None
    file_format = format_of(out, None) if chosen is None and out is not None else FileFormat(str(chosen))
    if file_format is FileFormat.XLSX and out is None:
        raise typer.BadParameter("xlsx is no text; name a file with --out", param_hint="--format")
    check_lines(file_format, lines=lines)
    return file_format


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
    from portalwright.cli.tables import printable
    from portalwright.facts import facts

    if not found:
        typer.echo("There is no such answer yet.")
    for record in found:
        typer.echo(f"{record.question.portal}: {record.ending}, version {record.version}, by {record.author}")
        for name, fact in facts(record.answer.normalised).items():
            typer.echo(f"  {name}: {printable(fact)}")
