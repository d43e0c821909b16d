"""A table can be read on a terminal of any width, and is plain lines for a program."""

import re
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import typer

from portalwright.cli.options import day
from portalwright.cli.tables import print_table
from portalwright.words import full_minute

COLUMNS = ("payment", "portal", "payer", "trace", "paid on", "amount", "claims", "held by")
ROWS = [
    (1, None, "PRACTICE NATIONAL HEALTH", "EFT158770718", date(2026, 11, 2), Decimal("1662.66"), 12, ""),
    (2, None, "PRACTICE NATIONAL HEALTH", "7778206", date(2026, 11, 3), Decimal("-20.00"), 1, "case 4"),
]


def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int) -> list[str]:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    print_table(COLUMNS, ROWS, empty="")
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert all(len(line) <= width for line in lines)
    return lines


def test_a_wide_terminal_shows_the_table_ruled(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any("│ PRACTICE NATIONAL HEALTH │" in line for line in shown(capsys, monkeypatch, 120))


@pytest.mark.parametrize("width", [58, 72])
def test_a_narrow_terminal_breaks_no_cell_and_drops_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    lines = shown(capsys, monkeypatch, width)
    text = "\n".join(lines)
    for cell in ("EFT158770718", "2026-11-02", "1,662.66", "payer: PRACTICE NATIONAL HEALTH", "case 4", "-20.00"):
        assert cell in text
    assert "Blank in all rows: portal." in text
    amounts = [line.index(amount) + len(amount) for line, amount in ((lines[1], "1,662.66"), (lines[3], "-20.00"))]
    assert amounts == [lines[0].index("amount") + len("amount")] * 2


def test_a_program_gets_every_column(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(COLUMNS, ROWS, empty="")
    heading, first, _ = capsys.readouterr().out.splitlines()
    assert tuple(heading.split("\t")) == COLUMNS
    assert first == "1\t\tPRACTICE NATIONAL HEALTH\tEFT158770718\t2026-11-02\t1,662.66\t12\t"


@pytest.mark.parametrize("text", ["2026-02-30", "11/01/2026", "20261101", "2026-W47-7", "2026-11-1", ""])
def test_a_day_that_is_none_is_a_usage_error_that_says_how_to_write_one(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"YYYY-MM-DD|no calendar"):
        day(text)


def test_a_moment_is_told_by_a_minute_at_which_it_is_over() -> None:
    assert full_minute(datetime(2026, 11, 2, 12, 44, tzinfo=UTC)) == "2026-11-02 12:44"
    assert full_minute(datetime(2026, 11, 2, 12, 44, 0, 1, tzinfo=UTC)) == "2026-11-02 12:45"
    assert full_minute(datetime(2026, 11, 2, 23, 59, 30, tzinfo=UTC)) == "2026-11-03 00:00"
