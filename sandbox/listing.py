"""What one search found and how it is listed: in pages, perhaps behind a filter, perhaps in an order that moves."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

Mismatch = Literal["", "name", "birth-date"]


@dataclass
class Paged(ABC):
    """A list of numbers in pages, as one visitor sees it."""

    too_many: bool = False
    """More than the portal lists: nothing is listed."""
    default_filter: str = ""
    """The filter that is set: "mine", "last-30-days" or none."""
    hidden: frozenset[str] = frozenset()
    """What the filter leaves out."""
    unstable: bool = False
    """Rows at the seams between pages change places from load to load."""
    loads: int = 0

    @property
    @abstractmethod
    def found(self) -> tuple[str, ...]:
        """All that the search found, in the order of the list."""

    @property
    def shown(self) -> tuple[str, ...]:
        """All that the filter lets through; their number is the total that the portal states."""
        if self.too_many:
            return ()
        return tuple(number for number in self.found if not self.default_filter or number not in self.hidden)

    def clear_filter(self) -> None:
        """Show all."""
        self.default_filter = ""

    def pages(self, rows: int) -> int:
        """How many pages of `rows` rows there are, at least one."""
        return max(1, -(-len(self.shown) // rows))

    def page(self, number: int, rows: int) -> tuple[str, ...]:
        """What stands on page `number` (from 1), one load of the list.

        In an unstable list the rows on both sides of each seam change place at every second load, as often as the
        list has pages: who reads page after page meets rows twice and misses others, the portal's own total says so,
        and who goes round again has them all.
        """
        self.loads += 1
        listed = list(self.shown)
        if self.unstable and self.loads % 2 == 0 and self.loads <= self.pages(rows):
            for seam in range(rows, len(listed), rows):
                listed[seam - 1], listed[seam] = listed[seam], listed[seam - 1]
        return tuple(listed[(number - 1) * rows : number * rows])

    def page_of(self, listed: str, rows: int) -> int:
        """The page on which a number stands in the list's own order; 1 when it is not listed."""
        shown = self.shown
        return shown.index(listed) // rows + 1 if listed in shown else 1


@dataclass
class Listing(Paged):
    """The claims of a visitor's last search, by payer claim numbers in the order of the list."""

    by: str = ""
    """Which of the form's ways found it."""
    claims: tuple[str, ...] = ()
    member_known: bool = True
    mismatch: Mismatch = ""
    """The id that was asked for is known, but not with this name or this birth date."""

    @property
    def found(self) -> tuple[str, ...]:
        """The claims."""
        return self.claims


@dataclass
class PaymentListing(Paged):
    """The payments of a visitor's last search, by trace numbers, the newest first."""

    by: str = ""
    """Which of the form's ways found it."""
    traces: tuple[str, ...] = ()

    @property
    def found(self) -> tuple[str, ...]:
        """The payments."""
        return self.traces
