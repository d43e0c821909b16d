"""Tables on the terminal; plain, tab-separated lines when the output goes into a file or another program."""

import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

Cell = str | int | Decimal | date | None

BELOW_INDENT = 4


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, empty: str) -> None:
    """Print the rows below their column names, or the sentence `empty` when there are none. Amounts are dollars.

    On a terminal that is too narrow for them the widest cells of a row stand below it, each after its column's name,
    and columns that are blank in every row are only named.
    """
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

    table, numeric = Table(header_style="bold"), _numeric(listed)
    for place, column in enumerate(columns):
        table.add_column(Text(column), justify="right" if numeric[place] else "left", overflow="fold")
    texts = [tuple(map(_text, row)) for row in listed]
    for row in texts:
        table.add_row(*map(Text, row))
    console = Console()
    if console.measure(table, options=console.options.update_width(sys.maxsize)).maximum <= console.width:
        console.print(table)
    else:
        _print_narrow(console, columns, texts, numeric)


def _print_narrow(
    console: "Console", columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]
) -> None:
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.text import Text

    widths = [max(map(cell_len, (name, *cells))) for name, *cells in zip(columns, *rows, strict=True)]
    blank = [place for place, cells in enumerate(zip(*rows, strict=True)) if not any(cells)]
    beside = [place for place in range(len(columns)) if place not in blank]
    while len(beside) > 1 and sum(widths[place] + 1 for place in beside) - 1 > console.width:
        beside.remove(max(beside[1:], key=lambda place: widths[place]))
    between = "  " if sum(widths[place] + 2 for place in beside) - 2 <= console.width else " "

    def line(row: Sequence[str]) -> str:
        cells = []
        for place in beside:
            room = " " * (widths[place] - cell_len(row[place]))
            cells.append(room + row[place] if numeric[place] else row[place] + room)
        return between.join(cells).rstrip()

    console.print(Text(line(columns), style="bold"))
    for row in rows:
        console.print(Text(line(row)))
        told = [f"{columns[place]}: {text}" for place, text in enumerate(row) if text and place not in beside]
        if told:
            console.print(Padding(Text("; ".join(told)), (0, 0, 0, BELOW_INDENT), expand=False))
    if blank:
        console.print(Text(f"Blank in all rows: {', '.join(columns[place] for place in blank)}.", style="dim"))


def _numeric(rows: Sequence[Sequence[Cell]]) -> list[bool]:
    """Which columns hold numbers alone: those stand to the right."""
    return [all(isinstance(cell, int | Decimal | None) for cell in cells) for cells in zip(*rows, strict=True)]


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
