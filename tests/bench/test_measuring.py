"""The benchmark's meters count what they say: processes that ended, processes left behind, and the most memory."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bench.memory import MostMemory
from bench.processor_time import Meter
from bench.talk import ROOT

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")

BUSY = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass\n"
STARTS_BUSY_AND_ENDS = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {BUSY!r}])\n"
# A process between us and the busy one ends at once, as a browser's does, so that nobody of this tree waits for it.
LEAVES_ONE_BEHIND = f"""
import subprocess, sys, time
# The busy one holds this pipe too: it has ended when the pipe has.
subprocess.run([sys.executable, "-c", {STARTS_BUSY_AND_ENDS!r}], stdout=subprocess.PIPE)
# Its end has still to be taken notice of by the reaper, which says so to nobody.
time.sleep(0.5)
print("done", flush=True)
sys.stdin.read()
"""


@linux
def test_the_time_of_a_process_that_was_left_behind_is_counted() -> None:
    command = [sys.executable, "-m", "bench.reaper", sys.executable, "-c", LEAVES_ONE_BEHIND]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        meter = Meter(process.pid)
        before = meter.read()
        assert process.stdout.readline() == "done\n"
        meter.find_children()
        used = (meter.read() - before).total
        process.communicate()
    assert used >= 0.4
    assert process.returncode == 0


def test_the_reaper_ends_with_its_program_and_gives_its_exit_code() -> None:
    command = [sys.executable, "-m", "bench.reaper", sys.executable, "-c", "import sys; sys.exit(int(input()))"]
    done = subprocess.run(command, input="7\n", text=True, cwd=ROOT, check=False, timeout=30)
    assert done.returncode == 7


@linux
def test_a_side_that_is_told_to_end_leaves_nothing() -> None:
    command = [sys.executable, "-m", "bench.reaper", sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(command, cwd=ROOT) as process:
        below = _children(process.pid)
        process.terminate()
        process.wait(10)
    assert below
    assert not any(child.is_running() for child in below)


def _children(process_id: int) -> list[psutil.Process]:
    end = time.monotonic() + 10
    while not (found := psutil.Process(process_id).children()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


@linux
def test_the_most_memory_is_that_of_the_children_at_their_height(tmp_path: Path) -> None:
    high = "import time; held = b'x' * 100_000_000; time.sleep(1); del held; print('low', flush=True); input()"
    command = [sys.executable, "-m", "bench.reaper", sys.executable, "-c", high]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        with MostMemory(process.pid) as memory:
            assert process.stdout is not None
            process.stdout.readline()
        process.communicate("\n")
    most = memory.mebibytes
    assert 95 < most["total"] < 160
    assert most["python"] == most["total"]
