"""The whole truth ledger: all that the practice payer knows, and what the office asks about."""

from datetime import date

from sandbox.truth.appeal_rights import AppealRight, EarlierAppeal
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
    denial_rows: tuple[WorkListRow, ...]
    """A second list of the office: claims that it knows to be denied, of which it may appeal some."""
    denial_asks: tuple[Ask, ...]
    """What a right reader makes of each of them, in the same order."""
    appeal_rights: tuple[AppealRight, ...]
    """What the payer makes of an appeal, for every claim with a line that was denied, of either list or none."""
    earlier_appeals: tuple[EarlierAppeal, ...]
