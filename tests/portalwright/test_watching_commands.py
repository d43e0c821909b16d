"""The commands for those who watch: the board, monitoring's exit code, the log as it grows, and who is told."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine
from tests.portalwright.sinks import web_server

PERMITTED = ("--status", "simulator-only", "--basis", "own test system", "--document", "our own")
PORTAL = "practice-national"


@pytest.fixture
def here(portalwright: CommandLine, office: Path) -> CommandLine:
    """The command line, beside an office."""
    portalwright.home.joinpath("office").symlink_to(office)
    return portalwright


@pytest.fixture
def permitted(here: CommandLine) -> None:
    """The office may ask one portal."""
    assert in_office(here, "permit", PORTAL, *PERMITTED)[0] == 0


def in_office(here: CommandLine, *words: str, stdin: str = "") -> tuple[int, str, str]:
    done = here(*words, stdin=stdin, environment={"PORTALWRIGHT_OFFICE": "office"})
    return done.code, done.out, done.err


@pytest.mark.usefixtures("permitted")
def test_the_board_is_printed_once_where_nobody_can_watch_it(here: CommandLine) -> None:
    code, out, _ = in_office(here, "status", "--live")
    assert code == 0
    assert "no worker is at work" in out.splitlines()[0]
    assert any(line.startswith(f"{PORTAL}\tclaim-status\t0\t0\t0\t0\t0\t") for line in out.splitlines())
    code, out, _ = in_office(here, "status", "--live", "--json", "--portal", PORTAL)
    shown = json.loads(out)
    assert (code, shown["jobs"][0]["permission"], shown["findings"][0]["code"]) == (0, "own test system", 13)


def test_monitoring_learns_by_the_exit_code_that_no_worker_is_at_work(here: CommandLine) -> None:
    assert in_office(here, "status", "--check")[:2] == (ExitCode.NO_WORKER, "no worker is at work\n")


@pytest.mark.usefixtures("permitted")
def test_the_log_is_shown_for_people_and_for_programs(here: CommandLine) -> None:
    code, out, _ = in_office(here, "logs", "--event", "command-ended", "--lines", "1")
    assert code == 0
    assert [line.split()[2:4] for line in out.splitlines()] == [["command-ended", "permit"]]
    code, out, _ = in_office(here, "logs", "--json", "--since", "2026-01-01")
    assert {json.loads(line)["event"] for line in out.splitlines()} >= {"command-started", "command-ended"}
    assert in_office(here, "logs", "--event", "nonsense")[0] == ExitCode.USAGE
    assert in_office(here, "logs", "--portal", PORTAL, "--lines", "0")[:2] == (0, "")


def test_the_log_is_followed_while_others_write_it(here: CommandLine, tmp_path: Path) -> None:
    shown = tmp_path / "shown"
    with shown.open("w") as out:
        following = subprocess.Popen(
            here.command(
                "logs", "--follow", "--lines", "0", "--event", "command-ended", "--office", here.home / "office"
            ),
            env=here.environment(),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + 60
        # It shows what comes after it has begun, and nobody can see when that is.
        while "command-ended        audit" not in shown.read_text() and time.monotonic() < until:
            assert in_office(here, "audit", "verify")[0] == 0
            time.sleep(0.6)
        assert "command-ended        audit" in shown.read_text()
        assert "command-started" not in shown.read_text()
    finally:
        following.send_signal(2)
        assert following.wait(20) == 0, shown.read_text()


def test_a_target_is_sealed_tried_and_forgotten_and_its_address_shown_to_nobody(here: CommandLine) -> None:
    with web_server() as sink:
        address = f"json://robot:o-canary@127.0.0.1:{sink.port}/hook"
        code, out, err = in_office(here, "notify", "add", "manager", stdin=address + "\n")
        assert (code, "Target manager (JSON) is sealed." in out) == (0, True), err
        assert in_office(here, "notify", "list")[:2] == (0, "target\tkind\nmanager\tJSON\n")
        assert in_office(here, "notify", "test")[0] == 0
        assert json.loads(sink.got[0])["title"] == "portalwright: a test"
    everything = [path.read_bytes() for path in here.home.joinpath("office").resolve().rglob("*") if path.is_file()]
    assert not [1 for content in everything if b"o-canary" in content]
    assert in_office(here, "notify", "remove", "manager")[0] == 0
    assert in_office(here, "notify", "test")[0] == ExitCode.USAGE
    assert in_office(here, "notify", "send")[0] == 0


def test_what_is_no_address_is_refused_without_being_repeated(here: CommandLine) -> None:
    code, out, err = in_office(here, "notify", "add", "manager", stdin="nonsense://o-canary@host\n")
    assert code == ExitCode.USAGE
    assert "canary" not in out + err
    assert "This is no address" in err
    assert in_office(here, "notify", "list")[1].startswith("Nobody is told yet")
