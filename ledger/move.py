"""Moves an office's ledger from its encrypted file to a PostgreSQL server: all of it, or nothing.

While it runs, the old ledger is locked against everybody. Tables, rows and the check that both sides are equal are one
transaction on the server; only after its commit is the office told where its ledger is now. So whenever the move is cut
off, the office still has a whole ledger: the old one, until the new one is named.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import DataError, connection, connections, transaction
from django.db.models import Field, Model

from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import LaneBusy, LedgerBusy, MoveRefused
from ledger.postgresql.address import PostgresAddress
from ledger.start import PasswordSource, bring_up_to_date, open_on_server, server_settings, set_aside_old_ledger

_NEW = "new"
_CHUNK = 2000
_MADE_WITH_THE_TABLES = ("auth_permission", "django_content_type")


@dataclass(frozen=True)
class Moved:
    """What was moved: rows by table, and links of the audit chain. `kept_as` is where the old ledger is now."""

    rows: dict[str, int]
    audit_entries: int
    kept_as: Path


def move_to_server(
    address: PostgresAddress,
    password_source: PasswordSource,
    actor: Actor,
    now: datetime,
    *,
    settle: Callable[[], None],
    told: Callable[[str, int], None] = lambda _table, _rows: None,
) -> Moved:
    """Copy the open ledger to an empty database on a server; from then on this process works with the new one.

    `settle` is called once everything is there, equal and committed, and must durably tell the office of the new
    address; `told` hears each table and its rows. Raises NotAPerson; LaneBusy while a session runs; MoveRefused when
    something else uses the ledger, when the database is not empty, or when the two sides are not equal;
    LedgerUnreachable. In all these cases the office stays where it is, and the database as empty as it was.
    """
    must_be_person(actor, "move the ledger")
    if connection.vendor != "sqlite":
        raise MoveRefused("The ledger is on a server already.")
    old_file = Path(str(connection.settings_dict["NAME"]))
    _be_alone()
    with transaction.atomic():  # keeps everybody out until the office knows where its ledger is
        no_session(now)
        with _new_database(address, password_source):
            rows = _copy_all(told)
        settle()
    kept_as = set_aside_old_ledger(old_file, now)
    open_on_server(address, password_source)
    moved = Moved(rows, audit.verify().entries, kept_as)
    audit.append(actor, "ledger.move", "ledger", str(address), now, result=f"{sum(rows.values())} rows")
    return moved


def _be_alone() -> None:
    """Raises MoveRefused while any other process has the file open; else its journal is emptied into it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 2000")
            cursor.execute("PRAGMA journal_mode = DELETE")
            (mode,) = cursor.fetchone()
    except LedgerBusy:
        mode = "wal"
    if mode != "delete":
        raise MoveRefused("Another process has the ledger open; end it, and start again.")


def no_session(now: datetime) -> None:
    """Raises LaneBusy while any computer runs a session at a portal."""
    held = models.Lane.objects.exclude(holder="").filter(until__gt=now).first()
    if held is not None and held.until is not None:
        raise LaneBusy(held.until, held.holder)


@contextmanager
def _new_database(address: PostgresAddress, password_source: PasswordSource) -> Iterator[None]:
    connections.settings[_NEW] = {**connections.settings["default"], **server_settings(address, password_source)}
    try:
        yield
    finally:
        connections[_NEW].close()
        del connections[_NEW]
        del connections.settings[_NEW]


def _copy_all(told: Callable[[str, int], None]) -> dict[str, int]:
    tables = apps.get_models(include_auto_created=True)
    rows: dict[str, int] = {}
    with transaction.atomic(using=_NEW):
        new = connections[_NEW]
        present = new.introspection.table_names()
        if present:
            raise MoveRefused(
                f"The database is not empty: it has {len(present)} tables. Make a fresh one (dropdb, createdb), or "
                "name another."
            )
        bring_up_to_date(_NEW)
        with new.cursor() as cursor:
            # Making the tables leaves some foreign keys checked at once; two that refer to each other need the end.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for name in _MADE_WITH_THE_TABLES:  # the old ledger's are copied, with the ids that others refer to
                cursor.execute(f"DELETE FROM {new.ops.quote_name(name)}")  # noqa: S608 - names of ours
        for table in tables:
            rows[table._meta.db_table] = _copy(table)
            told(table._meta.db_table, rows[table._meta.db_table])
        with new.cursor() as cursor:
            for statement in new.ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            _must_be_equal(table)
        report = audit.verify(database=_NEW)
        if not report.ok:
            raise MoveRefused(
                f"The audit log is not as it was written, from entry {report.first_bad} on; ask whoever is in charge "
                "of security."
            )
    return rows


def _copy(table: type[Model]) -> int:
    new = connections[_NEW]
    columns = ", ".join(new.ops.quote_name(field.column or "") for field in _written(table))
    count = 0
    try:
        with new.wrap_database_errors, new.cursor() as cursor:
            statement = f"COPY {new.ops.quote_name(table._meta.db_table)} ({columns}) FROM STDIN"
            with cursor.copy(statement) as copy:
                for row in _rows(table, "default"):
                    copy.write_row(row)
                    count += 1
    except DataError:
        raise MoveRefused(f"A row of the table {table._meta.db_table} does not fit into PostgreSQL.") from None
    return count


def _must_be_equal(table: type[Model]) -> None:
    for old, new in zip_longest(_rows(table, "default"), _rows(table, _NEW)):
        if old != new:
            raise MoveRefused(f"The table {table._meta.db_table} did not arrive as it was.")


def _written(table: type[Model]) -> "list[Field[Any, Any]]":
    """The columns that are written; what the database works out by itself it works out again."""
    return [field for field in table._meta.local_concrete_fields if not field.generated]


def _rows(table: type[Model], database: str) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in _written(table)]
    rows = table._base_manager.using(database).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=_CHUNK):
        yield tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
