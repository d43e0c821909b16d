"""An explanation of benefits as PDF, read into the same values as an 835, with how sure each field is.

How sure (`Remittance.confidence`, by a field's path): 1.0 for a known label with a colon and for a cell of a drawn
table under a known heading; 0.9 for what is known by its place alone; 0.7 for what was worked out from other fields (a
sum of lines, a sign, a name without a comma); 0.3 for what the form shows twice and differently. Whether it adds up is
told by the same formulas as for an 835. A text that is not known is told as not read; it is never taken for the
nearest one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from documents.eob_pdf_claims import Doubts
from documents.eob_pdf_facts import Fact, Label, Reader, TableKind, TableRow
from documents.eob_pdf_pages import Page, pages
from documents.eob_pdf_payment import PaymentForm, read_payment
from flows.remittance import Remittance


@dataclass(frozen=True)
class EobRead:
    """What was read of a PDF: a remittance for each payment, and in our words what was not read."""

    remittances: tuple[Remittance, ...]
    unread: tuple[str, ...]


def read_eob(content: bytes, password: str | None = None) -> EobRead:
    """The payments that a PDF explains. Raises NotWhole, or PasswordNeeded.

    A page without text (a scan) is told and not read; so is a form that names no payment and amount.
    """
    return read_pages(pages(content, password))


def read_pages(shown: Iterable[Page]) -> EobRead:
    """The same of pages that have been taken out of their PDF."""
    reader, forms, doubts = Reader(), list[PaymentForm](), Doubts()
    without_text = []
    for page in shown:
        if not page.blocks:
            without_text.append(page.number)
            continue
        facts = reader.facts(page)
        trace = next((one.text for one in facts if isinstance(one, Label) and one.name == "trace"), None)
        if not forms or (trace is not None and forms[-1].names_another(trace)):
            forms.append(PaymentForm(page.number))
        for fact in facts:
            _take(forms[-1], fact, page.number)
    if without_text:
        doubts.add(f"{_numbered(without_text)} no text, only a picture (a scan?): a person has to read it")
    found = [remittance for form in forms if (remittance := read_payment(form, doubts)) is not None]
    return EobRead(tuple(found), tuple(doubts.told))


def _take(form: PaymentForm, fact: Fact, page: int) -> None:
    match fact:
        case Label(of="claim"):
            form.claim_label(fact, page)
        case Label():
            form.label(fact)
        case TableRow(kind=TableKind.PROVIDER, total=False):
            form.provider_rows.append(fact)
        case TableRow(kind=TableKind.CLAIMS, total=False):
            form.claim_row(fact, page)
        case TableRow(kind=TableKind.LINES):
            form.line_row(fact, page)
        case _:
            pass


def _numbered(pages_without_text: list[int]) -> str:
    shown = ", ".join(map(str, pages_without_text[:8])) + (" and others" if len(pages_without_text) > 8 else "")
    return f"Page {shown} holds" if len(pages_without_text) == 1 else f"Pages {shown} hold"
