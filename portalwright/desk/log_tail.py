"""The end of the office's log, read once for everybody who watches it at the desk."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from console.tonight.needs import Tail
from portalwright.watching.log_lines import Follower, LogLine, newest, wanted

_KEPT = 500
_LOOK_EVERY = 0.5


@dataclass
class LogTail:
    """The newest lines. May be asked from many threads.

    Lines are numbered from a time on, so that a number that another tail gave out (before the console was started
    anew) is known as none of ours.
    """

    folder: Path
    monotonic: Callable[[], float] = time.monotonic
    _first: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    _lock: Lock = field(default_factory=Lock)
    _follower: Follower | None = None
    _lines: deque[LogLine] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _count: int = 0
    _looked_at: float = 0.0

    def after(self, number: int | None, most: int) -> Tail:
        """The lines that came after this number; None, and a number that was not given out here: the newest. At most
        so many, in the order of time."""
        with self._lock:
            self._look()
            newest_number, here = self._first + self._count, len(self._lines)
            follows = number is not None and self._first <= number <= newest_number
            new = min(here, most, newest_number - number if follows and number is not None else here)
            return Tail(newest_number, tuple(self._lines)[here - new :], follows=follows)

    def _look(self) -> None:
        if self._follower is None:
            self._follower = Follower(self.folder)
            ends = self._follower.skip_to_end()
            self._add(newest(self.folder, wanted(None, (), None), _KEPT, ends))
        elif self.monotonic() - self._looked_at < _LOOK_EVERY:
            return
        self._looked_at = self.monotonic()
        self._add(self._follower.new_lines())

    def _add(self, lines: list[LogLine]) -> None:
        self._lines.extend(lines)
        self._count += len(lines)
