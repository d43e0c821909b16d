"""What the portals' pages need of the application: the office's calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Span:
    """One row of the calendar: on which days, from when to when, in which time zone. `only` names its jobs, if any."""

    name: str
    days: str
    hours: str
    zone: str
    only: str = ""


class PortalNeeds(Protocol):
    """What only the office's files say of a portal."""

    def shifts(self, portal: str) -> Sequence[Span]:
        """When the office lets its robots work there."""

    def maintenance(self, portal: str, time_zone: str) -> Sequence[Span]:
        """When the portal, which is in this time zone, is left alone."""
