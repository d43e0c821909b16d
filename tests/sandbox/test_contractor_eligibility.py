"""The contractor's eligibility tabs show the truth in its own words; the inquiry takes texts to the letter."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, get_args

import pytest

from sandbox.portals.contractor.coverage_shown import TABS
from sandbox.portals.contractor.coverage_texts import (
    KIND_TEXTS,
    MSP_TEXTS,
    PERIOD_TEXTS,
    REJECTION_TEXTS,
    SERVICE_TEXTS,
    STATUS_TEXTS,
)
from sandbox.portals.contractor.inquiry import INVALID
from sandbox.portals.contractor.layouts import LAYOUTS
from sandbox.truth.coverage import CoverageStatus
from tests.practice_portal import PracticePortal
from tests.sandbox.contractor_visiting import ContractorVisitor, hyphen_date, slash_date

NAME = "practice-contractor"
TODAY = "2026-11-20"


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(NAME, seed=7, claims=12, appointments=60, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


@pytest.fixture(scope="module")
def reader(portal: PracticePortal) -> Iterator[ContractorVisitor]:
    with ContractorVisitor(portal) as person:
        yield person.sign_in()


def appointments(truth: dict[str, Any], scenario: str = "") -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The office's appointments of a scenario, or all, each with what a right reader makes of it."""
    asks = {ask["appointment_number"]: ask for ask in truth["appointment_asks"]}
    both = [(one, asks[one["appointment_number"]]) for one in truth["appointments"]]
    return [pair for pair in both if not scenario or pair[1]["scenario"] == scenario]


def check(visitor: ContractorVisitor, appointment: dict[str, Any], **changes: str) -> str:
    """Ask for the coverage of an appointment; keywords are other entries of the form."""
    visitor.go("eligibility")
    asked = {
        "member_id": appointment["member_id"],
        "last_name": appointment["last_name"],
        "first_name": appointment["first_name"],
        "birth_date": hyphen_date(appointment["birth_date"]),
        "service_from": hyphen_date(appointment["service_from"]),
        "service_to": hyphen_date(appointment["service_to"]),
    }
    names = visitor.layout.eligibility_names
    return visitor.press("eligibilityInquiry", **{names[key]: text for key, text in {**asked, **changes}.items()})


def tab(visitor: ContractorVisitor, name: str) -> str:
    return visitor.get(visitor.link(visitor.layout.labels[f"tab_{name}"]))


def rows(visitor: ContractorVisitor, title: str) -> list[list[str]]:
    """The cells of the table under this heading, row by row; none where the portal says that there are none."""
    below = visitor.page.text.split(f"<h3>{title}</h3>", 1)[1].split("<h3>", 1)[0]
    if "<table" not in below:
        return []
    found = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in below.split("</table>")[0].split("<tr>")[2:]]
    return [[unescape(cell) for cell in row] for row in found]


def dollars(text: str) -> str:
    return f"${float(text):,.2f}"


def ends(iso: str | None) -> str:
    return slash_date(iso) or "--"


def test_every_answerable_appointment_shows_its_status_and_days(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    stories = {ask["scenario"]: (one, ask["coverage"]) for one, ask in appointments(truth) if ask["coverage"]}
    seen = set()
    for appointment, coverage in stories.values():
        words = check(reader, appointment)
        days = f"{slash_date(coverage['first_day'])} - {slash_date(coverage['last_day'])}"
        assert f"Eligibility Status: {STATUS_TEXTS[coverage['status']]} Dates of Service: {days}" in words
        begins, end = slash_date(coverage["plan_begins"]), ends(coverage["plan_ends"])
        assert f"Entitlement Date: {begins} Termination Date: {end}" in words
        assert f"Medicare Beneficiary Identifier: {coverage['member_id']}" in words
        for message in coverage["messages"]:
            assert message in words
        parts = [one for one in coverage["segments"] if one["kind"] in ("part-a", "part-b")]
        assert rows(reader, "Part A and Part B") == [
            [one["name"].title(), slash_date(one["begins"]), ends(one["ends"])] for one in parts
        ]
        seen.add(coverage["status"])
    assert len(stories) > 12
    assert seen == {"1", "5", "6", "7"}


def test_the_deductible_tab_has_what_is_met_and_what_each_service_costs(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    appointment, ask = appointments(truth, "active")[0]
    coverage = ask["coverage"]
    check(reader, appointment)
    tab(reader, "deductible")
    (yearly,) = coverage["accumulators"]
    assert rows(reader, "Part B Deductible") == [[dollars(yearly[part]) for part in ("total", "met", "remaining")]]
    shown = rows(reader, "Benefits")
    assert len(shown) == len(coverage["benefits"]) > 5
    for row, benefit in zip(shown, coverage["benefits"], strict=True):
        assert row[0] == SERVICE_TEXTS[benefit["service_type"]]
        assert row[1] == KIND_TEXTS[benefit["kind"]]
        worth = dollars(benefit["amount"]) if benefit["amount"] else f"{benefit['percent']}%"
        assert row[2] == (worth if benefit["amount"] or benefit["percent"] else "")
        assert row[3] == (PERIOD_TEXTS[benefit["period"]] if benefit["period"] else "")
        assert row[4] == "; ".join(benefit["messages"])


def test_who_is_not_entitled_has_no_benefits_on_any_tab(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    check(reader, appointments(truth, "inactive on the day")[0][0])
    words = tab(reader, "deductible")
    assert "No deductible is on file for the dates of service." in words
    assert "No benefits are on file for the dates of service." in words
    assert "$" not in words


def test_an_advantage_plan_is_named_with_its_contract(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "Medicare Advantage plan")[0]
    check(reader, appointment)
    tab(reader, "plans")
    for title, kind in (("Medicare Advantage", "advantage-plan"), ("Part D", "part-d")):
        assert rows(reader, title) == [
            [one["code"], one["name"], slash_date(one["begins"]), ends(one["ends"])]
            for one in ask["coverage"]["segments"]
            if one["kind"] == kind
        ]
    assert rows(reader, "Medicare Advantage")


@pytest.mark.parametrize(
    ("scenario", "title"),
    [("other payer primary", "Medicare Secondary Payer"), ("other payer secondary", "Supplemental Insurance")],
)
def test_who_pays_before_medicare_is_not_mixed_up_with_who_pays_after(
    reader: ContractorVisitor, truth: dict[str, Any], scenario: str, title: str
) -> None:
    appointment, ask = appointments(truth, scenario)[0]
    check(reader, appointment)
    tab(reader, "msp")
    (other,) = ask["coverage"]["other_payers"]
    (row,) = rows(reader, title)
    assert row[:3] == [other["name"], other["payer_id"], other["policy_number"]]
    assert row[-2:] == [slash_date(other["begins"]), ends(other["ends"])]
    if other["msp_type"]:
        assert row[3] == MSP_TEXTS[other["msp_type"]]
    (without,) = {"Medicare Secondary Payer", "Supplemental Insurance"} - {title}
    assert rows(reader, without) == []


@pytest.mark.parametrize(("scenario", "title"), [("home health", "Home Health"), ("hospice", "Hospice")])
def test_episodes_stand_on_their_own_tab(
    reader: ContractorVisitor, truth: dict[str, Any], scenario: str, title: str
) -> None:
    appointment, ask = appointments(truth, scenario)[0]
    check(reader, appointment)
    tab(reader, "home_health")
    (one,) = (one for one in ask["coverage"]["segments"] if one["kind"] in ("home-health", "hospice"))
    assert rows(reader, title) == [[one["code"], slash_date(one["begins"]), ends(one["ends"])]]


def test_the_tab_for_renal_disease_is_there_for_those_who_have_it_only(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    check(reader, appointments(truth, "active")[0][0])
    assert "ESRD" not in reader.words
    appointment, ask = appointments(truth, "end-stage renal disease")[0]
    check(reader, appointment)
    tab(reader, "renal")
    (one,) = (one for one in ask["coverage"]["segments"] if one["kind"] == "end-stage-renal")
    assert rows(reader, "End-Stage Renal Disease") == [[one["name"], slash_date(one["begins"]), ends(one["ends"])]]


def test_each_rejection_is_told_in_a_sentence_of_its_own(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    assert len(set(REJECTION_TEXTS.values())) == len(REJECTION_TEXTS)
    seen = set()
    for appointment, ask in appointments(truth):
        if ask["rejected"]:
            words = check(reader, appointment)
            (said,) = (code for code, text in REJECTION_TEXTS.items() if text in words)
            assert said in ask["rejected"]
            seen.add(said)
    assert {"71", "73", "75"} <= seen
    appointment = appointments(truth, "active")[0][0]
    assert REJECTION_TEXTS["58"] in check(reader, appointment, birth_date="")
    far = {"service_from": "12-01-2027", "service_to": "12-01-2027"}
    assert REJECTION_TEXTS["63"] in check(reader, appointment, **far)
    assert REJECTION_TEXTS["57"] in check(reader, appointment, service_from="11-22-2026", service_to="11-21-2026")


def test_a_blank_behind_the_identifier_makes_it_that_of_nobody(
    reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    appointment = appointments(truth, "active")[0][0]
    assert INVALID in check(reader, appointment, member_id=appointment["member_id"] + " ")
    assert reader.heading == "Eligibility Inquiry"
    assert "Beneficiary Information" in check(reader, appointment)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"member_id": ""}, "Beneficiary identifier, last name and date of birth are required."),
        ({"last_name": ""}, "Beneficiary identifier, last name and date of birth are required."),
        ({"birth_date": "03/01/1938"}, "Date of Birth must be in the format MM-DD-YYYY."),
        ({"service_to": "2026-11-16"}, "To Date of Service must be in the format MM-DD-YYYY."),
    ],
)
def test_the_form_says_what_it_lacks(
    reader: ContractorVisitor, truth: dict[str, Any], changes: dict[str, str], message: str
) -> None:
    words = check(reader, appointments(truth, "active")[0][0], **changes)
    assert f"Your inquiry was not submitted. Correct the following: {message}" in words


def test_no_address_names_a_beneficiary(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    appointment = appointments(truth, "active")[0][0]
    check(reader, appointment)
    addresses = " ".join(re.findall(r'(?:href|action)="([^"]*)"', reader.page.text)) + str(reader.page.url)
    assert appointment["member_id"] in reader.page.text
    assert appointment["member_id"] not in addresses


def test_every_word_that_the_truth_needs_is_there(truth: dict[str, Any]) -> None:
    assert set(STATUS_TEXTS) == set(get_args(CoverageStatus))
    for coverage in truth["coverages"]:
        assert {one["network"] for one in (*coverage["benefits"], *coverage["accumulators"])} == {"U"}
        assert {(one["kind"], one["level"]) for one in coverage["accumulators"]} == {("C", "IND")}
        assert {one["kind"] for one in coverage["benefits"]} <= set(KIND_TEXTS)
        assert {one["service_type"] for one in coverage["benefits"]} <= set(SERVICE_TEXTS)
        assert {one["period"] for one in coverage["benefits"] if one["period"]} <= set(PERIOD_TEXTS)
        assert {one["msp_type"] for one in coverage["other_payers"] if one["msp_type"]} <= set(MSP_TEXTS)


def test_layouts_say_other_words_in_another_order_and_show_the_same_facts(
    portal: PracticePortal, reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    appointment, ask = appointments(truth, "end-stage renal disease")[0]
    table = re.compile(
        r'<table class="\w+" border="0" cellpadding="0" cellspacing="0">\s*<tr><th.*?</table>', re.DOTALL
    )
    cells: dict[int, list[str]] = {}
    headings: dict[int, list[str]] = {}
    try:
        for layout in (1, 2, 3, 4):
            portal.faults(layout=layout)
            reader.layout = LAYOUTS[layout]
            check(reader, appointment)
            pages = [reader.page.text]
            for name in TABS[1:]:
                tab(reader, name)
                pages.append(reader.page.text)
            tables = "".join(table.findall("".join(pages)))
            cells[layout] = re.findall(r"<td>([^<]+)</td>", tables)
            headings[layout] = re.findall(r"<th>([^<]+)</th>", tables)
            assert ask["coverage"]["member_id"] in pages[0]
    finally:
        portal.faults()
        reader.layout = LAYOUTS[1]
    assert len({frozenset(found) for found in cells.values()}) == 1
    assert len(cells[1]) > 20
    assert cells[3] != cells[1]
    assert sorted(headings[3]) == sorted(headings[1]) != sorted(headings[2])


def test_a_tab_opened_a_second_time_ends_the_session(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    check(reader, appointments(truth, "active")[0][0])
    address = reader.link("Deductible")
    reader.get(address)
    assert "Page Cannot Be Displayed" in reader.get(address)
    reader.go("eligibility")
    assert reader.heading == "Provider Portal Log In"
