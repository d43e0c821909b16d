"""How the Medicaid portal writes its payments and the files that it makes of them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.portals.medicaid.shown import amount, cycle_day
from sandbox.remittances import PaymentRow
from sandbox.reports import ReportState
from sandbox.truth.remittance import PaymentMethod

METHOD_TEXTS: dict[PaymentMethod, str] = {"ACH": "EFT", "CHK": "Warrant", "NON": "Zero Payment"}
REQUEST_TEXTS: dict[ReportState, str] = {"building": "Submitted", "ready": "Complete", "expired": "Purged"}


def listed_payment(row: PaymentRow) -> dict[str, str]:
    """The grid's view of a payment, by column; the columns of its documents are not in it."""
    remittance = row.remittance
    return {
        "Warrant/EFT No.": remittance.trace,
        "Cycle Date": cycle_day(remittance.paid_on),
        "Payment Type": METHOD_TEXTS[remittance.method],
        "Payment Amount": amount(remittance.amount),
    }


def clock_text(at: datetime, zone: ZoneInfo) -> str:
    """A moment as this portal writes it: 11/22/2026 4:05 PM in its own time zone."""
    here = at.astimezone(zone)
    return f"{here:%m/%d/%Y} {here.hour % 12 or 12}:{here:%M %p}"
