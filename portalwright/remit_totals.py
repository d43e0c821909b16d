"""What a payment comes to: charges, payments and adjustments of all its claims added up, by their codes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from flows.remittance import Balance, Remittance


@dataclass(frozen=True)
class RemitTotals:
    """The sums of one payment in dollars, with the signs of its document (a provider adjustment takes when positive).

    `adjustments` has group and reason as its key ("CO-45"), of claims and lines together; `provider_adjustments` the
    reason of PLB ("WO"). `paid` is what the claims are paid in all, `payment` what was sent.
    """

    payment: Decimal
    trace: str
    billed: Decimal
    paid: Decimal
    adjustments: Mapping[str, Decimal]
    provider_adjustments: Mapping[str, Decimal]
    claims: int
    lines: int
    balance: Balance

    @property
    def as_json(self) -> dict[str, Any]:
        """For programs: amounts as texts, so that none of them is rounded."""
        return {
            "payment": _text(self.payment),
            "trace": self.trace,
            "billed": _text(self.billed),
            "paid": _text(self.paid),
            "adjustments": {reason: _text(amount) for reason, amount in self.adjustments.items()},
            "provider_adjustments": {reason: _text(amount) for reason, amount in self.provider_adjustments.items()},
            "claims": self.claims,
            "lines": self.lines,
            "balanced": self.balance.model_dump(),
        }


def remit_totals(remittance: Remittance) -> RemitTotals:
    """Add up a payment. Adjustments are in the order of their codes."""
    adjustments: defaultdict[str, Decimal] = defaultdict(Decimal)
    provider_adjustments: defaultdict[str, Decimal] = defaultdict(Decimal)
    for claim in remittance.claims:
        for adjustment in chain(claim.adjustments, *(line.adjustments for line in claim.lines)):
            adjustments[f"{adjustment.group}-{adjustment.carc}"] += adjustment.amount
    for taken in remittance.provider_adjustments:
        provider_adjustments[taken.reason] += taken.amount
    return RemitTotals(
        payment=remittance.amount,
        trace=remittance.trace,
        billed=sum((claim.billed for claim in remittance.claims), Decimal(0)),
        paid=sum((claim.paid for claim in remittance.claims), Decimal(0)),
        adjustments=dict(sorted(adjustments.items())),
        provider_adjustments=dict(sorted(provider_adjustments.items())),
        claims=len(remittance.claims),
        lines=sum(len(claim.lines) for claim in remittance.claims),
        balance=remittance.balance,
    )


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"
