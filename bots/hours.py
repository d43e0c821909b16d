"""When a portal lets robots in: posted hours in its own time zone, across midnights and changes of the clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from packs.models import Hours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Opening:
    """The opening that holds at an instant, or the next one after it; both ends in UTC."""

    begins: datetime
    ends: datetime

    def holds(self, now: datetime) -> bool:
        """Is the portal open then?"""
        return self.begins <= now < self.ends


def opening(hours: Sequence[Hours], zone: ZoneInfo, now: datetime) -> Opening | None:
    """The opening that holds now or comes next; None where the portal posts no hours and is always open.

    Openings that touch (until 24:00 and from 00:00) are one.
    """
    if not hours:
        return None
    today = now.astimezone(zone).date()
    # A week and a day back and ahead holds every opening that can touch one of this week, whatever the hours.
    spans = sorted(span for ahead in range(-8, 16) for span in _of_day(hours, zone, today + timedelta(days=ahead)))
    merged: list[Opening] = []
    for begins, ends in spans:
        if merged and begins <= merged[-1].ends:
            merged[-1] = Opening(merged[-1].begins, max(merged[-1].ends, ends))
        else:
            merged.append(Opening(begins, ends))
    return next(one for one in merged if one.ends > now)


def _of_day(hours: Sequence[Hours], zone: ZoneInfo, day: date) -> Iterator[tuple[datetime, datetime]]:
    for row in hours:
        if _DAYS[day.weekday()] in row.days:
            yield _instant(row.from_, day, zone), _instant(row.to, day, zone)


def _instant(clock: str, day: date, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)
