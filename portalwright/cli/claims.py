"""`portalwright import`: the office's work list comes in."""

from pathlib import Path
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, OfficeOption
from portalwright.exit_codes import ExitCode

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
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The work list, a CSV file.")],
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Import a work list: each claim becomes a question to its portal. The same list twice changes nothing.

    Rows that are wrong are left out and told by row, field and reason; all others are taken. The columns:
    practice_tin, billing_npi, portal, member_id, last_name, first_name, birth_date, patient_account_number,
    payer_claim_number, service_from, service_to, billed, first_procedure. Dates as YYYY-MM-DD or MM/DD/YYYY.

    Example:

    \b
        portalwright import claims work-list.csv
    """
    from portalwright.cli.opening import at_desk
    from portalwright.importing import import_claims_file
    from portalwright.logs import Command

    with at_desk(Command.IMPORT, office, account) as desk:
        result = import_claims_file(desk, file)
    typer.echo(
        f"{result.created} new, {result.changed} changed, {result.unchanged} as before, "
        f"{len(result.rejected)} left out."
    )
    for one in result.rejected[:_MOST_SHOWN]:
        typer.echo(f"row {one.row}, {one.field}: {one.reason}", err=True)
    if len(result.rejected) > _MOST_SHOWN:
        typer.echo(f"... and {len(result.rejected) - _MOST_SHOWN} more rows.", err=True)
    if result.rejected:
        raise typer.Exit(ExitCode.NEEDS_PERSON)
