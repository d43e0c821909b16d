"""Watches one cell's processes from outside: processor time, memory, and who is still there when it has ended."""

import threading
import time
from dataclasses import dataclass

import psutil

_EVERY_SECONDS = 2.0
END_SECONDS = 10.0
"""So long after a cell's end something that it started may still be there (promise 4 of the design)."""

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Used:
    """What the robot's side used: our own process, the driver and the browser, without the practice portal."""

    processor_seconds: float
    peak_mib: float
    """The most memory at one moment, shared pages counted once (PSS)."""


class Watch:
    """Looks at a process and all that it starts every two seconds, until it is stopped."""

    def __init__(self, process_id: int) -> None:
        self._root = psutil.Process(process_id)
        self._seen: dict[int, psutil.Process] = {}
        self._portals: set[int] = set()
        self._seconds: dict[int, float] = {}
        self._peak = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> Used:
        """Look no longer, and say what was used."""
        self._stopped.set()
        self._thread.join()
        return Used(processor_seconds=sum(self._seconds.values()), peak_mib=self._peak / _MIB)

    def left_over(self) -> list[psutil.Process]:
        """Those who are still there so long after the end. They are ended here: they are ours."""
        deadline = time.monotonic() + END_SECONDS
        alive = [process for process in self._seen.values() if _lives(process)]
        while alive and time.monotonic() < deadline:
            time.sleep(0.2)
            alive = [process for process in alive if _lives(process)]
        for process in alive:
            process.kill()
        return alive

    def _watch(self) -> None:
        while True:
            self._look()
            if self._stopped.wait(_EVERY_SECONDS):
                return

    def _look(self) -> None:
        memory = 0
        for process in self._family():
            try:
                if process.pid not in self._seen:
                    self._seen[process.pid] = process
                    if "sandbox" in process.cmdline()[1:3]:
                        self._portals.add(process.pid)
                if process.pid in self._portals:
                    continue
                times = process.cpu_times()
                self._seconds[process.pid] = times.user + times.system
                memory += process.memory_full_info().pss
            except psutil.Error:
                continue
        self._peak = max(self._peak, memory)

    def _family(self) -> list[psutil.Process]:
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.Error:
            return []


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
