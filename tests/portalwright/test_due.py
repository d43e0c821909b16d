"""What is due is shown from the command line, and why; and what a person wants left alone is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine, Ended
from tests.portalwright.test_commands import ROW, work_list
from tests.portalwright.test_remits import assert_nothing_in_the_clear

Run = Callable[..., Ended]
NATIONAL = "practice-national"
NUMBER = "ACCTCANARY1"


@pytest.fixture
def run(portalwright: CommandLine, office: Path, tmp_path: Path) -> Run:
    """Runs a command on an office with one old claim, which nobody has asked about."""

    def _run(*words: str | Path, code: int = 0) -> Ended:
        done = portalwright(*words, "--office", office)
        assert done.code == code, (done.out, done.err)
        return done

    _run("import", "claims", work_list(tmp_path / "work.csv", ROW))
    return _run


def test_what_is_due_is_shown_by_portal_and_job_and_one_by_one(run: Run) -> None:
    (group,) = [json.loads(line) for line in run("due", "--json").out.splitlines()]
    assert (group["portal"], group["flow"], group["due"], group["next"]) == (NATIONAL, "claim-status", 1, None)
    assert f"{NATIONAL}\tclaim-status\t1\t" in run("due").out
    (one,) = [json.loads(line) for line in run("due", "--list", "--json").out.splitlines()]
    assert (one["number"], one["since"]) == (NUMBER, group["oldest"])
    assert NUMBER in run("due", "--list", "--portal", NATIONAL).out
    assert run("due", "--list", "--portal", "practice-medicaid").out == "Nothing is due.\n"


def test_every_rule_that_spoke_is_told_and_a_hold_stops_it(run: Run, office: Path) -> None:
    shown = run("due", "--explain", NUMBER).out
    assert "counted-from: Days are counted from" in shown
    assert "claims: Asked 14, 30, 45, then every 14 days after that" in shown
    said = run("due", "hold", NUMBER, "--why", "deceased", "--note", "SECRETCANARY").out
    assert said.startswith("Nothing of this patient is asked about")
    (told,) = [json.loads(line) for line in run("due", "--explain", NUMBER, "--json").out.splitlines()]
    assert (told["state"], told["stop"], told["due"]) == ("done", "held", None)
    assert run("due").out == "Nothing is due, and nothing is planned. Import claims or appointments first.\n"
    assert run("due", "release", NUMBER).out == "1 hold ended.\n"
    assert json.loads(run("due", "--json").out)["due"] == 1
    assert_nothing_in_the_clear(office)
    assert not any(b"SECRETCANARY" in path.read_bytes() for path in office.rglob("*") if path.is_file())


def test_what_nobody_knows_and_rules_that_are_wrong_are_told(run: Run, office: Path) -> None:
    for flag in ((), ("--list",)):
        assert "There is no pack" in run("due", *flag, "--portal", "no-such-portal", code=ExitCode.OFFICE).err
    assert "ACCT-9" in run("due", "--explain", "ACCT-9", code=ExitCode.LEDGER).err
    (office / "schedules" / "cadence.toml").write_text("[stops]\nmost_checks = 0\n")
    assert "cadence.toml, line 2, stops.most_checks" in run("due", code=ExitCode.OFFICE).err


def test_rules_of_the_office_plan_what_was_planned_anew(run: Run, office: Path) -> None:
    before = json.loads(run("due", "--json").out)["oldest"]
    (office / "schedules" / "cadence.toml").write_text('[[claims]]\nid = "claims"\nfirst = 15\n')
    (found,) = [json.loads(line) for line in run("due", "--json").out.splitlines()]
    assert found["oldest"] > before
