"""Opening the ledger: where its database lies, with which secret, and brought up to the newest version.

One process works for one office. `open_ledger` or `open_on_server` is called once, by the command line, before
anything else is asked of the ledger; each thread that used it says `close_connection` at its end.
"""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.apps import apps
from django.conf import settings

from ledger.errors import LedgerOpenElsewhere
from ledger.postgresql.address import PostgresAddress

if TYPE_CHECKING:
    from django.db.migrations.executor import MigrationExecutor

KeySource = Callable[[], bytes]
"""Gives the 32-byte database key each time a connection opens."""

PasswordSource = Callable[[], str | None]
"""Gives the server's password each time a connection opens; None: it is in the passfile, or none is needed."""

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""

_UPGRADE_LOCK = 0x706F7274
"""Under this number (any would do) processes that open a ledger on one server upgrade its tables one by one."""


PASSWORD_HASHERS = (
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
)
"""How passwords of the desk are kept: the first one for new ones; those of the others are made anew when they are used.

scrypt takes memory as well as time from whoever tries out words on a stolen ledger.
"""


def set_up_django() -> None:
    """Set Django up once in this process, unless somebody (a test run) has done it or is doing it."""
    if apps.ready or apps.loading:
        return
    if not settings.configured:
        settings.configure(
            DATABASES={"default": {"ENGINE": "ledger.sqlcipher", "NAME": ""}},  # not open yet
            INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "ledger"],
            AUTH_USER_MODEL="ledger.Account",
            PASSWORD_HASHERS=list(PASSWORD_HASHERS),
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            USE_TZ=True,
            TIME_ZONE="UTC",
            LOGGING_CONFIG=None,
            PROCRASTINATE_AUTODISCOVER_MODULE_NAME="",  # it would take the ledger's `tasks`, a biller's, for its own
        )
    django.setup()


def open_ledger(path: Path, key_source: KeySource, *, migrate: bool = True) -> None:
    """Open the ledger of an office in its encrypted file, made if it is not there, and bring its tables up to date.

    `key_source` gives the 32-byte key whenever a connection opens. Raises LedgerKeyWrong, or LedgerOpenElsewhere when
    this process already serves another ledger.
    """
    _open(
        {
            "ENGINE": "ledger.sqlcipher",
            "NAME": str(path.resolve()),
            "OPTIONS": {"key_source": key_source, "timeout": BUSY_SECONDS},
        },
        migrate=migrate,
    )


def open_on_server(address: PostgresAddress, password_source: PasswordSource, *, migrate: bool = True) -> None:
    """Open the ledger of an office in its PostgreSQL database, and bring its tables up to date.

    Raises LedgerUnreachable (no server, no such database, wrong password, no encryption), ClockOff, or
    LedgerOpenElsewhere when this process already serves another ledger.
    """
    _open(server_settings(address, password_source), migrate=migrate)


def server_settings(address: PostgresAddress, password_source: PasswordSource) -> dict[str, Any]:
    """The Django settings of a database on a server."""
    extra = {"sslmode": address.sslmode, "sslrootcert": address.sslrootcert, "passfile": address.passfile}
    return {
        "ENGINE": "ledger.postgresql",
        "NAME": address.database,
        "USER": address.user,
        "HOST": address.host,
        "PORT": str(address.port),
        "OPTIONS": {
            "password_source": password_source,
            "timeout": BUSY_SECONDS,
            "server_side_binding": True,
            **{name: value for name, value in extra.items() if value},
        },
    }


def set_aside_old_ledger(path: Path, now: datetime) -> Path:
    """Close the ledger's file and give it a name under which it is kept and no longer opened; the name is returned.

    After this no ledger is open. Where the file cannot be renamed (something here reads it), its name stays.
    """
    from django.db import connections

    _forget_connection()
    connections.settings["default"].update({"ENGINE": "ledger.sqlcipher", "NAME": "", "OPTIONS": {}})
    _forget_connection()
    kept = path.with_name(f"{path.stem}-before-move-{now:%Y%m%dT%H%M%SZ}{path.suffix}")
    try:
        return path.rename(kept)
    except OSError:
        return path


def is_on_server() -> bool:
    """Does the open ledger lie on a server, where several computers may work on it?"""
    from django.db import connection

    return connection.vendor == "postgresql"


def close_connection() -> None:
    """Close this thread's connection. The ledger stays open for other threads, and for this one when it asks again."""
    from django.db import connection

    connection.close()


def stay_connected() -> None:
    """Let threads that answer requests keep their connection from one to the next, looked at each time.

    For a process that serves pages: opening the encrypted file, or connecting to a server, costs more than most pages.
    """
    from django.db import connections

    connections.settings["default"].update(CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=True)


def bring_up_to_date(alias: str) -> None:
    """Make or upgrade the tables of one database of this process, where it is not the newest already.

    In an empty database the tables are made as they are now, at once; to come there by way of every earlier release
    takes fifty times as long. A test holds both ways against each other.
    """
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()) or _made_tables(alias, executor):
        return
    call_command("migrate", database=alias, verbosity=0, interactive=False)


def _made_tables(alias: str, executor: "MigrationExecutor") -> bool:
    """Make all tables in one transaction, and write down that every migration is in them; False where any is there."""
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connections

    connection, recorder = connections[alias], executor.recorder
    with connection.schema_editor() as editor:
        if connection.introspection.table_names():
            return False
        editor.create_model(recorder.Migration)
        for table in apps.get_models():
            editor.create_model(table)
        # No model knows of the triggers that keep the audit log from being changed.
        import_module("ledger.migrations.0012_sealed").guard_the_audit_log(apps, editor)
        for application, name in executor.loader.graph.nodes:
            recorder.record_applied(application, name)
    emit_post_migrate_signal(0, False, alias)
    return True


def _open(wanted: dict[str, Any], *, migrate: bool) -> None:
    from django.db import connection, connections

    entry = connections.settings["default"]
    place = ("ENGINE", "NAME", "HOST", "PORT")
    was_open = bool(entry["NAME"])
    if was_open and any(entry.get(name, "") != wanted.get(name, "") for name in place):
        raise LedgerOpenElsewhere
    before = dict(entry)
    if not was_open:
        entry.update(wanted)
        # Whoever looked before the ledger was open may have left a connection of another kind in this thread.
        _forget_connection()
    try:
        connection.ensure_connection()
        if migrate:
            _upgrade()
    except BaseException:
        if not was_open:
            _forget_connection()
            entry.update(before)
            _forget_connection()
        raise


def _upgrade() -> None:
    from django.db import connection

    if not is_on_server():
        bring_up_to_date("default")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_UPGRADE_LOCK])
        try:
            bring_up_to_date("default")
            from ledger.lane_job_tables import bring_job_tables_up_to_date

            bring_job_tables_up_to_date()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_UPGRADE_LOCK])


def _forget_connection() -> None:
    from django.db import connection, connections

    connection.close()
    del connections["default"]
