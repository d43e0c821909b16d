"""What the calendar has done is remembered: by one worker at a time, over crashes, pauses and restarts."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from bots.clock import Clock
from ledger import audit, calendar_entries, models, wakes
from ledger.accounts import Actor
from ledger.calendar_entries import CLAIM_TIME, EVERYTHING, firing_entry
from ledger.errors import LedgerBusy, NotAPerson, NotThere
from ledger.thread import LedgerThread
from schedules import calendar_work
from schedules.calendar import Act, Calendar
from schedules.calendar_work import CalendarWork
from tests.ledger.office import NOW
from tests.schedules.calendars import calendar, local

DAILY = calendar(firings=[{"at": "04:00"}])
NAME = firing_entry("firing-0")
BEFORE = local("2026-06-01 12:00")


@dataclass
class SetClock:
    """A clock that a test sets."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


@dataclass
class Office:
    """An application whose acts are noted; `trouble` is raised instead, once."""

    rules: Calendar = DAILY
    trouble: Exception | None = None
    can: frozenset[Act] = frozenset(Act)
    done: list[datetime] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)

    def calendar(self) -> Calendar:
        return self.rules

    def does(self, act: Act) -> bool:
        return act in self.can

    async def carry_out(self, act: Act, instant: datetime) -> None:
        assert act is Act.SWEEP
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            raise trouble
        self.done.append(instant)

    def acted(self, act: Act) -> None:
        assert act is Act.SWEEP

    def failed(self, error: BaseException) -> None:
        self.failures.append(error)


async def tick(office: Office, clock: Clock, by: str = "worker") -> int:
    async with LedgerThread() as ledger:
        return await CalendarWork(office, ledger, clock, by).carry_out_what_is_due()


@pytest.mark.django_db(transaction=True)
async def test_an_act_is_carried_out_once_by_whichever_worker_and_after_any_restart() -> None:
    office, clock = Office(), SetClock(BEFORE)
    assert await tick(office, clock) == 0  # what is new begins with its next instant
    clock.at = local("2026-06-02 04:00")
    assert [await tick(office, clock, by) for by in ("one", "another", "one again")] == [1, 0, 0]
    clock.at = local("2026-06-05 09:00")  # no worker ran for days
    await tick(office, clock)
    assert office.done == [local("2026-06-02 04:00"), local("2026-06-05 04:00")]


@pytest.mark.django_db(transaction=True)
async def test_a_worker_that_dies_in_the_middle_of_an_act_leaves_it_to_another() -> None:
    office, clock = Office(trouble=LedgerBusy()), SetClock(BEFORE)
    await tick(office, clock)
    clock.at = local("2026-06-02 04:00")
    with pytest.raises(LedgerBusy):
        await tick(office, clock, "dying")
    assert await tick(office, clock, "another") == 0  # it may still be at it
    clock.at += CLAIM_TIME
    assert await tick(office, clock, "another") == 1
    assert office.done == [local("2026-06-02 04:00")]


class Long(Office):
    """An office whose act takes longer than a claim lasts."""

    async def carry_out(self, act: Act, instant: datetime) -> None:
        await super().carry_out(act, instant)
        await self.at_work(instant)

    at_work: Callable[[datetime], Awaitable[None]]


@pytest.mark.django_db(transaction=True)
async def test_an_act_that_takes_long_is_begun_by_nobody_else_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    office, clock, others = Long(), SetClock(BEFORE), Office()
    monkeypatch.setattr(calendar_work, "_RENEW_SECONDS", 0.02)
    begun: list[int] = []

    async def at_work(_instant: datetime) -> None:
        for _ in range(3):
            clock.at += CLAIM_TIME - timedelta(seconds=1)
            await asyncio.sleep(0.2)
            begun.append(await tick(others, clock, "another"))

    office.at_work = at_work
    await tick(office, clock)
    clock.at = local("2026-06-02 04:00")
    assert await tick(office, clock) == 1
    assert (begun, others.done) == ([0, 0, 0], [])


@pytest.mark.django_db(transaction=True)
async def test_an_act_that_this_computer_cannot_do_is_left_to_another() -> None:
    clock, without = SetClock(BEFORE), Office(can=frozenset({Act.BACK_UP}))
    office = Office()
    for instant in (BEFORE, local("2026-06-02 04:00")):
        clock.at = instant
        await tick(without, clock)
        await tick(office, clock)
    assert (len(without.done), len(office.done)) == (0, 1)


@pytest.mark.django_db(transaction=True)
async def test_an_act_that_failed_is_tried_again_in_a_while() -> None:
    office, clock = Office(trouble=OSError("no room")), SetClock(BEFORE)
    await tick(office, clock)
    clock.at = local("2026-06-02 04:00")
    assert await tick(office, clock) == 0
    assert len(office.failures) == 1
    assert await tick(office, clock) == 0
    clock.at += timedelta(minutes=6)
    assert await tick(office, clock) == 1


@pytest.mark.django_db(transaction=True)
async def test_what_was_paused_is_not_made_up_for(person: Actor) -> None:
    office, clock = Office(), SetClock(BEFORE)
    await tick(office, clock)
    async with LedgerThread() as ledger:
        for name in (NAME, EVERYTHING):
            await ledger.call(calendar_entries.pause, name, person, BEFORE)
            clock.at += timedelta(days=2)
            assert await tick(office, clock) == 0
            await ledger.call(calendar_entries.resume, name, person, clock.at)
            if name == NAME:
                assert await tick(office, clock) == 0
    clock.at += timedelta(days=1)
    assert await tick(office, clock) == 1


@pytest.mark.django_db
def test_who_pauses_and_resumes_is_on_record_and_wakes_the_workers(person: Actor, robot: Actor) -> None:
    with pytest.raises(NotAPerson):
        calendar_entries.pause(EVERYTHING, robot, NOW)
    seen = wakes.newest()
    calendar_entries.pause(EVERYTHING, person, NOW)
    calendar_entries.pause(EVERYTHING, person, NOW + timedelta(hours=1))
    entry = calendar_entries.entries()[EVERYTHING]
    assert (entry.paused_by, entry.paused_at) == (person.name, NOW)
    assert wakes.newest() > seen
    calendar_entries.resume(EVERYTHING, person, NOW)
    with pytest.raises(NotThere):
        calendar_entries.resume(EVERYTHING, person, NOW)
    acts = models.AuditEntry.objects.filter(object_type="calendar").order_by("sequence").values_list("action", "actor")
    assert list(acts) == [("schedule.pause", person.name), ("schedule.resume", person.name)]
    assert audit.verify().ok


@pytest.mark.django_db
def test_a_claim_of_a_clock_that_was_ahead_does_not_hold_an_act_for_ever() -> None:
    calendar_entries.begin(NAME, BEFORE)
    assert calendar_entries.claim(NAME, BEFORE, "ahead", BEFORE + timedelta(days=30))
    assert calendar_entries.claim(NAME, BEFORE, "right", BEFORE + timedelta(days=1))
    assert not calendar_entries.claim(NAME, BEFORE, "late", BEFORE + timedelta(days=1))


@pytest.mark.django_db
def test_what_another_worker_has_just_done_cannot_be_claimed_any_more() -> None:
    done = BEFORE + timedelta(days=1)
    calendar_entries.begin(NAME, BEFORE)
    assert calendar_entries.claim(NAME, BEFORE, "quick", done)
    assert calendar_entries.settle(NAME, BEFORE, done, "quick", done)
    assert not calendar_entries.claim(NAME, BEFORE, "slow", done)
    assert calendar_entries.entries()[NAME].fired_for == done


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_claims_it() -> None:
    calendar_entries.begin(NAME, BEFORE)
    won: list[bool] = []

    def try_it(by: str) -> None:
        won.append(calendar_entries.claim(NAME, BEFORE, by, BEFORE))
        connection.close()

    threads = [Thread(target=try_it, args=(f"worker {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 5 + [True]


@pytest.mark.django_db
def test_wake_rows_are_seen_once_and_pruned() -> None:
    before = wakes.newest()
    wakes.wake(wakes.Wake.IMPORTED, NOW)
    wakes.wake(wakes.Wake.CASE_CLOSED, NOW)
    assert wakes.newest() > before
    assert wakes.prune(NOW + timedelta(hours=2)) == 1  # the newest stays: its number is what workers compare with
    assert wakes.prune(NOW + timedelta(hours=2)) == 0
