"""`portalwright ledger`: where the office keeps its database, its move to a server, and other computers there."""

from pathlib import Path
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, FromStdinOption, OfficeOption

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

AddressArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="The office's database: postgresql://user@host:5432/database.")
]


@app.callback()
def group() -> None:
    """The ledger's database: an encrypted file in the office, or a PostgreSQL server for many computers.

    Example:

    \b
        portalwright ledger move --to "postgresql://billing@db.example.com:5432/office?sslmode=verify-full"
    """


@app.command("password")
def password(office: OfficeOption = None, account: AccountOption = None, from_stdin: FromStdinOption = False) -> None:
    """Seal the password of the PostgreSQL server for this computer, and see whether the ledger opens with it.

    Not needed where a passfile holds the password.

    Example:

    \b
        portalwright ledger password
    """
    from ledger import audit
    from portalwright.cli.asking import AskingOnce
    from portalwright.cli.opening import PASSPHRASE
    from portalwright.office import Office, account_name, utc_now

    who = account_name(account)
    asking = AskingOnce.of(from_stdin=from_stdin)
    found = Office.find(office)
    # A passphrase, where there is one, is asked for first.
    key = found.key_provider(lambda: asking.secret(PASSPHRASE))
    found.keep_server_password(asking.secret("password of the database server", twice=True), key)
    typer.echo("The password is sealed on this computer.")
    with found.at_work(who, lambda: asking.secret(PASSPHRASE)) as desk:
        audit.append(desk.actor, "ledger.password", "ledger", "server", utc_now())
    if found.settings.ledger is not None:
        typer.echo(f"The ledger opens with it: {found.settings.ledger}.")


@app.command("move")
def move(
    to: Annotated[
        str, typer.Option("--to", metavar="ADDRESS", help="The empty database: postgresql://user@host:5432/database.")
    ],
    office: OfficeOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Move the office from its folder to an empty database on a PostgreSQL server.

    Nothing else may work on the office meanwhile. Every row and the audit chain are compared on the server before
    office.toml names it; until then, and whenever something goes wrong, the office works on with its file. The file is
    kept beside its old place. Then vault, sealed pages and the office's files follow, as with `portalwright ledger
    share`. A password of the server is entered first (portalwright ledger password).

    Example:

    \b
        portalwright ledger move --to "postgresql://billing@db.example.com:5432/office?sslmode=verify-full"
    """
    from ledger.move import move_to_server
    from ledger.postgresql.address import read_address
    from portalwright.cli.asking import AskingOnce
    from portalwright.cli.opening import PASSPHRASE, at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.settings import SETTINGS_FILE, name_ledger
    from portalwright.sharing import check, share

    address = read_address(to)
    asking = AskingOnce.of(from_stdin=from_stdin)
    with at_desk(Command.LEDGER, office, account, asking) as desk:
        check(desk.office.folder)
        key = desk.office.key_provider(lambda: asking.secret(PASSPHRASE))
        settings_file = desk.office.folder / SETTINGS_FILE
        moved = move_to_server(
            address,
            desk.office.server_password(key),
            desk.actor,
            utc_now(),
            settle=lambda: name_ledger(settings_file, address),
            told=lambda table, rows: typer.echo(f"{rows:>10}  {table}", err=True) if rows else None,
        )
        typer.echo(
            f"The ledger is now {address}: {sum(moved.rows.values())} rows in {len(moved.rows)} tables, and all "
            f"{moved.audit_entries} entries of the audit log, each compared with the old one."
        )
        typer.echo(
            f"{SETTINGS_FILE} names it. The old ledger is kept as {moved.kept_as}; delete it when you no longer want "
            "it."
        )
        shared = share(desk, key, lambda line: typer.echo(f"brought: {line}", err=True))
    _say_shared(shared.items, shared.version, shared.kept_aside)


@app.command("share")
def share_office(
    office: OfficeOption = None, account: AccountOption = None, from_stdin: FromStdinOption = False
) -> None:
    """Bring vault, sealed pages and the office's files to the server where the ledger is, for all its computers.

    For an office whose ledger was moved by an earlier version, or whose move was broken off after the ledger had
    arrived. Nothing else may work on the office meanwhile. It can be broken off and begun again.

    Example:

    \b
        portalwright ledger share
    """
    from portalwright.cli.asking import AskingOnce
    from portalwright.cli.opening import PASSPHRASE, at_desk
    from portalwright.logs import Command
    from portalwright.sharing import share

    asking = AskingOnce.of(from_stdin=from_stdin)
    with at_desk(Command.LEDGER, office, account, asking, any_practice=True) as desk:
        key = desk.office.key_provider(lambda: asking.secret(PASSPHRASE))
        shared = share(desk, key, lambda line: typer.echo(f"brought: {line}", err=True))
    _say_shared(shared.items, shared.version, shared.kept_aside)


@app.command("publish")
def publish_files(office: OfficeOption = None, account: AccountOption = None) -> None:
    """Publish the files in this office folder: from now on every computer of the office goes by them.

    Packs and overlays, calendar and cadence, templates, rules, and what office.toml says about the office. All of them
    are checked first. Refused where somebody else has published since the files here were fetched.

    Example:

    \b
        portalwright ledger publish
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.sharing import publish, unpublished

    with at_desk(Command.LEDGER, office, account, any_practice=True, working_on_files=True) as desk:
        changed = unpublished(desk)
        if desk.office.published is not None and not changed:
            typer.echo(f"Nothing has changed since version {desk.office.published.version}; nothing was published.")
            return
        version = publish(desk)
    typer.echo(f"Version {version} of the office's files is published: {', '.join(changed) or 'all of them'}.")


@app.command("fetch")
def fetch_files(office: OfficeOption = None, account: AccountOption = None) -> None:
    """Make the files in this office folder those that were published last, to work on them here.

    No run needs it: every computer goes by what was published in any case. What is different here is kept aside.

    Example:

    \b
        portalwright ledger fetch
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.sharing import fetch

    with at_desk(Command.LEDGER, office, account, any_practice=True, working_on_files=True) as desk:
        fetched = fetch(desk)
    typer.echo(f"The files here are those of version {fetched.version}.")
    if fetched.changed:
        typer.echo(f"Changed: {', '.join(fetched.changed)}. What was here is kept in {fetched.set_aside}.")


@app.command("join")
def join_office(
    address: AddressArgument,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The office folder to make on this computer.")],
    *,
    key_file: Annotated[
        Path | None,
        typer.Option("--key-file", metavar="FILE", help="The office's key, brought here from the first computer."),
    ] = None,
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="The office is opened by a passphrase instead of a key file.")
    ] = False,
    key_command: Annotated[
        str | None, typer.Option("--key-command", metavar="WORDS", help="A command prints the office's key here.")
    ] = None,
    passfile: Annotated[
        bool, typer.Option("--passfile", help="A passfile has the server's password, or none is needed.")
    ] = False,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Make this computer one of the office's: all it needs is the office's key and the server's address and password.

    The password is asked for and sealed on this computer. Vault, sealed pages, packs, calendar and rules are on the
    server.

    Example:

    \b
        portalwright ledger join "postgresql://billing@db.example.com:5432/office?sslmode=verify-full" my-office \\
            --key-file office.key
    """
    from ledger import audit
    from ledger.postgresql.address import read_address
    from portalwright.cli.asking import AskingOnce
    from portalwright.cli.opening import PASSPHRASE, at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.office_keys import key_settings
    from portalwright.settings import KeyKind
    from portalwright.sharing import join

    if [key_file is not None, passphrase, key_command is not None].count(True) != 1:
        raise typer.BadParameter("the office's key is needed: --key-file FILE, --passphrase or --key-command WORDS")
    at = read_address(address)
    asking = AskingOnce.of(from_stdin=from_stdin)
    key = key_settings(folder, kind=KeyKind.PASSPHRASE if passphrase else None, key_file=key_file, command=key_command)
    if passphrase:
        asking.secret(PASSPHRASE)
    server = None if passfile else asking.secret("password of the database server")
    made = join(folder, at, key, lambda: asking.secret(PASSPHRASE), server)
    with at_desk(Command.LEDGER, made.folder, account, asking, any_practice=True) as desk:
        audit.append(desk.actor, "office.join", "office", "computer", utc_now())
        version = desk.office.published.version if desk.office.published is not None else 0
    typer.echo(f"The office is in {made.folder}, with version {version} of its files. Its ledger is {at}.")
    typer.echo(f"Next: portalwright worker --office {folder}")


def _say_shared(items: int, version: int, kept_aside: tuple[Path, ...]) -> None:
    typer.echo(
        f"Vault, {items} sealed pages and documents and version {version} of the office's files are on the server. "
        "Other computers join with `portalwright ledger join`."
    )
    for path in kept_aside:
        typer.echo(f"Kept as {path}; delete it when you no longer want it.")
