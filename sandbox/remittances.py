"""The remittances of the practice portals: the search by date or number, the list, the documents, the archive."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from sandbox.clock import Clock
from sandbox.listing import PaymentListing
from sandbox.quirks import Quirks
from sandbox.remit_documents import Document, Shape, as_document
from sandbox.search import Reason, Refusal
from sandbox.truth.ledger import Truth
from sandbox.truth.remittance import Delivery, Remittance

PaymentField = Literal["paid_from", "paid_to", "trace", "claim_number"]
PaymentWay = tuple[PaymentField, ...]

BY_DAYS: PaymentWay = ("paid_from", "paid_to")


@dataclass(frozen=True)
class RemittanceRules:
    """What one portal's search for payments takes and finds, and how it gives documents."""

    ways: tuple[PaymentWay, ...] = (("trace",), BY_DAYS)
    """The combinations of fields that make a search; the first whose fields are all filled is used."""
    longest_span_days: int | None = None
    days_back: int | None = None
    most: int | None = None
    """More payments than this are not listed."""
    archive_days: int | None = None
    """Payments longer ago than this have their documents in the archive, not on the list."""
    eob_password: bool = False
    """Paper forms open with the payee's NPI only."""
    report_minutes: tuple[int, int] = (5, 15)
    """How long it takes to build a report or a document that is made later, from and to."""
    link_minutes: int = 60
    """How long a report that is ready can be fetched."""


REMITTANCES: dict[str, RemittanceRules] = {
    "practice-multipayer": RemittanceRules(ways=(("trace",), ("claim_number",), BY_DAYS)),
    "practice-national": RemittanceRules(longest_span_days=90, archive_days=60, most=50),
    "practice-contractor": RemittanceRules(longest_span_days=31, archive_days=60),
    "practice-medicaid": RemittanceRules(longest_span_days=31, eob_password=True),
}


@dataclass(frozen=True)
class PaymentQuery:
    """A filled form; the dates are those of payment, both included. Texts as typed."""

    paid_from: date | None = None
    paid_to: date | None = None
    trace: str = ""
    claim_number: str = ""

    def has(self, name: PaymentField) -> bool:
        """True when this field was filled."""
        value: str | date | None = getattr(self, name)
        return bool(value.strip()) if isinstance(value, str) else value is not None


@dataclass(frozen=True)
class PaymentRow:
    """A payment as a list shows it."""

    remittance: Remittance
    kinds: tuple[Delivery, ...]
    """What can be fetched of it."""
    archived: bool
    """Its documents are in the archive; the list has no link to them."""


@dataclass(frozen=True)
class Later:
    """The document is being made; the same press gives it from then on (portal's clock, UTC)."""

    ready_at: datetime


@dataclass
class RemittanceSearch:
    """The payments of one portal over its truth.

    Quirks: `default-filter` hides payments until the filter is cleared; `unstable-sort` moves rows between pages;
    `pdf-only` leaves a payment with nothing but its paper form: with a text layer, scanned, or behind the provider's
    number (the event `quirk` has trace and shape; a scan is rightly for a person); `report-later` makes a document
    wait. None of them changes what was paid.
    """

    portal: str
    truth: Truth
    clock: Clock
    quirks: Quirks
    _shapes: dict[str, Shape] = field(default_factory=dict)
    """Payments on which the die of `pdf-only` was thrown; "usual" when it did not happen."""
    _ready: dict[tuple[str, str], datetime] = field(default_factory=dict)

    @property
    def rules(self) -> RemittanceRules:
        """What this portal's form takes, and how it gives documents."""
        return REMITTANCES[self.portal]

    def ask(self, query: PaymentQuery, acting_as: str, user_agent: str = "") -> Refusal | PaymentListing:
        """Search the payments to the provider with this NPI; writes the event `remit_list`."""
        way = next((way for way in self.rules.ways if all(query.has(name) for name in way)), None)
        reasons = self._complaints(query, way)
        if reasons or way is None:
            self.quirks.events.add("remit_list", user_agent, by="refused", found=None)
            return Refusal(reasons or ("more-needed",))
        by = "dates" if way == BY_DAYS else "trace" if way == ("trace",) else "claim-number"
        found = [one for one in reversed(self._listed(acting_as)) if _fits(one, query, way)]
        listing = PaymentListing(by=by, traces=tuple(one.trace for one in found))
        listing.too_many = self.rules.most is not None and len(found) > self.rules.most
        foreign = frozenset(one.trace for one in found if _of_another_user(one))
        if foreign and not listing.too_many and self.quirks.happens("default-filter", user_agent):
            listing.default_filter, listing.hidden = "mine", foreign
        self.quirks.events.add("remit_list", user_agent, by=by, found=len(found))
        return listing

    def listed(self, listing: PaymentListing, number: int, rows: int, user_agent: str = "") -> tuple[PaymentRow, ...]:
        """The payments on page `number` (from 1) of a listing; writes the event `remit_page`.

        The first load of a list of several pages throws the die of `unstable-sort`.
        """
        if listing.loads == 0 and listing.pages(rows) > 1:
            listing.unstable = self.quirks.happens("unstable-sort", user_agent)
        found = {one.trace: one for one in self.truth.remittances}
        page = tuple(self._row(found[trace], user_agent) for trace in listing.page(number, rows))
        self.quirks.events.add("remit_page", user_agent, page=number, rows=len(page))
        return page

    def row(self, trace: str, acting_as: str, user_agent: str = "") -> PaymentRow | None:
        """One payment to this provider; None when the portal shows none of that number."""
        found = next((one for one in self._listed(acting_as) if one.trace == trace), None)
        return None if found is None else self._row(found, user_agent)

    def archive(self, acting_as: str, user_agent: str = "") -> tuple[PaymentRow, ...]:
        """The payments whose documents are in the archive, newest first."""
        rows = (self._row(one, user_agent) for one in reversed(self._listed(acting_as)))
        return tuple(row for row in rows if row.archived)

    def document(self, trace: str, kind: Delivery, acting_as: str, user_agent: str = "") -> Document | Later | None:
        """A document of a payment, from the list or the archive; writes the event `remit_document` when it is given.

        None when there is no such payment or it has no such document.
        """
        row = self.row(trace, acting_as, user_agent)
        if row is None or kind not in row.kinds:
            return None
        now = self.clock.now()
        if (trace, kind) not in self._ready:
            bundles_only = self.quirks.always("report-later")
            late = not bundles_only and self.quirks.happens("report-later", user_agent, trace=trace)
            minutes = self.quirks.pick("report-later", range(*_upto(self.rules.report_minutes))) if late else 0
            self._ready[trace, kind] = now + timedelta(minutes=minutes)
        if now < self._ready[trace, kind]:
            return Later(self._ready[trace, kind])
        self.quirks.events.add("remit_document", user_agent, document=kind, trace=trace)
        return self.made(row.remittance, kind)

    def in_days(self, paid_from: date, paid_to: date, acting_as: str) -> tuple[PaymentRow, ...]:
        """The payments to this provider in these days, both included, oldest first: what a bundle holds."""
        return tuple(self._row(one) for one in self._listed(acting_as) if paid_from <= one.paid_on <= paid_to)

    def given(self, trace: str, kind: Delivery) -> bytes | None:
        """The bytes of a document as the portal would give them now, for testers; None when there is none."""
        found = next((one for one in self.truth.remittances if one.trace == trace), None)
        if found is None or kind not in self._row(found).kinds:
            return None
        return self.made(found, kind).content

    def made(self, remittance: Remittance, kind: Delivery) -> Document:
        """The document itself, in the shape that the portal gives it."""
        shape = self._shapes.get(remittance.trace, "usual")
        protected = shape == "protected" or self.rules.eob_password
        scanned = shape == "scanned" or remittance.eob_form == "scanned"
        return as_document(remittance, kind, self.portal, scanned=scanned, protected=protected)

    def _listed(self, acting_as: str) -> tuple[Remittance, ...]:
        """The payments that the portal knows of, oldest first."""
        today = self.clock.now().date()
        return tuple(
            one
            for one in self.truth.remittances
            if one.payee_npi == acting_as and one.deliveries and one.paid_on <= today
        )

    def _row(self, remittance: Remittance, user_agent: str = "") -> PaymentRow:
        if remittance.trace not in self._shapes:
            shape: Shape = "usual"
            if remittance.deliveries == ("835", "eob") and self.quirks.thrown("pdf-only"):
                shape = self.quirks.pick("pdf-only", ("text", "scanned", "protected"))
                self.quirks.note("pdf-only", user_agent, trace=remittance.trace, shape=shape)
            self._shapes[remittance.trace] = shape
        kinds = remittance.deliveries if self._shapes[remittance.trace] == "usual" else ("eob",)
        archive_days = self.rules.archive_days
        age = (self.clock.now().date() - remittance.paid_on).days
        return PaymentRow(remittance, kinds, archive_days is not None and age > archive_days)

    def _complaints(self, query: PaymentQuery, way: PaymentWay | None) -> tuple[Reason, ...]:
        start, end, rules = query.paid_from, query.paid_to, self.rules
        if way is not None and way != BY_DAYS:
            return ()
        if start is None and end is None and len(rules.ways) > 1:
            return ("more-needed",)
        if start is None or end is None:
            return ("no-dates",)
        if end < start:
            return ("dates-reversed",)
        if rules.longest_span_days is not None and (end - start).days > rules.longest_span_days:
            return ("span-too-long",)
        if rules.days_back is not None and (self.clock.now().date() - start).days > rules.days_back:
            return ("too-far-back",)
        return ()


def _upto(minutes: tuple[int, int]) -> tuple[int, int]:
    return minutes[0], minutes[1] + 1


def _fits(remittance: Remittance, query: PaymentQuery, way: PaymentWay) -> bool:
    if way == ("trace",):
        return remittance.trace == query.trace.strip()
    if way == ("claim_number",):
        return any(claim.payer_claim_number == query.claim_number.strip() for claim in remittance.claims)
    if query.paid_from is None or query.paid_to is None:
        return False
    return query.paid_from <= remittance.paid_on <= query.paid_to


def _of_another_user(remittance: Remittance) -> bool:
    """Whether another user of the practice sent the claims of this payment: half of them, by the number's hash."""
    return bool(hashlib.sha256(remittance.trace.encode()).digest()[1] % 2)
