"""`portalwright import`: the office's work list comes in."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, OfficeOption
from portalwright.exit_codes import ExitCode

if TYPE_CHECKING:
    from documents.headings import HeadingsUnknown
    from portalwright.importing import Going, Imported

_MOST_SHOWN = 25

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Bring files into the office.

    Example:

    \b
        portalwright import claims work-list.csv
    """


@app.command("claims")
def import_claims(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The work list: a CSV file, an Excel workbook, an 837.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and write nothing.")] = False,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Take no row at all when one has to be left out.")
    ] = False,
    portal: Annotated[
        str | None, typer.Option("--portal", metavar="PORTAL", help="The portal of all claims of a file without one.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="NAME=HEADING", help="Which heading of the file is which column; repeat it."),
    ] = None,
    layout: Annotated[
        str | None,
        typer.Option("--map", metavar="NAME", help="The name under which the headings are, or shall be, remembered."),
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option("--rejected", metavar="FILE.csv", help="Write the rows that were left out here, too.")
    ] = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Import a work list: each claim becomes a question to its portal. The same list twice changes nothing.

    Rows that are wrong are left out and told by row, field and reason; all others are taken, in one go. The columns:
    practice_tin, billing_npi, portal, member_id, last_name, first_name, birth_date, patient_account_number,
    payer_claim_number, service_from, service_to, billed, first_procedure; diagnosis_1 to diagnosis_12 are checked and
    not kept. Dates as YYYY-MM-DD or MM/DD/YYYY. Other headings are explained once with --column and recognised later.
    Of an 837 every claim is taken; which portal a payer has stands in office.toml under [payers], or in --portal.

    Example:

    \b
        portalwright import claims work-list.csv
        portalwright import claims export.xlsx --column member_id="Subscriber ID" --map our-system
        portalwright import claims batch.837 --portal practice-national --dry-run
    """
    from documents.rejected_rows import write_rejected
    from portalwright.cli.opening import at_desk
    from portalwright.importing import Wanted, import_claims_file
    from portalwright.logs import Command

    wanted = Wanted(
        dry_run=dry_run,
        all_or_nothing=all_or_nothing,
        portal=portal,
        layout=layout,
        columns=_columns(column or []),
        ask=_ask_columns if sys.stdin.isatty() and sys.stderr.isatty() else None,
    )
    with at_desk(Command.IMPORT, office, account) as desk, _progress() as report:
        if portal is not None and portal not in desk.office.portals():
            raise typer.BadParameter("there is no pack for a portal of this name", param_hint="--portal")
        result = import_claims_file(desk, file, wanted, report)
    _tell(result, dry_run=dry_run)
    if rejected is not None:
        write_rejected(rejected, result.rejected)
    if result.rejected:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _tell(result: "Imported", *, dry_run: bool) -> None:
    from portalwright.cli.tables import print_table

    for note in result.notes:
        typer.echo(note, err=True)
    if result.claims is not None:
        typer.echo(f"The file has {result.claims} claims that charge {result.charge:,.2f} in all.")
    counts = (
        f"{result.created} new, {result.changed} changed, {result.unchanged} as before, "
        f"{len(result.rejected)} left out."
    )
    if result.kept:
        typer.echo(counts)
    else:
        why = "This was a dry run" if dry_run else "Rows would have been left out"
        typer.echo(f"{counts} {why}: nothing was written.")
    shown = result.rejected[:_MOST_SHOWN]
    if sys.stdout.isatty() and shown:
        print_table(("row", "field", "reason"), [(one.row, one.field, one.reason) for one in shown], empty="")
    else:
        for one in shown:
            typer.echo(f"row {one.row}, {one.field}: {one.reason}", err=True)
    if len(result.rejected) > _MOST_SHOWN:
        typer.echo(
            f"... and {len(result.rejected) - _MOST_SHOWN} more rows; --rejected FILE.csv writes them all.", err=True
        )


def _columns(said: Sequence[str]) -> Mapping[str, str]:
    columns: dict[str, str] = {}
    for one in said:
        name, equals, heading = one.partition("=")
        if not equals or not heading.strip() or name.strip() in columns:
            raise typer.BadParameter('is written as member_id="Subscriber ID", once a column', param_hint="--column")
        columns[name.strip()] = heading.strip()
    return columns


def _ask_columns(headings: Sequence[str], unknown: "HeadingsUnknown") -> Mapping[str, str]:
    """Ask the person at the terminal which heading is which; a blank answer gives up."""
    typer.echo("The file's headings:", err=True)
    for place, heading in enumerate(headings, start=1):
        typer.echo(f"  {place:>3}  {''.join(letter if letter.isprintable() else ' ' for letter in heading)}", err=True)
    said: dict[str, str] = {}
    for name in unknown.missing:
        answer = typer.prompt(f"Which of them is {name}? (number)", default="", show_default=False, err=True)
        if not (answer.isdecimal() and 1 <= int(answer) <= len(headings)):
            raise unknown
        said[name] = headings[int(answer) - 1]
    return said


@contextmanager
def _progress() -> "Iterator[Callable[[Going], None]]":
    """A bar at a terminal, nothing elsewhere: an import takes seconds."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("importing"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]} rows"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("", total=1.0, rows=0)

    def show(going: "Going") -> None:
        # Not before there is something to show: the person may first be asked about the columns.
        bar.start()
        bar.update(task, completed=going.share, rows=going.rows)

    try:
        yield show
    finally:
        bar.stop()
