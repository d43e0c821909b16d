"""The rows that an import left out, as a CSV file for whoever mends them: row, field, reason; no patient's data."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from documents.rows import RejectedRow
from documents.written_whole import write_whole


def write_rejected(path: Path, rejected: Iterable[RejectedRow]) -> None:
    """Write the file whole, over an older one; Excel reads it as it is (UTF-8 with its mark). Raises FileNotWritten."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("row", "field", "reason"))
    writer.writerows((one.row, one.field, one.reason) for one in rejected)
    write_whole(path, text.getvalue().encode("utf-8-sig"))
