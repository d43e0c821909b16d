"""A ledger on a PostgreSQL server: what can go wrong there is told in a sentence, and nothing of a patient leaks."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack

import psutil
import pytest

from ledger.postgresql.address import PostgresAddress
from tests.django_settings import ON_POSTGRESQL
from tests.ledger.server_tools import PASSWORD, Process, execute, said
from tests.postgresql_server import SUPERUSER, Server, start_server

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="it has a server of its own, and is tested with the file")


def test_with_the_right_password_it_opens_twice(begin: Callable[..., Process], address: PostgresAddress) -> None:
    assert said(begin("open", address.line, PASSWORD)) == "opened"
    assert said(begin("open", address.line, PASSWORD)) == "opened"


@pytest.mark.parametrize(
    ("change", "password", "sentence"),
    [
        ({}, "wrong", "did not accept the password"),
        ({}, None, "did not accept the password"),
        ({"user": "nobody_known"}, PASSWORD, "did not accept the password"),
        ({"database": "no_such"}, PASSWORD, "has no database of this name"),
        ({"port": 9}, PASSWORD, "does not answer"),
        ({"sslmode": "require"}, PASSWORD, "no encrypted connection"),
        ({"host": "/nowhere"}, PASSWORD, "does not answer"),
    ],
)
def test_why_the_server_can_not_be_used_is_told_without_the_password(
    begin: Callable[..., Process],
    address: PostgresAddress,
    change: dict[str, object],
    password: str | None,
    sentence: str,
) -> None:
    wrong = PostgresAddress(**{**vars(address), **change})
    told = said(begin("open", wrong.line, *([password] if password else [])))
    assert told.startswith("LedgerUnreachable")
    assert sentence in told
    assert "canary" not in told


def test_a_server_that_stops_is_told_and_when_it_is_back_the_work_goes_on(begin: Callable[..., Process]) -> None:
    with ExitStack() as stack:
        own = start_server(stack)
        execute(own, "CREATE DATABASE office")
        process = begin("stay", PostgresAddress(SUPERUSER, str(own.folder), own.port, "office", "disable").line)
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

        def step() -> str:
            process.stdin.write("\n")  # type: ignore[union-attr]  # seen above
            process.stdin.flush()  # type: ignore[union-attr]
            return process.stdout.readline().strip()  # type: ignore[union-attr]

        assert step() == "added 1"
        execute(own, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'office'")
        assert step().startswith("LedgerUnreachable The database server went away in the middle. Nothing was written")
        assert step() == "added 2"
        os.kill(own.pid, signal.SIGQUIT)
        while psutil.pid_exists(own.pid) and psutil.Process(own.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        assert step().startswith("LedgerUnreachable")
        assert step().startswith("LedgerUnreachable The database server does not answer")


def test_a_clock_that_is_off_is_told_before_anything_is_done(
    begin: Callable[..., Process], address: PostgresAddress
) -> None:
    assert said(begin("skewed", address.line, PASSWORD)).startswith("ClockOff This computer's clock is")


def test_every_session_is_set_for_safety(
    begin: Callable[..., Process], server: Server, address: PostgresAddress
) -> None:
    execute(server, f"ALTER ROLE {address.user} SET synchronous_commit = off")
    assert said(begin("settings", address.line, PASSWORD)).split() == [
        "synchronous_commit=on", "lock_timeout=30s", "idle_in_transaction_session_timeout=1min", "TimeZone=UTC"
    ]  # fmt: skip


def test_the_server_s_log_names_no_patient_after_an_error(
    begin: Callable[..., Process], server: Server, address: PostgresAddress
) -> None:
    assert said(begin("error", address.line, PASSWORD)) == "failed"
    log = (server.folder / "log").read_text()
    assert "too long" in log
    assert "Quillfeather" not in log
    assert "Ottoline" not in log
