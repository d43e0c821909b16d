"""The database driver for PostgreSQL: Django's own, with the office's password, safe settings and plain refusals.

Options: `password_source`, a callable that gives the password (None: the passfile has it) each time a connection
opens, and `timeout`, how many seconds to wait for another writer; the rest is PostgreSQL's.
"""

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from django.db.backends.postgresql import base as plain
from django.utils.asyncio import async_unsafe
from django.utils.functional import cached_property

from ledger.errors import ClockOff, LedgerNotOpen, LedgerUnreachable
from ledger.postgresql.refusals import translate
from ledger.refusals import ErrorsInOurWords

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

CLOCK_TOLERANCE = timedelta(seconds=20)
"""How far this computer's clock may be from the server's: well below the time of a lane's lease."""

_CONNECT_SECONDS = 10
_SESSION = {
    # A process that was paused, or a computer that was cut off, in the middle of a transaction holds up everybody.
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


_LINE = {
    # A line that went silent must not hold up this computer's heartbeats for longer than a lane's lease.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


class DatabaseWrapper(plain.DatabaseWrapper):
    """One connection to the server."""

    @cached_property
    def wrap_database_errors(self) -> ErrorsInOurWords:
        """Where Django turns the driver's errors into its own, the known ones become the ledger's."""
        return ErrorsInOurWords(self, translate)

    def get_connection_params(self) -> dict[str, Any]:
        if self.settings_dict["NAME"] == "":
            raise LedgerNotOpen
        params: dict[str, Any] = super().get_connection_params()
        session = {**_SESSION, "lock_timeout": f"{params.pop('timeout')}s"}
        return {
            **params,
            **_LINE,
            # With values inside the statements, the server's log would hold patients' data after an error.
            "cursor_factory": plain.ServerBindingCursor,
            "prepare_threshold": 5,
            "connect_timeout": _CONNECT_SECONDS,
            "application_name": "portalwright",
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
        }

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        conn_params = dict(conn_params)
        password = conn_params.pop("password_source")()
        if password is not None:
            conn_params["password"] = password
        connection = super().get_new_connection(conn_params)
        try:
            _check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def ensure_connection(self) -> None:
        """Connect, also after the server went away: outside of a transaction a dead connection is simply replaced."""
        if self.connection is not None and self.connection.closed and not self.in_atomic_block:
            self.close()
        super().ensure_connection()


def compare_clocks(cursor: "psycopg.Cursor[Any] | CursorWrapper") -> None:
    """Raises ClockOff when this computer's clock and the server's differ by more than `CLOCK_TOLERANCE`."""
    before = time.time()
    cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
    [(at,)] = cursor.fetchall()
    after = time.time()
    off = timedelta(seconds=(before + after) / 2 - at)
    if abs(off) > CLOCK_TOLERANCE + timedelta(seconds=(after - before) / 2):
        raise ClockOff(off)


def _check(connection: psycopg.Connection[Any]) -> None:
    """Raises ClockOff or LedgerUnreachable when this server, as it is, could break a promise of the ledger."""
    with connection.cursor() as cursor:
        compare_clocks(cursor)
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('server_encoding')")
        [(synchronous_commit, encoding)] = cursor.fetchall()
    if encoding != "UTF8":
        raise LedgerUnreachable(
            f"The database on the server is kept in {encoding}, which has no place for some people's names.",
            "make the database with ENCODING 'UTF8'",
        )
    if synchronous_commit == "off":
        # A press of a sign-in button counts once it is committed: it must then be on the disk.
        connection.execute("SET synchronous_commit = on")
    connection.commit()
