"""Rows and columns as a CSV file or an Excel workbook, the same bytes for the same rows.

No file says when it was written. Nothing is put into a temporary file on the way, because that would hold patients'
data in the clear.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import BinaryIO

from documents.columns import Cell, Column, Kind

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
_ALWAYS = datetime(2000, 1, 1)  # noqa: DTZ001 - XLSX properties have no time zone
_CENT = Decimal("0.01")
_XLSX_FORMATS = MappingProxyType({Kind.TEXT: "@", Kind.DOLLARS: "0.00", Kind.DATE: "yyyy-mm-dd"})


class FileFormat(StrEnum):
    """The kinds of file that go out; the names are their endings too."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class TooMuchForExcel(Exception):
    """A sheet cannot hold it. The text is for a person and quotes nothing."""


def write_csv(table: Sequence[Column], rows: Iterable[Sequence[Cell]], out: BinaryIO) -> int:
    """RFC 4180, UTF-8 with a byte-order mark, by which Excel knows the encoding. Returns how many rows."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer, written = csv.writer(text), 0
    writer.writerow(column.name for column in table)
    for cells in rows:
        writer.writerow(_csv_text(column.kind, cell) for column, cell in zip(table, cells, strict=True))
        written += 1
    text.detach()
    return written


def _csv_text(kind: Kind, cell: Cell) -> str:
    """A text that Excel would take for a formula gets an apostrophe before it, and so does one that has one already:
    whoever takes one leading apostrophe away has the text as it was.
    """
    text = cell_text(kind, cell)
    return f"'{text}" if kind is Kind.TEXT and text.startswith(_FORMULA_STARTS) else text


def cell_text(kind: Kind, cell: Cell) -> str:
    """A cell as text: dollars to the cent, dates as YYYY-MM-DD, times in UTC, what is not known as nothing."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case Decimal() if kind is Kind.DOLLARS:
            whole_cents = cell == cell.quantize(_CENT)
            return format(cell.quantize(_CENT) if whole_cents else cell, "f")
        case Decimal():
            return format(cell, "f")
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def write_xlsx(table: Sequence[Column], rows: Iterable[Sequence[Cell]], out: BinaryIO, sheet_name: str) -> int:
    """One sheet; returns how many rows. Raises TooMuchForExcel.

    Texts are texts, whatever they look like: claim numbers keep their zeros, nothing is a formula.
    """
    from xlsxwriter import Workbook

    # `in_memory`: sheets would otherwise lie in the clear in the computer's folder for temporary files.
    book = Workbook(out, {"in_memory": True})
    book.set_properties({"created": _ALWAYS})
    sheet, heading = book.add_worksheet(sheet_name), book.add_format({"bold": True})
    styles = {kind: book.add_format({"num_format": _XLSX_FORMATS.get(kind, "General")}) for kind in Kind}
    for place, column in enumerate(table):
        sheet.write_string(0, place, column.name, heading)
        sheet.set_column(place, place, max(len(column.name) + 2, 12), styles[column.kind])
    row = 0
    for row, cells in enumerate(rows, start=1):
        for place, (column, cell) in enumerate(zip(table, cells, strict=True)):
            match cell:
                case None:
                    continue
                case Decimal() | int() if column.kind is not Kind.YES_NO:
                    refused = sheet.write_number(row, place, cell, styles[column.kind])
                case date() if column.kind is Kind.DATE:
                    refused = sheet.write_datetime(row, place, datetime.combine(cell, time()), styles[column.kind])
                case _:
                    refused = sheet.write_string(row, place, cell_text(column.kind, cell), styles[column.kind])
            if refused:
                raise TooMuchForExcel(
                    "A sheet of Excel holds 1,048,575 rows and 32,767 letters in a cell, and this is more. Nothing was "
                    "written; export as CSV, or a part with --since or --portal."
                )
    sheet.freeze_panes(1, 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{row + 1}"})
    book.close()
    return row
