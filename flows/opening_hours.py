"""When a portal lets robots in: weekly hours in a time zone of their own, across midnights and changes of the clock."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict, Field, field_validator, model_validator

from flows.values import Frozen

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

DAYS: tuple[Day, ...] = get_args(Day)
"""Monday first, as `date.weekday` counts."""

HORIZON = timedelta(days=14)
"""So far ahead a common opening of several timetables is looked for."""


class Hours(Frozen):
    """On these days the payer lets robots in from one time of day to another, in the portal's time zone."""

    model_config = ConfigDict(strict=False, validate_default=True, use_attribute_docstrings=True)

    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    """The days on which these hours hold."""
    from_: Annotated[str, Field(alias="from", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    """HH:MM, 24 hours."""
    to: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
    """HH:MM, 24 hours, later than `from`; 24:00 is the end of the day."""

    @model_validator(mode="after")
    def _one_day(self) -> Self:
        if self.from_ >= self.to:
            raise ValueError("'to' must be later than 'from'; write hours over midnight as two entries")
        if len(set(self.days)) != len(self.days):
            raise ValueError("a day stands twice under 'days'")
        return self


class Window(Hours):
    """Hours that say themselves in which time zone they are meant, as a permission's do."""

    time_zone: str
    """Such as America/New_York."""

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str) -> str:
        return _zone_name(name)

    @property
    def text(self) -> str:
        """As a person writes it, and as `read_windows` reads it."""
        return f"{','.join(self.days)} {self.from_}-{self.to} {self.time_zone}"


@dataclass(frozen=True)
class Opening:
    """The opening that holds at an instant, or the next one after it; both ends in UTC."""

    begins: datetime
    ends: datetime

    def holds(self, now: datetime) -> bool:
        """Is the portal open then?"""
        return self.begins <= now < self.ends


def windows_in(hours: Iterable[Hours], time_zone: str) -> tuple[Window, ...]:
    """These hours, meant in this time zone."""
    return tuple(
        Window.model_validate({"days": row.days, "from": row.from_, "to": row.to, "time_zone": time_zone})
        for row in hours
    )


def read_windows(text: str) -> tuple[Window, ...]:
    """What a person writes for hours: "mon-fri 18:00-06:00 America/New_York", days apart by commas too.

    Hours over midnight become two windows: those of the evening, and those of the next morning. Raises ValueError with
    a sentence for that person.
    """
    parts = re.fullmatch(r"\s*(\S+)\s+(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)\s+(\S+)\s*", text)
    if parts is None:
        raise ValueError('write hours as in "mon-fri 18:00-06:00 America/New_York"')
    days = _days(parts[1].lower())
    begin, end, zone = parts[2].zfill(5), parts[3].zfill(5), _zone_name(parts[4])
    if not all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock) for clock in (begin, end.replace("24:00", "00:00"))):
        raise ValueError(f"{parts[2]}-{parts[3]} are no times of a day; write them as 18:00-06:00")
    if begin == end:
        raise ValueError("hours that begin when they end; for a whole day write 00:00-24:00")
    pieces: list[tuple[tuple[Day, ...], str, str]] = [(days, begin, end)]
    if end < begin:
        morning = tuple(DAYS[(DAYS.index(day) + 1) % 7] for day in days)
        pieces = [(days, begin, "24:00")] + ([(morning, "00:00", end)] if end != "00:00" else [])
    return tuple(
        Window.model_validate({"days": on, "from": since, "to": until, "time_zone": zone})
        for on, since, until in pieces
    )


def opening(windows: Sequence[Window], now: datetime) -> Opening | None:
    """The opening that holds now or comes next; None where there are no windows, and it is always open.

    Openings that touch (until 24:00 and from 00:00) are one.
    """
    if not windows:
        return None
    # A week and a day back and ahead holds every opening that can touch one of this week, whatever the hours.
    spans = sorted(span for window in windows for span in _spans(window, now))
    merged: list[Opening] = []
    for begins, ends in spans:
        if merged and begins <= merged[-1].ends:
            merged[-1] = Opening(merged[-1].begins, max(merged[-1].ends, ends))
        else:
            merged.append(Opening(begins, ends))
    return next(one for one in merged if one.ends > now)


def common_opening(
    timetables: Iterable[Sequence[Window]], now: datetime, *, at_least: timedelta = timedelta()
) -> Opening | None:
    """The opening of all of these timetables at once that holds now or comes next, with more than `at_least` of it
    left; None where none of them has any windows.

    Where they have nothing in common within `HORIZON`, an empty opening at its end: then it is time to look again.
    """
    posted = [windows for windows in timetables if windows]
    if not posted:
        return None
    at, horizon = now, now + HORIZON
    while at < horizon:
        each = [found for windows in posted if (found := opening(windows, at)) is not None]
        begins, ends = max(one.begins for one in each), min(one.ends for one in each)
        if ends - max(begins, now) > at_least:
            return Opening(begins, ends)
        at = ends
    return Opening(horizon, horizon)


def _spans(window: Window, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    zone = ZoneInfo(window.time_zone)
    today = now.astimezone(zone).date()
    for ahead in range(-8, 16):
        day = today + timedelta(days=ahead)
        if DAYS[day.weekday()] in window.days:
            yield _instant(window.from_, day, zone), _instant(window.to, day, zone)


def _instant(clock: str, day: date, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def _zone_name(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{name}' is no time zone; write one such as America/New_York") from None
    return name


def _days(text: str) -> tuple[Day, ...]:
    found: list[Day] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        known: dict[str, Day] = {day: day for day in DAYS}
        if first not in known or (dash and last not in known):
            raise ValueError(f"'{part}' is no day; write mon, tue, wed, thu, fri, sat or sun, or mon-fri")
        begin = DAYS.index(known[first])
        length = (DAYS.index(known[last]) - begin) % 7 if dash else 0
        found += [DAYS[(begin + step) % 7] for step in range(length + 1)]
    return tuple(day for day in DAYS if day in found)
