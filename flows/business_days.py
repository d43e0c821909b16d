"""Business days of US banks and offices: Monday to Friday without the federal holidays."""

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


def business_days_after(day: date, count: int) -> date:
    """The `count`-th business day after (or, negative, before) this day; 0 is the day itself, whatever day it is."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not _is_business_day(day):
            day += step
    return day


def is_federal_holiday(day: date) -> bool:
    """A holiday of the United States' federal government, on the day on which it is observed."""
    return day in _federal_holidays()


def _is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _federal_holidays()


@cache
def _federal_holidays() -> "HolidayBase":
    """On these the Federal Reserve settles no payments; loaded when first needed."""
    import holidays

    return holidays.country_holidays("US", observed=True)
