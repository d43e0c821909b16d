"""Which step of a look-up costs what: each step's own time, without that of the steps inside it."""

import contextlib
import functools
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from bench.processor_time import Meter, Used
from bots.engine import PageEngine
from bots.reading import ViewReader
from bots.rows import Rows

P = ParamSpec("P")
T = TypeVar("T")

_STEPS: tuple[tuple[type, str, str], ...] = (
    (PageEngine, "go", "open"),
    (PageEngine, "fill", "fill"),
    (PageEngine, "mark_if_row", "look"),
    (PageEngine, "choose", "fill"),
    (PageEngine, "values", "look"),
    (PageEngine, "mark", "look"),
    (PageEngine, "press", "press"),
    (PageEngine, "press_row", "press"),
    (PageEngine, "wait_for", "wait"),
    (PageEngine, "read", "read"),
    (ViewReader, "whole", "sense"),
    (Rows, "find", "sense"),
)
"""Methods and the step that their time belongs to."""


class Split:
    """Measures from its making to `end`. What is inside no step is the flow's own: comparing, deciding, the loop.

    The meters are read at each border of a step, which costs time of its own: use it apart from what is compared.
    """

    def __init__(self, process_id: int) -> None:
        self._meter = Meter(process_id)
        self._wall: dict[str, float] = defaultdict(float)
        self._used: dict[str, Used] = defaultdict(Used)
        self._times: dict[str, int] = defaultdict(int)
        self._stack = ["flow"]
        self._undo: list[Callable[[], None]] = []
        for owner, method, step in _STEPS:
            self._wrap(owner, method, step)
        self._at, self._before = time.perf_counter(), self._read()

    def _wrap(self, owner: type, method: str, step: str) -> None:
        plain: Callable[..., Awaitable[Any]] = getattr(owner, method)

        @functools.wraps(plain)
        async def measured(*arguments: Any, **keywords: Any) -> Any:
            with self.step(step):
                return await plain(*arguments, **keywords)

        setattr(owner, method, measured)
        self._undo.append(lambda: setattr(owner, method, plain))

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What happens inside belongs to this step."""
        self._border()
        self._stack.append(name)
        self._times[name] += 1
        try:
            yield
        finally:
            self._border()
            self._stack.pop()

    def _border(self) -> None:
        now, used = time.perf_counter(), self._read()
        self._wall[self._stack[-1]] += now - self._at
        self._used[self._stack[-1]] += used - self._before
        # Reading the meters is our own cost, not the product's.
        self._at, self._before = time.perf_counter(), self._read()

    def _read(self) -> Used:
        # Our own process is read by the clock that is finer than the kernel's ticks.
        return replace(self._meter.read(), python=time.process_time())

    def end(self) -> dict[str, dict[str, float]]:
        """Stop measuring, and give each step's seconds: wall, and processor time of Python, driver and browser."""
        self._border()
        for undo in self._undo:
            undo()
        return {
            step: {
                "times": self._times[step],
                "wall": self._wall[step],
                "python": self._used[step].python,
                "driver": self._used[step].driver,
                "browser": self._used[step].browser,
            }
            for step in self._wall
        }
