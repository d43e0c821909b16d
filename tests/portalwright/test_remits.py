"""Payments come in by file, are matched, looked at and given to the practice system; once, whole and to the cent."""

import csv
import json
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from flows.remittance import Party, ProviderAdjustment, RemitPerson, Remittance
from portalwright.exit_codes import ExitCode
from tests.documents.remittance_files import claim, line, remittance, written
from tests.portalwright.conftest import CommandLine, Ended
from tests.portalwright.test_commands import ROW, work_list

CANARY = "Ocanarylast"
Run = Callable[..., Ended]


@pytest.fixture
def run(portalwright: CommandLine, office: Path) -> Run:
    """Runs a command on the office."""

    def _run(*words: str | Path, code: int = 0) -> Ended:
        done = portalwright(*words, "--office", office)
        assert done.code == code, (done.out, done.err)
        return done

    return _run


def paid(trace: str = "TRACE1", amount: str = "900.00", number: int = 1, **changes: object) -> Remittance:
    """The claim of the work list, paid."""
    one = claim(1, "1234.50", "900.00", line(1, "1234.50", "900.00", "CO-45 334.50"))
    one = one.model_copy(
        update={
            "patient_account_number": f"ACCTCANARY{number}",
            "service_from": date(2025, 9, 1),
            "service_to": date(2025, 9, 1),
            "patient": RemitPerson(last_name=CANARY, first_name="Z", identifier="QZXCANARY0200300"),
        }
    )
    made = remittance(amount, [one], trace=trace, **changes)  # type: ignore[arg-type]  # what the builder takes
    return made.model_copy(
        update={"paid_on": date(2025, 9, 15), "payer": Party(name="PRACTICE NATIONAL"), "originator": "1999999999"}
    )


def test_a_folder_comes_in_file_by_file_and_twice_changes_nothing(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.835").write_bytes(written([paid(), paid("TRACE2", number=2)]))
    (folder / "b.835").write_bytes(written([paid("OFF", "900.01", number=3)]))
    (folder / "c.txt").write_text(f"{CANARY} owes nothing")
    (folder / "d.pdf").write_bytes(b"%PDF-1.7 and then it breaks off")
    (folder / "deeper" / "a again.835").write_bytes(written([paid(), paid("TRACE2", number=2)]))
    (folder / "empty.835").write_bytes(b"")
    told = run("import", "remits", folder, code=ExitCode.NEEDS_PERSON)
    rows = {Path(row[0]).name: row[1:] for row in csv.reader(told.out.splitlines()[1:-1], delimiter="\t")}
    assert {name: row[0] for name, row in rows.items()} == {
        "a.835": "loaded", "b.835": "flagged", "c.txt": "refused", "d.pdf": "refused", "a again.835": "duplicate",
        "empty.835": "refused",
    }  # fmt: skip
    assert rows["a.835"][1:4] == ["2", "0", "1,800.00"]
    assert rows["b.835"][4] == "1 payment does not add up"
    assert told.out.splitlines()[-1] == ("1 loaded, 1 flagged, 1 duplicate, 3 refused; 3 new payments of 2,700.01.")
    assert CANARY not in told.out + told.err
    before = run("remits", "--json").out
    again = run("import", "remits", folder, "--json", code=ExitCode.NEEDS_PERSON)
    assert [json.loads(one)["became"] for one in again.out.splitlines()] == [
        "duplicate", "duplicate", "refused", "refused", "duplicate", "refused",
    ]  # fmt: skip
    assert run("remits", "--json").out == before


def test_a_payment_goes_from_its_file_to_the_practice_system_once(run: Run, tmp_path: Path, office: Path) -> None:
    file = tmp_path / "a.835"
    taken = ProviderAdjustment(reason="WO", reference="ACCTCANARY1", amount=Decimal("100.00"))
    file.write_bytes(written([paid(), paid("TRACE2", "800.00", number=2, provider_adjustments=[taken])]))
    run("import", "remits", file)
    run("import", "claims", work_list(tmp_path / "work.csv", ROW))
    deposits = tmp_path / "deposits.csv"
    deposits.write_text(
        "deposited_on,amount,trace,payer,reference\n2025-09-15,900.00,TRACE1,PRACTICE NATION,B1\n"
        "2025-09-18,12.00,NOBODY,SOMEBODY,B2\n2025-10-30,1.00,,,\n"
    )
    assert "3 new" in run("import", "deposits", deposits).out
    assert "0 new, 0 changed, 3 as before" in run("import", "deposits", deposits).out
    shown = {record["trace"]: record for record in map(json.loads, run("remits", "--json").out.splitlines())}
    assert (shown["TRACE1"]["matched"], shown["TRACE1"]["deposited_on"]) == (1, "2025-09-15")
    missing = run("remits", "--missing", "--json").out
    assert [(one["lacks"], one["trace"], one["amount"]) for one in map(json.loads, missing.splitlines())] == [
        ("remittance of a deposit", "NOBODY", "12.00"),
        ("remittance of a deposit", None, "1.00"),
        ("deposit of a remittance", "TRACE2", "800.00"),
    ]
    whole = run("remit", "show", "TRACE2")
    assert f"payment {shown['TRACE1']['id']}, claim 1" in whole.out
    assert CANARY not in whole.out
    assert CANARY in run("remit", "show", str(shown["TRACE2"]["id"]), "--names").out
    out = tmp_path / "posting.csv"
    told = run("posting", "export", "--out", out)
    assert told.out.startswith("2 payments of 1,700.00 in all")
    with out.open(encoding="utf-8-sig", newline="") as rows:
        listed = list(csv.DictReader(rows))
    assert sum(Decimal(row["post_amount"]) for row in listed) == Decimal("1700.00")
    assert {row["state"] for row in listed} == {"new"}
    assert out.stat().st_mode & 0o777 == 0o600
    again = tmp_path / "again.json"
    assert run("posting", "export", "--out", again).out == "There is no payment to give; no file was written.\n"
    assert not again.exists()
    run("posting", "export", "--out", again, "--again")
    assert {payment["state"] for payment in json.loads(again.read_text())["payments"]} == {"again"}
    copy = tmp_path / "copy.835"
    run("remit", "document", "1", copy)
    assert copy.read_bytes() == file.read_bytes()
    assert_nothing_in_the_clear(office)


def test_what_does_not_add_up_is_not_posted_and_told(run: Run, tmp_path: Path) -> None:
    file, out = tmp_path / "a.835", tmp_path / "posting.xlsx"
    file.write_bytes(written([paid("OFF", "900.01")]))
    run("import", "remits", file, code=ExitCode.NEEDS_PERSON)
    told = run("posting", "export", "--out", out, code=ExitCode.NEEDS_PERSON)
    assert "Left out: 1 that do not add up" in told.err
    assert not out.exists()
    assert "DATA-INCONSISTENT" in run("cases").out


def test_a_closed_case_says_which_payment_is_posted_from_then_on(run: Run, tmp_path: Path) -> None:
    file, out = tmp_path / "a.835", tmp_path / "posting.csv"
    elsewhere = Party(name="SOMEBODY ELSE", identifier="1999999984")
    off = [paid("OFF", "900.01").model_copy(update={"payee": elsewhere})]
    file.write_bytes(written([paid().model_copy(update={"payee": elsewhere}), *off]))
    run("import", "remits", file, code=ExitCode.NEEDS_PERSON)
    run("posting", "export", "--out", out, code=ExitCode.NEEDS_PERSON)
    cases = [row.split("\t") for row in run("cases").out.splitlines()[1:]]
    closed = [run("cases", "close", number, "--how", "done-by-hand").out for number, *_ in cases]
    free = "Nothing holds payment 1 any more: the next `portalwright posting export` gives it.\n"
    assert sorted(closed) == sorted(
        [f"Case {number} is closed.\n" + (free if "Payment 1 " in row[-1] else "") for number, *row in cases]
    )
    assert run("posting", "export", "--out", out, code=ExitCode.NEEDS_PERSON).out.startswith("1 payments of 900.00")


def test_a_posting_that_can_not_be_written_is_not_marked(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.835"
    file.write_bytes(written([paid()]))
    run("import", "remits", file)
    run("posting", "export", "--out", tmp_path / "none" / "posting.csv", code=ExitCode.OFFICE)
    assert run("posting", "export", "--out", tmp_path / "posting.csv").out.startswith("1 payments")


def test_payments_of_some_days_are_put_on_the_work_list_once(run: Run) -> None:
    ask = ("remits", "ask", "practice-national", "--from", "2026-11-01", "--to", "2026-11-15")
    assert run(*ask).out == "1 question put on the work list.\n"
    assert run(*ask).out == "0 questions put on the work list, 1 waits there already.\n"
    run("remits", "ask", "practice-national", "--from", "2026-11-15", "--to", "2026-11-01", code=ExitCode.USAGE)
    told = run("remits", "ask", "practice-national", "--from", "2026-11-01", "--to", "9999-12-30")
    assert "not over" in told.err
    run("remits", "ask", "practice-national", "--from", "2026-02-30", "--to", "2026-11-01", code=ExitCode.USAGE)
    run("remits", "ask", "nowhere", "--from", "2026-11-01", "--to", "2026-11-01", code=ExitCode.USAGE)


def test_a_zip_that_is_not_compressed_loses_no_file_silently(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "payments.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.835", written([paid()]))
        archive.writestr(f"{CANARY}.835", b"")
    done = run("import", "remits", file, code=ExitCode.NEEDS_PERSON)
    assert "flagged\t1\t0\t900.00\tMember 2: the file is empty" in done.out
    assert CANARY not in done.out + done.err


def test_a_remittance_is_no_known_acknowledgement(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.835"
    file.write_bytes(written([paid()]))
    run("import", "remits", file)
    told = run("import", "acknowledgements", file, code=ExitCode.NEEDS_PERSON).out.splitlines()
    assert told[0] == "file\tbecame\tnew acknowledgements\tagain\twhy"
    assert told[1].endswith("refused\t0\t0\tThis content was imported before, as a remittance.")


def test_what_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    assert "nowhere" in run("import", "remits", tmp_path / "nowhere", code=ExitCode.OFFICE).err
    run("remit", "show", "99", code=ExitCode.LEDGER)
    run("remit", "document", "99", tmp_path / "x", code=ExitCode.LEDGER)
    assert run("remits").out == "There are no payments.\n"
    assert run("remits", "--missing").out == "Nothing is missing.\n"


def assert_nothing_in_the_clear(office: Path) -> None:
    for path in office.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert CANARY.encode() not in content, path.name
            assert CANARY.upper().encode() not in content, path.name
