"""Do two sources of one payment, its 835 and its EOB or two copies, say the same?"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from flows.remittance import RemitClaim, Remittance

_NO_ACCOUNT = frozenset({"", "0"})
"""What stands in CLP01 where the payer did not keep the office's number."""

_MOST_TOLD = 20


def differences(leading: Remittance, other: Remittance) -> tuple[str, ...]:
    """Where they say something else, in our words: claims by their place in `leading`, and no value of either.

    What one of them does not show is no difference: a form on paper says less than an 835. Claims are the same when the
    payer's claim number or the account number is; of several such (a reversal and its correction) the one that differs
    least, and each is taken once. Amounts are compared to the cent.
    """
    found = list(_differences(leading, other))
    more = len(found) - _MOST_TOLD
    return tuple(found if more <= 0 else [*found[:_MOST_TOLD], f"{more} more places"])


def _differences(leading: Remittance, other: Remittance) -> Iterator[str]:
    if leading.amount != other.amount:
        yield "the amount of the payment"
    if leading.paid_on and other.paid_on and leading.paid_on != other.paid_on:
        yield "the day of the payment"
    if _taken(leading) != _taken(other):
        yield "the provider adjustments"
    left = list(other.claims)
    for claim in leading.claims:
        same = min(
            (one for one in left if _numbers(one) & _numbers(claim)),
            key=lambda one: len(list(_claim_differences(claim, one))),
            default=None,
        )
        if same is None:
            yield f"claim {claim.number}, which only one of them has"
            continue
        left.remove(same)
        yield from (f"{what} of claim {claim.number}" for what in _claim_differences(claim, same))
    if left:
        yield f"{len(left)} more claim{'s' if len(left) > 1 else ''}, which only one of them has"


def _taken(remittance: Remittance) -> Decimal:
    return sum((each.amount for each in remittance.provider_adjustments), Decimal(0))


def _numbers(claim: RemitClaim) -> set[tuple[str, str]]:
    """By what a claim is known again."""
    known = set()
    if claim.patient_account_number not in _NO_ACCOUNT:
        known.add(("account", claim.patient_account_number))
    if claim.payer_claim_number:
        known.add(("claim", claim.payer_claim_number))
    return known


def _claim_differences(ours: RemitClaim, theirs: RemitClaim) -> Iterator[str]:
    for name, what in (
        ("billed", "the charge"),
        ("paid", "the payment"),
        ("patient_responsibility", "the patient responsibility"),
        ("allowed", "the allowed amount"),
        ("service_from", "the first service day"),
        ("service_to", "the last service day"),
    ):
        shown, shown_there = getattr(ours, name), getattr(theirs, name)
        if shown is not None and shown_there is not None and shown != shown_there:
            yield what
    if ours.lines and theirs.lines and [line.paid for line in ours.lines] != [line.paid for line in theirs.lines]:
        yield "the payments of the lines"
    adjusted, adjusted_there = _adjusted(ours), _adjusted(theirs)
    if adjusted and adjusted_there and adjusted != adjusted_there:
        yield "the adjustments"


def _adjusted(claim: RemitClaim) -> Mapping[tuple[str, str], Decimal]:
    """Dollars by group and reason, of claim and lines together: forms on paper often tell them at the claim only."""
    sums: dict[tuple[str, str], Decimal] = {}
    for each in (*claim.adjustments, *(one for line in claim.lines for one in line.adjustments)):
        sums[each.group, each.carc] = sums.get((each.group, each.carc), Decimal(0)) + each.amount
    return {code: amount for code, amount in sums.items() if amount}
