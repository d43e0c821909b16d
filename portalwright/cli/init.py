"""`portalwright init`: make an office."""

from pathlib import Path
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, FromStdinOption, KeyCommandOption, KeyKindOption


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new office folder.")],
    *,
    practice: Annotated[str, typer.Option(prompt="Practice name", help="The practice's name.")],
    tin: Annotated[str, typer.Option(prompt="Tax number (nine digits)", help="The practice's tax number.")],
    npi: Annotated[
        str, typer.Option(prompt="Billing NPIs (commas between)", help="The billing NPI, or several with commas.")
    ],
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file", metavar="FILE", help="Where to put the vault's key; outside the office folder when left out."
        ),
    ] = None,
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Open the vault by a passphrase instead of a key file.")
    ] = False,
    key: KeyKindOption = None,
    key_command: KeyCommandOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Make a new office: its folder, settings, vault, ledger and first account.

    Example:

    \b
        portalwright init my-office --practice "Lakeside Family Medicine" --tin 123456789 --npi 1234567893
    """
    from portalwright.cli.asking import Asking
    from portalwright.cli.choices import key_kind
    from portalwright.cli.practice_facts import checked_practice
    from portalwright.logs import Event, Log
    from portalwright.office import Office, account_name
    from portalwright.office_keys import key_settings
    from portalwright.settings import KeyKind, settings_text

    kind = key_kind("passphrase" if passphrase and key is None else key)
    if passphrase and (key_file is not None or kind is not KeyKind.PASSPHRASE):
        raise typer.BadParameter("a vault is opened by a key file or by a passphrase, not by both")
    about = checked_practice(practice, tin, npi)
    who = account_name(account)
    opened_by = key_settings(folder, kind=kind, key_file=key_file, command=key_command)
    office = Office.create(folder, settings_text(about, opened_by, {}))
    asking = Asking.of(from_stdin=from_stdin)
    office.set_up(who, lambda: asking.secret("passphrase for the new vault", twice=True))
    with Log(office.logs_folder) as log:
        log.log(Event.OFFICE_MADE)
    typer.echo(f"The office is in {office.folder}, its first account is {who}.")
    if opened_by.provider is KeyKind.KEYRING:
        typer.echo(
            f"The vault's key is in this computer's keyring as {opened_by.entry}. Add a second holder and keep it in a "
            "safe place (portalwright vault holders add): without a key nothing here can be opened, by anybody."
        )
    if opened_by.provider is KeyKind.KEY_FILE:
        typer.echo(
            f"The vault's key is {office.key_file()}. Keep a copy of it in a safe place, apart from copies of the "
            "office: without the key nothing here can be opened, by anybody."
        )
    typer.echo(f"Next: portalwright vault add PORTAL --office {folder}")
