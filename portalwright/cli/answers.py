"""`portalwright answers`: what the portals said."""

import sys
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.export import check_exported, check_lines, format_of
from portalwright.cli.options import (
    AccountOption,
    LinesOption,
    NamesOption,
    OfficeOption,
    PortalOption,
    SinceOption,
)

if TYPE_CHECKING:
    from documents.table_out import FileFormat


class _Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def answers(
    *,
    portal: PortalOption = None,
    flow: Annotated[
        str, typer.Option("--flow", help="The job: claim-status, eligibility, remittances, appeal or appeal-status.")
    ] = "claim-status",
    number: Annotated[
        str | None,
        typer.Option(
            "--claim",
            "--appointment",
            metavar="NUMBER",
            help="Only this patient account number, or appointment number, in full; and every fact of it.",
        ),
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
    """The newest answer about each claim, appointment or period of payments. Every look is recorded.

    Names of patients are left out unless asked for.

    Example:

    \b
        portalwright answers --portal practice-national
        portalwright answers --claim ACCT-1001
        portalwright answers --flow eligibility
        portalwright answers --flow eligibility --appointment VISIT-2001
        portalwright answers --since 2026-11-01 --format csv
    """
    from flows.questions import Flow
    from ledger.answers import list_current
    from portalwright.cli.answer_rows import headings, print_whole, row
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.exporting import Wanted, export_to, exported
    from portalwright.logs import Command
    from portalwright.viewing import record_look
    from portalwright.words import subject_word

    job = choice(Flow, flow, "--flow")
    file_format = _file_format(form, out, lines=lines, as_json=as_json)
    if file_format is not None:
        check_exported(job)
    begin = since.replace(tzinfo=UTC) if since else None
    with at_desk(Command.ANSWERS, office, account) as desk:
        if file_format is not None:
            wanted = Wanted(file_format, flow=job, portal=portal, number=number, since=begin, lines=lines, names=names)
            if out is not None:
                typer.echo(f"{export_to(desk, wanted, out)} rows written.")
            else:
                sys.stdout.buffer.write(exported(desk, wanted)[0])
                sys.stdout.buffer.flush()
            return
        found = list(list_current(desk.practice.id, portal=portal, number=number, since=begin, flow=job))
        record_look(desk, "answers.view", len(found), names=names or as_json, portal=portal, about=subject_word(job))
    if as_json:
        for record in found:
            typer.echo(record.model_dump_json())
        return
    if number is not None:
        print_whole(found, names=names)
        return
    print_table(
        headings(job, names=names),
        [row(record, names=names) for record in found],
        empty="There is no such answer yet.",
    )


def _file_format(form: str | None, out: Path | None, *, lines: bool, as_json: bool) -> "FileFormat | None":
    """The kind of file that is wanted; None for what goes to the screen."""
    from documents.table_out import FileFormat
    from portalwright.cli.choices import choice

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
