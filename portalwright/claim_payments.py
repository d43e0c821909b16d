"""What payers sent about one claim besides its status: when it was taken in, and the payments that decided on it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from ledger.acknowledgements import of_claim as acknowledged
from ledger.remittances_listed import ClaimLink
from ledger.remittances_listed import of_claim as paid

Event = tuple[datetime, str, str]


def events_of(practice_id: int, portal: str, patient_account_number: str) -> list[Event]:
    """Acknowledgements and payments of a claim: when (a payer's day begins at midnight UTC), what, and details."""
    return sorted(_events(practice_id, portal, patient_account_number))


def _events(practice_id: int, portal: str, patient_account_number: str) -> Iterator[Event]:
    for record in acknowledged(practice_id, portal, patient_account_number):
        said = record.said
        word = {True: "accepted by the payer", False: "rejected by the payer", None: "acknowledged"}[said.accepted]
        codes = " ".join(f"{status.category}:{status.status}" for status in said.statuses)
        day = said.effective_date or said.received_date
        yield _at(day) or record.kept_at, word, f"{said.kind}, document {record.document_id}, {codes or 'no status'}"
    for payment, link, amount in paid(practice_id, portal, patient_account_number):
        balanced = "" if payment.balance.whole else "; does not add up"
        posted = f"; posted {payment.posted_at:%Y-%m-%d}" if payment.posted_at else ""
        trace = payment.trace or "none"
        yield (
            _at(payment.paid_on) or payment.first_at,
            f"payment {payment.id}",
            f"{amount:,.2f} of trace {trace}, its claim {link.number}{_chain(link)}{balanced}{posted}",
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
