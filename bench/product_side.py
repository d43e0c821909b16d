"""The product, as an office runs it: sealed credential, ledger on the disk, log, evidence, identity gate.

Only the gaps between two look-ups are ours: there the benchmark reads its meters. With `--lanes` it has several
sessions in one worker, which sign in one after the other and then work at once.
"""

import argparse
import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from bench.product_office import lane, opened
from bench.profiles import Profiles
from bench.sides import PORTAL
from bench.split import Split
from bench.talk import Task, answer, next_order
from bots.browser import BrowserHost
from bots.installed_browser import find_browser
from bots.lane_session import LaneSession
from bots.worker import Progress, Report, run_lane
from flows.outcomes import Ending
from flows.questions import Flow
from ledger.thread import LedgerThread
from portalwright.logs import Event
from portalwright.office import Desk

P = ParamSpec("P")
T = TypeVar("T")

ASKS_FOR_NEXT_QUESTION = LaneSession._taken
"""What a session calls on the ledger's thread before each question."""


class GatedLedger(LedgerThread):
    """The ledger's thread, with a gate before each next question: it opens as often as the benchmark says."""

    def __init__(self, lanes: int) -> None:
        super().__init__()
        self.right = 0
        self._lanes = lanes
        self._begun: set[int] = set()
        """The sessions that have their first question: it is taken before the sign-in, and is the warming up."""
        self._waiting = 0
        self._came = asyncio.Condition()
        self._open = asyncio.Event()
        self._left = 0
        self._split: Split | None = None
        self._profiles: Profiles | None = None

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if getattr(function, "__func__", None) is ASKS_FOR_NEXT_QUESTION:
            await self._gate(id(getattr(function, "__self__", None)))
        name = "evidence" if getattr(function, "__name__", "") == "seal" else "ledger"
        measured = function if self._profiles is None else self._profiles.in_ledger(function)
        with self._split.step(name) if self._split is not None else contextlib.nullcontext():
            return await super().call(measured, *args, **kwargs)

    async def at_the_gate(self, lanes: int) -> None:
        """Wait until so many sessions stand there; the first time, they have signed in by then."""
        async with self._came:
            await self._came.wait_for(lambda: self._waiting >= lanes)

    async def orders(self) -> None:
        """Carry out the benchmark's orders: open the gate for so many look-ups, and answer when they are done."""
        await self.at_the_gate(self._lanes)
        answer(ready=True)
        while (order := await next_order()) is not None:
            self._left, self.right, self._waiting = order["look_ups"], 0, 0
            self._split = Split(os.getpid()) if order.get("split") else None
            self._profiles = Profiles(Path(order["profile"])) if order.get("profile") else None
            begun = time.perf_counter()
            opened_gate, self._open = self._open, asyncio.Event()
            opened_gate.set()
            await self.at_the_gate(self._lanes)
            seconds = time.perf_counter() - begun
            steps = self._split.end() if self._split is not None else {}
            if self._profiles is not None:
                self._profiles.end()
            self._split = self._profiles = None
            answer(seconds=seconds, right=self.right, steps=steps)

    async def _gate(self, session: int) -> None:
        if session not in self._begun:
            self._begun.add(session)
            return
        while self._left <= 0:
            self._waiting += 1
            open_again = self._open
            async with self._came:
                self._came.notify_all()
            await open_again.wait()
        self._left -= 1


def main() -> None:
    """Make an office in the task's folder, sign in, then look up as many claims as each order says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lanes", type=int, default=1, help="sessions in this worker (default: 1)")
    parser.add_argument("--direct", action="store_true", help="read without opening where the pack says so")
    given = parser.parse_args()
    task = Task.of_order(asyncio.run(next_order()))
    with opened(task) as desk:
        asyncio.run(_look_up(desk, given.lanes, directly=given.direct))


async def _look_up(desk: Desk, lanes: int, *, directly: bool) -> None:
    browser = find_browser()
    if browser is None:
        raise SystemExit("There is no browser: run 'portalwright browser' first.")
    async with (
        GatedLedger(lanes) as ledger,
        BrowserHost(desk.office.temporary_folder, browser, desk.practice.name) as host,
    ):

        def tell(progress: Progress) -> None:
            if progress.ended is not None:
                ledger.right += progress.ended.ending is Ending.ANSWERED
                desk.log.log(
                    Event.ATTEMPT_ENDED,
                    outcome=progress.ended.ending,
                    duration_ms=progress.ended.milliseconds,
                    portal=PORTAL,
                    flow=Flow.CLAIM_STATUS,
                    item=progress.ended.item,
                )

        sessions: list[asyncio.Task[Report]] = []
        for slot in range(lanes):
            work = lane(desk, ledger, host, slot, lanes, directly=directly)
            sessions.append(asyncio.create_task(run_lane(work, tell)))
            # One after the other: the guard allows one press at a time of which nobody knows yet how it ended.
            await _while_they_last(ledger.at_the_gate(slot + 1), sessions)
        await _while_they_last(ledger.orders(), sessions)
        for session in sessions:
            session.cancel()
        await asyncio.wait(sessions)


async def _while_they_last(wanted: Coroutine[Any, Any, None], sessions: Sequence[asyncio.Task[Report]]) -> None:
    """Wait for it. Raises SystemExit, or what a session failed with, when one ends before."""
    task = asyncio.create_task(wanted)
    await asyncio.wait((task, *sessions), return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        reports = [session.result() for session in sessions if session.done()]
        raise SystemExit(f"A session of the benchmark ended: {[report.why for report in reports]}")
    await task


if __name__ == "__main__":
    main()
