"""The office's calendar as the portals' pages see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.portals.needs import Span
from portalwright.office import Desk
from portalwright.office_calendar import office_calendar

_DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Portals:
    """See `console.portals.needs`."""

    desk: Desk

    def shifts(self, portal: str) -> Sequence[Span]:
        """When the office lets its robots work there."""
        calendar = office_calendar(self.desk.office)
        rows = [row for row in calendar.shifts if not row.portals or portal in row.portals]
        return tuple(
            Span(row.id, _days(row.days), f"{row.from_} to {row.to}", calendar.zone(row).key, ", ".join(row.flows))
            for row in rows
        )

    def maintenance(self, portal: str, time_zone: str) -> Sequence[Span]:
        """When the portal, which is in this time zone, is left alone."""
        calendar = office_calendar(self.desk.office)
        return tuple(
            Span(
                row.id,
                _days(row.days) if row.days else ", ".join(day.isoformat() for day in row.on),
                f"{row.from_} to {row.to}",
                calendar.zone(row, time_zone).key,
            )
            for row in calendar.maintenance_of(portal)
        )


def _days(days: Sequence[str]) -> str:
    return "every day" if len(days) == _DAYS_OF_WEEK else ", ".join(days)
