"""The way into Practice Exchange, and every way in which a session there ends."""

from collections.abc import Iterator

import pytest

from tests.practice_portal import PracticePortal
from tests.sandbox.multipayer_visiting import NEAR_PAYER, PAYER, PORTAL, Exchange, kinds, results


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=11, claims=3) as running:
        yield running


@pytest.fixture
def visitor(portal: PracticePortal) -> Iterator[Exchange]:
    with Exchange(portal) as person:
        yield person


def test_password_code_and_organization_lead_into_the_site(portal: PracticePortal, visitor: Exchange) -> None:
    assert visitor.get("/session")["me"] is None
    assert visitor.press_password()["heading"] == "Confirm that it is you"
    assert visitor.press_code()["page"] == "open"
    assert visitor.get("/session")["me"]["organization"] is None
    visitor.choose_organization()
    me = visitor.get("/session")["me"]
    assert (me["organization"]["tin"], me["region"]) == (portal.truth()["practice"]["tin"], "Harbor")
    assert kinds(portal) == [
        "sign_in_page", "password_press", "code_press", "provider_page", "provider_chosen",
    ]  # fmt: skip


def test_what_is_chosen_to_begin_with_is_wrong(portal: PracticePortal, visitor: Exchange) -> None:
    visitor.press_password()
    visitor.press_code()
    organization, region = visitor.get("/organizations")["fields"]
    first = dict(organization["choices"])[organization["value"]]
    assert portal.truth()["practice"]["tin"] not in first
    visitor.choose_organization(region=region["value"])
    visitor.enter()
    offered = [one["name"] for one in visitor.post("/claim-status/payers", typed="exchange health")["payers"]]
    assert offered == [NEAR_PAYER]
    visitor.choose_organization()
    offered = [one["name"] for one in visitor.post("/claim-status/payers", typed="exchange health")["payers"]]
    assert offered == [NEAR_PAYER, PAYER]


def test_another_organization_has_no_providers(portal: PracticePortal, visitor: Exchange) -> None:
    visitor.press_password()
    visitor.press_code()
    other = visitor.get("/organizations")["fields"][0]["choices"][0][1].rpartition(" ")[2].strip(")")
    visitor.choose_organization(tin=other)
    visitor.enter()
    assert visitor.post("/claim-status/providers", typed="harbor")["providers"] == []
    visitor.choose_organization()
    assert len(visitor.post("/claim-status/providers", typed="harbor")["providers"]) == 2


def test_a_press_without_the_form_token_is_none(portal: PracticePortal, visitor: Exchange) -> None:
    visitor.get("/sign-in")
    visitor.csrf = "guessed"
    visitor.post("/sign-in/password", fields={"user": portal.user_name, "word": "wrong"})
    assert visitor.status == 403
    assert results(portal, "password_press") == []


def test_the_third_bad_password_locks(portal: PracticePortal, visitor: Exchange) -> None:
    headings = [visitor.press_password("wrong")["heading"] for _ in range(3)]
    assert headings == ["Sign in", "Sign in", "Your account is locked"]
    assert visitor.press_password()["heading"] == "Your account is locked"


def test_bad_and_used_codes_are_told_apart(portal: PracticePortal, visitor: Exchange) -> None:
    visitor.press_password()
    assert "not correct" in visitor.press_code("000000")["alert"]
    code = visitor.code()
    visitor.press_code(code)
    visitor.post("/sign-out")
    visitor.press_password()
    assert "used before" in visitor.press_code(code)["alert"]


def test_a_trusted_browser_is_not_asked_for_a_code_until_its_days_are_over(
    portal: PracticePortal, visitor: Exchange
) -> None:
    visitor.sign_in(trust=True)
    visitor.post("/sign-out")
    assert visitor.press_password()["page"] == "open"
    visitor.post("/sign-out")
    visitor.advance(30 * 86_400)
    assert visitor.press_password()["page"] == "code"


def test_idling_ends_the_session_and_the_frame_gets_the_site_with_http_200(
    portal: PracticePortal, visitor: Exchange
) -> None:
    visitor.sign_in()
    assert visitor.document("/apps/claim-status/") == "claims.js"
    visitor.advance(20 * 60)
    assert visitor.post("/claim-status/payers", typed="practice") == {"reason": "session-expired"}
    assert visitor.status == 401
    assert visitor.document("/apps/claim-status/") == "shell.js"
    assert visitor.status == 200
    page = visitor.get("/sign-in")
    assert (page["heading"], page["alert"]) == ("Sign in", "Your session has ended. Sign in again.")
    assert kinds(portal).count("session_expired") == 1
    assert visitor.get("/sign-in")["alert"] == ""


def test_an_answer_says_how_long_the_session_lives(visitor: Exchange) -> None:
    visitor.sign_in()
    visitor.get("/session")
    assert visitor.page.headers["x-session-seconds"] == "1200"


def test_a_second_sign_in_ends_the_first_with_a_page_of_its_own(portal: PracticePortal, visitor: Exchange) -> None:
    visitor.sign_in()
    with Exchange(portal) as other:
        other.ahead = visitor.ahead
        other.press_password()
        visitor.advance(60)
        other.ahead = visitor.ahead
        other.press_code()
    assert visitor.get("/notices") == {"reason": "kicked-out"}
    assert visitor.get("/sign-in")["heading"] == "You have been signed out"
    visitor.post("/sign-in/start")
    assert visitor.said["heading"] == "Sign in"
    assert kinds(portal).count("kicked_out") == 1


def test_the_applications_token_is_asked_for_too(portal: PracticePortal, visitor: Exchange) -> None:
    visitor.sign_in()
    visitor.bearer = "guessed"
    visitor.post("/claim-status/payers", typed="practice")
    assert visitor.status == 403


def test_new_terms_are_agreed_to_with_a_tick_only(portal: PracticePortal, visitor: Exchange) -> None:
    portal.change_terms()
    terms = portal.terms()
    visitor.press_password()
    page = visitor.press_code()
    assert page["heading"] == "Terms of use"
    assert page["document"] == [part for part in terms["text"].split("\n\n") if part]
    assert visitor.post("/sign-in/terms", fields={"agree": "no"})["heading"] == "Terms of use"
    assert visitor.post("/sign-in/terms", fields={"agree": "yes"})["page"] == "open"


@pytest.mark.parametrize(("fault", "status"), [("answer-500", 500), ("foreign-page", 200)])
def test_a_press_answered_by_something_else_still_counts(
    portal: PracticePortal, visitor: Exchange, fault: str, status: int
) -> None:
    portal.faults(password_press=fault)
    visitor.press_password()
    assert visitor.status == status
    portal.faults()
    assert results(portal, "password_press") == ["accepted"]
    assert visitor.get("/session")["me"] is None


def test_maintenance_says_when_it_ends_everywhere(portal: PracticePortal, visitor: Exchange) -> None:
    visitor.sign_in()
    portal.faults(maintenance=True)
    said = visitor.get("/session")
    assert visitor.status == 503
    assert "We expect to be back at" in said["closed"]["text"][1]
    assert visitor.document("/home") == ""
    assert "Scheduled maintenance" in visitor.page.text
    portal.faults()
    assert visitor.document("/home") == "shell.js"


def test_sessions_end_after_so_many_pages_when_told(portal: PracticePortal, visitor: Exchange) -> None:
    visitor.sign_in()
    portal.faults(expire_session_after=1)
    row = portal.truth()["rows"][0]
    visitor.search_row(row)
    assert visitor.status == 200
    visitor.search_row(row)
    assert visitor.status == 401
