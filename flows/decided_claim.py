"""A claim as the payer has decided it, and what of it was denied: from its page at the portal, or from a remittance."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

from flows.answers import Adjustment, ClaimState
from flows.remittance import RemitClaim
from flows.values import Frozen

_ZERO = Decimal("0.00")
_CATEGORIES = {"1": "F1", "2": "F1", "3": "F1", "4": "F2", "19": "F1", "20": "F1", "21": "F1", "22": "F3", "23": "F3F"}
"""Claim status codes of a remittance (CLP02) as claim status categories; 4 is denied, 22 a reversal."""


class DecidedLine(Frozen):
    """One service line. `number` is the line's as the payer numbers it; dollars, None where nothing is shown."""

    number: str
    procedure: str
    billed: Decimal
    allowed: Decimal | None = None
    paid: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()

    def denied_amount(self, no_denial: Collection[str]) -> Decimal:
        """What was taken off by adjustments that deny; `no_denial` are the reason codes that never do."""
        return denied(self.adjustments, no_denial)

    @property
    def unexplained(self) -> Decimal:
        """What was neither paid nor taken off by an adjustment of this line."""
        if self.adjustments:
            return self.billed - (self.paid or _ZERO) - sum((one.amount for one in self.adjustments), _ZERO)
        return (self.allowed or self.billed) - (self.paid or _ZERO)


class DecidedClaim(Frozen):
    """A claim with the payer's decision. `category` is a claim status category; `decided_on` the day of the notice.

    `adjustments` and `remark_codes` are those of the claim as a whole.
    """

    source: Literal["claim-status", "remittance"]
    payer_claim_number: str
    category: str
    billed: Decimal
    paid: Decimal | None = None
    lines: tuple[DecidedLine, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    decided_on: date | None = None
    appeal_allowed: bool | None = None
    """What the portal's page says about it, where it says anything."""

    @property
    def says_why(self) -> bool:
        """Is there any adjustment reason at all?"""
        return bool(self.adjustments) or any(line.adjustments for line in self.lines)


def denied(adjustments: Iterable[Adjustment], no_denial: Collection[str]) -> Decimal:
    """Dollars of the adjustments that deny; less than nothing where a denial was taken back."""
    return sum((one.amount for one in adjustments if one.carc not in no_denial), _ZERO)


def of_claim_status(state: ClaimState) -> DecidedClaim:
    """The decision as the claim's page at the portal shows it."""
    return DecidedClaim(
        source="claim-status",
        payer_claim_number=state.payer_claim_number,
        category=state.category,
        billed=state.billed,
        paid=state.paid,
        lines=tuple(
            DecidedLine(
                number=str(line.number),
                procedure=line.procedure,
                billed=line.billed,
                allowed=line.allowed,
                paid=line.paid,
                adjustments=line.adjustments,
                remark_codes=line.remark_codes,
            )
            for line in state.lines
        ),
        adjustments=state.adjustments,
        remark_codes=state.remark_codes,
        decided_on=state.finalised_date,
        appeal_allowed=state.appeal_allowed,
    )


def of_remittance(claim: RemitClaim, notice: date | None) -> DecidedClaim | None:
    """The decision as a remittance of that day tells it; None without a payer's claim number or an amount of a line."""
    if claim.payer_claim_number is None or any(line.billed is None for line in claim.lines):
        return None
    return DecidedClaim(
        source="remittance",
        payer_claim_number=claim.payer_claim_number,
        category=_CATEGORIES.get(claim.status, "F0"),
        billed=claim.billed,
        paid=claim.paid,
        lines=tuple(
            DecidedLine(
                number=str(line.number),
                procedure=line.procedure,
                billed=line.billed or _ZERO,
                allowed=line.allowed,
                paid=line.paid,
                adjustments=tuple(
                    Adjustment(group=one.group, carc=one.carc, amount=one.amount) for one in line.adjustments
                ),
                remark_codes=line.remark_codes,
            )
            for line in claim.lines
        ),
        adjustments=tuple(Adjustment(group=one.group, carc=one.carc, amount=one.amount) for one in claim.adjustments),
        remark_codes=claim.remark_codes,
        decided_on=notice,
    )


def with_reasons_of(page: DecidedClaim, remitted: DecidedClaim) -> DecidedClaim:
    """The page's decision with the remittance's reasons, where the page says none and both tell of the same decision.

    Many portals show that a line was not paid, and leave the reason to the remittance.
    """
    same = (page.payer_claim_number, page.billed, page.paid or _ZERO, _money(page)) == (
        remitted.payer_claim_number,
        remitted.billed,
        remitted.paid or _ZERO,
        _money(remitted),
    )
    if page.says_why or not same:
        return page
    lines = tuple(
        line.model_copy(
            update={
                "adjustments": told.adjustments,
                "remark_codes": tuple(dict.fromkeys((*line.remark_codes, *told.remark_codes))),
            }
        )
        for line, told in zip(page.lines, remitted.lines, strict=True)
    )
    return page.model_copy(
        update={
            "lines": lines,
            "adjustments": remitted.adjustments,
            "remark_codes": tuple(dict.fromkeys((*page.remark_codes, *remitted.remark_codes))),
            "decided_on": min(filter(None, (page.decided_on, remitted.decided_on)), default=None),
        }
    )


def _money(claim: DecidedClaim) -> list[tuple[Decimal, Decimal]]:
    return [(line.billed, line.paid or _ZERO) for line in claim.lines]
