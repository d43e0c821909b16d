"""Answers leave the office as its people want them: the same bytes each time, whole or not at all, and on record."""

import csv
import io
import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine, Ended, Forks

NAMES = ("Muñoz", "Quillfeather", "Ottoline", "MBR0000001")


@pytest.fixture(scope="session")
def office_answered_once(office_made_once: Path, tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Path:
    home = tmp_path_factory.mktemp("answered")
    folder = shutil.copytree(office_made_once, home / "office")
    filled = CommandLine(home, forks)(
        "audit",
        "verify",
        environment={"PORTALWRIGHT_OFFICE": str(folder)},
        before="tests.portalwright.before:four_answers",
    )
    assert filled.code == 0, filled.err
    return folder


@pytest.fixture
def answered(tmp_path: Path, office_answered_once: Path) -> Path:
    """An office with answers about three claims."""
    return shutil.copytree(office_answered_once, tmp_path / "office")


def audit(portalwright: CommandLine, office: Path, action: str) -> list[dict[str, Any]]:
    """The audit log's entries of this action."""
    shown = portalwright("audit", "verify", "--office", office, before="tests.portalwright.before:show_audit")
    return [entry for line in shown.out.splitlines()[:-1] if (entry := json.loads(line))["action"] == action]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_an_export_is_the_same_twice_for_this_account_alone_and_on_record(
    portalwright: CommandLine, answered: Path, tmp_path: Path, kind: str
) -> None:
    files = [tmp_path / f"first.{kind}", tmp_path / f"second.{kind}"]
    for file in files:
        done = portalwright("export", file, "--office", answered)
        assert (done.code, done.out, done.err) == (0, "3 rows written.\n", "")
    assert files[0].read_bytes() == files[1].read_bytes()
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    entries = audit(portalwright, answered, "answers.export")
    assert [(entry["actor"], entry["object_id"], entry["result"]) for entry in entries] == [
        ("dana", kind, "3 rows")
    ] * 2
    assert "first" not in json.dumps(entries)


def test_an_export_has_the_newest_answers_in_the_order_of_the_work_list(
    portalwright: CommandLine, answered: Path, tmp_path: Path
) -> None:
    portalwright("export", tmp_path / "a.csv", "--office", answered)
    found = rows((tmp_path / "a.csv").read_text(encoding="utf-8"))
    assert [(row["patient_account_number"], row["version"], row["paid"]) for row in found] == [
        ("ACCT-000001", "2", "90.10"),
        ("ACCT-000002", "1", ""),
        ("ACCT-000003", "1", "80.10"),
    ]
    assert [row["meaning"] for row in found] == ["paid", "", "paid"]


def test_patients_names_leave_only_when_they_are_asked_for(
    portalwright: CommandLine, answered: Path, tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    portalwright("export", file, "--office", answered)
    assert not any(name in file.read_text(encoding="utf-8") for name in NAMES)
    portalwright("export", file, "--names", "--office", answered)
    assert all(name in file.read_text(encoding="utf-8") for name in NAMES)
    fields = [json.loads(entry["fields"]) for entry in audit(portalwright, answered, "answers.export")]
    assert fields == [["claim"], ["claim", "patient"]]


def test_since_and_portal_leave_out_the_others(portalwright: CommandLine, answered: Path, tmp_path: Path) -> None:
    def count(*more: str) -> str:
        return portalwright("export", tmp_path / "a.csv", *more, "--office", answered).out

    assert count("--since", "2026-03-04") == "1 rows written.\n"
    assert count("--portal", "elsewhere") == "0 rows written.\n"


def test_the_screen_and_the_file_get_the_same(portalwright: CommandLine, answered: Path, tmp_path: Path) -> None:
    for kind in ("csv", "json"):
        file = tmp_path / f"a.{kind}"
        portalwright("answers", "--out", file, "--office", answered)
        shown = portalwright("answers", "--format", kind, "--office", answered)
        assert (shown.code, shown.out.encode()) == (0, file.read_bytes())
    portalwright(
        "answers", "--claim", "ACCT-000002", "--format", "xlsx", "--out", tmp_path / "b.out", "--office", answered
    )
    sheet = load_workbook(io.BytesIO((tmp_path / "b.out").read_bytes())).active
    assert sheet is not None
    assert (sheet.max_row, sheet.cell(2, 1).value) == (2, "ACCT-000002")


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "a.pdf"),
        ("export", "a.csv", "--format", "table"),
        ("export", "a.json", "--lines"),
        ("answers", "--format", "xlsx"),
        ("answers", "--format", "table", "--out", "a.csv"),
        ("answers", "--lines"),
        ("answers", "--json", "--format", "csv"),
    ],
    ids=" ".join,
)
def test_what_does_not_go_together_is_told_and_writes_nothing(
    portalwright: CommandLine, answered: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "here").mkdir()
    told = portalwright(*arguments, "--office", answered, cwd=tmp_path / "here")
    assert told.code == ExitCode.USAGE
    assert list((tmp_path / "here").iterdir()) == []


def refused(told: Ended, file: Path, words: str) -> None:
    """Told in a sentence of ours, and the old file as it was."""
    assert told.code == ExitCode.OFFICE, told.err
    assert words in told.err
    assert told.err.count("\n") == 1
    assert file.read_text() == "what was there before"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_file_that_excel_has_open_is_told_and_left_as_it_was_and_goes_afterwards(
    portalwright: CommandLine, answered: Path, tmp_path: Path
) -> None:
    file = tmp_path / "out" / "answers.csv"
    file.parent.mkdir()
    file.write_text("what was there before")
    command = ("export", file, "--office", answered)
    told = portalwright(*command, before="tests.portalwright.before:files_held_open")
    refused(told, file, "open in another program, such as Excel; what was there before is as it was. Close it")
    entries = audit(portalwright, answered, "answers.export")
    assert [entry["result"] for entry in entries] == ["3 rows", "not written"]
    assert portalwright(*command).code == 0


def test_a_full_disk_is_told_and_leaves_the_old_file_and_goes_afterwards(
    portalwright: CommandLine, answered: Path, tmp_path: Path, small_disk: Callable[[str], Path]
) -> None:
    file = small_disk("4k") / "answers.json"
    file.write_text("what was there before")
    command = ("export", file, "--office", answered)
    told = portalwright(*command)
    refused(told, file, "There is no room on the disk")
    assert portalwright("export", tmp_path / "elsewhere.json", "--office", answered).code == 0


def test_a_claims_time_line_tells_all_and_the_look_is_on_record(portalwright: CommandLine, answered: Path) -> None:
    shown = portalwright("claim", "ACCT-000001", "--office", answered)
    assert shown.code == 0, shown.err
    heading, columns, *events = shown.out.splitlines()
    assert heading == "practice-national, ACCT-000001: service 2026-01-12, billed 130.50; done"
    assert columns == "when (UTC)\twhat\tdetails"
    assert [event.split("\t")[:2] for event in events] == [
        ["2026-03-02 01:00", "asked"],
        ["2026-03-02 01:00", "answer 1"],
        ["2026-03-02 01:00", "task 1"],
        ["2026-03-02 01:00", "task 2"],
        ["2026-03-04 01:00", "changed"],
        ["2026-03-04 01:00", "asked"],
        ["2026-03-04 01:00", "answer 2"],
    ]
    assert events[0].endswith("answered, run 1; no evidence")
    assert events[1].endswith("F1 paid; Processed - Paid; paid 80.10; allowed 100.10")
    assert events[3].partition(";")[0].endswith("post, 90.10")  # as it is now
    assert events[6].endswith("\tpaid: 80.10 -> 90.10")
    (look,) = audit(portalwright, answered, "claim.view")
    assert (look["actor"], look["fields"]) == ("dana", '["claim"]')


def test_a_claims_time_line_shows_names_only_when_asked(portalwright: CommandLine, answered: Path) -> None:
    assert "Quillfeather" not in portalwright("claim", "ACCT-000001", "--office", answered).out
    assert "Quillfeather, Ottoline" in portalwright("claim", "ACCT-000001", "--names", "--office", answered).out
    whole = json.loads(portalwright("claim", "ACCT-000001", "--json", "--office", answered).out)
    assert [answer["version"] for answer in whole["answers"]] == [1, 2]


def test_a_claim_that_is_not_there_is_told(portalwright: CommandLine, answered: Path) -> None:
    told = portalwright("claim", "ACCT-999999", "--office", answered)
    assert told.code == ExitCode.LEDGER
    assert "no claim with this patient account number" in told.err
    assert "ACCT-999999" not in told.err


def test_an_answer_whole_shows_each_fact(portalwright: CommandLine, answered: Path) -> None:
    shown = portalwright("answers", "--claim", "ACCT-000001", "--office", answered).out.splitlines()
    assert shown[0] == "practice-national: answered, version 2, by robot"
    assert "  patient_responsibility.copay: 20.00" in shown
