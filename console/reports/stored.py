"""Reports as text, to be kept and shown again later: everything but the tables whose rows name claims."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from console.charts import Bars, Chart, Columns, Lines
from console.reports.shape import Report, Table
from documents.columns import Cell, Column, Kind

_CHARTS: Mapping[str, TypeAdapter[Any]] = MappingProxyType(
    {kind.__name__: TypeAdapter(kind) for kind in (Bars, Columns, Lines)}
)


def as_stored(report: Report) -> str:
    """The report without patients, as JSON; amounts are texts."""
    tables = [_table(table) for table in report.tables if not table.of_patients]
    charts = [{"kind": type(chart).__name__, "of": asdict(chart)} for chart in report.charts]
    held = {
        "name": report.name, "title": report.title, "tables": tables, "charts": charts, "notes": list(report.notes),
    }  # fmt: skip
    return json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_stored(stored: str) -> Report:
    """The report as it was made. Raises ValueError for what no version of ours has written."""
    held = json.loads(stored)
    return Report(
        name=held["name"],
        title=held["title"],
        tables=tuple(_table_of(table) for table in held["tables"]),
        charts=tuple(_chart_of(chart) for chart in held["charts"]),
        notes=tuple(held["notes"]),
    )


def _table(table: Table) -> Mapping[str, object]:
    return {
        "title": table.title,
        "columns": [[column.name, column.kind.name] for column in table.columns],
        "rows": [[_held(cell) for cell in row] for row in table.rows],
        "empty": table.empty,
    }


def _held(cell: Cell) -> str | int | bool | None:
    match cell:
        case Decimal():
            return f"{cell:f}"
        case date():
            return cell.isoformat()
        case _:
            return cell


def _table_of(held: Mapping[str, Any]) -> Table:
    columns = tuple(Column(name, Kind[kind]) for name, kind in held["columns"])
    rows = tuple(tuple(_cell(column, cell) for column, cell in zip(columns, row, strict=True)) for row in held["rows"])
    return Table(title=held["title"], columns=columns, rows=rows, empty=held["empty"])


def _cell(column: Column, cell: str | int | bool | None) -> Cell:
    if isinstance(cell, str) and column.kind is Kind.DOLLARS:
        return Decimal(cell)
    if isinstance(cell, str) and column.kind is Kind.DATE:
        return date.fromisoformat(cell)
    return cell


def _chart_of(held: Mapping[str, Any]) -> Chart:
    chart: Chart = _CHARTS[held["kind"]].validate_python(held["of"])
    return chart
