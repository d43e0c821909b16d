"""`portalwright posting`: payments leave for the practice system."""

from pathlib import Path
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, OfficeOption
from portalwright.cli.remits import PaidSinceOption
from portalwright.exit_codes import ExitCode

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """Give payments to the practice system.

    Example:

    \b
        portalwright posting export --out posting.csv
    """


@app.command("export")
def export(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write; an older one is replaced.")],
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="KIND", help="csv, xlsx or json; the file's ending when left out."),
    ] = None,
    since: PaidSinceOption = None,
    again: Annotated[bool, typer.Option("--again", help="Payments that were given before, too.")] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Write every payment that was not given yet into a file: CSV, XLSX or JSON (columns: docs/remittances.md).

    Left out, and told, are payments that do not add up or that an open case holds. Reversals and corrections are given
    in the payments in which they came. The file is patients' data in the clear, by your own wish: only this account can
    read it at first; delete it when it has done its work. It is written whole or not at all; the export is recorded.

    Example:

    \b
        portalwright posting export --out posting.csv
        portalwright posting export --out november.xlsx --since 2026-11-01 --again
    """
    from portalwright.cli.export import format_of
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.posting import export_posting

    file_format = format_of(out, form)
    with at_desk(Command.POSTING, office, account) as desk:
        exported = export_posting(desk, out, file_format, again=again, since=since.date() if since else None)
    totals = exported.totals
    if totals.payments:
        typer.echo(f"{totals.payments} payments of {totals.amount:,.2f} in all, {totals.rows} rows written.")
    else:
        typer.echo("There is no payment to give; no file was written.")
    if exported.unbalanced or exported.held:
        typer.echo(
            f"Left out: {exported.unbalanced} that do not add up, {exported.held} that a case holds "
            "(portalwright remits; portalwright cases).",
            err=True,
        )
        raise typer.Exit(ExitCode.NEEDS_PERSON)
