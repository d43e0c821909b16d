"""The comparison says what it found, says what is not there, and guesses nothing."""

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import split
from bench.lanes import LanesCost
from bench.look_up import Compared, Measured, compare
from bench.picture import write_picture
from bench.processor_time import Used
from bench.report import Report
from bench.session_start import Start, Starts
from bench.sides import CANDIDATES, PEERS, PRODUCT, SCRIPT, Candidate, Needs, absent
from bench.talk import ROOT, Task
from console.charts import Bar, Bars, Lines, Series

NAIVE, HTTP = (next(side for side in CANDIDATES if side.key == key) for key in ("naive", "http"))
DIRECT = next(side for side in CANDIDATES if side.key == "direct")


def measured(*seconds: float) -> Measured:
    return Measured([Used(python=one) for one in seconds], [one * 2 for one in seconds])


def report(**sides: Measured) -> Report:
    by_side = {next(side for side in CANDIDATES if side.key == key): found for key, found in sides.items()}
    start = Start(cpu=0.5, wall=1.0)
    return Report(
        compared=Compared(by_side, {}, 10),
        missing={DIRECT: "the pack does not declare reading: direct"},
        memory={PRODUCT: {"total": 400.0, "python": 100.0, "driver": 100.0, "browser": 200.0}},
        lanes=LanesCost(8, 80, 500.0, 300.0, {"total": 1200.5, "python": 200.0, "driver": 100.5, "browser": 900.0}),
        starts=Starts((start,), (Start(cpu=0.4, wall=1.0),)),
    )


def test_a_ratio_is_the_median_over_the_pairs_and_not_of_the_medians() -> None:
    found = report(browser=measured(1.2, 2.6, 9.0), script=measured(1.0, 2.0, 3.0), naive=measured(4.0, 8.0, 12.0))
    assert found.last_line() == {
        "browser_cpu_ratio": 1.3,
        "direct_cpu_ratio": None,
        "naive_cpu_ratio": 4.0,
        "http_cpu_ratio": None,
        "eight_lanes_mib": 1200.5,
    }


def test_what_is_not_there_is_said_in_table_and_figures(tmp_path: Path) -> None:
    found = report(browser=measured(1.1), script=measured(1.0))
    assert any("the pack does not declare" in line for line in found.lines())
    found.write_json(tmp_path / "bench.json")
    told = json.loads((tmp_path / "bench.json").read_text())
    assert told["sides"]["direct"] == {
        "name": "product, direct",
        "absent": "the pack does not declare reading: direct",
        "cpu_ratio": None,
    }
    assert told["sides"]["browser"]["cpu_ms"] == 1100.0
    assert told["session_start"]["cpu_ratio"] == 1.25
    assert told["machine"]["cores"]


def test_the_parts_of_a_side_that_starts_a_browser_each_time_are_left_blank() -> None:
    lines = report(script=measured(1.0), naive=measured(4.0)).lines()
    naive = next(line for line in lines if line.startswith("naive robot"))
    assert len(naive.split()) == 2 + 3


def test_a_tool_that_is_not_installed_is_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PEERS, str(tmp_path / "no-python"))
    assert absent(HTTP) == "not installed: httpx"
    assert absent(SCRIPT) == ""
    monkeypatch.setenv(PEERS, sys.executable)
    assert absent(HTTP) == ""
    assert absent(Candidate("none", "none", "bench.none", needs=Needs.ROBOT)) == "not installed: Browser"


def test_a_side_types_what_the_portal_reads(tmp_path: Path) -> None:
    question = {
        "patient": {"member_id": "W123"},
        "claim": {"service_from": "2026-03-04", "service_to": "2026-03-05", "billed": "1234.5"},
    }
    order = {
        "folder": str(tmp_path),
        "address": "http://127.0.0.1:1",
        "user_name": "u",
        "password": "p",
        "npi": "1",
        "browser": "b",
        "arguments": ["--one"],
        "driver": "",
        "questions": [question, question],
    }
    task = Task.of_order(json.loads(json.dumps(order)))
    assert json.loads(json.dumps(task.as_order())) == order
    asked = task.asked(1, 5)
    assert [(one.first_day, one.last_day, one.billed) for one in asked] == [("03/04/2026", "03/05/2026", "$1,234.50")]


def test_the_sides_of_other_tools_import_nothing_but_their_tool_and_the_protocol() -> None:
    """Their environment has nothing of ours, and their memory is not to be ours."""
    for module in ("selenium_side", "robot_side", "robot_orders", "http_side", "script_side", "talk", "reaper"):
        text = (ROOT / "bench" / f"{module}.py").read_text(encoding="utf-8")
        imported = set(re.findall(r"^(?:from|import) (\w+(?:\.\w+)?)", text, re.MULTILINE))
        ours = {name for name in imported if re.match(r"(bench|bots|flows|packs|vault|ledger|portalwright)\b", name)}
        assert ours <= {"bench.talk"}, module


def test_the_tools_are_pinned_with_hashes_and_without_any_registrys_address() -> None:
    text = (ROOT / "bench" / "requirements.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    pinned = re.findall(r"^([\w.-]+)==\S+(?: ;.*)? \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^\w", text, re.MULTILINE))
    assert {"selenium", "robotframework-browser", "httpx", "lxml"} <= set(pinned)


def test_the_steps_that_are_measured_are_still_there() -> None:
    assert [name for owner, name, _ in split._STEPS if not hasattr(owner, name)] == []


@pytest.mark.parametrize(
    "chart",
    [
        Bars("Bars & <all>", [Bar("one", 2.0, "2 ms"), Bar("two", 0.0, "0 ms")]),
        Lines("Lines", ["1", "2"], [Series("<a>", [1.0, 2.0]), Series("b", [None, 3.0])], unit="s"),
    ],
)
def test_a_chart_is_a_picture_that_stands_alone(chart: Bars | Lines, tmp_path: Path) -> None:
    file = tmp_path / "pictures" / "chart.svg"
    write_picture(file, chart)
    root = ElementTree.parse(file).getroot()  # noqa: S314 - written a moment ago
    words = " ".join(root.itertext())
    assert chart.title in words
    assert "href" not in file.read_text(encoding="utf-8")
    drawn = [one for one in root.iter() if one.tag.rpartition("}")[2] in ("rect", "polyline")]
    assert len(drawn) >= 3


@pytest.mark.browser
def test_product_and_script_find_the_same_claims_on_heavy_pages() -> None:
    compared = compare([PRODUCT, SCRIPT], pairs=1, look_ups=1, heavy=True)
    ratio = compared.ratio(PRODUCT)
    assert ratio is not None
    assert 0.2 < ratio < 5
    assert {"press", "read", "ledger", "evidence"} <= set(compared.steps)
    assert all(block.browser > 0 for one in compared.by_side.values() for block in one.used)


@pytest.mark.browser
def test_the_naive_robot_and_each_field_are_sides_too() -> None:
    """As the benchmark runs them: from the command line."""
    command = [sys.executable, "-m", "bench.look_up", "--pairs", "1", "--look-ups", "1"]
    command += ["--only", "script", "naive robot", "script, field by field"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=300)
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["naive_cpu_ratio"] > 1
    assert last["field_by_field_cpu_ratio"] > 0.3
