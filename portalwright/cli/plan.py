"""`portalwright plan`: a patient's balance in dated instalments, and how they are followed."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption, day, dollars
from portalwright.exit_codes import ExitCode

if TYPE_CHECKING:
    from ledger.payment_plans import PlanRecord

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

PlanArgument = Annotated[int, typer.Argument(metavar="PLAN", help="The number of the plan.")]


@app.callback()
def group() -> None:
    """Split what a patient owes into instalments.

    Example:

    \b
        portalwright plan make ACCT-1001 --instalments 6 --first 2026-12-15
        portalwright plan show 1
    """


@app.command("make")
def make(
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER...", help="Patient account numbers of one patient.")],
    *,
    first: Annotated[datetime, typer.Option("--first", parser=day, metavar="YYYY-MM-DD", help="The first day.")],
    instalments: Annotated[int | None, typer.Option("--instalments", min=1, help="So many instalments.")] = None,
    amount: Annotated[
        Decimal | None, typer.Option("--amount", parser=dollars, metavar="DOLLARS", help="Instalments of so much.")
    ] = None,
    every: Annotated[str, typer.Option("--every", help="month, two-weeks or week.")] = "month",
    portal: PortalOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Make a plan for what is left to pay, by number of instalments or by amount. They add up to it to the cent.

    Example:

    \b
        portalwright plan make ACCT-1001 --instalments 6 --first 2026-12-15
        portalwright plan make ACCT-1001 ACCT-1002 --amount 40.00 --every two-weeks --first 2026-12-15
    """
    from flows.payment_plan import Every, Standing
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.plans import make_plan

    if (instalments is None) == (amount is None):
        raise typer.BadParameter("say either --instalments or --amount")
    often = choice(Every, every, "--every")
    with at_desk(Command.PLAN, office, account) as desk:
        plan = make_plan(desk, numbers, portal, first.date(), often, count=instalments, amount=amount)
    _print_plan(plan)
    if late := sum(one.standing is Standing.LATE for one in plan.instalments):
        typer.echo(
            f"The first day is over, and {late} of the instalments are late at once. If that day is a slip: "
            f"`portalwright plan end {plan.number}`, and make it anew.",
            err=True,
        )


@app.command("show")
def show(
    plan: PlanArgument,
    *,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Show a plan: each instalment, and what is paid, due or late. Says when the balance is no longer the plan's.

    Example:

    \b
        portalwright plan show 1
    """
    from ledger.payment_plans import get
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.plans import changed
    from portalwright.viewing import record_look

    with at_desk(Command.PLAN, office, account) as desk:
        found = get(desk.practice.id, plan, utc_now().date())
        differs = changed(desk, found)
        record_look(desk, "plan.view", 1, names=False)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _print_plan(found)
    for line in differs:
        typer.echo(line, err=True)
    if differs:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@app.command("list")
def list_plans(
    *,
    ended: Annotated[bool, typer.Option("--ended", help="Plans that were ended, too.")] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """List the plans, and what is late in each.

    Example:

    \b
        portalwright plan list
    """
    from flows.payment_plan import Standing
    from ledger.payment_plans import list_all
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.viewing import record_look

    with at_desk(Command.PLAN, office, account) as desk:
        found = list_all(desk.practice.id, utc_now().date(), ended=ended)
        record_look(desk, "plan.list", len(found), names=False)
    rows = [
        (
            plan.number,
            " ".join(claim.patient_account_number for claim in plan.claims),
            plan.balance,
            plan.paid,
            sum(one.standing is Standing.LATE for one in plan.instalments),
            "ended" if plan.ended_at else "",
        )
        for plan in found
    ]
    print_table(("plan", "claims", "balance", "paid", "late", ""), rows, empty="There is no payment plan.")


@app.command("end")
def end(
    plan: PlanArgument,
    *,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """End a plan. What is left is due as before; a new plan can be made.

    Example:

    \b
        portalwright plan end 1
    """
    from ledger.payment_plans import end as end_plan
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.PLAN, office, account) as desk:
        end_plan(plan, desk.actor, utc_now())
    typer.echo(f"Plan {plan} is ended.")


def _print_plan(plan: "PlanRecord") -> None:
    from portalwright.cli.tables import print_table

    rows = [
        (one.instalment.number, one.instalment.due_on, one.instalment.amount, one.paid, one.standing)
        for one in plan.instalments
    ]
    numbers = ", ".join(claim.patient_account_number for claim in plan.claims)
    typer.echo(f"Plan {plan.number} for {numbers}: {plan.balance:,.2f} in all, {plan.paid:,.2f} paid.")
    print_table(("instalment", "due on", "amount", "paid", "standing"), rows, empty="")
