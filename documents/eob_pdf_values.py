"""The single values of an explanation of benefits as texts: amounts, days, names, codes; strict or not at all."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from documents.eob_pdf_labels import CLAIM_STATUSES, METHODS, PROVIDER_REASONS, plain
from flows.amounts import parse_money
from flows.remittance import Method, RemitAdjustment, RemitPerson

_MONEY = r"\(?-?\s?\$?\s?-?[0-9][0-9,]*\.[0-9]{2}\)?-?"
_CODE = r"(?P<group>CO|PR|OA|PI|CR)\s?[-/ ]?\s?(?P<carc>[A-Z]?[0-9]{1,3})"
_ADJUSTMENT = re.compile(rf"\b{_CODE}\s*[:=]?\s+(?P<amount>{_MONEY})")
_ADJUSTMENT_CODE = re.compile(rf"\b{_CODE}\b")
_REMARK = re.compile(r"\b(?:MA|M|N)[0-9]{1,4}\b")


_DAY_FORMS = (
    "%m/%d/%Y",
    "%Y-%m-%d",
    "%m-%d-%Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%m.%d.%Y",
)
_DAY_OF_DIGITS = ("%Y%m%d",)
_DAY = r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}|[0-9.]{8,10}"
_DAYS = re.compile(rf"({_DAY})\s*(?:-|–|to|through|thru|/)?\s*({_DAY})", re.IGNORECASE)


def money(text: str) -> Decimal:
    """Dollars. Raises ValueError, without the text."""
    return parse_money(re.sub(r"\bUSD\b", "", text).strip())


def day(text: str) -> date:
    """A day as American forms write it. Raises ValueError, without the text."""
    written = text.strip()
    if not written.isascii():
        raise ValueError("not a day")
    forms: tuple[str, ...] = _DAY_FORMS
    if written.isdigit():
        # Seven digits may be two days (2026111), and the library would take one of them.
        forms = _DAY_OF_DIGITS if len(written) == 8 else ()
    for form in forms:
        try:
            found = datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        if found.year >= 1900:
            return found
    raise ValueError("not a day")


def days(text: str) -> tuple[date, date]:
    """One day, or the first and the last of several. Raises ValueError, without the text."""
    match = _DAYS.fullmatch(text.strip())
    if match is None:
        only = day(text)
        return only, only
    first, last = day(match[1]), day(match[2])
    if last < first:
        raise ValueError("days in the wrong order")
    return first, last


def number(text: str) -> Decimal:
    """A count, such as units. Raises ValueError, without the text."""
    if not re.fullmatch(r"-?[0-9]{1,7}(?:\.[0-9]{1,3})?", text.strip()):
        raise ValueError("not a number")
    return Decimal(text.strip())


def digits(text: str) -> str:
    """A number such as 12-3456789 without its dashes and blanks."""
    return re.sub(r"[-\s]", "", text)


def named(text: str) -> RemitPerson:
    """An organisation or person by name, by number, or by both: `OTHER PLAN (60054)`."""
    both = re.fullmatch(r"(.*\S)\s*\(([A-Z0-9]+)\)", text.strip())
    if both:
        return RemitPerson(last_name=both[1], identifier=both[2])
    return RemitPerson(identifier=text.strip()) if text.strip().isdecimal() else RemitPerson(last_name=text.strip())


def person(text: str) -> tuple[RemitPerson, bool]:
    """The name, and whether a comma said which part is the family name."""
    last, comma, first = (part.strip() for part in text.partition(","))
    if comma:
        return RemitPerson(last_name=last or None, first_name=first or None), True
    *first_names, last = text.split()
    return RemitPerson(last_name=last, first_name=" ".join(first_names) or None), False


def claim_status(text: str) -> str:
    """CLP02 from a code (`1`, `22 - Reversal`, `4 Denied`) or from words. Raises ValueError, without the text.

    Words that are known and mean another code than the one before them are not understood.
    """
    shown = re.fullmatch(r"\s*([0-9]{1,2})\b\s*(?:([-:])\s*)?(.*)", text)
    if shown is None:
        return _known(text, CLAIM_STATUSES)
    code, dash, words = shown.groups()
    meant = CLAIM_STATUSES.get(plain(words), code if dash or not words else None)
    if meant != code:
        raise ValueError("not a status that is known")
    return code


def method(text: str) -> Method:
    """How the payment was made; OTHER where the wording is not known."""
    name = METHODS.get(plain(text))
    return Method(name) if name else Method.OTHER


def provider_reason(text: str) -> str:
    """The reason code of a provider adjustment, shown or by its words. Raises ValueError, without the text."""
    code = re.match(r"\s*([A-Z0-9]{2})\b(?:\s*[-:(]|\s*$)", text)
    if code:
        return code[1]
    return _known(text, PROVIDER_REASONS)


def _known(text: str, wordings: Mapping[str, str]) -> str:
    name = plain(text)
    if name not in wordings:
        raise ValueError("not a wording that is known")
    return wordings[name]


def adjustments(text: str, amounts: str | None = None) -> tuple[RemitAdjustment, ...]:
    """`CO-45 30.00; PR-1 20.00`, or codes here and as many `amounts` in a column of their own.

    Raises ValueError, without the text, when anything in it is left over.
    """
    if amounts is not None:
        codes, found = list(_ADJUSTMENT_CODE.finditer(text)), re.findall(_MONEY, amounts)
        rest = _ADJUSTMENT_CODE.sub("", text) + re.sub(_MONEY, "", amounts)
        made = [_adjustment(code, amount) for code, amount in zip(codes, found, strict=False)]
        complete = len(codes) == len(found)
    else:
        made = [_adjustment(match, match["amount"]) for match in _ADJUSTMENT.finditer(text)]
        rest, complete = _ADJUSTMENT.sub("", text), True
    if not complete or re.sub(r"[\s;,|]|\bnone\b|-", "", rest, flags=re.IGNORECASE):
        raise ValueError("not adjustments that are known")
    return tuple(made)


def _adjustment(code: re.Match[str], amount: str) -> RemitAdjustment:
    return RemitAdjustment(group=code["group"], carc=code["carc"], amount=money(amount))


def remark_codes(text: str) -> tuple[str, ...]:
    """The remittance advice remark codes in a text; its words are passed over."""
    return tuple(dict.fromkeys(_REMARK.findall(text)))


def procedure(text: str) -> tuple[str, tuple[str, ...]]:
    """The procedure code and the modifiers that stand behind it: `HC:99213-25`, `99213 25 59`."""
    code, *modifiers = re.split(r"[\s\-:,]+", re.sub(r"^(?:HC|AD|NU)[: ]\s*", "", text.strip()))
    return code, tuple(one for one in modifiers if one)
