"""A crash leaves no picture of the memory on the disk, however the computer is set."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

_LIMIT = "import resource; soft, hard = resource.getrlimit(resource.RLIMIT_CORE); "
_RAISED = f"{_LIMIT}resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)); "
_COMMAND = """
import sys
from portalwright.cli import main
sys.argv[1:] = ["sandbox", "quirks"]
try:
    main()
except SystemExit:
    pass
"""
_ENDS_SO = "import os; os.abort()"


def _aborted(folder: Path, script: str) -> set[str]:
    ended = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGABRT, ended.stderr
    return {path.name for path in folder.iterdir()}


@pytest.mark.skipif(sys.platform != "linux", reason="Linux writes the core file where the process works")
def test_a_command_that_is_aborted_leaves_no_core_file(tmp_path: Path) -> None:
    if Path("/proc/sys/kernel/core_pattern").read_text().strip() == "core":
        (tmp_path / "other").mkdir()
        assert _aborted(tmp_path / "other", f"{_RAISED}\n{_ENDS_SO}"), "not even a bare program leaves one here"
    (tmp_path / "ours").mkdir()
    assert _aborted(tmp_path / "ours", f"{_RAISED}\n{_COMMAND}{_ENDS_SO}") == set()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_what_a_command_starts_may_leave_none_either() -> None:
    child = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    script = f"{_RAISED}\n{_COMMAND}import subprocess; subprocess.run([sys.executable, '-c', {child!r}])"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    # Which of the two is seen to write last hangs on whether Python holds back what it writes.
    assert "(0, 0)" in shown.stdout.splitlines()
