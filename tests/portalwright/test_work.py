"""Work is listed, shown with what its codes mean, closed, exported and worked out anew, from the command line."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from portalwright.exit_codes import ExitCode
from tests.documents.remittance_files import line, written
from tests.portalwright.conftest import CommandLine, Ended
from tests.portalwright.test_commands import ROW, work_list
from tests.portalwright.test_remits import assert_nothing_in_the_clear, paid

Run = Callable[..., Ended]
NATIONAL = "practice-national"


@pytest.fixture
def run(portalwright: CommandLine, office: Path) -> Run:
    """Runs a command on the office."""

    def _run(*words: str | Path, code: int = 0) -> Ended:
        done = portalwright(*words, "--office", office)
        assert done.code == code, (done.out, done.err)
        return done

    return _run


@pytest.fixture
def denied_and_paid(run: Run, tmp_path: Path) -> None:
    """One claim of which 900.00 was paid and 300.00 denied, to be appealed."""
    lines = (line(1, "1234.50", "900.00", "CO-45 34.50 CO-50 300.00"),)
    said = paid().claims[0].model_copy(update={"lines": lines})
    file = tmp_path / "a.835"
    file.write_bytes(written([paid().model_copy(update={"claims": (said,)})]))
    run("import", "claims", work_list(tmp_path / "work.csv", ROW))
    run("import", "remits", file, "--portal", NATIONAL)


def listed(run: Run, *options: str) -> dict[str, dict[str, object]]:
    """The list, by kind."""
    rows = [json.loads(row) for row in run("work", *options, "--json").out.splitlines()]
    return {row["kind"]: row for row in rows}


@pytest.mark.usefixtures("denied_and_paid")
def test_work_goes_from_the_payment_to_done(run: Run, tmp_path: Path, office: Path) -> None:
    work = listed(run)
    assert {kind: (row["queue"], row["money"]) for kind, row in work.items()} == {
        "appeal-draft": ("denials", "300.00"), "post": ("posting", "900.00"),
    }  # fmt: skip
    assert set(listed(run, "--queue", "posting")) == {"post"}
    assert "post\tposting\tposter" in run("work").out
    number = str(work["appeal-draft"]["id"])

    texts = tmp_path / "texts.csv"
    texts.write_text("list,code,text\ncarc,50,LICENSED WORDS\nnonsense,1,x\n")
    told = run("import", "code-texts", texts, code=ExitCode.NEEDS_PERSON)
    assert (told.out.split(",")[0], "row 3, list" in told.err) == ("1 new", True)
    shown = run("work", "show", number).out
    assert "CO-50: not medically necessary, in the payer's view [LICENSED WORDS]" in shown
    assert "only you decide: whether to appeal" in shown
    assert "ACCTCANARY1" in shown

    assert run("work", "assign", number, "--to", "dana").out == f"Task {number} is dana's.\n"
    assert listed(run)["appeal-draft"]["owner"] == "dana"
    out = tmp_path / "work.csv"
    assert run("work", "export", out, "--queue", "denials").out == "1 rows written.\n"
    with out.open(encoding="utf-8-sig", newline="") as rows:
        (row,) = csv.DictReader(rows)
    assert (row["kind"], row["money"], row["codes"], row["owner"]) == ("appeal-draft", "300.00", "CO-50", "dana")
    run("work", "export", tmp_path / "work.json")
    assert len(json.loads((tmp_path / "work.json").read_text())["work"]) == 2

    run("posting", "export", "--out", tmp_path / "posting.csv")
    assert set(listed(run)) == {"appeal-draft"}
    run("work", "close", number, "--how", "done", "--note", "appealed by letter")
    assert run("work").out == "There is nothing to do.\n"
    assert f"task {number} ended\tdone by dana" in run("claim", "ACCTCANARY1").out
    assert "closed" in run("work", "show", number).out
    run("work", "close", number, "--how", "done", code=ExitCode.LEDGER)
    assert run("work", "refresh").out == "0 tasks opened, 0 changed, 0 settled by themselves; 0 are open.\n"
    assert_nothing_in_the_clear(office)


@pytest.mark.usefixtures("denied_and_paid")
def test_a_queue_role_or_portal_that_there_is_not_is_told_and_never_an_empty_list(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "tasks.csv"
    for words in (("work",), ("work", "export", out)):
        told = run(*words, "--queue", "denail", code=ExitCode.USAGE)
        assert "There is nothing" not in told.out
        assert "there is no queue 'denail'; there are:" in " ".join(told.err.split())
        assert "denials" in told.err
        assert "denial-specialist" in run(*words, "--role", "x", code=ExitCode.USAGE).err
        assert NATIONAL in run(*words, "--portal", "nationl", code=ExitCode.USAGE).err
    assert not out.exists()
    assert run("work", "--role", "manager").out == "There is nothing to do.\n"
    assert set(listed(run, "--role", "denial-specialist")) <= {"appeal-draft"}


@pytest.mark.usefixtures("denied_and_paid")
def test_the_offices_own_rules_and_prices_change_the_list(run: Run, tmp_path: Path, office: Path) -> None:
    (office / "routing.toml").write_text(
        '[[rule]]\nid = "let-go"\nwhen = { about = "adjustment", carc = ["50"] }\n'
        'task = "write-off"\nwhy = "We let it go."\n'
    )
    assert "1 tasks opened, 0 changed, 1 settled" in run("work", "refresh").out
    assert listed(run)["write-off"]["role"] == "manager"
    fees = tmp_path / "fees.csv"
    fees.write_text(
        "procedure,amount,from,modifier\n99213,1000.00,2025-01-01,\n99213,1000.00,2025-06-01,\n"
        "99213,-4,2025-01-01,\n70486,1000000000,2025-01-01,\n!,1.00,2025-01-01,\n99213,1.00,2025-01-01,59x\n99213,7.00,2025-01-01,\n"
    )
    told = run("import", "fees", fees, "--portal", NATIONAL, code=ExitCode.NEEDS_PERSON)
    assert told.out == "2 new, 0 changed, 0 as before, 5 left out.\n"
    assert [row.partition(":")[0] for row in told.err.splitlines() if row.startswith("row")] == [
        "row 4, amount", "row 5, amount", "row 6, procedure", "row 7, modifier", "row 8, the whole row",
    ]  # fmt: skip
    assert run("import", "fees", fees, "--portal", "nobody", code=ExitCode.USAGE)
    queues = {row["queue"]: row for row in map(json.loads, run("work", "queues", "--json").out.splitlines())}
    assert (queues["write-offs"]["entries"], queues["write-offs"]["money"]) == (1, "300.00")
    assert "posting\t1\t" in run("work", "queues").out
    (office / "routing.toml").write_text(
        '[[rule]]\nid = "a"\nwhen = { about = "payment" }\nno_work = "x"\n'
        '[[rule]]\nid = "b"\nwhen = { about = "dance" }\nno_work = "x"\n'
    )
    told = run("work", "refresh", code=ExitCode.OFFICE)
    assert "routing.toml, line 7, rule[2].when.about" in told.err
    assert set(listed(run)) == {"write-off", "post"}


def test_a_line_that_was_allowed_less_than_the_contract_is_underpaid(run: Run, tmp_path: Path) -> None:
    one = line(1, "1234.50", "900.00", "CO-45 334.50")
    one = one.model_copy(update={"allowed": one.paid, "procedure": "99213", "modifiers": ()})
    said = paid().claims[0].model_copy(update={"lines": (one,)})
    file, fees = tmp_path / "a.835", tmp_path / "fees.csv"
    file.write_bytes(written([paid().model_copy(update={"claims": (said,)})]))
    fees.write_text("procedure,amount,from\n99213,950.25,2025-01-01\n")
    run("import", "claims", work_list(tmp_path / "work.csv", ROW))
    told = run("import", "fees", fees, "--portal", NATIONAL)
    assert "work refresh" in told.err
    run("import", "remits", file, "--portal", NATIONAL)
    task = listed(run)["underpayment"]
    assert (task["money"], task["queue"], task["lines"]) == ("50.25", "contracts", [1])
    assert "Line 1: 900.00 allowed, 950.25 by contract." in str(task["why"])
