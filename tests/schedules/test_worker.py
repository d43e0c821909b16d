"""A worker does what is due by itself, holds to what is allowed, ends in order, and outlives whatever goes wrong."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows.questions import Flow
from ledger import breakers, calendar_entries, lanes, models, night_board, restorations, wakes, work
from ledger.calendar_entries import EVERYTHING, flow_entry, portal_entry
from ledger.errors import LedgerUnreachable
from ledger.permissions import Status
from ledger.thread import LedgerThread
from schedules import dispatch
from schedules import worker as worker_module
from schedules.lane_work import SessionOrder
from schedules.trouble import Trouble
from schedules.worker import Worker
from tests.schedules.calendars import calendar
from tests.schedules.night_office import (
    NightOffice,
    all_done,
    answers_twice,
    lanes_held,
    make_office,
    pack,
    permit,
    quick_ticks,
    standing,
    until,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def ledger() -> AsyncIterator[LedgerThread]:
    async with LedgerThread() as thread:
        yield thread


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_ticks(worker_module):
        yield


class Running:
    """A worker that runs beside the test, and is stopped at its end."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    async def __aenter__(self) -> Worker:
        self._task = asyncio.create_task(self.worker.run())
        return self.worker

    async def __aexit__(self, *_: object) -> None:
        self.worker.stop()
        await asyncio.wait_for(self._task, 30)


async def test_everything_that_is_due_is_asked_once_and_every_lane_given_back(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), pack("south", sessions=2))
    found = await office.worker(name="once").run_once()
    assert (found.orders, found.held) == ((), ())
    assert await ledger.call(standing) == {"done": 12}
    assert (await ledger.call(lanes_held), await ledger.call(answers_twice)) == (0, 0)
    assert {order.portal for order in office.signed_in} == {"north", "south"}
    assert office.signed_out == len(office.signed_in) == 2
    assert [one.why_ended for one in await ledger.call(list, models.WorkerProcess.objects.all())] == ["stopped"]


async def test_no_more_sessions_at_a_time_than_the_worker_allows(
    ledger: LedgerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    portals = [pack(name, sessions=2) for name in ("north", "south", "east")]
    office: NightOffice = await ledger.call(make_office, ledger, *portals, questions=8)
    monkeypatch.setattr(dispatch, "QUESTIONS_A_LANE", 2)
    await office.worker(sessions=2).run_once()
    assert await ledger.call(all_done)
    assert office.most_at_once == 2


async def test_what_comes_while_it_works_is_asked_without_a_word_from_a_person(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    async with Running(office.worker()):
        await until(all_done, ledger)
        await ledger.call(work.again, "north", Flow.CLAIM_STATUS, office.person, office.clock.now())
        await until(lambda: models.AnswerVersion.objects.count() == 12, ledger)
        assert [one.name for one in await ledger.call(night_board.workers, office.clock.now())] == ["worker"]


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.PROHIBITED, Status.PERMITTED_ATTENDED])
async def test_what_is_not_permitted_is_not_asked(ledger: LedgerThread, status: Status) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), pack("south"))
    await ledger.call(permit, office, "north", Flow.CLAIM_STATUS, status)
    found = await office.worker().run_once()
    assert [(one.portal, one.due, one.needs_person) for one in found.held] == [("north", 6, True)]
    assert {order.portal for order in office.signed_in} == {"south"}


async def test_outside_its_shift_nothing_is_asked_and_at_its_end_a_session_leaves(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), questions=20)
    now = office.clock.now()
    begins, ends = now + timedelta(hours=2), now + timedelta(hours=3)
    office.rules = calendar(time_zone="UTC", shifts=[{"from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}"}])
    office.answer_seconds = 0.1
    async with Running(office.worker()):
        await until(lambda: bool(office.looks))
        assert [(one.why.partition(" opens")[0], one.until is not None) for one in office.looks[-1].held] == [
            ("the office's shift", True)
        ]
        assert not office.signed_in
        office.clock.ahead = ends - now - timedelta(minutes=3)
        await until(lambda: bool(office.signed_in))
        await until(lambda: standing().get("done", 0) > 2, ledger)
        office.clock.ahead += timedelta(seconds=70)  # two minutes before the end; its lease still runs
        await until(lambda: office.signed_out == 1)
        await asyncio.sleep(0.3)
    assert len(office.signed_in) == 1
    assert (await ledger.call(standing))["ready"] > 5


async def test_by_day_it_works_where_a_person_says_so(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    office.rules = calendar(time_zone="UTC", shifts=[])
    assert len((await office.worker().run_once()).held) == 1
    assert not (await office.worker(name="by day", any_hour=True).run_once()).held
    assert await ledger.call(all_done)


@pytest.mark.parametrize("entry", [EVERYTHING, portal_entry("north"), flow_entry("north", Flow.CLAIM_STATUS)])
async def test_what_a_person_pauses_stops_before_its_next_question(ledger: LedgerThread, entry: str) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), questions=30)
    office.answer_seconds = 0.05
    async with Running(office.worker()):
        await until(lambda: standing().get("done", 0) > 1, ledger)
        await ledger.call(calendar_entries.pause, entry, office.person, office.clock.now())
        await until(lambda: office.signed_out == 1)
        done = (await ledger.call(standing))["done"]
        await asyncio.sleep(0.3)
        assert (await ledger.call(standing))["done"] == done < 30
        await ledger.call(calendar_entries.resume, entry, office.person, office.clock.now())
        await until(lambda: len(office.signed_in) == 2)


async def test_a_job_that_is_frozen_leaves_the_other_jobs_of_its_portal_alone(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), pack("south"))
    frozen = flow_entry("north", Flow.CLAIM_STATUS)
    await ledger.call(calendar_entries.pause, frozen, office.person, office.clock.now())
    found = await office.worker().run_once()
    assert [(one.portal, one.flow, one.needs_person) for one in found.held] == [("north", Flow.CLAIM_STATUS, True)]
    assert "this job is paused by dana" in found.held[0].why
    assert {order.portal for order in office.signed_in} == {"south"}
    await ledger.call(calendar_entries.pause, flow_entry("south", Flow.ELIGIBILITY), office.person, office.clock.now())
    await ledger.call(calendar_entries.resume, frozen, office.person, office.clock.now())
    await office.worker(name="again").run_once()
    assert await ledger.call(all_done)


async def test_told_to_stop_it_begins_nothing_signs_out_and_gives_its_lanes_back(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), pack("south"), questions=20)
    office.answer_seconds = 0.05
    async with Running(office.worker()):
        await until(lambda: standing().get("done", 0) > 4, ledger)
    assert office.signed_out == len(office.signed_in) == 2
    left = await ledger.call(standing)
    assert "running" not in left
    assert left["ready"] > 20
    assert await ledger.call(lanes_held) == 0


async def test_a_session_that_does_not_end_is_interrupted_and_still_signs_out(
    ledger: LedgerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "DRAIN_SECONDS", 0.2)
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    office.answer_seconds, office.signing_out_seconds = 3600, 0.2
    asked: list[SessionOrder] = []
    office.before_answer = asked.append
    async with Running(office.worker()):
        await until(lambda: bool(asked))
    assert office.signed_out == 1
    assert (await ledger.call(lanes_held), await ledger.call(standing)) == (0, {"ready": 6})


async def test_told_to_stop_it_waits_for_no_act_of_the_calendar(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), questions=0)
    office.act_seconds = 3600
    office.rules = calendar(time_zone="UTC", firings=[{"at": "00:00", "act": "back-up"}])
    await ledger.call(calendar_entries.begin, "firing firing-0", office.clock.now() - timedelta(days=2))
    worker, once = office.worker(), office.worker(name="once")
    await _stopped_when(lambda: len(office.acts) == 1, worker, worker.run())
    office.clock.ahead = calendar_entries.CLAIM_TIME + timedelta(minutes=1)
    await _stopped_when(lambda: len(office.acts) == 2, once, once.run_once())


async def test_told_to_stop_it_plans_no_further(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    planned: list[int] = []

    async def more() -> bool:
        planned.append(1)
        await asyncio.sleep(0)
        return True

    office.planning = more
    worker, once = office.worker(), office.worker(name="once")
    await _stopped_when(lambda: len(planned) > 3, worker, worker.run())
    planned.clear()
    await _stopped_when(lambda: len(planned) > 3, once, once.run_once())
    assert office.signed_in == []


async def _stopped_when(reached: Callable[[], bool], worker: Worker, work: Coroutine[Any, Any, object]) -> None:
    """Stopped as soon as this is so, the worker has ended at once."""
    running = asyncio.create_task(work)
    await until(reached)
    worker.stop()
    await asyncio.wait_for(running, 2)


@pytest.mark.parametrize("failing", ["planning", "a portal"])
async def test_what_fails_for_one_keeps_no_other_from_being_asked(ledger: LedgerThread, failing: str) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), pack("south"))

    async def fail() -> bool:
        raise RuntimeError("a bad row")

    if failing == "planning":
        office.planning = fail
    else:
        office.broken["north"] = RuntimeError("a bad row")
    found = await office.worker().run_once()
    assert (await ledger.call(standing))["done"] == (12 if failing == "planning" else 6)
    assert {str(error) for error in office.failures} == {"a bad row"}
    assert [(one.portal, one.needs_person) for one in found.held] == (
        [] if failing == "planning" else [("north", True)]
    )


async def test_a_session_that_crashes_ends_neither_the_worker_nor_the_other_lanes(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), pack("south"))

    def crash(order: SessionOrder) -> None:
        if order.portal == "north":
            raise RuntimeError("a fault of our own")

    office.before_answer = crash
    async with Running(office.worker()):
        await until(lambda: standing().get("done", 0) == 6, ledger)
        await asyncio.sleep(0.3)
        assert len([order for order in office.signed_in if order.portal == "north"]) == 1  # its lane rests
        assert "a fault of our own" in {str(error) for error in office.failures}
        office.before_answer = lambda _order: None
        await ledger.call(wakes.wake, wakes.Wake.CLEARED, office.clock.now())  # a person has done something
        await until(all_done, ledger)


async def test_a_lane_that_another_process_took_over_does_not_rest(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"), questions=20)
    office.answer_seconds = 0.05
    async with Running(office.worker()):
        await until(lambda: standing().get("done", 0) > 1, ledger)
        await ledger.call(_paused_process, office)
        await until(all_done, ledger)
    assert (len(office.signed_in), await ledger.call(answers_twice)) == (2, 0)


def _paused_process(office: NightOffice) -> None:
    """The lease of whoever has the lane is over, and somebody else frees it."""
    models.Lane.objects.exclude(holder="").update(until=office.clock.now() - timedelta(seconds=1))
    lanes.reap(office.clock.now())


async def test_a_ledger_that_is_away_is_waited_for(ledger: LedgerThread, monkeypatch: pytest.MonkeyPatch) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    away = True
    looked = wakes.newest

    def newest() -> int:
        if away:
            raise LedgerUnreachable("The server is gone.", "try again")
        return looked()

    monkeypatch.setattr(wakes, "newest", newest)
    async with Running(office.worker()):
        await until(lambda: bool(office.told))
        await asyncio.sleep(0.2)
        assert office.told == [Trouble.LEDGER_AWAY]  # told once, not at every look
        assert not office.signed_in
        away = False
        await until(all_done, ledger)
    assert office.told == [Trouble.LEDGER_AWAY, Trouble.LEDGER_BACK]


async def test_a_clock_that_is_set_back_or_forward_stops_nothing(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    async with Running(office.worker()):
        await until(all_done, ledger)
        for step in (timedelta(hours=3), timedelta(hours=-5), timedelta(days=2)):
            office.clock.ahead += step
            before = await ledger.call(models.AnswerVersion.objects.count)
            await ledger.call(work.again, "north", Flow.CLAIM_STATUS, office.person, office.clock.now())
            await until(partial(_answers, before + 6), ledger)


@pytest.mark.parametrize("step", [-3600.0, 7200.0])
async def test_a_wall_clock_that_is_set_does_not_put_the_next_look_off(
    step: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """APScheduler's jobs are due by the wall clock: they are made due now, and only when the clock was set."""
    ahead = 0.0
    told: list[int] = []
    begun: list[datetime] = []
    monkeypatch.setattr(worker_module, "_CLOCK_SECONDS", 0.01)
    monkeypatch.setattr(worker_module, "time", SimpleNamespace(time=lambda: time.time() + ahead))

    def modify(*, next_run_time: datetime) -> None:
        begun.append(next_run_time)

    job = SimpleNamespace(modify=modify)
    scheduler = SimpleNamespace(get_jobs=lambda: [job])
    watch = asyncio.create_task(worker_module._wake_when_set(cast(Any, scheduler), lambda: told.append(1)))
    await asyncio.sleep(0.1)
    assert told == []
    ahead = step
    await until(lambda: bool(told))
    await asyncio.sleep(0.1)
    watch.cancel()
    assert (len(told), len(begun)) == (1, 1)


def _answers(count: int) -> bool:
    return models.AnswerVersion.objects.count() == count


async def test_the_leftovers_of_a_worker_that_was_killed_are_taken_over(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    (lane,) = await ledger.call(lanes.ensure, office.robot.practice_id, "north", "front-desk", 1)
    order = SessionOrder(lane, office.robot.practice_id, "north", "front-desk", 0, Flow.CLAIM_STATUS)
    lease = await ledger.call(office._take, order)
    assert await ledger.call(work.next_item, lease, office.clock.now()) is not None
    elsewhere = SessionOrder(0, office.robot.practice_id, "where nothing is due", "other", 0, Flow.CLAIM_STATUS)
    await ledger.call(office._take, elsewhere)
    async with Running(office.worker()):
        await until(lambda: bool(office.looks))
        assert office.looks[-1].running == (lane,)
        office.clock.ahead += timedelta(minutes=5)
        await until(all_done, ledger)
        await until(lambda: lanes_held() == 0, ledger)
    assert await ledger.call(answers_twice) == 0


async def test_a_portal_that_was_down_is_left_alone_until_its_time(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    await ledger.call(breakers.failed, "north", office.clock.now())
    found = await office.worker().run_once()
    assert [(one.needs_person, one.until is not None) for one in found.held] == [(False, True)]
    assert not office.signed_in
    office.clock.ahead += timedelta(minutes=6)
    await office.worker(name="later").run_once()
    assert await ledger.call(all_done)


async def test_an_account_that_would_be_disabled_is_signed_in_to_once(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north", idle_days=30), questions=0)
    await ledger.call(_pressed, office, "north", timedelta(days=10))
    await office.worker().run_once()
    assert office.signed_in == []
    await ledger.call(_pressed, office, "south", timedelta(days=28))
    office.packs["south"] = pack("south", idle_days=30)
    await ledger.call(permit, office, "south")
    await office.worker(name="idle").run_once()
    assert [(order.portal, order.flow, order.sign_in_only) for order in office.signed_in] == [
        ("south", Flow.CLAIM_STATUS, True)
    ]


def _pressed(office: NightOffice, portal: str, ago: timedelta) -> None:
    """A sign-in that was proved so long ago."""
    (lane,) = lanes.ensure(office.robot.practice_id, portal, "front-desk", 1)
    now = office.clock.now()
    models.Press.objects.create(
        credential=models.Credential.objects.get(portal=portal), credential_version=1, kind="password", lane_id=lane,
        token=1, account_id=office.robot.account_id, pressed_at=now - ago, result="proved", settled_at=now - ago,
    )  # fmt: skip


async def test_an_office_that_came_out_of_a_backup_waits_for_a_person(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    await ledger.call(restorations.begin, "some backup", office.clock.now(), office.person, office.clock.now())
    (held,) = (await office.worker().run_once()).held
    assert (held.needs_person, "restored from a backup" in held.why) == (True, True)
    assert office.signed_in == []


async def test_sessions_that_come_to_nothing_are_not_begun_again_and_again(
    ledger: LedgerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    monkeypatch.setattr(work, "next_item", lambda *_: None)
    await office.worker().run_once()
    assert len(office.signed_in) == 1


async def test_the_calendars_acts_are_done_once_by_a_worker_that_runs_at_their_time(ledger: LedgerThread) -> None:
    office: NightOffice = await ledger.call(make_office, ledger, pack("north"))
    at = office.clock.now() + timedelta(hours=1)
    office.rules = calendar(
        time_zone="UTC", shifts=[{"from": "00:00", "to": "24:00"}], firings=[{"at": f"{at:%H:%M}", "act": "sweep"}]
    )
    async with Running(office.worker()):
        await until(lambda: "firing firing-0" in calendar_entries.entries(), ledger)
        office.clock.ahead += timedelta(hours=1, minutes=1)
        await until(lambda: bool(office.acts))
        await asyncio.sleep(0.3)
    assert len(office.acts) == 1
