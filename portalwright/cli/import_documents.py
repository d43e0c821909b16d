"""`portalwright import remits`, `acknowledgements` and `deposits`: what came another way than by a portal."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.claims import (
    AllOrNothingOption,
    ColumnOption,
    DryRunOption,
    LayoutOption,
    RejectedOption,
    import_file,
    wanted_import,
)
from portalwright.cli.options import AccountOption, FromStdinOption, JsonOption, OfficeOption
from portalwright.exit_codes import ExitCode

if TYPE_CHECKING:
    from portalwright.importing_documents import FileImported

Place = Annotated[
    Path, typer.Argument(metavar="FILE|FOLDER", help="A file, or a folder with all files in and below it.")
]


def import_remits(
    place: Place,
    *,
    portal: Annotated[
        str | None, typer.Option("--portal", metavar="PORTAL", help="The portal of the payer that sent them.")
    ] = None,
    protected: Annotated[
        bool, typer.Option("--protected", help="Ask for the password that opens protected files.")
    ] = False,
    from_stdin: FromStdinOption = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Import remittances: 835 files, EOBs as PDF, ZIPs of both. The same file twice changes nothing.

    Each file is loaded, flagged (loaded, and a case says what needs you), a duplicate, or refused with a reason; it is
    taken whole or not at all, and sealed before it is taken. A payment that comes again in another file, or as another
    form, is the same payment: what differs is a case. Payments are matched with claims and deposits at once.

    Example:

    \b
        portalwright import remits incoming/
        portalwright import remits payment.835 --portal practice-national
    """
    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import at_desk
    from portalwright.importing_documents import files_in, import_remittances
    from portalwright.logs import Command

    asking = Asking.of(from_stdin=from_stdin)
    with at_desk(Command.IMPORT, office, account, asking) as desk:
        if portal is not None and portal not in desk.office.portals():
            raise typer.BadParameter("there is no pack for a portal of this name", param_hint="--portal")
        password = asking.secret("password of the files").reveal() if protected else None
        files = files_in(place)
        _show(import_remittances(desk, files, portal=portal, password=password), as_json=as_json, what="payments")


def import_acknowledgements(
    place: Place, *, as_json: JsonOption = False, office: OfficeOption = None, account: AccountOption = None
) -> None:
    """Import acknowledgements, 999 and 277CA: when a payer took each claim in. The same file twice changes nothing.

    A claim that was accepted shows its day in `portalwright claim NUMBER`: it drives when to ask about it, and proves
    timely filing. A claim that was rejected becomes a case.

    Example:

    \b
        portalwright import acknowledgements incoming/acks/
    """
    from portalwright.cli.opening import at_desk
    from portalwright.importing_documents import files_in
    from portalwright.importing_documents import import_acknowledgements as take
    from portalwright.logs import Command

    with at_desk(Command.IMPORT, office, account) as desk:
        _show(take(desk, files_in(place)), as_json=as_json, what="acknowledgements")


def import_deposits(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bank's list: a CSV file or an Excel workbook.")],
    *,
    dry_run: DryRunOption = False,
    all_or_nothing: AllOrNothingOption = False,
    column: ColumnOption = None,
    layout: LayoutOption = None,
    rejected: RejectedOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Import the bank's list of deposits; each finds its remittance by trace and amount. Twice changes nothing.

    The columns: deposited_on, amount, and where the bank has them trace, payer, reference. Without a trace, amount, day
    and payer have to leave exactly one payment. Rows that are wrong are left out and told by row, field and reason.

    Example:

    \b
        portalwright import deposits deposits.csv
        portalwright import deposits bank.csv --column deposited_on="Posting Date" --column amount=Credit --map bank
    """
    from portalwright.importing_deposits import import_deposits_file

    wanted = wanted_import(column, layout, None, dry_run=dry_run, all_or_nothing=all_or_nothing)
    import_file(import_deposits_file, file, wanted, rejected, office, account)


def _show(imported: "Iterator[FileImported]", *, as_json: bool, what: str) -> None:
    from portalwright.cli.tables import print_table
    from portalwright.importing_documents import Became

    files: list[FileImported] = []
    for one in imported:
        files.append(one)
        if as_json:
            told = {
                "file": str(one.file), "became": one.became, "new": one.new, "again": one.again,
                "amount": str(one.amount), "why": one.why,
            }  # fmt: skip
            typer.echo(json.dumps(told))
    if not as_json:
        payments = what == "payments"
        print_table(
            ("file", "became", f"new {what}", "again", *(["amount"] if payments else []), "why"),
            [
                (str(one.file), one.became, one.new, one.again, *([one.amount] if payments else []), one.why)
                for one in files
            ],
            empty="",
        )
        counts = ", ".join(f"{sum(one.became is became for one in files)} {became}" for became in Became)
        amount = sum((one.amount for one in files), Decimal("0.00"))
        summed = f" of {amount:,.2f}" if payments else ""
        typer.echo(f"{counts}; {sum(one.new for one in files)} new {what}{summed}.")
    if any(one.became in (Became.REFUSED, Became.FLAGGED) for one in files):
        raise typer.Exit(ExitCode.NEEDS_PERSON)
