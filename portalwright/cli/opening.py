"""Opens the office for one command: in somebody's name, with a line in the log at its start and at its end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import typer

from portalwright.cli.asking import Asking
from portalwright.cli.options import WANTED_PRACTICE
from portalwright.logs import Command, Event
from portalwright.office import Desk, Office, OfficeMissing, account_name

PASSPHRASE = "passphrase of the vault"  # noqa: S105 - what is asked for, not a secret
"""As what it is asked for."""


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
    working_on_files: bool = False,
) -> Iterator[Desk]:
    """The opened office, for the practice that was named before the command (`portalwright --practice TIN ...`).

    `unattended` lets the robot use the credentials on the person's behalf; with `any_practice` no practice has to be
    named, because what is done is the same in all of them. With `known_account` the account must be there already.

    Where several computers share the office, files that were changed here and not published are told, unless it is
    these that the command is about (`working_on_files`).

    What goes wrong meanwhile is logged without personal data and raised on.
    """
    asked = asking or Asking.of(from_stdin=False)
    found = Office.find(office)
    started = time.monotonic()
    who = account_name(account)
    passphrase = partial(asked.secret, PASSPHRASE)
    with found.at_work(
        who,
        passphrase,
        unattended=unattended,
        practice=WANTED_PRACTICE.get(),
        any_practice=any_practice,
        known_account=known_account,
    ) as desk:
        desk.log.log(Event.COMMAND_STARTED, command=command)
        if desk.office.published is not None and not working_on_files:
            _tell_unpublished(desk)
        try:
            yield desk
        except BaseException as error:
            desk.log.failure(
                Event.COMMAND_FAILED, error, command=command, duration_ms=round((time.monotonic() - started) * 1000)
            )
            raise
        desk.log.log(Event.COMMAND_ENDED, command=command, duration_ms=round((time.monotonic() - started) * 1000))


def _tell_unpublished(desk: Desk) -> None:
    from portalwright.settings import SettingsWrong
    from portalwright.sharing import unpublished

    try:
        changed = unpublished(desk)
    except SettingsWrong as wrong:
        typer.echo(str(wrong), err=True)
        return
    if changed and desk.office.published is not None:
        typer.echo(
            f"Not published: {', '.join(changed)}. Every computer of the office, this one too, goes by version "
            f"{desk.office.published.version} until you say `portalwright ledger publish`.",
            err=True,
        )


def office_or_none(folder: Path | None) -> Office | None:
    """The office, for commands that also work without one; a folder that was named must be one."""
    try:
        return Office.find(folder)
    except OfficeMissing:
        if folder is not None:
            raise
        return None
