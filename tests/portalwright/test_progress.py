"""A person sees how far a run is, how fast it goes and how long it will take, at a terminal and elsewhere."""

import io
import sys
import time

import pytest

from bots.worker import Progress
from flows.outcomes import Ending
from portalwright.progress import counts_text, shown_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def progress(done: int, doing: str = "asking") -> Progress:
    return Progress(due=60, by_ending={Ending.NEGATIVE: 1, Ending.ANSWERED: done - 1} if done else {}, doing=doing)


def test_counts_stand_in_the_order_of_the_endings() -> None:
    assert counts_text({Ending.NEEDS_STAFF: 2, Ending.ANSWERED: 50, Ending.DRIFT: 0}) == "50 answered, 2 needs-staff"
    assert counts_text({}) == ""


def moved_clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_plain_lines_tell_rate_time_left_and_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = moved_clock(monkeypatch)
    with shown_progress() as show:
        show(progress(0, "signing in"))
        for done in range(1, 61):
            now[0] += 1
            show(progress(done))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "signing in; 0 of 60"
    assert "asking; 31 of 60; 60 a minute; 29 s left; 30 answered, 1 negative" in lines
    assert lines[-1].startswith("asking; 60 of 60; 60 a minute; 0 s left")
    assert len(lines) < 20, "a line for each claim would hide what matters"


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    with shown_progress() as show:
        show(progress(0, "signing in"))
        show(progress(30))
    shown = terminal.getvalue()
    assert "30/60" in shown
    assert "29 answered, 1 negative" in shown
