"""A file of rows and columns, whatever it was saved as: its headings, and its rows as stripped text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


class FileUnreadable(Exception):
    """The file as a whole cannot be read. The text is for a person and quotes nothing from the file."""


@dataclass(frozen=True, repr=False)
class Table:
    """An opened table. `rows` can be gone through once; it gives each row's number as a spreadsheet counts.

    Rows that are blank are passed over but counted. `share` says how much of the file has been read, from 0 to 1.
    `notes` are sentences for a person about how the file was read.
    """

    headings: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    share: Callable[[], float]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Columns:
    """The columns that a kind of file has, by their documented names, in any order.

    `may_be_left_out` are those that a file need not have; `also` are taken where they stand and never asked for.
    """

    names: tuple[str, ...]
    may_be_left_out: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        return (*self.names, *self.also)
