"""`portalwright demo`: the main job from end to end, against a practice portal, in a real browser."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser's window.")] = False,
    claims: Annotated[int, typer.Option("--claims", min=1, help="How many claims to ask about.")] = 60,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same patients and claims.")] = 7,
    office: Annotated[
        Path, typer.Option("--office", metavar="DIR", help="The throw-away office, made anew each time.")
    ] = Path("demo-office"),
) -> None:
    """Make a throw-away office, ask a practice portal about its claims, and compare every answer with the truth.

    The last line is JSON; the exit code is 0 only if no answer is wrong.

    Example:

    \b
        portalwright demo
        portalwright demo --headed --claims 10
    """
    from portalwright.demo import run_demo

    if code := run_demo(office, claims=claims, seed=seed, headed=headed):
        raise typer.Exit(code)
