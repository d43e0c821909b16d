"""Each fault switch does what it says, is off again when not named, and a press that was swallowed counts."""

import time
import urllib.error

import httpx
import pytest

from sandbox.portals.national.texts import UNMAPPED_TEXTS
from sandbox.process import PracticePortal
from tests.sandbox.visiting import Visitor, kinds, presses


def test_a_press_answered_by_an_error_still_counts(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(password_press="answer-500")
    for _ in range(3):
        visitor.press_password("wrong")
        assert visitor.page.status_code == 500
    portal.faults()
    assert "Your account is locked" in visitor.press_password()
    assert presses(portal) == ["rejected", "rejected", "locked", "locked"]
    assert [event["answer"] for event in portal.events() if event["kind"] == "password_press"][:2] == ["answer-500"] * 2


def test_a_right_press_answered_by_an_error_signs_nobody_in(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(password_press="answer-500")
    visitor.press_password()
    assert "Password" in visitor.get("/verify")
    assert presses(portal) == ["accepted"]


def test_a_hanging_press_is_written_down_and_never_answered(portal: PracticePortal) -> None:
    portal.faults(password_press="hang")
    with Visitor(portal, seconds=0.5) as visitor, pytest.raises(httpx.ReadTimeout):
        visitor.press_password()
    assert presses(portal) == ["accepted"]


def test_a_press_may_lead_to_a_page_of_somebody_else(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(password_press="foreign-page")
    visitor.press_password()
    assert visitor.page.status_code == 200
    assert "library" in visitor.page.text
    assert "National Health" not in visitor.page.text


@pytest.mark.parametrize(("fault", "status"), [("answer-500", 500), ("foreign-page", 200)])
def test_the_press_of_a_code_has_the_same_faults(
    portal: PracticePortal, visitor: Visitor, fault: str, status: int
) -> None:
    portal.faults(code_press=fault)
    visitor.press_password()
    visitor.press_code()
    assert visitor.page.status_code == status
    assert visitor.path == "/verify"
    assert presses(portal, "code_press") == ["accepted"]


def test_a_session_ends_after_the_given_number_of_pages(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    portal.faults(expire_session_after=5)
    pages = [visitor.get("/claims/search") for _ in range(4)]
    ended = ["Your session has ended" in words for words in pages]
    # The provider page, the choice and the home page came after the sign-in too.
    assert ended == [False, False, True, False]
    assert kinds(portal).count("session_expired") == 1


def test_every_nth_page_answers_with_an_error(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    portal.faults(http_500_every=3)
    seen = []
    for _ in range(6):
        visitor.get("/claims/search")
        seen.append(visitor.page.status_code)
    assert seen.count(500) == 2
    assert kinds(portal).count("http_500") == 2


def test_new_words_replace_every_status(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    claim = portal.truth()["claims"][0]
    portal.faults(unmapped_status=True)
    assert any(text in visitor.search(clmNbr=claim["payer_claim_number"]) for text in UNMAPPED_TEXTS)


def test_maintenance_is_everywhere_and_takes_no_press(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(maintenance=True)
    assert "Scheduled maintenance" in visitor.get("/signin")
    assert "Scheduled maintenance" in visitor.post("/signin", userId=portal.user_name, passwd=portal.password)
    assert presses(portal) == []
    portal.faults()
    assert "Password" in visitor.get("/signin")


def test_pages_can_come_late(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(delay_ms=300)
    started = time.monotonic()
    visitor.get("/signin")
    assert time.monotonic() - started >= 0.3


def test_the_hostile_script_changes_readers_and_not_the_page(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.get("/signin")
    honest = visitor.words
    portal.faults(hostile_script=True)
    assert visitor.get("/signin") == honest
    assert visitor.page.text.index("querySelector") < visitor.page.text.index("<title>")
    assert "Verify your identity" in visitor.press_password()


def test_an_unknown_switch_is_refused_and_changes_nothing(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(maintenance=True)
    with pytest.raises(urllib.error.HTTPError, match="422"):
        portal.faults(maintenence=True)
    assert "Scheduled maintenance" in visitor.get("/signin")
