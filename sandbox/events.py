"""What a visitor did at a practice portal, in order: the record against which a robot's manners are checked."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.clock import Clock

Detail = str | int | bool | None


@dataclass(frozen=True)
class Event:
    """One thing the portal saw, with its own time (UTC) and the visitor's user agent."""

    sequence: int
    at: datetime
    kind: str
    user_agent: str
    details: tuple[tuple[str, Detail], ...]

    def as_json(self) -> dict[str, Detail]:
        """The event as one flat JSON object."""
        return {
            "sequence": self.sequence,
            "at": self.at.isoformat(),
            "kind": self.kind,
            "user_agent": self.user_agent,
            **dict(self.details),
        }


class EventLog:
    """An ordered list of events, in memory only: it ends with the practice portal."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: list[Event] = []

    def add(self, kind: str, user_agent: str, **details: Detail) -> None:
        """Note that something happened now."""
        event = Event(len(self._events) + 1, self._clock.now(), kind, user_agent, tuple(details.items()))
        self._events.append(event)

    def since(self, sequence: int = 0) -> tuple[Event, ...]:
        """All events after the one with this sequence number, oldest first."""
        return tuple(self._events[sequence:])
