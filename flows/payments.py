"""Payments as a portal lists them, and whether a document explains the one that it was fetched for.

A document explains a payment when trace, amount and date are the same, to the cent and to the day (DOMAIN 2.3:
reassociation). The same trace with another amount or date is a conflict, never a match.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, auto

from flows.answers import ListedDocument, ListedPayment
from flows.matching import canonical_id
from flows.outcomes import Code
from flows.portal import Collected, Reading, Row, Value
from flows.questions import Period, Provider
from flows.reading import Unreadable, amount_of, day_of, text_of
from flows.remittance import Remittance
from flows.remittance_names import DOCUMENTS

_NO_DOCUMENT = "none"
_PUT_AWAY = "archived"


@dataclass
class Payment:
    """One payment of the list while its documents are fetched."""

    row: Row
    trace: str
    paid_on: date
    amount: Decimal
    method: str | None
    documents: list[ListedDocument] = field(default_factory=list)

    def listed(self) -> ListedPayment:
        """As it stands in the answer."""
        return ListedPayment(
            trace=self.trace,
            paid_on=self.paid_on,
            amount=self.amount,
            method=self.method,
            documents=tuple(self.documents),
        )

    @property
    def is_put_away(self) -> bool:
        """Does the list say that its documents are in the archive?"""
        return any(text_of(self.row.cells, name) == _PUT_AWAY for name in DOCUMENTS)

    def is_shown_by(self, row: Row) -> bool:
        """Is the row, of another list, about this payment? What it does not show is not compared."""
        trace, amount, paid_on = _shown(row)
        return (
            trace is not None
            and canonical_id(trace) == canonical_id(self.trace)
            and amount in (None, self.amount)
            and paid_on in (None, self.paid_on)
        )


def offered(row: Row) -> tuple[str, ...]:
    """The documents that the row offers by a link in a column of their name."""
    return tuple(name for name in DOCUMENTS if text_of(row.cells, name) not in (None, _NO_DOCUMENT, _PUT_AWAY))


def _shown(row: Row) -> tuple[str | None, Decimal | None, date | None]:
    return text_of(row.cells, "trace"), amount_of(row.cells, "amount"), day_of(row.cells, "paid_on")


def payment_of(row: Row, period: Period, provider: Provider) -> Payment:
    """The payment of one row of the list. Raises Unreadable for one that is not of these days or this provider."""
    cells = row.cells
    unmapped = next((value for value in cells.values() if value.unmapped), None)
    if unmapped is not None:
        raise Unreadable("The list uses words that are not in the portal's map of texts.", unmapped.shown)
    trace, amount, paid_on = _shown(row)
    if trace is None or amount is None or paid_on is None:
        raise Unreadable("The list shows a payment without number, amount or date.", cells["trace"].shown)
    if not period.paid_from <= paid_on <= period.paid_to:
        raise Unreadable("The list shows a payment of another day.", cells["paid_on"].shown, Code.DATA_CONFLICT)
    _check_provider(cells, provider)
    return Payment(row=row, trace=trace, paid_on=paid_on, amount=amount, method=text_of(cells, "method"))


def check_page(reading: Reading, payment: Payment, provider: Provider) -> None:
    """The page of one payment shows what its row showed. Raises Unreadable."""
    fields = reading.fields
    shown = text_of(fields, "trace")
    if shown is None or canonical_id(shown) != canonical_id(payment.trace):
        raise Unreadable("The page that opened shows another payment than its row.", fields["trace"].shown)
    for name, theirs, ours in (
        ("amount", amount_of(fields, "amount"), payment.amount),
        ("paid_on", day_of(fields, "paid_on"), payment.paid_on),
    ):
        if theirs is not None and theirs != ours:
            what = "The page of a payment shows another amount or date than the list."
            raise Unreadable(what, fields[name].shown, Code.DATA_CONFLICT)
    _check_provider(fields, provider)


def _check_provider(shown: Mapping[str, Value], provider: Provider) -> None:
    for name, ours in (("provider_npi", provider.npi), ("provider_tin", provider.tin)):
        theirs = text_of(shown, name)
        if theirs is not None and canonical_id(theirs) != canonical_id(ours):
            raise Unreadable("The payment was made to another provider.", shown[name].shown, Code.DATA_CONFLICT)


class Fit(Enum):
    """How what was read in a document goes with a payment."""

    SAME = auto()
    CONFLICT = auto()
    """The same trace, and another amount or date."""
    OTHER = auto()
    """About another payment."""


def fit(remittance: Remittance, payment: Payment) -> Fit:
    """Does this remittance explain this payment?"""
    if not remittance.trace or canonical_id(remittance.trace) != canonical_id(payment.trace):
        return Fit.OTHER
    same_day = remittance.paid_on is None or remittance.paid_on == payment.paid_on
    return Fit.SAME if same_day and remittance.amount == payment.amount else Fit.CONFLICT


def explains(collected: Collected, payment: Payment) -> bool:
    """Is the payment explained in the document? What only a person can read (a scan) explains by being there."""
    return is_for_a_person(collected) or any(fit(each, payment) is Fit.SAME for each in collected.remittances)


def is_for_a_person(collected: Collected) -> bool:
    """A paper form without a text in it: it opens, and nothing can be read by us."""
    return collected.kind == "eob" and not collected.remittances


def conflict_with(collected: Collected, payment: Payment, provider: Provider) -> str | None:
    """What the document says otherwise than the list of this payment, as a sentence of ours; None when nothing."""
    if any(fit(each, payment) is Fit.CONFLICT for each in collected.remittances):
        return "A document shows another amount or date for its payment than the list."
    if any(fit(each, payment) is Fit.SAME and not _is_to(each, provider) for each in collected.remittances):
        return "A document says that its payment was made to another provider."
    return None


def holds_unlisted(collected: Collected, payments: Iterable[Payment], period: Period) -> bool:
    """Does the document hold a payment of these days that is not on the list?"""
    listed = {canonical_id(payment.trace) for payment in payments}
    return any(
        each.paid_on is not None
        and period.paid_from <= each.paid_on <= period.paid_to
        and canonical_id(each.trace) not in listed
        for each in collected.remittances
    )


_NPI = re.compile(r"[12]\d{9}")
_TIN = re.compile(r"\d{9}")


def _is_to(remittance: Remittance, provider: Provider) -> bool:
    """Was the payment made to this provider, as far as the document names the payee by NPI or tax number?"""
    named = {canonical_id(number) for number in (remittance.payee.identifier, remittance.payee.tin) if number}
    known = {number for number in named if _NPI.fullmatch(number) or _TIN.fullmatch(number)}
    return not known or bool(known & {canonical_id(provider.npi), canonical_id(provider.tin)})


def document_of(collected: Collected) -> ListedDocument:
    """The document as it stands in the answer."""
    return ListedDocument(kind=collected.kind, sha256=collected.sha256, size=collected.size)


def parts(period: Period, longest_days: int | None) -> tuple[Period, ...]:
    """The period in parts of so many days at most, the earliest first."""
    if longest_days is None:
        return (period,)
    found = []
    begins = period.paid_from
    while begins <= period.paid_to:
        ends = min(period.paid_to, begins + timedelta(days=longest_days - 1))
        found.append(Period(paid_from=begins, paid_to=ends))
        begins = ends + timedelta(days=1)
    return tuple(found)


def halves(period: Period) -> tuple[Period, Period] | None:
    """The period in two parts; None for a single day."""
    days = (period.paid_to - period.paid_from).days
    if days < 1:
        return None
    middle = period.paid_from + timedelta(days=days // 2)
    return (
        Period(paid_from=period.paid_from, paid_to=middle),
        Period(paid_from=middle + timedelta(days=1), paid_to=period.paid_to),
    )
