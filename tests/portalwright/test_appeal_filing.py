"""Approved appeals are filed by one command, looked at by others, settled by a person; nothing stays in the clear."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from portalwright.exit_codes import ExitCode
from tests.ledger.appeals import ARGUMENT
from tests.portalwright.conftest import CommandLine, Ended

Run = Callable[..., Ended]
PLACE = "tests.portalwright.appeals_before"


@pytest.fixture
def run(portalwright: CommandLine, office: Path) -> Run:
    """Runs a command on an office with two approved appeals and a draft."""

    def _run(*words: str, code: int = 0, before: str = "", stdin: str = "") -> Ended:
        environment = {"PORTALWRIGHT_OFFICE": str(office)}
        before = f"{PLACE}:{before}" if before else ""
        done = portalwright(*words, environment=environment, before=before, stdin=stdin)
        assert done.code == code, (done.out, done.err)
        return done

    _run("appeal", "list", before="three_appeals")
    return _run


def test_what_is_approved_is_filed_and_what_is_refused_is_told(run: Run, office: Path) -> None:
    done = run("appeal", "file", before="takes_them")
    run_line, first, second = done.out.splitlines()
    assert run_line == "practice-national, run 1: finished; 1 answered, 1 negative."
    assert first.startswith("Appeal 1: filed, number D-778, decision expected by ")
    assert second == "Appeal 2: refused by the portal (line-paid); nothing was filed"
    assert run("appeal", "file").out == "No appeal is approved and not filed yet.\n"
    rows = [json.loads(line) for line in run("appeal", "list", "--json").out.splitlines()]
    assert [row["case_id"] for row in rows] == [None, 1, None]
    assert "\tACCT-000002\t" in run("cases").out
    assert [row["stage"] for row in rows] == ["filed", "refused", "draft"]
    table = run("appeal", "list", "--stage", "filed").out
    assert "1\tpractice-national\tACCT-000001\tfirst\t1, 3\t80.40\tfiled\t2026-06-30\tD-778" in table
    shown = run("appeal", "show", "1").out
    for told in (ARGUMENT, "approved by: dana", "the payer's number: D-778", "pressing by robot", "filed by robot"):
        assert told in shown
    assert json.loads(run("appeal", "show", "1", "--json").out)["confirmation"] == "D-778"
    assert "appeal 1\tfiled, robot" in run("claim", "ACCT-000001").out
    assert "filed\tD-778" in run("answers", "--flow", "appeal").out
    assert "BUS-NOTAPPEALABLE" in run("cases").out
    for path in office.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for canary in (ARGUMENT, "D-778", "Quillfeather", "ACCT-000001"):
            assert canary.encode() not in content, path.name


def test_only_the_named_ones_are_filed_and_the_others_wait(run: Run) -> None:
    done = run("appeal", "file", "2", "3", "99", before="takes_them", code=ExitCode.LEDGER)
    assert done.err.endswith("There is no appeal 99 here.\n")
    assert "Appeal 2: filed" in done.out
    assert "Appeal 3: a draft; `portalwright appeal approve 3` comes first" in done.out
    assert run("appeal", "file", "3", code=ExitCode.NEEDS_PERSON).out.startswith("Appeal 3: a draft")
    assert json.loads(run("appeal", "show", "1", "--json").out)["stage"] == "approved"


def test_what_nobody_saw_the_end_of_is_looked_for_and_a_person_may_settle_it(run: Run) -> None:
    done = run("appeal", "file", before="says_nothing", code=ExitCode.LATER)
    assert "Appeal 1: pressed, and nobody saw what came of it; looked for again after " in done.out
    run("appeal", "withdraw", "1", code=ExitCode.LEDGER)
    unsaid = run("appeal", "settle", "1", "--how", "filed", code=ExitCode.USAGE)
    assert "how do you know?" in unsaid.err
    settled = run("appeal", "settle", "1", "--how", "filed", "--filed-on", "2026-03-01", stdin="D-5\n")
    assert settled.out.startswith("Appeal 1 is filed, by your word, and is asked about until the payer decides.\n")
    assert "The robot still looks for it itself: at the next `portalwright appeal file` after " in settled.err
    assert "D-5" not in settled.out + settled.err
    record = json.loads(run("appeal", "show", "1", "--json").out)
    assert (record["stage"], record["confirmation"], record["filed_by"], record["filed_on"]) == (
        "filed", "D-5", "dana", "2026-03-01",
    )  # fmt: skip
    assert "A new draft needs a new approval" in run("appeal", "settle", "2", "--how", "not-filed").out
    run("appeal", "settle", "2", "--how", "not-filed", code=ExitCode.LEDGER)
    run("appeal", "settle", "2", "--how", "filed", "--note", "found by telephone")
    shown = run("appeal", "show", "2").out
    assert "settled-not-filed by dana\n" in shown
    assert "settled-filed by dana: found by telephone\n" in shown
    run("appeal", "settle", "2", "--how", "perhaps", code=ExitCode.USAGE)
    run("appeal", "settle", "2", "--how", "not-filed", "--filed-on", "2026-03-01", code=ExitCode.USAGE)


def test_what_the_register_does_not_allow_is_not_filed_and_told(run: Run) -> None:
    done = run("appeal", "file", before="is_not_permitted", code=ExitCode.NOT_PERMITTED)
    assert "portalwright permit" in done.err
    assert "Appeal 1: approved, not filed yet" in done.out
    assert run("appeal", "withdraw", "1", "--note", "paid").out == "Appeal 1 is withdrawn; nothing was filed.\n"
    assert "withdrawn by dana: paid" in run("appeal", "show", "1").out
    run("appeal", "show", "99", code=ExitCode.LEDGER)
