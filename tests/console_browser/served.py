"""A made-up office whose desk is served in a process of its own, for tests in a browser, axe and screenshots."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.console_browser.ports import free_port

_ROOT = Path(__file__).parents[2]


@dataclass
class Desk:
    """The desk of the office in `folder`, served at `address`. `made` says what the office holds."""

    folder: Path
    port: int
    made: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def people(self) -> dict[str, dict[str, Any]]:
        """By name how they sign in."""
        found: dict[str, dict[str, Any]] = self.made["accounts"]
        return found

    @property
    def address(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve it, and wait until it answers."""
        command = [sys.executable, "-m", "tests.console_office", str(self.folder), "--serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, env=_environment(), cwd=_ROOT, stdout=subprocess.PIPE, stderr=self.log.open("ab")
        )
        line = self.process.stdout.readline() if self.process.stdout is not None else b""
        if not line:
            raise RuntimeError(self.log.read_text()[-3000:])
        self.made = json.loads(line)

    def stop(self) -> int:
        """End it as an operator does, and give its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.process = None

    def answer(self) -> None:
        """The robot, which works in another process, gets an answer to one more question."""
        command = [sys.executable, "-m", "tests.console_office", str(self.folder), "--answer"]
        subprocess.run(command, env=_environment(), cwd=_ROOT, check=True, stdout=subprocess.DEVNULL, timeout=120)

    @property
    def log(self) -> Path:
        """What it says where something is wrong."""
        return self.folder.with_suffix(".console.log")


@contextmanager
def served(folder: Path) -> Iterator[Desk]:
    """Make the office in this folder, which is not there yet, and serve its desk to the end of the block."""
    desk = Desk(folder, free_port())
    try:
        desk.start()
        yield desk
    finally:
        desk.stop()


def _environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("PORTALWRIGHT", "DJANGO", "PYTEST"))
    }
