"""`portalwright practice`: the practices that an office bills for."""

from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, OfficeOption

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """The practices that this office bills for. Each has claims, credentials, permissions and reports of its own.

    Example:

    \b
        portalwright practice add --name "Hillside Pediatrics" --tin 987654321 --npi 1234567893
        portalwright --practice 987654321 answers
    """


@app.command("list")
def list_practices(*, office: OfficeOption = None, account: AccountOption = None) -> None:
    """List the practices that you work for.

    Example:

    \b
        portalwright practice list
    """
    from ledger.membership import practices_of
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command

    with at_desk(Command.PRACTICE, office, account, any_practice=True) as desk:
        rows = [(one.tin, one.name, " ".join(one.npis)) for one in practices_of(desk.actor)]
    print_table(("tax number", "practice", "NPIs"), rows, empty="You work for no practice.")


@app.command("add")
def add(
    *,
    name: Annotated[str, typer.Option("--name", help="The practice's name.")],
    tin: Annotated[str, typer.Option("--tin", help="Its tax number, nine digits.")],
    npi: Annotated[str, typer.Option("--npi", help="Its billing NPIs, parted by commas.")],
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Add a practice. You work for it from then on, and so does whoever is let in with `account allow`.

    Example:

    \b
        portalwright practice add --name "Hillside Pediatrics" --tin 987654321 --npi 1234567893
    """
    from ledger.membership import add_practice
    from portalwright.cli.opening import at_desk
    from portalwright.cli.practice_facts import checked_practice
    from portalwright.logs import Command
    from portalwright.office import utc_now

    about = checked_practice(name, tin, npi)
    with at_desk(Command.PRACTICE, office, account, any_practice=True) as desk:
        add_practice(about.name, about.tin, about.npis, desk.actor, utc_now())
    typer.echo(f"Practice {about.tin} is added. Work for it with: portalwright --practice {about.tin} COMMAND")
