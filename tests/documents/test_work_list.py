"""The work list: each row becomes exactly one question or one reasoned rejection, and none of them quotes a patient."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.rows import OfficeScope
from documents.work_list import COLUMNS, ClaimRow
from tests.documents.work_lists import GOOD, SCOPE, as_csv, read, read_lines, refused, taken


def test_a_good_row_becomes_its_question() -> None:
    question = taken(*read(GOOD)).question
    assert question.portal == "practice-national"
    assert (question.provider.tin, question.provider.npi) == ("123456789", "1234567893")
    assert question.patient.last_name == "O'Canary-Lópéz"
    assert question.patient.birth_date == date(1961, 2, 28)
    assert question.claim.billed == Decimal("1234.50")
    assert question.claim.payer_claim_number is None
    assert question.claim.first_procedure == "99213"
    assert (question.claim.service_from, question.claim.service_to) == (date(2026, 9, 1), date(2026, 9, 2))


@pytest.mark.parametrize(
    "written",
    [
        {"practice_tin": "12-3456789", "birth_date": "02/28/1961", "billed": "$1,234.50"},
        {"birth_date": "2/28/1961", "service_from": "9/1/2026", "billed": "1234.5"},
        {"birth_date": "22340", "service_from": "46266", "service_to": "46267.0"},
        {"birth_date": "1961-02-28 00:00:00", "service_from": "2026-09-01T00:00"},
        {"last_name": " O'Canary-Lópéz\xa0", "member_id": "\tQZX100200300 "},
    ],
    ids=["american", "as Excel shows it", "Excel serial dates", "with midnight", "blanks around"],
)
def test_other_ways_to_write_the_same_mean_the_same(written: dict[str, str]) -> None:
    assert taken(*read(GOOD | written)).question == taken(*read(GOOD)).question


def test_a_tax_number_gets_back_the_zeros_that_a_spreadsheet_dropped_only_when_it_is_then_the_offices() -> None:
    scope = OfficeScope(tin="012345678", npis=SCOPE.npis, portals=SCOPE.portals)
    assert taken(*read(GOOD | {"practice_tin": "12345678"}, scope=scope)).question.provider.tin == "012345678"
    assert "nine digits" in refused(*read(GOOD | {"practice_tin": "12345679"}, scope=scope)).reason


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"practice_tin": "12345678"}, "practice_tin", "nine digits"),
        ({"practice_tin": "987654321"}, "practice_tin", "the practice that you work for"),
        ({"practice_tin": ""}, "practice_tin", "blank"),
        ({"billing_npi": "1234567890"}, "billing_npi", "check digit"),
        ({"billing_npi": "1679576722"}, "billing_npi", "not one of"),
        ({"portal": "elsewhere"}, "portal", "has a pack for"),
        ({"member_id": "  "}, "member_id", "blank"),
        ({"member_id": "1.00200E+11"}, "member_id", "rounded by the spreadsheet"),
        ({"member_id": "#N/A"}, "member_id", "error of the spreadsheet's"),
        ({"last_name": ""}, "last_name", "blank"),
        ({"last_name": "O'Canary-LÃ³pez"}, "last_name", "garbled"),
        ({"first_name": ""}, "first_name", "blank"),
        ({"birth_date": "28/02/1961"}, "birth_date", "not a date"),
        ({"birth_date": "1961-02-29"}, "birth_date", "not a date"),
        ({"birth_date": "61-02-28"}, "birth_date", "not a date"),
        ({"birth_date": "02/28/61"}, "birth_date", "not a date"),
        ({"birth_date": "1961"}, "birth_date", "not a date"),
        ({"birth_date": "22340.5"}, "birth_date", "not a date"),
        ({"birth_date": "1961-02-28 07:30:00"}, "birth_date", "not a date"),
        ({"birth_date": "2026-11-23"}, "birth_date", "future"),
        ({"birth_date": "1861-02-28"}, "birth_date", "before 1900"),
        ({"service_from": "1960-01-01", "service_to": "1960-01-01"}, "service_from", "before birth_date"),
        ({"service_to": "2026-08-31"}, "service_to", "before service_from"),
        ({"service_to": "2026-12-01"}, "service_to", "future"),
        ({"patient_account_number": ""}, "patient_account_number", "blank"),
        ({"patient_account_number": "A" * 81}, "patient_account_number", "longer than 80"),
        ({"billed": "12.345"}, "billed", "dollars"),
        ({"billed": "12,5"}, "billed", "dollars"),
        ({"billed": "NaN"}, "billed", "dollars"),
        ({"billed": "0.00"}, "billed", "more than zero"),
        ({"billed": "-5.00"}, "billed", "more than zero"),
        ({"billed": ""}, "billed", "blank"),
        ({"first_procedure": "9921"}, "first_procedure", "procedure code"),
        ({"first_procedure": "AB123"}, "first_procedure", "procedure code"),
        ({"first_name": "Zeph\nyrine"}, "first_name", "line break"),
        ({"last_name": "Can\0ary"}, "last_name", "cannot be shown"),
        ({"diagnosis_1": "E11.9", "diagnosis_2": "E11.99"}, "diagnosis_2", "not a code"),
        ({"diagnosis_1": "E11"}, "diagnosis_1", "heading of ICD-10-CM"),
        ({"diagnosis_1": "A00-A09"}, "diagnosis_1", "not a code"),
    ],
)
def test_a_wrong_row_is_told_by_row_field_and_reason_and_never_quoted(
    changes: dict[str, str], field: str, reason: str
) -> None:
    result = refused(*read(GOOD | changes))
    assert (result.row, result.field) == (2, field)
    assert reason in result.reason
    for name, value in (GOOD | changes).items():
        if value.strip() and name not in ("practice_tin", "portal"):
            assert value not in result.reason


@pytest.mark.parametrize("code", ["99213", "0042T", "G0438", "D1110", "J3490"])
def test_procedures_have_the_form_of_cpt_or_hcpcs(code: str) -> None:
    assert taken(*read(GOOD | {"first_procedure": code})).question.claim.first_procedure == code


def test_diagnoses_are_checked_with_and_without_their_dot_and_are_not_kept() -> None:
    with_diagnoses = GOOD | {"diagnosis_1": "E11.9", "diagnosis_2": "I10", "diagnosis_3": "Z0000", "diagnosis_4": ""}
    assert taken(*read(with_diagnoses)).question == taken(*read(GOOD)).question


def test_a_claim_that_no_search_of_its_portal_suits_is_left_out() -> None:
    by_number, by_member = frozenset({"claim.payer_claim_number"}), frozenset({"patient.member_id", "provider.npi"})
    for searches, row, field in (
        ((by_number,), GOOD, "payer_claim_number"),
        ((by_number, by_member), GOOD, ""),
        ((by_number,), GOOD | {"payer_claim_number": "2026001"}, ""),
        ((by_member | {"claim.first_procedure"},), GOOD | {"first_procedure": ""}, "first_procedure"),
    ):
        scope = SCOPE.model_copy(update={"searches": lambda _, found=searches: found})
        (result,) = read(row, scope=scope)
        assert getattr(result, "field", "") == field


def test_what_the_office_itself_knows_need_not_stand_in_the_file() -> None:
    scope = SCOPE.model_copy(update={"portal": "practice-national"})
    less = {name: cell for name, cell in GOOD.items() if name not in ("practice_tin", "billing_npi", "portal")}
    less = {name: cell for name, cell in less.items() if name not in ("payer_claim_number", "first_procedure")}
    question = taken(*read(less, scope=scope)).question
    assert (question.portal, question.provider.npi, question.provider.tin) == (
        "practice-national",
        "1234567893",
        "123456789",
    )
    elsewhere = SCOPE.model_copy(update={"portal": "other", "portals": frozenset({"other", "practice-national"})})
    assert "another portal" in refused(*read(GOOD, scope=elsewhere)).reason


def test_one_bad_row_in_a_thousand_is_left_out_alone() -> None:
    rows = [GOOD | {"patient_account_number": f"A{number}"} for number in range(1000)]
    rows[611] = rows[611] | {"billed": "x"}
    results = read(*rows)
    assert sum(isinstance(result, ClaimRow) for result in results) == 999
    assert refused(results[611]).row == 613


def test_blank_rows_are_passed_over_but_counted() -> None:
    lines = as_csv(GOOD, GOOD | {"patient_account_number": "B", "billed": "x"})
    lines.insert(2, ",,,,,,,,,,,,\r\n")
    lines.insert(2, "\r\n")
    assert refused(read_lines(lines)[1]).row == 5


def test_a_row_of_another_length_is_left_out() -> None:
    lines = as_csv(GOOD)
    lines[1] = lines[1].strip() + ",more\r\n"
    assert refused(*read_lines(lines)).field == "the whole row"


@given(st.lists(st.text(max_size=12), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_no_row_breaks_the_reader(cells: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    results = read_lines([",".join(COLUMNS) + "\r\n", text.getvalue()])
    assert len(results) <= 1
    assert not any(isinstance(result, ClaimRow) for result in results)
