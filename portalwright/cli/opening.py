"""Opens the office for one command: in somebody's name, with a line in the log at its start and at its end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from portalwright.cli.asking import Asking
from portalwright.cli.options import WANTED_PRACTICE
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
    any_practice: bool = False,
    known_account: bool = False,
) -> Iterator[Desk]:
    """The opened office, for the practice that was named before the command (`portalwright --practice TIN ...`).

    `unattended` lets the robot use the credentials on the person's behalf; with `any_practice` no practice has to be
    named, because what is done is the same in all of them. With `known_account` the account must be there already.

    What goes wrong meanwhile is logged without personal data and raised on.
    """
    asked = asking or Asking.of(from_stdin=False)
    found = Office.find(office)
    started = time.monotonic()
    who = account_name(account)
    passphrase = partial(asked.secret, "passphrase of the vault")
    with found.at_work(
        who,
        passphrase,
        unattended=unattended,
        practice=WANTED_PRACTICE.get(),
        any_practice=any_practice,
        known_account=known_account,
    ) as desk:
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
