"""The shape of every report, whatever it is shown as: titled tables, and charts of a few bars."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from documents.columns import Cell, Column


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for, how long it is, and how its value is written."""

    label: str
    value: float
    shown: str


@dataclass(frozen=True)
class Chart:
    """Horizontal bars under a heading; the longest one fills the width."""

    title: str
    bars: Sequence[Bar]

    @property
    def longest(self) -> float:
        """The value of the longest bar; one where all are nothing, so that a share can be taken of it."""
        return max((bar.value for bar in self.bars), default=0.0) or 1.0


@dataclass(frozen=True)
class Table:
    """Rows under their columns. `of_patients`: its rows name claims, so that it is shown to one person at a time only.

    `empty` is the sentence where there are no rows.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str
    of_patients: bool = False


@dataclass(frozen=True)
class Report:
    """A report: its name on the command line, its title, and what there is to say about how it was made."""

    name: str
    title: str
    tables: Sequence[Table]
    charts: Sequence[Chart] = ()
    notes: Sequence[str] = field(default_factory=tuple)
