"""`portalwright vault holders` and `vault rotate-key`: who can open the vault, and a new key for it."""

from pathlib import Path
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, FromStdinOption, KeyCommandOption, KeyKindOption, OfficeOption

holders = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the holder is called.")]


@holders.callback()
def group() -> None:
    """Who can open the vault: a key file, a passphrase, a keyring or a command, each under a name.

    Example:

    \b
        portalwright vault holders add safe --key file --key-file /media/safe/office.key
        portalwright vault holders list
    """


@holders.command("list")
def list_holders(office: OfficeOption = None, account: AccountOption = None) -> None:
    """List who can open the vault.

    Example:

    \b
        portalwright vault holders list
    """
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command

    with at_desk(Command.VAULT, office, account, any_practice=True) as desk:
        found = desk.vault.holders.all()
    print_table(
        ("holder", "opens with a", "since", "opened it now"),
        [
            (one.name, one.kind, one.added_at.date() if one.added_at else "", "yes" if one.in_use else "")
            for one in found
        ],
        empty="Nobody can open this vault.",
    )


@holders.command("add")
def add_holder(
    name: NameArgument,
    *,
    key: KeyKindOption = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file",
            metavar="FILE",
            help="The new holder's key file; made when it is not there. Also for --key file.",
        ),
    ] = None,
    key_command: KeyCommandOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Let one more key open the vault. A passphrase is asked for, never given in the command.

    With which key this computer opens the vault stands in office.toml, under [key]; change it there when the new holder
    is to take the old one's place.

    Example:

    \b
        portalwright vault holders add safe --key-file /media/safe/office.key
        portalwright vault holders add dana --key passphrase
        portalwright vault holders add unattended --key command --key-command "secret-tool lookup office billing"
    """
    from portalwright.cli.asking import Asking
    from portalwright.cli.choices import key_kind
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office_keys import key_provider, key_settings, make_key

    asking = Asking.of(from_stdin=from_stdin)
    with at_desk(Command.VAULT, office, account, asking, any_practice=True) as desk:
        folder = desk.office.folder
        wanted = key_settings(folder, kind=key_kind(key), key_file=key_file, command=key_command)
        make_key(folder, wanted)
        provider = key_provider(folder, wanted, lambda: asking.secret("passphrase of the new holder", twice=True))
        desk.vault.holders.add(name, provider)
    typer.echo(f"{name} can open the vault now, with a {provider.kind}. For office.toml, where this key is to be used:")
    typer.echo("\n".join(wanted.lines()))


@holders.command("remove")
def remove_holder(name: NameArgument, office: OfficeOption = None, account: AccountOption = None) -> None:
    """Take a holder away, and give the vault a new key, since that holder may have kept the old one.

    Example:

    \b
        portalwright vault holders remove dana
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    with at_desk(Command.VAULT, office, account, any_practice=True) as desk:
        ours = next(one.name for one in desk.vault.holders.all() if one.in_use)
        if name == ours:
            raise typer.BadParameter("is the holder whose key office.toml names; name another key there first")
        desk.vault.holders.remove(name)
    typer.echo(
        f"{name} opens the vault no longer; the vault has a new key. Older copies and backups still open with {name}'s "
        "key: delete those that are not needed, and change the passwords that it may have seen."
    )


def rotate_key(
    stretch: Annotated[
        bool, typer.Option("--stretch", help="Also make each guess of your passphrase cost twice as much.")
    ] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Give the vault a new key: every entry is sealed anew, new evidence lies under a new key. All holders stay.

    Workers and the console go on meanwhile. Killed at any moment, it leaves the old vault or the new one, whole.

    Example:

    \b
        portalwright vault rotate-key
        portalwright vault rotate-key --stretch
    """
    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    asking = Asking.of(from_stdin=from_stdin)
    with at_desk(Command.VAULT, office, account, asking, any_practice=True) as desk:
        if stretch:
            cost = desk.vault.holders.stretch().cost
            typer.echo(
                f"A guess of the passphrase costs {cost.memory_kib // 1024} MiB and {cost.iterations} passes now."
            )
        else:
            desk.vault.holders.rotate()
        count = desk.vault.check()
    typer.echo(
        f"The vault has a new key; all its {count.credentials} credentials and {count.system_secrets} secrets of the "
        "program open with it."
    )
