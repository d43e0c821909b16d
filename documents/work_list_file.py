"""Opens a work list, whatever it is: a CSV file, an Excel workbook or an 837. What it is, its contents say."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from documents.claims_837_rows import Claims837
from documents.table import Table
from documents.table_file import not_opened, open_table, read_head
from documents.x12 import is_x12


@contextmanager
def open_work_list(path: Path) -> Iterator[Table | Claims837]:
    """The opened file. Raises FileUnreadable, also when it is not there or cannot be opened."""
    try:
        if is_x12(read_head(path)):
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                yield Claims837(content)
            return
    except OSError as error:
        raise not_opened(error) from None
    with open_table(path) as table:
        yield table
