"""Is the claim still as it was when its appeal was drafted? What has been paid meanwhile is not appealed."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from flows.answers import ClaimState, Line
from flows.questions import AppealReason, Contest
from flows.sanity import denies

_DENIED, _PAID, _NOTHING_TO_PAY = "F2", "F1", "F4"
_ZERO = Decimal(0)


def changed_meanwhile(contest: Contest, state: ClaimState) -> str | None:
    """Why the claim, as its page shows it now, is not one for this appeal, as a sentence of ours; None when it is.

    Contested lines must be unpaid and denied. Where the payment itself is contested as too small, lines may be paid,
    and more must be left than is contested (DOMAIN 2.4, 3.3).
    """
    if state.category not in (_DENIED, _PAID, _NOTHING_TO_PAY):
        return "The claim is no longer denied: the payer is working on it, or has decided it otherwise."
    lines = _contested(contest, state.lines)
    if lines is None:
        return "The claim's page does not show every line that the appeal contests."
    if contest.reason is AppealReason.UNDERPAYMENT:
        if state.category != _PAID:
            return "The appeal contests a payment as too small, and the claim's page shows none."
    elif any(_is_paid(line) for line in lines) or (not contest.lines and state.category == _PAID):
        return "A line that the appeal contests has been paid meanwhile."
    elif not _all_denied(lines, state):
        return "A line that the appeal contests is not denied by any adjustment."
    if contest.amount > _left(lines, state):
        return "The appeal contests more than is left unpaid."
    return None


def _contested(contest: Contest, shown: Sequence[Line]) -> list[Line] | None:
    """The contested lines as the page shows them; all of them for the whole claim, None where one is not there."""
    if not contest.lines:
        return list(shown)
    by_number = {str(line.number): line for line in shown}
    found = [by_number.get(number.lstrip("0")) for number in contest.lines]
    return [line for line in found if line is not None] if all(found) else None


def _is_paid(line: Line) -> bool:
    return line.paid is not None and line.paid > _ZERO


def _all_denied(lines: Iterable[Line], state: ClaimState) -> bool:
    """A line is denied by an adjustment of its own, by one of the whole claim, or by the claim's state alone."""
    of_claim = any(denies(adjustment) for adjustment in state.adjustments)
    if state.category == _DENIED:
        return of_claim or all(not line.adjustments or any(map(denies, line.adjustments)) for line in lines)
    return of_claim or all(any(map(denies, line.adjustments)) for line in lines)


def _left(lines: Sequence[Line], state: ClaimState) -> Decimal:
    """What of the contested charges is not paid."""
    if not lines:
        return state.billed - (state.paid or _ZERO)
    return sum((line.billed - (line.paid or _ZERO) for line in lines), _ZERO)
