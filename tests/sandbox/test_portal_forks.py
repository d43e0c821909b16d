"""The tests' own portals are forks of one process: each is as one that was started by itself, and ends as surely."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sandbox.portals.registry import PORTALS
from sandbox.process import PracticePortal as UsualPortal
from tests.practice_portal import PracticePortal
from tests.sandbox.test_process import wait_until

STARTER = """
import time
from tests.practice_portal import PracticePortal
with PracticePortal(seed=1, claims=1) as one, PracticePortal(seed=1, claims=1) as other:
    print(one.process_id, other.process_id, flush=True)
    time.sleep(60)
"""


def has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("name", PORTALS)
def test_a_fork_serves_what_a_new_process_serves(name: str) -> None:
    seen = []
    for kind in (UsualPortal, PracticePortal):
        with kind(name, seed=5, claims=10, today="2026-11-20") as portal:
            signs_in_with = (portal.user_name, portal.password, portal.totp_seed, portal.security_answers)
            seen.append((portal.truth(), portal.worklist_csv(), portal.terms(), signs_in_with))
    assert seen[0] == seen[1]


def test_it_is_gone_after_the_with_statement() -> None:
    with PracticePortal(seed=1, claims=1) as portal:
        assert psutil.Process(portal.process_id).is_running()
    assert not psutil.pid_exists(portal.process_id)


def test_all_end_when_their_starter_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        portals = [psutil.Process(int(number)) for number in starter.stdout.readline().split()]
        above = portals[0].parent()
        assert above is not None
        assert above.ppid() == starter.pid
        starter.kill()
    assert len(portals) == 2
    assert wait_until(lambda: all(map(has_ended, [*portals, above])))


@pytest.mark.parametrize("place", [0, 1])
def test_each_ends_with_its_own_standard_input_while_the_other_serves(place: int) -> None:
    with PracticePortal(seed=1, claims=1) as one, PracticePortal(seed=2, claims=1) as other:
        ending, serving = (one, other) if place == 0 else (other, one)
        process = psutil.Process(ending.process_id)
        assert ending._process is not None
        assert ending._process.stdin is not None
        ending._process.stdin.close()
        assert wait_until(lambda: has_ended(process))
        assert serving.truth()["today"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(number: int) -> None:
    with PracticePortal(seed=1, claims=1) as portal:
        process = psutil.Process(portal.process_id)
        process.send_signal(number)
        assert wait_until(lambda: has_ended(process))
        assert portal._process is not None
        assert portal._process.stdout is not None
        assert portal._process.stdout.read() == ""


def test_a_person_who_interrupts_the_process_above_does_not_end_it() -> None:
    with PracticePortal(seed=1, claims=1) as portal:
        above = psutil.Process(portal.process_id).parent()
        assert above is not None
        above.send_signal(signal.SIGINT)
        with PracticePortal(seed=1, claims=1) as another:
            assert psutil.Process(another.process_id).parent() == above


def test_it_runs_in_the_folder_and_the_environment_of_the_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")
    with PracticePortal(seed=1, claims=1) as portal:
        assert Path(psutil.Process(portal.process_id).cwd()) == tmp_path
    narrow = usage_of_a_refusal(capfd)
    monkeypatch.setenv("COLUMNS", "200")
    assert len(usage_of_a_refusal(capfd).splitlines()) < len(narrow.splitlines())


def usage_of_a_refusal(capfd: pytest.CaptureFixture[str]) -> str:
    """What a portal that cannot start says, in lines as long as its environment has columns."""
    with pytest.raises(RuntimeError, match="did not start"), PracticePortal("no-such-portal"):
        pass
    said = capfd.readouterr().err
    assert "no-such-portal" in said
    return said
