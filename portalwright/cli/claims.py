"""`portalwright import`: the office's lists come in, claims and appointments."""

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
    from portalwright.importing import Going, Imported, Wanted
    from portalwright.office import Desk

    ImportFile = Callable[[Desk, Path, Wanted, Callable[[Going], None]], Imported]

_MOST_SHOWN = 25

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Bring files into the office.

    Example:

    \b
        portalwright import claims work-list.csv
        portalwright import appointments appointments.csv
    """


DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Check everything and write nothing.")]
AllOrNothingOption = Annotated[
    bool, typer.Option("--all-or-nothing", help="Take no row at all when one has to be left out.")
]
ForPortalOption = Annotated[
    str | None, typer.Option("--portal", metavar="PORTAL", help="The portal of all rows of a file without one.")
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="NAME=HEADING", help="Which heading of the file is which column; repeat it."),
]
LayoutOption = Annotated[
    str | None,
    typer.Option("--map", metavar="NAME", help="The name under which the headings are, or shall be, remembered."),
]
RejectedOption = Annotated[
    Path | None, typer.Option("--rejected", metavar="FILE.csv", help="Write the rows that were left out here, too.")
]


@app.command("claims")
def import_claims(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The work list: a CSV file, an Excel workbook, an 837.")],
    *,
    dry_run: DryRunOption = False,
    all_or_nothing: AllOrNothingOption = False,
    portal: ForPortalOption = None,
    column: ColumnOption = None,
    layout: LayoutOption = None,
    rejected: RejectedOption = None,
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
    from portalwright.importing import import_claims_file

    wanted = wanted_import(column, layout, portal, dry_run=dry_run, all_or_nothing=all_or_nothing)
    import_file(import_claims_file, file, wanted, rejected, office, account)


@app.command("appointments")
def import_appointments(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The appointments: a CSV file or an Excel workbook.")],
    *,
    dry_run: DryRunOption = False,
    all_or_nothing: AllOrNothingOption = False,
    portal: ForPortalOption = None,
    column: ColumnOption = None,
    layout: LayoutOption = None,
    rejected: RejectedOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Import appointments: for each, the portal is asked whether the patient is covered. Twice changes nothing.

    Rows that are wrong are left out and told by row, field and reason; all others are taken, in one go. The columns:
    appointment_number, practice_tin, billing_npi, portal, member_id, last_name, first_name, birth_date, service_from,
    and where you have them service_to, service_type (30, the plan, when left out), plan_name, group_number,
    other_payer: what the office holds is compared with what the payer says. A visit for which the portal was asked
    within the last 72 hours, about the same patient and month, is not asked about again.

    Example:

    \b
        portalwright import appointments appointments.csv
        portalwright import appointments visits.xlsx --column appointment_number="Visit No" --map our-visits
        portalwright import appointments appointments.csv --portal practice-national --dry-run
    """
    from portalwright.importing import import_appointments_file

    wanted = wanted_import(column, layout, portal, dry_run=dry_run, all_or_nothing=all_or_nothing)
    import_file(import_appointments_file, file, wanted, rejected, office, account)


def wanted_import(
    column: list[str] | None, layout: str | None, portal: str | None, *, dry_run: bool, all_or_nothing: bool
) -> "Wanted":
    """How a list is to be imported, by the options that every `import` command has."""
    from portalwright.importing import Wanted

    return Wanted(
        dry_run=dry_run,
        all_or_nothing=all_or_nothing,
        portal=portal,
        layout=layout,
        columns=_columns(column or []),
        ask=_ask_columns if sys.stdin.isatty() and sys.stderr.isatty() else None,
    )


def import_file(  # noqa: PLR0917 - what a command was given
    take: "ImportFile", file: Path, wanted: "Wanted", rejected: Path | None, office: Path | None, account: str | None
) -> None:
    """Import the file, tell what became of it, and exit with NEEDS_PERSON when rows were left out."""
    from documents.rejected_rows import write_rejected
    from documents.written_whole import FileNotWritten
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    if rejected is not None and (rejected.is_dir() or not rejected.parent.is_dir()):
        raise FileNotWritten(f"{rejected} cannot be written (--rejected): nothing was imported. Name another file.")
    with at_desk(Command.IMPORT, office, account) as desk, _progress() as report:
        if wanted.portal is not None and wanted.portal not in desk.office.portals():
            raise typer.BadParameter("there is no pack for a portal of this name", param_hint="--portal")
        result = take(desk, file, wanted, report)
    _tell(result, dry_run=wanted.dry_run)
    if rejected is not None:
        try:
            write_rejected(rejected, result.rejected)
        except FileNotWritten as error:
            raise FileNotWritten(f"{error} What was told of the list itself holds.") from error
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
    if result.reused:
        counts += f" For {result.reused} of them a fresh answer is at hand."
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
