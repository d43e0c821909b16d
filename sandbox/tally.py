"""Counts how often each of several faults might have happened, and says when it does."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sandbox.switches import Sometimes

Fault = TypeVar("Fault", bound=Sometimes)


@dataclass
class _Counter:
    seen: int = 0
    happened: int = 0


@dataclass
class Tally(Generic[Fault]):
    """The counters of one kind of fault; a fault that is switched off and on again goes on counting."""

    chance: random.Random
    _counters: dict[Fault, _Counter] = field(default_factory=dict)

    def hit(self, faults: Iterable[Fault], applies: Callable[[Fault], bool] = lambda fault: True) -> Fault | None:
        """The first fault that applies and happens this time."""
        for fault in faults:
            if not applies(fault):
                continue
            counter = self._counters.setdefault(fault, _Counter())
            counter.seen += 1
            number = counter.seen - fault.after
            if number < 1 or (fault.times is not None and counter.happened >= fault.times):
                continue
            if number % fault.every == 0 if fault.every else self.chance.random() < (fault.probability or 0):
                counter.happened += 1
                return fault
        return None

    def take_back(self, fault: Fault) -> None:
        """It did not happen after all."""
        self._counters[fault].happened -= 1
