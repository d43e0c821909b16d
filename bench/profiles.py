"""Where the Python side's processor time goes: a profile of the event loop's thread and one of the ledger's thread."""

import cProfile
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Profiles:
    """Measures the loop from its making to `end`, on the loop's thread, and each call that goes through `in_ledger`."""

    def __init__(self, folder: Path) -> None:
        """`folder` takes the files `loop.prof` and `ledger.prof`, as `pstats` reads them."""
        self._folder = folder
        self._loop = cProfile.Profile()
        self._ledger = cProfile.Profile()
        self._loop.enable()

    def in_ledger(self, function: Callable[P, T]) -> Callable[P, T]:
        """The same function, measured on the thread that calls it."""

        def measured(*args: P.args, **kwargs: P.kwargs) -> T:
            return self._ledger.runcall(function, *args, **kwargs)

        return measured

    def end(self) -> None:
        """Stop, and write the files."""
        self._loop.disable()
        for name, profile in (("loop", self._loop), ("ledger", self._ledger)):
            profile.dump_stats(self._folder / f"{name}.prof")
