"""The work list leaves as a file: the same entries give the same bytes, and a text stays a text."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

from openpyxl import load_workbook

from documents.table_out import FileFormat
from documents.work_out import WORK_COLUMNS, write_work
from flows.work_entry import WorkEntry

ENTRY = WorkEntry(
    what="task", id=7, kind="corrected-claim", queue="corrections", role="biller", due=date(2026, 12, 1),
    money=Decimal("120.50"), portal="practice-national", number="0012", why="=Correct it.", codes=("CO-16", "M51"),
    lines=(1, 2), frequency="7", replaces="ICN-1", decision="what is changed on the claim",
    opened_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
)  # fmt: skip


def written(file_format: FileFormat) -> bytes:
    out = io.BytesIO()
    assert write_work([ENTRY, ENTRY], out, file_format) == 2
    return out.getvalue()


def test_every_kind_of_file_holds_the_same() -> None:
    rows = list(csv.DictReader(io.StringIO(written(FileFormat.CSV).decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[0]["why"] == "'=Correct it."  # no spreadsheet takes it for a formula
    assert (rows[0]["codes"], rows[0]["lines"], rows[0]["money"]) == ("CO-16; M51", "1; 2", "120.50")
    sheet = load_workbook(io.BytesIO(written(FileFormat.XLSX))).active
    assert sheet is not None
    heading, first, _ = sheet.iter_rows(values_only=True)
    assert heading == tuple(column.name for column in WORK_COLUMNS)
    assert dict(zip(heading, first, strict=True))["number"] == "0012"
    told = json.loads(written(FileFormat.JSON))
    assert (told["format"], told["work"][0]["replaces"], len(told["work"])) == ("portalwright-work", "ICN-1", 2)


def test_the_same_entries_give_the_same_bytes() -> None:
    for file_format in FileFormat:
        assert written(file_format) == written(file_format)
