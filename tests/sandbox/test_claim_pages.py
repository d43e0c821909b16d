"""The claim pages show the truth and nothing else, and find no more than a real portal would."""

import re
from typing import Any

import pytest

from sandbox.process import PracticePortal
from tests.sandbox.visiting import Visitor, us_date


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


def shown_money(text: str) -> str:
    return f"${float(text):,.2f}"


def test_a_paid_claim_shows_its_money_lines_and_payment(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "paid")
    claim = claim_of(truth, row["answer"])
    assert "Showing 1-1 of 1" in reader.search_row(row)
    words = reader.open(row["answer"])
    for label, value in (
        ("Member ID", row["member_id"]),
        ("Date of birth", us_date(row["birth_date"])),
        ("Patient account number", row["patient_account_number"]),
        ("Claim number", row["answer"]),
        ("Total charge", shown_money(claim["billed"])),
        ("Paid amount", shown_money(claim["paid"])),
        ("Allowed amount", shown_money(claim["allowed"])),
        ("Payment amount", shown_money(claim["payment"]["amount"])),
        ("Payment date", us_date(claim["payment"]["date"])),
        ("Finalized date", us_date(claim["finalised_date"])),
    ):
        assert f"{label} {value}" in words
    for line in claim["lines"]:
        for adjustment in line["adjustments"]:
            assert f"{adjustment['group']}-{adjustment['carc']} {shown_money(adjustment['amount'])}" in words
    assert "F1" not in words


def test_what_is_not_decided_is_blank_and_not_zero(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "pending")
    reader.search_row(row)
    words = reader.open(row["answer"])
    assert "Allowed amount Paid amount Deductible" in words
    assert "$0.00" not in words
    assert "No payment information" in words


def test_amounts_taken_back_stand_in_brackets(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "voided")
    words = reader.search_row(row)
    assert "Voided" in words
    assert f"(${float(row['billed']):,.2f})" in words


def test_original_and_replacement_lead_to_each_other(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "replaced")
    assert "Replaced" in reader.search_row(row)
    assert len(reader.claim_numbers()) == 2
    original = next(number for number in reader.claim_numbers() if number != row["answer"])
    assert f"Replacement claim {row['answer']}" in reader.open(original)
    assert f"Original claim {original}" in reader.open(row["answer"])


def test_a_request_names_what_is_wanted_and_by_when(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "records requested")
    due = us_date(claim_of(truth, row["answer"])["requests"][0]["due"])
    reader.search_row(row)
    assert f"Information requested Due date Medical records {due}" in reader.open(row["answer"])


def test_lists_come_ten_to_a_page_and_keep_every_claim(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "more than one page of claims")
    assert "Showing 1-10 of 23" in reader.search_row(row, days=12)
    seen = reader.claim_numbers()
    assert "Showing 11-20 of 23" in reader.get("/claims/results?page=2")
    seen += reader.claim_numbers()
    assert "Showing 21-23 of 23" in reader.get("/claims/results?page=3")
    assert "Next" in reader.words
    assert 'page=4"' not in reader.page.text
    seen += reader.claim_numbers()
    assert len(set(seen)) == 23


def test_a_detail_page_of_page_two_leads_back_to_page_two(reader: Visitor, truth: dict[str, Any]) -> None:
    reader.search_row(row_of(truth, "more than one page of claims"), days=12)
    reader.get("/claims/results?page=2")
    reader.open(reader.claim_numbers()[0])
    assert re.search(r'href="/claims/results\?page=2">Back to results', reader.page.text)


def test_more_than_fifty_claims_are_not_listed(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "more claims than a list shows")
    words = reader.search_row(row, dosFrom=us_date(earliest(truth, row)))
    assert "Too many results" in words
    assert reader.claim_numbers() == []
    assert row["answer"] in reader.search_row(row)


def earliest(truth: dict[str, Any], row: dict[str, Any]) -> str:
    """The first service date of the row's member."""
    patient = next(one["patient"] for one in truth["members"] if one["member_id"] == row["member_id"])
    return min(str(claim["service_from"]) for claim in truth["claims"] if claim["patient"] == patient)


def test_nothing_found_has_words_of_its_own(reader: Visitor, truth: dict[str, Any]) -> None:
    assert "No claims match your search" in reader.search_row(row_of(truth, "claim never reached the payer"))
    assert "Member not found" in reader.search_row(row_of(truth, "member not found"))


@pytest.mark.parametrize("change", [str.lower, lambda text: text + " ", lambda text: f"{text[:-2]}-{text[-2:]}"])
def test_a_member_id_is_found_to_the_letter_only(reader: Visitor, truth: dict[str, Any], change: Any) -> None:
    row = row_of(truth, "paid")
    assert "Member not found" in reader.search_row(row, mbrId=change(row["member_id"]))


def test_names_are_found_by_their_first_three_letters(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "twins")
    names = {"lastNm": row["last_name"][:3], "firstNm": row["first_name"][:3], "dob": us_date(row["birth_date"])}
    reader.search_row(row, mbrId="", **names)
    assert len(reader.claim_numbers()) == 2
    names["firstNm"] = "Zzz"
    assert "Member not found" in reader.search_row(row, mbrId="", **names)


def test_two_people_under_one_member_id_come_in_one_list(reader: Visitor, truth: dict[str, Any]) -> None:
    reader.search_row(row_of(truth, "two people under one member id"))
    assert len(reader.claim_numbers()) == 2


def test_an_old_member_id_finds_the_member_under_the_new_one(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "member id corrected by the payer")
    reader.search_row(row)
    words = reader.open(reader.claim_numbers()[0])
    assert row["member_id"] not in words


def test_a_wrong_amount_on_the_page_contradicts_the_rest_of_it(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "money shown does not add up")
    reader.search_row(row)
    number = reader.claim_numbers()[0]
    claim = claim_of(truth, number)
    words = reader.open(number)
    total_is_wrong = f"Paid amount {shown_money(claim['paid'])}" not in words
    assert total_is_wrong == (claim["page_error"] == "wrong-total")
    assert f"Payment amount {shown_money(claim['paid'])}" in words


def test_the_other_location_sees_other_claims(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "other location has a claim alike")
    providers = truth["practice"]["providers"]
    seen = []
    for provider in (providers[1], providers[0]):
        reader.get("/provider")
        reader.post("/provider", actAs=provider["npi"])
        assert f"NPI {provider['npi']}" in reader.page.text
        reader.search_row(row)
        seen.append(reader.claim_numbers())
    assert seen[1] == [row["answer"]]
    assert len(seen[0]) == 1
    assert seen[0] != seen[1]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Enter a service date range, or search by claim number."),
        ({"dosFrom": "10/01/2026", "dosTo": "10/02/2026"}, "Enter a member ID, or last name, first name"),
        ({"dosFrom": "10/01/2026", "dosTo": "10/02/2026", "lastNm": "Oakes", "firstNm": "Ida"}, "Enter a member ID"),
        ({"mbrId": "X", "dosFrom": "01/01/2026", "dosTo": "04/02/2026"}, "may not exceed 90 days"),
        ({"mbrId": "X", "dosFrom": "10/02/2026", "dosTo": "10/01/2026"}, "may not be earlier"),
        ({"mbrId": "X", "dosFrom": "2026-10-01", "dosTo": "10/02/2026"}, "from must be entered as MM/DD/YYYY"),
        ({"mbrId": "X", "dosFrom": "1/1/2026", "dosTo": "10/02/2026"}, "from must be entered as MM/DD/YYYY"),
        ({"mbrId": "X", "dosFrom": "10/01/26", "dosTo": "02/30/2026"}, "to must be entered as MM/DD/YYYY"),
    ],
)
def test_the_form_says_what_it_lacks(reader: Visitor, fields: dict[str, str], message: str) -> None:
    assert message in reader.search(**fields)
    assert reader.path == "/claims/search"


def test_a_claim_number_alone_is_enough(reader: Visitor, truth: dict[str, Any]) -> None:
    number = row_of(truth, "paid")["answer"]
    reader.search(clmNbr=number)
    assert reader.claim_numbers() == [number]


def test_no_address_names_a_claim_or_a_member(reader: Visitor, truth: dict[str, Any]) -> None:
    row = row_of(truth, "paid")
    reader.search_row(row)
    addresses = " ".join(re.findall(r'(?:href|action)="([^"]*)"', reader.page.text)) + str(reader.page.url)
    assert row["answer"] not in addresses
    assert row["member_id"] not in addresses


def test_another_sessions_reference_opens_nothing(full_portal: PracticePortal, reader: Visitor) -> None:
    reader.get("/claims/detail?ref=0123456789")
    assert reader.path == "/claims/search"
