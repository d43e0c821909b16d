"""The same act by several threads that begin at one moment, each with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from ledger.start import close_connection

_PATIENCE = 30.0
"""Seconds that a slow computer may take to start them all."""

T = TypeVar("T")


def at_once(count: int, act: Callable[[int], T]) -> list[T]:
    """What each act returned, by its number. Raises what the first of them raised."""
    start = Barrier(count)

    def one(number: int) -> T:
        start.wait(_PATIENCE)
        try:
            return act(number)
        finally:
            close_connection()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))
