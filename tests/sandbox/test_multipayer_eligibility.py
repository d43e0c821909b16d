"""Practice Exchange's eligibility application shows the truth in the site's own words, and rejects as payers do."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from sandbox.portals.multipayer import coverage_texts
from sandbox.portals.multipayer.application_words import RENAMED, TEXT, applications
from sandbox.portals.multipayer.coverage_texts import NETWORK_TABS, REJECTION_TEXTS, STATUS_TEXTS
from sandbox.truth.coverage import BenefitKind, CoverageStatus, Level
from tests.practice_portal import PracticePortal
from tests.sandbox.multipayer_visiting import NEAR_PAYER, PAYER, PORTAL, Exchange, kinds, us_date

TODAY = "2026-11-20"


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=7, claims=12, appointments=60, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


@pytest.fixture(scope="module")
def reader(portal: PracticePortal) -> Iterator[Exchange]:
    with Exchange(portal) as person:
        yield person.sign_in()


def appointments(truth: dict[str, Any], scenario: str = "") -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The office's appointments of a scenario, or all, each with what a right reader makes of it."""
    asks = {ask["appointment_number"]: ask for ask in truth["appointment_asks"]}
    both = [(one, asks[one["appointment_number"]]) for one in truth["appointments"]]
    return [pair for pair in both if not scenario or pair[1]["scenario"] == scenario]


def inquire(
    visitor: Exchange,
    fields: dict[str, str],
    *,
    option: str = "member",
    days: tuple[str, str] = ("", ""),
    payer: str = PAYER,
    service: str = "30",
) -> dict[str, Any]:
    return visitor.post(
        "/eligibility/inquiries",
        payer=visitor.payer(payer),
        provider=visitor.practice["providers"][0]["npi"],
        option=option,
        fields=fields,
        service=service,
        service_from=days[0],
        service_to=days[1],
    )


def check(visitor: Exchange, appointment: dict[str, Any], **changes: str) -> dict[str, Any]:
    """Ask for the coverage of an appointment by member id and birth date; keywords are other entries of the form."""
    fields = {"member_id": appointment["member_id"][3:], "birth_date": us_date(appointment["birth_date"])}
    days = us_date(appointment["service_from"]), us_date(appointment["service_to"])
    return inquire(visitor, fields | changes, days=days)


def plain(text: str) -> str:
    return f"{float(text):,.2f}"


def test_an_appointment_of_each_story_is_answered_with_the_members_plan_and_status(
    reader: Exchange, truth: dict[str, Any]
) -> None:
    stories = {ask["scenario"]: (one, ask) for one, ask in appointments(truth) if ask["expect"] == "ANSWERED"}
    statuses = set()
    for appointment, ask in stories.values():
        said = check(reader, appointment)
        if "found" not in said:
            assert said["members"] if ask["scenario"] in ("several members", "twins") else said["rejected"]
            continue
        if said["found"]["patient"]["memberId"] == ask["coverage"]["member_id"]:
            statuses.add(ask["coverage"]["status"])
            assert said["found"]["coverage"]["status"] == STATUS_TEXTS[ask["coverage"]["status"]]
            assert said["found"]["coverage"]["plan"] == ask["coverage"]["plan_name"]
    assert len(stories) > 10
    assert {"1", "5", "6", "7", "not-loaded"} <= statuses


def test_each_network_has_a_tab_with_the_amounts_and_benefits_of_the_truth(
    reader: Exchange, truth: dict[str, Any]
) -> None:
    appointment, ask = next(one for one in appointments(truth, "active") if len(one[1]["coverage"]["accumulators"]) > 4)
    tabs = check(reader, appointment)["found"]["networks"]
    assert [tab["name"] for tab in tabs] == ["In network", "Out of network", "Any network"]
    known = ask["coverage"]
    for tab in tabs:
        amounts = [one for one in known["accumulators"] if NETWORK_TABS[one["network"]] == tab["name"]]
        assert [(one["total"], one["met"], one["remaining"]) for one in tab["amounts"]] == [
            (plain(one["total"]), plain(one["met"]), plain(one["remaining"])) for one in amounts
        ]
        shown = [(card["name"], one["kind"], one["worth"]) for card in tab["services"] for one in card["benefits"]]
        benefits = [one for one in known["benefits"] if NETWORK_TABS[one["network"]] == tab["name"]]
        assert sorted(shown) == sorted(
            (
                coverage_texts.SERVICE_TEXTS[one["service_type"]],
                coverage_texts.KIND_TEXTS[one["kind"]],
                plain(one["amount"])
                if one["amount"]
                else f"{float(one['percent']):g}%"
                if one["percent"]
                else f"{one['quantity']} {one['unit']}"
                if one["quantity"]
                else "--",
            )
            for one in benefits
        )
    assert sum(len(card["benefits"]) for tab in tabs for card in tab["services"]) == len(known["benefits"]) > 10


def test_who_is_not_covered_has_dates_and_no_tabs(reader: Exchange, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "inactive on the day")[0]
    found = check(reader, appointment)["found"]
    assert found["coverage"]["status"] == "Inactive"
    assert found["coverage"]["planEnds"] == ask["coverage"]["plan_ends"]
    assert found["networks"] == []
    assert found["disclaimer"] == ""


def test_benefits_that_are_not_loaded_are_told_in_a_disclaimer_alone(reader: Exchange, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "benefits not loaded")[0]
    found = check(reader, appointment)["found"]
    assert found["coverage"]["status"] == "--"
    assert found["disclaimer"] == " ".join(ask["coverage"]["messages"])
    assert found["networks"] == found["messages"] == []


def test_the_quirk_puts_the_disclaimer_over_a_plan_that_is_loaded(truth: dict[str, Any]) -> None:
    quirks = {"benefits-not-loaded": 1.0}
    with PracticePortal(PORTAL, seed=7, claims=12, appointments=60, today=TODAY, quirks=quirks) as portal:
        with Exchange(portal) as visitor:
            visitor.sign_in()
            found = check(visitor, appointments(truth, "active")[0][0])["found"]
        assert found["coverage"]["status"] == "--"
        assert "not available here" in found["disclaimer"]
        assert any(event.get("name") == "benefits-not-loaded" for event in portal.events())


def test_another_payer_is_named_with_its_turn(reader: Exchange, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "other payer primary")[0]
    other = ask["coverage"]["other_payers"][0]
    row = check(reader, appointment)["found"]["otherPayers"][0]
    assert (row["name"], row["payerId"], row["policy"], row["order"]) == (
        other["name"],
        other["payer_id"],
        other["policy_number"],
        "Primary",
    )


def test_amounts_that_contradict_each_other_are_drawn_as_the_payer_shows_them(
    reader: Exchange, truth: dict[str, Any]
) -> None:
    tab = check(reader, appointments(truth, "accumulators contradict")[0][0])["found"]["networks"][0]
    sums = [[float(one[name].replace(",", "")) for name in ("total", "met", "remaining")] for one in tab["amounts"]]
    assert len([total for total, met, left in sums if abs(total - met - left) > 0.005]) == 1


def test_each_rejection_is_the_payers_own_and_58_is_not_71(reader: Exchange, truth: dict[str, Any]) -> None:
    seen = set()
    for appointment, ask in appointments(truth):
        if ask["rejected"] and (sentence := check(reader, appointment).get("rejected")):
            code = next(code for code, text in REJECTION_TEXTS.items() if text == sentence)
            assert code in ask["rejected"]
            seen.add(code)
    assert {"63", "71", "75"} <= seen
    appointment = appointments(truth, "active")[0][0]
    assert check(reader, appointment, birth_date="")["rejected"] == REJECTION_TEXTS["58"]
    assert check(reader, appointment, birth_date="01/02/1903")["rejected"] == REJECTION_TEXTS["71"]
    member = {"member_id": appointment["member_id"][3:], "birth_date": us_date(appointment["birth_date"])}
    far = us_date((date.fromisoformat(TODAY) + timedelta(days=400)).isoformat())
    assert inquire(reader, member, days=(far, ""))["rejected"] == REJECTION_TEXTS["63"]
    assert inquire(reader, member, days=("01/01/2020", ""))["rejected"] == REJECTION_TEXTS["62"]
    assert inquire(reader, member, days=("11/02/2026", "11/01/2026"))["rejected"] == REJECTION_TEXTS["57"]
    card = {"member_id": appointment["member_id"][3:], "last_name": "NOBODY", "first_name": "NORA"}
    assert inquire(reader, card, option="card")["rejected"] == REJECTION_TEXTS["73"]


def test_the_letters_at_the_head_of_an_id_find_nobody_and_stand_in_the_answer(
    reader: Exchange, truth: dict[str, Any]
) -> None:
    appointment, ask = appointments(truth, "active")[0]
    assert check(reader, appointment, member_id=appointment["member_id"])["rejected"] == REJECTION_TEXTS["75"]
    assert check(reader, appointment)["found"]["patient"]["memberId"] == ask["coverage"]["member_id"]


def test_another_payer_of_nearly_this_name_knows_nobody(reader: Exchange, truth: dict[str, Any]) -> None:
    appointment = appointments(truth, "active")[0][0]
    fields = {"member_id": appointment["member_id"][3:], "birth_date": us_date(appointment["birth_date"])}
    assert inquire(reader, fields, payer=NEAR_PAYER)["rejected"] == REJECTION_TEXTS["75"]
    near = reader.get(f"/eligibility/payers/{reader.payer(NEAR_PAYER)}/options")["options"]
    own = reader.get(f"/eligibility/payers/{reader.payer()}/options")["options"]
    assert [one["id"] for one in near] == ["member"]
    assert [one["id"] for one in own] == ["member", "card", "name"]


def test_the_visitor_chooses_between_members_of_one_number(reader: Exchange, truth: dict[str, Any]) -> None:
    appointment, ask = appointments(truth, "several members")[0]
    rows = check(reader, appointment)["members"]
    assert len(rows) == 2
    assert {row["memberId"] for row in rows} == {ask["coverage"]["member_id"]}
    wanted = next(row for row in rows if ask["coverage"]["first_name"] in row["patient"])
    found = reader.get(f"/eligibility/members/{wanted['reference']}")["found"]
    assert found["patient"]["firstName"].startswith(ask["coverage"]["first_name"])
    reader.get("/eligibility/members/0123456789")
    assert reader.status == 404


@pytest.mark.parametrize(
    ("option", "fields", "message"),
    [
        ("", {}, "Choose how you want to search."),
        ("member", {}, "Fill in all fields of the search option."),
        ("name", {"birth_date": "01/02/1980"}, "Fill in all fields of the search option."),
        ("member", {"member_id": "1", "birth_date": "1980-01-02"}, "Date of birth: enter the date as MM/DD/YYYY."),
    ],
)
def test_the_form_says_what_it_lacks(reader: Exchange, option: str, fields: dict[str, str], message: str) -> None:
    assert message in inquire(reader, fields, option=option)["messages"]
    assert reader.status == 422


def test_dates_and_the_type_of_benefit_are_checked(reader: Exchange) -> None:
    fields = {"member_id": "1", "birth_date": "01/02/1980"}
    assert inquire(reader, fields, days=("02/30/2026", ""))["messages"] == ["As of date: enter the date as MM/DD/YYYY."]
    assert inquire(reader, fields, service="0")["messages"] == ["Choose a benefit type."]


def test_an_answer_needs_the_applications_token(portal: PracticePortal, reader: Exchange) -> None:
    assert {"eligibility", "coverage"} <= set(kinds(portal))
    assert reader.document("/apps/eligibility/") == "eligibility.js"
    with Exchange(portal) as other:
        assert other.document("/apps/eligibility/") == "shell.js"
        other.post("/eligibility/inquiries")
        assert other.status == 401


def test_too_many_inquiries_must_wait(portal: PracticePortal, reader: Exchange, truth: dict[str, Any]) -> None:
    portal.quirks(throttle=1.0)
    check(reader, appointments(truth, "active")[0][0])
    portal.quirks()
    assert reader.status == 429
    assert int(reader.page.headers["retry-after"]) > 0
    reader.advance(120)


def test_every_code_of_the_truth_has_a_word(truth: dict[str, Any]) -> None:
    assert set(STATUS_TEXTS) == set(get_args(CoverageStatus))
    assert set(coverage_texts.KIND_TEXTS) == set(get_args(BenefitKind))
    assert set(coverage_texts.LEVEL_TEXTS) == set(get_args(Level))
    for coverage in truth["coverages"]:
        assert coverage["insurance_type"] in coverage_texts.INSURANCE_TEXTS
        assert not coverage["segments"]
        for benefit in coverage["benefits"]:
            assert benefit["service_type"] in coverage_texts.SERVICE_TEXTS
            assert benefit["network"] in NETWORK_TABS
            assert benefit["period"] is None or benefit["period"] in coverage_texts.PERIOD_TEXTS


def test_the_versions_of_the_pages_show_the_same_facts_in_other_words_and_places() -> None:
    first, renamed, moved, rebuilt = (applications(version, RENAMED) for version in (1, 2, 3, 4))

    def facts(layout: dict[str, Any]) -> dict[str, set[str]]:
        coverage, payments = layout["coverage"], layout["payments"]
        lists = {name: coverage[name] for name in ("amounts", "benefits", "members")}
        lists |= coverage["fields"] | {"columns": payments["columns"]}
        lists |= {f"payment {name}": pairs for name, pairs in payments["fields"].items()}
        return {name: {key for _, key in pairs} for name, pairs in lists.items()} | {"order": set(coverage["order"])}

    assert facts(first) == facts(renamed) == facts(moved) == facts(rebuilt)
    assert first["coverage"]["fields"] != renamed["coverage"]["fields"]
    assert first["payments"]["columns"] != moved["payments"]["columns"]
    assert first["coverage"]["order"] != moved["coverage"]["order"] != rebuilt["coverage"]["order"]
    assert set(TEXT["coverageSections"]) == set(first["coverage"]["order"])
