"""The national portal's eligibility pages show the truth in the payer's own words, and reject as the payer does."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from sandbox.portals.national import coverage_texts
from sandbox.portals.national.coverage_texts import REJECTION_TEXTS, STATUS_TEXTS
from sandbox.portals.national.layouts import AMOUNTS, BENEFITS, COVERAGE_SECTIONS, ELIGIBILITY_FORM
from sandbox.truth.coverage import BenefitKind, CoverageStatus, Level, Network
from tests.practice_portal import PracticePortal
from tests.sandbox.test_layouts import facts, headings
from tests.sandbox.visiting import Visitor, kinds, us_date

TODAY = "2026-11-20"


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(seed=7, claims=12, appointments=60, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


@pytest.fixture(scope="module")
def reader(portal: PracticePortal) -> Iterator[Visitor]:
    with Visitor(portal) as person:
        yield person.sign_in()


def appointments(truth: dict[str, Any], scenario: str = "") -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The office's appointments of a scenario, or all, each with what a right reader makes of it."""
    asks = {ask["appointment_number"]: ask for ask in truth["appointment_asks"]}
    both = [(one, asks[one["appointment_number"]]) for one in truth["appointments"]]
    return [pair for pair in both if not scenario or pair[1]["scenario"] == scenario]


def check(visitor: Visitor, appointment: dict[str, Any], **fields: str) -> str:
    """Ask for the coverage of an appointment by member id and birth date; keywords are other entries of the form."""
    visitor.get("/eligibility")
    asked = {
        "mbrId": appointment["member_id"],
        "dob": us_date(appointment["birth_date"]),
        "covFrom": us_date(appointment["service_from"]),
        "covTo": us_date(appointment["service_to"]),
    }
    return visitor.post("/eligibility", **{**asked, **fields})


def dollars(text: str) -> str:
    return f"${float(text):,.2f}"


def rows(page: str, caption: str) -> list[list[str]]:
    """The cells of the table with this caption, row by row."""
    table = page.split(f"<caption>{caption}</caption>", 1)[1].split("</table>", 1)[0]
    return [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in table.split("<tbody>")[1].split("</tr>")[:-1]]


def test_an_appointment_of_each_story_is_answered_with_the_members_plan_and_status(
    reader: Visitor, truth: dict[str, Any]
) -> None:
    stories = {ask["scenario"]: (one, ask) for one, ask in appointments(truth) if ask["expect"] == "ANSWERED"}
    statuses = set()
    for appointment, ask in stories.values():
        words = check(reader, appointment)
        if ask["coverage"]["member_id"] in words:
            statuses.add(ask["coverage"]["status"])
            assert f"Coverage status {STATUS_TEXTS[ask['coverage']['status']]} For dates" in words
            assert f"Plan {ask['coverage']['plan_name']} Plan type" in words
        else:
            assert "No coverage can be shown" in words
    assert len(stories) > 10
    assert {"1", "5", "6"} <= statuses


def test_active_coverage_shows_the_benefits_and_amounts_of_the_truth(reader: Visitor, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "active")[0]
    check(reader, appointment)
    coverage = ask["coverage"]
    amounts = rows(reader.page.text, "Deductible and out-of-pocket maximum")
    assert [row[3:] for row in amounts] == [
        [dollars(one["total"]), dollars(one["met"]), dollars(one["remaining"])] for one in coverage["accumulators"]
    ]
    benefits = rows(reader.page.text, "Benefits")
    assert len(benefits) == len(coverage["benefits"]) > 10
    for row, benefit in zip(benefits, coverage["benefits"], strict=True):
        assert row[0] == coverage_texts.SERVICE_TEXTS[benefit["service_type"]]
        assert row[1] == coverage_texts.KIND_TEXTS[benefit["kind"]]
        assert row[2] == coverage_texts.NETWORK_TEXTS[benefit["network"]]
        if benefit["amount"] is not None:
            assert row[4] == dollars(benefit["amount"])
        elif benefit["percent"] is not None:
            assert row[4] == f"{float(benefit['percent']):g}%"
        else:
            assert row[4] == (f"{benefit['quantity']} {benefit['unit']}" if benefit["quantity"] else "")
        assert row[7] == "; ".join(benefit["messages"])


def test_who_is_not_covered_has_dates_and_no_benefits(reader: Visitor, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "inactive on the day")[0]
    words = check(reader, appointment)
    assert "Coverage status Not covered" in words
    assert f"Plan ends {us_date(ask['coverage']['plan_ends'])}" in words
    assert "No benefits to show." in words
    assert "$" not in words


def test_an_end_that_nobody_knows_is_written_as_the_year_9999(reader: Visitor, truth: dict[str, Any]) -> None:
    assert "Plan ends 12/31/9999" in check(reader, appointments(truth, "active")[0][0])


def test_another_payer_is_named_with_its_turn(reader: Visitor, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "other payer primary")[0]
    check(reader, appointment)
    other = ask["coverage"]["other_payers"][0]
    row = rows(reader.page.text, "Other insurance")[0]
    assert row[:4] == [other["name"], other["payer_id"], other["policy_number"], "Pays first"]
    assert "We know of no other insurance" not in reader.words


def test_amounts_that_contradict_each_other_are_drawn_as_the_payer_shows_them(
    reader: Visitor, truth: dict[str, Any]
) -> None:
    check(reader, appointments(truth, "accumulators contradict")[0][0])
    table = rows(reader.page.text, "Deductible and out-of-pocket maximum")
    sums = [[float(text.replace("$", "").replace(",", "")) for text in row[3:]] for row in table]
    assert len([total for total, met, left in sums if abs(total - met - left) > 0.005]) == 1


def test_each_rejection_is_the_payers_own_and_58_is_not_71(reader: Visitor, truth: dict[str, Any]) -> None:
    rejected = [pair for pair in appointments(truth) if pair[1]["rejected"]]
    seen = set()
    for appointment, ask in rejected:
        words = check(reader, appointment)
        said = [code for code, text in REJECTION_TEXTS.items() if text in words]
        assert len(said) == 1
        assert said[0] in ask["rejected"]
        seen.add(said[0])
    assert {"71", "72"} <= seen
    appointment = appointments(truth, "active")[0][0]
    assert REJECTION_TEXTS["58"] in check(reader, appointment, dob="")
    assert REJECTION_TEXTS["71"] in check(reader, appointment, dob="01/02/1903")
    far = date.fromisoformat(TODAY) + timedelta(days=400)
    assert REJECTION_TEXTS["63"] in check(reader, appointment, covFrom=us_date(far.isoformat()), covTo="")
    assert REJECTION_TEXTS["62"] in check(reader, appointment, covFrom="01/01/2020", covTo="01/01/2020")
    assert REJECTION_TEXTS["57"] in check(reader, appointment, covFrom="11/02/2026", covTo="11/01/2026")


def test_a_name_finds_the_member_whose_id_the_office_has_wrong(reader: Visitor, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "active")[0]
    names = {"lastNm": appointment["last_name"], "firstNm": appointment["first_name"]}
    assert ask["coverage"]["member_id"] in check(reader, appointment, mbrId="", **names)
    assert REJECTION_TEXTS["72"] in check(reader, appointment, mbrId="XX", **names)


def test_two_people_of_one_id_are_not_chosen_between(reader: Visitor, truth: dict[str, Any]) -> None:
    assert REJECTION_TEXTS["76"] in check(reader, appointments(truth, "several members")[0][0])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Enter a member ID and date of birth, or last name"),
        ({"dob": "01/02/1980"}, "Enter a member ID and date of birth, or last name"),
        ({"mbrId": "X", "dob": "1980-01-02"}, "Date of birth must be entered as MM/DD/YYYY."),
        ({"mbrId": "X", "dob": "01/02/80"}, "Date of birth must be entered as MM/DD/YYYY."),
        ({"mbrId": "X", "dob": "01/02/1980", "covFrom": "02/30/2026"}, "Coverage date from must be entered as"),
    ],
)
def test_the_form_says_what_it_lacks(reader: Visitor, fields: dict[str, str], message: str) -> None:
    reader.get("/eligibility")
    assert message in reader.post("/eligibility", **fields)
    assert reader.path == "/eligibility"


def test_an_answer_belongs_to_the_session_that_asked(portal: PracticePortal, reader: Visitor) -> None:
    assert "eligibility" in kinds(portal)
    assert "coverage" in kinds(portal)
    with Visitor(portal) as other:
        assert other.get("/eligibility/result").startswith("Sign in")


def test_no_address_names_a_member(reader: Visitor, truth: dict[str, Any]) -> None:
    appointment = appointments(truth, "active")[0][0]
    check(reader, appointment)
    addresses = " ".join(re.findall(r'(?:href|action)="([^"]*)"', reader.page.text)) + str(reader.page.url)
    assert appointment["member_id"] not in addresses
    assert "data-testid" not in reader.page.text


def test_every_code_of_the_truth_has_a_word(truth: dict[str, Any]) -> None:
    assert set(STATUS_TEXTS) == set(get_args(CoverageStatus))
    assert set(coverage_texts.KIND_TEXTS) == set(get_args(BenefitKind))
    assert set(coverage_texts.NETWORK_TEXTS) == set(get_args(Network))
    assert set(coverage_texts.LEVEL_TEXTS) == set(get_args(Level))
    for coverage in truth["coverages"]:
        assert coverage["insurance_type"] in coverage_texts.INSURANCE_TEXTS
        assert not coverage["segments"]
        for benefit in coverage["benefits"]:
            assert benefit["service_type"] in coverage_texts.SERVICE_TEXTS
            assert benefit["period"] is None or benefit["period"] in coverage_texts.PERIOD_TEXTS


def test_the_versions_of_the_pages_say_other_words_and_show_the_same_facts(truth: dict[str, Any]) -> None:
    pages: dict[int, str] = {}
    forms: dict[int, str] = {}
    appointment = appointments(truth, "active")[0][0]
    names = {3: {"mbrId": "inq_memid", "dob": "inq_birdat", "covFrom": "inq_covfro"}}
    with PracticePortal(seed=7, claims=12, appointments=60, today=TODAY) as portal, Visitor(portal) as visitor:
        visitor.sign_in()
        for layout in (1, 2, 3, 4):
            portal.faults(layout=layout)
            visitor.get("/eligibility")
            forms[layout] = visitor.page.text
            entries = {"mbrId": appointment["member_id"], "dob": us_date(appointment["birth_date"])}
            entries["covFrom"] = us_date(appointment["service_from"])
            visitor.post("/eligibility", **{names.get(layout, {}).get(key, key): text for key, text in entries.items()})
            pages[layout] = visitor.page.text
    assert len({frozenset(facts(page)) for page in pages.values()}) == 1
    assert len(facts(pages[1])) > 20
    assert headings(pages[2]) != headings(pages[1]) != headings(pages[3])
    assert sorted(headings(pages[3])) == sorted(headings(pages[1]))
    assert "<dl" in pages[1]
    assert "<dl" not in pages[4]
    assert "Check coverage" not in forms[2]
    assert not set(re.findall(r'<input id="\w+" name="(\w+)"', forms[1])) & set(
        re.findall(r'<input id="\w+" name="(\w+)"', forms[3])
    )
    for orders in (AMOUNTS, COVERAGE_SECTIONS):
        assert {frozenset(order) for order in orders.values()} == {frozenset(orders[1])}
    assert set(BENEFITS[3]) == set(BENEFITS[1]) == {0, *BENEFITS[4]}
    assert {field for _, fields in ELIGIBILITY_FORM[3] for field in fields} == {
        field for _, fields in ELIGIBILITY_FORM[1] for field in fields
    }
