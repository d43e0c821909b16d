"""How far a fuzzing process has come, in a file that both it and its watcher see, whatever way the process ends."""

import mmap
import struct
from pathlib import Path

from tests.fuzz.mutation import LONGEST

_COUNTS = struct.Struct("=QQQ")
_LENGTH = struct.Struct("=Q")
_BEGINS = _COUNTS.size + _LENGTH.size
_ROOM = _BEGINS + 4 * LONGEST


class Tally:
    """Runs, refusals and crashes so far, and the input that is being read."""

    def __init__(self, file: Path) -> None:
        """Made anew when it is not there."""
        if not file.exists():
            file.write_bytes(bytes(_ROOM))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), _ROOM)

    def begins(self, content: bytes) -> None:
        """This input is read now."""
        kept = content[: _ROOM - _BEGINS]
        self._shared[_COUNTS.size : _BEGINS] = _LENGTH.pack(len(kept))
        self._shared[_BEGINS : _BEGINS + len(kept)] = kept

    def ended(self, *, refused: bool, crashed: bool) -> None:
        """It has been read, refused, or was a crash."""
        runs, refusals, crashes = self.counts
        self._shared[: _COUNTS.size] = _COUNTS.pack(runs + 1, refusals + refused, crashes + crashed)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Runs, refusals and crashes."""
        runs, refusals, crashes = _COUNTS.unpack(self._shared[: _COUNTS.size])
        return runs, refusals, crashes

    @property
    def content(self) -> bytes:
        """The input that was begun last."""
        (length,) = _LENGTH.unpack(self._shared[_COUNTS.size : _BEGINS])
        return self._shared[_BEGINS : _BEGINS + length]
