"""What the practice portals have seen so far, fetched bit by bit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.process import PracticePortal


@dataclass
class Watched:
    """The portals of a night and the events of each, oldest first."""

    portals: Sequence[PracticePortal]
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def fetch(self) -> None:
        """See what is new."""
        for portal in self.portals:
            seen = self.events.setdefault(portal.name, [])
            seen += portal.events(len(seen))

    @property
    def steps(self) -> int:
        """How many events there were, at all of the portals."""
        return sum(map(len, self.events.values()))
