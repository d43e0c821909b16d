"""How an input is written into a portal's field."""

from datetime import date
from decimal import Decimal

from flows.questions import Input


def written(value: Input, date_format: str) -> str:
    """Text as it is; an amount as plain dollars with two decimals; a date by the pack's format (`MM/DD/YYYY` ...)."""
    match value:
        case str():
            return value
        case Decimal():
            return f"{value:.2f}"
        case date():
            return _date_written(value, date_format)


def _date_written(day: date, date_format: str) -> str:
    text = date_format.replace("YYYY", f"{day.year:04}")
    for letter, number in (("M", day.month), ("D", day.day)):
        text = text.replace(letter * 2, f"{number:02}").replace(letter, str(number))
    return text
