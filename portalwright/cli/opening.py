"""Opens the office for one command: in somebody's name, with a line in the log at its start and at its end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portalwright.cli.asking import Asking
from portalwright.logs import Command, Event
from portalwright.office import Desk, Office, OfficeMissing, account_name


@contextmanager
def at_desk(
    command: Command,
    office: Path | None,
    account: str | None = None,
    asking: Asking | None = None,
    *,
    unattended: bool = False,
) -> Iterator[Desk]:
    """The opened office; `unattended` lets the robot use the credentials on the person's behalf.

    What goes wrong meanwhile is logged without personal data and raised on.
    """
    asked = asking or Asking.of(from_stdin=False)
    found = Office.find(office)
    started = time.monotonic()
    who = account_name(account)
    with found.at_work(who, lambda: asked.secret("passphrase of the vault"), unattended=unattended) as desk:
        desk.log.log(Event.COMMAND_STARTED, command=command)
        try:
            yield desk
        except BaseException as error:
            desk.log.failure(
                Event.COMMAND_FAILED, error, command=command, duration_ms=round((time.monotonic() - started) * 1000)
            )
            raise
        desk.log.log(Event.COMMAND_ENDED, command=command, duration_ms=round((time.monotonic() - started) * 1000))


def office_or_none(folder: Path | None) -> Office | None:
    """The office, for commands that also work without one; a folder that was named must be one."""
    try:
        return Office.find(folder)
    except OfficeMissing:
        if folder is not None:
            raise
        return None
