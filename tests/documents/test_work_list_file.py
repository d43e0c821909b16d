"""Whatever an office saves its list as is read right, or told as a whole; a list read wrong is about somebody else."""

import errno
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from documents.claims_837_rows import Claims837
from documents.claims_table import read_claims
from documents.csv_table import csv_table
from documents.headings import places
from documents.rejected_rows import write_rejected
from documents.rows import RejectedRow
from documents.table import FileUnreadable, Table
from documents.table_file import notes_about
from documents.work_list import COLUMNS, ClaimRow
from documents.work_list_file import open_work_list
from tests.documents.work_lists import GOOD, SCOPE, TODAY, as_csv, csv_text, refused, taken


def read_file(path: Path) -> tuple[list[ClaimRow | RejectedRow], tuple[str, ...]]:
    with open_work_list(path) as table:
        assert isinstance(table, Table)
        rows = list(read_claims(table, places(table.headings, None), SCOPE, TODAY))
        return rows, table.notes


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def workbook(path: Path, *rows: Sequence[object]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "notes"),
    [
        ("utf-8", 0),
        ("utf-8-sig", 0),
        ("utf-16", 0),
        ("utf-16-le", 0),
        ("utf-16-be", 0),
        ("latin-1", 1),
        ("cp1252", 1),
    ],
)
def test_letters_and_separators_are_found_out(tmp_path: Path, separator: str, encoding: str, notes: int) -> None:
    path = written(tmp_path / "work.csv", csv_text(GOOD, separator=separator).encode(encoding))
    (row,), told = read_file(path)
    assert taken(row).question.patient.last_name == "O'Canary-Lópéz"
    assert len(told) == notes


def test_old_letters_far_behind_the_first_block_are_noticed(tmp_path: Path) -> None:
    rows = [GOOD | {"patient_account_number": f"A{number}", "last_name": "Canary"} for number in range(12_000)]
    path = written(tmp_path / "work.csv", csv_text(*rows, GOOD).encode("latin-1"))
    assert path.stat().st_size > 1 << 20
    results, _ = read_file(path)
    assert taken(results[-1]).question.patient.last_name == "O'Canary-Lópéz"


def test_letters_of_two_kinds_in_one_file_are_not_taken_for_somebodys_name(tmp_path: Path) -> None:
    head, *rows = as_csv(GOOD, GOOD | {"patient_account_number": "B"})
    path = written(tmp_path / "work.csv", head.encode() + rows[0].encode("latin-1") + rows[1].encode("utf-8"))
    (first, second), _ = read_file(path)
    assert taken(first).question.patient.last_name == "O'Canary-Lópéz"
    assert refused(second).field == "last_name"


def test_the_line_that_names_the_separator_for_excel_is_understood(tmp_path: Path) -> None:
    path = written(tmp_path / "work.csv", ("sep=;\r\n" + csv_text(GOOD | {"billed": "x"}, separator=";")).encode())
    assert refused(*read_file(path)[0]).row == 3


def test_a_quoted_line_break_ends_no_row(tmp_path: Path) -> None:
    broken, good = GOOD | {"first_name": "Zeph\nyrine"}, GOOD | {"patient_account_number": "B"}
    (first, second), _ = read_file(written(tmp_path / "work.csv", csv_text(broken, good).encode()))
    assert (refused(first).row, refused(first).field) == (2, "first_name")
    assert taken(second).row == 3


def test_a_workbook_is_read_as_excel_shows_it(tmp_path: Path) -> None:
    shown = {**GOOD, "last_name": "Canary"}
    as_kept: dict[str, object] = {
        **shown,
        "practice_tin": 123456789,
        "billing_npi": 1234567893.0,
        "birth_date": datetime(1961, 2, 28),  # noqa: DTZ001 # as Excel keeps a day
        "payer_claim_number": None,
        "service_from": date(2026, 9, 1),
        "service_to": 46267,
        "billed": 1234.5000000000002,
        "first_procedure": 99213,
    }
    path = workbook(
        tmp_path / "work.xlsx",
        [*COLUMNS, None],
        list(as_kept.values()),
        [],
        [*{**as_kept, "billed": "x"}.values(), None, None],
    )
    (first, second), _ = read_file(path)
    assert taken(first).question.model_dump() == taken(*read_csv(shown)).question.model_dump()
    assert refused(second).row == 4


def read_csv(row: dict[str, str]) -> list[ClaimRow | RejectedRow]:
    table = csv_table(as_csv(row))
    return list(read_claims(table, places(table.headings, None), SCOPE, TODAY))


def test_numbers_of_a_workbook_keep_zeros_that_are_shown_and_lost_digits_are_noticed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(COLUMNS))
    for member_id, number_format in ((42, "00000000"), (1234567890123456789, "General"), ("=1/0", "General")):
        sheet.append([{**GOOD, "member_id": member_id}[name] for name in COLUMNS])
        sheet.cell(sheet.max_row, 4).number_format = number_format
    book.save(tmp_path / "work.xlsx")
    (zeros, long, unknown), _ = read_file(tmp_path / "work.xlsx")
    assert taken(zeros).question.patient.member_id == "00000042"
    assert "rounded" in refused(long).reason
    assert refused(unknown).field == "member_id"


def test_a_workbook_that_lies_about_its_size_is_read_to_the_end(tmp_path: Path) -> None:
    rows = [[{**GOOD, "patient_account_number": f"A{number}"}[name] for name in COLUMNS] for number in range(5)]
    path = workbook(tmp_path / "honest.xlsx", list(COLUMNS), *rows)
    lying = tmp_path / "lying.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(lying, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'<dimension ref="A1:M6"', b'<dimension ref="A1:B2"'))
    results, _ = read_file(lying)
    assert [type(result) for result in results] == [ClaimRow] * 5


def test_a_workbook_is_one_under_any_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "work.xlsx", list(COLUMNS), list(GOOD.values()))
    assert isinstance(read_file(path.rename(tmp_path / "work.csv"))[0][0], ClaimRow)


def zipped(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, "Canary")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\r\n \r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"%PDF-1.7 Canary", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Canary", "old Excel file"),
        (b"<html><table><tr><td>Canary", "web page"),
        (b"{\\rtf1 Canary", "RTF"),
        (zipped("word/document.xml"), "ZIP archive and no Excel workbook"),
        (zipped("xl/workbook.xml"), "damaged, or not one of Excel's"),
        (zipped("xl/workbook.xml")[:40], "damaged"),
        (b"practice_tin\0\0\0\x01,Canary\0\0\0\x7f", "no text"),
        (b'practice_tin,"portal\r\nCanary', "no CSV"),
    ],
    ids=["empty", "blank", "mark only", "pdf", "xls", "html", "rtf", "docx", "no sheet", "cut", "binary", "quote"],
)
def test_a_file_that_is_no_work_list_is_told_as_a_whole(tmp_path: Path, content: bytes, said: str) -> None:
    path = written(tmp_path / "work.csv", content)
    with pytest.raises(FileUnreadable, match=said) as told:
        read_file(path)
    assert "nothing was imported" in str(told.value)
    assert "Canary" not in str(told.value)


def test_a_quotation_mark_that_is_never_closed_swallows_no_row_in_silence(tmp_path: Path) -> None:
    head, first, second = as_csv(GOOD, GOOD | {"patient_account_number": "B"})
    path = written(tmp_path / "work.csv", (head + first + '"' + second).encode())
    with pytest.raises(FileUnreadable, match="After row 2 the file is no CSV"):
        read_file(path)


def test_a_workbook_that_is_cut_off_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "work.xlsx", list(COLUMNS), *([list(GOOD.values())] * 50))
    written(path, path.read_bytes()[:-700])
    with pytest.raises(FileUnreadable, match="damaged"):
        read_file(path)


@pytest.mark.parametrize("error", [errno.EACCES, errno.EPERM, errno.EBUSY])
def test_a_file_that_another_program_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    path = written(tmp_path / "Canary.csv", b"x")

    def held(*_: object, **__: object) -> None:
        raise OSError(error, "held", str(path))

    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(FileUnreadable, match="another program has it open") as told:
        read_file(path)
    assert "Canary" not in str(told.value)


def test_the_mark_of_an_open_workbook_is_no_work_list_and_the_workbook_beside_it_is_read_with_a_word(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path / "work.xlsx", list(COLUMNS), list(GOOD.values()))
    assert notes_about(path) == ()
    mark = written(tmp_path / "~$work.xlsx", b"\x05dana")
    with pytest.raises(FileUnreadable, match="mark that Excel leaves"):
        read_file(mark)
    assert "open in Excel" in notes_about(path)[0]
    assert isinstance(read_file(path)[0][0], ClaimRow)


def test_a_file_that_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(FileUnreadable, match="could not be read"):
            read_file(path)


def test_an_837_is_recognised_by_its_contents(tmp_path: Path) -> None:
    isa = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260101*1200*^*00501*000000001*0*P*:~"
    with open_work_list(written(tmp_path / "batch.csv", isa.encode())) as opened:
        assert isinstance(opened, Claims837)


def test_rows_are_streamed_not_gathered() -> None:
    lines = iter(as_csv(GOOD, GOOD | {"patient_account_number": "B"}))
    next(csv_table(lines).rows)
    assert next(lines, None) is not None, "the second row was read before it was asked for"


def test_how_far_the_reading_has_come_is_told(tmp_path: Path) -> None:
    rows = [GOOD | {"patient_account_number": f"A{number}"} for number in range(5000)]
    for path in (
        written(tmp_path / "work.csv", csv_text(*rows).encode()),
        workbook(tmp_path / "work.xlsx", list(COLUMNS), *([list(row.values()) for row in rows[:500]])),
    ):
        with open_work_list(path) as table:
            assert isinstance(table, Table)
            shares = [table.share() for _ in table.rows]
        assert shares == sorted(shares)
        assert 0 < shares[len(shares) // 2] < 1 == shares[-1]


def test_rejected_rows_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "rejected.csv"
    write_rejected(path, [RejectedRow(7, "billed", "is blank")])
    assert path.read_bytes() == b"\xef\xbb\xbfrow,field,reason\r\n7,billed,is blank\r\n"

    def breaks() -> list[RejectedRow]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rejected(path, (row for row in [RejectedRow(8, "x", "y"), *breaks()]))
    assert path.read_bytes().endswith(b"7,billed,is blank\r\n")
    assert [one.name for one in tmp_path.iterdir()] == ["rejected.csv"]


def test_a_day_that_carries_a_time_in_a_workbook_is_no_date(tmp_path: Path) -> None:
    moment = datetime(2026, 9, 1, 7, 30, tzinfo=UTC).replace(tzinfo=None)
    path = workbook(tmp_path / "work.xlsx", list(COLUMNS), list({**GOOD, "service_from": moment}.values()))
    assert refused(*read_file(path)[0]).field == "service_from"
