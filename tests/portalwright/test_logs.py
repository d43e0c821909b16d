"""The log holds allowed fields with allowed values and nothing else, whatever is thrown at it."""

import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from bots.elsewhere import Elsewhere
from flows.outcomes import Code, Ending
from flows.questions import Flow
from portalwright.logs import FIELDS, Command, Event, Log, LogRefused, error_places

CANARY = "Zephyrine O'Canary"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log(tmp_path / "logs") as opened:
        opened.learn(["practice-national"])
        yield opened


def lines(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in (tmp_path / "logs").iterdir() for line in path.read_text().splitlines()]


def test_an_allowed_event_is_one_line_of_json(log: Log, tmp_path: Path) -> None:
    log.log(Event.RUN_ENDED, portal="practice-national", flow=Flow.CLAIM_STATUS, run=7, count=60, duration_ms=12.5)
    log.log(Event.ATTEMPT_ENDED, outcome=Ending.NEEDS_STAFF, code=Code.BUS_MULTI)
    first, second = lines(tmp_path)
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "event": "run-ended", "portal": "practice-national", "flow": "claim-status", "run": 7, "count": 60,
        "duration_ms": 12.5,
    }  # fmt: skip
    assert (second["outcome"], second["code"]) == ("needs-staff", "BUS-MULTI")


def test_calls_that_were_refused_are_told_by_the_kind_of_host_and_never_by_its_name(log: Log, tmp_path: Path) -> None:
    fields: dict[str, Any] = {"portal": "practice-national", "flow": Flow.CLAIM_STATUS, "count": 3}
    log.log(Event.CALLS_REFUSED, elsewhere=Elsewhere.OTHER_SITE, **fields)
    assert lines(tmp_path)[0]["elsewhere"] == "other-site"
    with pytest.raises(LogRefused):
        log.log(Event.CALLS_REFUSED, elsewhere="smith-jane.example.com", **fields)


class Foreign(StrEnum):
    """An enumeration of somebody else's, which may hold anything."""

    NAME = CANARY


WRONG: list[dict[str, Any]] = [
    {"patient": 1},
    {"message": "hello"},
    {"member_id": "QZX100200300"},
    {"portal": CANARY},
    {"portal": "canary"},
    {"portal": Foreign.NAME},
    {"flow": "claim-status"},
    {"flow": Foreign.NAME},
    {"outcome": "answered"},
    {"code": CANARY},
    {"alarm": CANARY},
    {"alarm": "lock-out"},
    {"command": Foreign.NAME},
    {"run": "7"},
    {"run": -1},
    {"run": True},
    {"run": 19610228123},
    {"count": 1.5},
    {"count": None},
    {"count": [CANARY]},
    {"duration_ms": "12"},
    {"duration_ms": float("nan")},
    {"duration_ms": float("inf")},
    {"headed": "yes"},
    {"headed": 1},
    {"signed_out": {CANARY: 1}},
]


@pytest.mark.parametrize("fields", WRONG, ids=str)
def test_everything_else_is_refused_and_nothing_is_written(log: Log, tmp_path: Path, fields: dict[str, Any]) -> None:
    with pytest.raises(LogRefused) as refused:
        log.log(Event.RUN_ENDED, **fields)
    assert "anary" not in str(refused.value)
    assert lines(tmp_path) == []


def test_every_field_refuses_free_text(log: Log, tmp_path: Path) -> None:
    for name in FIELDS:
        with pytest.raises(LogRefused):
            log.log(Event.RUN_ENDED, **{name: CANARY})
    assert lines(tmp_path) == []


def test_an_event_in_free_words_is_refused(log: Log, tmp_path: Path) -> None:
    with pytest.raises(LogRefused):
        log.log(CANARY)  # type: ignore[arg-type] # the point of the test
    assert lines(tmp_path) == []


def test_an_exception_is_logged_as_types_and_places_without_message_and_locals(log: Log, tmp_path: Path) -> None:
    def fill(member_id: str) -> None:
        raise ValueError(f"cannot type {member_id} <here> {{there}}")

    try:
        try:
            fill(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError as error:
        log.failure(Event.ATTEMPT_FAILED, error, command=Command.RUN)
    (line,) = lines(tmp_path)
    assert [one["type"] for one in line["errors"]] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert all(frame.startswith(f"{__name__}:") for one in line["errors"] for frame in one["frames"])
    assert "anary" not in json.dumps(line)


def test_a_type_with_a_name_made_of_text_does_not_carry_it_into_the_log(log: Log, tmp_path: Path) -> None:
    odd = type(CANARY, (Exception,), {})
    log.failure(Event.COMMAND_FAILED, ExceptionGroup(CANARY, [odd(CANARY)]))
    (line,) = lines(tmp_path)
    assert "anary" not in json.dumps(line)


def test_what_libraries_say_is_noted_without_their_words(log: Log, tmp_path: Path) -> None:
    try:
        raise TimeoutError(CANARY)
    except TimeoutError:
        logging.getLogger("asyncio").exception("Task failed: %s", CANARY)
    logging.getLogger(CANARY).warning(CANARY)
    first, second = lines(tmp_path)
    assert (first["event"], first["library"], first["errors"][0]["type"]) == (
        "library-warned", "asyncio", "builtins.TimeoutError",
    )  # fmt: skip
    assert second["library"] == "other"
    assert "anary" not in json.dumps([first, second])


def test_the_file_is_for_this_account_alone(log: Log, tmp_path: Path) -> None:
    log.log(Event.OFFICE_MADE)
    (file,) = (tmp_path / "logs").iterdir()
    assert file.name.startswith("portalwright-20")
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_two_offices_in_one_process_do_not_share_a_log(tmp_path: Path) -> None:
    with Log(tmp_path / "one") as one, Log(tmp_path / "two") as two:
        one.log(Event.OFFICE_MADE)
        two.log(Event.RUN_ENDED)
    for name, event in (("one", "office-made"), ("two", "run-ended")):
        (file,) = (tmp_path / name).iterdir()
        assert [json.loads(line)["event"] for line in file.read_text().splitlines()] == [event]


def test_nothing_of_the_log_reaches_the_terminal(log: Log, capfd: pytest.CaptureFixture[str]) -> None:
    log.log(Event.OFFICE_MADE)
    log.failure(Event.COMMAND_FAILED, ValueError(CANARY))
    logging.getLogger("playwright").error(CANARY)
    assert capfd.readouterr() == ("", "")


ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from portalwright.logs import Event, Log
with Log(Path(sys.argv[1])) as log:
    most, never_more = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, never_more))
    try:
        raise RuntimeError("Jane Doe, 1980-01-02")
    except RuntimeError as error:
        log.failure(Event.WORKER_FAILED, error)
    log.log(Event.WORKER_STARTED)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, never_more))
    log.log(Event.WORKER_ENDED)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, never_more))
    log.log(Event.WORKER_STARTED)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process has no limit for its files there")
def test_where_the_disk_takes_no_more_a_person_hears_of_it_once_and_of_no_patient(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    line = "portalwright: the log cannot be written (File too large); the work goes on without it.\n"
    assert done.stderr == 2 * line
    (file,) = tmp_path.iterdir()
    assert '"worker-ended"' in file.read_text(encoding="utf-8")


def test_a_defect_is_told_by_its_type_and_our_own_place() -> None:
    from documents.checks import tax_number

    try:
        tax_number(CANARY)
    except ValueError as error:
        told = error_places(error)
    assert told.startswith("ValueError at documents.checks:")
