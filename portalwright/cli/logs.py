"""`portalwright logs`: what every process of the office has done, and does now."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import OfficeOption, PortalOption, day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portalwright.watching.log_lines import LogLine

_LOOK_AGAIN_SECONDS = 0.5


def logs(
    *,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on showing what is written, until Ctrl-C.")
    ] = False,
    portal: PortalOption = None,
    event: Annotated[
        list[str] | None, typer.Option("--event", metavar="EVENT", help="Only these events; repeat it.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since", parser=day, metavar="YYYY-MM-DD", help="From this day (UTC) on; the newest when left out."
        ),
    ] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, metavar="N", help="So many of the newest lines.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="The lines as they stand in the file, for programs.")] = False,
    office: OfficeOption = None,
) -> None:
    """What every process of the office has logged: ids, counts, outcomes; never a patient. Times are UTC.

    Neither vault nor ledger is opened for it.

    Example:

    \b
        portalwright logs --portal practice-national
        portalwright logs --follow --event run-ended --event notified
        portalwright logs --since 2026-11-20 --json
    """
    import time
    from datetime import UTC

    from portalwright.cli.choices import choice
    from portalwright.logs import Event
    from portalwright.office import Office
    from portalwright.watching import log_lines

    folder = Office.find(office).logs_folder
    begins = since.replace(tzinfo=UTC) if since is not None else None
    keep = log_lines.wanted(portal, [choice(Event, one, "--event") for one in event or ()], begins)
    follower = log_lines.Follower(folder)
    try:
        ends = follower.skip_to_end()
        if begins is None:
            older = log_lines.newest(folder, keep, lines, ends)
        else:
            older = log_lines.since(folder, keep, begins, ends)
        _show(older, as_json=as_json)
        while follow:
            time.sleep(_LOOK_AGAIN_SECONDS)
            _show(filter(keep, follower.new_lines()), as_json=as_json)
    except KeyboardInterrupt:
        return


def _show(found: "Iterable[LogLine]", *, as_json: bool) -> None:
    from portalwright.cli.tables import printable

    for line in found:
        sys.stdout.write((line.text if as_json else printable(line.shown)) + "\n")
    sys.stdout.flush()
