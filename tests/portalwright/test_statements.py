"""Statements and payment plans by the command line: to the cent, with why, and held while anything is open."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pdfplumber
import pytest

from flows.remittance import RemitPerson
from portalwright.exit_codes import ExitCode
from tests.documents.remittance_files import claim, line, remittance, written
from tests.portalwright.conftest import CommandLine, Ended
from tests.portalwright.test_commands import ROW, work_list

CANARY = "Ocanarylast"
NUMBER = "ACCTCANARY1"
Run = Callable[..., Ended]


@pytest.fixture
def run(portalwright: CommandLine, office: Path) -> Run:
    """Runs a command on the office."""

    def _run(*words: str | Path, code: int = 0) -> Ended:
        done = portalwright(*words, "--office", office)
        assert done.code == code, (done.out, done.err)
        return done

    return _run


def paid(
    folder: Path,
    *adjustments: str,
    billed: str = "1234.50",
    paid_for: str = "900.00",
    status: str = "1",
    trace: str = "TRACE1",
) -> Path:
    """An 835 that decides about the claim of the work list."""
    one = claim(1, billed, paid_for, line(1, billed, paid_for, " ".join(adjustments)))
    one = one.model_copy(
        update={
            "patient_account_number": NUMBER,
            "status": status,
            "service_from": date(2025, 9, 1),
            "service_to": date(2025, 9, 1),
            "patient": RemitPerson(last_name=CANARY, first_name="Z", identifier="QZXCANARY0200300"),
        }
    )
    made = remittance(paid_for, [one], trace=trace).model_copy(update={"paid_on": date(2025, 9, 15)})
    file = folder / f"{trace}.835"
    file.write_bytes(written([made]))
    return file


@pytest.fixture
def owing(run: Run, tmp_path: Path) -> Run:
    """An office whose patient owes 100.00."""
    run("import", "claims", work_list(tmp_path / "work.csv", ROW))
    run("import", "remits", paid(tmp_path, "CO-45 234.50", "PR-1 60.00", "PR-3 40.00"))
    return run


def test_a_statement_says_what_is_owed_and_why_and_follows_what_was_paid(
    owing: Run, tmp_path: Path, office: Path
) -> None:
    told = owing("statement", NUMBER).out
    for amount in ("1,234.50", "-900.00", "-234.50"):
        assert amount in told
    assert "You owe 60.00: " in told
    assert "(code PR-1)" in " ".join(told.split())
    assert told.splitlines()[-1].split() == ["Please", "pay", "100.00"]
    owing("patient", "paid", NUMBER, "25.00", "--on", "2025-10-01", "--method", "check")
    wrong = owing("patient", "paid", NUMBER, "5.00", "--on", "2025-10-02").out.split(":")[0].split()[-1]
    owing("patient", "take-back", wrong)
    owing("patient", "take-back", wrong, code=ExitCode.LEDGER)
    stated = json.loads(owing("statement", NUMBER, "--json").out)
    assert (stated["claims"][0]["patient_paid"], stated["claims"][0]["decided"]["owed"]) == ("25.00", "100.00")
    pdf = tmp_path / "statement.pdf"
    owing("statement", NUMBER, "--patient", "--pdf", pdf)
    with pdfplumber.open(pdf) as opened:
        text = opened.pages[0].extract_text()
        assert len(opened.pages) == 1
    assert "$75.00" in text
    assert CANARY.lower() in text.lower()
    assert pdf.stat().st_mode & 0o777 == 0o600
    log = "".join(file.read_text() for file in office.rglob("*.jsonl"))
    assert CANARY not in log
    assert NUMBER not in log


def test_a_plan_adds_up_is_followed_and_says_when_the_balance_has_changed(owing: Run, tmp_path: Path) -> None:
    made = owing("plan", "make", NUMBER, "--instalments", "3", "--first", "2025-01-31")
    assert "3 of the instalments are late at once" in made.err
    whole = json.loads(owing("plan", "show", "1", "--json").out)
    assert [one["instalment"]["amount"] for one in whole["instalments"]] == ["33.34", "33.33", "33.33"]
    assert [one["instalment"]["due_on"] for one in whole["instalments"]] == ["2025-01-31", "2025-02-28", "2025-03-31"]
    owing("patient", "paid", NUMBER, "40.00", "--on", "2025-10-01")
    standings = [one["standing"] for one in json.loads(owing("plan", "show", "1", "--json").out)["instalments"]]
    assert standings == ["paid", "late", "late"]
    assert "late" in owing("plan", "list").out
    again = owing("plan", "make", NUMBER, "--amount", "10.00", "--first", "2026-01-31", code=ExitCode.LEDGER)
    assert "another plan" in again.err
    back = paid(
        tmp_path,
        "CO-45 -234.50",
        "PR-1 -60.00",
        "PR-3 -40.00",
        billed="-1234.50",
        paid_for="-900.00",
        status="22",
        trace="TRACE2",
    )
    owing("import", "remits", back)
    changed = owing("plan", "show", "1", code=ExitCode.NEEDS_PERSON)
    assert NUMBER in changed.err
    owing("plan", "end", "1")
    owing("plan", "end", "1", code=ExitCode.LEDGER)


def test_another_bill_than_ours_and_a_visit_that_two_insurers_have_are_held(owing: Run, tmp_path: Path) -> None:
    corrected = {**ROW, "billed": "2000.00"}
    owing("import", "claims", work_list(tmp_path / "work.csv", corrected))
    held = owing("statement", NUMBER, code=ExitCode.NEEDS_PERSON)
    assert "We billed 2000.00" in held.err
    owing("import", "claims", work_list(tmp_path / "second.csv", {**corrected, "portal": "practice-multipayer"}))
    held = owing("statement", NUMBER, "--portal", "practice-national", "--patient", code=ExitCode.NEEDS_PERSON)
    assert "(practice-multipayer)" in held.err
    assert "(practice-national)" in held.err


@pytest.mark.parametrize("words", [("-5.00",), ("1.5",), ("zehn",)])
def test_a_wrong_amount_or_day_is_told_and_nothing_is_written(owing: Run, words: tuple[str]) -> None:
    owing("patient", "paid", NUMBER, "--on", "2025-10-01", "--", *words, code=ExitCode.USAGE)
    assert owing("patient", "payments", NUMBER, "--json").out == "[]\n"


def test_a_claim_that_nobody_decided_or_knows_has_no_statement(run: Run, tmp_path: Path) -> None:
    run("import", "claims", work_list(tmp_path / "work.csv", ROW))
    pdf = tmp_path / "statement.pdf"
    held = run("statement", NUMBER, "--pdf", pdf, code=ExitCode.NEEDS_PERSON)
    assert "No insurer has decided" in held.err
    assert not pdf.exists()
    run("statement", "NOBODY", code=ExitCode.LEDGER)
    run("plan", "make", NUMBER, "--instalments", "3", "--first", "2026-01-31", code=ExitCode.LEDGER)


def test_a_denial_left_to_the_patient_is_billed_only_on_a_persons_word(run: Run, tmp_path: Path) -> None:
    run("import", "claims", work_list(tmp_path / "work.csv", ROW))
    run("import", "remits", paid(tmp_path, "PR-96 1234.50", paid_for="0.00", status="4"))
    held = run("statement", NUMBER, code=ExitCode.NEEDS_PERSON)
    assert "--agree" in held.err
    assert "Please pay" not in held.out
    assert "1,234.50" in run("statement", NUMBER, "--agree").out
    assert "1,234.50" in run("statement", NUMBER).out


def test_a_claim_that_another_insurer_may_have_to_pay_is_held_until_somebody_has_looked(
    run: Run, tmp_path: Path
) -> None:
    run("import", "claims", work_list(tmp_path / "work.csv", ROW))
    run("import", "remits", paid(tmp_path, "CO-22 1234.50", paid_for="0.00", status="4"))
    (task,) = [json.loads(row) for row in run("work", "--json").out.splitlines()]
    assert task["kind"] == "cob"
    held = run("statement", NUMBER, code=ExitCode.NEEDS_PERSON)
    assert f"Another insurer may have to pay first: task {task['id']} of the work list." in held.err
    assert "Nothing is to be paid" not in held.out
    run("work", "close", str(task["id"]), "--how", "done", "--note", "the other one pays nothing")
    assert "Nothing is to be paid." in run("statement", NUMBER).out


def test_a_payment_twice_or_beyond_what_is_owed_is_told_and_is_owed_back(owing: Run, tmp_path: Path) -> None:
    one = ("patient", "paid", NUMBER, "10.00", "--on", "2025-10-01", "--method", "check")
    told = owing(*one)
    assert "more than" not in told.err
    twice = owing(*one, code=ExitCode.LEDGER)
    assert "as patient payment 1. Nothing was written" in twice.err
    owing(*one, "--again")
    owing("patient", "take-back", "2")
    owing("patient", "take-back", "1")
    assert "-0.00" not in owing("statement", NUMBER).out
    owing(*one)
    much = owing("patient", "paid", NUMBER, "1000.00", "--on", "2025-10-02")
    assert "That is 910.00 more than the patient owes for this claim." in much.err
    stated = owing("statement", NUMBER).out
    assert "Left to pay" not in stated
    assert stated.splitlines()[-1] == f"{'Nothing is to be paid: we owe you':<60}{'910.00':>18}"
    pdf = tmp_path / "statement.pdf"
    assert owing("statement", NUMBER, "--pdf", pdf).out == "1 claim, 910.00 paid too much; written.\n"
    with pdfplumber.open(pdf) as opened:
        assert "we owe you $910.00" in opened.pages[0].extract_text()
