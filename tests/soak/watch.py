"""Runs one cell's process and watches it from outside: processor time, memory, and who is still there at its end."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Ran:
    """How a cell's process ended: its last line (JSON; None when it failed), what it used, how many it left behind."""

    answer: Any
    used: Used
    left_over: int
    seconds: float


_print_lock = threading.Lock()


def say(line: str) -> None:
    """Print a line at once; cells run side by side."""
    with _print_lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def tell(line: str) -> None:
    """Print a line about what goes on in a process that `ran` runs, whose standard output is its answer."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def ran(module: str, task: dict[str, Any], *, seconds: float) -> Ran:
    """Run `python -m MODULE TASK` to its end, or end it after so many seconds and raise TimeoutExpired."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", module, json.dumps(task)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    watch = Watch(process.pid)
    try:
        out, _ = process.communicate(timeout=seconds)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        used = watch.stop()
    left_over = len(watch.left_over())
    answer = json.loads(out.splitlines()[-1]) if process.returncode == 0 else None
    return Ran(answer, used, left_over, time.monotonic() - began)


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
