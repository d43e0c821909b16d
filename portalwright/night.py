"""The night shift of an office on this computer: its sessions, its acts at fixed times, and what the log says of them.

What is due, when, and on which lane is decided in `schedules`; here is what the office gives to it. All practices of
the office are served, each in the name of its own robot.
"""

import asyncio
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from bots import browser
from bots.allowed_hosts import AllowedHosts
from bots.assignment import Report
from bots.browser import BrowserHost
from bots.clock import Clock, SystemClock
from bots.probe import Probing
from flows.questions import Flow
from ledger import accounts, documents, permissions, sign_in_brake, sign_ins, wakes
from ledger.errors import LaneBusy, LeaseLost, LedgerError
from ledger.permissions import Status
from ledger.start import close_connection, is_on_server
from ledger.thread import LedgerThread
from packs.models import Pack
from portalwright.audit_proof import prove_nightly
from portalwright.backup_nightly import nightly_backup
from portalwright.beside import beside
from portalwright.browsers import Browsers
from portalwright.doors import OfficeDoors, known_portal, of_practice
from portalwright.logs import Event, Value
from portalwright.office import Desk
from portalwright.office_files import FilesOlder
from portalwright.positions import bring_positions
from portalwright.retention import retention_nightly
from portalwright.running import browser_host, browser_of, run_session, session_work
from portalwright.settings import SettingsWrong
from portalwright.watching.watch import Watching, watch
from portalwright.work_rules import bring_rules
from schedules.calendar import Act, Calendar
from schedules.dispatch import Dispatched, Door, Held
from schedules.engine import Engine, InProcessEngine, WorkLane
from schedules.lane_work import Leave, SessionOrder
from schedules.planning import plan
from schedules.remittance_periods import ask_for_last_days
from schedules.trouble import Trouble
from schedules.worker import Worker
from vault.keys import KeyProvider

Show = Callable[[str], None]
"""Tells a person at the terminal what happens, in a line without patient data."""

_RULES_SECONDS = 60
"""So often the office's rules and packs are brought into the ledger, where every computer goes by them."""

_TROUBLES = {
    Trouble.LEDGER_AWAY: "The ledger does not answer or cannot be written to; nothing is begun until it does.",
    Trouble.LEDGER_BACK: "The ledger answers again.",
    Trouble.CLOCK_SET: "This computer's clock was set; everything is looked at anew.",
}


@dataclass
class Night:
    """What a worker needs of the office; see `schedules.worker.Application`. `key` opens its vault."""

    desk: Desk
    ledger: LedgerThread
    clock: Clock
    browsers: Browsers
    show: Show
    key: KeyProvider
    _doors: OfficeDoors = field(init=False)
    _calendar: Calendar | None = field(init=False, default=None)
    _wrong: str = field(init=False, default="")
    _rules_at: float = field(init=False, default=0.0)
    _dispatched_at: float = field(init=False, default_factory=time.monotonic)
    _held: frozenset[tuple[int, str, Flow, str]] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        self._doors = OfficeDoors({self.desk.practice.id: self.desk})

    def door(self, practice_id: int, portal: str) -> Door | str:
        """See `schedules.facts.Doors`."""
        return self._doors.door(practice_id, portal)

    def calendar(self) -> Calendar:
        """See `schedules.facts.Doors`. While its file cannot be used, the calendar stays as it was."""
        try:
            self._calendar = self._doors.calendar()
        except SettingsWrong as wrong:
            if self._calendar is None:
                raise
            self._tell_wrong(wrong)
        return self._calendar

    def idle_days(self) -> Mapping[int, Mapping[str, int]]:
        """See `schedules.facts.Doors`."""
        return self._doors.idle_days()

    def fault(self, portal: str, error: Exception) -> None:
        """See `schedules.facts.Doors`."""
        self._doors.fault(portal, error)

    async def plan(self) -> bool:
        """See `schedules.worker.Application`. The office's own rules and files are looked at first."""
        await self.ledger.call(self._renew)
        left = False
        for desk in self._desks():
            with self._doors.faults.told(desk.log, f"plan {desk.practice.id}"):
                planned = await self.ledger.call(plan, desk.robot, self.clock.now())
                left |= planned.left and not planned.busy
        return left

    async def run(self, order: SessionOrder, leave: Leave) -> Report | None:
        """See `schedules.lane_work.Sessions`."""
        lane: dict[str, Value] = {"lane": order.lane_id, "portal": order.portal}
        try:
            desk = self._doors.desks[order.practice_id]
            pack = await self.ledger.call(self._pack, desk, order.portal)
            names = await self.ledger.call(self._names, desk, pack)
            async with self.browsers.use(http2=order.flow is not Flow.APPEAL, names=names) as host:
                given = session_work(
                    desk, pack, order.flow, order.alias, ledger=self.ledger, host=host, clock=self.clock
                )
                given = replace(given, slot=order.slot, wait_for_lane=False, leave=leave)
                if order.sign_in_only:
                    given = replace(given, probing=Probing.ONLY)
                self.show(f"{order.portal}: {order.flow} begins")
                report = await run_session(desk, given)
        except (LaneBusy, LeaseLost) as others:
            self.desk.log.failure(Event.SESSION_FAILED, others, **lane)
            self.show(f"{order.portal}: {others}")
            raise
        except LedgerError as refused:
            # Whatever it was (a permission has just ended, the ledger is away), a person may want to read it.
            self.desk.log.failure(Event.SESSION_FAILED, refused, **lane)
            self.show(f"{order.portal}: {refused}")
        except Exception as error:
            self.desk.log.failure(Event.SESSION_FAILED, error, **lane)
            self.show(f"{order.portal}: {order.flow} failed; the trace is in the log")
        else:
            self.show(f"{order.portal}: {order.flow} ends: {report.why}; {sum(report.by_ending.values())} questions")
            return report
        return None

    def does(self, act: Act) -> bool:
        """See `schedules.calendar_work.Acting`."""
        return act is not Act.BACK_UP or self.desk.office.settings.backup.folder is not None

    async def carry_out(self, act: Act, instant: datetime) -> None:
        """See `schedules.calendar_work.Acting`."""
        match act:
            case Act.ASK_FOR_REMITTANCES:
                for desk in self._desks():
                    for portal in await self.ledger.call(_pays_through, desk):
                        await self.ledger.call(self._ask_for_remittances, desk, portal, instant)
            case Act.BACK_UP:
                await beside(self._back_up)
            case Act.SWEEP:
                await self.ledger.call(self.sweep)
                await beside(partial(documents.sweep, self.desk.evidence, self.clock.now()))
            case Act.VERIFY_AUDIT:
                await beside(partial(prove_nightly, self._desks(), self.clock.now))
            case Act.RETENTION:
                await beside(partial(retention_nightly, self._desks(), self.clock.now(), self.show))

    async def nothing_runs(self) -> None:
        """See `schedules.worker.Application`."""
        await self.browsers.end_idle()

    def dispatched(self, what: Dispatched) -> None:
        """See `schedules.worker.Application`."""
        self._dispatched_at = time.monotonic()
        if what.orders:
            self.desk.log.log(Event.LANES_DISPATCHED, count=len(what.orders), held=len(what.held))
        held = {(one.practice_id, one.portal, one.flow, one.why): one for one in what.held}
        for key, one in held.items():
            # The same reasons at every look would only hide the news.
            if key not in self._held:
                self.show(f"{one.portal}: {one.flow} waits, {one.due} due: {one.why}")
        self._held = frozenset(held)

    def acted(self, act: Act) -> None:
        """See `schedules.calendar_work.Acting`."""
        self.desk.log.log(Event.CALENDAR_ACTED, act=act)
        self.show(f"done: {act}")

    def troubled(self, trouble: Trouble) -> None:
        """See `schedules.worker.Application`."""
        self.desk.log.log(Event.WORKER_TROUBLED, trouble=trouble)
        self.show(_TROUBLES[trouble])

    def failed(self, error: BaseException) -> None:
        """See `schedules.calendar_work.Acting`."""
        self.desk.log.failure(Event.WORKER_FAILED, error)
        self.show("Something went wrong that is tried again; the trace is in the log.")

    def begin(self) -> None:
        """Before the first look: what was left behind is removed, and the office's rules are read. On the ledger's
        thread. Raises SettingsWrong."""
        self.sweep()
        self._renew()
        self.calendar()
        if self._wrong:
            raise SettingsWrong(self._wrong)

    def sweep(self) -> None:
        """Remove what processes that were killed left behind in browsers' folders, wake-ups that all have seen,
        sessions at the desk that have ended, and where wrong entries came from. On the ledger's thread."""
        browser.sweep(self.desk.office.temporary_folder)
        wakes.prune(self.clock.now())
        sign_ins.clear_expired_sessions(self.clock.now())
        sign_in_brake.forget(self.clock.now())

    def watching(self) -> Watching:
        """What the watch beside the work needs."""
        return Watching(
            self._doors,
            self.desk.log,
            self.ledger,
            self.clock,
            lambda: timedelta(seconds=time.monotonic() - self._dispatched_at),
        )

    def _desks(self) -> tuple[Desk, ...]:
        return tuple(self._doors.desks.values())

    def _renew(self) -> None:
        """The practices, files and rules of the office as they are now; rules whose file cannot be used stay as they
        were. On the ledger's thread."""
        try:
            self.desk = self.desk.renewed()
        except (SettingsWrong, FilesOlder) as wrong:
            self._tell_wrong(wrong)
        known = self._doors.desks
        late = time.monotonic() >= self._rules_at
        for practice in accounts.practices():
            with self._doors.faults.told(self.desk.log, f"practice {practice.id}"):
                desk = known.get(practice.id)
                renewed = desk is None or desk.office is not self.desk.office or desk.practice != practice
                if desk is None or renewed:
                    desk = of_practice(self.desk, practice, self.clock.now())
                    bring_positions(desk)
                known[practice.id] = desk
                if renewed or late:
                    self._bring_rules(desk)
        if late:
            self._rules_at = time.monotonic() + _RULES_SECONDS

    def _bring_rules(self, desk: Desk) -> None:
        try:
            bring_rules(desk, self._doors.packs_of(desk))
        except SettingsWrong as wrong:
            self._tell_wrong(wrong)

    def _tell_wrong(self, wrong: SettingsWrong | FilesOlder) -> None:
        """Once, until it is wrong in another way."""
        if str(wrong) != self._wrong:
            self._wrong = str(wrong)
            self.desk.log.failure(Event.WORKER_FAILED, wrong)
            self.show(f"{wrong} What held before holds until the file is mended.")

    def _pack(self, desk: Desk, portal: str) -> Pack:
        """The pack, or the PackError that says what is wrong with it."""
        found = self._doors.packs.pack(desk, portal)
        return found if isinstance(found, Pack) else desk.office.pack(portal)

    def _names(self, desk: Desk, pack: Pack) -> frozenset[str]:
        """What a browser must be able to look up to serve this portal, and any other of the office after it."""
        packs = (pack, *self._doors.packs_of(desk))
        return frozenset(name for one in packs for name in AllowedHosts.of_pack(one).names)

    def _ask_for_remittances(self, desk: Desk, portal: str, instant: datetime) -> None:
        """The payments of the last days, where they can be asked for; the next morning makes up for what is left out
        now."""
        why: str | None = "a fault of the program; the trace is in the log"
        with self._doors.faults.told(desk.log, f"remittances {portal}"):
            why = self._left_out(desk, portal)
            if why is None:
                ask_for_last_days(desk.robot, desk.practice, portal, instant)
        if why is not None:
            desk.log.log(Event.REMITTANCES_LEFT_OUT, **known_portal(desk, portal))
            self.show(f"{portal}: remittances are not asked for: {why}")

    def _left_out(self, desk: Desk, portal: str) -> str | None:
        """Why this practice's remittances cannot be fetched at this portal, whatever the hour is; None where they
        can."""
        door = self.door(desk.practice.id, portal)
        if isinstance(door, str):
            return door
        if Flow.REMITTANCES not in door.pack.flows:
            return "its pack cannot do this"
        allowed = permissions.standing(desk.practice.id, portal, Flow.REMITTANCES, self.clock.now())
        return allowed.why if isinstance(allowed, permissions.Refused) and allowed.permit is None else None

    def _back_up(self) -> None:
        """It may take minutes."""
        nightly_backup(self.desk.office, self.desk.vault, self.key, self.desk.robot, self.clock.now())


def _pays_through(desk: Desk) -> tuple[str, ...]:
    """The portals at which the robot may fetch this practice's remittances by itself, or might on other days. On the
    ledger's thread."""
    held = (one.grant for one in permissions.in_force(desk.practice.id))
    return tuple(
        one.portal
        for one in held
        if one.flow is Flow.REMITTANCES and one.allows and one.status is not Status.PERMITTED_ATTENDED
    )


@dataclass(frozen=True)
class NightOptions:
    """How a worker is to run: so many `sessions` at a time; once, or until it is told to stop; by day too."""

    sessions: int
    once: bool = False
    any_hour: bool = False


def run_night(
    desk: Desk, key: KeyProvider, options: NightOptions, show: Show, *, clock: Clock | None = None
) -> tuple[Held, ...]:
    """Be a worker of this office: until SIGTERM or Ctrl-C, or (`once`) until all that is due and open was done.

    Sessions then sign out and give their lanes back, within half a minute. Returns what was held up at the end, where
    it ran once. Raises NoBrowser, SettingsWrong, and with `once` the ledger's errors.
    """
    browser_found = browser_of(desk)
    bound = clock or SystemClock()

    def new_host(http2: bool, names: frozenset[str]) -> BrowserHost:
        return browser_host(desk, browser_found, http2=http2, names=names)

    async def work() -> tuple[Held, ...]:
        async with AsyncExitStack() as stack:
            ledger = await stack.enter_async_context(LedgerThread())
            browsers = Browsers(new_host)
            stack.push_async_callback(browsers.close)
            night = Night(desk, ledger, bound, browsers, show, key)
            worker = Worker(_name(), options.sessions, night, ledger, bound, _engine(ledger), options.any_hour)
            await ledger.call(night.begin)
            for number in (signal.SIGTERM, signal.SIGINT):
                _on_signal(number, worker.stop)
            desk.log.log(Event.WORKER_STARTED, sessions=options.sessions)
            watching = asyncio.create_task(watch(night.watching()), name="watch")
            try:
                if options.once:
                    return (await worker.run_once()).held
                await worker.run()
                return ()
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
                desk.log.log(Event.WORKER_ENDED)

    # This thread asks the ledger nothing all night, in which a server may go away and come back.
    close_connection()
    return asyncio.run(work())


def _engine(ledger: LedgerThread) -> Callable[[WorkLane, int, Callable[[], None]], Engine]:
    """On a server the office may have several computers, which share the lanes; else this process runs all."""
    if not is_on_server():
        return InProcessEngine

    def fleet(work: WorkLane, sessions: int, ended: Callable[[], None]) -> Engine:
        from schedules.fleet import FleetEngine

        return FleetEngine(ledger, work, sessions, ended)

    return fleet


def _name() -> str:
    """Of this process alone, for ever: computer, process, and a random word, because process ids come again."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def _on_signal(number: signal.Signals, stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, stop)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop))
