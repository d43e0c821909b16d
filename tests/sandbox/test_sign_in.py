"""Signing in at the practice portal goes as at a real one: codes once, three bad tries lock, sessions end."""

import httpx
import pytest

from sandbox.one_time_codes import code_for_step
from sandbox.process import PracticePortal
from tests.sandbox.visiting import Visitor, kinds, presses


def test_one_time_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1: the last six of the eight digits given there for 59 s and 1111111109 s.
    seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert code_for_step(seed, 59 // 30) == "287082"
    assert code_for_step(seed, 1111111109 // 30) == "081804"


def test_password_code_and_provider_lead_home_and_are_written_down(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    assert "Welcome" in visitor.words
    assert kinds(portal) == [
        *("sign_in_page", "sign_in_page", "password_press", "code_page", "code_press"),
        *("provider_page", "provider_chosen"),
    ]
    assert {event["user_agent"] for event in portal.events()} == {"visitor"}


def test_the_provider_offered_first_is_not_the_one_that_bills(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.press_password()
    visitor.press_code()
    chosen = visitor.page.text.split("checked")[0].rsplit('value="', 1)[1].split('"')[0]
    truth = portal.truth()
    assert chosen == truth["practice"]["providers"][1]["npi"]
    assert {row["billing_npi"] for row in truth["rows"]} == {truth["practice"]["providers"][0]["npi"]}


def test_three_bad_passwords_lock_the_account_for_the_right_one_too(portal: PracticePortal, visitor: Visitor) -> None:
    assert "not correct" in visitor.press_password("wrong")
    assert "not correct" in visitor.press_password("wrong")
    assert "Your account is locked" in visitor.press_password("wrong")
    assert "Your account is locked" in visitor.press_password()
    assert presses(portal) == ["rejected", "rejected", "locked", "locked"]
    portal.set_password("New-Password-22")
    assert "Verify your identity" in visitor.press_password()


def test_a_right_password_clears_the_count_of_bad_ones(portal: PracticePortal, visitor: Visitor) -> None:
    for _ in range(2):
        visitor.press_password("wrong")
        visitor.press_password("wrong")
        assert "Verify your identity" in visitor.press_password()


def test_three_bad_codes_lock_the_account(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.press_password()
    assert "not correct" in visitor.press_code("abcdef")
    assert "not correct" in visitor.press_code("abcdef")
    assert "Your account is locked" in visitor.press_code("abcdef")
    assert "Your account is locked" in visitor.press_password()


def test_bad_passwords_and_bad_codes_are_counted_apart(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.press_password("wrong")
    visitor.press_password("wrong")
    visitor.press_password()
    visitor.press_code("abcdef")
    visitor.press_code("abcdef")
    assert "Select provider" in visitor.press_code()


def test_a_code_is_good_once(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.press_password()
    code = visitor.code()
    assert "Select provider" in visitor.press_code(code)
    visitor.get("/signout")
    visitor.press_password()
    assert "already been used" in visitor.press_code(code)
    assert presses(portal, "code_press") == ["accepted", "already-used"]


def test_a_code_of_the_next_window_is_good_and_one_of_an_hour_ago_is_not(
    portal: PracticePortal, visitor: Visitor
) -> None:
    visitor.advance(7200)
    visitor.press_password()
    visitor.ahead -= visitor.ahead / 2
    assert "not correct" in visitor.press_code()
    visitor.ahead *= 2
    assert "Select provider" in visitor.press_code()


def test_a_session_ends_after_a_quarter_of_an_hour_without_a_page(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.advance(14 * 60)
    assert "Claim status search" in visitor.get("/claims/search")
    visitor.advance(14 * 60)
    assert "Claim status search" in visitor.get("/claims/search")
    visitor.advance(15 * 60)
    words = visitor.get("/claims/search")
    assert visitor.page.status_code == 200
    assert "Your session has ended" in words
    assert "Password" in words
    assert kinds(portal)[-1] == "session_expired"


def test_a_second_sign_in_ends_the_first_session(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    with Visitor(portal) as other:
        # Two windows later, because the first visitor has used up the code of this one.
        other.advance(60)
        other.press_password()
        other.press_code()
        assert "Your user ID was used to sign in on another device" in visitor.get("/home")
        assert kinds(portal)[-1] == "kicked_out"
        assert "Select provider" in other.get("/provider")


def test_signing_out_says_so_and_closes_every_page(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    assert "You have signed out" in visitor.get("/signout")
    assert "Password" in visitor.get("/home")
    assert "sign_out" in kinds(portal)


@pytest.mark.parametrize("path", ["/home", "/claims/search", "/claims/results", "/claims/detail?ref=1", "/provider"])
def test_no_page_opens_before_the_code_and_the_provider(visitor: Visitor, path: str) -> None:
    assert "Password" in visitor.get(path)
    visitor.press_password()
    assert "Password" in visitor.get(path)


def test_a_form_from_an_older_page_presses_nothing(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.page = visitor.http.post("/signin", data={"userId": portal.user_name, "passwd": portal.password})
    assert "no longer valid" in visitor.words
    assert presses(portal) == []


def test_sessions_can_be_ended_from_the_payers_side(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    portal.expire_sessions()
    assert "Your session has ended" in visitor.get("/home")


def test_pages_are_never_cached_and_the_cookie_is_not_for_scripts(visitor: Visitor) -> None:
    assert "no-store" in visitor.page.headers["cache-control"]
    cookie = httpx.get(f"{visitor.portal.address}/signin", trust_env=False).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_with_mailed_codes_a_person_chooses_how_and_types_what_arrived(
    portal: PracticePortal, visitor: Visitor
) -> None:
    portal.profile(second_factor="mailed")
    assert "Choose how we should send your verification code" in visitor.press_password()
    assert "Choose how" in visitor.post("/verify/method")
    assert "by text message" in visitor.post("/verify/method", via="SMS")
    assert portal.mailbox() == []
    visitor.advance(6)
    (mail,) = portal.mailbox()
    assert mail["method"] == "text"
    assert "Select provider" in visitor.press_code(mail["code"])
    assert [event["method"] for event in portal.events() if event["kind"] == "code_sent"] == ["text"]


def test_another_code_is_sent_three_times_and_an_old_one_expires(portal: PracticePortal, visitor: Visitor) -> None:
    portal.profile(second_factor="mailed")
    visitor.press_password()
    for _ in range(4):
        visitor.post("/verify/method", via="SMS")
    assert "No more codes" in visitor.post("/verify/method")
    visitor.advance(11 * 60)
    assert "That code has expired" in visitor.press_code(portal.mailbox()[-1]["code"])


def test_changed_terms_are_shown_once_with_their_text_until_somebody_agrees(
    portal: PracticePortal, visitor: Visitor
) -> None:
    visitor.sign_in()
    assert portal.terms()["version"] == "1"
    portal.change_terms(text="You will wear a hat.\n\nYou will keep it on.")
    assert portal.terms()["version"] == "2"
    visitor.get("/signout")
    visitor.advance(60)
    visitor.press_password()
    words = visitor.press_code()
    assert "Our terms of use have changed" in words
    assert "You will wear a hat. You will keep it on." in words
    assert "Our terms of use have changed" in visitor.post("/terms")
    assert "Select provider" in visitor.post("/terms", agree="Y")
    agreed = [event for event in portal.events() if event["kind"] == "terms_agreed"]
    assert [(event["version"], event["ticked"]) for event in agreed] == [("2", False), ("2", True)]
    visitor.get("/signout")
    visitor.advance(60)
    visitor.press_password()
    assert "Select provider" in visitor.press_code()


def test_a_remembered_device_signs_in_without_a_code_until_its_days_are_over(
    portal: PracticePortal, visitor: Visitor
) -> None:
    visitor.press_password()
    visitor.post("/verify", otp=visitor.code(), remember="Y")
    cookie = next(cookie for cookie in visitor.http.cookies.jar if cookie.name == "PNHDEVICE")
    assert cookie.expires is not None
    visitor.get("/signout")
    assert "Select provider" in visitor.press_password()
    visitor.advance(31 * 86_400)
    assert "Verify your identity" in visitor.press_password()


def test_the_account_can_be_put_before_a_notice(portal: PracticePortal, visitor: Visitor) -> None:
    portal.account(waiting=["bot-notice"])
    visitor.press_password()
    assert "Automated access to your account" in visitor.press_code()
    assert "Select provider" in visitor.post("/notice")


def test_the_count_down_can_be_answered_while_the_session_lives(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    assert 'data-idle="15"' in visitor.page.text
    visitor.advance(14 * 60)
    assert visitor.http.post("/session/extend").status_code == 204
    visitor.advance(14 * 60)
    assert "Welcome" in visitor.get("/home")
    visitor.advance(16 * 60)
    assert visitor.http.post("/session/extend").status_code == 401
