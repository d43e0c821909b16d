"""A work list in rows and columns: each row becomes a claim-status question, or is told to be wrong and why."""

from collections.abc import Iterator, Mapping
from datetime import date

from documents.table import Table
from documents.work_list import WHOLE_ROW, ClaimRow, OfficeScope, RejectedRow, RowReader, RowWrong


def read_claims(
    table: Table, places: Mapping[str, int], scope: OfficeScope, today: date
) -> Iterator[ClaimRow | RejectedRow]:
    """Each row as a question, or as a rejected row with its first fault; `places` is where each column stands.

    Raises ClaimsFileUnreadable when the file breaks off or turns into something else on the way.
    """
    reader = RowReader(scope, today)
    for row, cells in table.rows:
        try:
            if len(cells) != len(table.headings):
                raise RowWrong(WHOLE_ROW, f"has {len(cells)} cells where the heading has {len(table.headings)}")
            written = {name: cells[place] for name, place in places.items()}
            yield ClaimRow(row, reader.question(written))
        except RowWrong as wrong:
            yield RejectedRow(row, wrong.field, wrong.reason)
