"""`portalwright export`: the answers as a file for the practice system or a spreadsheet."""

from datetime import UTC
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
    from documents.table_out import FileFormat
    from flows.questions import Flow


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; an older one is replaced.")],
    *,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="KIND", help="csv, xlsx or json; the file's ending when left out."),
    ] = None,
    flow: Annotated[str, typer.Option("--flow", help="The job: claim-status or eligibility.")] = "claim-status",
    portal: PortalOption = None,
    since: SinceOption = None,
    lines: LinesOption = False,
    names: NamesOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Write the newest answer about each claim or appointment into a file: CSV, XLSX or JSON (see docs/files.md).

    The file is patients' data in the clear, by your own wish: keep it where only those may read it who need it, and
    delete it when it has done its work. Only this account can read it at first, and the export is recorded: who, how
    many rows, which kind of file. It is written whole or not at all, and the same answers give the same bytes.

    Example:

    \b
        portalwright export answers.xlsx
        portalwright export answers.csv --since 2026-11-01 --portal practice-national
        portalwright export lines.csv --lines
        portalwright export coverage.xlsx --flow eligibility
    """
    from flows.questions import Flow
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.exporting import Wanted, export_to
    from portalwright.logs import Command

    job = choice(Flow, flow, "--flow")
    check_exported(job)
    file_format = format_of(file, form)
    check_lines(file_format, lines=lines)
    begin = since.replace(tzinfo=UTC) if since else None
    with at_desk(Command.EXPORT, office, account) as desk:
        wanted = Wanted(file_format, flow=job, portal=portal, since=begin, lines=lines, names=names)
        count = export_to(desk, wanted, file)
    typer.echo(f"{count} rows written.")


def format_of(file: Path, form: str | None) -> "FileFormat":
    """The kind of file: what was named, else what its ending says. Raises a usage error."""
    from documents.table_out import FileFormat
    from portalwright.cli.choices import choice

    if form is not None:
        return choice(FileFormat, form, "--format")
    ending = file.suffix.lower().removeprefix(".")
    if ending not in set(FileFormat):
        raise typer.BadParameter("must end in .csv, .xlsx or .json, or name the kind with --format", param_hint="FILE")
    return FileFormat(ending)


def check_exported(flow: "Flow") -> None:
    """Payments leave the office as postings. Raises a usage error."""
    from documents.answers_out import EXPORTED

    if flow not in EXPORTED:
        raise typer.BadParameter("payments are exported by `portalwright posting export`", param_hint="--flow")


def check_lines(file_format: "FileFormat", *, lines: bool) -> None:
    """JSON has all service lines anyway. Raises a usage error."""
    if lines and file_format.value == "json":
        raise typer.BadParameter("JSON holds the service lines always; leave it out", param_hint="--lines")
