"""What decides which process runs which lane. On one computer: this process, in its own event loop.

An engine knows nothing of questions: it is offered lanes that have work, and runs `work` for each, never twice at once.
Whose lane it really is, the lease in the ledger decides.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Protocol

WorkLane = Callable[[int], Awaitable[None]]
"""Runs the sessions of one lane, by the lane's id in the ledger, until nothing is due there or it has to stop.

It raises nothing but CancelledError: a session that failed has been told of by then.
"""


class Engine(Protocol):
    """One process's part in who runs which lane.

    `start` once, then `offer` as often as there are lanes with work, `drain` at the end.
    """

    async def start(self) -> None:
        """Be ready to run lanes: those offered here, and for a fleet those offered by any of its computers."""
        ...

    async def offer(self, lanes: Sequence[int]) -> None:
        """These lanes have work and may be run now, the most urgent first.

        One that is already offered or running is left as it is. What finds no room now is offered again by the next
        dispatch, so nothing has to be remembered. Raises the ledger's errors where offering is writing (a fleet).
        """
        ...

    @property
    def running(self) -> Collection[int]:
        """The lanes that this process runs now."""
        ...

    async def drain(self) -> None:
        """Begin no lane any more, and return when those that run here have ended."""
        ...

    async def cancel(self) -> None:
        """Interrupt what still runs here, and return when all of it has cleaned up after itself."""
        ...


class InProcessEngine:
    """Lanes run as tasks of this process, so many at a time."""

    def __init__(self, work: WorkLane, sessions: int, ended: Callable[[], None] = lambda: None) -> None:
        """`sessions`: the most lanes at a time. `ended` is told whenever a lane has become free."""
        self._work = work
        self._sessions = sessions
        self._ended = ended
        self._tasks: dict[int, asyncio.Future[None]] = {}
        self._draining = False

    async def start(self) -> None:
        """Nothing has to be made ready."""

    async def offer(self, lanes: Sequence[int]) -> None:
        """Run those for which there is room, in this order."""
        for lane in lanes:
            if self._draining or len(self._tasks) >= self._sessions:
                return
            if lane not in self._tasks:
                self._tasks[lane] = task = asyncio.ensure_future(self._work(lane))
                # Not by a `finally` of ours: a task that is cancelled before its first step never comes to one.
                task.add_done_callback(partial(self._free, lane))

    @property
    def running(self) -> Collection[int]:
        """The lanes that run now."""
        return frozenset(self._tasks)

    async def drain(self) -> None:
        """Begin none any more; return when those that run have ended."""
        self._draining = True
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def cancel(self) -> None:
        """Interrupt those that run; each signs out and gives its lane back."""
        self._draining = True
        for task in list(self._tasks.values()):
            task.cancel()
        await self.drain()

    def _free(self, lane: int, _task: asyncio.Future[None]) -> None:
        del self._tasks[lane]
        self._ended()
