"""Descriptions of codes that others license: loaded from a file of the office's, by an office that has the licence."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from documents.rows import RejectedRow, RowWrong, needed, read_as, read_rows
from documents.table import Columns, Table
from flows.codes import CodeSet

TEXT_COLUMNS = Columns(("list", "code", "text"))
"""The columns: which list (carc, rarc, status, category, group, plb), the code, its description."""

_CODE = re.compile(r"[A-Z0-9]{1,10}")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row that describes a code; `row` is its number as a spreadsheet counts (the heading is row 1)."""

    row: int
    code_set: CodeSet
    code: str
    text: str


def read_texts(table: Table, places: Mapping[str, int]) -> Iterator[TextRow | RejectedRow]:
    """Each row as a description, or as a rejected row with its first fault; `places` is where each column stands."""
    return read_rows(table, places, _row)


def _row(row: int, cells: Mapping[str, str]) -> TextRow:
    text = needed("text", cells)
    if len(text) > _LONGEST or not text.isprintable() or "\ufffd" in text:
        raise RowWrong("text", f"is longer than {_LONGEST} characters, or has characters that cannot be shown")
    return TextRow(row, read_as("list", cells, _code_set), read_as("code", cells, _code), text)


def _code_set(text: str) -> CodeSet:
    try:
        return CodeSet(text.lower())
    except ValueError:
        raise ValueError(f"is none of {', '.join(CodeSet)}") from None


def _code(text: str) -> str:
    if not _CODE.fullmatch(text.upper()):
        raise ValueError("is not a code: letters and digits, at most ten")
    return text.upper()
