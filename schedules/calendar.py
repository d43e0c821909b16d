"""The calendar: when sessions may run, when a portal is left alone, and what is done at which time. Rules as data.

Rules ship in `rules/calendar.toml`; an office replaces, takes out and adds rows in `schedules/calendar.toml` of its
own folder. What a rule means in instants is in `openings` (spans of time) and `firings` (points in time).
"""

import tomllib
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from flows.opening_hours import DAYS, Day
from flows.questions import Flow
from flows.values import Frozen

CALENDAR_FILE = "calendar.toml"
"""In the folder `schedules` of an office."""

RowName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
EndOfSpan = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


def _zone_name(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be the name of a time zone, such as America/Chicago") from None
    return name


ZoneName = Annotated[str, AfterValidator(_zone_name)]


def _days_apart(days: tuple[Day, ...]) -> tuple[Day, ...]:
    if not days:
        raise ValueError("must name one day at least")
    if len(set(days)) != len(days):
        raise ValueError("has a day twice")
    return days


Days = Annotated[tuple[Day, ...], AfterValidator(_days_apart)]


class Act(StrEnum):
    """What the calendar can do at a time; a closed set."""

    ASK_FOR_REMITTANCES = "ask-for-remittances"
    """Put yesterday's payments of every portal in use on the work list."""
    BACK_UP = "back-up"
    """Make the nightly backup, where office.toml names a folder for it."""
    SWEEP = "sweep"
    """Remove what processes that were killed left behind."""
    VERIFY_AUDIT = "verify-audit"
    """Prove that the audit log is as it was written; people are told where it is not."""
    RETENTION = "retention"
    """Say how much has been kept for as long as its rule says; remove it where office.toml wants that."""


class Holidays(StrEnum):
    """What a rule does on federal holidays of the United States."""

    WORK = "work"
    SKIP = "skip"


class _Row(Frozen):
    model_config = ConfigDict(strict=False, extra="forbid", populate_by_name=True)

    id: RowName
    enabled: bool = True


class Shift(_Row):
    """When sessions may run: from one time of day to another, over midnight where `to` is not later than `from`.

    `days` are those on which it begins. The shifts that name a portal or a job hold for it in the place of those that
    do not: of all that fit, the most particular ones.
    """

    days: Days = DAYS
    from_: Annotated[TimeOfDay, Field(alias="from")]
    to: EndOfSpan
    holidays: Holidays = Holidays.WORK
    portals: tuple[str, ...] = ()
    flows: tuple[Flow, ...] = ()
    time_zone: ZoneName | None = None


class Maintenance(_Row):
    """When a portal is left alone: every week on `days`, or on the days `on`. In the portal's own time zone.

    Without `portals` it is about all of them, in the office's time zone.
    """

    days: tuple[Day, ...] = ()
    on: tuple[date, ...] = ()
    from_: Annotated[TimeOfDay, Field(alias="from")]
    to: EndOfSpan
    portals: tuple[str, ...] = ()
    time_zone: ZoneName | None = None

    @model_validator(mode="after")
    def _on_some_day(self) -> Self:
        if bool(self.days) == bool(self.on):
            raise ValueError("'days' (of every week) or 'on' (single days) is needed, and only one of them")
        return self


class Firing(_Row):
    """An act at a time of day. One that was missed while no worker ran is done once when one is there again."""

    act: Act
    at: TimeOfDay
    days: Days = DAYS
    holidays: Holidays = Holidays.WORK
    time_zone: ZoneName | None = None


Row = TypeVar("Row", Shift, Maintenance, Firing)


class CalendarRules(Frozen):
    """A file of the calendar, as it is written."""

    model_config = ConfigDict(strict=False, extra="forbid")

    time_zone: ZoneName | None = None
    shifts: tuple[Shift, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    firings: tuple[Firing, ...] = ()

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        for what, rows in (("shifts", self.shifts), ("maintenance", self.maintenance), ("firings", self.firings)):
            ids = [row.id for row in rows]
            if twice := next((name for name in ids if ids.count(name) > 1), None):
                raise ValueError(f"two {what} have the id '{twice}'")
        return self


class Calendar(Frozen):
    """The calendar that an office works by. `time_zone` holds for every row that names none."""

    time_zone: str
    shifts: tuple[Shift, ...]
    maintenance: tuple[Maintenance, ...]
    firings: tuple[Firing, ...]

    def shifts_for(self, portal: str, flow: Flow) -> tuple[Shift, ...]:
        """The shifts that hold for this job at this portal: those that name it most particularly."""
        fitting = [
            row
            for row in self.shifts
            if (not row.portals or portal in row.portals) and (not row.flows or flow in row.flows)
        ]
        most = max((_particular(row) for row in fitting), default=0)
        return tuple(row for row in fitting if _particular(row) == most)

    def maintenance_of(self, portal: str) -> tuple[Maintenance, ...]:
        """What holds this portal shut."""
        return tuple(row for row in self.maintenance if not row.portals or portal in row.portals)

    def zone(self, row: Shift | Firing | Maintenance, portal_zone: str | None = None) -> ZoneInfo:
        """The time zone that a row is written in."""
        of_portal = portal_zone if isinstance(row, Maintenance) and row.portals else None
        return ZoneInfo(row.time_zone or of_portal or self.time_zone)


def calendar_of(office: CalendarRules, computer_zone: Callable[[], str]) -> Calendar:
    """The shipped calendar as an office sees it, with its own rows. `computer_zone`: the zone where none is named."""
    shipped = shipped_rules()
    return Calendar(
        time_zone=office.time_zone or shipped.time_zone or computer_zone(),
        shifts=_merged(shipped.shifts, office.shifts),
        maintenance=_merged(shipped.maintenance, office.maintenance),
        firings=_merged(shipped.firings, office.firings),
    )


@cache
def shipped_rules() -> CalendarRules:
    """The calendar that comes with the product."""
    text = files("schedules").joinpath("rules", CALENDAR_FILE).read_text(encoding="utf-8")
    return CalendarRules.model_validate(tomllib.loads(text))


def _particular(row: Shift) -> int:
    """A portal's name says more than a job's."""
    return 2 * bool(row.portals) + bool(row.flows)


def _merged(shipped: Iterable[Row], office: Iterable[Row]) -> tuple[Row, ...]:
    by_id = {row.id: row for row in shipped} | {row.id: row for row in office}
    return tuple(row for row in by_id.values() if row.enabled)
