"""An office as a person makes and runs it: the real command line, each command in a process of its own."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from ledger.answers import AnswerRecord
from sandbox.process import PracticePortal
from tests.whole.watching import Watch

PORTAL = "practice-national"
CLAIMS = 14
"""Rows of the portal's own work list."""
SEED = 31

CANARIES = ("Kanarienvogelhaus", "O'Papageiensteiß", "Zwergsittich-Nymphe")
"""Last names that stand in no program, with an apostrophe, an accent and a hyphen; the payer knows none of them."""

QUESTIONS = CLAIMS + len(CANARIES)


PROFILE_ON_DISK = "import bots.browser\nbots.browser._ROOM_FOR_ALL = 1 << 60"
"""As where memory has no room for the browser's profile: what it leaves can be looked at, and has to be swept."""


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what its processes showed of themselves."""

    code: int
    out: str
    err: str
    watch: Watch


@dataclass(frozen=True)
class Commands:
    """Runs `portalwright` with a home and a temporary folder of its own."""

    folder: Path
    """The office."""
    home: Path
    temporary: Path
    portal: str = PORTAL
    """The portal that the office works with."""

    def copy_to(self, root: Path) -> "Commands":
        """A copy of the office, with a home and a temporary folder of its own. The key stays where it is."""
        copy = Commands(root / "office", root / "home", root / "temporary", self.portal)
        for folder in (copy.home, copy.temporary):
            folder.mkdir()
        shutil.copytree(self.folder, copy.folder)
        return copy

    def environment(self) -> dict[str, str]:
        passed = ("PATH", "PORTALWRIGHT_BROWSER", "PLAYWRIGHT_BROWSERS_PATH")
        kept = {name: os.environ[name] for name in passed if name in os.environ}
        mine = {"HOME": str(self.home), "TMPDIR": str(self.temporary), "USER": "dana", "LOGNAME": "dana"}
        return {**kept, **mine, "PORTALWRIGHT_OFFICE": str(self.folder)}

    def begin(self, *arguments: str | Path, stdin: str = "", before: str = "") -> "Running":
        """Start a command. `before` is Python that runs first in its process: a fault of our own, made on purpose."""
        script = f"{before}\nfrom portalwright.cli import main\nmain()"
        entry = [str(Path(sys.executable).with_name("portalwright"))] if not before else [sys.executable, "-c", script]
        process = subprocess.Popen(
            [*entry, *map(str, arguments)],
            env=self.environment(),
            cwd=self.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
        return Running(process, Watch(process.pid, (self.folder / "data" / "tmp", self.temporary)))

    def __call__(self, *arguments: str | Path, stdin: str = "", before: str = "") -> Ended:
        return self.begin(*arguments, stdin=stdin, before=before).end()

    def done(self, *arguments: str | Path, stdin: str = "") -> str:
        """A command that must succeed; gives its standard output."""
        ended = self(*arguments, stdin=stdin)
        assert ended.code == 0, ended.err
        return ended.out

    def run(self, *more: str, before: str = "") -> Ended:
        return self("run", self.portal, "--flow", "claim-status", *more, before=before)

    def standing(self) -> Mapping[str, Any]:
        """What `status` says of the portal."""
        (row,) = json.loads(self.done("status", "--portal", self.portal, "--json"))
        return dict(row)

    def answers(self) -> list[AnswerRecord]:
        return [AnswerRecord.model_validate_json(line) for line in self.done("answers", "--json").splitlines()]

    def cases(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.done("cases", "list", "--json").splitlines()]

    def leads_to(self, address: str) -> None:
        """Enter the portal's address into the office's settings."""
        settings = self.folder / "office.toml"
        kept = settings.read_text().partition("\n[portals.")[0].rstrip("\n")
        settings.write_text(f'{kept}\n\n[portals.{self.portal}]\naddress = "{address}"\n')


@dataclass(frozen=True)
class Running:
    """A command that runs."""

    process: "subprocess.Popen[str]"
    watch: Watch

    def end(self, seconds: float = 180) -> Ended:
        """Wait for its end."""
        try:
            out, err = self.process.communicate(timeout=seconds)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self.watch.stop()
        return Ended(self.process.returncode, out, err, self.watch)

    def wait_until(self, reached: Callable[[], bool], seconds: float = 90) -> None:
        """Wait until the portal or the office shows that the command is as far as this."""
        deadline = time.monotonic() + seconds
        while not reached():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def kill(self) -> list[psutil.Process]:
        """kill -9 of the command's own process; gives those that it had started."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=30)
        self.watch.stop()
        return children


def make_office(root: Path, portal: PracticePortal, rows: str = "", *, work_list: str | None = None) -> Commands:
    """An office with credentials, permission and the portal's work list, or this one (CSV).

    `rows` are more lines for the work list.
    """
    home, temporary = root / "home", root / "temporary"
    for folder in (home, temporary):
        folder.mkdir(parents=True)
    office = Commands(root / "office", home, temporary, portal.name)
    practice = portal.truth()["practice"]
    npis = ",".join(provider["npi"] for provider in practice["providers"])
    key_file = root / "key" / "office.key"
    key_file.parent.mkdir(mode=0o700)
    office.done(
        "init", office.folder, "--practice", practice["name"], "--tin", practice["tin"], "--npi", npis,
        "--key-file", key_file,
    )  # fmt: skip
    office.leads_to(portal.address)
    secrets = f"{portal.user_name}\n{portal.password}\n{portal.totp_seed}\n"
    office.done("vault", "add", portal.name, "--from-stdin", stdin=secrets)
    office.done(
        "permit", portal.name, "--status", "simulator-only", "--basis", "own test system", "--document", "our own"
    )
    file = root / "work-list.csv"
    file.write_text((work_list or portal.worklist_csv()) + rows, newline="")
    office.done("import", "claims", file)
    file.unlink()
    return office


def presses(portal: PracticePortal, kind: str = "password") -> list[str]:
    """The results of the presses that the portal saw, in order."""
    return [str(event["result"]) for event in portal.events() if event["kind"] == f"{kind}_press"]


def seen(portal: PracticePortal, kind: str) -> int:
    """How many events of this kind the portal saw."""
    return sum(event["kind"] == kind for event in portal.events())


def canary_rows(portal: PracticePortal) -> str:
    """Rows for the work list, in the columns of the portal's own one: patients who are typed in and never found."""
    (header, pattern, *_) = portal.worklist_csv().splitlines()
    columns = header.split(",")
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\r\n")
    for place, last_name in enumerate(CANARIES):
        (row,) = csv.DictReader(io.StringIO(f"{header}\n{pattern}\n"))
        row |= {
            "last_name": last_name,
            "first_name": f"Wellensittichia{place}",
            "member_id": f"PNH7{place}91827301",
            "patient_account_number": f"PA77{place}615243",
            "payer_claim_number": "",
            "birth_date": f"1931-07-{17 + place}",
        }
        writer.writerow(row)
    return written.getvalue()
