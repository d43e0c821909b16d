"""How the contractor writes a payment in its lists of remittance advice."""

from dataclasses import dataclass

from sandbox.portals.contractor.shown import METHODS, list_day, list_money
from sandbox.remittances import PaymentRow
from sandbox.truth.remittance import Delivery, PaymentMethod

METHOD_TEXTS: dict[PaymentMethod, str] = {
    "ACH": METHODS["EFT"],
    "CHK": METHODS["check"],
    "NON": METHODS["non-payment"],
}
FILES: dict[str, Delivery] = {
    # column of a document: what it is
    "remit_835": "835",
    "remit_pdf": "eob",
}


@dataclass(frozen=True)
class ListedRemit:
    """One row: the payment's name in this session, the text of each column, and which documents can be opened."""

    reference: str
    cells: dict[str, str]
    files: frozenset[str]
    """Columns whose document can be opened from here."""
    moved: bool
    """The documents are in the archive; this list does not open them."""


def listed_remit(row: PaymentRow, reference: str, *, archive: bool = False) -> ListedRemit:
    """The list's view of a payment, or the archive's."""
    one = row.remittance
    moved = row.archived and not archive
    return ListedRemit(
        reference=reference,
        cells={
            "remit_trace": one.trace,
            "remit_day": list_day(one.paid_on),
            "remit_method": METHOD_TEXTS[one.method],
            "remit_amount": list_money(one.amount),
        },
        files=frozenset() if moved else frozenset(column for column, kind in FILES.items() if kind in row.kinds),
        moved=moved,
    )
