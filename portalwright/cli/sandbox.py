"""`portalwright sandbox`: the practice portals, to learn on and to test with."""

from datetime import datetime
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """Practice portals on this computer, with made-up patients.

    Example:

    \b
        portalwright sandbox serve practice-national
    """


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
) -> None:
    """Serve a practice portal until Ctrl-C. The first line tells its addresses and how to sign in, as JSON.

    GET /worklist.csv on the control side is a work list to import. For a run against it, put into office.toml:
    [portals.practice-national] and address = "http://127.0.0.1:PORT".

    Example:

    \b
        portalwright sandbox serve practice-national --port 8811 --control-port 8812
    """
    from sandbox.serve import PORTALS
    from sandbox.serve import serve as serve_portal

    if portal not in PORTALS:
        raise typer.BadParameter(f"must be one of: {', '.join(sorted(PORTALS))}", param_hint="PORTAL")
    serve_portal(
        portal,
        port=port,
        control_port=control_port,
        seed=seed,
        claims=claims,
        today=today.date() if today else None,
    )
