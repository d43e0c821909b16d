"""The shape of every report, whatever it is shown as: titled tables, charts, and what there is to say about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.charts import Chart
from documents.columns import Cell, Column


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
