"""A workbook that is spoilt inside is told to be damaged, whatever the library that reads it stumbles with."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from documents.table import FileUnreadable
from documents.table_file import open_table

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*edits: tuple[bytes, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook of two columns and one row with these edits of its sheet; each text must be there."""
    made, spoilt = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["member_id", "billed"])
    sheet.write_row(1, 0, ["QZX1", 12])
    book.close()
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(spoilt, "w", method) as written:
        for name in archive.namelist():
            content = archive.read(name)
            if name == SHEET:
                for old, new in edits:
                    assert old in content
                    content = content.replace(old, new)
            written.writestr(name, content)
    return spoilt.getvalue()


def rows(content: bytes, folder: Path) -> list[tuple[int, list[str]]]:
    file = folder / "list.xlsx"
    file.write_bytes(content)
    with open_table(file) as table:
        return list(table.rows)


def test_a_workbook_that_is_not_spoilt_is_read(tmp_path: Path) -> None:
    assert rows(workbook(), tmp_path) == [(2, ["QZX1", "12"])]


@pytest.mark.parametrize(
    "edit",
    [
        (b"<v>2</v>", b"<v>99</v>"),
        (b"<v>12</v>", b"<v>1e400</v>"),
        (b'encoding="UTF-8"', b'encoding="QZX1"'),
        (b'<c r="B2">', b'<c r="B2" t="QZX1"><x>'),
        (b'<c r="B2">', b'<c r="B2" s="99999">'),
    ],
    ids=[
        "a text that is not there",
        "more than a number",
        "unknown letters",
        "half an element",
        "a style that is not there",
    ],
)
def test_a_workbook_spoilt_inside_is_told_and_not_quoted(edit: tuple[bytes, bytes], tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="nothing was imported") as refused:
        rows(workbook(edit), tmp_path)
    assert "QZX1" not in str(refused.value)


def test_a_workbook_whose_packing_is_broken_is_told(tmp_path: Path) -> None:
    content = bytearray(workbook())
    # Inside the packed sheet, whose name stands right before it.
    at = content.index(SHEET.encode()) + len(SHEET) + 20
    content[at : at + 20] = bytes(20)
    with pytest.raises(FileUnreadable, match="nothing was imported"):
        rows(bytes(content), tmp_path)
