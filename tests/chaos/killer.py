"""Kills workers, or lets them stand still for a while, at random instants from a seed."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.chaos.workers import Worker

_STOPS_OF_ALL = 0.4
"""So many of its blows let a process stand still; the others kill it."""
_LONG_STOPS = 0.5
"""So many of these last longer than a lease."""
_KILLED_WHILE_STOPPED = 0.15


@dataclass(frozen=True)
class Life:
    """How long a process lives at most: until the portals have seen so many more events, or so many seconds."""

    steps: int
    seconds: float


@dataclass
class Killer:
    """Strikes each worker at a random instant of the life it may have, until so many (`blows`) were killed.

    A life is measured by what the portals see (`steps` counts it), so that a slow computer does not mean that everybody
    is killed before the work has begun.
    """

    workers: Sequence[Worker]
    blows: int
    life: Life
    lease_seconds: float
    chance: random.Random
    steps: Callable[[], int]
    about_to_kill: Callable[[Worker], None] = lambda _worker: None
    clock: Callable[[], float] = time.monotonic
    kills: int = 0
    stops: int = 0
    _next: dict[str, tuple[int, float]] = field(default_factory=dict)
    _goes_on: dict[str, float] = field(default_factory=dict)

    def tick(self) -> None:
        """Do what is due now: strike, let go on, start again. Call it some times a second."""
        now = self.clock()
        for worker in self.workers:
            if worker.stopped:
                if now >= self._goes_on[worker.name]:
                    worker.go_on()
                    self._draw(worker, now)
            elif not worker.runs:
                worker.start()
                self._draw(worker, now)
            elif self.kills < self.blows and self._time_has_come(worker, now):
                self._strike(worker, now)
            worker.look()

    def _draw(self, worker: Worker, now: float) -> None:
        steps = self.steps() + self.chance.randrange(self.life.steps)
        self._next[worker.name] = (steps, now + self.chance.uniform(0.2, 1.0) * self.life.seconds)

    def _time_has_come(self, worker: Worker, now: float) -> bool:
        steps, latest = self._next[worker.name]
        return self.steps() >= steps or now >= latest

    def _strike(self, worker: Worker, now: float) -> None:
        if self.chance.random() < _STOPS_OF_ALL:
            worker.stop()
            self.stops += 1
            long = self.chance.random() < _LONG_STOPS
            for_long = self.chance.uniform(1.2, 2.5) * self.lease_seconds
            self._goes_on[worker.name] = now + (for_long if long else self.chance.uniform(0.2, 2.0))
            if self.chance.random() >= _KILLED_WHILE_STOPPED:
                return
        self.about_to_kill(worker)
        worker.kill()
        self.kills += 1

    def enough(self) -> None:
        """Strike no more, and let everybody go on."""
        self.blows = 0
        for worker in self.workers:
            if worker.stopped:
                worker.go_on()
