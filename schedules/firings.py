"""At which instants the calendar does something, and which of them is to be carried out now.

Of a day there is one instant at most, whatever the clocks do to it: a time of day that the spring change leaves out is
the one an hour later, one that the autumn change brings twice is the first of the two.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from flows.business_days import is_federal_holiday
from flows.opening_hours import DAYS
from schedules.calendar import Calendar, Firing, Holidays
from schedules.openings import instant_of

_LONGEST_GAP = 32
"""Days between two firings: a week, and holidays in every one of them."""

WRONG_CLOCK = timedelta(days=1)
"""An instant that was carried out more than so long ahead of now was carried out while the clock was wrong."""


def newest(calendar: Calendar, firing: Firing, now: datetime) -> datetime | None:
    """The newest instant (UTC) that is not in the future; None where there is none in the last weeks."""
    back = range(1, -_LONGEST_GAP, -1)
    return next((instant for instant in _instants(calendar, firing, now, back) if instant <= now), None)


def upcoming(calendar: Calendar, firing: Firing, after: datetime) -> datetime | None:
    """The next instant (UTC) after this one; None where there is none in the next weeks."""
    return next(
        (instant for instant in _instants(calendar, firing, after, range(-1, _LONGEST_GAP)) if instant > after), None
    )


def to_carry_out(calendar: Calendar, firing: Firing, fired_for: datetime, now: datetime) -> datetime | None:
    """The instant that is to be carried out now: the newest that was missed, once; None when there is none."""
    instant = newest(calendar, firing, now)
    return instant if instant is not None and instant > fired_for else None


def wrongly_ahead(calendar: Calendar, firing: Firing, fired_for: datetime, now: datetime) -> datetime | None:
    """Where the entry must be set back to, because a clock that was wrong by days carried it far ahead; else None.

    A clock that is set back by less repeats nothing: what was carried out early is not done again when its time comes.
    """
    following = upcoming(calendar, firing, now)
    if fired_for <= now + WRONG_CLOCK or (following is not None and fired_for <= following):
        return None
    return newest(calendar, firing, now) or now


def _instants(calendar: Calendar, firing: Firing, around: datetime, days: Iterable[int]) -> Iterator[datetime]:
    zone = calendar.zone(firing)
    today = around.astimezone(zone).date()
    for ahead in days:
        day = today + timedelta(days=ahead)
        if _fires_on(firing, day):
            yield instant_of(day, firing.at, zone)


def _fires_on(firing: Firing, day: date) -> bool:
    skipped = firing.holidays is Holidays.SKIP and is_federal_holiday(day)
    return DAYS[day.weekday()] in firing.days and not skipped
