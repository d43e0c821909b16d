"""A balance split into dated instalments that add up to it to the cent, and how far they have been paid."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import islice

from flows.values import Frozen

_CENT = Decimal("0.01")
_MOST_INSTALMENTS = 120
"""Ten years of months: more is a mistake at the keyboard."""


class Every(StrEnum):
    """How far apart the instalments are."""

    MONTH = "month"
    TWO_WEEKS = "two-weeks"
    WEEK = "week"


class Instalment(Frozen):
    """So many dollars (always more than none), to be paid by this day. `number` counts from 1."""

    number: int
    due_on: date
    amount: Decimal


class Standing(StrEnum):
    """How an instalment stands today."""

    PAID = "paid"
    PART_PAID = "part paid"
    DUE = "due"
    LATE = "late"
    """Not paid in full, and its day is over."""


class InstalmentStanding(Frozen):
    """An instalment, and how much of it is paid, in dollars."""

    instalment: Instalment
    paid: Decimal
    standing: Standing


class PlanImpossible(Exception):
    """Why a balance cannot be split like that, in a sentence for whoever asked."""


def in_so_many(balance: Decimal, count: int, first: date, every: Every) -> tuple[Instalment, ...]:
    """So many instalments that differ by a cent at most, the larger ones first. Raises PlanImpossible."""
    cents = _cents(balance)
    if not 1 <= count <= _MOST_INSTALMENTS:
        raise PlanImpossible(f"A plan has 1 to {_MOST_INSTALMENTS} instalments.")
    if cents < count:
        raise PlanImpossible("The balance is too small for so many instalments.")
    each, rest = divmod(cents, count)
    return _dated([each + (place < rest) for place in range(count)], first, every)


def of_so_much(balance: Decimal, amount: Decimal, first: date, every: Every) -> tuple[Instalment, ...]:
    """Instalments of this amount; the last one is what is left. Raises PlanImpossible."""
    cents, each = _cents(balance), _cents(amount)
    whole, rest = divmod(cents, each)
    if whole + bool(rest) > _MOST_INSTALMENTS:
        raise PlanImpossible(f"That would be more than {_MOST_INSTALMENTS} instalments.")
    return _dated([each] * whole + [rest] * bool(rest), first, every)


def followed(instalments: Sequence[Instalment], paid: Decimal, today: date) -> tuple[InstalmentStanding, ...]:
    """How each instalment stands when so many dollars were paid in all: the oldest one is paid first."""
    left = max(paid, Decimal(0))
    standings = []
    for instalment in instalments:
        covered = min(left, instalment.amount)
        left -= covered
        standings.append(
            InstalmentStanding(instalment=instalment, paid=covered, standing=_standing(instalment, covered, today))
        )
    return tuple(standings)


def _standing(instalment: Instalment, covered: Decimal, today: date) -> Standing:
    if covered == instalment.amount:
        return Standing.PAID
    if instalment.due_on < today:
        return Standing.LATE
    return Standing.PART_PAID if covered else Standing.DUE


def _dated(amounts: Sequence[int], first: date, every: Every) -> tuple[Instalment, ...]:
    return tuple(
        Instalment(number=number, due_on=day, amount=Decimal(cents) * _CENT)
        for number, (cents, day) in enumerate(zip(amounts, islice(_days(first, every), len(amounts)), strict=True), 1)
    )


def _days(first: date, every: Every) -> Iterator[date]:
    """The first day and those after it. A month that is too short has its last day instead, and the next one the
    first day's again: 31 January, 28 February, 31 March."""
    for place in range(_MOST_INSTALMENTS):
        if every is Every.MONTH:
            years, month = divmod(first.month - 1 + place, 12)
            year = first.year + years
            yield date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
        else:
            yield first + timedelta(weeks=place * (2 if every is Every.TWO_WEEKS else 1))


def _cents(dollars: Decimal) -> int:
    cents = dollars / _CENT
    if cents != int(cents) or cents <= 0:
        raise PlanImpossible("An amount is dollars and whole cents, and more than nothing.")
    return int(cents)
