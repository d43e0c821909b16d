"""Takes typed values out of what was read of a page: a text, an amount, a date, or nothing where nothing is shown."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from flows.answers import Shown
from flows.outcomes import Code
from flows.portal import Reading, Value


class Unreadable(Exception):
    """No answer may be made from what is shown. `shown` says where; `what` is a sentence of ours, `code` the case's."""

    def __init__(self, what: str, shown: Shown, code: Code = Code.DATA_UNMAPPED) -> None:
        super().__init__(what)
        self.what = what
        self.shown = shown
        self.code = code


def shown_texts(reading: Reading) -> Iterator[Shown]:
    """Every text of the reading with its place: the extracted layer of an answer."""
    yield from (value.shown for value in reading.fields.values())
    for rows in reading.tables.values():
        yield from (value.shown for row in rows for value in row.cells.values())


def text_of(fields: Mapping[str, Value], name: str) -> str | None:
    """The text, or the code that it stands for."""
    value = fields.get(name)
    return value.normal if value is not None and isinstance(value.normal, str) else None


def texts_of(fields: Mapping[str, Value], name: str) -> tuple[str, ...]:
    """A list of short texts; one text is a list of one."""
    value = fields.get(name)
    if value is None or value.normal is None:
        return ()
    return value.normal if isinstance(value.normal, tuple) else (str(value.normal),)


def amount_of(fields: Mapping[str, Value], name: str) -> Decimal | None:
    """Dollars, or another decimal number."""
    value = fields.get(name)
    return value.normal if value is not None and isinstance(value.normal, Decimal) else None


def number_of(fields: Mapping[str, Value], name: str) -> Decimal | None:
    """A whole or decimal number."""
    value = fields.get(name)
    return Decimal(value.normal) if value is not None and isinstance(value.normal, int | Decimal) else None


def day_of(fields: Mapping[str, Value], name: str) -> date | None:
    """A date, portal-local."""
    value = fields.get(name)
    if value is None or isinstance(value.normal, datetime) or not isinstance(value.normal, date):
        return None
    return value.normal


def instant_of(fields: Mapping[str, Value], name: str) -> datetime | None:
    """A day and a time of day, aware, UTC."""
    value = fields.get(name)
    return value.normal if value is not None and isinstance(value.normal, datetime) else None


def flag_of(fields: Mapping[str, Value], name: str) -> bool | None:
    """Yes or no."""
    value = fields.get(name)
    return value.normal if value is not None and isinstance(value.normal, bool) else None
