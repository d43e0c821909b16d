"""What people do at a portal's door: hand over codes, accept terms, enter answers; and what they are told meanwhile."""

import json
from pathlib import Path
from typing import Any

import pytest

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine, Ended

PORTAL = "practice-national"
BEFORE = "tests.portalwright.before:"


@pytest.fixture
def act(portalwright: CommandLine, office: Path) -> Any:
    """Runs a command on the office."""

    def run(*arguments: str, stdin: str = "", before: str = "") -> Ended:
        return portalwright(
            *arguments,
            stdin=stdin,
            environment={"PORTALWRIGHT_OFFICE": str(office)},
            before=f"{BEFORE}{before}" if before else "",
        )

    return run


def waits(act: Any) -> str:
    (row,) = json.loads(act("status", "--portal", PORTAL, "--json").out)
    return str(row["waits"])


def test_a_code_is_handed_over_once_and_shown_nowhere(act: Any) -> None:
    given = act("code", PORTAL, "--from-stdin", stdin="271828\n", before="a_run_waits_for_a_code")
    assert given.code == 0, given.err
    assert "A run waits for a code" in given.err
    assert "page 'code'" in given.err
    assert "271828" not in given.out + given.err
    again = act("code", PORTAL, "--from-stdin", stdin="271828\n")
    assert again.code == ExitCode.NOT_WANTED
    assert "no run asks for one now" in again.err


def test_a_run_that_waits_is_shown_and_a_blank_code_leaves_it_waiting(act: Any) -> None:
    blank = act("code", PORTAL, "--from-stdin", stdin="\n", before="a_run_waits_for_a_code")
    assert blank.code == ExitCode.VAULT
    assert waits(act).startswith("code wanted until")


@pytest.mark.parametrize(
    ("portal", "code", "told"),
    [(PORTAL, ExitCode.NOT_WANTED, "no run asks for one now"), ("no-such-portal", ExitCode.OFFICE, "There is no pack")],
)
def test_a_code_that_nobody_waits_for_is_not_even_asked_for(act: Any, portal: str, code: int, told: str) -> None:
    ended = act("code", portal, "--from-stdin", stdin="271828\n")
    assert ended.code == code
    assert told in ended.err


def test_terms_are_read_then_accepted_by_a_named_person_and_free_the_sign_in(act: Any) -> None:
    shown = act("terms", PORTAL, before="a_robot_met_terms")
    assert shown.code == 0, shown.err
    assert "You keep your password to yourself." in shown.out
    assert waits(act) == "terms to read"
    for arguments in (("--accept",), ("--as", "Dana Doe"), ("--accept", "--as", " ")):
        assert act("terms", PORTAL, *arguments).code == ExitCode.USAGE
    assert "1 cases are closed" in act("terms", PORTAL, "--accept", "--as", "Dana Doe").out
    assert act("cases", "list", "--json").out == ""
    assert "accepted by Dana Doe" in act("terms", PORTAL).out
    (known,) = [json.loads(line) for line in act("terms", PORTAL, "--json").out.splitlines()]
    assert (known["accepted_as"], known["accepted_by"]) == ("Dana Doe", "dana")
    assert waits(act) == ""


def test_terms_of_a_portal_that_asked_for_none(act: Any) -> None:
    assert "No terms of practice-national wait" in act("terms", PORTAL).out
    assert "No terms of practice-national wait" in act("terms", PORTAL, "--accept", "--as", "Dana Doe").out


def test_a_closed_portal_is_not_asked_and_says_until_when(act: Any) -> None:
    act("permit", PORTAL, "--status", "simulator-only", "--basis", "own test system", "--document", "ours")
    closed = act("run", PORTAL, before="the_portal_is_closed")
    assert closed.code == ExitCode.LATER, closed.err
    assert "is closed until" in closed.err
    assert "TECH-MAINT" in closed.err
    assert waits(act).startswith("closed until")


def test_answers_to_security_questions_are_sealed_and_counted(act: Any, office: Path) -> None:
    missing = act("vault", "answer", PORTAL, "--from-stdin", stdin="First pet?\nRover\nRover\n")
    assert missing.code == ExitCode.VAULT
    act("vault", "add", PORTAL, "--from-stdin", stdin="user\npassword\n\n")
    first = act("vault", "answer", PORTAL, "--from-stdin", stdin="First pet?\nRover-canary\n")
    assert "1 sealed answers" in first.out, first.err
    same = act("vault", "answer", PORTAL, "--from-stdin", stdin="FIRST  pet\nAnother-canary\n")
    assert "1 sealed answers" in same.out
    assert "1\tno" in act("vault", "list").out.replace("main\t1", "1")
    kept = b"".join(path.read_bytes() for path in (office / "data").rglob("*") if path.is_file())
    assert b"canary" not in kept
    assert "sound" in act("vault", "check").out
