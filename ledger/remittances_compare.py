"""Two documents with one trace and amount: are they the same payer's, and do they say exactly the same?"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

from flows.matching import letters
from flows.remittance import Party, Remittance
from ledger.matching_keys import number_key

_DAYS_APART = timedelta(days=5)


@dataclass(frozen=True)
class PaidBy:
    """Who paid and when, as one document says it."""

    originator: str | None
    payer: Party
    paid_on: date | None


class Payer(Enum):
    """Is the payer of two payments the same?"""

    SAME = auto()
    PERHAPS = auto()
    OTHER = auto()


def same_payer(one: PaidBy, other: PaidBy, *, same_portal: bool) -> Payer:
    """Could both come from one payer, when the trace is the same already?

    An identifier of one kind that both have and that is equal decides, and so does the name. Where identifiers differ,
    they are two payers, unless both gave it to one portal or paid in the same days: then only a person can tell. Where
    nothing can be compared (a paper form has only a name), portal or days decide.
    """
    known = [
        (number_key(first), number_key(second))
        for first, second in (
            (one.originator, other.originator),
            (one.payer.identifier, other.payer.identifier),
            (one.payer.tin, other.payer.tin),
        )
        if number_key(first) and number_key(second)
    ]
    if any(first == second for first, second in known) or _same_name(one.payer, other.payer):
        return Payer.SAME
    if same_portal or _same_days(one.paid_on, other.paid_on):
        return Payer.PERHAPS if known else Payer.SAME
    return Payer.OTHER


def _same_name(one: Party, other: Party) -> bool:
    first, second = letters(one.name or ""), letters(other.name or "")
    return bool(first and second) and (first in second or second in first)


def _same_days(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= _DAYS_APART


def repeats(new: Remittance, old: Remittance) -> bool:
    """Do both say exactly the same? Only when the file was produced does not count."""
    return new.model_copy(update={"production_date": None}) == old.model_copy(update={"production_date": None})
