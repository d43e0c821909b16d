"""`portalwright vault pending`: which two passwords there are is told, neither is shown, and a person's word counts."""

from pathlib import Path
from typing import Any

import pytest

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine, Ended
from tests.portalwright.password_before import NEW

PORTAL = "practice-national"
OLD = "Canary-old-password-1"


@pytest.fixture
def act(portalwright: CommandLine, office: Path) -> Any:
    """Runs a command on an office with one credential; `left` is what a dead session has left behind."""

    def run(*arguments: str, stdin: str = "", left: str = "") -> Ended:
        environment = {"PORTALWRIGHT_OFFICE": str(office)}
        before = f"tests.portalwright.password_before:{left}" if left else ""
        return portalwright(*arguments, stdin=stdin, environment=environment, before=before)

    assert run("vault", "add", PORTAL, "--from-stdin", stdin=f"user\n{OLD}\n\n").code == 0
    return run


def test_both_are_told_by_version_and_age_and_neither_is_shown(act: Any, office: Path) -> None:
    assert "No new password" in act("vault", "pending", PORTAL).out
    told = act("vault", "pending", PORTAL, left="pressed")
    assert told.code == 0, told.err
    assert "old: version 1" in told.out
    assert "new: version 2" in told.out
    assert "its answer is not known" in told.out
    shown = act("vault", "pending", PORTAL, "--show")
    assert shown.code == ExitCode.USAGE
    kept = b"".join(path.read_bytes() for path in office.rglob("*") if path.is_file())
    assert not any(secret in told.out + told.err + shown.err for secret in (OLD, NEW))
    assert b"Canary" not in kept


@pytest.mark.parametrize(
    ("works", "told"),
    [("new", "new password, version 2,"), pytest.param("old", "old password", marks=pytest.mark.long)],
)
def test_a_persons_word_settles_it_and_stands_in_the_audit_log(act: Any, works: str, told: str) -> None:
    barred = act("vault", "release", PORTAL, "--reason", "I looked", left="pressed")
    assert barred.code == ExitCode.LEDGER
    assert "vault pending" in barred.err
    assert act("vault", "pending", PORTAL, "--works", works).code == ExitCode.USAGE
    said = act("vault", "pending", PORTAL, "--works", works, "--reason", "signed in by hand")
    assert said.code == 0, said.err
    assert f"The {told} of credential main" in said.out
    assert "No new password" in act("vault", "pending", PORTAL).out
    assert act("vault", "release", PORTAL, "--reason", "the account is well").code == 0
    again = act("vault", "pending", PORTAL, "--works", works, "--reason", "once more")
    assert again.code == ExitCode.VAULT


@pytest.mark.long
def test_what_was_sent_is_not_dropped_but_settled(act: Any) -> None:
    sent = act("vault", "pending", PORTAL, "--drop", "--reason", "not wanted", left="pressed")
    assert sent.code == ExitCode.LEDGER
    assert "--works" in sent.err


@pytest.mark.long
def test_what_was_never_sent_can_be_dropped(act: Any) -> None:
    dropped = act("vault", "pending", PORTAL, "--drop", "--reason", "not wanted", left="sealed")
    assert "is dropped" in dropped.out, dropped.err
    assert "No new password" in act("vault", "pending", PORTAL).out
