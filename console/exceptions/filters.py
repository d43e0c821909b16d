"""Which exceptions the list shows and in which order, as the address of the page says it. No patient stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flows.outcomes import Code, Family
from ledger.cases_values import Key, Order, Standing, Wanted

MINE, NOBODYS = "mine", "nobodys"
_LONGEST = 100
_MOST_DOLLARS = Decimal(10**9)
_DIGITS = 19
"""So many digits no row's number has, and no database could look for them."""

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Filters:
    """What was asked for, as it was written; what cannot be understood leaves nothing out, and `wrong` says so."""

    given: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """For an address: the same list again, from its beginning."""
        return urlencode(self.given)

    def but(self, **other: str) -> str:
        """For an address: the same list, but for these; "" leaves one out."""
        return urlencode({name: value for name, value in {**self.given, **other}.items() if value})

    def get(self, name: str) -> str:
        """What was written in this field."""
        return self.given.get(name, "")

    @property
    def narrows(self) -> bool:
        """Is anything left out, beside what stands on another tab?"""
        return bool(self.given.keys() - {"state", "sort", "owner"})

    def wanted(self, account_id: int, people: Mapping[str, int], *, incidents_only: bool) -> Wanted:
        """For the ledger. `people` are the accounts of the practice by name; the reader is `account_id`."""
        owner = self.get("owner")
        money, due = self.get("money"), self.get("due")
        return Wanted(
            standing=_one_of(Standing, self.get("state")) or Standing.OPEN,
            order=_one_of(Order, self.get("sort")) or Order.DUE,
            incidents_only=incidents_only,
            portal=self.get("portal") or None,
            family=_one_of(Family, self.get("family")),
            code=_one_of(Code, self.get("code")),
            queue=self.get("queue") or None,
            role=self.get("role") or None,
            owner=account_id if owner == MINE else people.get(owner),
            nobodys=owner == NOBODYS,
            stops=bool(self.get("stops")),
            money_at_least=Decimal(money) if money and "money" not in self.wrong and not incidents_only else None,
            due_before=date.fromisoformat(due) if due and "due" not in self.wrong else None,
            like=int(self.get("like")) if self.get("like") else None,
        )


_NAMES = ("state", "sort", "portal", "family", "code", "queue", "role", "owner", "stops", "money", "due", "like")


def read(asked: Mapping[str, str]) -> Filters:
    """The filters of an address, without those that leave nothing out."""
    given = {name: value for name in _NAMES if (value := asked.get(name, "").strip()[:_LONGEST])}
    if not (given.get("like", "1").isdecimal() and len(given.get("like", "1")) < _DIGITS):
        del given["like"]
    wrong = {}
    if "money" in given and not _is_amount(given["money"]):
        wrong["money"] = "An amount in dollars, such as 250 or 99.50."
    if "due" in given and not _is_day(given["due"]):
        wrong["due"] = "A day, such as 2026-03-31."
    return Filters(given, wrong)


def place_of(asked: Mapping[str, str]) -> Key | None:
    """Where the page begins; None at the beginning of the list, and for what is no place."""
    parts = asked.get("after", "").split("~")
    if len(parts) != 3 or not all(one.isdecimal() and len(one) < _DIGITS for one in parts[1:]):
        return None
    return Key(parts[0], int(parts[1]), int(parts[2]))


def written(place: Key) -> str:
    """The same, for an address."""
    return f"{place.place}~{place.cents}~{place.case_id}"


def _one_of(choices: type[Choice], text: str) -> Choice | None:
    return choices(text) if text in list(choices) else None


def _is_amount(text: str) -> bool:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return False
    return amount.is_finite() and 0 <= amount <= _MOST_DOLLARS and amount == round(amount, 2)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
