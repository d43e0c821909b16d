"""Days as a portal's people count them: local days of its time zone, and when they begin in UTC."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def day_in(at: datetime, zone: ZoneInfo) -> date:
    """The day that it is there at this instant."""
    return at.astimezone(zone).date()


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which this day begins there."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_words(count: int) -> str:
    """`1 day`, `14 days`."""
    return f"{count} day" if count == 1 else f"{count} days"
