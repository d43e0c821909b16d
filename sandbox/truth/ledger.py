"""The whole truth ledger: all that the practice payer knows, and what the office asks about."""

from datetime import date

from sandbox.truth.coverage import Appointment, AppointmentAsk, Coverage
from sandbox.truth.model import Ask, Claim, Frozen, Member, Practice, WorkListRow
from sandbox.truth.remittance import Acknowledgement, Deposit, Remittance


class Truth(Frozen):
    """The whole ledger."""

    seed: int
    today: date
    practice: Practice
    members: tuple[Member, ...]
    claims: tuple[Claim, ...]
    rows: tuple[WorkListRow, ...]
    asks: tuple[Ask, ...]
    coverages: tuple[Coverage, ...]
    """One for each member."""
    appointments: tuple[Appointment, ...]
    appointment_asks: tuple[AppointmentAsk, ...]
    """What to make of each appointment, in the same order."""
    remittances: tuple[Remittance, ...]
    """All payments, oldest first."""
    deposits: tuple[Deposit, ...]
    acknowledgements: tuple[Acknowledgement, ...]
