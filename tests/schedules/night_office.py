"""A small office whose sessions are scripted: a real ledger and a real worker, and no browser."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from bots.assignment import Report
from flows.opening_hours import Hours
from flows.outcomes import Ending
from flows.questions import Flow
from ledger import lanes, models, permissions, runs, work
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.errors import DatabaseRefused, LeaseLost, LedgerError
from ledger.lanes import Lease
from ledger.permissions import Basis, Grant, Status
from ledger.states import ItemState
from ledger.thread import LedgerThread
from packs.models import Pack
from schedules.calendar import Act, Calendar
from schedules.dispatch import Dispatched, Door
from schedules.engine import InProcessEngine
from schedules.lane_work import Leave, SessionOrder
from schedules.trouble import Trouble
from schedules.worker import Worker
from tests.ledger.office import digest, paid, question
from tests.schedules.calendars import calendar

ALWAYS = calendar(time_zone="UTC", shifts=[{"from": "00:00", "to": "24:00"}])
ALIAS = "front-desk"


@dataclass
class MovedClock:
    """Real time, moved by a test."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def pack(portal: str, *, sessions: int = 1, hours: tuple[Hours, ...] = (), idle_days: int | None = None) -> Pack:
    """A portal as far as dispatch looks at it."""
    limits = SimpleNamespace(sessions=sessions, hours=hours, idle_days=idle_days)
    flows = {Flow.CLAIM_STATUS: "read", Flow.ELIGIBILITY: "read"}
    return cast(Pack, SimpleNamespace(portal=portal, time_zone="UTC", limits=limits, flows=flows))


async def _nothing_left() -> bool:
    return False


@dataclass
class NightOffice:
    """The office of a night: its portals, and what its sessions and acts did. See `schedules.worker.Application`."""

    ledger: LedgerThread
    clock: MovedClock
    robot: Actor
    person: Actor
    packs: dict[str, Pack] = field(default_factory=dict)
    broken: dict[str, Exception] = field(default_factory=dict)
    """By portal, the fault that looking at its pack is."""
    rules: Calendar = ALWAYS
    answer_seconds: float = 0.0
    act_seconds: float = 0.0
    signing_out_seconds: float = 0.0
    """How long a session takes to sign out."""
    before_answer: Callable[[SessionOrder], None] = lambda _order: None
    """Called before each answer; what it raises is a fault of the session."""
    planning: Callable[[], Awaitable[bool]] = _nothing_left
    """Called at each look: is something left to plan?"""
    at_once: int = 0
    most_at_once: int = 0
    signed_in: list[SessionOrder] = field(default_factory=list)
    signed_out: int = 0
    acts: list[Act] = field(default_factory=list)
    told: list[Trouble] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    looks: list[Dispatched] = field(default_factory=list)

    def door(self, practice_id: int, portal: str) -> Door | str:
        found = self.packs.get(portal)
        if portal in self.broken:
            raise self.broken[portal]
        if found is None:
            return "no pack"
        return Door(found, ALIAS, lanes.ensure(practice_id, portal, ALIAS, found.limits.sessions))

    def calendar(self) -> Calendar:
        return self.rules

    def idle_days(self) -> Mapping[int, Mapping[str, int]]:
        days = {portal: one.limits.idle_days for portal, one in self.packs.items() if one.limits.idle_days is not None}
        return {self.robot.practice_id: days}

    def fault(self, portal: str, error: Exception) -> None:
        self.failures.append(error)

    async def plan(self) -> bool:
        return await self.planning()

    async def run(self, order: SessionOrder, leave: Leave) -> Report | None:
        """Sign in, answer what is due, sign out; whatever happens, the lane is given back."""
        lease = await self.ledger.call(self._take, order)
        self.signed_in.append(order)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            return await self._session(order, lease, leave)
        except LeaseLost:
            raise
        except LedgerError as error:
            self.failures.append(error)
            return None
        finally:
            self.at_once -= 1
            await asyncio.sleep(self.signing_out_seconds)
            self.signed_out += 1
            with suppress(DatabaseRefused, LeaseLost):
                await self.ledger.call(lanes.release, lease, self.clock.now())

    def does(self, act: Act) -> bool:
        return True

    async def carry_out(self, act: Act, instant: datetime) -> None:
        assert instant <= self.clock.now()
        self.acts.append(act)
        await asyncio.sleep(self.act_seconds)

    def acted(self, act: Act) -> None:
        assert self.acts[-1] is act

    async def nothing_runs(self) -> None:
        assert not self.at_once

    def dispatched(self, what: Dispatched) -> None:
        self.looks.append(what)

    def troubled(self, trouble: Trouble) -> None:
        self.told.append(trouble)

    def failed(self, error: BaseException) -> None:
        self.failures.append(error)

    def worker(self, *, sessions: int = 3, name: str = "worker", **more: Any) -> Worker:
        """A worker of this office, on one computer."""
        return Worker(name, sessions, self, self.ledger, self.clock, InProcessEngine, **more)

    async def call(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        return await self.ledger.call(function, *arguments, **keywords)

    def _take(self, order: SessionOrder) -> Lease:
        now = self.clock.now()
        lease = lanes.take(order.portal, order.alias, order.slot, holder="tests:1", actor=self.robot, now=now)
        runs.start(lease, order.flow, now)
        return lease

    async def _session(self, order: SessionOrder, lease: Lease, leave: Leave) -> Report:
        answered, why = 0, "finished"
        while not order.sign_in_only:
            item = await self.ledger.call(work.next_item, lease, self.clock.now())
            if item is None:
                break
            if leave():
                await self.ledger.call(work.put_back, lease, item)
                why = "told to leave"
                break
            self.before_answer(order)
            await asyncio.sleep(self.answer_seconds)
            await self.ledger.call(work.finish, lease, item, paid(portal=order.portal), self.clock.now())
            answered += 1
        return Report(run_id=None, why=why, by_ending={Ending.ANSWERED: answered} if answered else {})


def make_office(ledger: LedgerThread, *portals: Pack, questions: int = 6) -> NightOffice:
    """An office that may ask at these portals, with so many questions due at each."""
    clock = MovedClock()
    now = clock.now()
    practice = ensure_practice("Lakeside Family Practice", "123456789", ("1234567893",))
    robot = ensure_account("night-robot", is_robot=True, practice=practice, now=now)
    person = ensure_account("dana", is_robot=False, practice=practice, now=now)
    office = NightOffice(ledger, clock, robot, person, {one.portal: one for one in portals})
    for place, portal in enumerate(portals):
        permit(office, portal.portal)
        numbers = range(1000 * place, 1000 * place + questions)
        asked = [question(number).model_copy(update={"portal": portal.portal}) for number in numbers]
        work.import_claims(asked, person, now, digest=digest)
    return office


def permit(office: NightOffice, portal: str, flow: Flow = Flow.CLAIM_STATUS, status: Status = Status.PERMITTED) -> None:
    """The payer's word about this job."""
    grant = Grant(
        portal=portal,
        flow=flow,
        status=status,
        basis=Basis.WRITTEN_PERMISSION,
        document="a letter",
        granted_to="the office",
        bot_identity="robot",
        valid_from=date(2020, 1, 1),
    )
    permissions.grant(grant, office.person, office.clock.now(), despite_published=True)


def standing() -> dict[str, int]:
    """How many questions stand where."""
    found: dict[str, int] = {}
    for state in models.WorkItem.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def all_done() -> bool:
    """Was every question answered?"""
    return not models.WorkItem.objects.exclude(state=ItemState.DONE).exists()


def lanes_held() -> int:
    """Lanes that somebody has."""
    return models.Lane.objects.exclude(holder="").count()


def answers_twice() -> int:
    """Questions with more than one answer."""
    versions = models.AnswerVersion.objects.values_list("claim_id", flat=True)
    return len(versions) - len(set(versions))


async def until(reached: Callable[[], bool], ledger: LedgerThread | None = None, seconds: float = 20) -> None:
    """Wait until this is so; asked on the ledger's thread where one is given."""
    async with asyncio.timeout(seconds):
        while not (await ledger.call(reached) if ledger is not None else reached()):  # noqa: ASYNC110 - asks a database
            await asyncio.sleep(0.02)


@contextmanager
def quick_ticks(worker_module: Any, seconds: float = 0.05) -> Iterator[None]:
    """A worker that looks at everything many times a second."""
    names = ("_WAKES_SECONDS", "_CALENDAR_SECONDS", "_BEAT_SECONDS")
    before = {name: getattr(worker_module, name) for name in names}
    for name in names:
        setattr(worker_module, name, seconds)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(worker_module, name, value)
