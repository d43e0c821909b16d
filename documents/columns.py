"""The columns of a file that goes out: their headings, what their cells hold, and how several codes share one cell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto

Cell = str | int | Decimal | date | datetime | bool | None


class Kind(Enum):
    """What a column holds, which decides how each kind of file writes it. None is always a blank."""

    TEXT = auto()
    NUMBER = auto()
    DOLLARS = auto()
    DATE = auto()
    INSTANT = auto()
    """An aware time, written in UTC."""
    YES_NO = auto()


@dataclass(frozen=True)
class Column:
    """One column: its heading and what its cells hold."""

    name: str
    kind: Kind


def listed(texts: Iterable[str]) -> str | None:
    """Several texts as one cell; none at all is a blank."""
    return "; ".join(texts) or None
