"""When a portal lets robots in: the posted hours of its pack, in the portal's own time zone."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.opening_hours import Hours, Opening, windows_in
from flows.opening_hours import opening as opening_of

__all__ = ["Opening", "opening"]


def opening(hours: Sequence[Hours], zone: ZoneInfo, now: datetime) -> Opening | None:
    """The opening that holds now or comes next; None where the portal posts no hours and is always open."""
    return opening_of(windows_in(hours, zone.key), now)
