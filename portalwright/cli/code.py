"""`portalwright code`: hands a one-time code that a person has read to the run that waits for it."""

import typer

from portalwright.cli.options import AccountOption, CredentialOption, FromStdinOption, OfficeOption, PortalArgument


def code(
    portal: PortalArgument,
    credential: CredentialOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Hand over the one-time code that the portal sent to you by e-mail, text or voice.

    The run that waits for it says so, and until when. The code is asked for without showing it, or read as a line with
    --from-stdin. It is sealed for that one run, used once and kept nowhere.

    Example:

    \b
        portalwright code practice-contractor
    """
    from bots.door.code_on_its_way import sealed
    from ledger import codes
    from ledger.errors import CodeNotWanted
    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    asking = Asking.of(from_stdin=from_stdin)
    with at_desk(Command.CODE, office, account, asking) as desk:
        desk.office.pack(portal)
        alias = desk.credential(portal, credential)
        wanted = codes.waiting(desk.practice.id, portal, alias, utc_now())
        if wanted is None:
            raise CodeNotWanted(portal)
        typer.echo(
            f"A run waits for a code since {wanted.wanted_at:%H:%M}, until {wanted.until:%H:%M} UTC "
            f"(page '{wanted.view}' of {portal}).",
            err=True,
        )
        given = asking.secret("one-time code")
        codes.give(wanted, sealed(desk.vault.sealer(), wanted, given), desk.actor, utc_now())
    typer.echo(f"The code for {portal} is handed over.")
