"""The contractor's claim pages show the truth, find no more than a real portal would, and allow one window."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.portals.contractor.inquiry import INVALID, MISMATCH
from tests.practice_portal import PracticePortal
from tests.sandbox.contractor_visiting import (
    ContractorVisitor,
    claim_of,
    hyphen_date,
    member_of,
    row_of,
    slash_date,
)

NAME = "practice-contractor"


@pytest.fixture(scope="module")
def full_portal() -> Iterator[PracticePortal]:
    with PracticePortal(NAME, seed=7, claims=400) as running:
        yield running


@pytest.fixture(scope="module")
def truth(full_portal: PracticePortal) -> dict[str, Any]:
    return full_portal.truth()


@pytest.fixture(scope="module")
def signed_in(full_portal: PracticePortal) -> Iterator[ContractorVisitor]:
    with ContractorVisitor(full_portal) as person:
        yield person.sign_in()


@pytest.fixture
def reader(signed_in: ContractorVisitor) -> ContractorVisitor:
    """Somebody signed in; a test that ended the session leaves it to the next one to sign in again."""
    signed_in.go("home")
    if signed_in.heading != "Welcome":
        signed_in.get("/pcs/login.do")
        signed_in.sign_in()
    return signed_in


def dollars(amount: str) -> str:
    value = float(amount)
    return f"-${-value:,.2f}" if value < 0 else f"${value:,.2f}"


def test_the_window_shows_identity_status_money_lines_and_payment(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    row = row_of(truth, "paid")
    claim = claim_of(truth, row["answer"])
    member = member_of(truth, row["member_id"])
    assert "Claims 1 - 1 of 1" in reader.inquire_row(row)
    words = reader.open(row["answer"])
    owed = claim["patient_responsibility"]
    name = f"{member['last_name']}, {member['first_name']} {member['middle_initial']}".strip()
    for label, value in (
        ("Beneficiary Name", name),
        ("Medicare Beneficiary Identifier", row["member_id"]),
        ("Date of Birth", slash_date(row["birth_date"])),
        ("Patient Control Number", row["patient_account_number"]),
        ("ICN/DCN", row["answer"]),
        ("Claim Status", "Processed"),
        ("Claim Status Codes", "65"),
        ("Status Date", slash_date(claim["effective_date"])),
        ("From Date of Service", slash_date(claim["service_from"])),
        ("To Date of Service", slash_date(claim["service_to"])),
        ("Receipt Date", slash_date(claim["received_date"])),
        ("Date Finalized", slash_date(claim["finalised_date"])),
        ("Billing Provider NPI", claim["billing_npi"]),
        ("Total Billed", dollars(claim["billed"])),
        ("Total Allowed", dollars(claim["allowed"])),
        ("Coinsurance", dollars(owed["coinsurance"])),
        ("Paid to Provider", dollars(claim["paid"])),
        ("Payment Date", slash_date(claim["payment"]["date"])),
        ("Payment Amount", dollars(claim["payment"]["amount"])),
    ):
        assert f"{label}: {value}" in words
    for line in claim["lines"]:
        for adjustment in line["adjustments"]:
            assert f"{adjustment['group']}-{adjustment['carc']} {dollars(adjustment['amount'])}" in words
    assert "Appeal may be filed: Yes" in words
    assert re.search(r"\bF1\b", words) is None


def test_the_list_writes_plain_amounts_and_only_pending_or_processed(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    row = row_of(truth, "denied")
    claim = claim_of(truth, row["answer"])
    words = reader.inquire_row(row)
    shown = f"{hyphen_date(claim['service_from'])} {hyphen_date(claim['service_to'])} Processed"
    assert f"{row['answer']} {shown} {float(claim['billed']):,.2f}" in words
    assert "$" not in words
    assert "Denied" not in words
    assert "Denied" in reader.open(row["answer"])
    pending = row_of(truth, "pending")
    assert "Pending" in reader.inquire_row(pending)


def test_what_is_not_decided_is_blank_or_dashes_and_never_zero(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    row = row_of(truth, "pending")
    assert "-- -- --" in reader.inquire_row(row)
    words = reader.open(row["answer"])
    assert "$0.00" not in words
    assert "This claim has not been paid or denied." in words


def test_amounts_taken_back_have_cr_in_the_list_and_a_minus_in_the_window(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    row = row_of(truth, "voided")
    words = reader.inquire_row(row)
    billed = f"{float(row['billed']):,.2f}"
    assert f"{billed} CR" in words
    void = next(number for number in reader.openers() if number != row["answer"])
    words = reader.open(void)
    assert f"-${billed}" in words
    assert f"Adjusted or cancelled claim (original) {row['answer']}" in words


def test_a_related_claim_opens_in_the_same_window(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "replaced")
    reader.inquire_row(row)
    original = next(number for number in reader.openers() if number != row["answer"])
    assert f"Adjustment claim {row['answer']}" in reader.open(original)
    assert f"ICN/DCN: {row['answer']}" in reader.get(reader.link(row["answer"]))


def test_codes_and_other_insurance_open_in_tabs_with_words(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "denied")
    claim = claim_of(truth, row["answer"])
    reader.inquire_row(row)
    reader.open(row["answer"])
    tabs = re.findall(r'<a href="([^"]+)" target="_blank">(\w+)', reader.page.text)
    assert [caption for _, caption in tabs] == ["Remittance", "MSP"]
    words = reader.get(tabs[0][0].replace("&amp;", "&"))
    assert f"{claim['lines'][0]['adjustments'][0]['carc']} The" in words
    assert f"As of {claim['effective_date']}" in words
    assert "No other insurer is on record" in reader.get(tabs[1][0].replace("&amp;", "&"))


def test_a_request_names_what_is_wanted_and_by_when(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "records requested")
    due = slash_date(claim_of(truth, row["answer"])["requests"][0]["due"])
    reader.inquire_row(row)
    assert f"Documentation Requested Respond By Medical records {due}" in reader.open(row["answer"])


def test_mistakes_of_the_page_contradict_the_rest_of_it(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "money shown does not add up")
    reader.inquire_row(row)
    number = next(iter(reader.openers()))
    claim = claim_of(truth, number)
    words = reader.open(number)
    total_is_wrong = f"Paid to Provider: {dollars(claim['paid'])}" not in words
    assert total_is_wrong == (claim["page_error"] == "wrong-total")
    assert f"Payment Amount: {dollars(claim['paid'])}" in words


def test_lists_come_ten_to_a_page_and_keep_every_claim(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "more than one page of claims")
    start = date.fromisoformat(row["service_from"]) - timedelta(days=12)
    seen: list[str] = []
    words = reader.inquire_row(row, service_from=hyphen_date(start.isoformat()))
    for place in ("1 - 10", "11 - 20", "21 - 23"):
        assert f"Claims {place} of 23" in words
        seen += reader.openers()
        if place != "21 - 23":
            words = reader.get(reader.link("Next"))
    assert len(set(seen)) == 23
    assert "Next" in words
    assert "start=4" not in reader.page.text


def test_more_than_fifty_claims_are_not_listed(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "more claims than a list shows")
    start = date.fromisoformat(row["service_from"]) - timedelta(days=100)
    words = reader.inquire_row(row, service_from=hyphen_date(start.isoformat()))
    assert "more than 50 claims" in words
    assert reader.openers() == {}
    reader.inquire_row(row)
    assert row["answer"] in reader.openers()


def test_nothing_found_a_stranger_and_a_mismatch_have_words_of_their_own(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    assert "No claims were found" in reader.inquire_row(row_of(truth, "claim never reached the payer"))
    assert INVALID in reader.inquire_row(row_of(truth, "member not found"))
    assert INVALID in reader.inquire_row(row_of(truth, "member not found, near name"))
    assert MISMATCH in reader.inquire_row(row_of(truth, "wrong birth date in the office"))


@pytest.mark.parametrize("change", [str.lower, lambda text: text + " ", lambda text: f"{text[:4]}-{text[4:]}"])
def test_a_beneficiary_is_found_by_the_identifier_to_the_letter_only(
    reader: ContractorVisitor, truth: dict[str, Any], change: Any
) -> None:
    row = row_of(truth, "paid")
    assert len(row["member_id"]) == 11
    assert row["member_id"][1] == "S"
    assert INVALID in reader.inquire_row(row, member_id=change(row["member_id"]))


@pytest.mark.parametrize("scenario", ["hyphenated name", "apostrophe name", "suffixed name", "accented name"])
def test_names_are_found_as_they_are_on_the_card(
    reader: ContractorVisitor, truth: dict[str, Any], scenario: str
) -> None:
    row = row_of(truth, scenario)
    member = member_of(truth, row["member_id"])
    card = re.sub(r" (JR|III)$", "", member["last_name"])
    names = {"last_name": card, "first_name": member["first_name"]}
    assert "Claims 1 - 1 of 1" in reader.inquire_row(row, **names)
    plain = re.sub("[^A-Z]", "", card).lower()
    assert "Claims 1 - 1 of 1" in reader.inquire_row(row, last_name=plain, first_name=member["first_name"].title())
    for other in (card[:3], card + " Jr", card + " X"):
        assert MISMATCH in reader.inquire_row(row, **{**names, "last_name": other})
    assert MISMATCH in reader.inquire_row(row, **{**names, "first_name": member["first_name"] + " J"})


def test_an_old_identifier_finds_the_beneficiary_under_the_new_one(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    row = row_of(truth, "member id corrected by the payer")
    reader.inquire_row(row)
    words = reader.open(next(iter(reader.openers())))
    assert row["member_id"] not in words


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "From and to dates of service are required."),
        ({"member_id": "", "last_name": " "}, "identifier, last name, first name and date of birth are required"),
        ({"birth_date": ""}, "identifier, last name, first name and date of birth are required"),
        ({"service_from": "2026/01/01"}, "From Date of Service must be in the format MM-DD-YYYY."),
        ({"service_to": "1-2-2026"}, "To Date of Service must be in the format MM-DD-YYYY."),
        ({"birth_date": "02-30-1950"}, "Date of Birth must be in the format MM-DD-YYYY."),
        ({"service_from": "01-01-2020", "service_to": "02-01-2020"}, "more than 12 months in the past"),
        ({"service_to": "01-01-2000"}, "before the from date"),
    ],
)
def test_the_form_says_what_it_lacks(
    reader: ContractorVisitor, truth: dict[str, Any], fields: dict[str, str], message: str
) -> None:
    words = reader.inquire_row(row_of(truth, "paid"), **fields) if fields else reader.inquire()
    assert message in words
    assert reader.heading == "Claim Status Inquiry"


def test_what_was_typed_is_still_there_after_a_complaint(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    reader.inquire_row(row_of(truth, "paid"), last_name='"<b>')
    assert 'value="&#34;&lt;b&gt;"' in reader.page.text


def test_the_other_account_sees_other_claims(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "other location has a claim alike")
    seen = []
    for provider in reversed(truth["practice"]["providers"]):
        reader.get(f"/pcs/accountSelection.do?wk={reader.window}")
        assert reader.heading == "Account Selection"
        reader.choose_account(provider["npi"])
        reader.window = reader.frames()["menu"].split("wk=")[1]
        assert provider["npi"] in reader.go("home")
        reader.inquire_row(row)
        seen.append(list(reader.openers()))
    assert seen[1] == [row["answer"]]
    assert len(seen[0]) == 1
    assert seen[0] != seen[1]


# One window


def over(reader: ContractorVisitor) -> bool:
    """Whether the last page ended the session, and the next one says so too."""
    shown = reader.heading == "Page Cannot Be Displayed"
    words = reader.go("claims")
    return shown and "Your session has expired. Please log in again." in words and reader.page.status_code == 200


def test_the_back_button_ends_the_session(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    reader.go("claims")
    before = str(reader.page.url)
    reader.inquire_row(row_of(truth, "paid"))
    reader.get(before)
    assert over(reader)
    assert reader.portal.events()[-2]["kind"] == "second_tab"


def test_a_refresh_ends_the_session(reader: ContractorVisitor) -> None:
    reader.go("claims")
    reader.get(str(reader.page.url))
    assert over(reader)


def test_the_frameset_in_a_second_tab_ends_the_session(reader: ContractorVisitor) -> None:
    reader.get("/pcs/main.do")
    assert over(reader)


def test_the_framesets_own_address_is_good_once(reader: ContractorVisitor) -> None:
    reader.get(f"/pcs/accountSelection.do?wk={reader.window}")
    reader.choose_account()
    entered = str(reader.page.url)
    assert "main.do" in entered
    reader.window = reader.frames()["menu"].split("wk=")[1]
    assert "Welcome" in reader.go("home")
    reader.get(entered)
    assert over(reader)


def test_a_page_without_its_key_ends_the_session(reader: ContractorVisitor) -> None:
    reader.get("/pcs/claimInquiry.do")
    assert over(reader)


def test_a_menu_link_in_a_tab_of_its_own_ends_the_session(reader: ContractorVisitor) -> None:
    reader.get(f"/pcs/nav.do?wk={reader.window}&to=claims", **{"Sec-Fetch-Dest": "document"})
    assert over(reader)


def test_the_first_page_in_a_second_tab_ends_the_session(reader: ContractorVisitor) -> None:
    reader.get("/")
    assert reader.heading == "Provider Portal Log In"
    assert reader.go("claims")
    assert reader.heading == "Provider Portal Log In"


def test_a_claims_window_of_a_session_that_is_over_says_so(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "paid")
    reader.inquire_row(row)
    reader.portal.expire_sessions()
    assert "Close this window and log in again." in reader.open(row["answer"])
    assert reader.page.status_code == 200


def test_half_an_hour_without_a_page_ends_the_session_inside_the_frame(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    reader.portal.advance(29 * 60)
    reader.http.get("/pcs/stay.do")
    reader.portal.advance(29 * 60)
    assert "MM-DD-YYYY" in reader.go("claims")
    reader.portal.advance(30 * 60)
    assert "Your session has expired" in reader.go("claims")
    assert reader.page.status_code == 200
    assert 'target="_top"' in reader.page.text
    assert "wk=" not in reader.page.text
