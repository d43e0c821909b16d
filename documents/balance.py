"""Does a remittance add up, on every line, on every claim and as a whole? The formulas of TR3 005010X221A1, 1.10.2.1.

- line: charge (SVC02) less its adjustments (CAS) is what is paid (SVC03);
- claim: charge (CLP03) less all adjustments, its own and those of its lines, is what is paid (CLP04);
- payment: what is paid for all claims less the provider-level adjustments (PLB) is the payment (BPR02). A positive
  provider-level adjustment takes money away.

A claim without lines has no line to balance; its own adjustments must explain it. A reversal (22) follows the same
formulas with its signs turned round, and so does a predetermination (25): it pays nothing, and an adjustment of its own
(CARC 101) takes back what its lines promise. Amounts beside these (allowed, interest or sequestration in AMT) do not
enter: they only repeat what CAS and PLB hold. A line whose charge or payment the file leaves out does not balance;
without any other operand a remittance is not read at all.
"""

from collections.abc import Sequence
from decimal import Decimal

from flows.remittance import Balance, ProviderAdjustment, RemitClaim

_MOST_TOLD = 20
_ZERO = Decimal(0)


def balance(
    claims: Sequence[RemitClaim], provider_adjustments: Sequence[ProviderAdjustment], amount: Decimal
) -> tuple[Balance, tuple[str, ...]]:
    """The three levels, and where they do not hold in words without a value of the file. Dollars; `amount` is BPR02."""
    line_faults: list[str] = []
    claim_faults: list[str] = []
    paid = _ZERO
    for claim in claims:
        left = claim.billed - claim.paid
        for adjustment in claim.adjustments:
            left -= adjustment.amount
        for line in claim.lines:
            off = _ZERO
            for adjustment in line.adjustments:
                off += adjustment.amount
            left -= off
            if line.billed is None or line.paid is None:
                line_faults.append(
                    f"line {line.number} of claim {claim.number}: its charge or what is paid is not there"
                )
            elif line.billed - off != line.paid:
                line_faults.append(
                    f"line {line.number} of claim {claim.number}: charge less adjustments is not what is paid"
                )
        if left:
            claim_faults.append(f"claim {claim.number}: charge less adjustments is not what is paid")
        paid += claim.paid
    taken = sum((adjustment.amount for adjustment in provider_adjustments), _ZERO)
    whole = paid - taken == amount
    faults = [] if whole else ["what is paid for the claims less provider-level adjustments is not the payment"]
    faults += _first(claim_faults, "claims") + _first(line_faults, "lines")
    return Balance(line=not line_faults, claim=not claim_faults, transaction=whole), tuple(faults)


def _first(faults: list[str], what: str) -> list[str]:
    more = len(faults) - _MOST_TOLD
    return faults if more <= 0 else [*faults[:_MOST_TOLD], f"{more} more {what} likewise"]
