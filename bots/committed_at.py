"""When a press that changes something was committed: one that has waited for long since then is not made any more."""

import time
from dataclasses import dataclass

_STILL_SECONDS = 15.0
"""A commit older than this is not pressed on: a third of the time after which somebody else may have the lane, who
looks at what the portal says and takes it that nothing will be pressed any more."""


@dataclass(frozen=True)
class CommittedAt:
    """An instant by both clocks of this computer: one stands still while the computer sleeps, the other can be set."""

    wall: float
    running: float

    @classmethod
    def now(cls) -> "CommittedAt":
        """This instant."""
        return cls(time.time(), time.monotonic())

    @property
    def too_long_ago(self) -> bool:
        """Is it too long ago for a press, because the process was stopped meanwhile, or the computer?"""
        now = self.now()
        return max(abs(now.wall - self.wall), now.running - self.running) > _STILL_SECONDS
