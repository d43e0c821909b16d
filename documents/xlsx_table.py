"""An Excel workbook's first sheet as a table, read row by row; numbers and dates as Excel shows them."""

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Protocol
from zipfile import ZipFile

from documents.table import FileUnreadable, Table

_ALL_ZEROS = re.compile(r"0{2,20}")
"""A number format that shows leading zeros, as people use for ids."""

_MOST_DIGITS = 15
"""Excel keeps no more digits of a number; what is longer has lost some."""


MOST_UNPACKED = 512 << 20
"""Bytes of all parts of a workbook together; 500,000 claims have a quarter of this. Its texts are kept in memory."""


class Cell(Protocol):
    """A cell of a sheet that is read as it goes on."""

    @property
    def value(self) -> object: ...

    @property
    def number_format(self) -> str: ...


@contextmanager
def open_xlsx(path: Path) -> Iterator[Table]:
    """The workbook's first sheet as a table. Raises FileUnreadable or OSError."""
    import openpyxl

    # Opened here, because the library would refuse a workbook by its name.
    with path.open("rb") as file, warnings.catch_warnings():
        # The library tells about colours and drop-down lists that it leaves out.
        warnings.simplefilter("ignore")
        try:
            # No part of a ZIP file ever gives more than it says here.
            with ZipFile(file) as parts:
                unpacked = sum(part.file_size for part in parts.infolist())
            if unpacked > MOST_UNPACKED:
                raise FileUnreadable(
                    "The workbook unpacks to more than any work list; nothing was imported. Save its first sheet as "
                    "CSV, and import that."
                )
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except (OSError, FileUnreadable):
            raise
        except Exception:
            raise _broken() from None
        try:
            if not book.worksheets:
                raise FileUnreadable("The workbook has no sheet with cells; nothing was imported.")
            sheet = book.worksheets[0]
            # What a program wrote here about the sheet's size may be wrong, and would cut rows off.
            length = sheet.max_row or 0
            sheet.reset_dimensions()
            rows = _Rows(sheet.iter_rows(), length)
            shown = [other for other in book.worksheets if other.sheet_state == "visible"]
            notes = ("Only the workbook's first sheet was read.",) if len(shown) > 1 else ()
            yield Table(headings=rows.headings(), rows=rows.numbered(), share=rows.share, notes=notes)
        finally:
            book.close()


class _Rows:
    """The rows of a sheet as text, and how far they have been read."""

    def __init__(self, rows: Iterable[Iterable[Cell]], length: int) -> None:
        self._rows = iter(rows)
        self._length = length
        self._read = 0

    def headings(self) -> tuple[str, ...]:
        """The first row; columns without a heading behind the last one are no columns."""
        headings = self._next() or []
        while headings and not headings[-1]:
            headings.pop()
        if not headings:
            raise FileUnreadable(
                "The file is empty, or its first row is; nothing was imported. The first row names the columns."
            )
        self._width = len(headings)
        return tuple(headings)

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        while (cells := self._next()) is not None:
            while len(cells) > self._width and not cells[-1]:
                cells.pop()
            cells += [""] * (self._width - len(cells))
            if any(cells):
                yield self._read, cells

    def share(self) -> float:
        return min(self._read / self._length, 1.0) if self._length else 0.0

    def _next(self) -> list[str] | None:
        try:
            row = next(self._rows, None)
            cells = None if row is None else [cell_text(cell) for cell in row]
        except OSError:
            raise
        except Exception:
            # What the library stumbles over is damaged, whatever kind of error it stumbles with.
            raise _broken() from None
        self._read += cells is not None
        return cells


def cell_text(cell: Cell) -> str:
    """What Excel shows of a cell, dates as YYYY-MM-DD; a number of which digits are lost comes out rounded."""
    match cell.value:
        case None:
            return ""
        case str() as text:
            return text.strip()
        case bool() as truth:
            return str(truth).upper()
        case datetime() as instant:
            return instant.date().isoformat() if instant.time() == time() else instant.isoformat()
        case date() as day:
            return day.isoformat()
        case int() | float() as number:
            return _number_text(number, cell.number_format)
        case _:
            return "#VALUE!"


def _number_text(number: float, number_format: str) -> str:
    if number == int(number):
        digits = str(abs(int(number)))
        if len(digits) > _MOST_DIGITS:
            return f"{number:.5E}"
        if _ALL_ZEROS.fullmatch(number_format):
            digits = digits.zfill(len(number_format))
        return f"-{digits}" if number < 0 else digits
    # Fifteen digits are what Excel shows: 0.1 + 0.2 is 0.3 there, and shall be here.
    return f"{number:.15g}"


def _broken() -> FileUnreadable:
    return FileUnreadable(
        "The workbook is damaged, or not one of Excel's; nothing was imported. Open it in Excel, save it as “Excel "
        "Workbook (*.xlsx)”, and import that."
    )
