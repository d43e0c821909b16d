"""Opening the ledger: where its database lies, with which key, and brought up to the newest version.

One process works for one office. `open_ledger` is called once, by the command line, before anything else is asked of
the ledger; each thread that used it says `close_connection` at its end.
"""

from collections.abc import Callable
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings

from ledger.errors import LedgerOpenElsewhere

KeySource = Callable[[], bytes]
"""Gives the 32-byte database key each time a connection opens."""

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""


def set_up_django() -> None:
    """Set Django up once in this process, unless somebody (a test run) has done it or is doing it."""
    if apps.ready or apps.loading:
        return
    if not settings.configured:
        settings.configure(
            DATABASES={
                "default": {
                    "ENGINE": "ledger.sqlcipher",
                    "NAME": "",  # not open yet
                    "OPTIONS": {"key_source": _no_key, "timeout": BUSY_SECONDS},
                }
            },
            INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "ledger"],
            AUTH_USER_MODEL="ledger.Account",
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            USE_TZ=True,
            TIME_ZONE="UTC",
            LOGGING_CONFIG=None,
        )
    django.setup()


def open_ledger(path: Path, key_source: KeySource, *, migrate: bool = True) -> None:
    """Open the ledger of an office, made if it is not there, and bring its tables up to date.

    `key_source` gives the 32-byte key whenever a connection opens. Raises LedgerKeyWrong, or LedgerOpenElsewhere when
    this process already serves another ledger.
    """
    from django.db import connection, connections

    entry = connections.settings["default"]
    wanted = str(path.resolve())
    if entry["NAME"] not in ("", wanted):
        raise LedgerOpenElsewhere
    was_open = bool(entry["NAME"])
    if not was_open:
        entry["NAME"] = wanted
        entry["OPTIONS"]["key_source"] = key_source
    try:
        connection.ensure_connection()
        if migrate:
            _migrate()
    except BaseException:
        if not was_open:
            connection.close()
            entry["NAME"] = ""
        raise


def close_connection() -> None:
    """Close this thread's connection. The ledger stays open for other threads, and for this one when it asks again."""
    from django.db import connection

    connection.close()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def _no_key() -> bytes:
    raise AssertionError("a ledger that is not open has no key")
