"""The database driver: Django's SQLite backend, opened with the office's key.

Options: `key_source`, a callable that gives the 32-byte key each time a connection opens (it is never kept in the
settings), and `timeout`, how many seconds to wait for another writer.
"""

import datetime
import decimal
import os
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base as plain
from django.db.backends.sqlite3._functions import register as register_functions  # type: ignore[import-untyped]  # no stubs
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from django.utils.functional import cached_property
from sqlcipher3 import dbapi2 as Database  # noqa: N812 - Django's name for the driver of a backend

from ledger.errors import DatabaseRefused, LedgerBusy, LedgerDiskFull, LedgerKeyWrong, LedgerNotOpen
from ledger.refusals import ErrorsInOurWords

_BUSY = frozenset({5, 6})  # SQLITE_BUSY, SQLITE_LOCKED
_NO_ROOM = frozenset({8, 10, 13, 14})  # SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN


def _converter(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda raw: parse(raw.decode())


Database.register_converter("bool", b"1".__eq__)
Database.register_converter("date", _converter(parse_date))
Database.register_converter("time", _converter(parse_time))
Database.register_converter("datetime", _converter(parse_datetime))
Database.register_converter("timestamp", _converter(parse_datetime))
Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(datetime.date, datetime.date.isoformat)
Database.register_adapter(datetime.datetime, plain.adapt_datetime)


class Cursor(Database.Cursor):  # type: ignore[misc]  # the driver has no type information
    """Speaks Django's %s placeholders. Django's cursor does the same, but is tied to Python's own driver."""

    def execute(self, query: str, params: Any = None) -> Any:
        if params is None:
            return super().execute(query)
        return super().execute(_placeholders(query, params), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        rows = list(param_list)
        return super().executemany(_placeholders(query, rows[0] if rows else ()), rows)


def _placeholders(query: str, params: Any) -> str:
    if isinstance(params, Mapping):
        return query % {name: f":{name}" for name in params}
    return _question_marks(query)


@lru_cache(maxsize=512)
def _question_marks(query: str) -> str:
    """Kept: the same few statements come again and again, and a long one takes longer to rewrite than to run."""
    return str(plain.FORMAT_QMARK_REGEX.sub("?", query)).replace("%%", "%")


class DatabaseWrapper(plain.DatabaseWrapper):
    """One connection to the encrypted file."""

    Database = Database  # Django wraps the errors of the driver named here

    @cached_property
    def wrap_database_errors(self) -> ErrorsInOurWords:
        """Where Django turns the driver's errors into its own, the known ones become the ledger's."""
        return ErrorsInOurWords(self, translate)

    def get_connection_params(self) -> dict[str, Any]:
        if not self.settings_dict["NAME"]:
            raise LedgerNotOpen
        params: dict[str, Any] = super().get_connection_params()
        self.transaction_mode = "IMMEDIATE"
        return params

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        conn_params = dict(conn_params)
        key = conn_params.pop("key_source")()
        _make_private(Path(conn_params["database"]))
        connection = Database.connect(**conn_params)
        try:
            # The library's log would go to standard error, where it names files and pages.
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            connection.execute("SELECT count(*) FROM sqlite_master")
        except Database.DatabaseError as error:
            connection.close()
            if isinstance(error, Database.OperationalError):  # busy or unreadable, which says nothing about the key
                raise
            raise LedgerKeyWrong from None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "legacy_alter_table = OFF",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        register_functions(connection)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)


def translate(error: BaseException) -> DatabaseRefused | None:
    """The ledger's refusal for an error of the driver; None for what is our own mistake."""
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the lowest byte, the rest says where it happened
    if kind in _BUSY:
        return LedgerBusy()
    return LedgerDiskFull() if kind in _NO_ROOM else None


def _make_private(path: Path) -> None:
    """Create the file for its owner alone; SQLite gives the journal the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
