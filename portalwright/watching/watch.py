"""What the worker does beside its work: looks at the night, shows its figures, and tells people what they must know.

Whatever goes wrong in here is logged and tried again; it never ends the worker and never keeps it waiting.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bots.clock import Clock
from console.board import Board, History
from ledger import notifications
from ledger.notifications import Taken
from ledger.thread import LedgerThread
from portalwright.beside import beside
from portalwright.doors import OfficeDoors
from portalwright.logs import Event, Log
from portalwright.office import Desk
from portalwright.watching import sending, targets
from portalwright.watching.alarms import alarms
from portalwright.watching.kinds import AlarmKind
from portalwright.watching.look import look
from portalwright.watching.metrics import metrics_served
from portalwright.watching.targets import Target
from portalwright.watching.telling import Send, note, tell

LOOK_EVERY = 15.0
"""Seconds between two looks."""

_AT_ONCE = 5
"""So many messages are taken to be sent in one look: with a slow server they must all be out while they are ours."""


@dataclass(frozen=True)
class Watching:
    """What the watch works with. The desks of `doors` are the office's practices, as they are at each look.

    `undispatched`: for so long the worker has not got through a dispatch.
    """

    doors: OfficeDoors
    log: Log
    ledger: LedgerThread
    clock: Clock
    undispatched: Callable[[], timedelta]
    send: Send = sending.send


@dataclass(frozen=True)
class Looked:
    """One look at one practice: the board, and what is to be sent now to whom."""

    board: Board
    taken: tuple[Taken, ...]
    to: tuple[Target, ...]


async def watch(given: Watching) -> None:
    """Look, show and tell until it is cancelled. Raises nothing but CancelledError."""
    newest: dict[int, Looked] = {}
    failed = ""
    with contextlib.ExitStack() as stack:
        _serve(given, stack, newest)
        while True:
            try:
                await look_once(given, newest)
                failed = ""
            except Exception as error:
                # The same fault at every look would only hide the news.
                if (kind := type(error).__qualname__) != failed:
                    given.log.failure(Event.WATCH_FAILED, error)
                failed = kind
            await given.clock.sleep(LOOK_EVERY)


async def look_once(given: Watching, newest: dict[int, Looked]) -> int:
    """One look at every practice, and what follows from it; returns how many messages everybody has now.

    `newest` has the last look by practice, and is brought up to date. Raises what the ledger, a pack or the vault
    raises, once every other practice was looked at.
    """
    sent, first, failed = 0, True, list[Exception]()
    for desk in list(given.doors.desks.values()):
        try:
            sent += await _look_at(given, desk, newest, first=first)
            first = False
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return sent


async def _look_at(given: Watching, desk: Desk, newest: dict[int, Looked], *, first: bool) -> int:
    before = newest.get(desk.practice.id)
    looked = await given.ledger.call(
        look_and_note,
        given.doors,
        desk,
        given.clock.now(),
        before.board.history if before else None,
        first=first,
        undispatched=given.undispatched(),
    )
    newest[desk.practice.id] = looked
    sent = 0
    for taken in looked.taken:
        told, wholly = await beside(partial(tell, taken, looked.to, given.send))
        await given.ledger.call(notifications.settle, taken, told, desk.robot, given.clock.now(), wholly=wholly)
        log_sending(given.log, taken, wholly=wholly)
        sent += wholly
    return sent


def look_and_note(
    doors: OfficeDoors,
    desk: Desk,
    now: datetime,
    before: History | None = None,
    *,
    first: bool = True,
    undispatched: timedelta | None = None,
) -> Looked:
    """Look at the desk's practice, note what has to be told, and take what is to be sent now. For the ledger's thread.

    `first`: of several practices one tells of what is about all of them. Without anybody to tell, nothing is noted.
    """
    board = replace(look(doors, desk, now, before=before), undispatched=undispatched)
    to = targets.targets(desk.vault)
    if not to:
        return Looked(board, (), ())
    found = [one for one in alarms(board) if first or not AlarmKind(one.kind).of_office]
    note(found, desk.robot, desk.office.settings.notify, ZoneInfo(doors.calendar().time_zone), now)
    return Looked(board, notifications.take(desk.robot, now, _AT_ONCE), to)


def log_sending(log: Log, taken: Taken, *, wholly: bool) -> None:
    """Put into the log that a message went out, or did not reach everybody."""
    event = Event.NOTIFIED if wholly else Event.NOTIFICATION_FAILED
    log.log(event, alarm=AlarmKind(taken.found.kind), count=taken.tries)


def _serve(given: Watching, stack: contextlib.ExitStack, newest: dict[int, Looked]) -> None:
    settings = next(iter(given.doors.desks.values())).office.settings.metrics
    try:
        port = stack.enter_context(metrics_served(settings, lambda: [one.board for one in list(newest.values())]))
    except OSError as error:
        # Another worker on this computer has the port, and shows the same figures.
        given.log.failure(Event.WATCH_FAILED, error)
        return
    if port is not None:
        given.log.log(Event.METRICS_SERVED, count=port)
