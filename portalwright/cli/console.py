"""`portalwright console`: the desk in a browser, and who may sign in to it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, FromStdinOption, JsonOption, OfficeOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.roles import Role

app = typer.Typer(rich_markup_mode=None, invoke_without_command=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]

_PASSWORD = "password for the desk"  # noqa: S105 - what is asked for, not a secret


@app.callback()
def console(
    context: typer.Context,
    *,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1, max=65535, metavar="N", help="office.toml's when left out, else 8700, or a free one."
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option("--address", metavar="A", help="This computer's address to serve on; only with TLS for others."),
    ] = None,
    certificate: Annotated[Path | None, typer.Option("--certificate", metavar="FILE", help="For TLS: PEM.")] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The certificate's key: PEM.")] = None,
    from_stdin: FromStdinOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Serve the desk: web pages for the night, the exceptions, the appeals and all the rest (docs/desk.md).

    It is for this computer alone unless it has a certificate. It stays in the foreground until Ctrl-C or SIGTERM, and
    works beside `portalwright worker`. Nobody can sign in before `portalwright console adduser`.

    Example:

    \b
        portalwright console adduser dana --role admin --role biller
        portalwright console
        portalwright console --address 192.168.1.20 --certificate desk.pem --key desk.key
    """
    if context.invoked_subcommand is not None:
        return
    from ipaddress import ip_address

    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import at_desk
    from portalwright.desk.served import place_of, serve_desk
    from portalwright.logs import Command

    if (certificate is None) != (key is None):
        raise typer.BadParameter("--certificate and --key go together")
    files = (certificate, key) if certificate is not None and key is not None else None
    try:
        chosen = None if address is None else "127.0.0.1" if address == "localhost" else str(ip_address(address))
    except ValueError:
        raise typer.BadParameter("--address is not an IP address, such as 127.0.0.1 or 192.168.1.20") from None
    asking = Asking.of(from_stdin=from_stdin)
    with at_desk(Command.CONSOLE, office, account, asking, any_practice=True) as desk:
        settings = desk.office.settings.console
        place = place_of(desk.office.folder, settings, chosen, files)
        serve_desk(desk, place, port or settings.port, _show)


@app.command("adduser")
def adduser(
    name: NameArgument,
    *,
    role: Annotated[
        list[str], typer.Option("--role", metavar="ROLE", help="A role of docs/desk.md; say it again for each.")
    ],
    from_stdin: FromStdinOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Let somebody sign in to the desk: asks for a password, twice. Without a role one sees nothing.

    Whoever is not the one who enters it has to choose another password when they first sign in.

    Example:

    \b
        portalwright console adduser dana --role admin --role biller
    """
    from ledger.membership import add_person
    from portalwright.cli.asking import AskingOnce
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import account_name, utc_now

    who, roles = account_name(name), _roles(role, "--role")
    asking = AskingOnce.of(from_stdin=from_stdin)
    with at_desk(Command.CONSOLE, office, account, asking) as desk:
        password = asking.secret(_PASSWORD, twice=True).reveal()
        add_person(who, password, roles, desk.actor, utc_now(), must_change=who != desk.actor.name)
        practice = desk.practice.name
    typer.echo(f"{who} can sign in to the desk of {practice}: {', '.join(roles)}.")


@app.command("password")
def password(
    name: NameArgument,
    *,
    from_stdin: FromStdinOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Give somebody another password for the desk; their sessions end.

    Example:

    \b
        portalwright console password dana
    """
    from ledger.console_accounts import set_password
    from portalwright.cli.asking import AskingOnce
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    asking = AskingOnce.of(from_stdin=from_stdin)
    with at_desk(Command.CONSOLE, office, account, asking) as desk:
        entered = asking.secret(_PASSWORD, twice=True).reveal()
        set_password(name, entered, desk.actor, utc_now(), must_change=name != desk.actor.name)
    typer.echo(f"{name} has another password; sessions with the old one have ended.")


@app.command("unlock")
def unlock(name: NameArgument, *, office: OfficeOption = None, account: AccountOption = None) -> None:
    """Let an account that was locked by wrong passwords be tried again at once.

    Example:

    \b
        portalwright console unlock dana
    """
    from ledger.console_accounts import unlock as let_try
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.CONSOLE, office, account) as desk:
        let_try(name, desk.actor, utc_now())
    typer.echo(f"{name} is not locked any more.")


@app.command("reset-app")
def reset_app(name: NameArgument, *, office: OfficeOption = None, account: AccountOption = None) -> None:
    """Forget somebody's authenticator app, as when a phone is lost; they set up another when they sign in next.

    Example:

    \b
        portalwright console reset-app dana
    """
    from ledger.second_factors import reset_second_factor
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.CONSOLE, office, account) as desk:
        reset_second_factor(name, desk.actor, utc_now())
    typer.echo(f"{name} signs in without a code until another app is set up.")


@app.command("role")
def role(
    name: NameArgument,
    *,
    give: Annotated[
        list[str] | None, typer.Option("--give", metavar="ROLE", help="Have this role from now on.")
    ] = None,
    take: Annotated[list[str] | None, typer.Option("--take", metavar="ROLE", help="Have it no more.")] = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Give an account roles in the practice, or take them.

    Example:

    \b
        portalwright console role dana --give approver --take poster
    """
    from ledger.console_accounts import give_role, take_role
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    if not give and not take:
        raise typer.BadParameter("say what to --give or to --take")
    given, taken = _roles(give or (), "--give"), _roles(take or (), "--take")
    with at_desk(Command.CONSOLE, office, account) as desk:
        for one in given:
            give_role(name, one, desk.actor, utc_now())
            typer.echo(f"{name} has the role {one}.")
        for one in taken:
            take_role(name, one, desk.actor, utc_now())
            typer.echo(f"{name} has the role {one} no more.")


@app.command("list")
def list_people(*, as_json: JsonOption = False, office: OfficeOption = None, account: AccountOption = None) -> None:
    """List who works for the practice, in which roles, and how they sign in. Times are UTC.

    Example:

    \b
        portalwright console list
    """
    import json

    from ledger.console_accounts import listed
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.CONSOLE, office, account) as desk:
        people = [one for one in listed(desk.practice.id) if not one.is_robot]
    if as_json:
        for one in people:
            told = {
                "name": one.name,
                "roles": [held.role.value for held in one.roles],
                "may_sign_in": one.may_sign_in,
                "authenticator": one.second_factor,
                "locked_until": one.locked_until.isoformat() if one.locked_until else None,
                "signed_in_at": one.signed_in_at.isoformat() if one.signed_in_at else None,
            }
            typer.echo(json.dumps(told))
        return
    now = utc_now()
    rows = [
        (
            one.name,
            " ".join(held.role.value for held in one.roles),
            "yes" if one.may_sign_in else "no",
            "yes" if one.second_factor else "no",
            "yes" if one.locked_until is not None and one.locked_until > now else "no",
            f"{one.signed_in_at:%Y-%m-%d %H:%M}" if one.signed_in_at else "never",
        )
        for one in people
    ]
    columns = ("account", "roles", "signs in", "authenticator", "locked", "last seen")
    print_table(columns, rows, empty="Nobody works for this practice.")


def _roles(named: "Iterable[str]", option: str) -> "list[Role]":
    from ledger.roles import Role
    from portalwright.cli.choices import choice

    return [choice(Role, one, option) for one in named]


def _show(line: str) -> None:
    """On standard error, as the worker does: what a service's journal takes."""
    typer.echo(line, err=True)
