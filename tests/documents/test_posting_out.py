"""The practice system posts every cent of a payment from our file, and nothing from a payment that does not add up."""

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import documents.posting_out
from documents.balance import balance
from documents.posting_out import NotPostable, PostingTotals, write_posting
from documents.posting_out_columns import COLUMNS
from documents.table_out import FileFormat
from flows.remittance import Method, Party, ProviderAdjustment, Reference, RemitAdjustment, RemitClaim, Remittance
from tests.documents.eob_forms import claim, line, payment, plain_payment, with_original

Payments = Sequence[tuple[Remittance, str]]


def file_of(payments: Payments, file_format: FileFormat = FileFormat.CSV) -> tuple[bytes, PostingTotals]:
    out = io.BytesIO()
    totals = write_posting(payments, out, file_format)
    return out.getvalue(), totals


def rows_of(*payments: Remittance) -> list[dict[str, str]]:
    contents, _ = file_of([(each, "new") for each in payments])
    return list(csv.DictReader(io.StringIO(contents.decode("utf-8-sig"), newline="")))


def posted(contents: bytes, file_format: FileFormat) -> list[Decimal]:
    """The post amount of each row of a file."""
    match file_format:
        case FileFormat.CSV:
            rows = csv.DictReader(io.StringIO(contents.decode("utf-8-sig"), newline=""))
            return [Decimal(row["post_amount"]) for row in rows]
        case FileFormat.XLSX:
            sheet = load_workbook(io.BytesIO(contents)).active
            assert sheet is not None
            _, *values = [row[-1] for row in sheet.iter_rows(values_only=True)]
            return [Decimal(str(value)) for value in values]
        case FileFormat.JSON:
            found = json.loads(contents, parse_float=lambda number: pytest.fail(f"a floating-point number: {number}"))
            parts = [
                part
                for one in found["payments"]
                for part in [
                    *one["claims"],
                    *(line for claim in one["claims"] for line in claim["lines"]),
                    *one["provider_adjustments"],
                ]
            ]
            return [Decimal(part["post_amount"]) for part in parts]


def test_a_csv_file_has_a_row_for_each_claim_line_and_provider_adjustment() -> None:
    visit = line(
        1, "99213", "150.00", ("CO", "45", "30.00"), ("PR", "3", "20.00"),
        remark_codes=("N130", "MA01"), references=(Reference(qualifier="6R", number="007"),),
    )  # fmt: skip
    made = payment(with_original(claim(1, visit), "0020250001"), taken=[("L6", "2026-INT", "-1.37")])
    first, second, third = rows_of(
        made.model_copy(update={"source": "835", "payer": Party(name="=Plan", identifier="0123")})
    )
    assert {name: cell for name, cell in first.items() if cell} == {
        "row_kind": "claim", "trace": "EFT0090001", "payer": "'=Plan", "payer_id": "0123", "payee_id": "1234567893",
        "method": "ACH", "paid_on": "2026-09-20", "payment_amount": "101.37", "source": "835", "state": "new",
        "claim_number": "1", "patient_account_number": "ACCT-0001", "payer_claim_number": "20260000001",
        "original_claim_number": "0020250001", "claim_status": "1", "claim_kind": "original",
        "claim_service_from": "2026-09-01", "claim_service_to": "2026-09-01", "claim_billed": "150.00",
        "claim_paid": "100.00", "patient_responsibility": "20.00", "post_amount": "0.00",
    }  # fmt: skip
    assert {name: cell for name, cell in second.items() if cell and cell != first[name]} == {
        "row_kind": "line", "line_number": "1", "line_control_number": "007", "procedure": "99213", "modifiers": "25",
        "units": "1", "service_from": "2026-09-01", "service_to": "2026-09-01", "billed": "150.00",
        "allowed": "100.00", "paid": "100.00", "adjustments": "CO-45 30.00; PR-3 20.00", "remark_codes": "N130; MA01",
        "post_amount": "100.00",
    }  # fmt: skip
    assert {name: cell for name, cell in third.items() if cell and cell != first[name]} == {
        "row_kind": "provider", "provider_adjustment": "L6", "provider_reference": "2026-INT", "post_amount": "1.37",
    }  # fmt: skip


def test_what_a_claim_takes_off_beyond_its_lines_stands_in_its_own_row() -> None:
    beyond = RemitAdjustment(group="OA", carc="23", amount=Decimal("15.00"))
    whole = claim(1, line(1, "99213", "150.00", ("CO", "45", "30.00")))
    made = payment(whole.model_copy(update={"paid": Decimal("105.00"), "adjustments": (beyond,)}))
    first, second = rows_of(made)
    assert (first["adjustments"], first["post_amount"], second["post_amount"]) == ("OA-23 15.00", "-15.00", "120.00")


def test_a_claim_without_lines_is_posted_as_a_whole() -> None:
    taken = RemitAdjustment(group="CO", carc="45", amount=Decimal("30.00"))
    whole = claim(1, line(1, "99213", "150.00", ("CO", "45", "30.00")))
    (row,) = rows_of(payment(whole.model_copy(update={"lines": (), "adjustments": (taken,)})))
    assert (row["row_kind"], row["post_amount"], row["adjustments"]) == ("claim", "120.00", "CO-45 30.00")


def test_reversals_and_their_corrections_are_told() -> None:
    back, again = line(1, "99213", "-150.00", ("CO", "45", "-30.00")), line(1, "99213", "150.00", ("CO", "45", "50.00"))
    reversal = claim(1, back, status="22", account="0")
    by_number = claim(2, again, account="A-2").model_copy(update={"payer_claim_number": reversal.payer_claim_number})
    by_original = with_original(claim(3, again, account="A-3"), str(reversal.payer_claim_number))
    without_account = claim(4, again, account="0")
    rows = [
        row for row in rows_of(payment(reversal, by_number, by_original, without_account)) if row["row_kind"] == "claim"
    ]
    assert [row["claim_kind"] for row in rows] == ["reversal", "correction", "correction", "original"]
    assert rows_of(payment(reversal))[1]["post_amount"] == "-120.00"
    named = claim(1, back, status="22", account="A-9"), claim(2, again, account="A-9")
    assert [row["claim_kind"] for row in rows_of(payment(*named))[::2]] == ["reversal", "correction"]


def test_a_predetermination_is_not_posted() -> None:
    taken = RemitAdjustment(group="OA", carc="101", amount=Decimal("120.00"))
    promised = claim(2, line(1, "99213", "150.00", ("CO", "45", "30.00")), status="25").model_copy(
        update={"paid": Decimal("0.00"), "adjustments": (taken,)}
    )
    made = payment(claim(1, line(1, "99213", "150.00")), promised)
    assert {row["claim_number"] for row in rows_of(made)} == {"1"}


@pytest.mark.parametrize("file_format", FileFormat)
def test_nothing_is_posted_from_a_payment_that_does_not_add_up(file_format: FileFormat) -> None:
    good = plain_payment()
    off = good.model_copy(update={"amount": good.amount + Decimal("0.01")})
    told, _ = balance(off.claims, off.provider_adjustments, off.amount)
    lines = plain_payment().claims[0].lines
    wrong = good.claims[0].model_copy(update={"lines": (lines[0].model_copy(update={"adjustments": ()}), lines[1])})
    hidden = good.model_copy(update={"claims": (wrong, *good.claims[1:])})
    for bad in (hidden, off, off.model_copy(update={"balance": told}), good.model_copy(update={"balance": told})):
        with pytest.raises(NotPostable, match="Payment 2 of this export") as refused:
            file_of([(good, "new"), (bad, "new")], file_format)
        assert "EFT0090001" not in str(refused.value)


@pytest.mark.parametrize("file_format", FileFormat)
def test_the_same_payments_give_the_same_bytes_and_nothing_lies_in_the_clear_on_the_way(
    file_format: FileFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = file_of([(plain_payment(), "new")], file_format)
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))
    assert file_of([(plain_payment(), "new")], file_format) == first


@pytest.mark.parametrize("file_format", FileFormat)
def test_the_patients_name_and_member_id_are_in_no_file(file_format: FileFormat) -> None:
    contents, _ = file_of([(plain_payment(), "new")], file_format)
    if file_format is FileFormat.XLSX:
        sheet = load_workbook(io.BytesIO(contents)).active
        assert sheet is not None
        contents = repr(list(sheet.iter_rows(values_only=True))).encode()
    assert b"ACCT-0001" in contents
    for word in (b"OCANARY", b"ZEPH", b"QZX"):
        assert word not in contents


def test_a_sheet_keeps_zeros_amounts_and_dates_as_what_they_are() -> None:
    contents, _ = file_of([(payment(claim(1, line(1, "99213", "150.00")), trace="000123"), "new")], FileFormat.XLSX)
    sheet = load_workbook(io.BytesIO(contents)).active
    assert sheet is not None
    heading, first, _ = sheet.iter_rows(values_only=True)
    cells = dict(zip(heading, first, strict=True))
    assert (cells["trace"], cells["claim_billed"], cells["claim_number"]) == ("000123", 150, 1)
    assert cells["paid_on"] == datetime(2026, 9, 20)  # noqa: DTZ001 - a sheet has no time zones


def test_json_names_every_code_and_writes_amounts_as_strings() -> None:
    contents, totals = file_of([(plain_payment(), "again")], FileFormat.JSON)
    found = json.loads(contents)
    assert (found["format"], found["format_version"]) == ("portalwright-posting", 1)
    (one,) = found["payments"]
    assert (one["trace"], one["amount"], one["state"]) == ("EFT0090001", "189.37", "again")
    assert one["claims"][0]["lines"][0]["adjustments"][1] == {
        "group": "PR", "carc": "3", "amount": "20.00", "quantity": None,
    }  # fmt: skip
    assert one["provider_adjustments"][1] == {"reason": "WO", "reference": "20250000077", "post_amount": "-12.00"}
    assert totals == PostingTotals(rows=8, payments=1, amount=Decimal("189.37"))


def test_no_payments_are_a_file_with_its_heading_alone() -> None:
    for file_format in FileFormat:
        contents, totals = file_of([], file_format)
        assert (posted(contents, file_format), totals) == ([], PostingTotals(0, 0, Decimal("0.00")))


CENTS = st.decimals(-9999, 9999, places=2)


@st.composite
def balanced(draw: st.DrawFn) -> Remittance:
    """A payment that adds up, with adjustments at every level and of either sign."""
    taken = st.builds(
        RemitAdjustment, group=st.sampled_from(["CO", "PR", "OA"]), carc=st.sampled_from(["45", "1"]), amount=CENTS
    )
    claims: list[RemitClaim] = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        lines = []
        for place in range(1, draw(st.integers(0, 3)) + 1):
            adjustments = tuple(draw(st.lists(taken, max_size=3)))
            billed = draw(CENTS)
            paid = billed - sum((each.amount for each in adjustments), Decimal(0))
            shape = line(place, "99213", "1.00")
            lines.append(shape.model_copy(update={"billed": billed, "paid": paid, "adjustments": adjustments}))
        own = tuple(draw(st.lists(taken, max_size=2)))
        # A charge that is not that of the lines happens (split claims); the formulas of the claim hold all the same.
        billed = draw(CENTS)
        off = sum((each.amount for part in (own, *(one.adjustments for one in lines)) for each in part), Decimal(0))
        claims.append(
            claim(number, *lines, status=draw(st.sampled_from(["1", "4", "22"]))).model_copy(
                update={"billed": billed, "paid": billed - off, "adjustments": own}
            )
        )
    amounts = draw(st.lists(CENTS, max_size=3))
    adjusted = tuple(ProviderAdjustment(reason="WO", amount=amount) for amount in amounts)
    amount = sum((each.paid for each in claims), Decimal(0)) - sum(amounts, Decimal(0))
    found, unbalanced = balance(claims, adjusted, amount)
    return Remittance(
        source="835", method=Method.ACH, amount=amount, paid_on=date(2026, 9, 20), trace="1", claims=tuple(claims),
        provider_adjustments=adjusted, balance=found, unbalanced=unbalanced,
    )  # fmt: skip


@settings(max_examples=25)
@given(st.lists(balanced(), max_size=3))
def test_what_is_posted_adds_up_to_the_payments_to_the_cent(payments: list[Remittance]) -> None:
    total = sum((each.amount for each in payments), Decimal(0))
    for file_format in FileFormat:
        contents, totals = file_of([(each, "new") for each in payments], file_format)
        amounts = posted(contents, file_format)
        assert sum(amounts, Decimal(0)) == total == totals.amount
        assert (len(amounts), len(payments)) == (totals.rows, totals.payments)


def test_no_heading_stands_twice() -> None:
    names = [column.name for column in COLUMNS]
    assert len(names) == len(set(names))


def test_the_documentation_names_every_column_in_its_order() -> None:
    page = (Path(documents.posting_out.__file__).parents[1] / "docs" / "remittances.md").read_text(encoding="utf-8")
    section = page.partition("### The columns of the posting file")[2].partition("\n#")[0]
    shown = [row.split("`")[1] for row in section.splitlines() if row.startswith("| `")]
    assert shown == [column.name for column in COLUMNS]
