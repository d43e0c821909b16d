"""The most memory that a side ever holds: the proportional set size of all its processes, read again and again.

Proportional: what several processes share counts once, in parts. Linux alone tells it; elsewhere there is no figure.
"""

import threading
from collections import Counter
from types import TracebackType
from typing import Self

import psutil

from bench.processor_time import kind_of

_MEBIBYTE = 1024 * 1024
_SECONDS_BETWEEN = 0.25


class MostMemory:
    """Looks at all that descends from a process, itself left out, from entering to leaving the `with` statement."""

    def __init__(self, process_id: int) -> None:
        self._root = psutil.Process(process_id)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._most: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def mebibytes(self) -> dict[str, float]:
        """The look at which it was the most: `total`, and of it `python`, `driver` and `browser`. {} if not told."""
        if not self._most:
            return {}
        parts = {kind: round(self._most[kind] / _MEBIBYTE, 1) for kind in ("python", "driver", "browser")}
        return {"total": round(self._most.total() / _MEBIBYTE, 1), **parts}

    def _watch(self) -> None:
        while True:
            now = _held(self._root)
            if now.total() > self._most.total():
                self._most = now
            if self._ended.wait(_SECONDS_BETWEEN):
                return


def _held(root: psutil.Process) -> Counter[str]:
    """Bytes by kind of process; a process that ends meanwhile counts nothing."""
    sums: Counter[str] = Counter()
    for process in root.children(recursive=True):
        try:
            sums[kind_of(process)] += getattr(process.memory_full_info(), "pss", 0)
        except psutil.Error:
            continue
    return sums
