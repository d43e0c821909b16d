"""Values of no meaning, with which a query is worked out, and what is put in their place when it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeGuard

from django.db import connection

One = str | int | date
"""A date may be an instant (UTC)."""
Value = One | Sequence[int]
"""What a query may be given. Of the numbers of several rows, their count makes another shape of the query."""

_FIRST_NUMBER = 1_807_060_504
"""Fits into every column that has numbers of rows, and is written in no query of ours."""
_FIRST_INSTANT = datetime(1807, 6, 5, 4, 3, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Given:
    """Stands among the parameters for what is given under this name; `index` is its place where several are."""

    name: str
    index: int | None = None


def is_several(value: Value) -> TypeGuard[Sequence[int]]:
    """Is it the numbers of several rows?"""
    return not isinstance(value, str | int | date)


def meaningless(name: str, value: Value, marks: dict[object, Given]) -> Any:
    """A value of this kind that nothing else in the query has; `marks` learns how the database is given it."""
    number = len(marks)
    if isinstance(value, str):
        text = f"\ue000{number}\ue000"
        marks[text] = Given(name)
        return text
    if isinstance(value, date):
        instant = _FIRST_INSTANT + timedelta(days=number)
        stands = instant if isinstance(value, datetime) else instant.date()
        marks[_adapted(stands)] = Given(name)
        return stands
    if isinstance(value, int):
        marks[_FIRST_NUMBER + number] = Given(name)
        return _FIRST_NUMBER + number
    several = range(_FIRST_NUMBER + number, _FIRST_NUMBER + number + len(value))
    marks.update({stands: Given(name, index) for index, stands in enumerate(several)})
    return list(several)


def bound(parameter: object, given: Mapping[str, Value]) -> Any:
    """What the database is given for a parameter of the query."""
    if not isinstance(parameter, Given):
        return parameter
    value = given[parameter.name]
    if parameter.index is not None and is_several(value):
        return value[parameter.index]
    return _adapted(value)


def _adapted(value: object) -> object:
    """The value as Django gives it to this database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
