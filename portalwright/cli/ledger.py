"""`portalwright ledger`: where the office's database is, and its move to a PostgreSQL server."""

from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, FromStdinOption, OfficeOption

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """The ledger's database: an encrypted file in the office, or a PostgreSQL server for many computers.

    Example:

    \b
        portalwright ledger move --to "postgresql://billing@db.example.com:5432/office?sslmode=verify-full"
    """


@app.command("password")
def password(office: OfficeOption = None, account: AccountOption = None, from_stdin: FromStdinOption = False) -> None:
    """Seal the password of the PostgreSQL server in the vault, and see whether the ledger opens with it.

    Not needed where a passfile holds the password.

    Example:

    \b
        portalwright ledger password
    """
    from ledger import audit
    from portalwright.cli.asking import Asking
    from portalwright.office import Office, account_name, utc_now
    from vault.secret import Secret

    who = account_name(account)
    asking = Asking.of(from_stdin=from_stdin)
    passphrases: list[Secret[str]] = []

    def passphrase() -> Secret[str]:
        if not passphrases:
            passphrases.append(asking.secret("passphrase of the vault"))
        return passphrases[0]

    found = Office.find(office)
    key = found.key_provider(passphrase)  # a passphrase, where there is one, is asked for first
    found.keep_server_password(asking.secret("password of the database server", twice=True), key)
    typer.echo("The password is in the vault.")
    with found.at_work(who, passphrase) as desk:
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
) -> None:
    """Move the ledger from its encrypted file to an empty database on a PostgreSQL server.

    Nothing else may work on the office meanwhile. Every row and the audit chain are compared on the server before
    office.toml names it; until then, and whenever something goes wrong, the office works on with its file. The file is
    kept beside its old place. A password of the server is entered first (portalwright ledger password).

    Example:

    \b
        portalwright ledger move --to "postgresql://billing@db.example.com:5432/office?sslmode=verify-full"
    """
    from ledger.move import move_to_server
    from ledger.postgresql.address import read_address
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import server_password, utc_now
    from portalwright.settings import SETTINGS_FILE, name_ledger

    address = read_address(to)
    with at_desk(Command.LEDGER, office, account) as desk:
        settings_file = desk.office.folder / SETTINGS_FILE
        moved = move_to_server(
            address,
            server_password(desk.vault),
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
        f"{SETTINGS_FILE} names it. The old ledger is kept as {moved.kept_as}; delete it when you no longer want it."
    )
