"""Queries that one transaction after another makes: Django works out their SQL once, and only their values change.

Working a query out costs Django several times what the database needs to answer it (measured: 0.5 of 0.6 ms). Nothing
of an answer is kept: each call asks the database.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError

from ledger.prepared_values import Given, Value, bound, is_several, meaningless

Row = TypeVar("Row")


@dataclass(frozen=True)
class _Ready(Generic[Row]):
    """A query as the database takes it, and how a row of its answer is read."""

    sql: str
    parameters: tuple[object, ...]
    converters: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]
    locks: bool
    made: Callable[[Sequence[Any]], Row]


class Prepared(Generic[Row]):
    """A query by what it is given: a function that makes the queryset, of rows (joined ones too) or of `values_list`.

    The function is called once for each shape, with values of no meaning: it must not look at them.
    """

    def __init__(self, queryset: Callable[..., "QuerySet[Any, Row]"]) -> None:
        self._queryset = queryset
        self._ready: dict[tuple[object, ...], _Ready[Row]] = {}

    def rows(self, **given: Value) -> list[Row]:
        """All rows, asked for now."""
        sizes = tuple(len(value) if is_several(value) else -1 for value in given.values())
        if 0 in sizes:
            return []
        connection: Any = connections[DEFAULT_DB_ALIAS]
        key = (connection.vendor, *given, *sizes)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._prepare(given)
            if max(sizes, default=0) <= 1:
                # Of many rows at once, hardly any two calls have as many.
                self._ready[key] = ready
        if ready.locks and connection.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        with connection.cursor() as cursor:
            cursor.execute(ready.sql, [bound(one, given) for one in ready.parameters])
            found = cursor.fetchall()
        return [ready.made(row) for row in _converted(found, ready, connection)]

    def first(self, **given: Value) -> Row | None:
        """The first row of a query that asks for no more than one; None when there is none."""
        return next(iter(self.rows(**given)), None)

    def _prepare(self, given: Mapping[str, Value]) -> _Ready[Row]:
        marks: dict[object, Given] = {}
        stands_for = {name: meaningless(name, value, marks) for name, value in given.items()}
        queryset = self._queryset(**stands_for)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        placed = tuple(marks.get(one, one) for one in parameters)
        if missing := set(marks.values()) - {one for one in placed if isinstance(one, Given)}:
            raise TypeError(f"this query makes something else of what it is given: {missing}")
        columns = compiler.select[: compiler.col_count]
        return _Ready(
            sql=sql,
            parameters=placed,
            converters=compiler.get_converters([expression for expression, _, _ in columns]),
            locks=queryset.query.select_for_update and connections[DEFAULT_DB_ALIAS].features.has_select_for_update,
            made=_instances(compiler) if issubclass(queryset._iterable_class, ModelIterable) else tuple,
        )


def _converted(rows: Sequence[Sequence[Any]], ready: _Ready[Any], connection: Any) -> Iterator[Sequence[Any]]:
    for row in rows:
        converted = list(row)
        for place, (converters, expression) in ready.converters.items():
            for convert in converters:
                converted[place] = convert(converted[place], expression, connection)
        yield converted


def _instances(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """How a row becomes an instance of its model, with those that are joined to it: as Django itself does it."""
    select, own = compiler.select, compiler.klass_info
    model: type[Model] = own["model"]
    begin, end = own["select_fields"][0], own["select_fields"][-1] + 1
    names = [expression.target.attname for expression, _, _ in select[begin:end]]
    # The stubs are those of a later Django.
    joined = get_related_populators(own, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    added = tuple((compiler.annotation_col_map or {}).items())

    def made(row: Sequence[Any]) -> Model:
        instance = model.from_db(DEFAULT_DB_ALIAS, names, row[begin:end])
        for populator in joined:
            populator.populate(row, instance)
        for name, place in added:
            setattr(instance, name, row[place])
        return instance

    return made
