"""One run of one portal, as the desk starts it: browser, ledger thread and lane session, with progress and log."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bots.browser import BrowserHost, NoBrowser, find_browser
from bots.clock import Clock, SystemClock
from bots.probe import Probing
from bots.worker import Ended, Progress, Report, Work, run_lane
from flows.questions import Flow
from ledger.documents import sweep
from ledger.thread import LedgerThread
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
    browser = find_browser(desk.office.settings.browser.path, headed=headed)
    if browser is None:
        raise NoBrowser("There is no browser on this computer. Run `portalwright browser` to get one.")
    note = _Note(desk, portal, flow)

    def tell(progress: Progress) -> None:
        note.attempt(progress.ended)
        show(progress)

    async def work() -> Report:
        async with (
            LedgerThread() as ledger,
            BrowserHost(
                desk.office.temporary_folder,
                browser,
                desk.practice.name,
                headed=headed,
                http2=flow is not Flow.APPEAL,
            ) as host,
        ):
            given = Work(
                pack=pack,
                flow=flow,
                alias=alias,
                actor=desk.robot,
                vault=desk.vault,
                ledger=ledger,
                evidence=desk.evidence,
                browser=host,
                clock=clock or SystemClock(),
                limit=limit,
                probing=probing,
                intake=OfficeIntake(),
                papers=OfficePapers(desk.evidence, desk.practice.id),
                only=only,
            )
            try:
                return await run_lane(given, tell, note.crashed)
            finally:
                if flow is Flow.REMITTANCES:
                    # What a run that was killed had sealed and not yet recorded.
                    await ledger.call(sweep, desk.evidence, utc_now())

    desk.log.log(Event.RUN_STARTED, portal=portal, flow=flow, headed=headed)
    with _ended_by_sigterm_too():
        report = asyncio.run(work())
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


@contextmanager
def _ended_by_sigterm_too() -> Iterator[None]:
    """SIGTERM does what Ctrl-C does: the session is left in order, then the command ends."""
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
