"""From when to when: spans of time of the calendar, of a portal's posted hours and of permissions, and what they leave.

All spans are half open and in UTC; what a rule writes is local time. A time of day that the spring change leaves out
is the one an hour later, one that the autumn change brings twice is the first of the two.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows.business_days import is_federal_holiday
from flows.opening_hours import DAYS, Opening, Window, opening, windows_in
from flows.questions import Flow
from packs.models import Pack
from schedules.calendar import Calendar, Holidays, Maintenance, Shift

_DAYS_BACK = 8
"""A span that began longer ago cannot last until now, but for hours that never end, which are told apart."""
_DAYS_AHEAD = 16
BEFORE_CLOSING = timedelta(minutes=2)
"""So long before it closes nothing new is begun: there is time to end a question and to sign out."""

_STEPS = 200
"""So many changes between open and shut are looked through for the next time that everything is open."""


@dataclass(frozen=True)
class Openness:
    """May a session run now? `why` names what holds it shut, in words for a person; "" when it is open.

    `changes_at` (UTC): until when it is open, or when it opens; None: not as far as can be seen.
    """

    is_open: bool
    changes_at: datetime | None
    why: str = ""


ALWAYS_OPEN = Openness(is_open=True, changes_at=None)


@dataclass(frozen=True)
class Hours:
    """When one thing lets sessions in. `openings` in order, apart from each other, none that is over."""

    name: str
    openings: Sequence[Opening]

    def at(self, instant: datetime) -> Opening | None:
        """The opening that holds then or comes next."""
        return next((one for one in self.openings if one.ends > instant), None)


def openness(hours: Iterable[Hours], closed: Iterable[Hours], now: datetime) -> Openness:
    """Is everything of `hours` open now and nothing of `closed` on? And when does that change?

    `why` is the first that holds it shut now. What is about to close is shut: a session must have time to end.
    """
    lets_in, holds_shut = tuple(hours), tuple(closed)
    closes = None if next(_shut(lets_in, holds_shut, now), None) else _closes(lets_in, holds_shut, now)
    at = now if closes is None or closes - now > BEFORE_CLOSING else closes
    why = next(_shut(lets_in, holds_shut, at), None)
    if why is None:
        return Openness(is_open=True, changes_at=_closes(lets_in, holds_shut, at))
    return Openness(is_open=False, changes_at=_opens(lets_in, holds_shut, at), why=why)


def hours_of_shifts(calendar: Calendar, portal: str, flow: Flow, now: datetime) -> Hours:
    """The spans in which the office lets this job run at this portal."""
    rows = calendar.shifts_for(portal, flow)
    return Hours("the office's shift", _joined(span for row in rows for span in _of_shift(calendar, row, now)))


def night(calendar: Calendar, now: datetime) -> Opening | None:
    """The shift (of those that are about everything) that is on, or else the last one that was; for reports."""
    rows = [row for row in calendar.shifts if not row.portals and not row.flows]
    spans = _joined(span for row in rows for span in _of_shift(calendar, row, now))
    return next((span for span in reversed(spans) if span.begins <= now), None)


def hours_of_maintenance(calendar: Calendar, pack: Pack, now: datetime) -> Hours:
    """The spans in which this portal is left alone."""
    rows = calendar.maintenance_of(pack.portal)
    return Hours("maintenance", _joined(span for row in rows for span in _of_maintenance(calendar, row, pack, now)))


def posted_hours(pack: Pack, now: datetime) -> Hours | None:
    """When the payer lets robots in; None where it posts no hours."""
    return _listed("the portal's posted hours", windows_in(pack.limits.hours, pack.time_zone), now)


def permitted_hours(windows: Sequence[Window], now: datetime) -> Hours | None:
    """When the permission lets the robot in; None where it sets no hours."""
    return _listed("the permission's hours", windows, now)


def instant_of(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """This time of this day (HH:MM or 24:00, local), in UTC."""
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def _listed(name: str, windows: Sequence[Window], now: datetime) -> Hours | None:
    spans: list[Opening] = []
    found = opening(windows, now)
    while found is not None and found.begins < now + timedelta(days=_DAYS_AHEAD):
        spans.append(found)
        found = opening(windows, found.ends)
    return Hours(name, spans) if windows else None


def _shut(hours: Sequence[Hours], closed: Sequence[Hours], instant: datetime) -> Iterator[str]:
    for one in closed:
        found = one.at(instant)
        if found is not None and found.holds(instant):
            yield one.name
    for one in hours:
        found = one.at(instant)
        if found is None or not found.holds(instant):
            yield one.name


def _closes(hours: Sequence[Hours], closed: Sequence[Hours], now: datetime) -> datetime | None:
    ends = [found.ends for one in hours if (found := one.at(now)) is not None]
    ends += [found.begins for one in closed if (found := one.at(now)) is not None]
    return min(ends, default=None)


def _opens(hours: Sequence[Hours], closed: Sequence[Hours], now: datetime) -> datetime | None:
    instant = now
    for _ in range(_STEPS):
        wanted = instant
        for one in hours:
            found = one.at(wanted)
            if found is None:
                return None
            wanted = max(wanted, found.begins)
        for one in closed:
            found = one.at(wanted)
            if found is not None and found.holds(wanted):
                wanted = found.ends
        if wanted == instant:
            return instant
        instant = wanted
    return None


def _of_shift(calendar: Calendar, row: Shift, now: datetime) -> Iterator[Opening]:
    zone = calendar.zone(row)
    for day in _around(now, zone):
        if DAYS[day.weekday()] in row.days and not (row.holidays is Holidays.SKIP and is_federal_holiday(day)):
            yield from _span(day, row.from_, row.to, zone)


def _of_maintenance(calendar: Calendar, row: Maintenance, pack: Pack, now: datetime) -> Iterator[Opening]:
    zone = calendar.zone(row, pack.time_zone)
    for day in _around(now, zone):
        if DAYS[day.weekday()] in row.days or day in row.on:
            yield from _span(day, row.from_, row.to, zone)


def _around(now: datetime, zone: ZoneInfo) -> Iterator[date]:
    today = now.astimezone(zone).date()
    return (today + timedelta(days=ahead) for ahead in range(-_DAYS_BACK, _DAYS_AHEAD))


def _span(day: date, from_: str, to: str, zone: ZoneInfo) -> Iterator[Opening]:
    last = day if to > from_ else day + timedelta(days=1)
    begins, ends = instant_of(day, from_, zone), instant_of(last, to, zone)
    if begins < ends:
        yield Opening(begins, ends)


def _joined(spans: Iterable[Opening]) -> list[Opening]:
    """In order, with those that touch as one."""
    joined: list[Opening] = []
    for span in sorted(spans, key=lambda one: one.begins):
        if joined and span.begins <= joined[-1].ends:
            joined[-1] = Opening(joined[-1].begins, max(joined[-1].ends, span.ends))
        else:
            joined.append(span)
    return joined
