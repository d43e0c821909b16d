"""A worker of the real command line that is killed, stopped and started again, and everything that it ever started."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from tests.chaos.inside import Order, Times
from tests.whole.office import Commands

GONE_SECONDS = 10.0
"""So long after its end something that a process started may still be there (promise 4 of the design)."""
END_SECONDS = 30.0
"""A worker that is told to end is gone by then."""


class Worker:
    """One `portalwright worker`, in one process after the other."""

    def __init__(self, name: str, office: Commands, times: Times, *more: str) -> None:
        """`more` are arguments of the command."""
        self.name = name
        self._office = office
        self._times = times
        self._arguments = ("worker", "--any-hour", *more)
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        self._family: dict[tuple[int, float], psutil.Process] = {}
        self.stopped = False
        self.began = 0.0

    @property
    def process_id(self) -> int:
        """Of the process that runs, or ran last."""
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Is there a process, stopped or not?"""
        return self._process is not None and self._process.poll() is None

    @property
    def said(self) -> Path:
        """What its processes wrote to standard output and error."""
        return self._office.home / f"{self.name}.txt"

    def start(self, step: Order | None = None) -> None:
        """Begin a new process; with `step`, one that dies there."""
        assert not self.runs
        self._number += 1
        order = Order(f"{self.name}.{self._number}", self._times) if step is None else step
        script = f"{order.script()}\nfrom portalwright.cli import main\nmain()"
        with self.said.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-c", script, *self._arguments],
                env=self._office.environment(),
                cwd=self._office.home,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self.stopped = False
        self.began = time.monotonic()

    def order(self, **more: object) -> Order:
        """The order for the next process, with a step to die at."""
        return Order(f"{self.name}.{self._number + 1}", self._times, **more)  # type: ignore[arg-type] # as named there

    def kill(self) -> None:
        """kill -9 of the process itself; what it started has to see to its own end."""
        self.look()
        self._signal(signal.SIGKILL)
        self.wait(30)
        self.stopped = False

    def stop(self) -> None:
        """Let it stand still (SIGSTOP)."""
        self.look()
        self._signal(signal.SIGSTOP)
        self.stopped = True

    def go_on(self) -> None:
        """Let it go on (SIGCONT)."""
        self._signal(signal.SIGCONT)
        self.stopped = False

    def tell_to_end(self) -> None:
        """SIGTERM: sign out, give the leases back, end."""
        self.look()
        self._signal(signal.SIGTERM)

    def wait(self, seconds: float) -> int | None:
        """Its exit code, or None when it has not ended within these seconds."""
        assert self._process is not None
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def look(self) -> None:
        """Note everything that the process has started and that still hangs on it."""
        if self.runs:
            with contextlib.suppress(psutil.Error):
                for child in psutil.Process(self.process_id).children(recursive=True):
                    self._family.setdefault((child.pid, child.create_time()), child)

    def family(self) -> list[psutil.Process]:
        """All that was ever noted."""
        return list(self._family.values())

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.runs:
                os.kill(self.process_id, number)


def left_over(workers: Sequence[Worker], office: Commands) -> list[str]:
    """What the workers started and what is still there after its time limit. It is ended here: it is ours."""
    deadline = time.monotonic() + GONE_SECONDS
    while (alive := [*_alive(workers, office)]) and time.monotonic() < deadline:
        time.sleep(0.2)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    return [f"{_name(process)} is still there" for process in alive]


def _alive(workers: Sequence[Worker], office: Commands) -> Iterator[psutil.Process]:
    """Those that were seen at work, and those whose command line names the office's own temporary folder."""
    seen = {process.pid: process for worker in workers for process in worker.family() if _lives(process)}
    folder = str(office.folder / "data" / "tmp")
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid not in seen and any(folder in word for word in process.cmdline()) and _lives(process):
                seen[process.pid] = process
    yield from seen.values()


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return "a process"
