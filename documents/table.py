"""A file of rows and columns, whatever it was saved as: its headings, and its rows as stripped text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


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
