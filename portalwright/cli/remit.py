"""`portalwright remit`: one remittance, looked at closely."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import JsonOption
from portalwright.exit_codes import ExitCode

if TYPE_CHECKING:
    from portalwright.remit_totals import RemitTotals

_HEAD = 1024

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """Look at one remittance.

    Example:

    \b
        portalwright remit inspect payment.835
    """


@app.command("inspect")
def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An 835 file, with one payment or several.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """What the payments of an 835 file come to, and whether they add up. Nothing is recorded; no office is needed.

    Example:

    \b
        portalwright remit inspect payment.835
        portalwright remit inspect payment.835 --json
    """
    from documents.not_read import NotRead
    from documents.remittance_835 import remittances
    from documents.x12 import other_form
    from portalwright.remit_totals import remit_totals

    with file.open("rb") as opened:
        form = other_form(opened.read(_HEAD))
    totals: list[RemitTotals] = []
    left_out: list[NotRead] = []
    for read in () if form else remittances(file):
        if isinstance(read, NotRead):
            left_out.append(read)
        else:
            totals.append(remit_totals(read))
    if as_json:
        sys.stdout.write(json.dumps({"transactions": [one.as_json for one in totals]}) + "\n")
    elif totals:
        _print(totals)
    for one in left_out:
        typer.echo(f"{file}: {one}. Nothing of this payment is counted here.", err=True)
    if left_out:
        raise typer.Exit(ExitCode.NEEDS_PERSON)
    if not totals:
        hint = f" It is a {form}: `portalwright import remits` reads it." if form else ""
        typer.echo(f"{file}: there is no remittance (835) in this file.{hint}", err=True)


def _print(totals: "list[RemitTotals]") -> None:
    from portalwright.cli.tables import print_table

    columns = (
        "payment", "trace", "billed", "paid", "adjustments", "provider adjustments", "claims", "lines", "balanced",
    )  # fmt: skip
    rows = [
        (
            one.payment,
            one.trace,
            one.billed,
            one.paid,
            "; ".join(f"{reason} {amount:,.2f}" for reason, amount in one.adjustments.items()),
            "; ".join(f"{reason} {amount:,.2f}" for reason, amount in one.provider_adjustments.items()),
            one.claims,
            one.lines,
            _balanced(one),
        )
        for one in totals
    ]
    print_table(columns, rows, empty="")


def _balanced(totals: "RemitTotals") -> str:
    wrong = [level for level, holds in totals.balance.model_dump().items() if not holds]
    return "yes" if not wrong else f"not by {', '.join(wrong)}"
