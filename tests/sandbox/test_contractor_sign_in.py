"""The contractor's log in: terms each time, a passcode sent as chosen, the wrong account first, messages, locks."""

import re
from collections.abc import Iterator

import pytest

from sandbox.terms import first_terms
from tests.practice_portal import PracticePortal
from tests.sandbox.contractor_visiting import ContractorVisitor, as_new

NAME = "practice-contractor"


@pytest.fixture(scope="module")
def running() -> Iterator[PracticePortal]:
    with PracticePortal(NAME, seed=11, claims=3) as portal:
        yield portal


@pytest.fixture
def portal(running: PracticePortal) -> Iterator[PracticePortal]:
    """The portal as new, but for its clock, its events and the messages that were read."""
    password = running.password
    yield running
    running.password = password
    as_new(running)


@pytest.fixture
def visitor(portal: PracticePortal) -> Iterator[ContractorVisitor]:
    with ContractorVisitor(portal) as person:
        yield person


def to_code(visitor: ContractorVisitor, method: str = "text") -> None:
    visitor.press_password()
    visitor.press("terms", agree="Y")
    visitor.press("mfaMethod", channel=method)
    assert visitor.heading == "Enter Passcode"


def test_every_log_in_asks_for_the_terms_a_method_a_passcode_and_the_account(
    portal: PracticePortal, visitor: ContractorVisitor
) -> None:
    for _ in range(2):
        assert visitor.heading == "Provider Portal Log In"
        assert "Terms of Use" in visitor.press_password()
        assert all(paragraph in visitor.words for paragraph in first_terms().paragraphs)
        visitor.press("terms", agree="Y")
        assert visitor.heading == "Multi-Factor Authentication"
        assert "valid for 30 minutes" in visitor.press("mfaMethod", channel="email")
        visitor.press("mfaCode", task="verify", passcode=visitor.code())
        assert visitor.heading == "Account Selection"
        visitor.choose_account()
        if visitor.heading == "Message Center":
            visitor.get(visitor.link("Mark as read"))
        assert list(visitor.frames()) == ["banner", "menu", "content"]
        visitor.get("/pcs/logoff.do")
        visitor.get("/pcs/login.do")
    assert visitor.results("password_press") == visitor.results("code_press") == ["accepted"] * 2
    assert [event["ticked"] for event in portal.events(visitor.since) if event["kind"] == "terms_agreed"] == [
        True,
        True,
    ]


def test_without_the_tick_the_terms_lead_nowhere(visitor: ContractorVisitor) -> None:
    visitor.press_password()
    assert "You must agree to the Terms of Use" in visitor.press("terms")
    assert visitor.press("terms", agree="Y")
    assert visitor.heading == "Multi-Factor Authentication"


def test_the_account_that_is_chosen_to_begin_with_is_the_wrong_one(
    portal: PracticePortal, visitor: ContractorVisitor
) -> None:
    to_code(visitor)
    visitor.press("mfaCode", task="verify", passcode=visitor.code())
    providers = portal.truth()["practice"]["providers"]
    checked = next(row for row in visitor.page.text.split("<tr>") if " checked" in row)
    assert providers[1]["npi"] in checked
    assert re.search(r"<td>89-\d{7}</td><td>\d{10}</td><td>P\d{6}</td>", checked)


def test_a_code_by_text_is_good_for_ten_minutes_and_by_mail_for_thirty(
    portal: PracticePortal, visitor: ContractorVisitor
) -> None:
    to_code(visitor, "text")
    code = visitor.code()
    portal.advance(601)
    assert "has expired" in visitor.press("mfaCode", task="verify", passcode=code)
    visitor.press("mfaCode", task="method")
    visitor.press("mfaMethod", channel="email")
    code = visitor.code()
    portal.advance(601)
    visitor.press("mfaCode", task="verify", passcode=code)
    assert visitor.heading == "Account Selection"


def test_a_code_can_be_sent_again_three_times(visitor: ContractorVisitor) -> None:
    to_code(visitor)
    for _ in range(3):
        assert "No more passcodes" not in visitor.press("mfaCode", task="resend")
    assert "No more passcodes can be sent" in visitor.press("mfaCode", task="resend")
    visitor.press("mfaCode", task="verify", passcode=visitor.code())
    assert visitor.heading == "Account Selection"
    assert visitor.kinds().count("code_sent") == 4


def test_a_wrong_code_and_a_used_code_have_words_of_their_own(visitor: ContractorVisitor) -> None:
    to_code(visitor)
    code = visitor.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert "The passcode you entered is not valid." in visitor.press("mfaCode", task="verify", passcode=wrong)
    visitor.press("mfaCode", task="verify", passcode=code)
    visitor.get("/pcs/logoff.do")
    visitor.get("/pcs/login.do")
    to_code(visitor)
    assert "has been used before" in visitor.press("mfaCode", task="verify", passcode=code)


def test_three_wrong_passwords_lock_and_the_third_lock_out_takes_a_call(
    portal: PracticePortal, visitor: ContractorVisitor
) -> None:
    said = [visitor.press_password("wrong") for _ in range(3)]
    assert ["not valid" in words for words in said] == [True, True, False]
    assert "portal administrator to unlock" in said[2]
    portal.set_password("Changed-123!")
    portal.account(lock_outs=2)
    visitor.get("/pcs/login.do")
    said = [visitor.press_password("wrong") for _ in range(3)]
    assert "for the third time" in said[2]
    assert "Call the Portal Help Desk" in said[2]


def test_thirty_idle_days_disable_the_account(portal: PracticePortal, visitor: ContractorVisitor) -> None:
    portal.account(idle_days=30)
    visitor.get("/pcs/login.do")
    assert "disabled because it was not used for 30 days" in visitor.press_password()


def test_a_password_that_expires_is_warned_of_and_then_must_be_changed(
    portal: PracticePortal, visitor: ContractorVisitor
) -> None:
    portal.account(password_age_days=55)
    visitor.press_password()
    assert visitor.heading == "Terms of Use"
    visitor.press("terms", agree="Y")
    visitor.press("mfaMethod", channel="voice")
    assert "expires in 5 day(s)" in visitor.press("mfaCode", task="verify", passcode=visitor.code())
    visitor.press("password", task="later")
    assert visitor.heading == "Account Selection"
    visitor.get("/pcs/logoff.do")
    portal.account(password_age_days=61)
    visitor.get("/pcs/login.do")
    to_code(visitor)
    visitor.press("mfaCode", task="verify", passcode=visitor.code())
    assert visitor.heading == "Your Password Has Expired"
    change = {"task": "change", "oldPass": portal.password}
    assert "must have at least 12" in visitor.press("password", **change, newPass="Short-1", newPassAgain="Short-1")
    assert "not the same" in visitor.press("password", **change, newPass="Long-enough-77", newPassAgain="Other")
    visitor.press("password", **change, newPass="Long-enough-77", newPassAgain="Long-enough-77")
    assert visitor.heading == "Account Selection"


@pytest.mark.parametrize(
    ("page", "heading"),
    [
        ("recertify", "Annual Recertification"),
        ("training", "Security Awareness Training"),
        ("bot-notice", "Notice of Automated Activity"),
    ],
)
def test_what_a_person_must_confirm_stands_in_the_way_until_then(
    portal: PracticePortal, visitor: ContractorVisitor, page: str, heading: str
) -> None:
    portal.account(waiting=[page])
    to_code(visitor)
    visitor.press("mfaCode", task="verify", passcode=visitor.code())
    assert visitor.heading == heading
    visitor.press("duty")
    assert visitor.heading == heading
    visitor.press("duty", attest="Y")
    assert visitor.heading == "Account Selection"


def test_unread_messages_come_first_until_they_are_marked_as_read(
    portal: PracticePortal, visitor: ContractorVisitor
) -> None:
    def log_in() -> str:
        visitor.get("/pcs/login.do")
        to_code(visitor)
        visitor.press("mfaCode", task="verify", passcode=visitor.code())
        visitor.choose_account()
        return visitor.heading

    portal.advance(20 * 86_400)
    assert log_in() == "Message Center"
    assert "3 unread message(s)" in visitor.words
    visitor.get(visitor.link("Mark as read"))
    assert visitor.frames()
    visitor.get("/pcs/logoff.do")
    assert log_in() == ""
    visitor.get("/pcs/logoff.do")
    portal.advance(4 * 86_400)
    assert log_in() == "Message Center"
    assert "1 unread message(s)" in visitor.words


def test_a_form_of_another_session_is_not_taken(visitor: ContractorVisitor) -> None:
    visitor.http.post("/pcs/login.do", data={"formKey": "0" * 24, "userId": "somebody", "userPass": "something"})
    assert visitor.results("password_press") == []
    assert "stale_form" in visitor.kinds()


@pytest.mark.parametrize(("fault", "status"), [("answer-500", 500), ("foreign-page", 200)])
def test_a_press_that_is_swallowed_counts(
    portal: PracticePortal, visitor: ContractorVisitor, fault: str, status: int
) -> None:
    portal.faults(password_press=fault)
    visitor.press_password()
    assert visitor.page.status_code == status
    assert "Terms" not in visitor.words
    assert visitor.results("password_press") == ["accepted"]


def test_maintenance_says_until_when_and_takes_no_press(portal: PracticePortal, visitor: ContractorVisitor) -> None:
    portal.faults(maintenance=True)
    words = visitor.press_password()
    assert re.search(r"available again at \d{2}/\d{2}/\d{4} \d{2}:\d{2} [AP]M \(C[SD]T\)", words)
    assert visitor.results("password_press") == []
