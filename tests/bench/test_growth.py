"""The curves and profiles say what was measured: real items through the real worker, and whose time it was."""

import cProfile
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from bench.hot_spots import _part, _spots
from bench.profiles import Profiles
from bench.talk import ROOT
from flows.sanity import __file__ as a_file_of_ours


def test_items_go_through_the_real_worker(tmp_path: Path) -> None:
    figures = tmp_path / "curve.json"
    command = [sys.executable, "-m", "bench.curve", "--lanes", "--items", "5", "20"]
    command += ["--json", str(figures), "--pictures", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=300)
    told = json.loads(figures.read_text(encoding="utf-8"))
    assert [one["items"] for one in told["items"]] == [5, 20]
    assert all(one["cpu_ms"] > 1 and one["memory_mib"] > 20 for one in told["items"])
    last = json.loads(done.stdout.splitlines()[-1])
    ratio = told["items"][1]["cpu_ms"] / told["items"][0]["cpu_ms"]
    assert last == {"lanes_cpu_growth": None, "items_cpu_growth": round(ratio, 3)}
    assert (tmp_path / "curve-items.svg").is_file()


@pytest.mark.parametrize(
    ("path", "function", "part"),
    [
        (a_file_of_ours, "check", "flows"),
        ("/x/lib/python3.11/site-packages/django/db/models/query.py", "get", "django"),
        ("/x/lib/python3.11/asyncio/events.py", "run", "python"),
        ("~", "<method 'execute' of 'sqlcipher3.dbapi2.Cursor' objects>", "sqlcipher3"),
        ("~", "<built-in method posix.write>", "posix"),
    ],
)
def test_time_is_told_by_whose_it_is(path: str, function: str, part: str) -> None:
    assert _part(path, function) == part


def test_both_threads_profiles_are_kept(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path)
    in_ledger = profiles.in_ledger(lambda text: str(Decimal(text)))
    assert in_ledger("1.50") == "1.50"
    profiles.end()
    assert not isinstance(sys.getprofile(), cProfile.Profile)
    for thread in ("loop", "ledger"):
        assert list(_spots(tmp_path / f"{thread}.prof", 1))
    assert any("lambda" in spot.where for spot in _spots(tmp_path / "ledger.prof", 1))
