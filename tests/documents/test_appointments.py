"""The office's appointments: each row becomes one eligibility question or one reasoned rejection, and none quotes."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from documents.appointments import APPOINTMENT_COLUMNS, AppointmentRow, read_appointments
from documents.csv_table import csv_table
from documents.headings import HeadingsUnknown, places
from documents.rows import OfficeScope, RejectedRow
from documents.table import FileUnreadable
from documents.table_file import open_table
from tests.documents.work_lists import GOOD as CLAIM
from tests.documents.work_lists import SCOPE, TODAY, as_csv, csv_text

PERSON = ("practice_tin", "billing_npi", "portal", "member_id", "last_name", "first_name", "birth_date")
GOOD = {name: CLAIM[name] for name in PERSON} | {
    "appointment_number": "AP-31",
    "service_from": "2026-12-01",
    "service_to": "2026-12-02",
    "service_type": "98",
    "plan_name": "Gold PPO",
    "group_number": "G-7",
    "other_payer": "Other Plan",
}


def read(*rows: Mapping[str, str], scope: OfficeScope = SCOPE) -> list[AppointmentRow | RejectedRow]:
    table = csv_table(as_csv(*rows, columns=rows[0]))
    found = places(table.headings, None, scope.known(), APPOINTMENT_COLUMNS)
    return list(read_appointments(table, found, scope, TODAY))


def taken(result: AppointmentRow | RejectedRow) -> AppointmentRow:
    assert isinstance(result, AppointmentRow), result
    return result


def test_a_good_row_becomes_its_question() -> None:
    row = taken(*read(GOOD))
    question = row.question
    assert (row.row, row.appointment_number, question.flow) == (2, "AP-31", "eligibility")
    assert (question.portal, question.provider.npi) == ("practice-national", "1234567893")
    assert (question.patient.member_id, question.patient.birth_date) == ("QZX100200300", date(1961, 2, 28))
    assert (question.service.service_from, question.service.service_to) == (date(2026, 12, 1), date(2026, 12, 2))
    assert question.service.service_type == "98"
    assert question.held.model_dump() == {
        "plan_name": "Gold PPO", "group_number": "G-7", "other_payer": "Other Plan",
    }  # fmt: skip


def test_a_day_is_enough_and_the_plan_is_asked_about() -> None:
    least = {name: cell for name, cell in GOOD.items() if name not in APPOINTMENT_COLUMNS.may_be_left_out}
    for row in (least, GOOD | {"service_to": "", "service_type": "", "plan_name": "", "group_number": ""}):
        question = taken(*read(row)).question
        assert (question.service.service_to, question.service.service_type) == (date(2026, 12, 1), "30")
        assert question.held.plan_name is None


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"appointment_number": ""}, "appointment_number", "blank"),
        ({"practice_tin": "987654321"}, "practice_tin", "the practice that you work for"),
        ({"portal": "elsewhere"}, "portal", "has a pack for"),
        ({"birth_date": "2026-11-23"}, "birth_date", "future"),
        ({"member_id": ""}, "member_id", "blank"),
        ({"service_from": "2028-12-01"}, "service_from", "two years ahead"),
        ({"service_from": "1961-02-27"}, "service_from", "before birth_date"),
        ({"service_from": "1861-02-27"}, "service_from", "before 1900"),
        ({"service_to": "2026-11-30"}, "service_to", "before service_from"),
        ({"service_from": "tomorrow"}, "service_from", "not a date"),
        ({"service_type": "visit!"}, "service_type", "service type code"),
        ({"service_type": "0"}, "service_type", "service type code"),
        ({"plan_name": "GoldÃ³"}, "plan_name", "garbled"),
    ],
)
def test_a_wrong_row_is_told_by_row_field_and_reason_and_the_others_are_taken(
    changes: dict[str, str], field: str, reason: str
) -> None:
    first, wrong, last = read(GOOD, GOOD | changes, GOOD)
    assert taken(first).question == taken(last).question
    assert isinstance(wrong, RejectedRow)
    assert (wrong.row, wrong.field) == (3, field)
    assert reason in wrong.reason
    for name, value in (GOOD | changes).items():
        if len(value) > 1 and name not in ("practice_tin", "portal"):
            assert value not in wrong.reason


def test_an_appointment_that_no_search_of_its_portal_suits_is_left_out() -> None:
    scope = SCOPE.model_copy(update={"searches": lambda _: (frozenset({"patient.ssn"}),)})
    (wrong,) = read(GOOD, scope=scope)
    assert isinstance(wrong, RejectedRow)
    assert wrong.field == "ssn"


def test_headings_are_those_of_appointments() -> None:
    with pytest.raises(HeadingsUnknown) as told:
        read({name: cell for name, cell in GOOD.items() if name != "appointment_number"})
    assert told.value.missing == ("appointment_number",)
    assert "appointment_number,practice_tin" in str(told.value)
    with pytest.raises(FileUnreadable, match="column 15 has a heading that is not known"):
        read(GOOD | {"billed": "1.00"})


def test_a_csv_file_and_a_workbook_hold_the_same_appointments(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cells in (list(GOOD), list(GOOD.values())):
        book.active.append(cells)
    book.save(tmp_path / "appointments.xlsx")
    (tmp_path / "appointments.csv").write_text(csv_text(GOOD, columns=GOOD), encoding="utf-8")
    found = []
    for name in ("appointments.csv", "appointments.xlsx"):
        with open_table(tmp_path / name) as table:
            columns = places(table.headings, None, columns=APPOINTMENT_COLUMNS)
            found += [taken(row) for row in read_appointments(table, columns, SCOPE, TODAY)]
    assert found[0] == found[1]
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(FileUnreadable, match="is a PDF"), open_table(tmp_path / "letter.pdf"):
        pass


def test_the_documentation_names_every_column_and_says_which_may_be_blank() -> None:
    page = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    section = page.partition("## Files in: appointments")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|.*\| (yes|no) \|$", section, re.MULTILINE)
    told = {name: blank for names, blank in rows for name in re.findall(r"`(\w+)`", names)}
    assert tuple(told) == APPOINTMENT_COLUMNS.names
    assert {name for name, blank in told.items() if blank == "yes"} == APPOINTMENT_COLUMNS.may_be_left_out
