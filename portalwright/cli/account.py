"""`portalwright account`: who works for a practice."""

from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, OfficeOption

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]


@app.callback()
def group() -> None:
    """Who works for a practice. An account sees its own practices and nothing of the others.

    Example:

    \b
        portalwright account allow sam
    """


@app.command("list")
def list_accounts(*, office: OfficeOption = None, account: AccountOption = None) -> None:
    """List the accounts that work for the practice, with what they may do at the desk.

    Example:

    \b
        portalwright account list
    """
    from ledger.console_accounts import listed
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command

    with at_desk(Command.ACCOUNT, office, account) as desk:
        rows = [
            (one.name, "robot" if one.is_robot else "person", ", ".join(held.role for held in one.roles))
            for one in listed(desk.practice.id)
        ]
    print_table(("account", "kind", "roles at the desk"), rows, empty="Nobody works for this practice.")


@app.command("allow")
def allow(name: NameArgument, *, office: OfficeOption = None, account: AccountOption = None) -> None:
    """Let an account work for the practice; it is made where it is not there.

    Example:

    \b
        portalwright account allow sam
        portalwright --practice 987654321 account allow sam
    """
    from ledger.membership import allow as let_in
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import account_name, utc_now

    who = account_name(name)
    with at_desk(Command.ACCOUNT, office, account) as desk:
        let_in(who, desk.actor, utc_now())
        practice = desk.practice.name
    typer.echo(f"{who} works for {practice} now.")


@app.command("forbid")
def forbid(name: NameArgument, *, office: OfficeOption = None, account: AccountOption = None) -> None:
    """Shut an account out of the practice. What it did stays under its name.

    Its roles at the desk are gone and its sessions end; where it works for no other practice, its password and the seed
    of its authenticator app are wiped. The sign-ins at portals that it owns are listed: they need another owner.

    Example:

    \b
        portalwright account forbid sam
    """
    from ledger.membership import forbid as shut_out
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.ACCOUNT, office, account) as desk:
        shut_out(name, desk.actor, utc_now())
        owned = [f"{one.portal} {one.alias}" for one in desk.credentials() if one.owner == name]
    typer.echo(f"{name} works for this practice no more.")
    if owned:
        typer.echo(
            f"These sign-ins were theirs to answer for: {', '.join(owned)}. Change each password at the portal, and "
            "seal it anew under another owner (portalwright vault add PORTAL --owner NAME)."
        )
