"""The payments side of a practice portal: what its search finds, its archive, documents that come later, its quirks."""

import io
import zipfile
from datetime import date, timedelta

import pytest

from sandbox.clock import Clock
from sandbox.events import EventLog
from sandbox.listing import PaymentListing
from sandbox.quirks import CONTRACTOR, EVERYWHERE, MEDICAID, MULTIPAYER, NATIONAL, Quirks
from sandbox.remit_documents import Document
from sandbox.remittances import Later, PaymentQuery, RemittanceSearch
from sandbox.reports import Reports
from sandbox.search import Refusal
from sandbox.truth.generator import make_truth
from sandbox.truth.ledger import Truth

TODAY = date(2026, 11, 22)
ROWS = 5


class Desk:
    """The payments of one portal, by the first provider's eyes."""

    def __init__(self, portal: str, seed: int = 7, **quirks: float) -> None:
        self.truth: Truth = make_truth(seed, 60, TODAY, portal)
        self.clock = Clock(TODAY)
        self.events = EventLog(self.clock)
        named = {name.replace("_", "-"): probability for name, probability in quirks.items()}
        self.quirks = Quirks(seed, portal, named, self.events)
        self.search = RemittanceSearch(portal, self.truth, self.clock, self.quirks)
        self.reports = Reports(self.search, self.clock, self.quirks)
        self.npi = self.truth.practice.providers[0].npi

    def ask(self, **fields: object) -> Refusal | PaymentListing:
        return self.search.ask(PaymentQuery(**fields), self.npi)  # type: ignore[arg-type] # fields by name

    def listing(self, **fields: object) -> PaymentListing:
        found = self.ask(**fields)
        assert isinstance(found, PaymentListing)
        return found

    def own(self) -> set[str]:
        """The payments of this provider of which the portal has anything."""
        return {one.trace for one in self.truth.remittances if one.payee_npi == self.npi and one.deliveries}

    def all_by_dates(self) -> set[str]:
        """Everything, by as many searches as the portal's span needs."""
        found: set[str] = set()
        span = self.search.rules.longest_span_days or 90
        day = TODAY - timedelta(days=120)
        while day <= TODAY:
            last = min(day + timedelta(days=span), TODAY)
            found |= set(self.listing(paid_from=day, paid_to=last).shown)
            day = last + timedelta(days=1)
        return found

    def happened(self) -> list[dict[str, object]]:
        return [dict(event.details) for event in self.events.since() if event.kind == "quirk"]


@pytest.mark.parametrize("portal", EVERYWHERE)
def test_all_payments_of_the_provider_are_found_by_date_and_each_by_its_number(portal: str) -> None:
    desk = Desk(portal)
    assert desk.all_by_dates() == desk.own()
    for trace in desk.own():
        assert desk.listing(trace=trace).shown == (trace,)
    missing = [one.trace for one in desk.truth.remittances if one.expect == "missing"]
    assert missing
    assert all(desk.listing(trace=trace).shown == () for trace in missing)


def test_a_search_that_the_form_does_not_take_says_why() -> None:
    desk = Desk(CONTRACTOR)
    assert desk.ask() == Refusal(("more-needed",))
    assert desk.ask(paid_from=TODAY) == Refusal(("no-dates",))
    assert desk.ask(paid_from=TODAY, paid_to=TODAY - timedelta(days=1)) == Refusal(("dates-reversed",))
    assert desk.ask(paid_from=TODAY - timedelta(days=32), paid_to=TODAY) == Refusal(("span-too-long",))
    assert {dict(event.details)["by"] for event in desk.events.since()} == {"refused"}


def test_a_payment_is_found_by_a_claim_in_it_where_the_form_has_that() -> None:
    desk = Desk(MULTIPAYER)
    one = next(one for one in desk.truth.remittances if one.trace in desk.own())
    found = desk.listing(claim_number=one.claims[0].payer_claim_number)
    assert one.trace in found.shown
    assert found.by == "claim-number"


def test_the_pages_of_a_list_hold_every_payment_once_newest_first() -> None:
    desk = Desk(NATIONAL)
    listing = desk.listing(paid_from=TODAY - timedelta(days=90), paid_to=TODAY)
    rows = [row for page in range(1, listing.pages(ROWS) + 1) for row in desk.search.listed(listing, page, ROWS)]
    assert [row.remittance.trace for row in rows] == list(listing.shown)
    days = [row.remittance.paid_on for row in rows]
    assert days == sorted(days, reverse=True)


def test_documents_of_more_than_sixty_days_ago_are_in_the_archive_and_nowhere_else() -> None:
    desk = Desk(NATIONAL)
    traces = sorted(desk.own())
    before = {trace for trace in traces if (row := desk.search.row(trace, desk.npi)) and row.archived}
    desk.clock.advance(45 * 86_400)
    after = {row.remittance.trace for row in desk.search.archive(desk.npi)}
    day = desk.clock.now().date()
    assert after == {
        one.trace for one in desk.truth.remittances if one.trace in traces and (day - one.paid_on).days > 60
    }
    assert before < after
    archived = next(iter(after))
    assert isinstance(desk.search.document(archived, "eob", desk.npi), Document)


def test_a_payment_of_exactly_sixty_days_ago_is_not_in_the_archive_yet() -> None:
    desk = Desk(CONTRACTOR)
    newest = max((one for one in desk.truth.remittances if one.trace in desk.own()), key=lambda one: one.paid_on)
    archived = []
    desk.clock.advance((60 - (TODAY - newest.paid_on).days) * 86_400)
    for _ in range(2):
        row = desk.search.row(newest.trace, desk.npi)
        assert row is not None
        archived.append(row.archived)
        desk.clock.advance(86_400)
    assert archived == [False, True]


def test_a_document_is_given_to_its_own_provider_only() -> None:
    desk = Desk(MEDICAID)
    trace = next(one.trace for one in desk.truth.remittances if one.deliveries == ("835", "eob"))
    other = desk.truth.practice.providers[1].npi
    assert isinstance(desk.search.document(trace, "835", desk.npi), Document)
    assert desk.search.document(trace, "835", other) is None
    assert desk.search.row(trace, other) is None
    only_paper = next(one.trace for one in desk.truth.remittances if one.deliveries == ("eob",))
    assert desk.search.document(only_paper, "835", desk.npi) is None


def test_a_document_that_is_made_later_comes_with_the_same_press_after_that() -> None:
    desk = Desk(MEDICAID, report_later=1.0)
    trace = next(one.trace for one in desk.truth.remittances if one.deliveries == ("835", "eob"))
    later = desk.search.document(trace, "835", desk.npi)
    assert isinstance(later, Later)
    assert desk.search.document(trace, "835", desk.npi) == later
    desk.clock.advance((later.ready_at - desk.clock.now()).total_seconds() + 1)
    assert isinstance(desk.search.document(trace, "835", desk.npi), Document)
    assert desk.happened() == [{"name": "report-later", "trace": trace}]


def test_a_report_is_built_then_ready_then_expired_and_only_a_ready_one_is_given() -> None:
    desk = Desk(NATIONAL)
    report = desk.reports.request(TODAY - timedelta(days=40), TODAY, desk.npi)
    assert (desk.reports.state(report), desk.reports.fetch(report.reference, desk.npi)) == ("building", None)
    desk.clock.advance((report.ready_at - desk.clock.now()).total_seconds() + 1)
    given = desk.reports.fetch(report.reference, desk.npi)
    assert given is not None
    assert desk.reports.fetch(report.reference, desk.truth.practice.providers[1].npi) is None
    desk.clock.advance(desk.search.rules.link_minutes * 60)
    assert (desk.reports.state(report), desk.reports.fetch(report.reference, desk.npi)) == ("expired", None)
    assert desk.reports.all(desk.npi) == (report,)
    names = zipfile.ZipFile(io.BytesIO(given.content)).namelist()
    days = {row.remittance.paid_on for row in desk.search.in_days(report.paid_from, report.paid_to, desk.npi)}
    assert sum(name.endswith(".835") for name in names) <= len(days)
    assert sum(name.endswith(".pdf") for name in names) >= len(days)


def test_a_filter_hides_payments_until_it_is_cleared() -> None:
    desk = Desk(CONTRACTOR, default_filter=1.0)
    listings = [desk.listing(paid_from=TODAY - timedelta(days=days + 31), paid_to=TODAY - timedelta(days=days))
                for days in (0, 32)]  # fmt: skip
    hidden = [listing for listing in listings if listing.default_filter]
    assert hidden
    for listing in hidden:
        assert len(listing.shown) < len(listing.traces)
        listing.clear_filter()
        assert listing.shown == listing.traces


def test_pdf_only_leaves_a_payment_with_its_paper_form_and_says_which_shape() -> None:
    desk = Desk(NATIONAL, pdf_only=1.0)
    listing = desk.listing(paid_from=TODAY - timedelta(days=90), paid_to=TODAY)
    rows = desk.search.listed(listing, 1, 50)
    assert {row.kinds for row in rows} == {("eob",)}
    noted = {one["trace"]: one["shape"] for one in desk.happened()}
    assert set(noted) <= {row.remittance.trace for row in rows}
    assert set(noted.values()) == {"text", "scanned", "protected"}
    assert all(desk.search.row(row.remittance.trace, desk.npi) == row for row in rows)
    assert len(desk.happened()) == len(noted)


def test_the_same_seed_gives_the_same_documents() -> None:
    first, second = Desk(MULTIPAYER), Desk(MULTIPAYER)
    for trace in sorted(first.own())[:3]:
        for kind in ("835", "eob"):
            assert first.search.given(trace, kind) == second.search.given(trace, kind)
