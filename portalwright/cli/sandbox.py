"""`portalwright sandbox`: the practice portals, to learn on and to test with."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from portalwright.cli.options import day
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


SeedOption = Annotated[int, typer.Option("--seed", help="The same seed gives the same patients and claims.")]

ClaimsOption = Annotated[int, typer.Option("--claims", min=1, help="Rows in the office's work list.")]

AppointmentsOption = Annotated[
    int, typer.Option("--appointments", min=0, help="Visits that the office asks coverage for.")
]

TodayOption = Annotated[
    datetime | None,
    typer.Option("--today", parser=day, metavar="YYYY-MM-DD", help="The portal's date; today when left out."),
]


@app.command("serve")
def serve(
    portal: Annotated[str, typer.Argument(metavar="PORTAL", help="The practice portal.")] = "practice-national",
    *,
    port: Annotated[int, typer.Option("--port", help="The portal's port; 0 picks a free one.")] = 0,
    control_port: Annotated[int, typer.Option("--control-port", help="The control side's port; 0 picks one.")] = 0,
    seed: SeedOption = 7,
    claims: ClaimsOption = 60,
    appointments: AppointmentsOption = 20,
    today: TodayOption = None,
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

    GET /worklist.csv, /denials.csv, /appointments.csv and /deposits.csv on the control side are files to import. For
    a run against it, put into office.toml: [portals.practice-national] and address = "http://127.0.0.1:PORT". What
    payer and bank send besides is written by `portalwright sandbox files`.

    Example:

    \b
        portalwright sandbox serve practice-national --port 8811 --control-port 8812
        portalwright sandbox serve practice-national --quirk modal=0.2 --quirk kicked-out=0.5 --seed 3
    """
    from sandbox.quirks import QuirkRefused
    from sandbox.serve import serve as serve_portal

    _known(portal)
    try:
        serve_portal(
            portal,
            port=port,
            control_port=control_port,
            seed=seed,
            claims=claims,
            appointments=appointments,
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


@app.command("files")
def files(
    portal: Annotated[str, typer.Argument(metavar="PORTAL", help="The practice portal whose payer sends them.")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write; made when it is not there.")],
    *,
    seed: SeedOption = 7,
    claims: ClaimsOption = 60,
    appointments: AppointmentsOption = 20,
    today: TodayOption = None,
) -> None:
    """Write what reaches the office of a practice portal as files: its own lists, and files of payer and bank.

    That is worklist.csv, denials.csv, appointments.csv and deposits.csv to import, batch.999 and claims.277, and in
    remits the payments as 835, as EOB and in a ZIP. The same options as for `sandbox serve` give the same patients;
    older files of these names are replaced.

    Example:

    \b
        portalwright sandbox files practice-national incoming
        portalwright import remits incoming/remits --portal practice-national
    """
    from sandbox.office_files import write_files
    from sandbox.truth.generator import make_truth

    _known(portal)
    on = today.date() if today else datetime.now(UTC).date()
    write_files(make_truth(seed, claims, on, portal, appointments), folder)
    typer.echo(f"The files are in {folder}.")


def _known(portal: str) -> None:
    """Raise a usage error that names the practice portals, when this is none of them."""
    from sandbox.portals.registry import PORTALS

    if portal not in PORTALS:
        raise typer.BadParameter(f"must be one of: {', '.join(sorted(PORTALS))}", param_hint="PORTAL")


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
                ", ".join(switched),
                ", ".join(always),
                f"{FIELD[quirk.per, quirk.bites]:g} a {'look-up' if quirk.per == 'item' else 'session'}",
                person,
                quirk.what,
            )
        )
    columns = ("no.", "quirk", "can be switched at", "always so at", "in the field", "needs a person", "what happens")
    print_table(columns, rows, empty="")
