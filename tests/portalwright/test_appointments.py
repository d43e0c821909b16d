"""Appointments through the command line: in from a file, asked about once, and their answers out again."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from documents.appointments import APPOINTMENT_COLUMNS
from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine, Ended, Forks

PERSONAL = ("Quillfeather", "QUILLFEATHER", "Ottoline", "MBR0000001", "MBR0000009", "1961")
ROW = {
    "appointment_number": "VISITCANARY1",
    "practice_tin": "123456789",
    "billing_npi": "1234567893",
    "portal": "practice-national",
    "member_id": "QZXCANARY0200300",
    "last_name": "Ocanarylast",
    "first_name": "Zephyrinecanary",
    "birth_date": "1961-02-28",
    "service_from": "2026-03-10",
    "plan_name": "Planecanary",
}


def visits(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(ROW))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def office_visited_once(office_made_once: Path, tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Path:
    home = tmp_path_factory.mktemp("visited")
    folder = shutil.copytree(office_made_once, home / "office")
    filled = CommandLine(home, forks)(
        "audit",
        "verify",
        environment={"PORTALWRIGHT_OFFICE": str(folder)},
        before="tests.portalwright.before:three_visits",
    )
    assert filled.code == 0, filled.err
    return folder


@pytest.fixture
def visited(tmp_path: Path, office_visited_once: Path) -> Path:
    """An office with answers about three visits: one with another member id, one not found, one reused."""
    return shutil.copytree(office_visited_once, tmp_path / "office")


def shown(done: Ended) -> list[list[str]]:
    """The rows of a table."""
    assert done.code == 0, done.err
    return [line.split("\t") for line in done.out.splitlines()]


def test_appointments_come_in_once_and_leave_nothing_in_the_clear(
    portalwright: CommandLine, office: Path, tmp_path: Path
) -> None:
    later = ROW | {"appointment_number": "VISITCANARY2", "service_from": "2026-13-10"}
    file = visits(tmp_path / "visits.csv", ROW, later)
    first = portalwright("import", "appointments", file, "--office", office, "--rejected", tmp_path / "left.csv")
    assert (first.code, first.out) == (ExitCode.NEEDS_PERSON, "1 new, 0 changed, 0 as before, 1 left out.\n")
    assert "row 3, service_from:" in first.err
    assert "row,field,reason" in (tmp_path / "left.csv").read_text(encoding="utf-8-sig")
    again = portalwright("import", "appointments", visits(file, ROW), "--office", office)
    assert again.out == "0 new, 0 changed, 1 as before, 0 left out.\n"
    moved = portalwright(
        "import", "appointments", visits(file, ROW | {"service_from": "2026-03-11"}), "--office", office
    )
    assert moved.out == "0 new, 1 changed, 0 as before, 0 left out.\n"
    visit, claims = json.loads(
        portalwright("status", "--portal", "practice-national", "--json", "--office", office).out
    )
    assert (claims["flow"], claims["ready"], visit["flow"], visit["ready"]) == ("claim-status", 0, "eligibility", 1)
    said = first.out + first.err + again.out + moved.out + (tmp_path / "left.csv").read_text()
    for path in [path for path in office.rglob("*") if path.is_file()]:
        assert b"anary" not in path.read_bytes(), path
    assert "anary" not in said


def test_a_dry_run_of_appointments_writes_nothing(portalwright: CommandLine, office: Path, tmp_path: Path) -> None:
    file = visits(tmp_path / "visits.csv", ROW)
    told = portalwright("import", "appointments", file, "--dry-run", "--office", office)
    assert told.out == "1 new, 0 changed, 0 as before, 0 left out. This was a dry run: nothing was written.\n"
    assert portalwright("import", "appointments", file, "--office", office).out.startswith("1 new")


def test_other_headings_of_appointments_are_explained_once(
    portalwright: CommandLine, office: Path, tmp_path: Path
) -> None:
    file = tmp_path / "visits.csv"
    visits(file, ROW)
    file.write_text(file.read_text().replace("appointment_number", "Visit No"))
    told = portalwright("import", "appointments", file, "--office", office)
    assert told.code == ExitCode.OFFICE
    assert "lacks appointment_number" in told.err
    assert all(name in told.err for name in APPOINTMENT_COLUMNS.names)
    command = ("import", "appointments", file, "--office", office)
    assert portalwright(*command, "--column", "appointment_number=Visit No").out.startswith("1 new")
    assert portalwright(*command).out.startswith("0 new, 0 changed, 1 as before")


def test_an_answer_that_was_taken_over_is_on_record(portalwright: CommandLine, visited: Path) -> None:
    done = portalwright("audit", "verify", "--office", visited, before="tests.portalwright.before:show_audit")
    entries = [json.loads(line) for line in done.out.splitlines() if line.startswith("{")]
    assert [entry["result"] for entry in entries if entry["action"] == "item.reuse"] == ["answer 2"]


def test_answers_about_coverage_are_listed_without_names(portalwright: CommandLine, visited: Path) -> None:
    done = portalwright("answers", "--flow", "eligibility", "--office", visited)
    heading, first, second, third = shown(done)
    assert heading[0] == "appointment"
    assert first[:10] == [
        "VISIT-0001", "practice-national", "2026-03-10", "30", "1", "active", "Silver 70", "2026-12-31", "",
        "member id",
    ]  # fmt: skip
    assert (second[0], second[5]) == ("VISIT-0002", "not found")
    assert (third[0], third[2], third[5]) == ("VISIT-0003", "2026-03-24", "active")
    assert not [word for word in PERSONAL if word in done.out]
    with_names = portalwright("answers", "--flow", "eligibility", "--names", "--office", visited).out
    assert "Quillfeather, Ottoline" in with_names
    assert portalwright("answers", "--office", visited).out == "There is no such answer yet.\n"
    whole = portalwright("answers", "--flow", "eligibility", "--appointment", "VISIT-0003", "--office", visited).out
    assert "version 1, by robot, given to another visit" in whole
    assert "  accumulators[1].remaining: 1100.00" in whole
    assert "  differences[1].field: member_id" in whole
    assert not [word for word in PERSONAL if word in whole]


def test_an_export_of_coverage_is_on_record_and_has_no_names(
    portalwright: CommandLine, visited: Path, tmp_path: Path
) -> None:
    file = tmp_path / "coverage.csv"
    done = portalwright("export", file, "--flow", "eligibility", "--office", visited)
    assert (done.out, done.err) == ("3 rows written.\n", "")
    text = file.read_text(encoding="utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["appointment_number"], row["ending"], row["reused"]) for row in found] == [
        ("VISIT-0001", "answered", "no"),
        ("VISIT-0002", "negative", "no"),
        ("VISIT-0003", "answered", "yes"),
    ]
    assert not [word for word in PERSONAL if word in text]
    lines = portalwright("export", file, "--flow", "eligibility", "--lines", "--office", visited)
    assert lines.out == "4 rows written.\n"
    told = portalwright("export", file, "--flow", "remittances", "--office", visited)
    assert told.code == ExitCode.USAGE
    assert "posting export" in told.err
    audit = portalwright("audit", "verify", "--office", visited, before="tests.portalwright.before:show_audit").out
    exports = [json.loads(line) for line in audit.splitlines() if '"answers.export"' in line]
    assert [entry["fields"] for entry in exports] == ['["appointment"]', '["appointment"]']


def test_work_that_an_answer_gives_is_a_case_of_its_visit(portalwright: CommandLine, visited: Path) -> None:
    _, case, again = shown(portalwright("cases", "--office", visited))
    assert (case[1], case[3], case[5], case[6]) == ("BUS-IDCORR", "eligibility", "VISIT-0001", "0")
    assert (again[1], again[5]) == ("BUS-IDCORR", "VISIT-0003")
    assert not [word for word in PERSONAL if word in "".join(case)]
    told = portalwright("cases", "show", case[0], "--office", visited).out
    assert "    office.member_id: MBR0000001\n    payer.member_id: MBR0000009\n" in told


def test_an_appointments_time_line_tells_all_but_whose_it_is(portalwright: CommandLine, visited: Path) -> None:
    done = portalwright("appointment", "VISIT-0003", "--office", visited)
    heading, _, *events = done.out.splitlines()
    assert heading == "practice-national, VISIT-0003: service 2026-03-24, service type 30; done"
    assert [event.split("\t")[1] for event in events] == ["imported", "answer 1", "case 2 opened"]
    assert "1 active; Active Coverage; Silver 70; differs: member_id; given to another visit" in events[1]
    assert not [word for word in PERSONAL if word in done.out]
    asked_twice = portalwright("appointment", "VISIT-0001", "--office", visited).out
    assert "what it says about the person has changed" in asked_twice
    assert not [word for word in PERSONAL if word in asked_twice]
    whole = json.loads(portalwright("appointment", "VISIT-0001", "--json", "--office", visited).out)
    assert [answer["version"] for answer in whole["answers"]] == [1, 2]
    missing = portalwright("appointment", "VISIT-9999", "--office", visited)
    assert (missing.code, "VISIT-9999" in missing.err) == (ExitCode.LEDGER, False)


def test_each_job_is_permitted_on_its_own(portalwright: CommandLine, office: Path) -> None:
    command = (
        "permit", "practice-national", "--status", "simulator-only", "--basis", "own test system",
        "--document", "our own", "--office", office,
    )  # fmt: skip
    assert portalwright(*command).out == "Recorded: claim-status at practice-national is simulator-only.\n"
    both = portalwright(*command, "--flow", "eligibility", "--flow", "remittances").out
    assert both.count("Recorded: ") == 2
    standing = json.loads(portalwright("status", "--portal", "practice-national", "--json", "--office", office).out)
    assert {row["flow"]: row["permission"] for row in standing} == {
        "claim-status": "own test system", "eligibility": "own test system", "remittances": "own test system",
    }  # fmt: skip
    assert portalwright(*command, "--flow", "benefits").code == ExitCode.USAGE
