"""An office made by the real command line, and a way to run commands as a person does: each in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PRACTICE = ("--practice", "Lakeside Family Medicine", "--tin", "123456789", "--npi", "1234567893")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class Forks:
    """The process whose forks run the commands."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.portalwright.forking"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def run(
        self, arguments: list[str], stdin: str, cwd: Path, environment: Mapping[str, str], before: str = ""
    ) -> Ended:
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answered is not None
        with tempfile.TemporaryDirectory() as temporary:
            files = {name: Path(temporary) / name for name in ("stdin", "stdout", "stderr")}
            for name, path in files.items():
                path.write_text(stdin if name == "stdin" else "", newline="")
            request = {name: str(path) for name, path in files.items()}
            line = {
                **request,
                "arguments": arguments,
                "cwd": str(cwd),
                "environment": dict(environment),
                "before": before,
            }
            asked.write(json.dumps(line) + "\n")
            asked.flush()
            code = int(answered.readline())
            shown = [files[name].read_bytes().decode("utf-8", "backslashreplace") for name in ("stdout", "stderr")]
            return Ended(code, *shown)

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@dataclass(frozen=True)
class CommandLine:
    """Runs `portalwright` in its own process, with an environment that holds nothing of the tester's."""

    home: Path
    forks: Forks

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        passed = ("PATH", "PORTALWRIGHT_BROWSER", "PLAYWRIGHT_BROWSERS_PATH")
        kept = {name: os.environ[name] for name in passed if name in os.environ}
        return {**kept, "HOME": str(self.home), "USER": "dana", "LOGNAME": "dana", **(more or {})}

    def command(self, *arguments: str | Path, before: str = "") -> list[str]:
        """The command for a process that does not come from the forks; `before` as below, in the checkout's folder."""
        place, _, name = before.partition(":")
        first = f"import {place}; {place}.{name}(); " if before else ""
        return [sys.executable, "-c", f"{first}from portalwright.cli import main; main()", *map(str, arguments)]

    def __call__(
        self,
        *arguments: str | Path,
        stdin: str = "",
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
        before: str = "",
    ) -> Ended:
        """Run the command; `before` names a function (`module:name`) to call first in its process."""
        where = cwd or self.home
        return self.forks.run(list(map(str, arguments)), stdin, where, self.environment(environment), before)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Makes a folder that is a disk of its own, of a size such as `8k`. Needs the right to mount."""
    made: list[Path] = []

    def make(size: str) -> Path:
        folder = tmp_path / f"disk-{size}"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
        if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            pytest.skip("a disk of its own can be made by root on Linux only")
        made.append(folder)
        return folder

    yield make
    for folder in made:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """One for each test process."""
    running = Forks()
    yield running
    running.end()


@pytest.fixture
def portalwright(tmp_path: Path, forks: Forks) -> CommandLine:
    """The command line, with an empty home folder."""
    home = tmp_path / "home"
    home.mkdir()
    return CommandLine(home, forks)


@pytest.fixture(scope="session")
def office_made_once(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Path:
    """An office with its key inside, so that a copy of the folder is an office of its own."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "office"
    made = CommandLine(home, forks)("init", folder, *PRACTICE, "--key-file", folder / "office.key")
    assert made.code == 0, made.err
    return folder


@pytest.fixture
def office(tmp_path: Path, office_made_once: Path) -> Path:
    """A fresh office."""
    return shutil.copytree(office_made_once, tmp_path / "office")
