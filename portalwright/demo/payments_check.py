"""Do the remittances add up? Compares every payment in the ledger, to the cent, with what a practice payer paid."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flows.remittance import RemitClaim, RemitLine, Remittance
from flows.values import Frozen

Truth = Mapping[str, Any]


class WrongPayment(Frozen):
    """A payment that is not the truth: its trace, and the names of the facts that differ."""

    trace: str
    facts: tuple[str, ...]


def wrong_payments(
    found: Iterable[Remittance],
    truth: Truth,
    *,
    answered_for: Collection[str] | None = None,
    paid_from: date,
    paid_to: date,
) -> tuple[WrongPayment, ...]:
    """Every payment of these days that the truth does not bear out, and every one that is missing.

    A payment whose documents the payer never made, or of which only a scan exists, is not expected. `answered_for` are
    the NPIs of the providers whose question was answered, who alone can miss a payment; all when left out.
    """
    expected = {
        one["trace"]: one
        for one in truth["remittances"]
        if one["expect"] in ("loaded", "flagged") and paid_from <= date.fromisoformat(one["paid_on"]) <= paid_to
    }
    wrong = []
    seen = set()
    for said in found:
        true = expected.get(said.trace)
        facts = ["nobody paid this"] if true is None else list(_differences(said, true))
        facts += ["twice"] if said.trace in seen else []
        seen.add(said.trace)
        if facts:
            wrong.append(WrongPayment(trace=said.trace, facts=tuple(dict.fromkeys(facts))))
    missing = (
        WrongPayment(trace=trace, facts=("missing",))
        for trace in sorted(expected.keys() - seen)
        if answered_for is None or expected[trace]["payee_npi"] in answered_for
    )
    return (*wrong, *missing)


def _differences(said: Remittance, true: Mapping[str, Any]) -> Iterator[str]:
    if said.amount != Decimal(true["amount"]):
        yield "amount"
    if said.paid_on != date.fromisoformat(true["paid_on"]):
        yield "payment date"
    if said.balance.whole != (true["mistake"] is None):
        yield "balance"
    if true["mistake"] is not None:
        return  # the payer's documents are wrong in their lines, and the truth is not
    taken = sorted((one.reason, one.amount) for one in said.provider_adjustments)
    if taken != sorted((one["reason"], Decimal(one["amount"])) for one in true["provider_adjustments"]):
        yield "provider adjustments"
    claims = [_claim(one) for one in said.claims]
    known = [_true_claim(one) for one in true["claims"]]
    if sorted(claims, key=repr) != sorted(known, key=repr):
        yield "claims"


def _claim(one: RemitClaim) -> tuple[object, ...]:
    return (
        one.payer_claim_number,
        one.patient_account_number,
        one.billed,
        one.paid,
        one.patient_responsibility or Decimal("0.00"),
        tuple(_line(line) for line in one.lines),
    )


def _true_claim(one: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        one["payer_claim_number"],
        one["patient_account_number"],
        Decimal(one["billed"]),
        Decimal(one["paid"]),
        Decimal(one["patient_responsibility"]),
        tuple(_true_line(line) for line in one["lines"]),
    )


def _line(one: RemitLine) -> tuple[object, ...]:
    adjustments = tuple(sorted((each.group, each.carc, each.amount) for each in one.adjustments))
    return one.procedure, one.billed, one.paid, adjustments


def _true_line(one: Mapping[str, Any]) -> tuple[object, ...]:
    adjustments = tuple(sorted((each["group"], each["carc"], Decimal(each["amount"])) for each in one["adjustments"]))
    return one["procedure"], Decimal(one["billed"]), Decimal(one["paid"]), adjustments
