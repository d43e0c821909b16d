"""A night of four workers of a fleet, killed and paused at random, with sessions that are scripted instead of browsers.

    python -m tests.schedules.fleet_night ADDRESS SEED QUESTIONS STRIKES

ADDRESS is that of a PostgreSQL database, empty or from such a night. STRIKES times, while there is something to answer,
a worker is killed (SIGKILL, another one takes its place) or paused (SIGSTOP, later SIGCONT). Says "begun" at the first
answer, and what came of the night as a line of JSON. Times of leases and of the queue are about a twentieth of the
product's. It ends, with all its workers, when its standard input does: whoever began it is gone.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.questions import ClaimStatus, Flow
from ledger import lanes, models, runs, work
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.errors import DatabaseRefused, LaneBusy, LeaseLost
from ledger.lanes import Lease
from ledger.postgresql.address import read_address
from ledger.start import close_connection, open_on_server
from ledger.states import ItemState
from ledger.thread import LedgerThread
from schedules.fleet import FleetEngine, FleetTimes
from tests.django_settings import no_password
from tests.ledger.lane_queue import Queue, queue_now
from tests.ledger.office import digest, paid, question

WORKERS = 4
SLOTS = {"north": 1, "south": 1, "east": 1, "west": 2}
"""How many sessions each of the portals allows."""
BEAT, LEASE = 0.5, 2.5
"""Seconds between signs of life of a session and of a worker, and of silence until both are taken for dead."""
TIMES = FleetTimes(look=0.2, beat=BEAT, silent=LEASE)


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def robot() -> Actor:
    """Who asks."""
    practice = ensure_practice("Lakeside Family Practice", "123456789", ("1234567893",))
    return ensure_account("night-robot", is_robot=True, practice=practice, now=now())


class Worker:
    """One process of the fleet."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("a", buffering=1)
        self._chance = random.Random()

    async def work(self) -> None:
        """Offer what is due and run what the queue gives, until SIGTERM."""
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        async with LedgerThread() as ledger:
            self._ledger = ledger
            self._robot = await ledger.call(robot)
            engine = FleetEngine(ledger, self._run_lane, 2, times=TIMES)
            await engine.start()
            while not stop.is_set():
                with contextlib.suppress(DatabaseRefused):
                    await engine.offer(await ledger.call(lanes_with_work))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await stop.wait()
            await engine.drain()

    async def _run_lane(self, lane_id: int) -> None:
        try:
            await self._work(lane_id)
        except Exception:
            self._log.write(f'["crashed", {lane_id}, 0, 0, 0]\n')

    async def _work(self, lane_id: int) -> None:
        with contextlib.suppress(LaneBusy, LeaseLost, DatabaseRefused):
            lane = await self._ledger.call(lanes.of, lane_id)
            lease = await self._ledger.call(
                lanes.take, lane.portal, lane.alias, lane.slot, holder=f"computer:{os.getpid()}", actor=self._robot,
                now=now(), ttl=timedelta(seconds=LEASE),
            )  # fmt: skip
            self._tell("took", lease, time.monotonic())
            heart = asyncio.create_task(self._beat(lease))
            try:
                await self._session(lease)
            finally:
                heart.cancel()
            await self._ledger.call(lanes.release, lease, now())

    async def _session(self, lease: Lease) -> None:
        await self._ledger.call(runs.start, lease, Flow.CLAIM_STATUS, now())
        while (item := await self._ledger.call(work.next_item, lease, now())) is not None:
            await asyncio.sleep(self._chance.uniform(0.01, 0.06))  # the portal's part
            begun = time.monotonic()
            await self._ledger.call(work.finish, lease, item, paid(portal=lease.portal), now())
            self._tell("answered", lease, begun, item.id)

    async def _beat(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(BEAT)
            with contextlib.suppress(LeaseLost, DatabaseRefused):
                await self._ledger.call(lanes.beat, lease, now())

    def _tell(self, what: str, lease: Lease, at: float, item: int = 0) -> None:
        self._log.write(f"{json.dumps([what, lease.lane_id, lease.token, at, item])}\n")


def lanes_with_work() -> list[int]:
    """The free lanes of portals that have questions."""
    lanes.reap(now())
    portals = models.WorkItem.objects.filter(state=ItemState.READY).values("portal")
    return list(
        lanes.free(now(), list(models.Lane.objects.filter(credential__portal__in=portals).values_list("pk", flat=True)))
    )


class Night:
    """The fleet, whoever kills it, and what came of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._log = folder / "log"
        self._chance = random.Random(seed)
        self._workers: list[int] = []
        self._paused: dict[int, float] = {}
        self._kills = self._pauses = 0

    def run(self, strikes: int) -> dict[str, int]:
        """Everything, from the first worker to the last."""
        self._workers = [self._fork() for _ in range(WORKERS)]
        begun = False
        while not self._all_answered():
            time.sleep(self._chance.uniform(0.1, 0.7))
            if not begun and "answered" in self._log.read_text():
                begun = bool(sys.stdout.write("begun\n"))
                sys.stdout.flush()
            if begun and self._kills + self._pauses < strikes:
                self._strike()
            self._go_on(time.monotonic())
        self._go_on(float("inf"))
        give_up = time.monotonic() + 60  # on a full machine the living tell late that one is gone
        while queue_now() != Queue(waiting=0, running=0, workers=WORKERS) and time.monotonic() < give_up:
            time.sleep(0.05)
        for worker in self._workers:
            os.kill(worker, signal.SIGTERM)
        ends = [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in self._workers]
        return self._found() | {"bad_ends": sum(map(bool, ends))}

    def _fork(self) -> int:
        close_connection()
        child = os.fork()
        if child:
            return child
        try:
            asyncio.run(Worker(self._log).work())
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)

    def _strike(self) -> None:
        place = self._chance.randrange(WORKERS)
        worker = self._workers[place]
        if self._chance.random() < 0.5:
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)
            self._paused.pop(worker, None)
            self._workers[place] = self._fork()
            self._kills += 1
        elif worker not in self._paused:
            os.kill(worker, signal.SIGSTOP)
            self._paused[worker] = time.monotonic() + self._chance.choice([0.5, LEASE, 2 * LEASE])
            self._pauses += 1

    def _go_on(self, at: float) -> None:
        for worker in [worker for worker, until in self._paused.items() if until <= at]:
            os.kill(worker, signal.SIGCONT)
            del self._paused[worker]

    def _all_answered(self) -> bool:
        with contextlib.suppress(DatabaseRefused):
            return not models.WorkItem.objects.exclude(state=ItemState.DONE).exists()
        return False

    def _found(self) -> dict[str, int]:
        acts = [json.loads(line) for line in self._log.read_text().splitlines() if line.endswith("]")]
        told = Counter(item for what, *_, item in acts if what == "answered")
        recorded = Counter(models.AnswerVersion.objects.values_list("claim__items__id", flat=True))
        left = queue_now()
        return {
            "kills": self._kills,
            "pauses": self._pauses,
            "answered": len(recorded),
            "lost": len(set(told) - set(recorded)) + models.WorkItem.objects.exclude(state=ItemState.DONE).count(),
            "double": sum(count - 1 for count in (recorded + Counter()).values()) + sum(told.values()) - len(told),
            "sessions": models.Run.objects.count(),
            "crashes": sum(what == "crashed" for what, *_ in acts),
            "lanes_twice": twice(acts),
            "jobs_left": left.waiting + left.running,
            "workers_left": left.workers,
            "leases_left": models.Lane.objects.exclude(holder="").count(),
        }


def twice(acts: list[tuple[str, int, int, float, int]]) -> int:
    """How often a session changed the ledger when a newer one had its lane already.

    An act is timed before it, a lane's taking after it: what is found was surely in this order.
    """
    taken = {(lane, token): at for what, lane, token, at, _ in acts if what == "took"}
    return sum(
        any(lane == other and token < newer and taken_at < at for (other, newer), taken_at in taken.items())
        for what, lane, token, at, _ in acts
        if what == "answered"
    )


def bring_in(questions: int) -> None:
    """The work of the night, and the lanes for it."""
    actor = robot()
    portals = sorted(SLOTS)
    first = models.WorkItem.objects.count()
    asked = [
        ClaimStatus.model_validate({**dict(question(number)), "portal": portals[number % len(portals)]})
        for number in range(first, first + questions)
    ]
    work.import_claims(iter(asked), actor, now(), digest=digest)
    for portal, slots in SLOTS.items():
        lanes.ensure(actor.practice_id, portal, "front-desk", slots)


def end_with_whoever_began() -> None:
    """Wait until nobody can say anything more to this night, and kill it, with its workers."""
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """The night."""
    address, seed, questions, strikes = sys.argv[1:]
    if os.getpgrp() == os.getpid():
        threading.Thread(target=end_with_whoever_began, daemon=True).start()
    open_on_server(read_address(address), no_password)
    bring_in(int(questions))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "log").touch()
        found = Night(Path(folder), int(seed)).run(int(strikes))
    sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    main()
