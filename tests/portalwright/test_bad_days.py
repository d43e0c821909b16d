"""Bad days: what is wrong, what was kept and what to do are told in a sentence, and the work goes on afterwards."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portalwright.exit_codes import ExitCode
from tests.portalwright.closed_door import FOREIGN, closed_door
from tests.portalwright.conftest import CommandLine, Ended, Forks
from tests.portalwright.test_commands import ROW, work_list
from tests.practice_portal import PracticePortal

PORTAL = "practice-national"
ROOT = Path(__file__).parents[2]
RUN = ("run", PORTAL, "--flow", "claim-status")


@dataclass(frozen=True)
class Office:
    """An office that is ready to ask."""

    portalwright: CommandLine
    folder: Path

    def __call__(self, *arguments: str | Path, **more: Any) -> Ended:
        return self.portalwright(*arguments, "--office", self.folder, **more)

    def leads_to(self, address: str) -> None:
        settings = self.folder / "office.toml"
        kept = settings.read_text().partition("\n[portals.")[0].rstrip("\n")
        settings.write_text(f'{kept}\n\n[portals.{PORTAL}]\naddress = "{address}"\n')

    def standing(self) -> dict[str, Any]:
        (row,) = json.loads(self("status", "--portal", PORTAL, "--json").out)
        return dict(row)

    def untouched(self) -> bool:
        """No question was lost, none is under way, and the sign-in button was not pressed."""
        standing = self.standing()
        return (standing["ready"], standing["running"], standing["sign_in"]) == (1, 0, "ready")


@pytest.fixture(scope="session")
def ready_made_once(office_made_once: Path, tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Path:
    home = tmp_path_factory.mktemp("ready")
    folder = shutil.copytree(office_made_once, home / "office")
    rows = work_list(home / "work.csv", ROW)
    make_ready(CommandLine(home, forks), folder, rows, "user\nPw-1!\nJBSWY3DPEHPK3PXP\n")
    return folder


@pytest.fixture
def ready(portalwright: CommandLine, ready_made_once: Path, tmp_path: Path) -> Office:
    """An office with one claim, and a credential that no portal knows."""
    return Office(portalwright, shutil.copytree(ready_made_once, tmp_path / "office"))


def make_ready(portalwright: CommandLine, folder: Path, rows: Path, secrets: str) -> Office:
    """Give the office a credential, a permission and a work list."""
    office = Office(portalwright, folder)
    for command, stdin in (
        (("vault", "add", PORTAL, "--from-stdin"), secrets),
        (("permit", PORTAL, "--status", "simulator-only", "--basis", "own test system", "--document", "ours"), ""),
        (("import", "claims", rows), ""),
    ):
        done = office(*command, stdin=stdin)
        assert done.code == 0, done.err
    return office


def sentence(told: Ended) -> str:
    """What the person was told beside the run's progress: a line or two, and no trace."""
    assert "Traceback" not in told.err
    said = [line for line in told.err.splitlines() if not line.startswith(("signing", "asking"))]
    assert 0 < len(said) <= 2, told.err
    return " ".join(said)


def test_a_wrong_key_asks_nothing_exports_nothing_and_changes_nothing(ready: Office, tmp_path: Path) -> None:
    key, file = ready.folder / "office.key", tmp_path / "answers.csv"
    right = key.read_bytes()
    key.write_bytes(bytes(32))
    for command in (RUN, ("export", file), ("answers",), ("claim", "ACCTCANARY1")):
        told = ready(*command)
        assert (told.code, told.out) == (ExitCode.VAULT, "")
        assert "not the key of this vault" in sentence(told)
    assert not file.exists()
    key.write_bytes(right)
    assert ready.untouched()


@pytest.fixture
def dying_browser(tmp_path: Path) -> Path:
    """Says a version, and ends as soon as it is to browse."""
    browser = tmp_path / "chromium"
    browser.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Chromium 140.0.7339.80" || exit 1\n')
    browser.chmod(0o755)
    return browser


def test_no_browser_is_told_with_the_command_that_gets_one(ready: Office, tmp_path: Path) -> None:
    nowhere = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "PORTALWRIGHT_BROWSER": ""}
    told = ready(*RUN, environment=nowhere)
    assert told.code == ExitCode.NO_BROWSER
    assert "no browser on this computer. Run `portalwright browser`" in sentence(told)
    assert ready.untouched()


@pytest.mark.parametrize("text", ["", "#!/bin/sh\necho I am no browser\n", "\x7fELF broken"], ids=["", "script", "elf"])
def test_a_path_that_is_no_browser_is_told_by_its_path(ready: Office, tmp_path: Path, text: str) -> None:
    path = tmp_path / "chromium"
    path.write_text(text)
    path.chmod(0o755)
    told = ready(*RUN, environment={"PORTALWRIGHT_BROWSER": str(path)})
    assert told.code == ExitCode.NO_BROWSER
    assert f"{path} is not a Chrome or Chromium" in sentence(told)
    assert ready.untouched()


def test_a_browser_that_dies_at_once_is_told_and_nothing_is_left_running(ready: Office, dying_browser: Path) -> None:
    told = ready(*RUN, environment={"PORTALWRIGHT_BROWSER": str(dying_browser)})
    assert told.code == ExitCode.NO_BROWSER
    assert f"{dying_browser} does not start" in sentence(told)
    assert ready.untouched()
    assert list((ready.folder / "data" / "tmp").iterdir()) == []


@pytest.mark.browser
def test_a_portal_that_nobody_answers_for_is_left_for_later(ready: Office) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ready.leads_to(f"http://127.0.0.1:{closed.getsockname()[1]}")
        told = ready(*RUN)
    assert told.code == ExitCode.LATER
    assert "The portal cannot be reached. (TECH-TIMEOUT) No question was lost" in sentence(told)
    assert ready.untouched()
    assert ready("cases").out == "No case is open.\n"


@pytest.mark.browser
def test_a_portal_that_fails_everywhere_is_left_for_later(ready: Office) -> None:
    with closed_door(500, "<h1>Internal Server Error</h1>") as (address, methods):
        ready.leads_to(address)
        told = ready(*RUN)
    assert told.code == ExitCode.LATER
    assert "The portal's server failed. (TECH-5XX) No question was lost" in sentence(told)
    assert set(methods) == {"GET"}
    assert ready.untouched()


@pytest.mark.browser
def test_a_foreign_page_is_never_typed_into_and_becomes_one_case(ready: Office) -> None:
    with closed_door(200, FOREIGN) as (address, methods):
        ready.leads_to(address)
        told = ready(*RUN)
    assert told.code == ExitCode.STOPPED
    assert "none that the pack describes here. (TECH-LAYOUT) No question was lost" in sentence(told)
    assert set(methods) == {"GET"}
    assert ready.untouched()
    assert "TECH-LAYOUT" in ready("cases").out


@pytest.fixture
def held_ledger(ready: Office, tmp_path: Path) -> Iterator[Path]:
    """Another process is in the middle of writing into the ledger, until the file that is given goes away."""
    sign = tmp_path / "held"
    code = "from tests.portalwright.before import hold_ledger; hold_ledger()"
    environment = ready.portalwright.environment({"PORTALWRIGHT_OFFICE": str(ready.folder), "SIGN": str(sign)})
    command = [ready.portalwright.command()[0], "-c", code]
    with subprocess.Popen(command, env=environment, cwd=ROOT) as holder:
        try:
            wait_until(lambda: sign.exists() or holder.poll() is not None)
            assert sign.exists()
            yield sign
        finally:
            sign.unlink(missing_ok=True)
            holder.wait(20)


def wait_until(reached: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_ledger_that_another_process_has_locked_is_told_and_nothing_is_shown_or_written(
    ready: Office, held_ledger: Path, tmp_path: Path
) -> None:
    patience = "tests.portalwright.before:short_patience"
    file = tmp_path / "answers.csv"
    rows = work_list(tmp_path / "work.csv", ROW)
    for command in (("export", file), ("answers",), ("import", "claims", rows), RUN):
        told = ready(*command, before=patience)
        assert told.code == ExitCode.LATER, command
        assert "locked by another process" in sentence(told)
        assert told.out == ""
    assert not file.exists()
    held_ledger.unlink()
    wait_until(lambda: ready("export", file).code == 0)
    assert ready.untouched()


@pytest.mark.browser
def test_a_clock_that_is_off_by_an_hour_costs_one_code_and_is_told_as_such(
    portalwright: CommandLine, office: Path, tmp_path: Path
) -> None:
    with PracticePortal(PORTAL, seed=11, claims=6) as portal:
        here = office_at(portalwright, office, portal, tmp_path)
        told = here(*RUN, before="tests.portalwright.before:clock_an_hour_ahead")
        assert told.code == ExitCode.STOPPED
        assert "this computer's clock is wrong" in sentence(told)
        again = here(*RUN)
        assert again.code == ExitCode.STOPPED
        assert "stopped until a person closes case" in sentence(again)
        assert presses(portal, "code") == ["rejected"]
        assert presses(portal, "password") == ["accepted"]
        assert here.standing()["ready"] == 6


def office_at(portalwright: CommandLine, folder: Path, portal: PracticePortal, place: Path) -> Office:
    """An office that may ask this practice portal for its whole work list."""
    practice = portal.truth()["practice"]
    settings = folder / "office.toml"
    npis = json.dumps([provider["npi"] for provider in practice["providers"]])
    text = settings.read_text().replace('"123456789"', f'"{practice["tin"]}"').replace('["1234567893"]', npis)
    settings.write_text(text)
    rows = place / "rows.csv"
    rows.write_text(portal.worklist_csv())
    office = make_ready(portalwright, folder, rows, f"{portal.user_name}\n{portal.password}\n{portal.totp_seed}\n")
    office.leads_to(portal.address)
    return office


def presses(portal: PracticePortal, kind: str) -> list[str]:
    return [event["result"] for event in portal.events() if event["kind"] == f"{kind}_press"]


@pytest.mark.browser
@pytest.mark.long  # an import on a full disk: test_full_disk.py; the night on one: make chaos
def test_a_disk_that_fills_up_ends_the_run_in_order_and_the_next_one_goes_on(
    portalwright: CommandLine, office: Path, tmp_path: Path, small_disk: Callable[[str], Path]
) -> None:
    disk = small_disk("64m")
    folder = shutil.copytree(office, disk / "office")
    with PracticePortal(PORTAL, seed=11, claims=12) as portal:
        here = office_at(portalwright, folder, portal, tmp_path)
        environment = portalwright.environment()
        command = portalwright.command(*RUN, "--office", folder, before="tests.portalwright.before:short_lease")
        with subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            wait_until(lambda: any((folder / "data" / "evidence").iterdir()) or running.poll() is not None)
            fill(disk / "filler")
            out, err = running.communicate(timeout=120)
        told = Ended(running.returncode, out, err)
        assert told.code == ExitCode.OFFICE, told
        assert "no room left on the disk" in sentence(told)
        (disk / "filler").unlink()
        before = here.standing()
        assert before["parked"] == 0
        assert here("audit", "verify").code == 0
        wait_until(lambda: here(*RUN).code == 0)
        after = here.standing()
        assert (after["ready"], after["running"]) == (0, 0)
        assert after["done"] + after["parked"] == 12


def fill(file: Path) -> None:
    """Write until there is no room."""
    with file.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            return
