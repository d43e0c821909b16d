"""A report as a CSV file, and as values for programs."""

import io
from datetime import date
from decimal import Decimal

from console.reports.shape import Report, Table
from documents.columns import Cell
from documents.table_out import write_csv

Value = str | int | bool | None


def as_csv(table: Table) -> bytes:
    """The table as every CSV file of ours is written."""
    out = io.BytesIO()
    write_csv(table.columns, table.rows, out)
    return out.getvalue()


def as_values(report: Report) -> dict[str, list[dict[str, Value]]]:
    """By the title of each table: its rows, by the names of their columns; amounts are texts."""
    return {
        table.title: [
            {column.name: _value(cell) for column, cell in zip(table.columns, row, strict=True)} for row in table.rows
        ]
        for table in report.tables
    }


def _value(cell: Cell) -> Value:
    match cell:
        case Decimal():
            return f"{cell:.2f}"
        case date():
            return cell.isoformat()
        case _:
            return cell
