"""What one transaction after another writes: Django works out the SQL once, as in `ledger.prepared`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models import Field, Model, QuerySet
from django.db.models import Value as Written
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

from ledger.errors import NeverChanged
from ledger.prepared_values import Given, One, bound, meaningless

Row = TypeVar("Row", bound=Model)


_TEXT, _NUMBER, _TRUTH, _NOTHING = "\ue000", 1_807_060_504, True, None
_AS_IS: Mapping[type, Sequence[object]] = {
    models.CharField: (_TEXT, _NOTHING),
    models.TextField: (_TEXT, _NOTHING),
    models.IntegerField: (_NUMBER, _NOTHING),
    models.BigIntegerField: (_NUMBER, _NOTHING),
    models.PositiveIntegerField: (_NUMBER, _NOTHING),
    models.PositiveBigIntegerField: (_NUMBER, _NOTHING),
    models.ForeignKey: (_NUMBER, _NOTHING),
    models.OneToOneField: (_NUMBER, _NOTHING),
    models.BooleanField: (_TRUTH, _NOTHING),
}
"""Django's own columns, with a value of each kind that Django may leave as it is: on which database, it is asked."""


class Column:
    """What is written into one column; it stands for it among the parameters of an update."""

    def __init__(self, field: "Field[Any, Any]", connection: Any) -> None:
        self.field = field
        self.name: str = field.attname
        left = [one for one in _AS_IS.get(type(field), ()) if field.get_db_prep_save(one, connection) is one]
        self.as_is = frozenset(map(type, left))
        """Values of these types need not be shown to Django, which costs more than the database does to write them."""

    def written(self, value: object, connection: Any) -> Any:
        """What the database is given for a value."""
        return value if type(value) in self.as_is else self.field.get_db_prep_save(value, connection)


@dataclass(frozen=True)
class _Ready:
    sql: str
    parameters: tuple[object, ...]


class PreparedUpdate:
    """An update of some columns of the rows that a function's queryset gives; see `Prepared` for that function."""

    def __init__(self, queryset: Callable[..., "QuerySet[Any]"], *columns: str) -> None:
        self._queryset = queryset
        self._columns = frozenset(columns)
        self._ready: dict[str, _Ready] = {}

    def run(self, given: Mapping[str, One], **written: object) -> int:
        """Write all of the columns; returns how many rows that were."""
        if written.keys() != self._columns:
            raise TypeError(f"this update writes {sorted(self._columns)}, and nothing else")
        connection = connections[DEFAULT_DB_ALIAS]
        ready = self._ready.get(connection.vendor)
        if ready is None:
            ready = self._ready[connection.vendor] = self._prepare(given)
        parameters = [
            one.written(written[one.name], connection) if isinstance(one, Column) else bound(one, given)
            for one in ready.parameters
        ]
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
            cursor.execute(ready.sql, parameters)
            return int(cursor.rowcount)

    def _prepare(self, given: Mapping[str, One]) -> _Ready:
        marks: dict[object, Given] = {}
        queryset = self._queryset(**{name: meaningless(name, value, marks) for name, value in given.items()})
        field_of = queryset.model._meta.get_field
        query: Any = queryset.query.chain(UpdateQuery)
        connection = connections[DEFAULT_DB_ALIAS]
        columns = {name: Written(Column(field_of(name), connection)) for name in sorted(self._columns)}
        query.add_update_values(columns)
        query.clear_select_clause()
        sql, parameters = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        placed = tuple(one if isinstance(one, Column) else marks.get(one, one) for one in parameters)
        if missing := set(marks.values()) - {one for one in placed if isinstance(one, Given)}:
            raise TypeError(f"this update makes something else of what it is given: {missing}")
        return _Ready(sql, placed)


@dataclass(frozen=True)
class _Insert:
    sql: str
    by_column: bool
    """Is a parameter a column of all rows, as Django has PostgreSQL take them, or one value of one row?"""


_AT_ONCE = 8
"""So many rows in one statement have a shape that is worth being kept."""


class PreparedInsert(Generic[Row]):
    """New rows of one model, one at a time, or a few that nobody needs the numbers of.

    `ignore_conflicts`: a few rows at once, of which those that are there already (by a rule of the table's) are left
    out.
    """

    def __init__(self, model: type[Row], *, ignore_conflicts: bool = False) -> None:
        meta = model._meta
        self._model = model
        self._ignore = ignore_conflicts
        self._fields = [field for field in meta.local_concrete_fields if field is not meta.auto_field]
        self._returning = meta.db_returning_fields
        self._ready: dict[tuple[str, int], _Insert] = {}
        self._columns: dict[str, Sequence[Column]] = {}

    def add(self, row: Row) -> Row:
        """Write the row, which has its number then. Raises NeverChanged for one that was written before."""
        if not row._state.adding:
            raise NeverChanged(self._model.__name__)
        connection = connections[DEFAULT_DB_ALIAS]
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
            cursor.execute(self._statement([row], self._returning).sql, self._parameters(row, connection))
            if self._returning:
                for field, value in zip(self._returning, cursor.fetchone(), strict=True):
                    setattr(row, field.attname, value)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return row

    def add_all(self, rows: Sequence[Row]) -> None:
        """Write the rows with one statement; they do not learn their numbers. Many rows are left to Django."""
        if len(rows) > _AT_ONCE:
            self._model._base_manager.bulk_create(rows, ignore_conflicts=self._ignore)
            return
        if not rows:
            return
        connection = connections[DEFAULT_DB_ALIAS]
        by_row = [self._parameters(row, connection) for row in rows]
        statement = self._statement(rows, ())
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
            cursor.execute(statement.sql, _columns(by_row) if statement.by_column else list(chain(*by_row)))

    def _parameters(self, row: Row, connection: Any) -> list[Any]:
        columns = self._columns.get(connection.vendor)
        if columns is None:
            columns = self._columns[connection.vendor] = [Column(field, connection) for field in self._fields]
        values = vars(row)
        return [
            value
            if type(value := values.get(column.name, column)) in column.as_is
            else column.field.get_db_prep_save(column.field.pre_save(row, True), connection)
            for column in columns
        ]

    def _statement(self, rows: Sequence[Row], returning: Sequence[Any]) -> "_Insert":
        key = (connections[DEFAULT_DB_ALIAS].vendor, 0 if returning else len(rows))
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = self._worked_out(rows, returning)
        return ready

    def _worked_out(self, rows: Sequence[Row], returning: Sequence[Any]) -> "_Insert":
        on_conflict = OnConflict.IGNORE if self._ignore else None
        query = InsertQuery(self._model, on_conflict=on_conflict)
        query.insert_values(self._fields, list(rows))
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        compiler.returning_fields = returning
        ((sql, parameters),) = compiler.as_sql()
        return _Insert(str(sql), by_column=len(parameters) != len(rows) * len(self._fields))


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
