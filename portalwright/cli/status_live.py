"""`portalwright status --live` and `--check`: the board of the night, as it changes and for monitoring."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

    from rich.console import RenderableType

    from console.board import Board
    from portalwright.office import Desk
    from portalwright.watching.checking import Finding
    from portalwright.watching.shown import Table

REFRESH_SECONDS = 2.0


def live(desk: "Desk", portals: "Collection[str] | None", *, as_json: bool) -> None:
    """Show the board until Ctrl-C at a terminal; once elsewhere, or as JSON."""
    with _boards(desk, portals) as (board, zone):
        if as_json:
            from portalwright.watching.shown import as_json as plain

            typer.echo(json.dumps(plain(board())))
        elif sys.stdout.isatty():
            _live(board, zone)
        else:
            _once(board(), zone)


def check(desk: "Desk", portals: "Collection[str] | None", *, as_json: bool) -> None:
    """Say what is not well, a line each, and end with the exit code of the worst of it."""
    from portalwright.watching.checking import WORST_FIRST, findings, worst

    with _boards(desk, portals) as (board, _zone):
        found = tuple(sorted((*findings(board()), *of_office(desk)), key=lambda one: WORST_FIRST.index(one.code)))
    if as_json:
        typer.echo(json.dumps([{"code": one.code.value, "what": one.what} for one in found]))
    else:
        for one in found:
            typer.echo(one.what)
        if not found:
            typer.echo("All is well.")
    if found:
        raise typer.Exit(worst(found))


def of_office(desk: "Desk") -> "tuple[Finding, ...]":
    """What is not well about the office's audit log, and looks in emergencies that wait for a review."""
    from ledger import audit_reviews, emergencies
    from portalwright.exit_codes import ExitCode
    from portalwright.office import utc_now
    from portalwright.watching.checking import Finding

    now, found = utc_now(), []
    proof = audit_reviews.latest_proof(desk.practice.id, now)
    if proof is not None and proof.state is audit_reviews.ProofState.CHANGED:
        found.append(Finding(ExitCode.STOPPED, f"the audit log is not as it was written, from entry {proof.first_bad}"))
    if waiting := emergencies.unreviewed(desk.practice.id):
        found.append(Finding(ExitCode.STOPPED, f"{waiting} looks in emergencies wait for a review by somebody else"))
    return tuple(found)


@contextmanager
def _boards(desk: "Desk", portals: "Collection[str] | None") -> "Iterator[tuple[Callable[[], Board], ZoneInfo]]":
    """Something that looks anew at each call, and the office's time zone."""
    from zoneinfo import ZoneInfo

    from portalwright.doors import OfficeDoors
    from portalwright.office import utc_now
    from portalwright.watching.look import look

    doors = OfficeDoors({desk.practice.id: desk})
    before: list[Board] = []

    def board() -> "Board":
        history = before[-1].history if before else None
        before[:] = [look(doors, desk, utc_now(), portals=portals, before=history)]
        return before[0]

    yield board, ZoneInfo(doors.calendar().time_zone)


def _once(board: "Board", zone: "ZoneInfo") -> None:
    from portalwright.cli.tables import print_table
    from portalwright.watching.shown import alarm_lines, heading

    typer.echo(heading(board, zone))
    for table in _tables(board, zone):
        print_table(table.columns, table.rows, empty=table.empty)
    for line in alarm_lines(board):
        typer.echo(line)


def _live(board: "Callable[[], Board]", zone: "ZoneInfo") -> None:
    import time

    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from ledger.errors import DatabaseRefused

    shown: RenderableType = Text("Looking ...")
    try:
        with Live(shown, console=Console(), screen=True, auto_refresh=False) as screen:
            while True:
                try:
                    shown = _screen(board(), zone)
                except DatabaseRefused as away:
                    # It is asked again: whoever watches wants to see when it is back.
                    shown = Text(str(away), style="bold red")
                screen.update(shown, refresh=True)
                time.sleep(REFRESH_SECONDS)
    except KeyboardInterrupt:
        return


def _screen(board: "Board", zone: "ZoneInfo") -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    from portalwright.watching.shown import alarm_lines, heading

    parts: list[RenderableType] = [Text(heading(board, zone), style="bold")]
    parts += [_rich(table) for table in _tables(board, zone)]
    parts += [Text(line, style="bold red") for line in alarm_lines(board)]
    return Group(*parts)


def _rich(table: "Table") -> "RenderableType":
    from rich.table import Table as RichTable
    from rich.text import Text

    from portalwright.cli.tables import printable

    if not table.rows:
        return Text(table.empty, style="dim")
    # Columns with nothing in any row would only take room.
    places = [place for place in range(len(table.columns)) if any(row[place] != "" for row in table.rows)]
    rich = RichTable(header_style="bold")
    for place in places:
        numeric = all(isinstance(row[place], int) or row[place] == "" for row in table.rows)
        rich.add_column(Text(table.columns[place]), justify="right" if numeric else "left", overflow="fold")
    for row in table.rows:
        rich.add_row(*(Text(printable(str(row[place])), style=_style(row[place])) for place in places))
    return rich


def _style(cell: str | int) -> str:
    return "bold red" if cell in {"STUCK", "NO", "lost", "open"} else ""


def _tables(board: "Board", zone: "ZoneInfo") -> "tuple[Table, ...]":
    from portalwright.watching.shown import jobs_table, portals_table, sessions_table

    return jobs_table(board, zone), sessions_table(board), portals_table(board, zone)
