"""`portalwright patient`: what patients paid is written down, and taken back."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption, day, dollars

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="The claim's patient account number, in full.")]


@app.callback()
def group() -> None:
    """Write down what patients paid.

    Example:

    \b
        portalwright patient paid ACCT-1001 25.00 --on 2026-11-20 --method check
    """


@app.command("paid")
def paid(
    number: NumberArgument,
    amount: Annotated[Decimal, typer.Argument(parser=dollars, metavar="AMOUNT", help="Dollars, such as 25.00.")],
    *,
    on: Annotated[datetime, typer.Option("--on", parser=day, metavar="YYYY-MM-DD", help="The day of the payment.")],
    method: Annotated[str, typer.Option("--method", help="cash, check, card, transfer or other.")] = "other",
    again: Annotated[
        bool, typer.Option("--again", help="The same amount of the same day was really paid once more.")
    ] = False,
    portal: PortalOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Write down that a patient paid something for a claim. Statements and payment plans follow it.

    Example:

    \b
        portalwright patient paid ACCT-1001 25.00 --on 2026-11-20 --method check
    """
    from ledger.patient_accounts import NewPayment, PaidBy, pay
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.statements import too_much

    how = choice(PaidBy, method, "--method")
    with at_desk(Command.PATIENT, office, account) as desk:
        new = NewPayment(amount=amount, paid_on=on.date(), method=how)
        payment = pay(number, new, desk.actor, utc_now(), portal=portal, again=again)
        more = too_much(desk, number, portal)
    typer.echo(f"Patient payment {payment}: {amount:,.2f}, written down.")
    if more:
        typer.echo(
            f"That is {more:,.2f} more than the patient owes for this claim. If it was a mistake: "
            f"`portalwright patient take-back {payment}`; else it is the patient's money.",
            err=True,
        )


@app.command("take-back")
def take_back(
    payment: Annotated[int, typer.Argument(metavar="PAYMENT", help="The number of the patient payment.")],
    *,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Take back a payment that was written down wrongly. Both entries stay.

    Example:

    \b
        portalwright patient take-back 3
    """
    from ledger.patient_accounts import take_back as take_payment_back
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.PATIENT, office, account) as desk:
        entry = take_payment_back(payment, desk.actor, utc_now())
    typer.echo(f"Patient payment {payment} is taken back by entry {entry}.")


@app.command("payments")
def payments(
    number: NumberArgument,
    *,
    portal: PortalOption = None,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """List what a patient paid for a claim.

    Example:

    \b
        portalwright patient payments ACCT-1001
    """
    import json

    from ledger.patient_accounts import of_claim
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    with at_desk(Command.PATIENT, office, account) as desk:
        found = [one for each in of_claim(desk.practice.id, number, portal) for one in each.payments]
        record_look(desk, "patient-payments.list", len(found), names=False, portal=portal)
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2))
        return
    rows = [
        (
            one.id,
            one.paid_on,
            one.amount,
            one.method,
            f"takes back {one.takes_back}" if one.takes_back else "taken back" if one.taken_back else "",
            one.recorded_by,
        )
        for one in found
    ]
    print_table(("number", "paid on", "amount", "method", "", "by"), rows, empty="No payment of a patient is known.")
