"""The commands of the practice portals: quirks by name, level and seed; what cannot be is refused in a sentence."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from portalwright.cli import run_command
from portalwright.exit_codes import ExitCode
from sandbox.process import PracticePortal
from sandbox.quirks import NATIONAL, QUIRKS, numbers
from tests.sandbox.visiting import Visitor


@contextmanager
def served(*options: str) -> Iterator[dict[str, Any]]:
    """The ready line of `python -m sandbox serve` with these options."""
    command = [sys.executable, "-m", "sandbox", "serve", NATIONAL, "--claims", "1", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def settings(ready: dict[str, Any]) -> dict[str, float]:
    answer: dict[str, float] = json.loads(urllib.request.urlopen(ready["control"] + "/quirks", timeout=5).read())
    return answer


def test_a_level_sets_every_quirk_of_the_portal_and_a_name_overrides_it() -> None:
    with served("--level", "field", "--quirk", "modal=1", "--quirk", "captcha=0.25") as ready:
        assert settings(ready) == {**numbers("field", NATIONAL), "modal": 1.0, "captcha": 0.25}
    with served() as ready:
        assert settings(ready) == {}


@pytest.mark.parametrize(
    ("setting", "says"),
    [("modal=2", "between 0 and 1"), ("near-payer-names=1", "does not have the quirk"), ("modal", "invalid")],
)
def test_a_portal_is_not_served_with_a_quirk_it_cannot_have(setting: str, says: str) -> None:
    command = [sys.executable, "-m", "sandbox", "serve", NATIONAL, "--quirk", setting]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert ended.stdout == ""


def test_a_running_portal_refuses_a_quirk_it_cannot_have_and_keeps_what_it_had() -> None:
    with PracticePortal(seed=11, claims=3, quirks={"modal": 1.0}) as portal, Visitor(portal) as visitor:
        with pytest.raises(urllib.error.HTTPError, match="422"):
            portal.quirks(near_payer_names=1.0)
        visitor.sign_in().get("/claims/search")
        assert 'role="dialog"' in visitor.page.text


def test_the_layout_is_chosen_at_the_start_or_switched_later() -> None:
    with PracticePortal(seed=11, claims=3, layout=2) as portal, Visitor(portal) as visitor:
        assert "Log in" in visitor.get("/signin")
        portal.faults(layout=1)
        assert "Sign in" in visitor.get("/signin")


def test_the_list_of_quirks_names_each_with_where_how_often_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["sandbox", "quirks"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [(row[0], row[1], row[-1]) for row in rows[1:]] == [(str(q.number), q.name, q.what) for q in QUIRKS]
    by_name = {row[1]: row for row in rows}
    assert by_name["modal"][2:6] == ["multipayer, national", "", "0.03 a look-up", ""]
    assert by_name["captcha"][2:6] == ["medicaid, national", "", "0.035 a session", "yes"]
    assert by_name["report-later"][2:4] == ["medicaid", "national"]
    assert by_name["appeal-refused"][2:5] == ["multipayer, national, contractor", "", "0.03 a look-up"]
    assert all(row[2] or row[3] for row in rows[1:])
    assert by_name["wrong-default"][3] == "multipayer, national, contractor, medicaid"


@pytest.mark.parametrize("setting", ["modal=2", "report-later=0.1", "nothing=0.1", "modal=often"])
def test_the_command_refuses_a_quirk_that_cannot_be(setting: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["sandbox", "serve", NATIONAL, "--quirk", setting]) == ExitCode.USAGE
    assert "--quirk" in capsys.readouterr().err
