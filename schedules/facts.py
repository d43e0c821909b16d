"""What stands in the way of each job that is due, and which lanes it has: all that the dispatch decides by.

The ledger is asked, and nothing is changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from flows.questions import Flow
from ledger import calendar_entries, lanes, permissions, restorations, standstill
from ledger.calendar_entries import EVERYTHING, Entry, flow_entry, portal_entry
from ledger.errors import DatabaseRefused
from ledger.idle_accounts import IdleAccount, idle_credentials
from ledger.permissions import Permit, Refused
from ledger.planning_values import DueGroup
from packs.models import Pack
from schedules.calendar import Calendar
from schedules.openings import (
    ALWAYS_OPEN,
    Hours,
    Openness,
    hours_of_maintenance,
    hours_of_shifts,
    openness,
    permitted_hours,
    posted_hours,
)


@dataclass(frozen=True)
class Door:
    """How a practice gets into a portal: the portal's pack, the name of the practice's sign-in there, and its lanes."""

    pack: Pack
    alias: str
    lanes: tuple[int, ...]


class Doors(Protocol):
    """What the application knows of the office: its portals, its sign-ins and its calendar. Asked on the ledger's
    thread."""

    def door(self, practice_id: int, portal: str) -> Door | str:
        """The practice's way into the portal, or why there is none, in a few words."""
        ...

    def calendar(self) -> Calendar:
        """The office's calendar as it is now."""
        ...

    def fault(self, portal: str, error: Exception) -> None:
        """A fault of our own, or of a row or a pack, keeps this portal from being looked at, and no other."""
        ...

    def idle_days(self) -> Mapping[int, Mapping[str, int]]:
        """By practice: the portals that disable an account which nobody signs in to, and after how many days."""
        ...


@dataclass(frozen=True)
class LaneStanding:
    """A lane of a sign-in: does a session have it, and does something hold this job up on it?"""

    lane_id: int
    free: bool
    standstill: standstill.Standstill | None


@dataclass(frozen=True)
class Facts:
    """All there is to know about one job of one practice at one portal that has questions due.

    `barred` says in words why nothing may run whatever the hour is, None where nothing does; `openness` is about the
    hour. `sessions`: so many may run at a time with this sign-in. With `sign_in_only` nothing is due but to use the
    account, before the portal disables it.
    """

    group: DueGroup
    lanes: tuple[LaneStanding, ...] = ()
    sessions: int = 1
    openness: Openness = ALWAYS_OPEN
    barred: str | None = None
    sign_in_only: bool = False


def facts(doors: Doors, groups: Iterable[DueGroup], now: datetime, *, any_hour: bool) -> tuple[Facts, ...]:
    """Everything that the decision needs, by a few cheap questions for each job that has something due."""
    paused = calendar_entries.entries()
    restored, calendar = restorations.held(), doors.calendar()
    everything = _paused(paused, EVERYTHING, "everything") or (restored.why if restored else None)
    found = []
    for group in groups:
        barred = everything or _paused(paused, portal_entry(group.portal), "the portal")
        if barred := barred or _paused(paused, flow_entry(group.portal, group.flow), "this job"):
            found.append(Facts(group, barred=barred))
            continue
        try:
            found.append(_of_group(doors, group, calendar, now, any_hour=any_hour))
        except DatabaseRefused:
            raise
        except Exception as error:
            doors.fault(group.portal, error)
            found.append(Facts(group, barred="a fault of the program keeps it from being looked at; see the log"))
    return tuple(found)


def idle_accounts(doors: Doors, now: datetime, *, any_hour: bool) -> tuple[Facts, ...]:
    """The accounts that their portals would soon disable, each as one thing to do: to sign in, and no more.

    It is done in the name of a job that reads and that the office may do at that portal; without any it is left.
    """
    groups = []
    for practice_id, by_portal in doors.idle_days().items():
        for account in idle_credentials(practice_id, by_portal, now):
            try:
                flow = _may_read(doors, practice_id, account, now)
            except DatabaseRefused:
                raise
            except Exception as error:
                doors.fault(account.portal, error)
                continue
            groups += [DueGroup(practice_id, account.portal, flow, 1, 0, now)] if flow is not None else []
    return tuple(replace(one, sign_in_only=True) for one in facts(doors, groups, now, any_hour=any_hour))


def _may_read(doors: Doors, practice_id: int, account: IdleAccount, now: datetime) -> Flow | None:
    door = doors.door(practice_id, account.portal)
    if isinstance(door, str) or door.alias != account.alias:
        return None
    for flow, does in door.pack.flows.items():
        permit = permissions.standing(practice_id, account.portal, flow, now)
        if does == "read" and (isinstance(permit, Permit) or permit.permit is not None):
            return flow
    return None


def open_for(calendar: Calendar, pack: Pack, permit: Permit, now: datetime, *, any_hour: bool = False) -> Openness:
    """May this job run at this portal at this hour? The office's shifts, the payer's hours, the permission's together,
    but for what maintenance takes away.
    """
    lets_in: list[Hours | None] = [
        None if any_hour else hours_of_shifts(calendar, pack.portal, permit.flow, now),
        posted_hours(pack, now),
        permitted_hours(permit.windows, now),
    ]
    return openness((one for one in lets_in if one is not None), (hours_of_maintenance(calendar, pack, now),), now)


def _of_group(doors: Doors, group: DueGroup, calendar: Calendar, now: datetime, *, any_hour: bool) -> Facts:
    door = doors.door(group.practice_id, group.portal)
    if isinstance(door, str):
        return Facts(group, barred=door)
    if group.flow not in door.pack.flows:
        return Facts(group, barred=f"the pack of {group.portal} cannot do this")
    permit = permissions.standing(group.practice_id, group.portal, group.flow, now)
    if isinstance(permit, Refused):
        if permit.permit is None:
            return Facts(group, barred=permit.why)
        permit = permit.permit
    free = set(lanes.free(now, door.lanes))
    return Facts(
        group,
        lanes=tuple(
            LaneStanding(lane_id, lane_id in free, standstill.standing(lane_id, group.flow, now))
            for lane_id in door.lanes
        ),
        sessions=min(len(door.lanes), permit.sessions or len(door.lanes)),
        openness=open_for(calendar, door.pack, permit, now, any_hour=any_hour),
    )


def _paused(entries: Mapping[str, Entry], name: str, what: str) -> str | None:
    entry = entries.get(name)
    if entry is None or entry.paused_at is None:
        return None
    return f"{what} is paused by {entry.paused_by} since {entry.paused_at:%Y-%m-%d %H:%M} UTC"
