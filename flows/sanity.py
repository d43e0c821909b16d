"""Does an answer add up? Money, dates and category are held against each other before it is believed.

Balancing follows the 835's own rules (X12 835 TR3 1.10.2; DOMAIN 2.3): billed minus adjustments is paid, on each line
and over the claim.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from flows.answers import Adjustment, ClaimState, Line

NO_DENIAL = frozenset({"1", "2", "3", "23", "24", "45", "253"})
"""Reason codes that raise no denial: cost share, prior payer, capitation, fee schedule, sequestration (DOMAIN 3.4)."""

_ZERO = Decimal(0)


def contradictions(state: ClaimState, today: date) -> tuple[str, ...]:
    """What does not add up, each as a short sentence of ours without a value; empty when all is well."""
    return (
        *_line_sums(state),
        *_balances(state),
        *_patient_part(state),
        *_category_and_money(state),
        *_dates(state, today),
    )


def settled_category(state: ClaimState) -> str | None:
    """The category after money and lines have spoken, where the status text alone says only "finalised" (F0).

    F1 when something was paid; F2 when every line was denied; F4 when nothing was denied and nothing is to pay. While
    the page shows nothing at all of how it was decided, F0 is what the payer says: finalised, details to follow. None
    when it is a mixture or only a part is shown: then a person decides.
    """
    if state.category != "F0":
        return state.category
    if not _shows_decision(state):
        return "F0"
    if state.paid is None:
        return None
    if state.paid > _ZERO:
        return "F1"
    parts = [line.adjustments for line in state.lines] or [state.adjustments]
    if state.paid < _ZERO or not all(parts):
        return None
    denied = [any(denies(adjustment) for adjustment in part) for part in parts]
    if all(denied):
        return "F2"
    return None if any(denied) else "F4"


def _shows_decision(state: ClaimState) -> bool:
    """Does the page show any part of what was decided: an amount beyond the charge, an adjustment, a payment?"""
    shown: list[object] = [state.allowed, state.paid, state.patient_responsibility.total]
    shown += [amount for line in state.lines for amount in (line.allowed, line.paid)]
    if state.payment is not None:
        shown += [state.payment.method, state.payment.number, state.payment.paid_on, state.payment.amount]
    return any(part is not None for part in shown) or bool(_all_adjustments(state))


def denies(adjustment: Adjustment) -> bool:
    """Does the adjustment say that something is not paid which could have been?"""
    return adjustment.carc not in NO_DENIAL and adjustment.amount != _ZERO


def _line_sums(state: ClaimState) -> Iterator[str]:
    if not state.lines:
        return
    if _total(line.billed for line in state.lines) != state.billed:
        yield "The lines' charges do not add up to the claim's charge."
    for what, of_claim, of_lines in (
        ("payments", state.paid, [line.paid for line in state.lines]),
        ("allowed amounts", state.allowed, [line.allowed for line in state.lines]),
    ):
        shown = [amount for amount in of_lines if amount is not None]
        if of_claim is not None and shown and (len(shown) < len(of_lines) or _total(shown) != of_claim):
            yield f"The lines' {what} do not add up to the claim's."


def _balances(state: ClaimState) -> Iterator[str]:
    for line in state.lines:
        if not _line_balances(line):
            yield f"Line {line.number}: charge less adjustments is not what was paid."
    adjustments = _all_adjustments(state)
    if state.paid is not None and adjustments and state.billed - _total(a.amount for a in adjustments) != state.paid:
        yield "The claim's charge less all adjustments is not what was paid."
    if (
        state.paid is not None
        and not adjustments
        and state.category in {"F1", "F2", "F4"}
        and state.paid != state.billed
    ):
        yield "Less than the charge was paid and no adjustment says why."


def _line_balances(line: Line) -> bool:
    if line.paid is None or not line.adjustments:
        return True
    return line.billed - _total(adjustment.amount for adjustment in line.adjustments) == line.paid


def _patient_part(state: ClaimState) -> Iterator[str]:
    owed = state.patient_responsibility
    parts = [owed.deductible, owed.coinsurance, owed.copay, owed.noncovered]
    if owed.total is None:
        return
    shown = [part for part in parts if part is not None]
    if shown and _total(shown) != owed.total:
        yield "The parts of the patient's responsibility do not add up to its total."
    adjustments = _all_adjustments(state)
    if adjustments and _total(a.amount for a in adjustments if a.group == "PR") != owed.total:
        yield "The patient's responsibility is not the sum of the PR adjustments."


def _category_and_money(state: ClaimState) -> Iterator[str]:
    paid = state.paid or _ZERO
    if state.category == "F1":
        if paid <= _ZERO:
            yield "The status says paid and nothing was paid."
        if state.payment is not None and state.payment.number is None:
            yield "The claim was paid and no payment number is shown."
    elif (state.category in {"F2", "F4"} or state.category[0] in "APR") and paid != _ZERO:
        yield "The status says that nothing was paid and an amount paid is shown."
    if state.category == "F2" and state.lines and not any(denies(a) for a in _all_adjustments(state)):
        yield "The status says denied and no adjustment denies anything."


def _dates(state: ClaimState, today: date) -> Iterator[str]:
    if state.received_date and state.finalised_date and state.finalised_date < state.received_date:
        yield "The claim was finalised before it was received."
    # Portal-local dates may be a day ahead of ours.
    if any(day is not None and day > today + timedelta(days=1) for day in (state.received_date, state.finalised_date)):
        yield "A date of the claim's past lies in the future."


def _all_adjustments(state: ClaimState) -> list[Adjustment]:
    return [*state.adjustments, *(adjustment for line in state.lines for adjustment in line.adjustments)]


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _ZERO)
