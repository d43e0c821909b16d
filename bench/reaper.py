"""Stands above a side of the benchmark, so that the processor time of everything that it started can be read.

A browser that ends leaves processes behind for a moment that nobody of its tree waits for; what they used would be
lost. On Linux they become children of this process, which waits for them: their seconds are counted with its own. It
runs
`python -m bench.reaper PROGRAM ARGUMENTS...`, lets standard input and output through, and ends with that program.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

_SET_CHILD_SUBREAPER = 36
"""The number of Linux's prctl for it."""


def main(command: list[str]) -> int:
    """Run the program; returns its exit code."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    child = subprocess.Popen(command)  # noqa: S603 - what the benchmark says, no shell
    signal.signal(signal.SIGTERM, lambda *_: child.kill())
    if ended.is_set():
        child.kill()
    # Our own ends of the pipes would keep them open.
    for descriptor in (0, 1):
        os.close(descriptor)
    if sys.platform == "win32":
        return child.wait()
    while True:
        process_id, status = os.waitpid(-1, 0)
        if process_id == child.pid:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
