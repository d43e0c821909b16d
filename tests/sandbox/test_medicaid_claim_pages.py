"""The Medicaid portal's claim pages show the truth, in its own words and formats, and find no more than it would."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.events import EventLog
from sandbox.listing import Listing
from sandbox.portals.medicaid.claims import RULES
from sandbox.portals.medicaid.controls import Controls
from sandbox.portals.medicaid.texts import UNMAPPED_TEXTS
from sandbox.quirks import Quirks
from sandbox.search import ClaimSearch, Query
from sandbox.truth.generator import make_truth
from tests.practice_portal import PracticePortal
from tests.sandbox.medicaid_visiting import NAME, MedicaidVisitor, us_date
from tests.sandbox.visiting import kinds


@pytest.fixture(scope="module")
def full_portal() -> Iterator[PracticePortal]:
    with PracticePortal(NAME, seed=7, claims=400) as running:
        yield running


@pytest.fixture(scope="module")
def reader(full_portal: PracticePortal) -> Iterator[MedicaidVisitor]:
    with MedicaidVisitor(full_portal) as person:
        yield person.sign_in()


@pytest.fixture(scope="module")
def truth(full_portal: PracticePortal) -> dict[str, Any]:
    return full_portal.truth()


def row_of(truth: dict[str, Any], scenario: str) -> dict[str, Any]:
    """The first work-list row of a scenario, with the expected claim's number as `answer`."""
    place = next(number for number, ask in enumerate(truth["asks"]) if ask["scenario"] == scenario)
    return {**truth["rows"][place], "answer": truth["asks"][place]["payer_claim_number"]}


def claim_of(truth: dict[str, Any], number: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in truth["claims"] if one["payer_claim_number"] == number)
    return found


def shown_amount(text: str) -> str:
    return f"{float(text):,.2f}"


def test_a_paid_claim_shows_its_money_lines_and_payment(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "paid")
    claim = claim_of(truth, row["answer"])
    member = next(one for one in truth["members"] if one["patient"] == claim["patient"])
    name = " ".join(filter(None, (member["first_name"], member["middle_initial"], member["last_name"])))
    assert "Records 1-1 of 1" in reader.search_row(row)
    assert name in reader.words
    words = reader.open(row["answer"])
    for label, value in (
        ("Member ID", row["member_id"]),
        ("Member Name", name),
        ("Birth Date", us_date(row["birth_date"])),
        ("Patient Account No.", row["patient_account_number"]),
        ("ICN", row["answer"]),
        ("Total Billed", shown_amount(claim["billed"])),
        ("Total Paid", shown_amount(claim["paid"])),
        ("Total Allowed", shown_amount(claim["allowed"])),
        ("Cycle Date", claim["payment"]["date"]),
        ("Date Finalized", us_date(claim["finalised_date"])),
    ):
        assert f"{label}: {value}" in words
    for line in claim["lines"]:
        for adjustment in line["adjustments"]:
            assert f"{adjustment['group']}{adjustment['carc']} {shown_amount(adjustment['amount'])}" in words
    assert "$" not in words
    assert "F1" not in words


def test_header_eob_codes_are_whole_and_a_lines_codes_are_shown_for_one_line_at_a_time(
    reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    claim = next(
        one
        for one in truth["claims"]
        if len(one["lines"]) > 1 and one["paid"] and all(line["adjustments"] for line in one["lines"])
        if one["billing_npi"] == truth["practice"]["providers"][0]["npi"]
    )
    reader.search("icn", txtIcn=claim["payer_claim_number"])
    words = reader.open(claim["payer_claim_number"])
    header = words.split("Header EOB Codes")[1].split("Service Lines")[0]
    for line in claim["lines"]:
        for adjustment in line["adjustments"]:
            assert f"{adjustment['group']} {adjustment['carc']}" in header
    assert "EOB codes" not in words.split("Service Lines")[1].split("Press +")[0]
    for number in (1, 2):
        target = reader.post_backs("lnkSelect")[number - 1 if number == 1 else 0][0]
        words = reader.follow(target)
        assert f"Line {number} EOB codes" in words
        assert f"Line {3 - number} EOB codes" not in words
        shown = words.split(f"Line {number} EOB codes")[1].split("Information Requested")[0]
        assert len(re.findall(r"\((?:CO|PR) \w+\)", shown)) == len(claim["lines"][number - 1]["adjustments"])


def test_what_is_not_decided_is_blank_and_not_zero(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "pending")
    reader.search_row(row)
    words = reader.open(row["answer"])
    assert "Total Allowed: Total Paid: Deductible:" in words
    assert " 0.00" not in words
    assert "has not been through a financial cycle" in words


def test_amounts_taken_back_have_their_minus_behind_them(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "voided")
    words = reader.search_row(row)
    assert "Voided" in words
    assert f"{float(row['billed']):,.2f}- " in words


def test_original_and_replacement_name_each_other(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "replaced")
    assert "Adjusted - Replaced" in reader.search_row(row)
    original = next(number for number in reader.claim_numbers() if number != row["answer"])
    list_page = reader.page
    assert f"Adjusted from {original}" in reader.open(row["answer"])
    reader.page = list_page
    reader.search_row(row)
    assert f"Adjusted by {row['answer']}" in reader.open(original)


def test_a_request_names_what_is_wanted_and_by_when(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "records requested")
    due = us_date(claim_of(truth, row["answer"])["requests"][0]["due"])
    reader.search_row(row)
    assert f"Requested Due By Medical records {due}" in reader.open(row["answer"])


def test_lists_come_ten_to_a_page_by_next_or_by_number_and_keep_every_claim(
    reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    row = row_of(truth, "more than one page of claims")
    assert "Records 1-10 of 23" in reader.search_row(row, days=12)
    seen = reader.claim_numbers()
    assert [argument for _, argument, _ in reader.post_backs("lnkPage")] == ["Page$2", "Page$3"]
    assert "Records 11-20 of 23" in reader.follow(reader.post_backs("lnkNext")[0][0])
    seen += reader.claim_numbers()
    target, argument, _ = reader.post_backs("lnkPage")[1]
    assert "Records 21-23 of 23" in reader.follow(target, argument)
    assert reader.post_backs("lnkNext") == []
    seen += reader.claim_numbers()
    assert len(set(seen)) == 23
    assert "Records 11-20 of 23" in reader.follow(reader.post_backs("lnkPrevious")[0][0])


def test_the_list_is_still_there_after_a_claim_was_opened(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    reader.search_row(row_of(truth, "more than one page of claims"), days=12)
    reader.follow(reader.post_backs("lnkNext")[0][0])
    listed = reader.claim_numbers()
    reader.follow(reader.post_backs("lnkIcn")[3][0])
    assert "Records 11-20 of 23" in reader.words
    assert reader.claim_numbers() == listed
    window = reader.window()
    assert f"ICN: {listed[3]}" in reader.get(window)


def test_more_than_twenty_five_claims_are_not_listed(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "more claims than a list shows")
    month_before = (date.fromisoformat(row["service_from"]) - timedelta(30)).isoformat()
    words = reader.search_row(row, txtFromDos=us_date(month_before))
    assert "more than 25 records" in words
    assert reader.claim_numbers() == []
    reader.search_row(row)
    assert row["answer"] in reader.claim_numbers()


def test_nothing_found_has_words_of_its_own(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    assert "No records were found" in reader.search_row(row_of(truth, "claim never reached the payer"))
    assert "member ID is not on file" in reader.search_row(row_of(truth, "member not found"))
    assert "No records were found" in reader.search("icn", txtIcn="2026001999999")


def test_two_people_under_one_member_id_come_in_one_list(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    reader.search_row(row_of(truth, "two people under one member id"))
    assert len(reader.claim_numbers()) == 2


def test_an_old_member_id_finds_the_member_under_the_new_one(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "member id corrected by the payer")
    reader.search_row(row)
    assert f"Member ID: {row['member_id']}" not in reader.open(reader.claim_numbers()[0])


def test_a_wrong_amount_on_the_page_contradicts_the_rest_of_it(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "money shown does not add up")
    reader.search_row(row)
    number = reader.claim_numbers()[0]
    claim = claim_of(truth, number)
    words = reader.open(number)
    total_is_wrong = f"Total Paid: {shown_amount(claim['paid'])}" not in words
    assert total_is_wrong == (claim["page_error"] == "wrong-total")
    assert f"Amount Paid on This Claim: {shown_amount(claim['paid'])}" in words


def test_the_other_location_sees_other_claims(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "other location has a claim alike")
    seen = []
    for provider in (1, 0):
        reader.get("/ActingFor.aspx")
        reader.act_for(provider)
        reader.search_row(row)
        seen.append(reader.claim_numbers())
    assert seen[1] == [row["answer"]]
    assert len(seen[0]) == 1
    assert seen[0] != seen[1]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "From and to dates of service are required."),
        ({"txtFromDos": "10/01/2026", "txtToDos": "10/02/2026"}, "Member ID is required."),
        ({"txtMemberId": "1", "txtFromDos": "10/01/2026", "txtToDos": "11/01/2026"}, "may span 31 days at most"),
        ({"txtMemberId": "1", "txtFromDos": "10/02/2026", "txtToDos": "10/01/2026"}, "may not be before"),
        ({"txtMemberId": "1", "txtFromDos": "2026-10-01", "txtToDos": "10/02/2026"}, "From date of service must be"),
        ({"txtMemberId": "1", "txtFromDos": "1/1/2026", "txtToDos": "10/02/2026"}, "From date of service must be"),
        ({"txtMemberId": "1", "txtFromDos": "10/01/2026", "txtToDos": "02/30/2026"}, "To date of service must be"),
    ],
)
def test_the_form_says_what_it_lacks(reader: MedicaidVisitor, fields: dict[str, str], message: str) -> None:
    words = reader.search("member", **fields)
    assert "Please correct the following" in words
    assert message in words
    assert "Search Results" not in words


def test_thirty_one_days_may_be_asked_for_and_an_icn_is_needed(reader: MedicaidVisitor) -> None:
    words = reader.search("member", txtMemberId="1", txtFromDos="10/01/2026", txtToDos="10/31/2026")
    assert "member ID is not on file" in words
    assert "ICN is required" in reader.search("icn")


def test_reset_takes_everything_away(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    reader.search_row(row_of(truth, "paid"))
    words = reader.press("btnReset")
    assert "Search Results" not in words
    assert "Member ID:" not in words


def test_no_address_names_a_claim_or_a_member(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "paid")
    reader.search_row(row)
    reader.follow(reader.post_backs("lnkIcn")[0][0])
    addresses = [reader.window(), str(reader.page.url), *re.findall(r'(?:href|action)="([^"]*)"', reader.page.text)]
    assert row["answer"] not in " ".join(addresses)
    assert row["member_id"] not in " ".join(addresses)


def test_an_unknown_reference_opens_nothing(reader: MedicaidVisitor) -> None:
    reader.get("/ClaimDetail.aspx?w=0123456789")
    assert reader.path == "/ClaimSearch.aspx"


class FixedClock(Clock):
    """A portal's clock that stands still."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@pytest.mark.parametrize(("hour", "seen"), [(1, 0), (2, 1)])
def test_a_claim_is_on_the_portal_two_hours_after_it_came_in(hour: int, seen: int) -> None:
    truth = make_truth(7, 60, date(2026, 11, 20), NAME)
    claim = truth.claims[0].model_copy(update={"received_date": date(2026, 11, 20)})
    clock = FixedClock(datetime(2026, 11, 20, hour, tzinfo=UTC))
    today = truth.model_copy(update={"claims": (claim, *truth.claims[1:])})
    search = ClaimSearch(today, RULES, clock, Quirks(7, NAME, {}, EventLog(clock)))
    found = search.ask(Query(claim_number=claim.payer_claim_number), claim.billing_npi)
    assert isinstance(found, Listing)
    assert len(found.claims) == seen


# Quirks and switches


def quirked(**quirks: float) -> PracticePortal:
    settings = {name.replace("_", "-"): probability for name, probability in quirks.items()}
    return PracticePortal(NAME, seed=7, claims=60, quirks=settings)


def test_a_window_may_be_blank_first_and_filled_later(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    def blank_for(visitor: MedicaidVisitor, known: dict[str, Any]) -> int:
        visitor.search_row(row_of(known, "paid"))
        visitor.follow(visitor.post_backs("lnkIcn")[0][0])
        found = re.search(r"openDetail\(.*?, (\d+)\)", visitor.page.text)
        assert found
        return int(found[1])

    assert blank_for(reader, truth) == 0
    with quirked(popup_blank_first=1) as portal, MedicaidVisitor(portal) as visitor:
        visitor.sign_in()
        assert blank_for(visitor, portal.truth()) >= 500


def test_a_load_delay_hides_a_claim_and_lets_it_come_later() -> None:
    with quirked(load_delay=1) as portal, MedicaidVisitor(portal) as visitor:
        visitor.sign_in()
        row = row_of(portal.truth(), "paid")
        assert "No records were found" in visitor.search_row(row)
        assert row["patient_account_number"] in portal.delayed_rows()
        portal.advance(4 * 86_400)
        visitor.sign_in()
        visitor.search_row(row)
        assert visitor.claim_numbers() == [row["answer"]]


def test_rows_may_move_between_pages_while_the_total_stays_right() -> None:
    with quirked(unstable_sort=1) as portal, MedicaidVisitor(portal) as visitor:
        visitor.sign_in()
        row = row_of(portal.truth(), "more than one page of claims")
        assert "of 13" in visitor.search_row(row)
        seen = visitor.claim_numbers()
        assert "of 13" in visitor.follow(visitor.post_backs("lnkNext")[0][0])
        seen += visitor.claim_numbers()
        assert len(seen) == 13
        assert len(set(seen)) < 13


def test_too_many_searches_are_answered_429_with_a_time_to_wait() -> None:
    with quirked(throttle=1) as portal, MedicaidVisitor(portal) as visitor:
        visitor.sign_in()
        assert "You have made too many inquiries" in visitor.search_row(row_of(portal.truth(), "paid"))
        assert visitor.page.status_code == 429
        assert int(visitor.page.headers["retry-after"]) >= 1
        assert "throttled" in kinds(portal)


def test_new_words_replace_every_status_and_errors_come_when_switched_on() -> None:
    with PracticePortal(NAME, seed=7, claims=60) as portal, MedicaidVisitor(portal) as visitor:
        visitor.sign_in()
        row = row_of(portal.truth(), "paid")
        portal.faults(unmapped_status=True)
        assert any(text in visitor.search_row(row) for text in UNMAPPED_TEXTS)
        portal.faults(http_500_every=1)
        assert "application error" in visitor.get("/Home.aspx")
        assert visitor.page.status_code == 500
        portal.faults(hostile_script=True)
        assert "999.00" in visitor.http.get("/Home.aspx").text
        portal.faults(expire_session_after=1)
        assert "Your session has ended" in visitor.get("/Home.aspx")


def test_the_work_list_of_this_portal_names_it(truth: dict[str, Any]) -> None:
    assert {row["portal"] for row in truth["rows"]} == {NAME}
    spans = [date.fromisoformat(row["service_to"]) - date.fromisoformat(row["service_from"]) for row in truth["rows"]]
    assert max(spans) < timedelta(31)


# The four layouts show the same facts


def facts(visitor: MedicaidVisitor) -> list[str]:
    """Numbers, dates, amounts and codes on the page, whatever they are called and wherever they stand."""
    return sorted(re.findall(r"\d[\d,./:-]*\d-?|\b[A-Z]{2}\d+ [\d,.]+", visitor.words.split("Claim", 1)[1]))


class LaterVisitor(MedicaidVisitor):
    """Knows the controls of a layout that gave them other names."""

    naming = "v1"

    def name(self, control: str) -> str:
        return super().name(Controls(self.naming).name(control).rsplit("$", 1)[1])


@pytest.mark.parametrize(("layout", "naming"), [(2, "v1"), (3, "v3"), (4, "v1")])
def test_every_layout_differs_from_the_first_and_shows_the_same_facts(
    layout: int, naming: str, reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    row = row_of(truth, "paid")
    reader.search_row(row)
    columns = grid_columns(reader)
    words = reader.open(row["answer"])
    expected = facts(reader)
    with PracticePortal(NAME, seed=7, claims=400, layout=layout) as portal, LaterVisitor(portal) as other:
        other.naming = naming
        sign_in = plain(other.page.text)
        other.sign_in()
        assert ("Our pages have a new look" in other.get("/ClaimSearch.aspx")) == (layout == 4)
        other.search_row(row)
        assert (grid_columns(other) != columns) == (layout in (2, 3))
        opened = next(link for link in other.post_backs() if link[2] == row["answer"])
        other.follow(opened[0])
        if layout != 4:
            other.get(other.window())
        assert other.path == "/ClaimDetail.aspx"
        assert other.words != words
        assert facts(other) == expected
    with MedicaidVisitor(reader.portal) as first:
        assert plain(first.page.text) != sign_in


def grid_columns(visitor: MedicaidVisitor) -> list[str]:
    return re.findall(r'<th scope="col">([^<]*)</th>', visitor.page.text)


def plain(text: str) -> str:
    """The page without what changes from load to load."""
    return re.sub(r'(id|name|class|href|src)="[^"]*"|type="hidden"[^>]*', "", text)
