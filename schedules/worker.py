"""The night shift of one process: it wakes, looks what is due and open, and lets the engine run the lanes.

APScheduler only wakes it, every few seconds; what is due, what the calendar has done and whose lane it is stands in the
ledger. So a worker that dies, sleeps or meets a clock that was set loses nothing but time.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bots.clock import Clock
from ledger import calendar_entries, due, lanes, wakes, worker_processes
from ledger.calendar_entries import EVERYTHING, flow_entry, portal_entry
from ledger.errors import DatabaseRefused
from ledger.thread import LedgerThread
from schedules.calendar_work import Acting, CalendarWork
from schedules.dispatch import Dispatched, Doors, LaneOrder, look
from schedules.engine import Engine, WorkLane
from schedules.lane_work import LaneWork, Sessions
from schedules.trouble import Trouble

DRAIN_SECONDS = 8.0
"""So long sessions may end by themselves when the worker is told to stop; then they are interrupted."""

CANCEL_SECONDS = 12.0
"""So long an interrupted session may take to sign out and give its lane back."""

_WAKES_SECONDS = 2
_CALENDAR_SECONDS = 15
_BEAT_SECONDS = 10
_LOOK_AGAIN = timedelta(seconds=15)
"""Without any word that something has changed, everything is looked at again after this."""

_FIRST_REST = timedelta(seconds=30)
_LONGEST_REST = timedelta(minutes=15)
"""A lane whose session failed rests, longer each time."""

_CLOCK_SECONDS = 1
_STEPPED = timedelta(seconds=5)
"""A clock that moved by so much more or less than the time that went by was set."""


T = TypeVar("T")


class Application(Doors, Sessions, Acting, Protocol):
    """What a worker needs of the application beside what sessions and doors need."""

    async def plan(self) -> bool:
        """See when every question that changed is to be asked next; True when there was one. Raises the ledger's
        errors."""
        ...

    async def nothing_runs(self) -> None:
        """No lane runs and none is to run: what is only kept for sessions may be let go of."""
        ...

    def dispatched(self, what: Dispatched) -> None:
        """Some lanes are to run: for the log and for whoever looks on."""
        ...

    def troubled(self, trouble: Trouble) -> None:
        """The worker has met a trouble that it waits out, or its end."""
        ...


@dataclass
class _Rest:
    times: int = 0
    until: datetime | None = None


@dataclass
class Worker:
    """One process's night shift. `name` is of this process alone; `engine_of` makes the engine that runs its lanes."""

    name: str
    sessions: int
    application: Application
    ledger: LedgerThread
    clock: Clock
    engine_of: Callable[[WorkLane, int, Callable[[], None]], Engine]
    any_hour: bool = False

    _engine: Engine = field(init=False)
    _stopping: bool = field(init=False, default=False)
    _stop: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _look_now: bool = field(init=False, default=True)
    _looked_at: datetime | None = field(init=False, default=None)
    _seen: int = field(init=False, default=0)
    _away: frozenset[str] = field(init=False, default=frozenset())
    _rests: dict[int, _Rest] = field(init=False, default_factory=dict)
    _paused: frozenset[str] = field(init=False, default=frozenset())
    _lane_work: LaneWork = field(init=False)

    def __post_init__(self) -> None:
        self._engine = self.engine_of(self._work_lane, self.sessions, self._lane_ended)
        self._lane_work = LaneWork(
            doors=self.application,
            sessions=self.application,
            ledger=self.ledger,
            clock=self.clock,
            stopping=lambda: self._stopping,
            paused=lambda portal, flow: (
                not self._paused.isdisjoint((EVERYTHING, portal_entry(portal), flow_entry(portal, flow)))
            ),
            any_hour=self.any_hour,
        )

    def stop(self) -> None:
        """No new question from now on; `run` returns when the sessions have ended. May be called again."""
        self._stopping = True
        self._stop.set()

    async def run(self) -> None:
        """Work until `stop` is called: then the sessions sign out, the lanes are given back, and this returns.

        That takes `DRAIN_SECONDS` and `CANCEL_SECONDS` at most. Whatever goes wrong meanwhile is told and waited out.
        """
        await self._begin()
        # What its jobs meet, `_safely` tells; that one is still running is no news.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        for job, seconds in (
            (self._look_if_needed, _WAKES_SECONDS),
            (self._calendar, _CALENDAR_SECONDS),
            (self._beat, _BEAT_SECONDS),
        ):
            # The first time, too, as a job: those that still run are cancelled when the scheduler ends.
            scheduler.add_job(self._safely, "interval", (job,), seconds=seconds, next_run_time=datetime.now(UTC))
        scheduler.start()
        watch = asyncio.create_task(_wake_when_set(scheduler, lambda: self.application.troubled(Trouble.CLOCK_SET)))
        try:
            await self._stop.wait()
        finally:
            self._stopping = True
            watch.cancel()
            scheduler.shutdown(wait=False)
            await self._end()

    async def run_once(self) -> Dispatched:
        """Do all that is due now and open, then end; returns what is held up still. Raises the ledger's errors."""
        await self._begin()
        try:
            await self._unless_stopped(self._calendar())
            found = Dispatched((), ())
            while not self._stopping:
                found = await self._unless_stopped(self._dispatch()) or found
                if not (found.orders or self._engine.running):
                    break
                await self._until_a_lane_ended()
            return found
        finally:
            self._stopping = True
            await self._end()

    async def _unless_stopped(self, job: Coroutine[Any, Any, T]) -> T | None:
        """Its result; None where the worker was told to stop before there was one, and the job is left."""
        working, told = asyncio.ensure_future(job), asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((working, told), return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            working.cancel()
            told.cancel()

    async def _begin(self) -> None:
        await self._engine.start()
        with contextlib.suppress(DatabaseRefused):  # the first sign of life makes up for it
            await self.ledger.call(worker_processes.register, self.name, self.sessions, self.clock.now())

    async def _end(self) -> None:
        """What runs signs out; what does not end by itself is interrupted."""
        for end, seconds in ((self._engine.drain, DRAIN_SECONDS), (self._engine.cancel, CANCEL_SECONDS)):
            try:
                async with asyncio.timeout(seconds):
                    await end()
            except TimeoutError:
                continue
            break
        with contextlib.suppress(DatabaseRefused):  # others will find that it gives no sign of life
            await self.ledger.call(worker_processes.end, self.name, "stopped", self.clock.now())

    async def _safely(self, job: Callable[[], Awaitable[object]]) -> None:
        """A tick. A ledger that is away is waited for; a fault of our own is told, and the next tick comes."""
        try:
            await job()
        except DatabaseRefused:
            self._tell_away(self._away | {job.__name__})
            self._look_now = True
        except Exception as error:
            self.application.failed(error)
        else:
            self._tell_away(self._away - {job.__name__})

    def _tell_away(self, away: frozenset[str]) -> None:
        """Told once, when the first tick meets it, and when none does any more."""
        before, self._away = self._away, away
        if bool(before) != bool(away):
            self.application.troubled(Trouble.LEDGER_AWAY if away else Trouble.LEDGER_BACK)

    async def _beat(self) -> None:
        """A sign of life, and an end to what those left behind who give none."""
        now = self.clock.now()
        await self.ledger.call(worker_processes.beat, self.name, self.sessions, now)
        await self.ledger.call(worker_processes.bury, now)
        if await self.ledger.call(lanes.reap, now, but=tuple(self._engine.running)):
            self._look_now = True

    async def _calendar(self) -> None:
        work = CalendarWork(self.application, self.ledger, self.clock, self.name)
        if await work.carry_out_what_is_due():
            self._look_now = True

    async def _look_if_needed(self) -> None:
        """Dispatch, when something has changed or nobody has looked for a while."""
        newest = await self.ledger.call(wakes.newest)
        woken, self._seen = newest != self._seen, newest
        if woken:
            # A person has done something: what failed before it deserves another look at once.
            self._rests.clear()
        now, before = self.clock.now(), self._looked_at
        # A clock that was set back must not put the next look off.
        late = before is None or not before <= now < before + _LOOK_AGAIN
        if (woken or late or self._look_now) and not self._stopping:
            await self._dispatch()

    async def _dispatch(self) -> Dispatched:
        self._look_now = False
        try:
            while await self.application.plan():
                pass
        except DatabaseRefused:
            raise
        except Exception as error:
            # What was planned before is asked all the same.
            self.application.failed(error)
        now = self.clock.now()
        self._paused = await self.ledger.call(_paused)
        while not self._stopping and await self.ledger.call(due.wake_due, now, most=due.PORTION) == due.PORTION:
            pass
        found = await self.ledger.call(look, self.application, now, any_hour=self.any_hour)
        fit = tuple(order for order in found.orders if self._fit(order, now))
        found = Dispatched(fit, found.held, found.running)
        self.application.dispatched(found)
        if fit and not self._stopping:
            await self._engine.offer([order.lane_id for order in fit])
        elif not self._engine.running:
            await self.application.nothing_runs()
        self._looked_at = now
        return found

    async def _until_a_lane_ended(self) -> None:
        running = set(self._engine.running)
        deadline = asyncio.get_running_loop().time() + _LOOK_AGAIN.total_seconds()
        while not self._stopping and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.1)
            if self._look_now and running != set(self._engine.running):
                return

    async def _work_lane(self, lane_id: int) -> None:
        """What the engine runs for a lane. Nothing but CancelledError leaves it."""
        if self._rests_now(lane_id, self.clock.now()):
            return
        try:
            ended = await self._lane_work.run(lane_id)
            failed = ended.should_rest
        except DatabaseRefused:
            failed = False
        except Exception as error:
            self.application.failed(error)
            failed = True
        if failed:
            self._rest(lane_id)
        else:
            self._rests.pop(lane_id, None)

    def _fit(self, order: LaneOrder, now: datetime) -> bool:
        used = order.sign_in_only and self._lane_work.used_lately(order.lane_id, now)
        return not used and not self._rests_now(order.lane_id, now)

    def _lane_ended(self) -> None:
        self._look_now = True

    def _rest(self, lane_id: int) -> None:
        rest = self._rests.setdefault(lane_id, _Rest())
        rest.until = self.clock.now() + min(_FIRST_REST * 2**rest.times, _LONGEST_REST)
        rest.times = min(rest.times + 1, 10)

    def _rests_now(self, lane_id: int, now: datetime) -> bool:
        rest = self._rests.get(lane_id)
        return rest is not None and rest.until is not None and now < rest.until <= now + _LONGEST_REST


def _paused() -> frozenset[str]:
    return frozenset(name for name, entry in calendar_entries.entries().items() if entry.paused_at is not None)


async def _wake_when_set(scheduler: AsyncIOScheduler, told: Callable[[], None]) -> None:
    """APScheduler goes by the wall clock: set back by an hour, it would sleep for an hour. Then its jobs begin anew."""
    loop = asyncio.get_running_loop()

    def ahead() -> timedelta:
        return timedelta(seconds=time.time() - loop.time())

    before = ahead()
    while True:
        await asyncio.sleep(_CLOCK_SECONDS)
        if abs(ahead() - before) > _STEPPED:
            before = ahead()
            for job in scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
            told()
