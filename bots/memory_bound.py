"""How much memory a browser may take, as an office sets it; and what is told when its pages took more."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from flows.values import Frozen

MEBIBYTE = 1 << 20

LEAST_MEBIBYTES = 256
"""With less, an honest portal's pages would be ended."""


class MemoryBound(Frozen):
    """What one session may use, in MiB; a browser with several sessions may use as many times that."""

    mebibytes: Annotated[int, Field(ge=LEAST_MEBIBYTES)] = 1024

    def of(self, sessions: int) -> int:
        """What a browser with so many sessions may use, in bytes."""
        return self.mebibytes * max(1, sessions) * MEBIBYTE


AS_SHIPPED = MemoryBound()


class Ended(StrEnum):
    """What was ended for want of too much memory."""

    PAGE = "page"
    """One of the processes that show pages, or serve them; the browser and its other pages go on."""
    BROWSER = "browser"
    """The browser itself, with all of its pages."""


@dataclass(frozen=True)
class Exceeded:
    """The bound was passed: what was ended, and what the browser used in all, in MiB."""

    ended: Ended
    mebibytes: int


def to_end(sizes: Mapping[int, int], browser: int, bound: MemoryBound, sessions: int) -> int | None:
    """Which of these processes (id -> bytes) has to go; None while all is well.

    No process that shows pages may take more than one session may. When all of them together take too much, the largest
    goes, which is the browser itself (process `browser`) where it keeps for its pages what they ask it to keep.
    """
    pages = {process: size for process, size in sizes.items() if process != browser}
    largest_page = max(pages, key=pages.__getitem__, default=None)
    if largest_page is not None and pages[largest_page] > bound.of(1):
        return largest_page
    if sum(sizes.values()) > bound.of(sessions):
        return max(sizes, key=sizes.__getitem__)
    return None
