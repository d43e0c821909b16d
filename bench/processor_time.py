"""How much processor time a program and everything that it started has used, the browser's processes included."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil


@dataclass(frozen=True)
class Used:
    """Seconds of processor time (user and system): of our own Python, of Playwright's driver, of the browser."""

    python: float = 0.0
    driver: float = 0.0
    browser: float = 0.0

    @property
    def total(self) -> float:
        return self.python + self.driver + self.browser

    def __sub__(self, before: Self) -> "Used":
        return Used(self.python - before.python, self.driver - before.driver, self.browser - before.browser)

    def __add__(self, more: Self) -> "Used":
        return Used(self.python + more.python, self.driver + more.driver, self.browser + more.browser)

    def each(self, times: int) -> "Used":
        """The share of one of so many."""
        return Used(self.python / times, self.driver / times, self.browser / times)


class Meter:
    """Reads what one process and all that descend from it have used so far.

    Read it while they live: what a process used is lost for us when it ends and nobody of the tree waits for it. Those
    that were waited for are counted with the one that waited.
    """

    def __init__(self, process_id: int) -> None:
        self._root = psutil.Process(process_id)
        self._children: list[tuple[psutil.Process, str]] = []
        self.find_children()

    def find_children(self) -> None:
        """Look again for what the process has started; between two looks only the known ones are read."""
        self._children = [(child, kind_of(child)) for child in self._root.children(recursive=True)]

    def read(self) -> Used:
        """Seconds so far."""
        sums = {"python": _seconds(self._root), "driver": 0.0, "browser": 0.0}
        for child, kind in self._children:
            sums[kind] += _seconds(child)
        return Used(**sums)


_DRIVERS = ("node", "chromedriver")
"""Words in the names of the programs that stand between a script and its browser."""


def kind_of(process: psutil.Process) -> str:
    """ "python", "driver" or "browser", by the program's name."""
    try:
        # Some builds of Node call their first thread, and so themselves, something else.
        name = Path(process.exe() or process.name()).name.lower()
    except psutil.Error:
        return "browser"
    if any(word in name for word in _DRIVERS):
        return "driver"
    return "python" if "python" in name else "browser"


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
