"""One computer of a fleet: it takes what it has room for, and stops in order. On a server alone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from ledger import lane_jobs
from ledger.errors import LedgerBusy
from ledger.lane_job_tables import bring_job_tables_up_to_date
from ledger.thread import LedgerThread
from schedules import worker as worker_module
from schedules.engine import WorkLane
from schedules.fleet import FleetEngine, FleetTimes
from schedules.worker import Worker
from tests.django_settings import ON_POSTGRESQL
from tests.ledger.lane_queue import Queue, empty_the_queue, queue_now
from tests.schedules.night_office import all_done, answers_twice, lanes_held, make_office, pack, quick_ticks, until

pytestmark = [
    pytest.mark.skipif(not ON_POSTGRESQL, reason="there is a fleet on a server alone"),
    pytest.mark.django_db(transaction=True),
]
TIMES = FleetTimes(look=0.02, beat=0.1, silent=30.0)


class Lanes:
    """Sessions that end when they are told to."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.interrupted: list[int] = []
        self.ends: dict[int, asyncio.Event] = {}

    async def work(self, lane_id: int) -> None:
        """See `schedules.engine.WorkLane`."""
        self.begun.append(lane_id)
        try:
            await self.ends.setdefault(lane_id, asyncio.Event()).wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)  # signs out
            self.interrupted.append(lane_id)
            raise

    def end(self, *lane_ids: int) -> None:
        """These are over."""
        for lane_id in lane_ids:
            self.ends.setdefault(lane_id, asyncio.Event()).set()


@pytest.fixture(autouse=True)
def queue(transactional_db: None) -> Iterator[None]:
    """An empty queue."""
    bring_job_tables_up_to_date()
    yield
    empty_the_queue()


@pytest.fixture
async def ledger() -> AsyncIterator[LedgerThread]:
    async with LedgerThread() as thread:
        yield thread


async def seen(holds: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def test_it_runs_as_many_lanes_as_it_has_room_for_and_leaves_the_others_to_other_computers(
    ledger: LedgerThread,
) -> None:
    lanes, others = Lanes(), Lanes()
    ended: list[bool] = []
    engine = FleetEngine(ledger, lanes.work, 2, lambda: ended.append(True), TIMES)
    other = FleetEngine(ledger, others.work, 2, times=TIMES)
    await engine.start()
    await engine.offer([5, 3, 4])
    await seen(lambda: lanes.begun == [5, 3])
    assert set(engine.running) == {3, 5}
    await other.start()
    await seen(lambda: set(other.running) == {4})
    await other.offer([6, 3])
    await seen(lambda: set(other.running) == {4, 6})
    lanes.end(3, 5)
    others.end(4, 6)
    await seen(lambda: not engine.running and not other.running)
    assert ended == [True, True]
    assert await ledger.call(queue_now) == Queue(waiting=0, running=0, workers=2)
    await asyncio.gather(engine.drain(), other.drain())
    assert await ledger.call(queue_now) == Queue(waiting=0, running=0, workers=0)


async def test_draining_takes_no_lane_any_more_and_waits_for_those_that_run(ledger: LedgerThread) -> None:
    lanes = Lanes()
    engine = FleetEngine(ledger, lanes.work, 1, times=TIMES)
    await engine.start()
    await engine.offer([1, 2])
    await seen(lambda: set(engine.running) == {1})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(engine.drain(), 0.3)
    await engine.offer([3])
    lanes.end(1)
    await engine.drain()
    assert lanes.begun == [1]
    assert await ledger.call(queue_now) == Queue(waiting=1, running=0, workers=0)


async def test_cancelling_lets_each_session_sign_out_before_its_job_ends(ledger: LedgerThread) -> None:
    lanes = Lanes()
    engine = FleetEngine(ledger, lanes.work, 2, times=TIMES)
    await engine.start()
    await engine.offer([1, 2])
    await seen(lambda: lanes.begun == [1, 2])
    await engine.cancel()
    assert sorted(lanes.interrupted) == [1, 2]
    assert await ledger.call(queue_now) == Queue(waiting=0, running=0, workers=0)


async def test_a_lane_that_is_interrupted_before_its_first_step_is_over_as_well(ledger: LedgerThread) -> None:
    lanes, ended = Lanes(), list[bool]()
    engine = FleetEngine(ledger, lanes.work, 1, lambda: ended.append(True), TIMES)

    births = [True]

    def interrupted_at_birth(loop: asyncio.AbstractEventLoop, coroutine: Any, **_rest: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(coroutine, loop=loop)
        if coroutine.__qualname__ == "FleetEngine._run" and births:
            births.pop()
            task.cancel()
        return task

    loop = asyncio.get_running_loop()
    loop.set_task_factory(interrupted_at_birth)
    try:
        await engine.start()
        await engine.offer([1, 2])
        await seen(lambda: lanes.begun == [2])
    finally:
        loop.set_task_factory(None)
    lanes.end(2)
    async with asyncio.timeout(10):
        await engine.drain()
    assert ended == [True, True]
    assert await ledger.call(queue_now) == Queue(waiting=0, running=0, workers=0)


async def test_a_computer_that_was_taken_for_dead_runs_a_lane_on_and_never_begins_it_a_second_time(
    ledger: LedgerThread,
) -> None:
    lanes = Lanes()
    engine = FleetEngine(ledger, lanes.work, 2, times=TIMES)
    await engine.start()
    await engine.offer([1])
    await seen(lambda: set(engine.running) == {1})
    await ledger.call(lane_jobs.reap, timedelta())
    await engine.offer([1, 2])
    await seen(lambda: lanes.begun == [1, 2])
    lanes.end(1, 2)
    await engine.drain()
    assert await ledger.call(queue_now) == Queue(waiting=0, running=0, workers=0)


async def test_a_database_that_is_away_is_waited_for_and_another_fault_is_told_once(
    ledger: LedgerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = Lanes()
    engine = FleetEngine(ledger, lanes.work, 2, times=TIMES)
    faults: list[Exception] = [LedgerBusy(), LedgerBusy(), ZeroDivisionError(), LedgerBusy()]
    fetch = lane_jobs.fetch

    def faulty(worker: int) -> lane_jobs.LaneJob | None:
        if faults:
            raise faults.pop(0)
        return fetch(worker)

    monkeypatch.setattr(lane_jobs, "fetch", faulty)
    await engine.start()
    await seen(lambda: len(faults) == 1)
    await asyncio.sleep(0.05)
    with pytest.raises(ZeroDivisionError):
        await engine.offer([1])
    await engine.offer([1])
    await seen(lambda: set(engine.running) == {1})
    lanes.end(1)
    await engine.drain()


async def test_two_workers_share_a_night_and_ask_everything_once(ledger: LedgerThread) -> None:
    office = await ledger.call(make_office, ledger, pack("north"), pack("south", sessions=2), questions=30)
    office.answer_seconds = 0.01
    worked: dict[str, set[int]] = {"one": set(), "two": set()}

    def worker(name: str) -> Worker:
        def engine_of(work: WorkLane, sessions: int, ended: Callable[[], None]) -> FleetEngine:
            async def seen_working(lane_id: int) -> None:
                worked[name].add(lane_id)
                await work(lane_id)

            return FleetEngine(ledger, seen_working, sessions, ended, TIMES)

        return Worker(name, 1, office, ledger, office.clock, engine_of)

    workers = [worker(name) for name in worked]
    with quick_ticks(worker_module):
        nights = [asyncio.create_task(one.run()) for one in workers]
        await until(all_done, ledger, 60)
        for one in workers:
            one.stop()
        await asyncio.gather(*nights)
    assert all(worked.values())
    assert office.failures == []
    assert await ledger.call(answers_twice) == 0
    assert await ledger.call(lanes_held) == 0
    left = await ledger.call(queue_now)  # a lane may still wait for a worker that has something to do there
    assert (left.running, left.workers) == (0, 0)
