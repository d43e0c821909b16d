"""`remit inspect` says what an 835 comes to, needs no office, writes nothing and quotes nothing of a bad file."""

import json
import zipfile
from pathlib import Path

import pytest

from portalwright.exit_codes import ExitCode
from tests.documents.remittance_files import interchange, of_lines
from tests.portalwright.conftest import CommandLine

PAYMENT = """BPR*I*90*C*ACH************20260901
TRN*1*TRACE-7*1999999999
CLP*ACCT-1*1*150*100*20*12*ICN1
CAS*CO*253*5
NM1*QC*1*CANARY*ZEPHYRINE
SVC*HC:99213*100*60
CAS*CO*45*20
CAS*PR*2*20
SVC*HC:99214*50*45
CAS*CO*45*5
CLP*ACCT-2*22*-40*0
CAS*CO*45*-40
PLB*1234567893*20261231*WO:ICN9*15*WO:ICN8*-5*L6*0"""

UNBALANCED = """BPR*I*90*C*ACH************20260901
TRN*1*TRACE-8*1999999999
CLP*ACCT-1*1*150*100
SVC*HC:99213*100*100
CAS*CO*45*20
SVC*HC:99214*50*50"""


def file_of(folder: Path, *payments: str) -> Path:
    file = folder / "payment.835"
    file.write_text(interchange([of_lines(payment) for payment in payments]))
    return file


def test_json_gives_the_sums_of_every_payment(portalwright: CommandLine, tmp_path: Path) -> None:
    told = portalwright("remit", "inspect", file_of(tmp_path, PAYMENT, UNBALANCED), "--json")
    assert (told.code, told.err) == (0, "")
    assert json.loads(told.out) == {
        "transactions": [
            {
                "payment": "90.00",
                "trace": "TRACE-7",
                "billed": "110.00",
                "paid": "100.00",
                "adjustments": {"CO-253": "5.00", "CO-45": "-15.00", "PR-2": "20.00"},
                "provider_adjustments": {"L6": "0.00", "WO": "10.00"},
                "claims": 2,
                "lines": 2,
                "balanced": {"line": True, "claim": True, "transaction": True},
            },
            {
                "payment": "90.00",
                "trace": "TRACE-8",
                "billed": "150.00",
                "paid": "100.00",
                "adjustments": {"CO-45": "20.00"},
                "provider_adjustments": {},
                "claims": 1,
                "lines": 2,
                "balanced": {"line": False, "claim": False, "transaction": False},
            },
        ]
    }


def test_a_table_says_the_same(portalwright: CommandLine, tmp_path: Path) -> None:
    told = portalwright("remit", "inspect", file_of(tmp_path, PAYMENT, UNBALANCED))
    heading, first, second = told.out.splitlines()
    assert heading.startswith("payment\ttrace\tbilled\tpaid\tadjustments")
    assert first.split("\t") == [
        "90.00", "TRACE-7", "110.00", "100.00", "CO-253 5.00; CO-45 -15.00; PR-2 20.00", "L6 0.00; WO 10.00",
        "2", "2", "yes",
    ]  # fmt: skip
    assert second.endswith("not by line, claim, transaction")
    assert "CANARY" not in told.out


@pytest.mark.parametrize("content", [b"", b"patient,amount\nCANARY,1\n", b"\x00\xff\x80" * 400, b"%PDF-1.7"])
def test_a_file_without_a_remittance_gives_an_empty_list_and_a_message(
    portalwright: CommandLine, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    told = portalwright("remit", "inspect", file, "--json")
    assert (told.code, json.loads(told.out)) == (0, {"transactions": []})
    assert told.err.startswith(f"{file}: there is no remittance (835) in this file.")
    assert "CANARY" not in told.err
    assert portalwright("remit", "inspect", file).out == ""


def test_a_payment_that_cannot_be_read_is_told_and_the_others_are_shown(
    portalwright: CommandLine, tmp_path: Path
) -> None:
    file = file_of(tmp_path, PAYMENT.replace("*150*100*", "*CANARY*100*"), UNBALANCED)
    told = portalwright("remit", "inspect", file, "--json")
    assert told.code == ExitCode.NEEDS_PERSON
    assert [one["trace"] for one in json.loads(told.out)["transactions"]] == ["TRACE-8"]
    assert "payment 1 (segment 6): CLP03, the charge, of claim 1 is no amount in dollars and cents" in told.err
    assert "CANARY" not in told.err


@pytest.mark.parametrize("name", ["missing.835", "."])
def test_a_file_that_is_not_there_or_is_a_folder_is_told(portalwright: CommandLine, tmp_path: Path, name: str) -> None:
    told = portalwright("remit", "inspect", tmp_path / name, "--json")
    assert (told.code, told.out) == (ExitCode.OFFICE, "")
    assert str(tmp_path / name) in told.err
    assert "Traceback" not in told.err


def test_nothing_is_written_anywhere(portalwright: CommandLine, tmp_path: Path) -> None:
    file = file_of(tmp_path, PAYMENT)
    before = sorted(tmp_path.rglob("*"))
    assert portalwright("remit", "inspect", file, cwd=tmp_path).code == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_of_remittances_is_told_from_a_remittance(portalwright: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "payments.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.write(file_of(tmp_path, PAYMENT), "payment.835")
    told = portalwright("remit", "inspect", file, "--json")
    assert (told.code, told.out) == (0, '{"transactions": []}\n')
    assert "`portalwright import remits` reads it" in told.err
