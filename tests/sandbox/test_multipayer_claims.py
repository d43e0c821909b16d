"""The claim status application of Practice Exchange shows the truth and finds no more than a real one would."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.portals.multipayer.texts import UNMAPPED_TEXTS
from tests.practice_portal import PracticePortal
from tests.sandbox.multipayer_visiting import NEAR_PAYER, PORTAL, Exchange, kinds, us_date

ABSENT = "--"


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=7, claims=400) as running:
        yield running


@pytest.fixture(scope="module")
def reader(portal: PracticePortal) -> Iterator[Exchange]:
    with Exchange(portal) as person:
        yield person.sign_in()


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


def row_of(truth: dict[str, Any], scenario: str) -> dict[str, Any]:
    """The first work-list row of a scenario, with the expected claim's number as `answer`."""
    place = next(number for number, ask in enumerate(truth["asks"]) if ask["scenario"] == scenario)
    return {**truth["rows"][place], "answer": truth["asks"][place]["payer_claim_number"]}


def money(text: str | None) -> str:
    return ABSENT if text is None else f"{float(text):,.2f}"


def day(iso: str | None) -> str:
    return ABSENT if iso is None else us_date(iso)


def test_every_claim_shows_its_own_facts(reader: Exchange, truth: dict[str, Any]) -> None:
    members = {one["patient"]: one for one in truth["members"]}
    of_scenario = {ask["scenario"]: ask["payer_claim_number"] for ask in truth["asks"]}
    claims = [one for one in truth["claims"] if one["payer_claim_number"] in of_scenario.values()]
    assert len(claims) > 40
    for claim in claims:
        found = reader.search("number", {"claim_number": claim["payer_claim_number"]})
        [row] = reader.rows(found)
        member = members[claim["patient"]]
        assert (row["claimNumber"], row["charge"]) == (claim["payer_claim_number"], money(claim["billed"]))
        assert row["birthDate"] == member["birth_date"]
        assert row["serviceDates"].startswith(claim["service_from"])
        shown = reader.claim(row["reference"])
        assert shown["member"]["memberId"] == member["member_id"].removeprefix("PXH")
        assert shown["member"]["lastName"] == member["last_name"]
        assert shown["member"]["birthDate"] == us_date(member["birth_date"])
        assert shown["member"]["accountNumber"] == (claim["patient_account_number"] or ABSENT)
        assert shown["claim"]["finalizedDate"] == day(claim["finalised_date"])
        assert shown["money"]["allowed"] == money(claim["allowed"])
        if claim["page_error"] is None:
            assert shown["money"]["paid"] == money(claim["paid"])
        assert (shown["payment"] is None) == (claim["payment"] is None)
        assert len(shown["lines"]) == len(claim["lines"])
        for line, asked in zip(shown["lines"], claim["lines"], strict=True):
            assert line["procedure"] == "-".join((asked["procedure"], *asked["modifiers"]))
            for one in asked["adjustments"]:
                assert f"{one['group']}{one['carc']}: {money(one['amount'])}" in line["adjustments"]
        assert [one["number"] for one in shown["related"]] == [one["payer_claim_number"] for one in claim["related"]]
        assert [one["due"] for one in shown["requests"]] == [us_date(one["due"]) for one in claim["requests"]]


def test_no_status_shows_its_category_code(reader: Exchange, truth: dict[str, Any]) -> None:
    row = row_of(truth, "denied")
    shown = reader.claim(reader.rows(reader.search_row(row))[0]["reference"])
    assert "F2" not in shown["claim"]["status"]


def test_what_is_not_decided_is_no_zero(reader: Exchange, truth: dict[str, Any]) -> None:
    shown = reader.claim(reader.rows(reader.search_row(row_of(truth, "pending")))[0]["reference"])
    assert set(shown["money"].values()) == {shown["money"]["billed"], ABSENT}
    assert shown["payment"] is None


def test_a_wrong_amount_contradicts_the_rest_of_the_page(reader: Exchange, truth: dict[str, Any]) -> None:
    row = row_of(truth, "money shown does not add up")
    [listed] = reader.rows(reader.search_row(row))
    shown = reader.claim(listed["reference"])
    total = sum(float(line["paid"].replace(",", "")) for line in shown["lines"])
    assert money(str(total)) != shown["money"]["paid"]


def test_the_list_comes_ten_at_a_time_and_keeps_every_claim(reader: Exchange, truth: dict[str, Any]) -> None:
    found = reader.search_row(row_of(truth, "more than one page of claims"), days=12)
    assert found["total"] == 23
    pages = [reader.rows(found, start) for start in (0, 10, 20)]
    assert [len(page) for page in pages] == [10, 10, 3]
    assert len({row["claimNumber"] for page in pages for row in page}) == 23


def test_rows_of_an_older_search_are_gone(reader: Exchange, truth: dict[str, Any]) -> None:
    older = reader.search_row(row_of(truth, "paid"))
    reader.search_row(row_of(truth, "denied"))
    reader.get(f"/claim-status/searches/{older['reference']}/rows?from=0")
    assert reader.status == 404


@pytest.mark.parametrize(
    "change", [lambda text: "PXH" + text, lambda text: text + " ", lambda text: f"{text[:-2]}-{text[-2:]}"]
)
def test_a_member_id_is_found_without_its_prefix_and_to_the_letter(
    reader: Exchange, truth: dict[str, Any], change: Any
) -> None:
    row = row_of(truth, "paid")
    assert reader.search_row(row)["total"] == 1
    assert "No member matches" in reader.search_row(row, member_id=change(row["member_id"][3:]))["notice"]


def test_a_wrong_birth_date_is_told_apart_from_nobody(reader: Exchange, truth: dict[str, Any]) -> None:
    assert (
        "date of birth does not agree" in reader.search_row(row_of(truth, "wrong birth date in the office"))["notice"]
    )
    assert "No member matches" in reader.search_row(row_of(truth, "member not found"))["notice"]


def test_no_claims_is_said_otherwise_than_no_member(reader: Exchange, truth: dict[str, Any]) -> None:
    found = reader.search_row(row_of(truth, "claim never reached the payer"))
    assert (found["notice"], found["total"], found["empty"]) == ("", 0, "No claims were found for your search.")


def test_names_are_found_as_on_the_card_only(reader: Exchange, truth: dict[str, Any]) -> None:
    row = row_of(truth, "twins")
    fields = {
        "last_name": row["last_name"],
        "first_name": row["first_name"],
        "birth_date": us_date(row["birth_date"]),
        "service_from": us_date(row["service_from"]),
        "service_to": us_date(row["service_to"]),
    }
    assert reader.search("name", fields)["total"] == 1
    assert "No member" in reader.search("name", fields | {"first_name": row["first_name"][:3]})["notice"]
    near = row_of(truth, "member not found, near name")
    fields |= {"last_name": near["last_name"], "first_name": near["first_name"]}
    assert "No member" in reader.search("name", fields | {"birth_date": us_date(near["birth_date"])})["notice"]


def test_the_payer_with_nearly_the_same_name_knows_nobody(reader: Exchange, truth: dict[str, Any]) -> None:
    row = row_of(truth, "paid")
    fields = {
        "member_id": row["member_id"][3:],
        "birth_date": us_date(row["birth_date"]),
        "service_from": us_date(row["service_from"]),
        "service_to": us_date(row["service_to"]),
    }
    assert "No member matches" in reader.search("member", fields, payer=NEAR_PAYER)["notice"]


def test_the_search_option_decides_the_fields(reader: Exchange) -> None:
    options = {one["id"]: one for one in reader.get(f"/claim-status/payers/{reader.payer()}/options")["options"]}
    assert [field["caption"] for field in options["number"]["fields"]] == ["Claim number"]
    assert [field["caption"] for field in options["name"]["fields"]][:3] == ["Last name", "First name", "Date of birth"]
    near = reader.get(f"/claim-status/payers/{reader.payer(NEAR_PAYER)}/options")["options"]
    assert len(near) == 2


def test_the_other_provider_has_other_claims(reader: Exchange, truth: dict[str, Any]) -> None:
    row = row_of(truth, "other location has a claim alike")
    fields = {
        "member_id": row["member_id"][3:],
        "birth_date": us_date(row["birth_date"]),
        "service_from": us_date(row["service_from"]),
        "service_to": us_date(row["service_to"]),
    }
    seen = [reader.rows(reader.search("member", fields, provider=one))[0]["claimNumber"] for one in (1, 0)]
    assert seen[1] == row["answer"] != seen[0]


@pytest.mark.parametrize(
    ("option", "fields", "message"),
    [
        ("member", {"birth_date": "10/01/1970"}, "Enter the first and the last day of service."),
        ("member", {"member_id": "1", "service_from": "2026-10-01"}, "Service from: enter the date as MM/DD/YYYY."),
        ("name", {"last_name": "Oakes"}, "Fill in all fields of the search option."),
        ("", {}, "Choose how you want to search."),
    ],
)
def test_the_form_says_what_it_lacks(reader: Exchange, option: str, fields: dict[str, str], message: str) -> None:
    assert message in reader.search(option, fields)["messages"]
    assert reader.status == 422


def test_no_address_names_a_claim_or_a_member(reader: Exchange, truth: dict[str, Any]) -> None:
    row = row_of(truth, "paid")
    found = reader.search_row(row)
    for secret in (row["answer"], row["member_id"][3:]):
        assert secret not in found["reference"]
        assert secret not in reader.rows(found)[0]["reference"]
    reader.claim("0123456789")
    assert reader.status == 404


# Quirks: each happens where it is set to 1, and not where it is not set


@pytest.fixture
def small() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=7, claims=60) as running:
        yield running


@pytest.fixture
def visitor(small: PracticePortal) -> Iterator[Exchange]:
    with Exchange(small) as person:
        yield person


def signed_in_with(visitor: Exchange, **quirks: float) -> Exchange:
    visitor.portal.quirks(**{name.replace("_", "-"): number for name, number in quirks.items()})
    return visitor.sign_in()


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_default_filter_hides_rows_until_it_is_cleared(visitor: Exchange, probability: float) -> None:
    signed_in_with(visitor, default_filter=probability)
    row = row_of(visitor.portal.truth(), "more than one page of claims")
    found = visitor.search_row(row, days=12)
    assert (found["total"] < 23) == bool(probability) == bool(found["filter"])
    assert visitor.post(f"/claim-status/searches/{found['reference']}/clear")["total"] == 23
    assert len(visitor.rows(found, 20)) == 3


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_rows_move_between_pages_and_the_total_stays(visitor: Exchange, probability: float) -> None:
    signed_in_with(visitor, unstable_sort=probability)
    found = visitor.search_row(row_of(visitor.portal.truth(), "more than one page of claims"), days=12)
    seen = [row["claimNumber"] for start in (0, 10, 20) for row in visitor.rows(found, start)]
    assert (len(set(seen)) < 23) == bool(probability)
    assert found["total"] == 23


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_claim_may_open_in_a_tab_of_its_own(visitor: Exchange, probability: float) -> None:
    signed_in_with(visitor, new_window=probability)
    [row] = visitor.rows(visitor.search_row(row_of(visitor.portal.truth(), "paid")))
    said = visitor.claim(row["reference"])
    assert ("window" in said) == bool(probability)
    if probability:
        assert visitor.document(said["window"]) == "claims.js"
    assert visitor.claim(row["reference"], tab=True)["claim"]["claimNumber"] == row["claimNumber"]


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_notice_may_stand_over_the_page(visitor: Exchange, probability: float) -> None:
    signed_in_with(visitor, modal=probability)
    notices = visitor.get("/notices")["notices"]
    assert len(notices) == probability
    for notice in notices:
        visitor.post("/notices", notice=notice["id"])
        assert kinds(visitor.portal)[-1] == "notice_closed"


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_the_application_may_be_missing(visitor: Exchange, probability: float) -> None:
    signed_in_with(visitor, entitlement_missing=probability)
    assert visitor.get("/session")["me"]["claims"] != bool(probability)
    visitor.get("/applications/claim-status")
    assert visitor.status == (403 if probability else 200)
    assert visitor.document("/apps/claim-status/") == ("shell.js" if probability else "claims.js")


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_claims_may_not_be_loaded_yet(visitor: Exchange, probability: float) -> None:
    signed_in_with(visitor, load_delay=probability)
    row = row_of(visitor.portal.truth(), "paid")
    found = visitor.search_row(row)
    assert (found["total"], found["notice"]) == (0 if probability else 1, "")
    assert visitor.portal.delayed_rows() == ([row["patient_account_number"]] if probability else [])


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_too_many_searches_are_sent_away_with_a_time(visitor: Exchange, probability: float) -> None:
    signed_in_with(visitor, throttle=probability)
    visitor.search_row(row_of(visitor.portal.truth(), "paid"))
    assert visitor.status == (429 if probability else 200)
    if probability:
        visitor.portal.quirks()
        wait = int(visitor.page.headers["retry-after"])
        visitor.search_row(row_of(visitor.portal.truth(), "paid"))
        assert visitor.status == 429
        visitor.advance(wait)
        visitor.search_row(row_of(visitor.portal.truth(), "paid"))
        assert visitor.status == 200


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_session_may_end_in_mid_work(visitor: Exchange, probability: float) -> None:
    signed_in_with(visitor, kicked_out=probability)
    row = row_of(visitor.portal.truth(), "paid")
    for _ in range(20 if not probability else 70):
        visitor.search_row(row)
        if visitor.status == 401:
            break
    assert (visitor.status == 401) == bool(probability)
    if probability:
        assert visitor.get("/sign-in")["heading"] == "You have been signed out"


@pytest.mark.parametrize(
    ("quirk", "page"),
    [
        ("method-retired", "Set up a passkey"),
        ("code-already-used", "Confirm that it is you"),
        ("bot-notice", "Automated use of Practice Exchange"),
    ],
)
def test_pages_that_call_a_person_stand_in_the_way(visitor: Exchange, quirk: str, page: str) -> None:
    visitor.portal.quirks(**{quirk: 1.0})
    heading = visitor.press_password()["heading"]
    if quirk != "method-retired":
        heading = visitor.press_code()["heading"]
    assert heading == page
    visitor.portal.quirks()
    visitor.portal.account(waiting=[])
    visitor.advance(60)
    visitor.press_password()
    assert visitor.press_code()["page"] == "open"


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_trusted_browser_may_be_forgotten(visitor: Exchange, probability: float) -> None:
    visitor.sign_in(trust=True)
    visitor.post("/sign-out")
    visitor.portal.quirks(**{"device-forgotten": probability})
    assert visitor.press_password()["page"] == ("code" if probability else "open")


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_the_site_may_be_closed_when_somebody_comes(probability: float) -> None:
    with PracticePortal(PORTAL, claims=3, quirks={"maintenance": probability}) as portal, Exchange(portal) as visitor:
        visitor.get("/session")
        assert visitor.status == (503 if probability else 200)


def test_words_that_nobody_has_seen_replace_every_status(visitor: Exchange) -> None:
    visitor.sign_in()
    visitor.portal.faults(unmapped_status=True)
    [row] = visitor.rows(visitor.search_row(row_of(visitor.portal.truth(), "paid")))
    assert row["status"] in UNMAPPED_TEXTS


def test_days_of_a_range_are_both_listed(reader: Exchange, truth: dict[str, Any]) -> None:
    row = row_of(truth, "services over several days")
    [listed] = reader.rows(reader.search_row(row))
    assert listed["serviceDates"] == f"{row['service_from']} to {row['service_to']}"
    assert date.fromisoformat(row["service_to"]) - date.fromisoformat(row["service_from"]) > timedelta()
