"""Dates and amounts as people and spreadsheets write them, taken only where they can mean one thing."""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from flows.amounts import parse_money

_DATE_PATTERNS = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?"),
    re.compile(r"(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})"),
)

_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.0)?")
"""Five digits: days from 18 May 1927 on. Four could as well be a year, and are no date."""

_SERIAL_DAY_ZERO = date(1899, 12, 30)
"""Excel counts days from here; it believes that 1900 had a 29 February, which only matters before March 1900."""

_MANGLED = re.compile(r"-?[0-9](?:\.[0-9]+)?[Ee]\+[0-9]+")


@lru_cache(maxsize=16384)
def date_of(text: str) -> date:
    """The day written as YYYY-MM-DD, MM/DD/YYYY or M/D/YYYY, or as the number by which Excel keeps a date.

    A time of midnight is passed over. Raises ValueError, without the text; two-digit years and day before month are no
    dates (DOMAIN 2.5).
    """
    for pattern in _DATE_PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                break
    if _SERIAL.fullmatch(text):
        return _SERIAL_DAY_ZERO + timedelta(days=int(text[:5]))
    raise ValueError("is not a date as YYYY-MM-DD or MM/DD/YYYY")


def money_of(text: str) -> Decimal:
    """Dollars to the cent. A single decimal is what a spreadsheet makes of 12.50; else as `flows.amounts`.

    Raises ValueError, without the text.
    """
    return parse_money(f"{text}0" if re.fullmatch(r"-?\$?[0-9,]+\.[0-9]", text) else text)


def is_mangled(text: str) -> bool:
    """Is this a long number that a spreadsheet has rounded (1.23457E+11)? Its digits are lost for good."""
    return _MANGLED.fullmatch(text) is not None
