"""Eligibility answers leave as files: every fact in its column, and nobody's name unless it was asked for."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

import documents.answers_out
from documents.answered_question import NotThisFlow
from documents.answers_out import EXPORTED, write_answers
from documents.coverage_columns import columns
from documents.table_out import FileFormat
from flows.coverage import Coverage, MemberNotFound
from flows.questions import Flow
from portalwright.words import coverage_words
from tests.documents.answered import paid
from tests.documents.covered import covered, no_member

ANSWERS = (covered(), no_member())
PERSONAL = ("Muñoz", "MUÑOZ", "Zoë", "ZOË", "00MBR1", "00MBR9", "1961")


def file_of(file_format: FileFormat, *, lines: bool = False, names: bool = False) -> bytes:
    out = io.BytesIO()
    write_answers(ANSWERS, out, file_format, coverage_words, flow=Flow.ELIGIBILITY, lines=lines, names=names)
    return out.getvalue()


def csv_rows(contents: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(contents.decode("utf-8-sig"), newline="")))


def test_a_csv_row_holds_every_fact_and_blanks_stay_blank() -> None:
    answered, negative = csv_rows(file_of(FileFormat.CSV))
    filled = {name: text for name, text in answered.items() if text}
    assert filled == {
        "appointment_number": "00V-1", "portal": "practice-national", "flow": "eligibility", "version": "2",
        "service_from": "2026-01-12", "service_to": "2026-01-13", "service_type": "98", "ending": "answered",
        "coverage_status": "1", "meaning": "active", "portal_text": "Active – Coverage", "plan_name": "Silver 70",
        "insurance_type": "HM", "group_number": "007", "plan_begins": "2026-01-01", "plan_ends": "2026-12-31",
        "eligibility_begins": "2025-01-01", "benefit_year": "calendar", "payer_to_bill": "Sunrise MCO",
        "primary_care_provider": "Lee, Robin", "primary_care_required": "yes", "referral_required": "no",
        "id_corrected": "yes", "differences": "member_id; group_number: (nothing) -> 007",
        "other_payers": "Auto Mutual (primary, 2026-02-01..); B",
        "segments": "Plan A (managed-care, 2026-01-01.., Sunrise MCO); "
        "Spend-down (spend-down, 2026-01-01..2026-06-30, 120.50)",
        "messages": "Benefits are subject to change",
        "deductible_individual_in_total": "1500.00", "deductible_individual_in_met": "400.00",
        "deductible_individual_in_remaining": "1100.00", "out_of_pocket_family_in_total": "9000.00",
        "out_of_pocket_family_out_total": "9000.00", "computed": "deductible_individual_in_remaining",
        "other_accumulators": "deductible EMP Y: met 1.50", "benefits": "2", "reused": "yes",
        "observed_at": "2026-03-02T01:00:05Z", "recorded_at": "2026-03-02T01:00:05Z", "author": "robot",
        "pack_version": "7",
    }  # fmt: skip
    assert {name: text for name, text in negative.items() if text} == {
        "appointment_number": "00V-2", "portal": "practice-national", "flow": "eligibility", "version": "2",
        "service_from": "2026-01-12", "service_to": "2026-01-13", "service_type": "98", "ending": "negative",
        "searched": "member-search", "rejected": "75; 72", "reused": "yes", "observed_at": "2026-03-02T01:00:05Z",
        "recorded_at": "2026-03-02T01:00:05Z", "author": "robot", "pack_version": "7",
    }  # fmt: skip


def test_by_line_there_is_a_row_for_each_benefit() -> None:
    first, second = csv_rows(file_of(FileFormat.CSV, lines=True))
    assert {name: text for name, text in first.items() if text} == {
        "appointment_number": "00V-1", "portal": "practice-national", "flow": "eligibility", "version": "2",
        "benefit_number": "1", "benefit": "B", "benefit_meaning": "copay", "service_type": "98", "network": "Y",
        "level": "IND", "period": "27", "amount": "25.00", "place": "11", "authorization_required": "no",
        "messages": "Per visit; No limit", "observed_at": "2026-03-02T01:00:05Z",
    }  # fmt: skip
    assert (second["benefit_meaning"], second["percent"], second["amount"]) == ("out of pocket", "12.5", "")


@pytest.mark.parametrize("file_format", FileFormat)
@pytest.mark.parametrize("lines", [False, True])
def test_who_is_covered_is_told_only_when_it_is_asked_for(file_format: FileFormat, lines: bool) -> None:
    def text(*, names: bool) -> str:
        contents = file_of(file_format, lines=lines, names=names)
        if file_format is not FileFormat.XLSX:
            return contents.decode("utf-8-sig")
        sheet = load_workbook(io.BytesIO(contents)).active
        assert sheet is not None
        return str([tuple(cell.value for cell in row) for row in sheet.iter_rows()])

    assert not [word for word in PERSONAL if word in text(names=False)]
    assert "Muñoz-Ångström" in text(names=True)


def test_json_holds_every_fact() -> None:
    whole = json.loads(file_of(FileFormat.JSON, names=True))
    first, second = whole["answers"]
    assert Coverage.model_validate_json(json.dumps(first["answer"])) == ANSWERS[0].answer.normalised
    assert MemberNotFound.model_validate_json(json.dumps(second["answer"])) == ANSWERS[1].answer.normalised
    assert (first["appointment_number"], first["meaning"], second["meaning"]) == ("00V-1", "active", "")
    assert (first["held"]["plan_name"], first["service"]["service_type"], first["reused"]) == ("Silver 70", "98", True)
    without = json.loads(file_of(FileFormat.JSON))["answers"][0]["answer"]
    assert without["differences"][0] == {"field": "member_id"}
    assert without["differences"][1]["theirs"] == "007"


def test_answers_of_another_flow_never_stand_under_these_headings() -> None:
    for flow, answer in ((Flow.ELIGIBILITY, paid()), (Flow.CLAIM_STATUS, covered())):
        with pytest.raises(NotThisFlow):
            write_answers([answer], io.BytesIO(), FileFormat.CSV, coverage_words, flow=flow)
    assert {Flow.CLAIM_STATUS, Flow.ELIGIBILITY} == EXPORTED


@pytest.mark.parametrize("lines", [False, True])
def test_the_documentation_names_every_column_in_its_order(lines: bool) -> None:
    page = (Path(documents.answers_out.__file__).parents[1] / "docs" / "files.md").read_text(encoding="utf-8")
    heading = "### The columns by benefit" if lines else "### The columns of coverage"
    section = page.partition(heading)[2].partition("\n#")[0]
    shown = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert shown == [column.name for column in columns(lines=lines, names=True)]
    assert len(shown) == len(set(shown))
