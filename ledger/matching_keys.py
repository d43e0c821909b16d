"""Numbers as they are compared across files of payers and banks, and the business days between their dates."""

import hashlib
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

_LONGEST = 100


def number_key(number: str | None) -> str:
    """A claim or account number as compared: letters and digits, upper case; leading zeros count. "" for none."""
    return _short("".join(letter for letter in (number or "").upper() if letter.isalnum()))


def trace_key(trace: str | None) -> str:
    """An EFT trace or check number as compared: as above, and without the leading zeros that banks leave out."""
    key = number_key(trace)
    return key.lstrip("0") or key[:1]


def _short(key: str) -> str:
    """What no index could hold is compared by its hash."""
    return key if len(key) <= _LONGEST else hashlib.sha256(key.encode()).hexdigest()


def business_days_after(day: date, count: int) -> date:
    """The `count`-th business day of US banks after (or, negative, before) this day."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not _is_business_day(day):
            day += step
    return day


def _is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _bank_holidays()


@cache
def _bank_holidays() -> "HolidayBase":
    """Federal holidays, on which the Federal Reserve settles no payments; loaded when first needed."""
    import holidays

    return holidays.country_holidays("US", observed=True)
