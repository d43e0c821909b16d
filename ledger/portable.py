"""Every row of the ledger as lines of JSON, the same from an encrypted file and from a server; and back into either.

For backups, and for the ledgers of earlier releases that the tests upgrade. The first line says by which migrations the
tables are as they are, and names their columns; then come rows, some thousand a line; the last line counts the rows of
each table and has a hash of them. Rows are read back into tables as they were when the rows were written, compared with
that last line, and only then brought to the newest form.

The tables of the engine that spreads work over computers are left out (the ledger says what is due), and so are the
vault and the sealed items where the ledger holds them: whoever makes a backup takes those along by themselves. Sessions
at the desk are nobody's to keep: their table stands there empty.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from ledger import audit
from ledger.errors import RowsRefused
from ledger.models import (
    AuditEntry,
    AuditHead,
    AuditStart,
    Document,
    DocumentKey,
    EvidenceBlob,
    EvidenceKey,
    SealedItem,
    SharedVault,
)
from ledger.start import bring_up_to_date

_FORMAT = 1
_LEFT_OUT_TABLES = frozenset({SharedVault._meta.db_table, SealedItem._meta.db_table})
_WITHOUT_ROWS = frozenset({Session._meta.db_table})
"""Whoever is signed in to the desk now is not to be signed in wherever a backup is restored."""
_ROWS_A_LINE = 2000
_LONGEST_LINE = 1 << 20
"""Rows are counted into a line until it is about so many bytes long."""


def _text(value: object) -> str:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
        case _:
            raise TypeError(f"a column of the ledger holds a {type(value).__name__}")


_write = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, default=_text).encode


@dataclass(frozen=True)
class Rows:
    """How many rows of each table there were, and the hash of them (SHA-256, hex) in the order of their keys."""

    counts: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Rows of all tables."""
        return sum(self.counts.values())


@contextmanager
def snapshot() -> Iterator[str]:
    """A second connection that sees the ledger as it is at this moment, to the end of the block; gives its name.

    Whoever writes meanwhile is neither seen nor kept waiting. For this thread alone.
    """
    name = f"snapshot-{threading.get_ident()}"
    connections.settings[name] = dict(connections.settings["default"])
    reader = connections[name]
    try:
        reader.ensure_connection()
        if reader.vendor == "sqlite":
            reader.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # SQLite's own; a reader keeps nobody out
        with transaction.atomic(using=name), reader.cursor() as cursor:
            if reader.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT count(*) FROM django_migrations")
            cursor.fetchone()  # it is of this moment from here on
            yield name
    finally:
        reader.close()
        del connections[name]
        del connections.settings[name]


def write_rows(database: str) -> Iterator[bytes]:
    """The lines of all tables, read from this connection: one of a `snapshot`, unless nobody else writes."""
    loader = MigrationLoader(connections[database])
    return written(tables_of(apps), dict(loader.graph.leaf_nodes()), database)


def counted(last_line: bytes) -> Rows:
    """What the last line says of all that stand before it."""
    return _end(_line(last_line))


def sealed_names(database: str) -> Iterator[str]:
    """The names of the sealed pages, pictures and documents that can still be opened."""
    pages = EvidenceBlob.objects.using(database).filter(attempt__in=EvidenceKey.objects.values("attempt"))
    documents = Document.objects.using(database).filter(pk__in=DocumentKey.objects.values("document"))
    for rows in (pages, documents):
        yield from rows.order_by("pk").values_list("name", flat=True).iterator(chunk_size=_ROWS_A_LINE)


def read_rows(lines: Iterable[bytes], told: Callable[[str, int], None] = lambda _table, _rows: None) -> Rows:
    """Make the tables in the open ledger, which is empty, put the rows in, and bring all to the newest form.

    `told` hears each table and how many of its rows have come. Raises RowsRefused when the ledger is not empty, when a
    newer version wrote the rows, or when what arrived is not what was written; then the ledger must not be used (on a
    server it is empty again).
    """
    coming = iter(lines)
    head = _head(next(coming, b""))
    executor = MigrationExecutor(connection)
    targets = list(head["migrations"].items())
    if any(target not in executor.loader.graph.nodes for target in targets):
        raise RowsRefused("A newer version of portalwright wrote the rows; install that one.")
    if connection.introspection.table_names():
        raise RowsRefused("The database is not empty; make a fresh one (dropdb, createdb), or name another.")
    # A server takes back what was begun. SQLite makes no tables with foreign keys within a transaction.
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        tables = {table._meta.db_table: table for table in _tables_as_they_were(executor, targets, head)}
        written = _put_in(tables, head, coming, told)
        arrived = _read_back(tables.values())
        if arrived != written:
            raise RowsRefused("What was read back is not what was written.")
        bring_up_to_date("default")
        report = audit.verify()
        if not report.ok:
            raise RowsRefused(
                f"The audit log is not as it was written, from entry {report.first_bad} on; ask whoever is in charge "
                "of security."
            )
    return arrived


def examine(lines: Iterable[bytes]) -> Rows:
    """Read the lines through without a database: are they whole, and is the audit log in them as it was written?

    Raises RowsRefused.
    """
    coming = iter(lines)
    head = _head(next(coming, b""))
    found = _Counted()
    chain, recorded_end, recorded_start = audit.Chain(start=None), None, audit.BEFORE_ALL
    for line in coming:
        said = _line(line)
        if "end" in said:
            break
        table, rows = said["table"], said["rows"]
        found.add(table, rows)
        columns = head["tables"][table]
        if table == AuditEntry._meta.db_table:
            entries = (_entry(dict(zip(columns, row, strict=True))) for row in rows)
            if not all(chain.goes_on(entry) for entry in entries):
                raise RowsRefused("The audit log in it is not as it was written.")
        if table == AuditHead._meta.db_table:
            recorded = dict(zip(columns, rows[0], strict=True))
            recorded_end = (recorded["sequence"], recorded["hash"])
        if table == AuditStart._meta.db_table:
            recorded = dict(zip(columns, rows[0], strict=True))
            recorded_start = (recorded["sequence"], recorded["hash"])
    else:
        raise RowsRefused("The rows end too early.")
    if recorded_end not in {None, chain.end}:
        raise RowsRefused("The audit log in it was cut off.")
    if chain.start not in {None, recorded_start} or not chain.begins_well:
        raise RowsRefused("The audit log in it is not as it was written.")
    if found.rows(head["tables"]) != _end(said):
        raise RowsRefused("The rows are not those that were written.")
    return found.rows(head["tables"])


def _entry(columns: dict[str, Any]) -> AuditEntry:
    return AuditEntry(**{**columns, "at": datetime.fromisoformat(columns["at"])})


# Writing


def written(tables: Sequence[type[models.Model]], leaves: dict[str, str], database: str) -> Iterator[bytes]:
    """The lines of these tables, which the migrations `leaves` (the newest of each app) have made."""
    columns = {table._meta.db_table: _columns(table) for table in tables}
    yield _whole({"format": _FORMAT, "migrations": leaves, "tables": columns})
    counted = _Counted()
    for table in tables:
        name = table._meta.db_table
        rows: list[str] = []
        length = 0
        for row in _rows(table, database):
            rows.append(counted.add_one(name, row))
            length += len(rows[-1])
            if length >= _LONGEST_LINE or len(rows) >= _ROWS_A_LINE:
                yield _rows_line(name, rows)
                rows, length = [], 0
        if rows:
            yield _rows_line(name, rows)
    found = counted.rows(columns)
    yield _whole({"end": {name: [found.counts[name], found.hashes[name]] for name in columns}})


class _Counted:
    """Counts rows and hashes them, table by table."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._hashes: dict[str, Any] = {}

    def add_one(self, table: str, row: Sequence[Any]) -> str:
        text = _write(row)
        self._counts[table] = self._counts.get(table, 0) + 1
        self._hashes.setdefault(table, hashlib.sha256()).update(text.encode() + b"\n")
        return text

    def add(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self.add_one(table, row)

    def rows(self, tables: Iterable[str]) -> Rows:
        names = list(tables)
        empty = hashlib.sha256()
        return Rows(
            {name: self._counts.get(name, 0) for name in names},
            {name: self._hashes.get(name, empty).hexdigest() for name in names},
        )


def _rows(table: type[models.Model], database: str) -> Iterator[list[Any]]:
    if table._meta.db_table in _WITHOUT_ROWS:
        return
    names = [one.attname for one in _fields(table)]
    rows = table._base_manager.using(database).order_by("pk").values_list(*names)
    yield from map(list, rows.iterator(chunk_size=_ROWS_A_LINE))


def _rows_line(table: str, rows: list[str]) -> bytes:
    return f'{{"table":"{table}","rows":[{",".join(rows)}]}}\n'.encode()


def _whole(said: dict[str, Any]) -> bytes:
    return _write(said).encode() + b"\n"


def tables_of(registry: Apps) -> list[type[models.Model]]:
    """The tables whose rows are written down, by their names."""
    found = (
        table
        for table in registry.get_models(include_auto_created=True)
        if table._meta.db_table not in _LEFT_OUT_TABLES and table._meta.managed and not table._meta.proxy
    )
    return sorted(found, key=lambda table: table._meta.db_table)


def _fields(table: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """By their names: a table that grew by migrations has its columns in another order than one made at once.

    What the database works out by itself it works out again.
    """
    written = (field for field in table._meta.local_concrete_fields if not field.generated)
    return sorted(written, key=lambda one: str(one.column))


def _columns(table: type[models.Model]) -> list[str]:
    return [str(one.column) for one in _fields(table)]


# Reading


def _head(line: bytes) -> dict[str, Any]:
    head = _line(line)
    if head.get("format") != _FORMAT:
        raise RowsRefused("The rows were written by another version of portalwright; install the newest one.")
    return head


def _line(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise RowsRefused("The rows are damaged.")
    return said


def _end(said: dict[str, Any]) -> Rows:
    end = said["end"]
    return Rows({name: one[0] for name, one in end.items()}, {name: one[1] for name, one in end.items()})


def _tables_as_they_were(
    executor: MigrationExecutor, targets: list[tuple[str, str]], head: dict[str, Any]
) -> list[type[models.Model]]:
    """Make the tables by the migrations that the writer had, and nothing in them."""
    tables = tables_of(executor.migrate(targets).apps)
    if {table._meta.db_table: _columns(table) for table in tables} != head["tables"]:
        raise RowsRefused("The rows are of other tables than this version had; install the version that wrote them.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Making the tables leaves some foreign keys checked at once; two that refer to each other need the end.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables:  # a migration may have put something in
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table._meta.db_table)}")  # noqa: S608 - names of ours
    return tables


def _put_in(
    tables: dict[str, type[models.Model]],
    head: dict[str, Any],
    lines: Iterator[bytes],
    told: Callable[[str, int], None],
) -> Rows:
    """The rows into their tables; what the last line says of them."""
    put_in = {name: _insert(table) for name, table in tables.items()}
    counts = dict.fromkeys(head["tables"], 0)
    try:
        with transaction.atomic():
            for line in lines:
                said = _line(line)
                if "end" in said:
                    break
                put_in[said["table"]](said["rows"])
                counts[said["table"]] += len(said["rows"])
                told(said["table"], counts[said["table"]])
            else:
                raise RowsRefused("The rows end too early.")
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), list(tables.values())):
                    cursor.execute(statement)
            connection.check_constraints()
    except (IntegrityError, KeyError):
        raise RowsRefused("Rows refer to others that are not there.") from None
    return _end(said)


def _insert(table: type[models.Model]) -> Callable[[list[list[Any]]], None]:
    """What puts rows of this table in."""
    fields = _fields(table)
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(one.column)) for one in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quoted(table._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - names of ours
    ways = [(place, way) for place, one in enumerate(fields) if (way := _way_in(one)) is not None]

    def insert(rows: list[list[Any]]) -> None:
        for row in rows:
            for place, way in ways:
                if row[place] is not None:
                    row[place] = way(row[place])
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    return insert


def _way_in(column: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """From what stands in the line to what the database takes; None where that is the same."""
    match column.target_field if isinstance(column, models.ForeignKey) else column:
        case models.DateTimeField():
            return lambda text: connection.ops.adapt_datetimefield_value(datetime.fromisoformat(text))
        case models.DateField():
            return lambda text: connection.ops.adapt_datefield_value(date.fromisoformat(text))
        case models.BinaryField():
            return base64.b64decode
        case _:
            return None


def _read_back(tables: Iterable[type[models.Model]]) -> Rows:
    counted = _Counted()
    for table in tables:
        counted.add(table._meta.db_table, _rows(table, "default"))
    return counted.rows(table._meta.db_table for table in tables)
