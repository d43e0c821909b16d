"""`portalwright terms`: a portal's terms of use, which a person reads and accepts, or does not."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalArgument

if TYPE_CHECKING:
    from ledger.terms import TermsText


def terms(
    portal: PortalArgument,
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="Accept the text that waits, for the office; read it first.")
    ] = False,
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="The person who accepts it and may do so for the office."),
    ] = None,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Show the terms that wait to be read, or accept them. The robot agrees only to what a person accepted here.

    It agrees to the same text, to the letter, each time the portal shows it; another text is a person's again.

    Example:

    \b
        portalwright terms practice-contractor
        portalwright terms practice-contractor --accept --as "Dana Doe"
    """
    from ledger.terms import accept as accept_text
    from ledger.terms import history, waiting
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    if accept != bool(name and name.strip()):
        raise typer.BadParameter("--accept and --as NAME go together", param_hint="--as")
    with at_desk(Command.TERMS, office, account) as desk:
        desk.office.pack(portal)
        text = waiting(portal, desk.practice.id)
        closed = 0
        if accept and text is not None and name is not None:
            closed = accept_text(portal, text.sha256, name, desk.actor, utc_now())
        known = history(portal, desk.practice.id)
    if as_json:
        for one in known:
            typer.echo(json.dumps(asdict(one), default=str))
        return
    if text is None:
        typer.echo(f"No terms of {portal} wait to be read.")
        for one in known:
            typer.echo(_line(one))
        return
    if accept:
        typer.echo(f"The terms {text.sha256[:12]} of {portal} are accepted by {name}; {closed} cases are closed.")
        return
    typer.echo(text.text)
    typer.echo(
        f"\nMet on {text.seen_at:%Y-%m-%d %H:%M} UTC, {text.sha256[:12]}. Nobody has accepted this text. To accept it: "
        f'portalwright terms {portal} --accept --as "NAME"'
    )


def _line(text: "TermsText") -> str:
    return f"{text.sha256[:12]}: accepted by {text.accepted_as} on {text.accepted_at:%Y-%m-%d} ({text.accepted_by})"
