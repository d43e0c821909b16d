"""The page about watching is true: its settings are taken, and its lists are the code's own."""

import re
import tomllib

import pytest

from ledger.notifications import WAITS
from portalwright.exit_codes import ExitCode
from portalwright.settings import Settings
from portalwright.watching.checking import WORST_FIRST
from portalwright.watching.kinds import AlarmKind
from portalwright.watching.metrics import OF_JOB, OF_PORTAL, OF_PRACTICE
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "watching.md"
TEXT = PAGE.read_text(encoding="utf-8")
OFFICE = """
[practice]
name = "Lakeside"
tin = "123456789"
npis = ["1234567893"]
[key]
provider = "passphrase"
"""


@pytest.mark.parametrize("block", [block.text for block in blocks(PAGE) if block.language == "toml"])
def test_its_settings_are_taken(block: str) -> None:
    Settings.model_validate(tomllib.loads(OFFICE + block))


def test_every_kind_is_explained_and_the_urgent_ones_are_named() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \|", TEXT, re.MULTILINE) == [kind.value for kind in AlarmKind]
    urgent = TEXT.partition("only what is urgent is told: ")[2].partition("; the rest")[0]
    assert set(re.findall(r"`([a-z-]+)`", urgent)) == {kind.value for kind in AlarmKind if kind.urgent}


def test_the_exit_codes_of_monitoring_are_in_their_order() -> None:
    table = TEXT.partition("## For monitoring")[2].partition("Prometheus")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == [*WORST_FIRST, ExitCode.FINE]


def test_every_figure_is_named() -> None:
    listed = TEXT.partition("Each figure begins with")[2].partition("## The log")[0]
    names = {"ended_questions", *(row[0] for rows in (OF_JOB, OF_PORTAL, OF_PRACTICE) for row in rows)}
    assert set(re.findall(r"`([a-z_0-9]+)`", listed)) - {"portalwright_"} == names


def test_the_waits_are_those_of_the_page() -> None:
    assert [wait.total_seconds() / 60 for wait in WAITS] == [1, 5, 15, 60]
    assert "after 1, 5, 15 and then every 60 minutes, for two days" in " ".join(TEXT.split())
