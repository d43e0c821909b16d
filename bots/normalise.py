"""What a shown text means by the type that the pack gives it: an amount, a date, a code, or not that type at all."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import assert_never
from zoneinfo import ZoneInfo

from flows.amounts import parse_money
from flows.answers import Shown
from flows.portal import Normal, Value
from packs.elements import Type, Typed
from packs.models import Formats, Pack, TextRow

_DATES = {
    "MM/DD/YYYY": re.compile(r"(?P<month>\d{2})/(?P<day>\d{2})/(?P<year>\d{4})", re.ASCII),
    "MM-DD-YYYY": re.compile(r"(?P<month>\d{2})-(?P<day>\d{2})-(?P<year>\d{4})", re.ASCII),
    "YYYY-MM-DD": re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII),
    "M/D/YYYY": re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})", re.ASCII),
}
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d{1,18})", re.ASCII)
_DECIMAL = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.\d{1,6})?", re.ASCII)


class NotThisType(Exception):
    """The text is not what the pack says it is. Holds no text: what a page shows is protected."""


def normalise(shown: Shown, typed: Typed, pack: Pack) -> Value:
    """The shown text with its meaning. `normal` is None where the text is one of the pack's blanks.

    Raises NotThisType when the text does not fit the type, or holds characters that cannot be seen (zero-width, text
    direction, control): two texts that look the same must be the same.
    """
    if not shown.text.isascii() and any(map(_unseen, shown.text)):
        raise NotThisType
    if _CONTROL.search(shown.text):
        raise NotThisType
    text = shown.text.strip()
    if is_blank(text, pack.formats):
        return Value(shown=shown, normal=None)
    if typed.if_fits and not fits_pattern(shown.text, typed):
        return Value(shown=shown, normal=None)
    if typed.pattern is not None:
        text = _part_that_counts(fold(text), typed.pattern)
        if is_blank(text, pack.formats):
            return Value(shown=shown, normal=None)
    if typed.type is Type.MAPPED:
        code = look_up(text, pack.maps[typed.map or ""])
        return Value(shown=shown, normal=code, unmapped=code is None)
    return Value(shown=shown, normal=_meaning(text, typed, pack))


def _unseen(character: str) -> bool:
    """Is it none that a person sees, or none that a person could tell from another one?"""
    return unicodedata.category(character) in {"Cf", "Cn", "Co", "Cs"} or character in _FILLERS


def fits_pattern(text: str, typed: Typed) -> bool:
    """Does the text hold what the pack's pattern for it describes? Without a pattern every text does."""
    return typed.pattern is None or re.search(typed.pattern, fold(text.strip())) is not None


def fold(text: str) -> str:
    """The text with every run of white space, no-break spaces and line ends too, as one space."""
    return " ".join(text.split())


def look_up(text: str, rows: Iterable[TextRow]) -> str | None:
    """The code of a text in one of the pack's maps, without regard to case and spacing; None when it is not there."""
    sought = fold(text).casefold()
    return next((row.code for row in rows if fold(row.text).casefold() == sought), None)


_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2}) ?(?P<half>A\.?M\.?|P\.?M\.?)?", re.ASCII)


def parse_date(text: str, layout: str) -> date:
    """A date in exactly this layout (MM/DD/YYYY, MM-DD-YYYY, YYYY-MM-DD, M/D/YYYY).

    Years have four digits; 12/31/9999 and the like (open-ended) stay the dates they are. Raises NotThisType.
    """
    match = _DATES[layout].fullmatch(text)
    if match is None:
        raise NotThisType
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise NotThisType from None


def parse_instant(text: str, layout: str, zone: ZoneInfo) -> datetime:
    """A day in this layout and a time of day ("11/23/2026 6:00 AM", "11/23/2026 at 18:30") in this zone, as UTC.

    An hour that comes twice (the end of summer time) is its second one: later is the safe side. Raises NotThisType.
    """
    day, _, clock = text.partition(" ")
    match = _CLOCK.fullmatch(clock.removeprefix("at ").upper())
    if match is None:
        raise NotThisType
    hour, half = int(match["hour"]), match["half"]
    if half and not 1 <= hour <= 12:
        raise NotThisType
    if half:
        hour = hour % 12 + (12 if half.startswith("P") else 0)
    try:
        at = time(hour, int(match["minute"]), fold=1)
    except ValueError:
        raise NotThisType from None
    return datetime.combine(parse_date(day, layout), at, zone).astimezone(UTC)


def _meaning(text: str, typed: Typed, pack: Pack) -> Normal:
    folded, formats = fold(text), pack.formats
    match typed.type:
        case Type.TEXT:
            return folded
        case Type.MONEY:
            try:
                return parse_money(folded)
            except ValueError:
                raise NotThisType from None
        case Type.DATE:
            return parse_date(folded, typed.format or formats.date)
        case Type.INSTANT:
            return parse_instant(folded, typed.format or formats.date, ZoneInfo(pack.time_zone))
        case Type.INTEGER:
            return int(_whole_text(folded, _WHOLE))
        case Type.DECIMAL:
            return Decimal(_whole_text(folded, _DECIMAL))
        case Type.PERCENT:
            return Decimal(_whole_text(_without_sign(folded), _DECIMAL))
        case Type.FRACTION:
            share = Decimal(_whole_text(folded, _DECIMAL))
            if not 0 <= share <= 1:
                raise NotThisType
            return share * 100
        case Type.YES_NO:
            return _yes_or_no(folded, formats)
        case Type.LIST:
            parts = (fold(part) for part in text.split(typed.separator))
            return tuple(part for part in parts if part)
        case Type.MAPPED:
            raise NotThisType
        case _:
            assert_never(typed.type)


def _without_sign(text: str) -> str:
    """What stands before the sign of per cent, which must be there: without it 0.2 might be a share of one."""
    if not text.endswith("%"):
        raise NotThisType
    return text[:-1].rstrip()


def _whole_text(text: str, shape: re.Pattern[str]) -> str:
    if shape.fullmatch(text) is None:
        raise NotThisType
    return text.replace(",", "")


def _yes_or_no(text: str, formats: Formats) -> bool:
    folded = text.casefold()
    if any(folded == fold(word).casefold() for word in formats.yes):
        return True
    if any(folded == fold(word).casefold() for word in formats.no):
        return False
    raise NotThisType


def is_blank(text: str, formats: Formats) -> bool:
    """Does the text say that nothing is shown here, which is not zero?"""
    folded = fold(text)
    return not folded or folded in formats.blank


def _part_that_counts(text: str, pattern: str) -> str:
    """The one group of the one place where the pattern fits; two places would mean a choice, and we make none."""
    matches = list(re.finditer(pattern, text))
    if len(matches) != 1 or matches[0][1] is None:
        raise NotThisType
    return matches[0][1].strip()


_FILLERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
"""Letters and marks without a shape: joiners, fillers, the blank of Braille, variants of the letter before."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters (Unicode's Cc) but those that end lines and columns."""
