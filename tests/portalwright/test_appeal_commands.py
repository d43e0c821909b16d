"""`portalwright appeal draft`, `preview`, `change` and `approve`, as a person uses them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from portalwright.exit_codes import ExitCode
from tests.documents.test_attachments import pdf
from tests.portalwright import denied
from tests.portalwright.conftest import CommandLine, Ended, Forks
from tests.portalwright.test_answers import audit

Appeal = Callable[..., Ended]
CANARY = "Zcanaryargument"
CLAIM, UNPROCESSABLE = f"ACCT-{denied.PARTLY:06}", f"ACCT-{denied.UNPROCESSABLE:06}"


@pytest.fixture(scope="session")
def office_denied_once(office_made_once: Path, tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Path:
    home = tmp_path_factory.mktemp("denied")
    folder = shutil.copytree(office_made_once, home / "office")
    filled = CommandLine(home, forks)(
        "audit",
        "verify",
        environment={"PORTALWRIGHT_OFFICE": str(folder)},
        before="tests.portalwright.denied:two_claims",
    )
    assert filled.code == 0, filled.err
    return folder


@pytest.fixture
def office(tmp_path: Path, office_denied_once: Path) -> Path:
    return shutil.copytree(office_denied_once, tmp_path / "office")


@pytest.fixture
def appeal(portalwright: CommandLine, office: Path) -> Appeal:
    """Runs `portalwright appeal` at the office's payer."""

    def run(*words: str | Path, code: int = 0) -> Ended:
        payer = "tests.portalwright.denied:a_commercial_payer"
        done = portalwright("appeal", *words, "--office", office, before=payer)
        assert done.code == code, (done.out, done.err)
        return done

    return run


def test_a_person_drafts_looks_changes_and_approves_what_the_robot_then_may_press_once(
    appeal: Appeal, portalwright: CommandLine, office: Path, tmp_path: Path
) -> None:
    records, letter = tmp_path / "Quillfeather notes.pdf", tmp_path / "letter.txt"
    records.write_bytes(pdf(3))
    letter.write_text(f"{CANARY}: {{lines}} of {{claim_number}}, {{amount}}.")
    drafted = appeal("draft", CLAIM, "--attach", f"{records}:medical-records").out
    for fact in (
        "Appeal 1 (draft)",
        "the payer's number 2026000001",
        "contested lines: 1\n",
        "contested amount: 40.50",
        f"last day: {denied.day(50)} (50 days left)",
        f"by the rule: uhc-appeal-60, from notice {denied.day(-10)}, not verified: the earliest that may hold",
        "another rule: ",
        "document: records-1.pdf (medical-records, ",
        "argument made from: the starter template carc-50.txt",
        "still missing: the argument has a gap: Say in three or four sentences",
        "note: 50: Read the payer's policy first",
    ):
        assert fact in drafted
    assert "Quillfeather notes" not in drafted
    lacking = appeal("approve", "1", code=ExitCode.NEEDS_PERSON)
    assert "Appeal 1 was not approved; 2 things are missing, as listed." in lacking.err
    changed = appeal("change", "1", "--argument", letter).out
    assert f"    {CANARY}: line 1 of 2026000001, $40.50.\n" in changed
    assert "still missing" not in changed
    typed = appeal("preview", "1").out
    assert typed.count(CANARY) == typed.count("records-1.pdf") == typed.count("once: this files the appeal") == 1
    assert "ticks line 1, one by one, and no other" in typed
    assert "a person's account" in appeal("approve", "1", "--account", "robot", "--yes", code=ExitCode.USAGE).err
    happened = appeal("show", "1").out
    assert "attached by dana: records-1.pdf\n" in happened
    assert "changed by dana: argument\n" in happened
    nobody = appeal("approve", "1", "--account", "marta", "--yes", code=ExitCode.LEDGER)
    assert "marta is not known" in nobody.err
    assert portalwright("account", "allow", "marta", "--office", office).code == 0
    unasked = appeal("approve", "1", "--account", "marta", code=ExitCode.NEEDS_PERSON)
    assert CANARY in unasked.out
    assert "was not approved: there is no terminal" in unasked.err
    approved = appeal("approve", "1", "--account", "marta", "--yes").out
    assert CANARY in approved
    assert (
        "Appeal 1 is approved by marta. The robot, signed in at practice-national with the credential main, "
        in approved
    )
    assert "But it stays where it is for now: No permission for appeal at practice-national is on record." in approved
    assert "Appeal 1 is approved" in appeal("approve", "1", "--yes", code=ExitCode.LEDGER).err
    # The looks are on record; what the appeal says, and what its files were called, stands nowhere in the clear.
    assert len(audit(portalwright, office, "appeal.view")) == 6
    kept = b"".join(file.read_bytes() for file in (office / "data").rglob("*") if file.is_file())
    assert not any(canary in kept for canary in (CANARY.encode(), b"Quillfeather", b"records-1"))


def test_what_cannot_be_drafted_is_told_and_ends_with_its_code(appeal: Appeal, tmp_path: Path) -> None:
    stopped = appeal("draft", UNPROCESSABLE, code=ExitCode.NEEDS_PERSON)
    assert stopped.out == ""
    assert "MA130: the payer could not process the claim" in stopped.err
    (tmp_path / "a.pdf").write_bytes(b"MZ\x90\0" * 50)
    wrong = appeal("draft", CLAIM, "--attach", f"{tmp_path}/a.pdf:letter", code=ExitCode.OFFICE)
    assert "Document 1 (letter) was not taken. The file is of no kind that can be checked" in wrong.err
    appeal("draft", "ACCT-9", code=ExitCode.LEDGER)
    early = appeal("draft", CLAIM, "--notice", "2020-01-01", code=ExitCode.USAGE)
    assert "dated before the service" in early.err
    nothing = appeal("draft", CLAIM).out
    assert "documents: nothing is enclosed, and an appeal about medical necessity rests on the records" in nothing
    assert "still missing: the argument speaks of enclosures, and nothing is enclosed" in nothing


@pytest.mark.parametrize(
    "words",
    [
        ("--lines", "all"),
        ("--level", "third"),
        ("--reason", "because"),
        ("--attach", "records.pdf"),
        ("--attach", "records.pdf:notes"),
        ("--notice", "2026-13-01"),
        ("--notice", f"{denied.day(2)}"),
    ],
)
def test_a_word_that_is_none_is_a_usage_error(portalwright: CommandLine, words: tuple[str, ...]) -> None:
    assert portalwright("appeal", "draft", CLAIM, *words).code == ExitCode.USAGE
