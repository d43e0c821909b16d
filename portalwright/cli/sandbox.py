"""`portalwright sandbox`: the practice portals, to learn on and to test with."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from portalwright.cli.tables import print_table

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """Practice portals on this computer, with made-up patients.

    Example:

    \b
        portalwright sandbox serve practice-national
    """


class Level(StrEnum):
    """How often quirks happen."""

    NONE = "none"
    FIELD = "field"
    X10 = "x10"


@app.command("serve")
def serve(
    portal: Annotated[str, typer.Argument(metavar="PORTAL", help="The practice portal.")] = "practice-national",
    *,
    port: Annotated[int, typer.Option("--port", help="The portal's port; 0 picks a free one.")] = 0,
    control_port: Annotated[int, typer.Option("--control-port", help="The control side's port; 0 picks one.")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same patients and claims.")] = 7,
    claims: Annotated[int, typer.Option("--claims", min=1, help="Rows in the office's work list.")] = 60,
    today: Annotated[
        datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="The portal's date; today when left out.")
    ] = None,
    quirk: Annotated[
        list[str] | None,
        typer.Option("--quirk", metavar="NAME=0.2", help="How probable a quirk is, 0 to 1; may be given again."),
    ] = None,
    level: Annotated[
        Level, typer.Option("--level", help="Quirks as often as in the field, ten times that, or none.")
    ] = Level.NONE,
    layout: Annotated[int, typer.Option("--layout", min=1, max=4, help="The version of the portal's pages.")] = 1,
) -> None:
    """Serve a practice portal until Ctrl-C. The first line tells its addresses and how to sign in, as JSON.

    GET /worklist.csv on the control side is a work list to import. For a run against it, put into office.toml:
    [portals.practice-national] and address = "http://127.0.0.1:PORT".

    Example:

    \b
        portalwright sandbox serve practice-national --port 8811 --control-port 8812
        portalwright sandbox serve practice-national --quirk modal=0.2 --quirk kicked-out=0.5 --seed 3
    """
    from sandbox.portals.registry import PORTALS
    from sandbox.quirks import QuirkRefused
    from sandbox.serve import serve as serve_portal

    if portal not in PORTALS:
        raise typer.BadParameter(f"must be one of: {', '.join(sorted(PORTALS))}", param_hint="PORTAL")
    try:
        serve_portal(
            portal,
            port=port,
            control_port=control_port,
            seed=seed,
            claims=claims,
            today=today.date() if today else None,
            quirks=dict(_setting(text) for text in quirk or ()),
            level=level.value,
            layout=layout,
        )
    except QuirkRefused as refusal:
        raise typer.BadParameter(str(refusal), param_hint="--quirk") from refusal


def _setting(text: str) -> tuple[str, float]:
    """Read NAME=0.2."""
    name, _, number = text.partition("=")
    try:
        return name, float(number)
    except ValueError:
        raise typer.BadParameter(f"write {name or 'NAME'}=0.2, a number from 0 to 1", param_hint="--quirk") from None


@app.command("quirks")
def quirks() -> None:
    """List the ways in which the practice portals can be awkward: the names for --quirk, how often, and where.

    Example:

    \b
        portalwright sandbox quirks
    """
    from sandbox.quirks import FIELD, QUIRKS

    rows = []
    for quirk in QUIRKS:
        switched = [portal.removeprefix("practice-") for portal in quirk.where if quirk.switched_at(portal)]
        always = [portal.removeprefix("practice-") for portal in quirk.always]
        person = "yes" if quirk.person else ""
        rows.append(
            (
                quirk.number,
                quirk.name,
                ", ".join(switched) or (f"comes with {quirk.comes_with}" if quirk.comes_with else ""),
                ", ".join(always),
                f"{FIELD[quirk.per, quirk.bites]:g} a {'look-up' if quirk.per == 'item' else 'session'}",
                person,
                quirk.what,
            )
        )
    columns = ("no.", "quirk", "can be switched at", "always so at", "in the field", "needs a person", "what happens")
    print_table(columns, rows, empty="")
