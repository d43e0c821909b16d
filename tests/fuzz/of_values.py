"""Amounts and dates as texts: taken for exactly what they show, or refused without a word of the text."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bots.normalise import NotThisType, parse_date, parse_instant
from documents import eob_pdf_values
from documents.remittance_835_values import day, dollars
from documents.spreadsheet_values import date_of, money_of
from flows.amounts import parse_money
from tests.fuzz.choices import Choices
from tests.fuzz.judge import Broken, Target, Told
from tests.fuzz.mutation import text_edited

_SEEDS = (
    "$1,234.56", "(12.34)", "-$12.34", "12.34 CR", "1234", "0.00", "$-12.34", "USD 1,234.50", "1234.5", "-0.01",
    "02/28/1961", "2/8/1961", "1961-02-28", "02-28-1961", "19610228", "22340", "September 2, 2026", "12/31/9999",
    "09/01/2026 - 09/02/2026", "11/23/2026 6:00 AM", "11/23/2026 at 18:30", "CO-45 30.00; PR-1 20.00", "22 - Reversal",
    "OCANARY, ZEPHYRINE", "QZX100200300 (60054)",
)  # fmt: skip
_ZONE = ZoneInfo("America/New_York")
_UNSEEN = {"Cc", "Cf", "Co", "Cs"}
_EXCEL_DAY = re.compile(r"[1-9][0-9]{4}(?:\.0)?")

_AMOUNTS: tuple[Callable[[str], Decimal | None], ...] = (
    parse_money,
    money_of,
    eob_pdf_values.money,
    lambda text: dollars(text.encode()),
)
_DAYS: tuple[Callable[[str], date | None], ...] = (
    date_of,
    eob_pdf_values.day,
    lambda text: day(text.encode()),
    *(lambda text, layout=layout: parse_date(text, layout) for layout in ("MM/DD/YYYY", "M/D/YYYY", "YYYY-MM-DD")),
    lambda text: parse_instant(text, "MM/DD/YYYY", _ZONE).astimezone(_ZONE).date(),
)
_OTHERS: tuple[Callable[[str], Any], ...] = (
    eob_pdf_values.days,
    eob_pdf_values.adjustments,
    eob_pdf_values.claim_status,
    eob_pdf_values.person,
    eob_pdf_values.named,
    eob_pdf_values.provider_reason,
    eob_pdf_values.remark_codes,
    eob_pdf_values.number,
)


def value_targets() -> list[Target]:
    """The readers of single values."""
    return [Target("values", _spoilt, _read, ())]


def _spoilt(choices: Choices) -> bytes:
    text = choices.one(_SEEDS)
    for _ in range(1 + choices.number(3)):
        text = text_edited(text, choices)
    return text.encode("utf-8", "surrogatepass")


def _read(content: bytes) -> Told:
    text, told = content.decode("utf-8", "replace"), []
    for read in (*_AMOUNTS, *_DAYS, *_OTHERS):
        try:
            value = read(text)
        except NotThisType:
            continue
        except ValueError as error:
            told.append(str(error))
            continue
        if read in _AMOUNTS and value is not None:
            hold_amount(text, value)
        elif read in _DAYS and value is not None:
            hold_day(text, value)
    return Told(tuple(told))


def hold_amount(text: str, amount: Decimal) -> None:
    """The amount has the digits of the text and no others, and a sign where the text has one. Raises Broken."""
    shown, whole, cents = re.sub(r"[^0-9.]", "", text), f"{abs(amount):.2f}", amount.as_tuple().exponent
    written = shown if "." in shown else f"{shown}."
    before, _, after = written.partition(".")
    if f"{before.lstrip('0') or '0'}.{after[:2].ljust(2, '0')}" != whole or after[2:].strip("0") or cents != -2:
        raise Broken("an amount is what its digits say")
    if amount and (amount < 0) != bool(re.search(r"[-(]|CR", text)):
        raise Broken("an amount has the sign that it shows")
    hold_seen(text)


def hold_day(text: str, found: date) -> None:
    """The day's numbers are those of the text. Raises Broken."""
    if isinstance(found, datetime):
        raise Broken("a day has no time")
    shown = re.findall(r"[0-9]+", text)
    compact = f"{found:%Y%m%d}" if found.year >= 1000 else ""
    numbers = {int(number) for number in shown[:3] if len(number) <= 8}
    named = {found.day, found.year} if re.search(r"[A-Za-z]{3}", text) else {found.day, found.month, found.year}
    if not named <= numbers and compact not in shown and not _EXCEL_DAY.fullmatch(text.strip()):
        raise Broken("a day is the one that its numbers say")
    hold_seen(text)


def hold_seen(text: str) -> None:
    """What gave a value had no characters in it that nobody sees. Raises Broken."""
    if any(unicodedata.category(letter) in _UNSEEN for letter in text.strip() if letter not in "\t\n\r\f\v"):
        raise Broken("a text with characters that nobody sees gives no value")
