"""Opens a file of rows and columns: a CSV file or an Excel workbook. What it is, its contents say, not its name."""

import errno
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from documents.csv_table import open_csv
from documents.table import FileUnreadable, Table
from documents.xlsx_table import open_xlsx

_HEAD = 1 << 16

_EXCEL_LOCK = "~$"
"""How the small file begins that Excel puts beside a workbook while it is open there."""

_WINDOWS_SHARING = (32, 33)
"""ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION."""

_SAVE_AS = "nothing was imported. Open it in Excel and save it as “Excel Workbook (*.xlsx)” or “CSV UTF-8”"

_NOT_TABLES = (
    (b"%PDF", f"The file is a PDF, whatever its name says; {_SAVE_AS}, or export the list once more."),
    (b"\xd0\xcf\x11\xe0", f"The file is an old Excel file (.xls), or a workbook with a password; {_SAVE_AS}."),
    (b"{\\rtf", f"The file is a text document (RTF); {_SAVE_AS}."),
    (b"<", f"The file is a web page or XML, whatever its name says; {_SAVE_AS}."),
)


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """The opened table. Raises FileUnreadable, also when it is not there or cannot be opened."""
    try:
        head = read_head(path)
        if head.startswith(b"PK\x03\x04"):
            _must_be_workbook(path)
            with open_xlsx(path) as table:
                yield table
        else:
            with open_csv(path) as table:
                yield table
    except OSError as error:
        raise not_opened(error) from None


def notes_about(path: Path) -> tuple[str, ...]:
    """What a person should know who imports this file just now."""
    if path.with_name(f"{_EXCEL_LOCK}{path.name}").exists():
        return ("The file is open in Excel: what was last saved was read.",)
    return ()


def read_head(path: Path) -> bytes:
    """How the file begins. Raises FileUnreadable for what surely is no table, or OSError."""
    if path.name.startswith(_EXCEL_LOCK):
        raise FileUnreadable(
            f"This is the mark that Excel leaves while a workbook is open; nothing was imported. Import the workbook "
            f"itself, whose name has no “{_EXCEL_LOCK}”."
        )
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise FileUnreadable("The file is empty; nothing was imported.")
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for start, told in _NOT_TABLES:
        if begins.startswith(start.lower()):
            raise FileUnreadable(told)
    return head


def _must_be_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        raise FileUnreadable(
            "The workbook is damaged (cut off?); nothing was imported. Export or copy it once more."
        ) from None
    if not any(name.startswith("xl/") for name in names):
        raise FileUnreadable(f"The file is a ZIP archive and no Excel workbook; {_SAVE_AS}.")


def not_opened(error: OSError) -> FileUnreadable:
    """What a person is told about a file that could not be opened or read on."""
    if getattr(error, "winerror", None) in _WINDOWS_SHARING or error.errno in (errno.EACCES, errno.EPERM, errno.EBUSY):
        return FileUnreadable(
            "The file could not be opened: another program has it open (Excel?), or this account may not read it. "
            "Nothing was imported; close it there and import again."
        )
    return FileUnreadable(
        f"The file could not be read ({error.strerror}); nothing was imported. Check the file's name."
    )
