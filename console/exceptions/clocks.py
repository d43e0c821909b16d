"""The clock of an exception: by when it is to be done, and how much time is left until then, in words."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

SOON = 7
"""So many days before its last day, a claim's exception is the supervisor's (DOMAIN 4: BUS-DEADLINE)."""


@dataclass(frozen=True)
class Clock:
    """A day, what is left until then, and how bad that is: "", "warn" or "bad"."""

    on: date
    words: str
    level: str


def day_of(now: datetime, zone: str) -> date:
    """The day that it is in the office."""
    return now.astimezone(ZoneInfo(zone)).date()


def due_clock(due: date | None, today: date) -> Clock | None:
    """Of the day by which it is to be done."""
    if due is None:
        return None
    left = (due - today).days
    if left < 0:
        return Clock(due, f"{_days(-left)} late", "bad")
    return Clock(due, "today" if left == 0 else f"in {_days(left)}", "warn" if left == 0 else "")


def limit_clock(limit: date | None, today: date) -> Clock | None:
    """Of the last day on which it still helps."""
    if limit is None:
        return None
    left = (limit - today).days
    if left < 0:
        return Clock(limit, f"over for {_days(-left)}", "bad")
    words = "last day is today" if left == 0 else f"{_days(left)} left"
    return Clock(limit, words, "bad" if left <= SOON else "")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
