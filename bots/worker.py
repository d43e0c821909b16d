"""One run of one lane: is it permitted, take the lease, work the session under it, give the lease back.

Every end of an item is one transaction of the ledger under the lease's token; when the token is old, nothing is written
and the session stops.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

from bots.assignment import Ended, Progress, Report, Work
from bots.gate import Gate, permit_of
from bots.lane import Lane, Step, held
from bots.lane_session import LaneSession
from flows.questions import Flow
from ledger import breakers, runs
from ledger.errors import LeaseLost

__all__ = ["Ended", "Progress", "Report", "Work", "run_lane"]


async def run_lane(
    given: Work,
    report: Callable[[Progress], None] = lambda _: None,
    crashed: Callable[[BaseException], None] | None = None,
) -> Report:
    """Work the due items of one lane in one session.

    `crashed` is told of every fault of our own (an item ending with DEFECT), for the log. Raises NotPermitted before
    anything is touched; LaneBusy when another process holds the lane (at once, or after a lease's time when
    `wait_for_lane`); Stopped while a person has to look at this portal first; PortalClosed while the portal is not to
    be asked; SessionsUsedUp for a slot that it does not allow; LeaseLost when somebody else took over.
    """
    if given.flow is Flow.APPEAL and given.browser.http2:
        # Where requests share a line, nobody could see that it died without an answer to the one that counts.
        raise ValueError("appeals are filed with BrowserHost(http2=False) alone")
    permit = await given.ledger.call(permit_of, given, given.clock.now())
    gate = Gate(given.pack, given.alias, given.ledger, given.clock, permit)
    await gate.check(given.slot)
    newest: Step | None = None

    def told(progress: Progress) -> None:
        nonlocal newest
        newest = Step(progress.doing, progress.due, given.clock.now())
        report(progress)

    def waiting() -> None:
        report(Progress(due=0, by_ending={}, doing="waiting for the lane"))

    async with held(
        Lane(given.pack.portal, given.alias, given.slot),
        given.ledger,
        given.clock,
        given.actor,
        waiting if given.wait_for_lane else None,
        newest_step=lambda: newest,
    ) as lease:
        await given.ledger.call(breakers.enter, lease, given.clock.now(), anyway=given.by_person)
        run_id = await given.ledger.call(runs.start, lease, given.flow, given.clock.now())
        session = LaneSession(given, gate, lease, told, crashed)
        why = "failed"
        try:
            result = await session.work(run_id)
            why = result.why
            return await _weighed(given, result)
        except (asyncio.CancelledError, KeyboardInterrupt):
            why = "interrupted"
            raise
        finally:
            with contextlib.suppress(LeaseLost):
                await given.ledger.call(runs.end, lease, why, given.clock.now())


async def _weighed(given: Work, result: Report) -> Report:
    """The report, with what it says about the portal told to its breaker."""
    if result.why != "portal down":
        return result
    until = await given.ledger.call(breakers.failed, given.pack.portal, given.clock.now())
    return result if result.again_at is not None else replace(result, again_at=until)
