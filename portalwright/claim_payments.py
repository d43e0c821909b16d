"""What payers sent about one claim besides its status: when it was taken in, and the payments that decided on it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from console.claims.needs import EventKind
from ledger.acknowledgements import of_claim as acknowledged
from ledger.remittances_listed import ClaimLink
from ledger.remittances_listed import of_claim as paid
from portalwright.time_line_events import Happened


def events_of(practice_id: int, portal: str, patient_account_number: str) -> list[Happened]:
    """Acknowledgements and payments of a claim; a payer's day begins at midnight UTC."""
    return sorted(_events(practice_id, portal, patient_account_number), key=lambda event: event[:3])


def _events(practice_id: int, portal: str, patient_account_number: str) -> Iterator[Happened]:
    for record in acknowledged(practice_id, portal, patient_account_number):
        said = record.said
        word = {True: "accepted by the payer", False: "rejected by the payer", None: "acknowledged"}[said.accepted]
        codes = " ".join(f"{status.category}:{status.status}" for status in said.statuses)
        day = said.effective_date or said.received_date
        told = f"{said.kind}, document {record.document_id}, {codes or 'no status'}"
        yield Happened(_at(day) or record.kept_at, word, told, EventKind.ACKNOWLEDGEMENT)
    for payment, link, amount in paid(practice_id, portal, patient_account_number):
        balanced = "" if payment.balance.whole else "; does not add up"
        posted = f"; posted {payment.posted_at:%Y-%m-%d}" if payment.posted_at else ""
        trace = payment.trace or "none"
        yield Happened(
            _at(payment.paid_on) or payment.first_at,
            f"payment {payment.id}",
            f"{amount:,.2f} of trace {trace}, its claim {link.number}{_chain(link)}{balanced}{posted}",
            EventKind.PAYMENT,
            payment.id,
        )


def _chain(link: ClaimLink) -> str:
    told = [
        f"; {what} {other}"
        for what, other in (
            ("takes back", link.reverses),
            ("taken back by", link.reversed_by),
            ("corrects", link.corrects),
            ("corrected by", link.corrected_by),
        )
        if other is not None
    ]
    return "".join(told)


def _at(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)
