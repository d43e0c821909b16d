"""The single values of an 835: amounts to the cent, days, texts, codes; strictly read, or told that they cannot be."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel

from documents.x12 import text
from flows.remittance import RemitAdjustment, RemitPerson
from flows.values import Frozen

Element = bytes | list[bytes]
Elements = list[bytes | list[bytes]]
Made = TypeVar("Made", bound=Frozen)
Written = TypeVar("Written")
Value = TypeVar("Value")

_AMOUNT = re.compile(rb" *(-?[0-9]{0,15})(?:\.([0-9]{0,2})0*)? *")
_NUMBER = re.compile(rb" *-?(?:[0-9]{1,15}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}) *")
_FIRST_YEAR = 1900
_DAY = re.compile(rb" *([0-9]{4})([0-9]{2})([0-9]{2}) *")
_CENT = Decimal("0.01")
_MOST_KEPT = 50_000


_JOINED = re.compile(r"([A-Z][A-Z0-9])([^A-Za-z0-9 ])(.+)")
"""A composite of a payer that parts components with another letter than its ISA says: HC>99213."""

_put_fields, _put_names, _put_extra, _put_private = (
    vars(BaseModel)[name].__set__
    for name in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)
"""What pydantic's `model_construct` sets of a value."""


class Unreadable(Exception):
    """A transaction cannot be taken: why, in words of ours, with no value of the file."""


class _Kept(dict[Written, Value]):
    """Values by how they are written. Files repeat themselves, and to look is cheaper than to read anew."""

    def __init__(self, read: Callable[[Written], Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, written: Written) -> Value:
        if len(self) >= _MOST_KEPT:
            self.clear()
        value = self[written] = self._read(written)
        return value


class Remembered:
    """What was read before in the same file: amounts, units, days, codes (of closed lists), procedures, adjustments
    (CAS), and providers and payers (NM1), who come again with every claim. Patients do not."""

    def __init__(self) -> None:
        self.amounts, self.numbers, self.days = _Kept(dollars), _Kept(number), _Kept(day)
        self.codes, self.others = _Kept(code), _Kept(person)
        self.procedures, self.adjustments = _Kept(procedure), _Kept(adjustments)


def maker(model: type[Made]) -> Callable[[dict[str, Any]], Made]:
    """Makes values of this model from their fields, which must be all of them and of the right types.

    pydantic's check of what the reader has just made would cost more than the reading itself; a test holds that it
    would pass.
    """
    new, names = model.__new__, set(model.model_fields)

    def make(fields: dict[str, Any]) -> Made:
        value = new(model)
        _put_fields(value, fields)
        _put_names(value, names)
        _put_extra(value, None)
        _put_private(value, None)
        return value

    return make


_adjustment = maker(RemitAdjustment)


def dollars(written: bytes) -> Decimal | None:
    """An amount in whole cents, with two decimals; None for all else (X12's data type R, without its exponent)."""
    whole, _, cents = written.partition(b".")
    if whole.isdigit() and cents.isdigit() and len(cents) == 2 and len(whole) <= 15:
        # Nearly all of them, in half the time.
        return Decimal(written.decode())
    match = _AMOUNT.fullmatch(written)
    if match is None:
        return None
    whole, cents = match.groups(b"")
    if not cents and whole in (b"", b"-"):
        return None
    return Decimal(int(whole + cents.ljust(2, b"0"))) * _CENT


def day(written: bytes) -> date | None:
    """A day written as CCYYMMDD; None for what is no day of the calendar, or of an age that had no claims."""
    match = _DAY.fullmatch(written)
    if match is None or int(match[1]) < _FIRST_YEAR:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def code(written: bytes) -> str:
    """A group or reason code, a qualifier, a modifier."""
    return text(written).strip()


def procedure(parts: tuple[bytes, ...]) -> tuple[str, str, tuple[str, ...]]:
    """Qualifier, code and modifiers of SVC01 or SVC06, from its components; blank for what is not there."""
    codes = joined_parts(code(parts[0])) if len(parts) == 1 else [code(part) for part in parts]
    qualifier, name, *modifiers = codes if len(codes) > 1 else ("", codes[0])
    return qualifier, name, tuple([one for one in modifiers[:4] if one])


def person(elements: tuple[bytes, ...]) -> RemitPerson:
    """Names and number of an NM1."""
    last_name, first_name, identifier = (b"".join(elements[place : place + 1]) for place in (2, 3, 8))
    return RemitPerson(
        last_name=code(last_name) or None, first_name=code(first_name) or None, identifier=code(identifier) or None
    )


def joined_parts(written: str) -> list[str]:
    """The components of a composite that was not taken apart, if that is what it is; else the text alone."""
    match = _JOINED.fullmatch(written)
    return [match[1], *match[3].split(match[2])] if match else [written]


def adjustments(elements: tuple[bytes, ...]) -> tuple[RemitAdjustment, ...]:
    """A CAS: up to six times reason, dollars and units of one group. Raises Unreadable when a part is missing."""
    made: list[RemitAdjustment] = []
    group = code(elements[0]) if elements else ""
    for place in range(1, len(elements), 3):
        carc, written, units = (*elements[place : place + 3], b"", b"")[:3]
        carc, written, units = carc.strip(), written.strip(), units.strip()
        amount, quantity = dollars(written) if written else None, number(units) if units else None
        if amount is None and written:
            raise Unreadable("an amount of an adjustment (CAS) is no amount in dollars and cents")
        if quantity is None and units:
            raise Unreadable("the units of an adjustment (CAS) are no number")
        if group and carc and amount is not None:
            made.append(_adjustment({"group": group, "carc": text(carc), "amount": amount, "quantity": quantity}))
        elif carc or written:
            raise Unreadable("an adjustment (CAS) lacks its group, its reason or its amount")
    return tuple(made)


def number(written: bytes) -> Decimal | None:
    """Units: a decimal number as it is written, None for all else (X12's data type R, without its exponent)."""
    return Decimal(written.decode()) if _NUMBER.fullmatch(written) else None


def blank(model: type[Frozen]) -> dict[str, Any]:
    """The fields of this model, those that may be left out with what stands for it."""
    return {name: field.default for name, field in model.model_fields.items()}
