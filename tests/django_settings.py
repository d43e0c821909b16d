"""Django settings of the tests: the same as the ledger's own, with a database of this test process.

The database is an encrypted file (not memory, because threads on a database in memory meet "table is locked"), or, with
PORTALWRIGHT_TEST_LEDGER=postgresql in the environment, lies on a server that `tests/conftest.py` starts. The ledger is
not imported here: its import sets Django up, which must wait until these settings are read.
"""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import psutil

_PREFIX = "portalwright-tests-"
_FILE = Path(tempfile.gettempdir()) / f"{_PREFIX}{os.getpid()}.ledger"

ON_POSTGRESQL = os.environ.get("PORTALWRIGHT_TEST_LEDGER") == "postgresql"
SERVER_FOLDER, SERVER_PORT = "PORTALWRIGHT_TEST_SERVER_FOLDER", "PORTALWRIGHT_TEST_SERVER_PORT"
"""In the environment: where the tests' server has its socket. Worker processes of the test run inherit it."""


def database_key() -> bytes:
    """The key of the test database; it guards nothing."""
    return bytes(range(32))


def no_password() -> None:
    """The tests' own server asks for none on its socket."""


def remove_own() -> None:
    """Remove this process's database: pytest-xdist adds the worker's name to it, SQLite its logs."""
    _remove(os.getpid())


def sweep() -> None:
    """Remove the databases of processes that are gone."""
    for process_id in {owner for path in left() if (owner := owner_of(path)) is not None}:
        if not psutil.pid_exists(process_id):
            _remove(process_id)


def left() -> list[Path]:
    """Every file of a test database on this computer."""
    return list(_FILE.parent.glob(f"{_PREFIX}*"))


def owner_of(path: Path) -> int | None:
    """The process whose database the file belongs to; None for a name that is none of ours."""
    name = re.match(rf"{_PREFIX}(\d+)\.ledger", path.name)
    return int(name[1]) if name else None


def _remove(process_id: int) -> None:
    for path in left():
        if owner_of(path) == process_id:
            path.unlink(missing_ok=True)


_FILE_DATABASE: dict[str, Any] = {
    "ENGINE": "ledger.sqlcipher",
    "NAME": str(_FILE),
    "OPTIONS": {"key_source": database_key, "timeout": 30},
    "TEST": {"NAME": str(_FILE)},
}
_SERVER_DATABASE: dict[str, Any] = {
    "ENGINE": "ledger.postgresql",
    "NAME": "tests",
    "USER": "tester",
    "HOST": os.environ.get(SERVER_FOLDER, ""),
    "PORT": os.environ.get(SERVER_PORT, ""),
    "OPTIONS": {"password_source": no_password, "timeout": 30, "server_side_binding": True, "sslmode": "disable"},
}
DATABASES: dict[str, dict[str, Any]] = {"default": _SERVER_DATABASE if ON_POSTGRESQL else _FILE_DATABASE}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "ledger"]
AUTH_USER_MODEL = "ledger.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a third of a second less for each password
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING_CONFIG = None
SECRET_KEY = "it guards nothing in the tests"
