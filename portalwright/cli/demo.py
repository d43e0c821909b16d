"""`portalwright demo`: the four jobs from end to end, at the practice portals, in a real browser."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    *,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser's window.")] = False,
    claims: Annotated[int, typer.Option("--claims", min=1, help="How many claims to ask about at each portal.")] = 16,
    appointments: Annotated[
        int, typer.Option("--appointments", min=1, help="For how many visits to ask for coverage at each portal.")
    ] = 8,
    portal: Annotated[
        list[str] | None,
        typer.Option("--portal", metavar="PORTAL", help="This practice portal; all four when left out. Repeatable."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same patients and claims.")] = 7,
    office: Annotated[
        Path, typer.Option("--office", metavar="DIR", help="The throw-away office, made anew each time.")
    ] = Path("demo-office"),
) -> None:
    """Make a throw-away office, ask the practice portals about coverage, claims and payments, appeal, and judge it all.

    Every answer is compared with what the practice payer really knows, payments to the cent, and each appeal with the
    presses that its portal counted.

    The last line is JSON; the exit code is 0 only if no answer is wrong.

    Example:

    \b
        portalwright demo
        portalwright demo --headed --portal practice-national --claims 10
    """
    from portalwright.demo.run import PORTALS, run_demo

    chosen = tuple(dict.fromkeys(portal or PORTALS))
    if unknown := set(chosen) - set(PORTALS):
        named = ", ".join(sorted(unknown))
        raise typer.BadParameter(f"no practice portal {named}; there are: {', '.join(PORTALS)}", param_hint="--portal")
    code = run_demo(office, claims=claims, appointments=appointments, seed=seed, headed=headed, portals=chosen)
    if code:
        raise typer.Exit(code)
