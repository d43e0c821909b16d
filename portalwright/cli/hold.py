"""`portalwright hold`: legal holds, under which nothing is ever purged."""

from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence; no patient's name.")]


@app.callback()
def group() -> None:
    """Legal holds: what is held is kept, whatever the rules of retention say.

    Example:

    \b
        portalwright hold add claim ACCT-1001 --reason "Subpoena of 3 March"
        portalwright hold list
    """


@app.command("add")
def add(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="claim, patient, portal or practice.")],
    number: Annotated[
        str | None,
        typer.Argument(metavar="[NUMBER]", help="The patient account number of the claim."),
    ] = None,
    *,
    reason: ReasonOption,
    portal: PortalOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Keep a claim, all of a claim's patient, all of a portal or the whole practice until the hold is released.

    Example:

    \b
        portalwright hold add claim ACCT-1001 --reason "Subpoena of 3 March"
        portalwright hold add practice --reason "Investigation"
    """
    from ledger.legal_holds import HeldWhat, place
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    held = choice(HeldWhat, what, "WHAT")
    with at_desk(Command.HOLD, office, account) as desk:
        hold = place(desk.actor, held, reason, utc_now(), number=number, portal=portal)
    typer.echo(f"Legal hold {hold} is in force.")


@app.command("list")
def list_holds(
    *,
    released: Annotated[bool, typer.Option("--released", help="Holds that were released, too.")] = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """List the holds in force, each with its reason and who placed it.

    Example:

    \b
        portalwright hold list
    """
    import json

    from ledger.legal_holds import listed
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    with at_desk(Command.HOLD, office, account) as desk:
        found = listed(desk.practice.id, released=released)
        record_look(desk, "legal-hold.list", len(found), names=False)
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found]))
        return
    rows = [
        (one.id, one.what, one.subject, one.reason, f"{one.placed_at:%Y-%m-%d}", one.placed_by, one.released_by or "")
        for one in found
    ]
    columns = ("hold", "what", "which", "reason", "since", "by", "released by")
    print_table(columns, rows, empty="Nothing is under a legal hold.")


@app.command("release")
def release(
    hold: Annotated[int, typer.Argument(metavar="HOLD", help="The number of the hold.")],
    *,
    reason: ReasonOption,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """End a hold. From then on the rules of retention count again.

    Example:

    \b
        portalwright hold release 1 --reason "The case is settled"
    """
    from ledger import legal_holds
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.HOLD, office, account) as desk:
        legal_holds.release(desk.actor, hold, reason, utc_now())
    typer.echo(f"Legal hold {hold} is released.")
