"""Reports as one HTML page: tables and charts made here, no script, nothing from outside, nothing of any patient."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from console.reports.shape import Report
from documents.columns import Cell, Column, Kind


def page(reports: Sequence[Report], *, practice: str, made_on: date, days: str) -> bytes:
    """The page as a file. Tables whose rows name claims are left out; their counts stand in their report's charts."""
    return (
        _template()
        .render(reports=reports, practice=practice, made_on=made_on, days=days, cell=cell_shown, is_number=is_number)
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
    loaded = Environment(
        loader=PackageLoader("console.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return loaded.get_template("page.html")
