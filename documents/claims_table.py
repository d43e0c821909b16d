"""A work list in rows and columns: each row becomes a claim-status question, or is told to be wrong and why."""

from collections.abc import Iterator, Mapping
from datetime import date

from documents.rows import OfficeScope, RejectedRow, read_rows
from documents.table import Table
from documents.work_list import ClaimRow, RowReader


def read_claims(
    table: Table, places: Mapping[str, int], scope: OfficeScope, today: date
) -> Iterator[ClaimRow | RejectedRow]:
    """Each row as a question, or as a rejected row with its first fault; `places` is where each column stands.

    Raises FileUnreadable when the file breaks off or turns into something else on the way.
    """
    reader = RowReader(scope, today)
    return read_rows(table, places, lambda row, written: ClaimRow(row, reader.question(written)))
