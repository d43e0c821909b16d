"""A practice portal whose process is a fork of one that has everything imported: a third of a second less each time.

For the tests that are about what happens at a portal. Those about its process start it as everybody does.
"""

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import IO

import psutil

from sandbox.process import PracticePortal as UsualPortal
from sandbox.process import Running


class PracticePortal(UsualPortal):
    """As its base, but quick to start."""

    def _start(self) -> Running:
        return _forks(os.getpid()).start(self._arguments)


class Fork:
    """A portal's process. It is no child of ours: when it has ended, its number is free at once."""

    def __init__(self, process_id: int, stdin: IO[str], stdout: IO[str]) -> None:
        self.pid = process_id
        self.stdin: IO[str] | None = stdin
        self.stdout: IO[str] | None = stdout
        self._process: psutil.Process | None = None
        # One that could not start may have ended already.
        with contextlib.suppress(psutil.NoSuchProcess):
            self._process = psutil.Process(process_id)

    def poll(self) -> int | None:
        """None while it runs."""
        return None if self._process is not None and self._process.is_running() else 0

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired as `subprocess.Popen` does."""
        try:
            if self._process is not None:
                self._process.wait(timeout)
        except psutil.TimeoutExpired:
            raise subprocess.TimeoutExpired("sandbox serve", timeout or 0) from None
        return 0

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            if self._process is not None:
                self._process.send_signal(number)


class Forks:
    """The process whose forks the portals are. It ends when this one does: its socket is at its end then."""

    def __init__(self) -> None:
        self._asking, asked = socket.socketpair()
        self._one_at_a_time = threading.Lock()
        with asked:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.portal_forks"], stdin=asked.fileno(), cwd=Path(__file__).parents[1]
            )
        atexit.register(self._end, os.getpid())

    def start(self, arguments: list[str]) -> Fork:
        """Start a portal in this folder and environment, with our standard error, as `subprocess.Popen` would."""
        asked = {"arguments": arguments, "cwd": str(Path.cwd()), "environment": dict(os.environ)}
        (its_stdin, stdin), (stdout, its_stdout) = os.pipe(), os.pipe()
        try:
            with self._one_at_a_time:
                # The files go with the first byte.
                socket.send_fds(self._asking, [b"{"], [its_stdin, its_stdout, 2])
                self._asking.sendall(json.dumps(asked).encode()[1:] + b"\n")
                process_id = int(self._asking.recv(32))
        finally:
            os.close(its_stdin)
            os.close(its_stdout)
        return Fork(process_id, os.fdopen(stdin, "w"), os.fdopen(stdout))

    def _end(self, owner: int) -> None:
        # Not in a fork of the tests' process, whose own this is not.
        if os.getpid() == owner:
            self._asking.close()
            self._process.wait(10)


@cache
def _forks(_process_id: int) -> Forks:
    """One for each process that tests, and never that of the process it was forked from."""
    return Forks()
