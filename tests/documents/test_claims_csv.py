"""The work list: each row becomes exactly one question or one reasoned rejection, and none of them quotes a patient."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.claims_csv import (
    COLUMNS,
    ClaimRow,
    ClaimsFileUnreadable,
    OfficeScope,
    RejectedRow,
    read_claims,
    read_claims_file,
)

TODAY = date(2026, 11, 22)
SCOPE = OfficeScope(tin="123456789", npis=frozenset({"1234567893"}), portals=frozenset({"practice-national"}))
GOOD = {
    "practice_tin": "123456789",
    "billing_npi": "1234567893",
    "portal": "practice-national",
    "member_id": "QZX100200300",
    "last_name": "O'Canary-Lópéz",
    "first_name": "Zephyrine",
    "birth_date": "1961-02-28",
    "patient_account_number": "ACCT-777",
    "payer_claim_number": "",
    "service_from": "2026-09-01",
    "service_to": "2026-09-02",
    "billed": "1234.50",
    "first_procedure": "99213",
}


def as_csv(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> list[str]:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().splitlines(keepends=True)


def read(*rows: dict[str, str]) -> list[ClaimRow | RejectedRow]:
    return list(read_claims(as_csv(*rows), SCOPE, TODAY))


def rejected(**changes: str) -> RejectedRow:
    (result,) = read(GOOD | changes)
    assert isinstance(result, RejectedRow)
    return result


def test_a_good_row_becomes_its_question() -> None:
    (row,) = read(GOOD)
    assert isinstance(row, ClaimRow)
    question = row.question
    assert question.portal == "practice-national"
    assert (question.provider.tin, question.provider.npi) == ("123456789", "1234567893")
    assert question.patient.last_name == "O'Canary-Lópéz"
    assert question.patient.birth_date == date(1961, 2, 28)
    assert question.claim.billed == Decimal("1234.50")
    assert question.claim.payer_claim_number is None
    assert question.claim.first_procedure == "99213"
    assert (question.claim.service_from, question.claim.service_to) == (date(2026, 9, 1), date(2026, 9, 2))


def test_american_dates_money_with_signs_and_a_dashed_tax_number_mean_the_same() -> None:
    written = GOOD | {"practice_tin": "12-3456789", "birth_date": "02/28/1961", "billed": "$1,234.50"}
    (one,), (other,) = read(GOOD), read(written)
    assert isinstance(one, ClaimRow)
    assert isinstance(other, ClaimRow)
    assert one.question == other.question


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "with byte order mark"])
def test_utf_8_is_read_with_and_without_byte_order_mark(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "work.csv"
    path.write_bytes(start + "".join(as_csv(GOOD)).encode())
    (row,) = read_claims_file(path, SCOPE, TODAY)
    assert isinstance(row, ClaimRow)
    assert row.question.patient.last_name == "O'Canary-Lópéz"


def test_columns_may_stand_in_any_order_and_case() -> None:
    lines = as_csv(GOOD, columns=tuple(reversed(COLUMNS)))
    lines[0] = lines[0].upper()
    assert isinstance(next(read_claims(lines, SCOPE, TODAY)), ClaimRow)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"practice_tin": "12345678"}, "practice_tin", "nine digits"),
        ({"practice_tin": "987654321"}, "practice_tin", "not this office's"),
        ({"billing_npi": "1234567890"}, "billing_npi", "check digit"),
        ({"billing_npi": "1679576722"}, "billing_npi", "not one of this office's"),
        ({"portal": "elsewhere"}, "portal", "has a pack for"),
        ({"member_id": "  "}, "member_id", "blank"),
        ({"last_name": ""}, "last_name", "blank"),
        ({"first_name": ""}, "first_name", "blank"),
        ({"birth_date": "28/02/1961"}, "birth_date", "not a date"),
        ({"birth_date": "1961-02-29"}, "birth_date", "not a date"),
        ({"birth_date": "61-02-28"}, "birth_date", "not a date"),
        ({"birth_date": "2026-11-23"}, "birth_date", "future"),
        ({"birth_date": "1861-02-28"}, "birth_date", "before 1900"),
        ({"service_from": "1960-01-01", "service_to": "1960-01-01"}, "service_from", "before birth_date"),
        ({"service_to": "2026-08-31"}, "service_to", "before service_from"),
        ({"service_to": "2026-12-01"}, "service_to", "future"),
        ({"patient_account_number": ""}, "patient_account_number", "blank"),
        ({"patient_account_number": "A" * 81}, "patient_account_number", "longer than 80"),
        ({"billed": "12.345"}, "billed", "dollars"),
        ({"billed": "NaN"}, "billed", "dollars"),
        ({"billed": "0.00"}, "billed", "more than zero"),
        ({"billed": "-5.00"}, "billed", "more than zero"),
        ({"billed": ""}, "billed", "blank"),
        ({"first_procedure": "9921"}, "first_procedure", "procedure code"),
        ({"first_name": "Zeph\nyrine"}, "first_name", "line break"),
        ({"last_name": "Can\0ary"}, "last_name", "cannot be shown"),
    ],
)
def test_a_wrong_row_is_told_by_row_field_and_reason_and_never_quoted(
    changes: dict[str, str], field: str, reason: str
) -> None:
    result = rejected(**changes)
    assert (result.row, result.field) == (2, field)
    assert reason in result.reason
    for name, value in (GOOD | changes).items():
        if value.strip() and name not in ("practice_tin", "portal"):
            assert value not in result.reason


def test_rows_are_counted_as_a_spreadsheet_does_and_good_rows_around_a_bad_one_are_kept() -> None:
    second, third = GOOD | {"patient_account_number": "B", "billed": "x"}, GOOD | {"patient_account_number": "C"}
    results = read(GOOD, second, third)
    assert [type(result) for result in results] == [ClaimRow, RejectedRow, ClaimRow]
    assert isinstance(results[1], RejectedRow)
    assert results[1].row == 3


def test_blank_rows_are_passed_over_but_counted() -> None:
    lines = as_csv(GOOD, GOOD | {"patient_account_number": "B", "billed": "x"})
    lines.insert(2, "\r\n")
    results = list(read_claims(lines, SCOPE, TODAY))
    assert isinstance(results[1], RejectedRow)
    assert results[1].row == 4


def test_a_row_of_another_length_is_rejected() -> None:
    lines = as_csv(GOOD)
    lines[1] = lines[1].strip() + ",more\r\n"
    (result,) = read_claims(lines, SCOPE, TODAY)
    assert isinstance(result, RejectedRow)
    assert result.field == "the whole row"


def test_letters_that_are_not_utf_8_reject_their_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "work.csv"
    plain = GOOD | {"last_name": "Canary", "patient_account_number": "B"}
    path.write_bytes("".join(as_csv(GOOD, plain)).encode("latin-1"))
    first, second = read_claims_file(path, SCOPE, TODAY)
    assert isinstance(first, RejectedRow)
    assert (first.field, "CSV UTF-8" in first.reason) == ("last_name", True)
    assert isinstance(second, ClaimRow)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "is empty"),
        (["practice_tin,portal\r\n"], "lacks billing_npi, member_id, last_name, first_name and 7 more"),
        ([",".join(COLUMNS) + ",Canary\r\n"], "column 14 has a heading that is not known"),
        ([",".join((*COLUMNS, "billed")) + "\r\n"], "two columns billed"),
        (["\ufeffp\0r\0\r\n"], "not UTF-8"),
        ([",".join(COLUMNS) + "\r\n", "x" * 140_000 + "\r\n"], "no CSV"),
    ],
    ids=["empty", "missing", "unknown", "doubled", "utf-16", "endless cell"],
)
def test_a_file_that_is_no_work_list_is_told_as_a_whole(lines: list[str], said: str) -> None:
    with pytest.raises(ClaimsFileUnreadable, match=said) as told:
        list(read_claims(lines, SCOPE, TODAY))
    assert "Canary" not in str(told.value)


def test_a_patients_row_in_place_of_the_heading_is_not_quoted() -> None:
    with pytest.raises(ClaimsFileUnreadable) as told:
        list(read_claims(as_csv(GOOD)[1:], SCOPE, TODAY))
    assert not any(value in str(told.value) for value in GOOD.values() if value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClaimsFileUnreadable, match="could not be read"):
        list(read_claims_file(tmp_path / "none.csv", SCOPE, TODAY))


def test_rows_are_streamed_not_gathered() -> None:

    lines = iter(as_csv(GOOD, GOOD | {"patient_account_number": "B"}))
    results = read_claims(lines, SCOPE, TODAY)
    next(results)
    assert next(lines, None) is not None, "the second row was read before it was asked for"


@given(st.lists(st.text(max_size=12), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_no_row_breaks_the_reader(cells: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    row = text.getvalue()
    results = list(read_claims([",".join(COLUMNS) + "\r\n", row], SCOPE, TODAY))
    assert len(results) <= 1
    assert not any(isinstance(result, ClaimRow) for result in results)
