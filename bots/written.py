"""How an input is written into a portal's field."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import assert_never

from flows.matching import without_suffix
from flows.questions import Input
from packs.models import TextRow
from packs.moves import Fill, Letters, Only
from packs.parts import DateFormat

_PLAIN_LETTERS = str.maketrans({"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"})
"""Letters that are not a plain letter with an accent."""


def written(value: Input, date_format: str) -> str:
    """Text as it is, several as "1, 3"; an amount as plain dollars with two decimals; a date by the pack's format."""
    match value:
        case str():
            return value
        case Decimal():
            return f"{value:.2f}"
        case date():
            return _date_written(value, date_format)
        case tuple():
            return ", ".join(value)
        case _:
            assert_never(value)


def fits(fill: Fill, value: Input, date_format: DateFormat) -> bool:
    """Is the input written as the pack says that this portal's are?

    Without the prefix that the field leaves out, for one, the beginning of the number itself would be cut off.
    """
    return fill.fits is None or re.fullmatch(fill.fits, written(value, fill.format or date_format)) is not None


def worded(value: Input, words: Sequence[TextRow], date_format: DateFormat) -> str | None:
    """How the portal words the input, by a text map: the text whose code it is; None when there is none, or several."""
    code = written(value, date_format)
    texts = [row.text for row in words if row.code == code]
    return texts[0] if len(texts) == 1 else None


def written_into(fill: Fill, value: Input, date_format: DateFormat) -> str:
    """The input as this field takes it: first what is left out at both ends, then which characters, how, and how many.

    `date_format` is the pack's own, for a field that names none.
    """
    text = written(value, fill.format or date_format)
    text = text[fill.without_prefix : max(fill.without_prefix, len(text) - fill.without_suffix)]
    if fill.without_name_suffix:
        text = without_suffix(text)
    if fill.without_accents:
        text = _without_accents(text)
    text = "".join(character for character in text if _kept(character, fill.only))
    if fill.letters is Letters.UPPER:
        text = text.upper()
    elif fill.letters is Letters.LOWER:
        text = text.lower()
    return text if fill.first is None else text[: fill.first]


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _kept(character: str, only: Only | None) -> bool:
    match only:
        case None:
            return True
        case Only.LETTERS_AND_DIGITS:
            return character.isalnum()
        case Only.LETTERS:
            return character.isalpha()
        case Only.DIGITS:
            return character.isdecimal()
        case _:
            assert_never(only)


def _date_written(day: date, date_format: str) -> str:
    text = date_format.replace("YYYY", f"{day.year:04}")
    for letter, number in (("M", day.month), ("D", day.day)):
        text = text.replace(letter * 2, f"{number:02}").replace(letter, str(number))
    return text
