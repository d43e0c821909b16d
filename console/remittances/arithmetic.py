"""Does a payment add up? The formulas of DOMAIN 2.3, number by number, as a person would check them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from flows.codes import CodeSet, words
from flows.remittance import RemitAdjustment, RemitClaim, RemitLine
from ledger.remittances_page import PaymentHead

_ZERO = Decimal(0)

STATUS_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "1": "processed as primary",
        "2": "processed as secondary",
        "3": "processed as tertiary",
        "4": "denied",
        "19": "processed as primary, and forwarded",
        "20": "processed as secondary, and forwarded",
        "21": "processed as tertiary, and forwarded",
        "22": "taken back",
        "23": "not theirs, forwarded",
        "25": "predetermination, no payment",
    }
)
"""CLP02 in plain words (DOMAIN 2.3)."""


@dataclass(frozen=True)
class Sum:
    """`whole` less `taken` should be `left`. None where the payer leaves an amount out. Dollars."""

    whole: Decimal | None
    taken: Decimal
    left: Decimal | None

    @property
    def off(self) -> Decimal | None:
        """By how much it does not add up; None where that cannot be said."""
        return None if self.whole is None or self.left is None else self.whole - self.taken - self.left

    @property
    def holds(self) -> bool:
        """Does it add up?"""
        return self.off == 0


@dataclass(frozen=True)
class Said:
    """One adjustment in the words of people: its code, what the code means, dollars, units taken off."""

    code: str
    means: str
    amount: Decimal
    quantity: Decimal | None


def of_payment(head: PaymentHead) -> Sum:
    """What the claims are paid, less what is taken beside them, is the payment."""
    taken = sum((one.amount for one in head.provider_adjustments), _ZERO)
    return Sum(head.sums.paid, taken, head.record.amount)


def of_claim(claim: RemitClaim) -> Sum:
    """What was billed, less all adjustments of the claim and of its lines, is what is paid."""
    taken = _taken(claim.adjustments) + sum((_taken(line.adjustments) for line in claim.lines), _ZERO)
    return Sum(claim.billed, taken, claim.paid)


def of_line(line: RemitLine) -> Sum:
    """What was billed for the line, less its adjustments, is what is paid for it."""
    return Sum(line.billed, _taken(line.adjustments), line.paid)


def in_words(adjustments: Iterable[RemitAdjustment]) -> list[Said]:
    """Each with what its codes mean."""
    return [
        Said(
            code=f"{one.group}-{one.carc}",
            means="; ".join(filter(None, (words(CodeSet.GROUP, one.group), words(CodeSet.CARC, one.carc)))),
            amount=one.amount,
            quantity=one.quantity,
        )
        for one in adjustments
    ]


def remark_words(code: str) -> str:
    """What a remark code means, in plain words; "" for one that we have none for."""
    return words(CodeSet.RARC, code)


def taken_beside_words(reason: str) -> str:
    """What the reason of a provider adjustment (PLB) means."""
    return words(CodeSet.PLB, reason)


def _taken(adjustments: Iterable[RemitAdjustment]) -> Decimal:
    return sum((one.amount for one in adjustments), _ZERO)
