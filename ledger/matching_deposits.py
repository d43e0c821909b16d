"""Which deposit at the bank is which payment: trace and amount, within three business days of each other.

The trace that the bank shows must be that of the remittance (TRN02). Where the bank shows none, amount, day and payer
have to leave exactly one on both sides. (CORE rule 370: both come within three business days; DOMAIN 2.3.) A check goes
by mail and is taken to the bank by hand: it may come until three weeks after its day.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from flows.business_days import business_days_after
from flows.matching import letters
from flows.remittance import Method
from ledger import models
from ledger.document_files import Source
from ledger.remittances_findings import bank_says_otherwise

_BUSINESS_DAYS = 3
_BUSINESS_DAYS_OF_CHECK = 15
_LONGEST = timedelta(days=30)
"""No business days above are more calendar days than this."""


class DepositFit(StrEnum):
    """How a deposit was found to be a payment, or why not."""

    NONE = ""
    TRACE = "trace"
    AMOUNT_AND_DAY = "amount and day"
    SEVERAL = "several"
    """More than one payment fits."""
    OTHER_AMOUNT = "other amount"
    """The payment of this trace has another amount."""
    OTHER_DAY = "other day"
    """The payment of this trace and amount is more than three business days away."""


def match_deposits(source: Source) -> None:
    """Match all deposits of the practice that belong to no payment yet."""
    for deposit in models.Deposit.objects.filter(practice_id=source.actor.practice_id, remittance=None).order_by(
        "deposited_on", "id"
    ):
        fit, remittance = _by_trace(deposit) if deposit.trace_key else _by_amount(deposit)
        if fit == deposit.fit:
            continue
        matched = fit in (DepositFit.TRACE, DepositFit.AMOUNT_AND_DAY)
        models.Deposit.objects.filter(pk=deposit.pk).update(fit=fit, remittance=remittance if matched else None)
        if fit is DepositFit.OTHER_AMOUNT and remittance is not None:
            bank_says_otherwise(remittance, deposit, source)


def _by_trace(deposit: models.Deposit) -> tuple[DepositFit, models.Remittance | None]:
    same_trace = list(
        models.Remittance.objects.select_related("leading").filter(
            practice_id=deposit.practice_id, trace_key=deposit.trace_key, deposit=None
        )
    )
    same = [one for one in same_trace if one.amount_cents == deposit.amount_cents]
    near = [one for one in same if one.paid_on is None or _near(one, deposit.deposited_on)]
    if len(near) == 1:
        return DepositFit.TRACE, near[0]
    if near:
        return DepositFit.SEVERAL, None
    if same:
        return DepositFit.OTHER_DAY, None
    near = [one for one in same_trace if _near(one, deposit.deposited_on)]
    return (DepositFit.OTHER_AMOUNT, near[0]) if len(near) == 1 else (DepositFit.NONE, None)


def _by_amount(deposit: models.Deposit) -> tuple[DepositFit, models.Remittance | None]:
    day = deposit.deposited_on
    rows = models.Remittance.objects.select_related("leading").filter(
        practice_id=deposit.practice_id,
        amount_cents=deposit.amount_cents,
        deposit=None,
        paid_on__range=(day - _LONGEST, day + _LONGEST),
    )
    near = [
        one
        for one in rows.exclude(leading__method=Method.NON_PAYMENT)
        if _near(one, day) and _payer_may_be(deposit, one)
    ]
    if not near:
        return DepositFit.NONE, None
    rivals = models.Deposit.objects.filter(
        practice_id=deposit.practice_id,
        amount_cents=deposit.amount_cents,
        remittance=None,
        deposited_on__range=(day - _LONGEST, day + _LONGEST),
    ).exclude(pk=deposit.pk)
    alone = len(near) == 1 and not _another_fits(rivals, near[0])
    return (DepositFit.AMOUNT_AND_DAY, near[0]) if alone else (DepositFit.SEVERAL, None)


def _another_fits(rivals: Iterable[models.Deposit], remittance: models.Remittance) -> bool:
    return any(
        _near(remittance, rival.deposited_on)
        and (rival.trace_key == remittance.trace_key if rival.trace_key else _payer_may_be(rival, remittance))
        for rival in rivals
    )


def last_day_of_deposit(remittance: models.Remittance, paid_on: date) -> date:
    """Until when the money of this payment is to be expected at the bank."""
    check = remittance.leading is not None and remittance.leading.method == Method.CHECK
    return business_days_after(paid_on, _BUSINESS_DAYS_OF_CHECK if check else _BUSINESS_DAYS)


def _near(remittance: models.Remittance, deposited_on: date) -> bool:
    paid_on = remittance.paid_on
    if paid_on is None:
        return False
    check = remittance.leading is not None and remittance.leading.method == Method.CHECK
    first = paid_on if check else business_days_after(paid_on, -_BUSINESS_DAYS)
    return first <= deposited_on <= last_day_of_deposit(remittance, paid_on)


def _payer_may_be(deposit: models.Deposit, remittance: models.Remittance) -> bool:
    """One of the two names is not there, or they begin alike, or have a long word in common.

    Banks cut names to 16 letters (the originator's company name in an ACH batch).
    """
    shown = deposit.payer or ""
    known = (remittance.leading.payer_name if remittance.leading else None) or ""
    theirs, ours = letters(shown), letters(known)
    if not theirs or not ours or theirs.startswith(ours[:8]) or ours.startswith(theirs[:8]):
        return True
    words = [{letters(word) for word in name.split() if len(letters(word)) >= 5} for name in (shown, known)]
    return bool(words[0] & words[1])
