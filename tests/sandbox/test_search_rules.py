"""The claim search keeps the rules that a portal gives it: fields, ids, names, dates, filters, delays."""

from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.events import EventLog
from sandbox.listing import Listing
from sandbox.quirks import CONTRACTOR, MEDICAID, MULTIPAYER, NATIONAL, Quirks
from sandbox.search import ClaimSearch, Field, Query, Refusal, SearchRules
from sandbox.truth.generator import make_truth
from sandbox.truth.model import Member, WorkListRow

TODAY = date(2026, 11, 22)
BY_MEMBER: tuple[Field, ...] = ("member_id", "service_from", "service_to")
BY_CARD: tuple[Field, ...] = ("member_id", "last_name", "first_name", "birth_date", "service_from", "service_to")


class Office:
    """One portal's search and a row of its work list."""

    def __init__(
        self, portal: str = NATIONAL, quirks: dict[str, float] | None = None, claims: int = 60, **rules: Any
    ) -> None:
        self.truth = make_truth(7, claims, TODAY, portal)
        self.clock = Clock(TODAY)
        self.events = EventLog(self.clock)
        settings = {"ways": (("claim_number",), BY_MEMBER), **rules}
        die = Quirks(3, portal, quirks or {}, self.events)
        self.search = ClaimSearch(self.truth, SearchRules(**settings), self.clock, die)
        self.row, self.answer = self.of("paid")

    def of(self, scenario: str) -> tuple[WorkListRow, str]:
        place = next(number for number, ask in enumerate(self.truth.asks) if ask.scenario == scenario)
        return self.truth.rows[place], self.truth.asks[place].payer_claim_number or ""

    @property
    def member(self) -> Member:
        return next(one for one in self.truth.members if one.member_id == self.row.member_id)

    def asked(self, **changes: Any) -> Refusal | Listing:
        known = {
            "member_id": self.row.member_id,
            "last_name": self.member.last_name,
            "first_name": self.member.first_name,
            "birth_date": self.row.birth_date,
            "service_from": self.row.service_from,
            "service_to": self.row.service_to,
        }
        return self.search.ask(Query(**{**known, **changes}), self.row.billing_npi)

    def found(self, **changes: Any) -> Listing:
        listing = self.asked(**changes)
        assert isinstance(listing, Listing)
        return listing

    def reasons(self, **changes: Any) -> tuple[str, ...]:
        refusal = self.asked(**changes)
        assert isinstance(refusal, Refusal)
        return refusal.reasons


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"member_id": ""}, ("more-needed",)),
        ({"member_id": "", "service_from": None}, ("no-dates", "more-needed")),
        ({"service_to": None}, ("no-dates",)),
        ({"service_from": TODAY, "service_to": TODAY - timedelta(days=1)}, ("dates-reversed",)),
        ({"service_from": TODAY - timedelta(days=32), "service_to": TODAY}, ("span-too-long",)),
        (
            {"service_from": TODAY - timedelta(days=400), "service_to": TODAY - timedelta(days=380)},
            ("too-far-back",),
        ),
    ],
)
def test_a_form_is_refused_for_these_reasons(changes: dict[str, Any], reasons: tuple[str, ...]) -> None:
    office = Office(longest_span_days=31, days_back=366)
    assert office.reasons(**changes) == reasons
    assert [event.as_json()["by"] for event in office.events.since()] == ["refused"]


def test_a_birth_date_alone_is_refused() -> None:
    office = Office(ways=(BY_MEMBER, ("last_name", "first_name", "birth_date", "service_from", "service_to")))
    assert office.reasons(member_id="", last_name="", first_name="") == ("more-needed",)
    assert office.answer in office.found(member_id="").claims


@pytest.mark.parametrize("change", [str.lower, lambda one: one + " ", lambda one: one[:-2] + "-" + one[-2:]])
def test_an_id_is_found_to_the_letter_only(change: Any) -> None:
    office = Office()
    assert office.answer in office.found().claims
    assert not office.found(member_id=change(office.row.member_id)).member_known


def test_where_the_prefix_must_be_left_out_the_whole_id_finds_nobody() -> None:
    office = Office(MULTIPAYER, member_id="without-prefix")
    assert office.row.member_id.startswith("PXH")
    assert not office.found().member_known
    assert office.answer in office.found(member_id=office.row.member_id[3:]).claims


def test_where_ids_are_pasted_a_blank_behind_is_refused() -> None:
    office = Office(CONTRACTOR, member_id="as-written")
    assert office.reasons(member_id=office.row.member_id + " ") == ("bad-member-id",)
    assert not office.found(member_id=office.row.member_id.lower()).member_known


def test_names_as_on_the_card_fit_by_all_their_letters() -> None:
    office = Office(CONTRACTOR, ways=(BY_CARD,), names="as-on-the-card")
    name = office.member.last_name
    assert office.answer in office.found(last_name=f" {name[:2]}-{name[2:].lower()}'").claims
    assert office.found(last_name=name[:3]).mismatch == "name"
    assert office.found(first_name=office.member.first_name + " J").mismatch == "name"
    assert office.found(birth_date=TODAY).mismatch == "birth-date"
    assert office.found(member_id="1S00A00AA00").mismatch == ""
    assert not office.found(member_id="1S00A00AA00").member_known


def test_a_generation_suffix_is_not_part_of_the_name_on_the_card() -> None:
    office = Office(CONTRACTOR, claims=400, ways=(BY_CARD,), names="as-on-the-card")
    suffixed = next(one for one in office.truth.members if one.last_name.endswith((" JR", " III")))
    office.row = next(row for row in office.truth.rows if row.member_id == suffixed.member_id)
    bare = suffixed.last_name.rsplit(" ", 1)[0]
    assert office.found(last_name=bare).claims
    assert office.found(last_name=suffixed.last_name).mismatch == "name"


def test_more_than_the_most_are_not_listed() -> None:
    office = Office(most=22)
    office.row, _ = office.of("more than one page of claims")
    listing = office.found(service_from=office.row.service_from - timedelta(days=12))
    assert len(listing.claims) == 23
    assert listing.too_many
    assert listing.shown == ()


def test_a_claim_is_not_there_until_so_many_hours_after_its_receipt() -> None:
    office = Office(MEDICAID, load_hours=24 * 90)
    assert office.found().claims == ()
    office.clock.advance(90 * 86_400)
    assert office.answer in office.found().claims


def test_a_delayed_patient_is_missing_from_every_search_until_loaded() -> None:
    office = Office(quirks={"load-delay": 1.0})
    assert office.found().claims == ()
    assert office.found().member_known
    number = {"member_id": "", "claim_number": office.answer, "service_from": None, "service_to": None}
    assert office.found(**number).claims == ()
    named = [event.as_json().get("payer_claim_number") for event in office.events.since() if event.kind == "quirk"]
    assert named == [office.answer] * 3
    assert office.row.patient_account_number in office.search.delayed_rows()
    office.clock.advance(3 * 86_400)
    assert office.found().claims == office.found(**number).claims == (office.answer,)


def test_a_delay_hides_a_family_number_as_a_whole_and_never_one_of_two_claims() -> None:
    office = Office(quirks={"load-delay": 0.5})
    for row, ask in zip(office.truth.rows, office.truth.asks, strict=True):
        listing = office.search.ask(
            Query(member_id=row.member_id, service_from=row.service_from, service_to=row.service_to), row.billing_npi
        )
        assert isinstance(listing, Listing)
        if ask.expect == "ANSWERED":
            delayed = row.patient_account_number in office.search.delayed_rows()
            assert (ask.payer_claim_number not in listing.claims) == delayed


def test_a_default_filter_hides_rows_until_it_is_cleared() -> None:
    office = Office(CONTRACTOR, {"default-filter": 1.0})
    office.row, _ = office.of("more than one page of claims")
    listing = office.found(service_from=office.row.service_from - timedelta(days=12))
    assert listing.default_filter in ("mine", "last-30-days")
    assert len(listing.shown) < len(listing.claims)
    listing.clear_filter()
    assert listing.shown == listing.claims


def test_a_filter_that_would_hide_nothing_is_not_set() -> None:
    office = Office(CONTRACTOR, {"default-filter": 1.0})
    assert office.found(member_id="", claim_number="nothing").claims == ()
    assert office.found(member_id="", claim_number="nothing").default_filter == ""
    assert [event for event in office.events.since() if event.kind == "quirk"] == []


def test_pages_hold_every_claim_once_and_know_where_each_stands() -> None:
    listing = Listing(claims=tuple(f"claim {number}" for number in range(23)))
    assert listing.pages(10) == 3
    pages = [listing.page(number, 10) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [10, 10, 3]
    assert tuple(claim for page in pages for claim in page) == listing.claims
    assert listing.page_of("claim 20", 10) == 3
    assert Listing().pages(10) == 1


@pytest.mark.parametrize("length", [11, 20, 23, 35, 50])
def test_an_unstable_list_repeats_rows_and_misses_others_and_shows_all_the_second_time(length: int) -> None:
    listing = Listing(claims=tuple(f"claim {number}" for number in range(length)), unstable=True)
    pages = range(1, listing.pages(10) + 1)
    seen = [claim for number in pages for claim in listing.page(number, 10)]
    assert len(seen) == len(listing.shown) == length
    assert len(set(seen)) < length
    again = [claim for number in pages for claim in listing.page(number, 10)]
    assert set(again) == set(listing.claims)


@pytest.mark.parametrize("portal", [NATIONAL, MULTIPAYER, CONTRACTOR, MEDICAID])
def test_the_work_list_carries_the_portals_name_and_its_kind_of_member_ids(portal: str) -> None:
    truth = make_truth(7, 60, TODAY, portal)
    assert {row.portal for row in truth.rows} == {portal}
    ids = {one.member_id for one in truth.members}
    shapes = {NATIONAL: ("PNH", 12), MULTIPAYER: ("PXH", 12), CONTRACTOR: ("", 11), MEDICAID: ("9", 10)}
    prefix, length = shapes[portal]
    assert all(one.startswith(prefix) and len(one) == length for one in ids)
    assert portal != CONTRACTOR or all(one[1] == "S" for one in ids)
