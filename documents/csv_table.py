"""A CSV file as a table: which letters, which separator, and where each row ends, found out before anything is read."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from documents.table import FileUnreadable, Table

_SEPARATORS = ",;\t|"

_BLOCK = 1 << 20

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_WINDOWS = "cp1252"
"""What Excel means by plain “CSV” in the United States; all letters of Latin-1 are the same in it."""


@contextmanager
def open_csv(path: Path) -> Iterator[Table]:
    """The file as a table, read as it goes on. Raises FileUnreadable or OSError."""
    with path.open("rb") as raw:
        size = raw.seek(0, io.SEEK_END)
        encoding = _encoding(raw)
        raw.seek(0)
        notes = ("The file is not UTF-8 and was read as Windows letters (CP-1252).",) if encoding == _WINDOWS else ()
        # The four bytes that Windows letters lack become a sign that the check of each cell refuses.
        with io.TextIOWrapper(raw, encoding, errors="replace", newline="") as lines:
            yield csv_table(lines, share=lambda: raw.tell() / size, notes=notes)


def csv_table(lines: Iterable[str], share: Callable[[], float] = lambda: 0.0, notes: tuple[str, ...] = ()) -> Table:
    """A table of lines that keep their line ends. Raises FileUnreadable, also later, while rows are read."""
    remaining = iter(lines)
    first = next(remaining, "")
    told = re.fullmatch(r"sep=(.)\r?\n", first)
    separator = told[1] if told else _separator(first)
    records = _records(csv.reader(remaining if told else chain((first,), remaining), delimiter=separator, strict=True))
    headings = next(records, [])
    if not any(cell.strip() for cell in headings):
        raise FileUnreadable(
            "The file is empty, or its first row is; nothing was imported. The first row names the columns."
        )
    return Table(
        headings=tuple(cell.strip() for cell in headings),
        rows=_rows(records, start=3 if told else 2),
        share=share,
        notes=notes,
    )


def _rows(records: Iterator[list[str]], start: int) -> Iterator[tuple[int, list[str]]]:
    for row, record in enumerate(records, start=start):
        cells = [cell.strip() for cell in record]
        if any(cells):
            yield row, cells


def _records(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    number = 0
    try:
        for number, record in enumerate(reader, start=1):  # noqa: B007 # told below when the reader gives up
            yield record
    except csv.Error:
        raise FileUnreadable(
            f"After row {number} the file is no CSV any more (a quotation mark too many, or one that is never "
            "closed?); nothing was imported. Mend that row where the file was made, and import again."
        ) from None


def _separator(heading: str) -> str:
    """The separator that cuts the heading into the most columns; a comma where none does."""

    def columns(separator: str) -> int:
        try:
            return max(map(len, csv.reader([heading], delimiter=separator)), default=0)
        except csv.Error:
            return 0

    return max(_SEPARATORS, key=columns)


def _encoding(raw: BinaryIO) -> str:
    """How the file's letters are written. Reads the file through, in flat memory."""
    raw.seek(0)
    head = raw.read(_BLOCK)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head[:1024]:
        # UTF-16 without its mark: headings are ASCII, so that every other byte is zero.
        pairs = head[: min(len(head) // 2 * 2, 1024)]
        for zeros, encoding in ((pairs[1::2], "utf-16-le"), (pairs[0::2], "utf-16-be")):
            if zeros.count(0) > 0.9 * len(zeros):
                return encoding
        raise FileUnreadable(
            "The file is no text, so it is no CSV; nothing was imported. Save it as “CSV UTF-8” or XLSX."
        )
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while head:
            decoder.decode(head)
            head = raw.read(_BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _WINDOWS
    return "utf-8"
