"""Signing in at the Medicaid portal: two pages, a security question, a service location, and what stands between."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.practice_portal import PracticePortal
from tests.sandbox.medicaid_visiting import NAME, MedicaidVisitor, SharedPortal
from tests.sandbox.visiting import kinds, presses

DAY = 86_400


@pytest.fixture(scope="module")
def running() -> Iterator[SharedPortal]:
    with SharedPortal(NAME, seed=11, claims=3) as portal:
        yield portal


@pytest.fixture
def portal(running: SharedPortal) -> PracticePortal:
    return running.afresh()


@pytest.fixture
def visitor(portal: PracticePortal) -> Iterator[MedicaidVisitor]:
    with MedicaidVisitor(portal) as person:
        yield person


def test_user_id_password_question_and_location_lead_home_and_are_written_down(
    portal: PracticePortal, visitor: MedicaidVisitor
) -> None:
    visitor.sign_in()
    assert "Provider Home" in visitor.words
    assert kinds(portal) == [
        *("sign_in_page", "sign_in_page", "user_name_press", "password_press", "question_page", "question_press"),
        *("provider_page", "provider_chosen"),
    ]


def test_the_first_page_does_not_tell_whether_a_user_id_exists(visitor: MedicaidVisitor) -> None:
    visitor.press("btnContinue", txtUserId="nobody.here")
    assert visitor.path == "/Password.aspx"
    assert "not correct" in visitor.press("btnSignIn", txtPassword="Whatever-1!")


def test_no_press_counts_while_a_field_is_empty(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    assert "User ID is required" in visitor.press("btnContinue")
    visitor.press("btnContinue", txtUserId=portal.user_name)
    assert "Password is required" in visitor.press("btnSignIn")
    assert presses(portal) == []


def test_three_bad_passwords_lock_the_account_for_the_right_one_too(
    portal: PracticePortal, visitor: MedicaidVisitor
) -> None:
    assert "The user ID or password is not correct" in visitor.press_password("wrong")
    assert "The user ID or password is not correct" in visitor.press_password("wrong")
    assert "Your user ID is locked" in visitor.press_password("wrong")
    assert "Your user ID is locked" in visitor.press_password()
    assert set(presses(portal)) == {"rejected", "locked"}
    portal.set_password("New-Password-22")
    visitor.press_password()
    assert visitor.path == "/Question.aspx"


def test_wrong_answers_lock_the_account_as_wrong_passwords_do(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    visitor.press_password()
    assert "The answer is not correct" in visitor.press("btnAnswer", txtAnswer="Rex")
    assert "The answer is not correct" in visitor.press("btnAnswer", txtAnswer="Rex")
    assert "Your user ID is locked" in visitor.press("btnAnswer", txtAnswer="Rex")
    assert presses(portal, "question_press") == ["rejected", "rejected", "locked"]


def test_a_private_computer_is_asked_once_and_a_public_one_each_time(
    portal: PracticePortal, visitor: MedicaidVisitor
) -> None:
    visitor.sign_in(computer="public")
    visitor.get("/SignOut.aspx")
    visitor.press_password(computer="private")
    assert visitor.path == "/Question.aspx"
    visitor.press("btnAnswer", txtAnswer=visitor.answer())
    visitor.get("/SignOut.aspx")
    visitor.press_password(computer="private")
    assert visitor.path == "/ActingFor.aspx"
    portal.advance(31 * DAY)
    visitor.press_password(computer="private")
    assert visitor.path == "/Question.aspx"


def test_the_location_offered_first_is_not_the_one_that_bills_and_each_has_an_id_of_its_own(
    portal: PracticePortal, visitor: MedicaidVisitor
) -> None:
    visitor.press_password()
    visitor.press("btnAnswer", txtAnswer=visitor.answer())
    truth = portal.truth()
    billing, other = truth["practice"]["providers"]
    assert visitor.form()[visitor.name("ddlLocation")] == other["npi"]
    assert {row["billing_npi"] for row in truth["rows"]} == {billing["npi"]}
    assert f"Name: {other['name']}" in visitor.words
    assert f"Name: {billing['name']}" in visitor.choose("ddlLocation", billing["npi"])
    assert visitor.path == "/ActingFor.aspx"
    visitor.press("btnAct")
    assert f"NPI {billing['npi']}" in visitor.words


def test_an_expiring_password_can_wait(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    portal.account(password_age_days=84)
    visitor.press_password()
    assert "Your password will expire in 6 days" in visitor.press("btnAnswer", txtAnswer=visitor.answer())
    visitor.press("btnLater")
    assert visitor.path == "/ActingFor.aspx"


def test_an_expired_password_must_be_changed_first(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    portal.account(password_age_days=90)
    visitor.press_password()
    assert "Your Password Has Expired" in visitor.press("btnAnswer", txtAnswer=visitor.answer())
    fields = {"txtOld": portal.password, "txtNew": "short", "txtAgain": "short"}
    assert "at least 8 characters" in visitor.press("btnSave", **fields)
    fields = {"txtOld": portal.password, "txtNew": "Longer-Word-31", "txtAgain": "Longer-Word-31"}
    visitor.press("btnSave", **fields)
    assert visitor.path == "/ActingFor.aspx"


def test_ninety_idle_days_disable_the_account(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    portal.account(idle_days=90)
    assert "Your user ID is disabled" in visitor.press_password()


def test_a_session_ends_after_twenty_minutes_with_the_sign_in_page_and_status_200(
    portal: PracticePortal, visitor: MedicaidVisitor
) -> None:
    visitor.sign_in()
    portal.advance(19 * 60)
    assert "Claim Inquiry" in visitor.get("/ClaimSearch.aspx")
    portal.advance(20 * 60)
    words = visitor.get("/ClaimSearch.aspx")
    assert visitor.page.status_code == 200
    assert "Your session has ended because there was no activity" in words
    assert "User ID:" in words
    assert kinds(portal)[-1] == "session_expired"


def test_the_count_downs_button_keeps_a_session_alive(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    visitor.sign_in()
    for _ in range(2):
        portal.advance(19 * 60)
        assert visitor.http.get("/KeepAlive.aspx").status_code == 204
    portal.advance(20 * 60)
    assert "Your session has ended" in visitor.get("/KeepAlive.aspx")


def test_a_post_back_of_an_ended_session_leads_to_the_sign_in_page_too(
    portal: PracticePortal, visitor: MedicaidVisitor
) -> None:
    visitor.sign_in()
    visitor.get("/ClaimSearch.aspx")
    portal.expire_sessions()
    assert "Your session has ended" in visitor.choose("ddlSearchBy", "member")


def test_a_second_sign_in_ends_the_first_session(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    visitor.sign_in()
    with MedicaidVisitor(portal) as other:
        other.sign_in()
        assert "Your user ID was used to log in on another computer" in visitor.get("/Home.aspx")
        assert "Provider Home" in other.get("/Home.aspx")
    assert "kicked_out" in kinds(portal)


def test_signing_out_says_so_and_closes_every_page(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    visitor.sign_in()
    assert "You have logged off" in visitor.get("/SignOut.aspx")
    assert "User ID:" in visitor.get("/Home.aspx")
    assert "sign_out" in kinds(portal)


@pytest.mark.parametrize("path", ["/Home.aspx", "/ClaimSearch.aspx", "/ClaimDetail.aspx?w=1", "/ActingFor.aspx"])
def test_no_page_opens_before_the_password_and_the_question(visitor: MedicaidVisitor, path: str) -> None:
    assert "Step 1 of 2" in visitor.get(path)
    visitor.press_password()
    assert "Step 1 of 2" in visitor.get(path)


@pytest.mark.parametrize(("fault", "status"), [("answer-500", 500), ("foreign-page", 200)])
def test_a_press_answered_by_something_else_counts_and_signs_nobody_in(
    portal: PracticePortal, visitor: MedicaidVisitor, fault: str, status: int
) -> None:
    portal.faults(password_press=fault)
    visitor.press_password()
    assert visitor.page.status_code == status
    assert presses(portal) == ["accepted"]
    assert "Step 1 of 2" in visitor.get("/ActingFor.aspx")


# Quirks


def test_the_warning_comes_as_a_quirk_too(portal: PracticePortal) -> None:
    portal.quirks(password_expiring=1)
    with MedicaidVisitor(portal) as visitor:
        visitor.press_password()
        assert "Your password will expire in" in visitor.press("btnAnswer", txtAnswer=visitor.answer())


def test_a_known_computer_may_be_asked_again(portal: PracticePortal) -> None:
    portal.quirks(security_question=1)
    with MedicaidVisitor(portal) as visitor:
        for _ in range(2):
            visitor.press_password(computer="private")
            assert visitor.path == "/Question.aspx"
            visitor.press("btnAnswer", txtAnswer=visitor.answer())
            visitor.get("/SignOut.aspx")


def test_an_idle_account_is_found_disabled(portal: PracticePortal) -> None:
    portal.quirks(idle_disabled=1)
    with MedicaidVisitor(portal) as visitor:
        assert "Your user ID is disabled" in visitor.press_password()


def test_a_captcha_or_a_notice_of_unusual_activity_stays_until_a_person_clears_it(portal: PracticePortal) -> None:
    portal.quirks(captcha=1)
    with MedicaidVisitor(portal) as visitor:
        assert visitor.path == "/Verification.aspx"
        assert "Type the characters" in visitor.words or "unusual activity" in visitor.words
        assert "Step 1 of 2" not in visitor.get("/Default.aspx")
        portal.quirks()
        portal.clear_captcha()
        assert "Step 1 of 2" in visitor.get("/Default.aspx")


def test_a_notice_about_robots_stands_before_the_portal_until_somebody_confirms_it(portal: PracticePortal) -> None:
    portal.quirks(bot_notice=1)
    with MedicaidVisitor(portal) as visitor:
        visitor.press_password()
        assert "Automated programs were used" in visitor.press("btnAnswer", txtAnswer=visitor.answer())
        assert "Step 1 of 2" in visitor.get("/Home.aspx")


def test_a_visitor_may_be_kicked_out_in_mid_work(portal: PracticePortal) -> None:
    portal.quirks(kicked_out=1)
    with MedicaidVisitor(portal) as visitor:
        visitor.sign_in()
        seen = [visitor.get("/ClaimSearch.aspx") for _ in range(70)]
        assert any("used to log in on another computer" in words for words in seen)
        assert "kicked_out" in kinds(portal)


def test_the_maintenance_page_says_in_words_and_as_a_date_when_it_ends() -> None:
    # A portal of their own for these two: their clocks are those of the test.
    with PracticePortal(NAME, claims=3, quirks={"maintenance": 1}) as portal, MedicaidVisitor(portal) as visitor:
        assert "closed for scheduled maintenance until" in visitor.words
        assert "Central Time on" in visitor.words
        assert "Available again: " in visitor.words
        portal.quirks()
        portal.advance(3 * 3600)
        assert "Step 1 of 2" in visitor.get("/Default.aspx")
        assert "maintenance_page" in kinds(portal)


def test_with_that_quirk_at_all_the_portal_is_closed_on_sundays_until_six_in_the_morning() -> None:
    now = datetime.now(ZoneInfo("America/Chicago"))
    sunday = now.date() + timedelta(days=7 - (now.weekday() + 1) % 7)
    two = datetime.combine(sunday, time(2), now.tzinfo)
    with PracticePortal(NAME, claims=3, quirks={"maintenance": 1e-9}) as portal, MedicaidVisitor(portal) as visitor:
        portal.advance(two.timestamp() - now.timestamp())
        words = visitor.get("/Default.aspx")
        assert f"until 6:00 AM Central Time on Sunday, {sunday:%B} {sunday.day}, {sunday.year}" in words
        assert f"Available again: {sunday:%m/%d/%Y} 6:00 AM" in words
        portal.advance(4 * 3600)
        assert "Step 1 of 2" in visitor.get("/Default.aspx")


def test_without_quirks_none_of_it_happens(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    visitor.sign_in()
    seen: list[Any] = [event for event in portal.events() if event["kind"] == "quirk"]
    assert seen == []
