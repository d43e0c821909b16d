"""Was less allowed than the contract gives? A payer's decision beside the office's own fee schedule.

Nothing is called underpaid that cannot be compared: a modifier that changes the price needs a price of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from flows.routing_rules import About, Finding
from flows.values import Frozen

PRICE_MODIFIERS = frozenset(
    {
        "22", "26", "50", "51", "52", "53", "54", "55", "56", "62", "66", "73", "74", "78", "80", "81", "82", "AA",
        "AD", "AS", "NU", "QK", "QX", "QY", "QZ", "RR", "TC", "UE",
    }
)  # fmt: skip
"""Modifiers that change what a service is paid (part of a service, several at once, a second surgeon, rental)."""

_CENT = Decimal("0.01")


class Fee(Frozen):
    """What a contract gives for one unit, in dollars, on the days `begins` to `ends` (None: until further notice).

    `modifier` "" is the service without one that changes its price; `npi` None holds for every provider.
    """

    procedure: str
    modifier: str = ""
    amount: Decimal
    begins: date
    ends: date | None = None
    npi: str | None = None

    def holds_on(self, day: date) -> bool:
        """Does this price count for a service of that day?"""
        return self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a payer allowed for a service line, in dollars; None where it does not say."""

    line: int
    procedure: str
    modifiers: tuple[str, ...]
    units: Decimal | None
    billed: Decimal
    allowed: Decimal | None
    service_date: date | None = None


FeesOf = Callable[[str], Iterable[Fee]]
"""By procedure code: the prices that the office has for it at this payer, for this provider before those for all."""


def underpaid(lines: Iterable[Allowed], fees_of: FeesOf, service_date: date) -> Iterator[Finding]:
    """Each line for which less was allowed than the contract gives; `service_date` is the claim's, for lines without.

    The contract gives the lesser of its price and the charge. A line of which nothing was allowed was denied: that is
    no matter of price. Several price modifiers on one line have no single price, and are not compared.
    """
    for line in lines:
        if not line.allowed or line.allowed <= 0:
            continue
        fee = _fee(line, fees_of, line.service_date or service_date)
        if fee is None:
            continue
        units = Decimal(1) if line.units is None else line.units
        contract = min((fee.amount * units).quantize(_CENT, ROUND_HALF_UP), line.billed)
        short = contract - line.allowed
        if short > 0:
            yield Finding(
                about=About.UNDERPAID,
                amount=short,
                line=line.line,
                says=f"Line {line.line}: {line.allowed:,.2f} allowed, {contract:,.2f} by contract.",
            )


def _fee(line: Allowed, fees_of: FeesOf, day: date) -> Fee | None:
    changing = [modifier for modifier in line.modifiers if modifier in PRICE_MODIFIERS]
    if len(changing) > 1:
        return None
    wanted = changing[0] if changing else ""
    return next((fee for fee in fees_of(line.procedure) if fee.modifier == wanted and fee.holds_on(day)), None)
