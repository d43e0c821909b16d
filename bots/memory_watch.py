"""Keeps a browser within its memory: what a page takes beyond that ends it, before the whole computer suffers.

A page that is hostile, or only broken, can ask for memory without end: in its scripts' heap, in buffers beside that, in
a document of millions of elements. The browser's own limits are for each kind of it, and far apart. So its processes
are measured from outside, many times a second, on a thread of their own: our own event loop may be busy.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bots.memory_bound import MEBIBYTE, Ended, Exceeded, MemoryBound, to_end

_LOOK_SECONDS = 0.1
_SHARE_OF_A_PROCESSOR = 0.01
"""Looking for new processes may cost so much of one processor: it is done less often where many run on the computer."""
_FALL = 64 * MEBIBYTE
"""When the computer's free memory has fallen by so much, they are looked for at once: one of them may be eating it."""
_GONE_SECONDS = 2.0
"""So long a process that was killed may take to give its memory back, before the next one is looked at."""


class MemoryWatch:
    """Looks at the processes of one browser until it is stopped, and ends what passes the bound."""

    def __init__(
        self, browser: int, bound: MemoryBound, sessions: Callable[[], int], told: Callable[[Exceeded], None]
    ) -> None:
        """`browser` is its process id. `told` is called on the thread that watches, each time something was ended."""
        self._browser = psutil.Process(browser)
        self._bound = bound
        self._sessions = sessions
        self._told = told
        self._processes: list[psutil.Process] = []
        self._look_for_new_at = 0.0
        self._free = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="browser-memory", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; returns when the thread has ended."""
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(_LOOK_SECONDS):
            try:
                self._look()
            except (psutil.Error, OSError):
                # What went away while it was looked at; the next look tells whether it was all of it.
                if not self._browser.is_running():
                    return

    def _look(self) -> None:
        """One look. Raises psutil's errors and OSError, such as NoSuchProcess when the browser itself is gone."""
        self._find_new()
        sizes = {process.pid: bytes_of(process) for process in self._processes}
        chosen = to_end(sizes, self._browser.pid, self._bound, self._sessions())
        if chosen is None:
            return
        process = next(one for one in self._processes if one.pid == chosen)
        process.kill()
        ended = Ended.BROWSER if chosen == self._browser.pid else Ended.PAGE
        self._told(Exceeded(ended, sum(sizes.values()) // MEBIBYTE))
        self._look_for_new_at = 0.0
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(_GONE_SECONDS)

    def _find_new(self) -> None:
        """The browser's processes as they are now; not more often than looking through all processes is worth."""
        begun, free = time.monotonic(), psutil.virtual_memory().available
        self._free = max(self._free, free)
        if begun < self._look_for_new_at and self._free - free < _FALL:
            return
        self._free = free
        self._processes = [self._browser, *self._browser.children(recursive=True)]
        ended = time.monotonic()
        self._look_for_new_at = ended + (ended - begun) / _SHARE_OF_A_PROCESSOR


def bytes_of(process: psutil.Process) -> int:
    """The memory that would be free without this process: nothing that it shares with others, or that is in a file.

    On Linux and Windows what the system has moved to the disk counts too. 0 for a process that has gone, or that is the
    system's own.
    """
    try:
        if psutil.LINUX:
            return _bytes_on_linux(Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace"))
        info = process.memory_info()
        # Windows tells what was promised to the process; `rss` sinks there while a process sleeps.
        return int(getattr(info, "private", info.rss))
    except (psutil.Error, OSError):
        return 0


def _bytes_on_linux(status: str) -> int:
    """By the lines of /proc/PID/status, which are in KiB. psutil tells the last two by a long look at all mappings.

    Both count: pictures lie in shared memory, and what a page has the computer move to the disk slows it down for all.
    """
    told = (line.split() for line in status.splitlines())
    return sum(int(line[1]) << 10 for line in told if line and line[0] in ("RssAnon:", "RssShmem:", "VmSwap:"))
