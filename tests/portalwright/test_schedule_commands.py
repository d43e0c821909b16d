"""The calendar is shown, paused and resumed by command; what a worker would do now, and why not, is told."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from portalwright.cli import run_command
from portalwright.exit_codes import ExitCode
from portalwright.settings import read_toml
from schedules.calendar import CalendarRules
from tests.docs.pages import ROOT, blocks
from tests.portalwright.conftest import CommandLine
from tests.portalwright.test_commands import ROW, work_list

PORTAL = "practice-national"
SERVICE = ROOT / "docs" / "service"


def always_open(office: Path, *, now: bool = True) -> None:
    """The shift is the two hours around now, or the two after them."""
    begins = datetime.now(UTC) + timedelta(hours=-1 if now else 1)
    ends = begins + timedelta(hours=2)
    (office / "schedules" / "calendar.toml").write_text(
        f'time_zone = "UTC"\n[[shifts]]\nid = "night"\nfrom = "{begins:%H:%M}"\nto = "{ends:%H:%M}"\n'
    )


def test_the_calendar_is_shown_paused_and_resumed(portalwright: CommandLine, office: Path) -> None:
    (office / "schedules" / "calendar.toml").write_text('time_zone = "America/Denver"\n')

    def rows(*arguments: str) -> dict[str, dict[str, str]]:
        shown = portalwright("schedule", "list", "--json", *arguments, "--office", office)
        assert shown.code == 0, shown.err
        listed = json.loads(shown.out)
        assert listed["time_zone"] == "America/Denver"
        return {row["name"]: row for row in listed["rows"]}

    one_job = ("--portal", PORTAL, "--flow", "eligibility")
    for what in (("daily-sweep",), ("--portal", PORTAL), one_job, ("--everything",)):
        assert portalwright("schedule", "pause", *what, "--office", office).code == 0
    paused = rows()
    assert (paused["night"]["kind"], paused["night"]["when"]) == ("shift", "daily 19:00-07:00")
    for name in ("daily-sweep", PORTAL, f"{PORTAL} eligibility", "everything"):
        assert paused[name]["paused"].startswith("by dana since ")
    for what in (("daily-sweep",), ("--portal", PORTAL), one_job, ("--everything",)):
        assert portalwright("schedule", "resume", *what, "--office", office).code == 0
    resumed = rows()
    assert resumed["daily-sweep"]["paused"] == ""
    assert not {PORTAL, f"{PORTAL} eligibility", "everything"} & set(resumed)
    assert portalwright("schedule", "resume", "--everything", "--office", office).code == ExitCode.LEDGER


def test_only_one_thing_that_is_there_can_be_paused(portalwright: CommandLine, office: Path) -> None:
    for wrong in ((), ("daily-sweep", "--everything"), ("no-such-act",), ("--everything", "--flow", "eligibility")):
        assert portalwright("schedule", "pause", *wrong, "--office", office).code == ExitCode.USAGE
    for command in ("pause", "next"):
        assert (
            portalwright("schedule", command, "--portal", "no-such-portal", "--office", office).code == ExitCode.OFFICE
        )


def test_why_what_is_due_does_not_run_is_told_step_by_step(
    portalwright: CommandLine, office: Path, tmp_path: Path
) -> None:
    def act(*arguments: str | Path, stdin: str = "") -> str:
        done = portalwright(*arguments, "--office", office, stdin=stdin)
        assert done.code == 0, done.err
        return done.out

    def now() -> tuple[str, str]:
        (row,) = json.loads(act("schedule", "next", "--json"))
        assert (row["portal"], row["flow"], row["due"]) == (PORTAL, "claim-status", 1)
        return row["now"], row["why"]

    always_open(office, now=False)
    act("import", "claims", work_list(tmp_path / "list.csv", ROW))
    assert now() == ("waits", "no credential is in the vault (portalwright vault add)")
    act("vault", "add", PORTAL, "--from-stdin", stdin="user\npassword\n")
    act("permit", PORTAL, "--status", "simulator-only", "--basis", "own test system", "--document", "our own")
    state, why = now()
    assert (state, why.partition(" opens")[0]) == ("waits", "the office's shift")
    always_open(office)
    assert now() == ("would run", "")
    act("schedule", "pause", "--portal", PORTAL)
    state, why = now()
    assert state == "waits"
    assert re.fullmatch(r"the portal is paused by dana since .* UTC", why)


def test_a_calendar_that_cannot_be_used_is_told_with_its_line(portalwright: CommandLine, office: Path) -> None:
    (office / "schedules" / "calendar.toml").write_text('[[shifts]]\nid = "night"\nfrom = "19"\nto = "07:00"\n')
    told = portalwright("schedule", "list", "--office", office)
    assert told.code == ExitCode.OFFICE
    assert "calendar.toml, line 3, shifts[1].from" in told.err


def test_the_calendar_of_the_documentation_is_one(tmp_path: Path) -> None:
    (example,) = [block for block in blocks(ROOT / "docs" / "schedule.md") if "[[shifts]]" in block.text]
    file = tmp_path / "calendar.toml"
    file.write_text(example.text)
    rules = read_toml(file, CalendarRules)
    assert (len(rules.shifts), len(rules.maintenance), len(rules.firings)) == (2, 2, 1)


def test_the_unit_for_systemd_is_one(tmp_path: Path) -> None:
    text = (SERVICE / "portalwright.service").read_text()
    command = re.search(r"^ExecStart=(\S+) (.*)$", text, re.MULTILINE)
    assert command is not None
    words = command[2].split()
    assert run_command([words[0], "--help"]) == 0
    assert words[1::2] == ["--office", "--account"]
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("there is no systemd-analyze on this computer")
    program = tmp_path / "portalwright"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "portalwright.service"
    unit.write_text(text.replace(command[1], str(program)))
    verified = subprocess.run([verify, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_task_for_windows_starts_a_worker_and_has_no_time_limit() -> None:
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    task = ElementTree.parse(SERVICE / "portalwright-worker.xml")  # noqa: S314 - our own file
    assert task.findtext(".//t:Arguments", namespaces=space, default="").startswith("worker --office ")
    assert task.findtext(".//t:ExecutionTimeLimit", namespaces=space) == "PT0S"
