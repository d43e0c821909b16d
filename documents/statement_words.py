"""How a statement says things to a patient: amounts, days, where a decision was read, and why a part was not paid."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from flows.statement import PATIENT, Decided, Part, Source, StatementClaim

Words = Callable[[str], str]
"""Our own plain words for a claim adjustment reason code; "" where we have none."""

OWED, CONTRACT, OTHER = "You owe", "Taken off", "Adjusted"


def money(amount: Decimal | None) -> str:
    """Dollars with two decimals; nothing where the amount is not known."""
    return "" if amount is None else f"{amount:,.2f}"


def less(amount: Decimal) -> str:
    """Dollars that are taken off."""
    return f"-{money(amount)}" if amount else money(amount)


def balance(due: Decimal) -> str:
    """What is left to pay, or what was paid too much, in words."""
    return f"{money(due)} left to pay" if due >= 0 else f"{money(-due)} paid too much"


def day(when: date | None) -> str:
    """As a patient in the United States writes a day."""
    return "" if when is None else f"{when:%m/%d/%Y}"


def reasons(claim: StatementClaim, words: Words) -> list[str]:
    """Why each part of the charge was not paid by the insurer, one sentence each; equal reasons are added up."""
    added: dict[tuple[str, str], Decimal] = {}
    for part in _parts(claim.decided):
        added[part.group, part.carc] = added.get((part.group, part.carc), Decimal("0.00")) + part.amount
    ordered = sorted(added.items(), key=lambda item: item[0][0] != PATIENT)
    return [_reason(group, carc, amount, words) for (group, carc), amount in ordered if amount]


def decided_by(decided: Decided) -> str:
    """Who decided, when, and where we read it."""
    who = decided.payer or "your insurer"
    when = f" on {day(decided.decided_on)}" if decided.decided_on else ""
    if decided.source is Source.PORTAL:
        return f"Decided by {who}{when}, as its web portal shows it."
    return f"Decided by {who}{when}."


def _parts(decided: Decided) -> Iterable[Part]:
    yield from decided.parts
    for line in decided.lines:
        yield from line.parts


def _reason(group: str, carc: str, amount: Decimal, words: Words) -> str:
    lead = OWED if group == PATIENT else CONTRACT if group == "CO" else OTHER
    plain = words(carc) or "for the reason that your insurer gives under this code"
    return f"{lead} {money(amount)}: {plain} (code {group}-{carc})."
