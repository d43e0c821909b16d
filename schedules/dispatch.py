"""Which lanes are to run now, and why everything else that is due does not.

The decision (`decide`) knows nothing of the ledger; what it goes by is in `facts`. Nothing is changed here: the same
look serves the worker, `portalwright schedule next` and `portalwright status`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import ceil

from flows.questions import Flow
from ledger import due
from ledger.planning_values import DueGroup
from schedules.facts import Door, Doors, Facts, facts, idle_accounts
from schedules.openings import Openness

__all__ = ["Dispatched", "Door", "Doors", "Held", "LaneOrder", "decide", "look", "urgency"]

QUESTIONS_A_LANE = 25
"""So many questions are worth another sign-in, where a portal allows several sessions at a time."""


@dataclass(frozen=True)
class LaneOrder:
    """A lane that is to run now, and the jobs that are due on it, the most urgent first.

    With `sign_in_only` nothing is due there but to use the account.
    """

    lane_id: int
    practice_id: int
    portal: str
    flows: tuple[Flow, ...]
    sign_in_only: bool = False


@dataclass(frozen=True)
class Held:
    """Questions that are due and not asked now: how many, and why, in words for a person without patient data.

    `until` (UTC): when waiting alone ends it; None: it needs a person, or nobody knows.
    """

    practice_id: int
    portal: str
    flow: Flow
    due: int
    why: str
    until: datetime | None = None
    needs_person: bool = False


@dataclass(frozen=True)
class Dispatched:
    """What is to run now, the most urgent lane first; what is held up; and what runs already."""

    orders: tuple[LaneOrder, ...]
    held: tuple[Held, ...]
    running: tuple[int, ...] = ()


def look(
    doors: Doors, now: datetime, *, any_hour: bool = False, groups: Iterable[DueGroup] | None = None
) -> Dispatched:
    """What is to run now, of everything that is due (or of these `groups`).

    With `any_hour` the office's shifts do not count; what payers, permissions and maintenance say does.
    """
    found = facts(doors, due.due_groups(now) if groups is None else groups, now, any_hour=any_hour)
    return decide((*found, *idle_accounts(doors, now, any_hour=any_hour)))


def decide(everything: Sequence[Facts]) -> Dispatched:
    """The order of the night: urgent questions first, then what has waited longest. Pure.

    An account that is only to be signed in to is left to the session that asks something there, where one may run.
    """
    orders: list[tuple[tuple[bool, datetime], LaneOrder]] = []
    held: list[Held] = []
    running: set[int] = set()

    def way_in(one: Facts) -> tuple[int, str]:
        return one.group.practice_id, one.group.portal

    for (practice_id, portal), jobs in groupby(sorted(everything, key=way_in), way_in):
        by_lane: dict[int, list[Facts]] = {}
        fits = list(jobs)
        for one in fits:
            running.update(lane.lane_id for lane in one.lanes if not lane.free)
            if reason := _held(one):
                held.append(reason)
                continue
            if one.sign_in_only and any(not each.sign_in_only and _held(each) is None for each in fits):
                continue
            for lane in one.lanes[: one.sessions]:
                if lane.free and lane.standstill is None:
                    by_lane.setdefault(lane.lane_id, []).append(one)
        for lane_id in list(by_lane)[: _more_lanes(fits, by_lane.values())]:
            flows = sorted(by_lane[lane_id], key=urgency)
            jobs_due = tuple(one.group.flow for one in flows)
            order = LaneOrder(lane_id, practice_id, portal, jobs_due, flows[0].sign_in_only)
            orders.append((urgency(flows[0]), order))
    orders.sort(key=lambda pair: (pair[0], pair[1].lane_id))
    return Dispatched(tuple(order for _, order in orders), tuple(held), tuple(sorted(running)))


def _held(one: Facts) -> Held | None:
    """Why this job does not run at all now; None where a lane runs it or may."""
    group = one.group

    def because(why: str, until: datetime | None = None, *, needs_person: bool = False) -> Held:
        return Held(group.practice_id, group.portal, group.flow, group.due, why, until, needs_person)

    if one.barred is not None:
        return because(one.barred, needs_person=True)
    if not one.openness.is_open:
        return because(f"{one.openness.why} {_opens(one.openness)}", one.openness.changes_at)
    if one.lanes and all(lane.standstill is not None for lane in one.lanes):
        still = next(lane.standstill for lane in one.lanes if lane.standstill is not None)
        return because(still.why, still.until, needs_person=still.case_id is not None)
    return None


def _opens(found: Openness) -> str:
    if found.changes_at is None:
        return "does not open in the next two weeks"
    return f"opens at {found.changes_at:%Y-%m-%d %H:%M} UTC"


def urgency(one: Facts) -> tuple[bool, datetime]:
    """What to sort jobs by: urgent questions first, then what has waited longest."""
    return not one.group.jumping, one.group.oldest


def _more_lanes(jobs: Sequence[Facts], free: Iterable[Sequence[Facts]]) -> int:
    """How many more lanes of this sign-in are worth a session now."""
    asked = {id(one): one for fits in free for one in fits}.values()
    busy = max((sum(not lane.free for lane in one.lanes) for one in jobs), default=0)
    allowed = max((one.sessions for one in asked), default=0)
    wanted = ceil(sum(one.group.due for one in asked) / QUESTIONS_A_LANE)
    return max(0, min(allowed, wanted) - busy)
