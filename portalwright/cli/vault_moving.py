"""`portalwright vault rotate-secret`, `vault export` and `vault import`: new passwords, and sign-ins that move."""

from pathlib import Path
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, CredentialOption, FromStdinOption, OfficeOption, PortalArgument


def rotate_secret(
    portal: PortalArgument,
    credential: CredentialOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Seal the new password that you have set at the portal by hand; user name, codes and answers stay.

    It is asked for without showing it, or read with --from-stdin. The robot uses it from its next sign-in on.

    Example:

    \b
        portalwright vault rotate-secret practice-national
    """
    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    asking = Asking.of(from_stdin=from_stdin)
    with at_desk(Command.VAULT, office, account, asking) as desk:
        alias = desk.credential(portal, credential)
        replaced = desk.vault.replace_password(portal, alias, asking.secret("new password", twice=True))
        waiting = desk.vault.pending.find(portal, alias)
    typer.echo(f"Credential {alias} for {portal} has its new password sealed, version {replaced.version}.")
    if waiting is not None:
        typer.echo(f"A password that the robot chose waits beside it; see `portalwright vault pending {portal}`.")


FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The sealed file.")]


def export_sign_ins(
    file: FileArgument,
    *,
    portals: Annotated[list[str] | None, typer.Option("--portal", help="Only of this portal; several times.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="HOLDER", help="For this holder's key instead of a passphrase.")
    ] = None,
    office: OfficeOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Put the sign-ins into a sealed FILE, for a move to another office. They stay here too.

    A passphrase for the file is asked for (or read with --from-stdin), unless it is for a holder of this vault.

    Example:

    \b
        portalwright vault export sign-ins.sealed
        portalwright vault export sign-ins.sealed --portal practice-national --to safe
    """
    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from vault.keys import Passphrase
    from vault.moving import export

    asking = Asking.of(from_stdin=from_stdin)
    if file.exists():
        raise typer.BadParameter(f"{file} is there already and was left as it is", param_hint="FILE")
    with at_desk(Command.VAULT, office, account, asking) as desk:
        chosen = [(one.portal, one.alias) for one in desk.credentials() if not portals or one.portal in portals]
        if not chosen:
            raise typer.BadParameter("the vault has no such sign-in; nothing was written", param_hint="--portal")
        key = to if to is not None else Passphrase(asking.secret("passphrase for the file", twice=True))
        count = export(desk.vault, chosen, file, key)
    opens = f"the key of {to}" if to is not None else "its passphrase"
    typer.echo(f"{count} sign-ins are sealed in {file}; it opens with {opens}. Delete it when the move is done.")


def import_sign_ins(
    file: FileArgument,
    *,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", metavar="FILE", help="The key file of the holder it was made for.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Where a sign-in is here already, the imported one takes its place.")
    ] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Take the sign-ins of a sealed FILE over into this office's vault, with their owners and ages.

    Its passphrase is asked for (or read with --from-stdin); one made for a holder opens with that holder's key file, or
    with this office's own key.

    Example:

    \b
        portalwright vault import sign-ins.sealed
    """
    from functools import partial

    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import PASSPHRASE, at_desk
    from portalwright.logs import Command
    from vault.keys import KeyFile, KeyProvider, Passphrase
    from vault.moving import open_export, read_export

    asking = Asking.of(from_stdin=from_stdin)
    sealed = read_export(file)
    with at_desk(Command.VAULT, office, account, asking) as desk:
        provider: KeyProvider
        if key_file is not None:
            provider = KeyFile(key_file.expanduser())
        elif sealed.kind == "passphrase":
            provider = Passphrase(asking.secret("passphrase of the file"))
        else:
            provider = desk.office.key_provider(partial(asking.secret, PASSPHRASE))
        opened = open_export(sealed, provider)
        if not replace:
            opened.must_be_new_to(desk.vault)
        for portal, alias in opened.names:
            desk.office.pack(portal)
            desk.new_credential(portal, alias)
        taken = opened.take_over(desk.vault)
    for one in taken:
        typer.echo(f"Credential {one.alias} for {one.portal} is sealed, version {one.version}.")
