"""`portalwright worker`: the night shift, which needs nobody to start a run."""

from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, FromStdinOption, OfficeOption


def worker(
    *,
    sessions: Annotated[
        int | None,
        typer.Option(
            "--sessions", min=1, max=64, metavar="N", help="So many sessions at a time; office.toml's when left out."
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Do all that is due and open now, then end; for whoever has a scheduler.")
    ] = False,
    any_hour: Annotated[
        bool,
        typer.Option("--any-hour", help="Outside the shifts too; portals' hours and permissions hold."),
    ] = False,
    from_stdin: FromStdinOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Work through the nights: ask what is due, where it is permitted and open, for every practice of the office.

    It stays in the foreground until Ctrl-C or SIGTERM; then the sessions sign out and give their lanes back, within
    half a minute. Nothing is lost when it is killed: another start goes on where it stopped. Several computers may work
    for one office whose ledger is on a server. With --once it ends when nothing is left to do now: exit code 7 when
    something that is due waits for a person, 9 when it waits for its hour.

    Example:

    \b
        portalwright worker
        portalwright worker --once --any-hour
        portalwright worker --sessions 2 --account dana
    """
    from functools import partial

    from portalwright.cli.asking import AskingOnce
    from portalwright.cli.opening import PASSPHRASE, at_desk
    from portalwright.exit_codes import ExitCode
    from portalwright.logs import Command
    from portalwright.night import NightOptions, run_night

    asking = AskingOnce.of(from_stdin=from_stdin)
    with at_desk(Command.WORKER, office, account, asking, unattended=True, any_practice=True) as desk:
        key = desk.office.key_provider(partial(asking.secret, PASSPHRASE))
        options = NightOptions(sessions or desk.office.settings.worker.sessions, once=once, any_hour=any_hour)
        held = run_night(desk, key, options, _show)
    if any(one.needs_person for one in held):
        raise typer.Exit(ExitCode.STOPPED)
    if held:
        raise typer.Exit(ExitCode.LATER)


def _show(line: str) -> None:
    """On standard error, with the time (UTC): what a service's journal takes."""
    from portalwright.office import utc_now

    typer.echo(f"{utc_now():%Y-%m-%d %H:%M:%S} UTC  {line}", err=True)
