"""One run of one lane: is it permitted, take the lease, work the session under it, give the lease back.

Every end of an item is one transaction of the ledger under the lease's token; when the token is old, nothing is written
and the session stops.
"""

import asyncio
import contextlib
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from bots.assignment import Ended, Progress, Report, Work
from bots.gate import Gate
from bots.lane import Lane, held
from bots.lane_session import LaneSession
from flows.questions import Flow
from ledger import permissions, runs
from ledger.errors import LeaseLost, NotPermitted
from ledger.permissions import Permit

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
    permit = await _permit(given)
    await Gate(given.pack, given.alias, given.ledger, given.clock).check(given.slot)

    def waiting() -> None:
        report(Progress(due=0, by_ending={}, doing="waiting for the lane"))

    async with held(
        Lane(given.pack.portal, given.alias, given.slot),
        given.ledger,
        given.clock,
        given.actor,
        waiting if given.wait_for_lane else None,
    ) as lease:
        run_id = await given.ledger.call(runs.start, lease, given.flow, given.clock.now())
        session = LaneSession(given, permit, lease, report, crashed)
        why = "failed"
        try:
            result = await session.work(run_id)
            why = result.why
            return result
        except (asyncio.CancelledError, KeyboardInterrupt):
            why = "interrupted"
            raise
        finally:
            with contextlib.suppress(LeaseLost):
                await given.ledger.call(runs.end, lease, why, given.clock.now())


async def _permit(given: Work) -> Permit:
    """The office's permission for this portal and flow, or NotPermitted. A simulator's never opens another machine."""
    permit = await given.ledger.call(
        permissions.check,
        given.pack.portal,
        given.flow,
        given.actor.practice_id,
        given.clock.now(),
        attended=given.attended,
    )
    if permit.simulator_only and not _is_loopback(given.pack.address):
        raise NotPermitted(
            f"{given.pack.portal} is recorded as the office's own test system, and its address is not on this computer."
        )
    return permit


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
