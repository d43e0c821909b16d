"""Several computers share the night: lanes with work go into the ledger's queue, and each takes what it has room for.

Only for a ledger on a PostgreSQL server. The queue's own worker is not used: it stops at the first word that the
database is away, and interrupts what it runs, while a session can often go on; and it would need a connection and the
server's password of its own.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bots import lane
from ledger import lane_jobs
from ledger.errors import DatabaseRefused, WorkerForgotten
from ledger.lane_jobs import LaneJob
from ledger.thread import LedgerThread
from schedules.engine import WorkLane


@dataclass(frozen=True)
class FleetTimes:
    """Seconds between looks into the queue, between signs of life, and of silence until a worker is taken for dead.

    They follow a lease's time, so that a dead worker's jobs can be ended when its lanes become free: a lease runs from
    the lane's own last sign of life, which may be a little older than the worker's.
    """

    look: float = 1.0
    beat: float = field(default_factory=lambda: lane.LEASE_SECONDS * 0.2)
    silent: float = field(default_factory=lambda: lane.LEASE_SECONDS * 0.7)


class FleetEngine:
    """This computer's part: offers go to all, and it runs so many lanes at a time. See `schedules.engine.Engine`.

    While the database is away it begins nothing and goes on when it is back; what runs is the sessions' own matter.
    """

    def __init__(
        self,
        ledger: LedgerThread,
        work: WorkLane,
        sessions: int,
        ended: Callable[[], None] = lambda: None,
        times: FleetTimes | None = None,
    ) -> None:
        """`sessions`: the most lanes at a time on this computer. `ended` is told whenever one of them is free again."""
        self._ledger = ledger
        self._work = work
        self._sessions = sessions
        self._ended = ended
        self._times = times or FleetTimes()
        self._worker: int | None = None
        self._runs: dict[LaneJob, asyncio.Task[None]] = {}
        self._serving: asyncio.Task[None] | None = None
        self._draining = False
        self._look = asyncio.Event()

    async def start(self) -> None:
        """Begin to take lanes from the queue. The database need not be there yet."""
        self._serving = asyncio.create_task(self._serve(), name="fleet")

    async def offer(self, lanes: Sequence[int]) -> None:
        """Put the lanes into the queue of all computers; jobs of dead ones are ended before.

        Raises the ledger's errors; and, once, whatever ended this engine's own work, which goes on after that.
        """
        self._go_on_serving()
        if lanes and not self._draining:
            await self._ledger.call(lane_jobs.reap, timedelta(seconds=self._times.silent))
            await self._ledger.call(lane_jobs.offer, lanes)
            self._look.set()

    @property
    def running(self) -> Collection[int]:
        """The lanes that run on this computer now."""
        return frozenset(job.lane_id for job in self._runs)

    async def drain(self) -> None:
        """Take no lane any more; return when those that run here have ended and the queue knows it."""
        self._draining = True
        self._look.set()
        if self._serving is not None:
            await asyncio.wait({self._serving})
        while self._runs:
            await asyncio.wait(self._runs.values())

    async def cancel(self) -> None:
        """Interrupt the lanes that run here; each signs out and is given back."""
        self._draining = True
        for task in self._runs.values():
            task.cancel()
        await self.drain()

    def _go_on_serving(self) -> None:
        if self._serving is not None and self._serving.done() and not self._draining:
            ended, self._serving = self._serving, asyncio.create_task(self._serve(), name="fleet")
            ended.result()

    async def _serve(self) -> None:
        """Sign of life, look, run; until nothing is to be run any more."""
        loop = asyncio.get_running_loop()
        beat_at = loop.time()
        while self._runs or not self._draining:
            self._look.clear()
            with contextlib.suppress(DatabaseRefused):
                if loop.time() >= beat_at:
                    await self._beat()
                    beat_at = loop.time() + self._times.beat
                await self._take_lanes()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._times.look):
                    await self._look.wait()
        if self._worker is not None:
            with contextlib.suppress(DatabaseRefused):  # the others will find that it is silent
                await self._ledger.call(lane_jobs.leave, self._worker)

    async def _beat(self) -> None:
        """A sign of life, from a worker that is known; and an end to the jobs of those that give none."""
        if self._worker is not None:
            try:
                await self._ledger.call(lane_jobs.beat, self._worker, [job.number for job in self._runs])
            except WorkerForgotten:
                self._worker = None
        await self._ledger.call(lane_jobs.reap, timedelta(seconds=self._times.silent))

    async def _take_lanes(self) -> None:
        """Begin lanes while some wait and there is room."""
        while not self._draining and len(self._runs) < self._sessions:
            if self._worker is None:
                self._worker = await self._ledger.call(lane_jobs.join)
            try:
                job = await self._ledger.call(lane_jobs.fetch, self._worker)
            except WorkerForgotten:
                self._worker = None
                continue
            if job is None:
                return
            if job.lane_id in self.running:  # it was taken for dead, and its lanes were offered anew
                await self._ledger.call(lane_jobs.finish, job)
                return
            self._runs[job] = task = asyncio.create_task(self._run(job), name=f"lane {job.lane_id}")
            task.add_done_callback(partial(self._over, job))

    async def _run(self, job: LaneJob) -> None:
        try:
            await self._work(job.lane_id)
        finally:
            with contextlib.suppress(DatabaseRefused):  # the next sign of life does not name it any more
                await self._ledger.call(lane_jobs.finish, job)

    def _over(self, job: LaneJob, _task: asyncio.Task[None]) -> None:
        """Also where it was interrupted before its first step."""
        del self._runs[job]
        self._look.set()
        self._ended()
