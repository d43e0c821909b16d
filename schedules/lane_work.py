"""What runs for one lane: the jobs that are due there, one session after the other, while there is due work.

Which process runs a lane is the engine's matter, what a session is the application's (`Sessions`); here is only which
session comes next, and when there is none any more.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bots.assignment import Report
from bots.clock import Clock
from flows.questions import Flow
from ledger import due, lanes
from ledger.errors import LaneBusy, LeaseLost
from ledger.thread import LedgerThread
from schedules.dispatch import urgency
from schedules.facts import Doors, Facts, facts, idle_accounts
from schedules.openings import BEFORE_CLOSING

Leave = Callable[[], bool]
"""Asked before each question: should the session end now, in order, with this question left for later?"""

_ENDED_WELL = frozenset({"finished", "limit reached", "being built", "nothing due", "probed"})
"""After a session that ended so, the next job of the lane may run; after any other the lane is left for now."""

_USED = timedelta(hours=6)


@dataclass(frozen=True)
class SessionOrder:
    """One session to run: this job on this lane. With `sign_in_only` nothing is asked but the portal's health."""

    lane_id: int
    practice_id: int
    portal: str
    alias: str
    slot: int
    flow: Flow
    sign_in_only: bool = False


class Sessions(Protocol):
    """Runs sessions; the application gives them vault, browser, packs and documents."""

    async def run(self, order: SessionOrder, leave: Leave) -> Report | None:
        """One session. None when it could not be begun, or failed; why has been told to the log by then.

        `leave` is asked before each question. Raises LaneBusy or LeaseLost where another process has the lane, and
        otherwise nothing but CancelledError, after the session has signed out and given its lane back.
        """
        ...


@dataclass(frozen=True)
class LaneEnded:
    """What came of a lane: the reports of its sessions, and whether the last one failed."""

    reports: tuple[Report, ...]
    failed: bool = False

    @property
    def should_rest(self) -> bool:
        """Did its sessions come to nothing? The next ones would probably, too."""
        return self.failed or (bool(self.reports) and not any(report.by_ending for report in self.reports))


@dataclass(frozen=True)
class LaneWork:
    """Runs lanes for one worker. `stopping` and `paused` (by portal and job) are asked before each question.

    With `any_hour` the office's shifts do not count.
    """

    doors: Doors
    sessions: Sessions
    ledger: LedgerThread
    clock: Clock
    stopping: Callable[[], bool]
    paused: Callable[[str, Flow], bool]
    any_hour: bool = False
    _used: dict[int, datetime] = field(default_factory=dict)

    def used_lately(self, lane_id: int, now: datetime) -> bool:
        """Has its account been signed in to from here, only to use it? Then that is not done again for some hours,
        whatever the ledger says of it."""
        used = self._used.get(lane_id)
        return used is not None and abs(now - used) < _USED

    async def run(self, lane_id: int) -> LaneEnded:
        """Session after session, while something is due on the lane that may be asked now. Raises the ledger's errors.

        A job whose session brought no ending of any question is not begun again in the same go.
        """
        reports: list[Report] = []
        barren: set[Flow] = set()
        failed = False
        while not self.stopping():
            chosen = await self.ledger.call(self._next, lane_id, self.clock.now(), barren)
            if chosen is None:
                break
            order, closes_at = chosen
            try:
                report = await self.sessions.run(order, self._leave(order, closes_at))
            except (LaneBusy, LeaseLost):
                # Nothing is wrong with the lane: it is another process's now, or was until a moment ago.
                break
            if report is None:
                # What is wrong with one job is none of the others' business; a second one says that it is the lane.
                if failed:
                    break
                failed = True
                barren.add(order.flow)
                continue
            reports.append(report)
            if report.why not in _ENDED_WELL:
                break
            if not report.by_ending:
                barren.add(order.flow)
        return LaneEnded(tuple(reports), failed=failed)

    def _leave(self, order: SessionOrder, closes_at: datetime | None) -> Leave:
        last = None if closes_at is None else closes_at - BEFORE_CLOSING

        def leave() -> bool:
            return (
                self.stopping()
                or self.paused(order.portal, order.flow)
                or (last is not None and self.clock.now() >= last)
            )

        return leave

    def _next(
        self, lane_id: int, now: datetime, barren: Collection[Flow]
    ) -> tuple[SessionOrder, datetime | None] | None:
        lane = lanes.of(lane_id)
        groups = [one for one in due.due_for(lane.practice_id, lane.portal, now) if one.flow not in barren]
        found = facts(self.doors, groups, now, any_hour=self.any_hour)
        fit = [one for one in found if _may_run(one, lane_id)]
        if not fit:
            if self.used_lately(lane_id, now):
                return None
            fit = [one for one in idle_accounts(self.doors, now, any_hour=self.any_hour) if _may_run(one, lane_id)]
        if not fit:
            return None
        first = min(fit, key=urgency)
        if first.sign_in_only:
            self._used[lane_id] = now
        order = SessionOrder(
            lane_id, lane.practice_id, lane.portal, lane.alias, lane.slot, first.group.flow, first.sign_in_only
        )
        return order, first.openness.changes_at


def _may_run(one: Facts, lane_id: int) -> bool:
    """Whether the lane is free does not matter here: its lease says so when the session takes it."""
    return (
        one.barred is None
        and one.openness.is_open
        and any(lane.lane_id == lane_id and lane.standstill is None for lane in one.lanes[: one.sessions])
    )
