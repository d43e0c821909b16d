"""Runs after everything else: no process, no temporary file and no lock of the tests is left."""

import fcntl
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psutil
import pytest

from tests import django_settings

pytestmark = pytest.mark.last

END_SECONDS = 10

_OURS = re.compile(
    r"playwright[/\\]driver|--remote-debugging-pipe.*--user-data-dir=\S*(?:browser-|playwright)"
    r"|-m sandbox serve .*--exit-with-stdin|tests\.portal_forks|tests\.portalwright\.forking"
    r"|tests\.ledger\.office_process|tests\.soak\.appeals_worker|tests\.chaos\.inside"
)
"""How a browser that Playwright started, its driver, a practice portal and the tests' own helpers are called."""


def orphans() -> Iterator[str]:
    """Processes of ours that nobody runs any more: above them stands no Python that started them."""
    for process in psutil.process_iter():
        try:
            called = " ".join(process.cmdline())
            if _OURS.search(called) and not _is_run_by_somebody(process):
                yield f"{process.pid}: {called[:120]}"
        except psutil.Error:
            continue


def _is_run_by_somebody(process: psutil.Process) -> bool:
    parent = process.parent()
    while parent is not None and _OURS.search(" ".join(parent.cmdline())):
        parent = parent.parent()
    # The first process takes every orphan, whatever it is written in.
    return parent is not None and parent.pid != 1 and "python" in " ".join(parent.cmdline())


def none_after_a_while(found: Callable[[], Iterable[str]]) -> list[str]:
    """The last of what was found, after waiting for it to end by itself."""
    deadline = time.monotonic() + END_SECONDS
    while left := list(found()):
        if time.monotonic() > deadline:
            return left
        time.sleep(0.2)
    return []


def test_no_browser_driver_or_practice_portal_is_left() -> None:
    assert none_after_a_while(orphans) == []


def test_an_orphan_would_be_seen() -> None:
    script = "import time; time.sleep(30)"
    start = f"print(subprocess.Popen([sys.executable, '-c', {script!r}, *sys.argv[1:]], stdout=-3).pid)"
    mother = f"import subprocess, sys; {start}"
    made = subprocess.run(
        [sys.executable, "-c", mother, "-m", "sandbox", "serve", "x", "--exit-with-stdin"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    process = psutil.Process(int(made.stdout))
    try:
        assert any(line.startswith(f"{process.pid}:") for line in orphans())
    finally:
        process.kill()


def test_no_temporary_file_is_left() -> None:
    folder = Path(tempfile.gettempdir())

    def found() -> list[str]:
        databases = [
            path.name
            for path in django_settings.left()
            if (owner := django_settings.owner_of(path)) is None or not psutil.pid_exists(owner)
        ]
        return databases + [path.name for path in folder.glob("playwright*") if path.stat().st_uid == os.getuid()]

    assert none_after_a_while(found) == []


def test_no_lock_is_held(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every lock file under the folders of the last runs can be taken."""
    runs = [path for path in tmp_path_factory.getbasetemp().parent.iterdir() if not path.is_symlink()]
    newest = sorted(runs, key=lambda path: path.stat().st_mtime)[-2:]
    locks = [path for run in newest for name in ("*.lock", "owner") for path in run.rglob(name) if path.is_file()]
    assert none_after_a_while(lambda: [str(path) for path in locks if path.exists() and _is_held(path)]) == []


def _is_held(path: Path) -> bool:
    with path.open("rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
