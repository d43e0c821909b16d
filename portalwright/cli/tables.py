"""Tables on the terminal; plain, tab-separated lines when the output goes into a file or another program."""

import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | Decimal | date | None


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, empty: str) -> None:
    """Print the rows below their column names, or the sentence `empty` when there are none. Amounts are dollars."""
    listed = list(rows)
    if not listed:
        sys.stdout.write(empty + "\n")
        return
    if not sys.stdout.isatty():
        for row in (columns, *listed):
            sys.stdout.write("\t".join(map(_text, row)) + "\n")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold")
    for place, column in enumerate(columns):
        numeric = all(isinstance(row[place], int | Decimal | None) for row in listed)
        table.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for row in listed:
        table.add_row(*(Text(_text(cell)) for cell in row))
    Console().print(table)


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:,.2f}"
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M")
        case _:
            return printable(str(cell))


def printable(text: str) -> str:
    """Without control characters, which a page could aim at the terminal, and without tabs, which part columns."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
