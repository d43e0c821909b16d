"""Reports as one HTML page: tables and charts made here, no script, nothing from outside, nothing of any patient."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from jinja2 import FileSystemLoader, Template

from console.charts import draw
from console.reports.shape import Report
from console.templating import STATIC, environment
from documents.columns import Cell, Column, Kind


def page(reports: Sequence[Report], *, practice: str, made_on: date, days: str) -> bytes:
    """The page as a file. Tables whose rows name claims are left out; their counts stand in their report's charts."""
    return (
        _template()
        .render(
            reports=reports,
            practice=practice,
            made_on=made_on,
            days=days,
            cell=cell_shown,
            is_number=is_number,
            drawn=lambda charts: [draw(chart) for chart in charts],
            chart_style=(STATIC / "charts.css").read_text(encoding="utf-8"),
        )
        .encode()
    )


def cell_shown(cell: Cell) -> str:
    """A cell for people: money with thousands parted, what is not known as nothing."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int():
            return f"{cell:,}"
        case date() | str():
            return str(cell)
        case _:
            return f"{cell:,.2f}"


def is_number(column: Column) -> bool:
    """Does this column stand to the right?"""
    return column.kind in (Kind.NUMBER, Kind.DOLLARS)


@cache
def _template() -> Template:
    # Autoescape: names of portals and practices come from the office.
    return environment(loader=FileSystemLoader(STATIC.parent / "templates")).get_template("reports/one_page.html")
