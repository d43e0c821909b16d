"""A lane held for a session: its lease is taken, kept alive while the session lasts, and given back at the end."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.clock import Clock
from ledger import lanes, runs
from ledger.accounts import Actor
from ledger.errors import LaneBusy, LeaseLost
from ledger.lanes import Lease
from ledger.thread import LedgerThread

LEASE_SECONDS = 45.0
"""How long a lane stays taken after the last sign of life of the process that has it."""

_BEAT_SECONDS = 10.0
_SILENCE_SECONDS = 30.0
"""So long the ledger may fail to take a heartbeat. Then the session ends, well before another one may begin."""
_LOOK_AGAIN_SECONDS = 2.0


@dataclass(frozen=True)
class Lane:
    """Which lane: one allowed session of one credential of one portal."""

    portal: str
    alias: str
    slot: int


@dataclass(frozen=True)
class Step:
    """The newest thing that the session on a lane did: what, of how many questions, and when (UTC)."""

    doing: str
    due: int
    at: datetime


@contextlib.asynccontextmanager
async def held(
    lane: Lane,
    ledger: LedgerThread,
    clock: Clock,
    actor: Actor,
    waiting: Callable[[], None] | None,
    *,
    newest_step: Callable[[], Step | None] = lambda: None,
) -> AsyncIterator[Lease]:
    """Take the lane and hold it to the end of the block. A lost lease cancels what runs inside.

    With each sign of life goes the session's newest step, for those who watch. `waiting` is told, again and again,
    while the lease of another process runs, for as long as a dead one's may; with None nothing waits. Raises LaneBusy
    while the other process goes on; LeaseLost when somebody else took over, or when the ledger took no heartbeat for
    too long.
    """
    lease = await _take(lane, ledger, clock, actor, waiting)
    session = asyncio.current_task()
    lost = False

    async def beat() -> None:
        nonlocal lost
        await _beat_until_lost(lease, ledger, clock, newest_step)
        lost = True
        if session is not None:
            session.cancel()

    heart = asyncio.create_task(beat())
    try:
        yield lease
    except asyncio.CancelledError:
        if not lost:
            raise
        if session is not None:
            session.uncancel()
        raise LeaseLost from None
    finally:
        heart.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await heart
        with contextlib.suppress(LeaseLost):
            await ledger.call(lanes.release, lease, clock.now())


async def _take(
    lane: Lane, ledger: LedgerThread, clock: Clock, actor: Actor, waiting: Callable[[], None] | None
) -> Lease:
    give_up = clock.now() + timedelta(seconds=LEASE_SECONDS + 5)
    while True:
        try:
            return await ledger.call(
                lanes.take,
                lane.portal,
                lane.alias,
                lane.slot,
                holder=f"{socket.gethostname()}:{os.getpid()}",
                actor=actor,
                now=clock.now(),
                ttl=timedelta(seconds=LEASE_SECONDS),
            )
        except LaneBusy:
            if waiting is None or clock.now() >= give_up:
                raise
        waiting()
        await clock.sleep(_LOOK_AGAIN_SECONDS)


async def _beat_until_lost(
    lease: Lease, ledger: LedgerThread, clock: Clock, newest_step: Callable[[], Step | None]
) -> None:
    """Heartbeats, until the lease is somebody else's or the ledger has not taken one for too long."""
    loop = asyncio.get_running_loop()
    heard = loop.time()
    while loop.time() - heard < _SILENCE_SECONDS:
        await asyncio.sleep(_BEAT_SECONDS)
        try:
            # A call that never comes back is silence too.
            async with asyncio.timeout_at(heard + _SILENCE_SECONDS):
                await ledger.call(lanes.beat, lease, clock.now())
                if (step := newest_step()) is not None:
                    await ledger.call(runs.stepped, lease, step.doing, step.due, step.at)
        except LeaseLost:
            return
        except Exception:  # noqa: S112 - whatever it was, it is told when the ledger is asked for the next item
            continue
        heard = loop.time()
