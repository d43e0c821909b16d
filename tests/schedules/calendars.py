"""Calendars and instants for the tests of this room."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from schedules.calendar import Calendar, CalendarRules

NEW_YORK = "America/New_York"


def calendar(
    *,
    time_zone: str = NEW_YORK,
    shifts: list[dict[str, Any]] | None = None,
    maintenance: list[dict[str, Any]] | None = None,
    firings: list[dict[str, Any]] | None = None,
) -> Calendar:
    """A calendar of these rows alone, each as in a file."""
    rules = CalendarRules.model_validate(
        {
            "shifts": [{"id": f"shift-{number}", **row} for number, row in enumerate(shifts or [])],
            "maintenance": [{"id": f"maintenance-{number}", **row} for number, row in enumerate(maintenance or [])],
            "firings": [{"id": f"firing-{number}", "act": "sweep", **row} for number, row in enumerate(firings or [])],
        }
    )
    return Calendar(time_zone=time_zone, shifts=rules.shifts, maintenance=rules.maintenance, firings=rules.firings)


def local(text: str, zone: str = NEW_YORK, *, fold: int = 0) -> datetime:
    """`2026-03-08 02:30` of a time zone as an instant in UTC; `fold` 1: the second of two."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
