"""Deposits: money that arrived at the bank, as the bank's own list shows it."""

from datetime import date
from decimal import Decimal

from flows.values import Frozen


class Deposit(Frozen):
    """One line of the bank's list. `amount` is in dollars; negative where the payer took money back (ACH debit)."""

    deposited_on: date
    amount: Decimal
    trace: str | None = None
    """Reassociation trace number (TRN02) of an EFT, or the check's number; None where the bank does not show it."""
    payer: str | None = None
    """As the bank writes it, which is rarely the payer's name in an 835."""
    reference: str | None = None
    """The bank's own number or text of the line."""
