"""The Medicaid portal's eligibility page shows the truth in its own words, names who is to be billed, and rejects."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, get_args

import pytest

from sandbox.portals.medicaid import coverage_texts
from sandbox.portals.medicaid.coverage_texts import REJECTION_TEXTS, STATUS_TEXTS
from sandbox.portals.medicaid.eligibility import MORE_NEEDED
from sandbox.portals.medicaid.layouts import LAYOUTS
from sandbox.truth.coverage import BenefitKind, CoverageStatus
from tests.practice_portal import PracticePortal
from tests.sandbox.medicaid_visiting import NAME, MedicaidVisitor, us_date
from tests.sandbox.visiting import kinds

TODAY = "2026-11-20"


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(NAME, seed=7, claims=12, appointments=60, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


@pytest.fixture(scope="module")
def reader(portal: PracticePortal) -> Iterator[MedicaidVisitor]:
    with MedicaidVisitor(portal, seconds=30) as person:
        yield person.sign_in()


Asked = tuple[dict[str, Any], dict[str, Any]]


def appointments(truth: dict[str, Any], scenario: str = "") -> list[Asked]:
    """The office's appointments of a scenario, or all, each with what a right reader makes of it."""
    asks = {ask["appointment_number"]: ask for ask in truth["appointment_asks"]}
    both = [(one, asks[one["appointment_number"]]) for one in truth["appointments"]]
    return [pair for pair in both if not scenario or pair[1]["scenario"] == scenario]


def verify(visitor: MedicaidVisitor, appointment: dict[str, Any], by: str = "member", **fields: str) -> str:
    """Ask for the coverage of an appointment; keywords are other entries of the form."""
    visitor.get("/Eligibility.aspx")
    visitor.choose("ddlSearchBy", by)
    asked = {
        "txtFromDos": us_date(appointment["service_from"]),
        "txtToDos": us_date(appointment["service_to"]),
    }
    if by == "member":
        asked["txtMemberId"] = appointment["member_id"]
    else:
        asked |= {"txtLastName": appointment["last_name"], "txtFirstName": appointment["first_name"]}
        asked["txtBirthDate"] = us_date(appointment["birth_date"])
    return visitor.press("btnVerify", **{**asked, **fields})


def panel(visitor: MedicaidVisitor, legend: str) -> str:
    return visitor.page.text.split(f"<legend>{legend}</legend>", 1)[1].split("</fieldset>", 1)[0]


def rows(visitor: MedicaidVisitor, legend: str) -> list[list[str]]:
    """The cells of the grid in this panel, row by row."""
    body = panel(visitor, legend).split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in body.split("</tr>")[:-1]
    ]


def test_an_appointment_of_each_story_is_answered_with_the_members_status_and_plan(
    reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    stories = {ask["scenario"]: (one, ask) for one, ask in appointments(truth) if ask["expect"] == "ANSWERED"}
    statuses = set()
    for appointment, ask in stories.values():
        coverage = ask["coverage"]
        words = verify(reader, appointment)
        if "Eligibility Response" not in words:
            assert ask["scenario"] in ("member id corrected", "several members")
            continue
        if coverage["member_id"] != appointment["member_id"]:
            continue
        statuses.add(coverage["status"])
        assert f"Eligibility Status: {STATUS_TEXTS[coverage['status']]} Dates of Service:" in words
        assert f"Benefit Plan: {coverage['plan_name']} Plan Begins: {us_date(coverage['plan_begins'])}" in words
        assert f"Member ID: {coverage['member_id']} Member Name: {coverage['first_name']}" in words
    assert len(stories) > 10
    assert {"1", "5", "6", "7"} <= statuses


def test_segments_stand_with_their_dates_and_the_plan_that_is_to_be_billed(
    reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    for scenario in ("managed care organisation", "segments change on the day", "lock-in", "spend-down"):
        appointment, ask = appointments(truth, scenario)[0]
        verify(reader, appointment)
        assert rows(reader, "Eligibility Segments") == [
            [
                coverage_texts.SEGMENT_TEXTS[one["kind"]],
                one["code"],
                one["name"],
                one["payer"] or "",
                "" if one["amount"] is None else f"{float(one['amount']):,.2f}",
                us_date(one["begins"]),
                us_date(one["ends"]) if one["ends"] else "12/31/2299",
            ]
            for one in ask["coverage"]["segments"]
        ]
        assert "$" not in reader.words
    appointment, ask = appointments(truth, "managed care organisation")[0]
    assert "Eligibility Status: Eligible " in verify(reader, appointment)
    assert ask["coverage"]["payer_to_bill"] in [row[3] for row in rows(reader, "Eligibility Segments")]


def test_an_open_spend_down_keeps_the_member_from_being_eligible(
    reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    assert "Eligibility Status: Not Eligible - Pending" in verify(reader, appointments(truth, "spend-down")[0][0])
    assert "No benefits are on file for these dates of service." in reader.words


def test_benefits_are_those_of_the_truth_and_amounts_have_no_dollar_sign(
    reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    appointment, ask = appointments(truth, "active")[0]
    verify(reader, appointment)
    shown = rows(reader, "Benefits and Co-pays")
    assert len(shown) == len(ask["coverage"]["benefits"]) > 5
    for row, benefit in zip(shown, ask["coverage"]["benefits"], strict=True):
        assert row[0] == coverage_texts.SERVICE_TEXTS[benefit["service_type"]]
        assert row[1] == coverage_texts.KIND_TEXTS[benefit["kind"]]
        if benefit["amount"] is not None:
            assert row[2] == f"{float(benefit['amount']):,.2f}"
        else:
            assert row[2] == (f"{benefit['quantity']} VISITS" if benefit["quantity"] else "")
        assert row[4] == ("Y" if benefit["authorization_required"] else "")


def test_another_payer_is_named_with_its_turn_and_none_is_said_outright(
    reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    for scenario, turn in (
        ("other payer primary", "Before Medicaid"),
        ("other payer secondary", "After Medicaid"),
    ):
        appointment, ask = appointments(truth, scenario)[0]
        verify(reader, appointment)
        other = ask["coverage"]["other_payers"][0]
        row = rows(reader, "Third Party Liability")[0]
        assert row[:4] == [other["name"], other["payer_id"], other["policy_number"], turn]
    assert "No third party liability is on file" in verify(reader, appointments(truth, "active")[0][0])


def test_a_name_finds_the_member_whose_id_the_office_has_wrong(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "active")[0]
    assert ask["coverage"]["member_id"] in verify(reader, appointment, "name")
    assert REJECTION_TEXTS["67"] in verify(reader, appointment, txtMemberId="0000000000")


def test_two_people_of_one_id_are_listed_and_one_is_opened(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "several members")[0]
    verify(reader, appointment)
    listed = rows(reader, "Members Found")
    assert len(listed) > 1
    assert [row for row in listed if row[1].startswith(ask["coverage"]["first_name"])]
    for at, row in enumerate(listed):
        assert "Eligibility Response" not in verify(reader, appointment)
        words = reader.follow(reader.post_backs("lnkMember")[at][0])
        assert f"Member Name: {row[1]} Birth Date: {row[2]}" in words
        assert "Members Found" not in words


def test_each_rejection_is_the_payers_own_sentence(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    appointment = appointments(truth, "active")[0][0]
    asked = {
        "57": {"txtFromDos": "11/02/2026", "txtToDos": "11/01/2026"},
        "62": {"txtFromDos": "01/01/2020", "txtToDos": "01/01/2020"},
        "63": {"txtFromDos": "01/31/2027", "txtToDos": ""},
        "67": {"txtMemberId": "X"},
    }
    for code, fields in asked.items():
        words = verify(reader, appointment, **fields)
        assert [each for each, text in REJECTION_TEXTS.items() if text in words] == [code]
        assert "Eligibility Response" not in words
    assert REJECTION_TEXTS["58"] in verify(reader, appointment, "name", txtBirthDate="")
    gone = appointments(truth, "member not found")[0][0]
    assert REJECTION_TEXTS["67"] in verify(reader, gone, "name")


@pytest.mark.parametrize(
    ("by", "fields", "message"),
    [
        ("member", {"txtMemberId": ""}, MORE_NEEDED["member"]),
        ("name", {"txtLastName": "", "txtFirstName": ""}, MORE_NEEDED["name"]),
        ("member", {"txtFromDos": "2026-11-20"}, "From date of service must be entered as MM/DD/YYYY."),
        ("name", {"txtBirthDate": "1/2/1980"}, "Birth date must be entered as MM/DD/YYYY."),
    ],
)
def test_the_form_says_what_it_lacks(
    reader: MedicaidVisitor, truth: dict[str, Any], by: str, fields: dict[str, str], message: str
) -> None:
    assert message in verify(reader, appointments(truth, "active")[0][0], by, **fields)
    assert "Eligibility Response" not in reader.words


def test_an_answer_belongs_to_the_session_and_no_address_names_a_member(
    portal: PracticePortal, reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    appointment = appointments(truth, "active")[0][0]
    verify(reader, appointment)
    addresses = " ".join(re.findall(r'(?:href|action)="([^"]*)"', reader.page.text)) + str(reader.page.url)
    assert appointment["member_id"] not in addresses
    assert {"eligibility", "coverage"} <= set(kinds(portal))
    with MedicaidVisitor(portal, seconds=30) as other:
        assert "Provider Log In" in other.get("/Eligibility.aspx")


def test_every_code_of_the_truth_has_a_word_and_every_fact_a_place(truth: dict[str, Any]) -> None:
    assert set(STATUS_TEXTS) == set(get_args(CoverageStatus))
    assert set(coverage_texts.KIND_TEXTS) == set(get_args(BenefitKind))
    for coverage in truth["coverages"]:
        assert coverage["insurance_type"] in coverage_texts.PROGRAM_TEXTS
        assert {segment["kind"] for segment in coverage["segments"]} <= set(coverage_texts.SEGMENT_TEXTS)
        # The page has no place for these: a state program has no network, no yearly amounts and no assigned physician.
        assert not coverage["accumulators"]
        assert coverage["group_number"] is coverage["primary_care_provider"] is None
        for benefit in coverage["benefits"]:
            assert benefit["network"] == "U"
            assert benefit["level"] is None
            assert benefit["service_type"] in coverage_texts.SERVICE_TEXTS
            assert benefit["period"] is None or benefit["period"] in coverage_texts.PERIOD_TEXTS


def facts(page: str) -> list[str]:
    """Everything in the panels of a page that is a date, an amount or a number."""
    shown = unescape(re.sub(r"<[^>]+>", " ", " ".join(page.split("<fieldset")[2:]).split("</form>")[0]))
    return sorted(re.findall(r"\d\d/\d\d/\d{4}|\d+\.\d\d|\b\d{5,}\b", shown))


def headings(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<th scope=\"col\">([^<]*)</th>", page)]


def test_the_versions_of_the_page_say_and_order_it_otherwise_and_show_the_same_facts(
    portal: PracticePortal, reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    appointment = appointments(truth, "other payer primary")[0][0]
    pages: dict[int, str] = {}
    try:
        for layout in LAYOUTS:
            portal.faults(layout=layout)
            reader.get("/Eligibility.aspx")
            calls = re.search(r'name="([^"]+)"[^>]*onchange', reader.page.text)
            assert calls
            reader.send({calls[1]: "member", "__EVENTTARGET": calls[1]})
            fields = re.findall(r'<input type="text" name="([^"]+)"', reader.page.text)
            entries = (appointment["member_id"], us_date(appointment["service_from"]), "")
            button = next(iter(re.findall(r'<input type="submit" name="([^"]+)"', reader.page.text)))
            reader.send({**dict(zip(fields, entries, strict=True)), button: "pressed"})
            pages[layout] = reader.page.text
    finally:
        portal.faults()
    assert facts(pages[1]) == facts(pages[2]) == facts(pages[3]) == facts(pages[4])
    assert len(facts(pages[1])) > 12
    assert sorted(headings(pages[3])) == sorted(headings(pages[1]))
    assert headings(pages[3]) != headings(pages[1])
    assert len(set(headings(pages[2])) & set(headings(pages[1]))) < len(set(headings(pages[1])))
    assert "Third Party Liability" not in pages[2]
    assert "_lblEligibilityStatus" in pages[1]
    assert "_lblEligibilityStatus" not in pages[4]
