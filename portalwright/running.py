"""One session as the application runs it: what it works with, its lines in the log; and a run that a person starts."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from bots.allowed_hosts import AllowedHosts
from bots.assignment import Work
from bots.browser import BrowserHost
from bots.clock import Clock, SystemClock
from bots.installed_browser import Browser, NoBrowser, find_browser
from bots.memory_bound import Exceeded, MemoryBound
from bots.probe import Probing
from bots.worker import Ended, Progress, Report, run_lane
from flows.questions import Flow
from ledger.documents import sweep
from ledger.thread import LedgerThread
from packs.models import Pack
from portalwright.beside import beside
from portalwright.exit_codes import ExitCode
from portalwright.intake import OfficeIntake
from portalwright.logs import Event, Value
from portalwright.office import Desk, utc_now
from portalwright.papers import OfficePapers
from portalwright.work_rules import bring_rules


def run_portal(
    desk: Desk,
    portal: str,
    flow: Flow,
    show: Callable[[Progress], None],
    *,
    limit: int | None = None,
    headed: bool = False,
    probing: Probing = Probing.WHEN_DUE,
    clock: Clock | None = None,
    only: frozenset[int] | None = None,
) -> Report:
    """Ask everything that is due at this portal, in one session, and say how it ended.

    `only`: of the questions of the work list with these ids. The portal is probed first when this version of its pack
    has not passed a probe lately, or for that alone.

    Ctrl-C and SIGTERM end it cleanly (signed out, the lane given back) and then raise KeyboardInterrupt. Raises what
    `bots.worker.run_lane` raises, and NoBrowser.
    """
    pack = desk.office.pack(portal)
    alias = desk.credential(portal)
    bring_rules(desk, (pack,))
    host = browser_host(
        desk,
        browser_of(desk, headed=headed),
        http2=flow is not Flow.APPEAL,
        names=AllowedHosts.of_pack(pack).names,
        headed=headed,
    )

    async def work() -> Report:
        async with _ended_by_sigterm_too(), LedgerThread() as ledger, host as running:
            given = replace(
                session_work(desk, pack, flow, alias, ledger=ledger, host=running, clock=clock or SystemClock()),
                limit=limit,
                probing=probing,
                only=only,
                by_person=True,
            )
            return await run_session(desk, given, show, headed=headed)

    return asyncio.run(work())


def browser_of(desk: Desk, *, headed: bool = False) -> Browser:
    """The browser that this office uses. Raises NoBrowser."""
    browser = find_browser(desk.office.settings.browser.path, headed=headed)
    if browser is None:
        raise NoBrowser("There is no browser on this computer. Run `portalwright browser` to get one.")
    return browser


def browser_host(
    desk: Desk, browser: Browser, *, http2: bool, names: frozenset[str], headed: bool = False
) -> BrowserHost:
    """A browser for sessions of this office, not started yet, that can look up these hosts alone. Appeals need one
    without `http2`.
    """

    def exceeded(what: Exceeded) -> None:
        desk.log.log(Event.MEMORY_EXCEEDED, ended=what.ended, mebibytes=what.mebibytes)

    return BrowserHost(
        desk.office.temporary_folder,
        browser,
        desk.practice.name,
        names=names,
        headed=headed,
        http2=http2,
        memory=MemoryBound(mebibytes=desk.office.settings.browser.memory_mib),
        memory_exceeded=exceeded,
    )


def session_work(
    desk: Desk, pack: Pack, flow: Flow, alias: str, *, ledger: LedgerThread, host: BrowserHost, clock: Clock
) -> Work:
    """What a session of this practice works with; the caller changes what is particular to it."""
    return Work(
        pack=pack,
        flow=flow,
        alias=alias,
        actor=desk.robot,
        vault=desk.vault,
        ledger=ledger,
        evidence=desk.evidence,
        browser=host,
        clock=clock,
        probing=Probing.WHEN_DUE,
        intake=OfficeIntake(),
        papers=OfficePapers(desk.evidence, desk.practice.id),
        change_password=desk.office.settings.portal(pack.portal).change_password,
    )


async def run_session(
    desk: Desk, given: Work, show: Callable[[Progress], None] = lambda _: None, *, headed: bool = False
) -> Report:
    """One session, with its lines in the log. Raises what `bots.worker.run_lane` raises."""
    note = _Note(desk, given.pack.portal, given.flow)

    def tell(progress: Progress) -> None:
        note.attempt(progress.ended)
        show(progress)

    note.started(headed=headed)
    try:
        report = await run_lane(given, tell, note.crashed)
    finally:
        if given.flow is Flow.REMITTANCES:
            # What a run that was killed had sealed and not yet recorded.
            await beside(partial(sweep, desk.evidence, utc_now()))
    note.ended(report)
    return report


def exit_code(report: Report) -> ExitCode:
    """A run that opened cases is fine; one that a person must set going again, or that met a portal down, is not."""
    if report.stopped is None and not report.waits:
        return ExitCode.FINE
    return ExitCode.LATER if report.waits else ExitCode.STOPPED


class _Note:
    """Puts a run into the log: each ending as it comes, and its end."""

    def __init__(self, desk: Desk, portal: str, flow: Flow) -> None:
        self._log = desk.log
        self._portal = portal
        self._flow = flow

    def started(self, *, headed: bool) -> None:
        self._log.log(Event.RUN_STARTED, portal=self._portal, flow=self._flow, headed=headed)

    def attempt(self, ended: Ended | None) -> None:
        if ended is None:
            return
        fields: dict[str, Value] = {"portal": self._portal, "flow": self._flow, "item": ended.item}
        if ended.code is not None:
            fields["code"] = ended.code
        self._log.log(Event.ATTEMPT_ENDED, outcome=ended.ending, duration_ms=ended.milliseconds, **fields)

    def crashed(self, error: BaseException) -> None:
        self._log.failure(Event.ATTEMPT_FAILED, error, portal=self._portal, flow=self._flow)

    def ended(self, report: Report) -> None:
        fields: dict[str, Value] = {"portal": self._portal, "flow": self._flow, "signed_out": report.signed_out}
        if report.run_id is not None:
            fields["run"] = report.run_id
        if report.stopped is not None:
            fields["code"] = report.stopped.code
        self._log.log(Event.RUN_ENDED, count=sum(report.by_ending.values()), **fields)
        for elsewhere, count in report.refused.items():
            self._log.log(Event.CALLS_REFUSED, portal=self._portal, flow=self._flow, elsewhere=elsewhere, count=count)


@asynccontextmanager
async def _ended_by_sigterm_too() -> AsyncIterator[None]:
    """SIGTERM does what Ctrl-C does: the session is left in order, then the command ends.

    Not by sending Ctrl-C's signal on: whoever starts a command in the background (`nohup`, `&` in a script) lets it
    ignore that one.
    """
    loop, session = asyncio.get_running_loop(), asyncio.current_task()
    told = False

    def end() -> None:
        nonlocal told
        if session is not None and not told:
            session.cancel()
        told = True

    before = signal.signal(signal.SIGTERM, lambda _number, _frame: loop.call_soon_threadsafe(end))
    try:
        yield
    except asyncio.CancelledError:
        if not told:
            raise
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGTERM, before)
