"""A payment as the documents that a portal gives: the 835 file and the paper form (EOB) as a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.remit_835 import STYLES, interchange
from sandbox.truth.remittance import Delivery, Remittance

Shape = Literal["usual", "text", "scanned", "protected"]
"""How a payment's documents are: as usual, or only a paper form with a text layer, scanned, or behind a password."""


@dataclass(frozen=True)
class Document:
    """A file as a portal gives it. Its name holds no patient's data."""

    name: str
    media_type: str
    content: bytes


def day_file(remittances: Sequence[Remittance], portal: str) -> Document:
    """One 835 file with a transaction for each of these payments of one day."""
    day = remittances[0].paid_on
    content = interchange(remittances, STYLES[portal], day)
    return Document(f"{day:%Y%m%d}.835", "application/octet-stream", content)


def as_document(
    remittance: Remittance, kind: Delivery, portal: str, *, scanned: bool = False, protected: bool = False
) -> Document:
    """The document of one payment. A protected paper form opens with the payee's NPI."""
    stem = f"{remittance.paid_on:%Y%m%d}_{remittance.trace}"
    if kind == "835":
        content = interchange((remittance,), STYLES[portal], remittance.paid_on)
        return Document(f"{stem}.835", "application/octet-stream", content)
    # The PDF library costs more to load than all the rest of a portal.
    from sandbox.eob_pdf import eob_pdf

    password = remittance.payee_npi if protected else None
    return Document(f"{stem}.pdf", "application/pdf", eob_pdf(remittance, portal, scanned=scanned, password=password))
