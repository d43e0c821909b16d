"""The office's side of the truth: the work list it would export from its practice system, as CSV."""

import csv
import io

from sandbox.truth.model import Truth, WorkListRow

HEADER = tuple(WorkListRow.model_fields)


def worklist_csv(truth: Truth) -> str:
    """One row per claim the office asks about: ISO dates, plain decimal dollars."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row.model_dump(mode="json") for row in truth.rows)
    return text.getvalue()
