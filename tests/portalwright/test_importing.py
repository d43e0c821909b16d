"""A work list comes in through the command line: told before it is written, taken whole, and only once."""

import csv
import os
import pty
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine, Ended
from tests.portalwright.test_commands import ROW, work_list

THEIRS = {
    "Payer site": "portal", "Subscriber ID": "member_id", "Last": "last_name", "First": "first_name",
    "DOB": "birth_date", "Acct #": "patient_account_number", "From": "service_from", "To": "service_to",
    "Charge": "billed", "Phone": "",
}  # fmt: skip
SAID = [word for theirs, ours in THEIRS.items() if ours for word in ("--column", f"{ours}={theirs}")]


def rows(*, good: int, bad: int = 0) -> list[dict[str, str]]:
    return [
        *(ROW | {"patient_account_number": f"ACCTCANARY{number}"} for number in range(good)),
        *(ROW | {"patient_account_number": f"BADCANARY{number}", "billed": "12,34"} for number in range(bad)),
    ]


def theirs(path: Path, *written: dict[str, str]) -> Path:
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(THEIRS)
        writer.writerows([[row[ours] if ours else "555-0100" for ours in THEIRS.values()] for row in written])
    return path


Import = Callable[..., Ended]


@pytest.fixture
def imported(portalwright: CommandLine, office: Path) -> Import:
    """Imports this file with these further words."""

    def run(file: Path, *more: str | Path) -> Ended:
        return portalwright("import", "claims", file, "--office", office, *more)

    return run


def test_a_dry_run_tells_everything_and_writes_nothing(imported: Import, tmp_path: Path) -> None:
    file = work_list(tmp_path / "work.csv", *rows(good=3, bad=1))
    tried = imported(file, "--dry-run")
    assert tried.code == ExitCode.NEEDS_PERSON
    assert tried.out == "3 new, 0 changed, 0 as before, 1 left out. This was a dry run: nothing was written.\n"
    assert "row 5, billed" in tried.err
    assert imported(file).out == "3 new, 0 changed, 0 as before, 1 left out.\n"
    again = imported(file, "--dry-run").out
    assert again.startswith("0 new, 0 changed, 3 as before, 1 left out. This was a dry run")


def test_all_or_nothing_takes_no_row_beside_a_bad_one(imported: Import, tmp_path: Path) -> None:
    bad, twice = rows(good=3, bad=1), [*rows(good=3), ROW | {"patient_account_number": "ACCTCANARY0", "billed": "7.00"}]
    for listed in (bad, twice):
        told = imported(work_list(tmp_path / "work.csv", *listed), "--all-or-nothing")
        assert told.code == ExitCode.NEEDS_PERSON
        assert told.out.endswith("Rows would have been left out: nothing was written.\n")
    assert imported(work_list(tmp_path / "work.csv", *rows(good=3)), "--all-or-nothing").out.startswith("3 new")


def test_rows_left_out_are_all_in_the_file_that_was_asked_for(imported: Import, tmp_path: Path) -> None:
    file, rejected = work_list(tmp_path / "work.csv", *rows(good=1, bad=40)), tmp_path / "rejected.csv"
    told = imported(file, "--rejected", rejected)
    assert told.err.splitlines()[-1] == "... and 15 more rows; --rejected FILE.csv writes them all."
    with rejected.open(encoding="utf-8-sig", newline="") as lines:
        written = list(csv.DictReader(lines))
    assert [row["row"] for row in written] == [str(number) for number in range(3, 43)]
    assert {row["field"] for row in written} == {"billed"}
    assert "canary" not in rejected.read_text().lower()
    fresh = work_list(tmp_path / "fresh.csv", ROW | {"patient_account_number": "ACCTCANARY77"})
    nowhere = imported(fresh, "--rejected", tmp_path / "none" / "rejected.csv")
    assert nowhere.code == ExitCode.OFFICE
    assert "nothing was imported" in nowhere.err
    assert imported(fresh).out.startswith("1 new")


def test_headings_of_another_system_are_explained_once(imported: Import, office: Path, tmp_path: Path) -> None:
    file = theirs(tmp_path / "export.csv", ROW | {"last_name": "Ocanarylästname"})
    unexplained = imported(file)
    assert unexplained.code == ExitCode.OFFICE
    assert "--column portal=" in unexplained.err
    explained = imported(file, *SAID, "--map", "our-system")
    assert explained.out.startswith("1 new")
    assert "remembered as layout our-system" in explained.err
    assert imported(file).out.startswith("0 new, 0 changed, 1 as before")
    more = theirs(tmp_path / "next.csv", ROW | {"patient_account_number": "ACCTCANARY9"})
    assert imported(more, "--map", "our-system").out.startswith("1 new")
    assert "known: our-system" in imported(more, "--map", "other").err
    assert "canary" not in (office / "import-layouts.json").read_text().lower()
    assert imported(file, "--column", "member_id").code == ExitCode.USAGE


def test_a_workbook_without_a_portal_is_for_the_one_that_is_named(imported: Import, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    less = {name: cell for name, cell in ROW.items() if name not in ("portal", "practice_tin", "billing_npi")}
    book.active.append(list(less))
    book.active.append(list(less.values()))
    book.save(tmp_path / "work.xlsx")
    assert "lacks portal" in imported(tmp_path / "work.xlsx").err
    assert imported(tmp_path / "work.xlsx", "--portal", "elsewhere").code == ExitCode.USAGE
    assert imported(tmp_path / "work.xlsx", "--portal", "practice-national").out.startswith("1 new")


def test_an_837_is_a_work_list_and_its_claims_and_charges_are_told(
    imported: Import, office: Path, tmp_path: Path
) -> None:
    claims = "".join(
        f"CLM*ACCTCANARY{number}*{number}0***11:B:{frequency}*Y*A*Y*Y~LX*1~SV1*HC:99213*10*UN*1***1~DTP*472*D8*20260105~"
        for number, frequency in ((1, 1), (2, 1), (3, 8))
    )
    file = tmp_path / "batch.txt"
    file.write_text(
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260101*1200*^*00501*000000001*0*P*:~"
        "GS*HC*A*B*20260101*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~HL*1**20*1~"
        "NM1*85*2*LAKESIDE*****XX*1234567893~REF*EI*123456789~HL*2*1*22*0~SBR*P*18~"
        "NM1*IL*1*OCANARYLAST*ZEPHYRINE****MI*QZXCANARY1~DMG*D8*19610228*F~NM1*PR*2*PAYER*****PI*12345~"
        f"{claims}SE*9*0001~GE*1*1~IEA*1*000000001~"
    )
    unknown = imported(file)
    assert unknown.out.splitlines() == [
        "The file has 3 claims that charge 60.00 in all.",
        "0 new, 0 changed, 0 as before, 3 left out.",
    ]
    assert "[payers] in office.toml" in unknown.err
    with (office / "office.toml").open("a") as settings:
        settings.write('\n[payers]\n"12345" = "practice-national"\n')
    known = imported(file)
    assert known.out.splitlines()[-1] == "2 new, 0 changed, 0 as before, 1 left out."
    assert known.err == "row 20, CLM05-3: is 8: it takes an earlier claim back, and nobody is asked about it\n"
    assert "CANARY" not in unknown.err + known.err


def test_at_a_terminal_the_headings_are_asked_for(portalwright: CommandLine, office: Path, tmp_path: Path) -> None:
    file = theirs(tmp_path / "export.csv", ROW)
    wanted = [ours for ours in ROW if ours in THEIRS.values()]
    answers = "".join(f"{list(THEIRS.values()).index(ours) + 1}\n" for ours in wanted)
    process, terminal = pty.fork()
    if process == 0:
        command = portalwright.command("import", "claims", file, "--office", office)
        os.execve(command[0], command, {**portalwright.environment(), "TERM": "dumb"})  # noqa: S606 # our own command
    os.write(terminal, answers.encode())
    said = b""
    try:
        while chunk := os.read(terminal, 4096):
            said += chunk
    except OSError:
        pass  # what Linux says when the other side of a terminal has gone
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, said.decode()
    assert "Which of them is member_id?" in said.decode()
    assert "1 new, 0 changed" in said.decode()
    assert (office / "import-layouts.json").exists()
