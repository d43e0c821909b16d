"""The door: every state of a sign-in, for every kind of portal, and what each press leads to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sandbox.accounts import sign_in_data
from sandbox.door import Passage
from sandbox.one_time_codes import code_for_step, step_at
from sandbox.profile import Page, Profile
from sandbox.quirks import CONTRACTOR, MEDICAID, NATIONAL
from sandbox.search import SearchRules
from sandbox.sessions import Session
from sandbox.side import Archetype, PortalSide, make_side

SIGN_IN = sign_in_data(5)
RULES = SearchRules(ways=(("claim_number",),))


class Visitor:
    """Somebody at a door of their own."""

    def __init__(self, name: str = NATIONAL, quirks: dict[str, float] | None = None, **profile: Any) -> None:
        archetype = Archetype(name, Profile(**profile), RULES)
        self.side: PortalSide = make_side(archetype, seed=5, claims=1, today=date(2026, 11, 20), quirks=quirks)
        self.door = self.side.door
        self.session: Session = self.side.sessions.begin()
        self.device = ""

    def did(self, passage: Passage) -> Page:
        self.session = passage.session
        self.device = passage.device or self.device
        return passage.page

    def password(self, password: str = SIGN_IN.password, **more: Any) -> Page:
        if self.session.page is not Page.SIGN_IN:
            self.session = self.side.sessions.begin()
        self.door.arrive(self.session)
        return self.did(self.door.press_password(self.session, SIGN_IN.user_name, password, device=self.device, **more))

    def code(self, code: str | None = None, **more: Any) -> Page:
        now = code_for_step(SIGN_IN.totp_seed, step_at(self.side.clock.now()))
        return self.did(self.door.press_code(self.session, code or now, **more))

    def later(self, **ahead: float) -> None:
        self.side.clock.advance(timedelta(**ahead).total_seconds())

    def events(self, kind: str, detail: str = "result") -> list[Any]:
        return [event.as_json()[detail] for event in self.side.events.since() if event.kind == kind]

    def newest_code(self) -> str:
        return self.side.mailbox.arrived()[-1].code


MAILED: dict[str, Any] = {"second_factor": "mailed"}


def test_a_code_by_mail_is_asked_for_arrives_and_opens() -> None:
    visitor = Visitor(**MAILED)
    assert visitor.password() is Page.METHOD
    assert visitor.did(visitor.door.choose_method(visitor.session, "email")) is Page.CODE
    assert visitor.side.mailbox.arrived() == ()
    visitor.later(seconds=6)
    assert visitor.code(visitor.newest_code()) is Page.PICKER
    assert visitor.events("code_sent", "method") == ["email"]
    assert visitor.did(visitor.door.choose(visitor.session, "1")) is Page.OPEN
    assert visitor.session.page is Page.OPEN


@pytest.mark.parametrize(("method", "minutes"), [("text", 10), ("email", 30), ("voice", 10)])
def test_a_mailed_code_lives_as_long_as_its_method_says(method: Any, minutes: int) -> None:
    for minute, page in ((minutes - 1, Page.PICKER), (minutes, Page.CODE_EXPIRED)):
        visitor = Visitor(**MAILED, idle_minutes=60)
        visitor.password()
        visitor.did(visitor.door.choose_method(visitor.session, method))
        visitor.later(minutes=minute)
        assert visitor.code(visitor.newest_code()) is page


def test_an_expired_code_does_not_count_as_a_bad_one() -> None:
    visitor = Visitor(**MAILED, idle_minutes=60)
    visitor.password()
    visitor.did(visitor.door.choose_method(visitor.session, "text"))
    visitor.later(minutes=11)
    for _ in range(4):
        assert visitor.code(visitor.newest_code()) is Page.CODE_EXPIRED
    assert not visitor.side.account.locked


def test_codes_are_sent_again_a_few_times_and_only_the_last_is_good() -> None:
    visitor = Visitor(**MAILED, resends=2)
    visitor.password()
    codes = []
    for _ in range(3):
        assert visitor.did(visitor.door.choose_method(visitor.session, "text")) is Page.CODE
        visitor.later(seconds=6)
        codes.append(visitor.newest_code())
    assert visitor.did(visitor.door.choose_method(visitor.session, "text")) is Page.NO_MORE_CODES
    assert len(set(codes)) == 3
    assert visitor.code(codes[0]) is Page.CODE_REJECTED
    assert visitor.code(codes[2]) is Page.PICKER


def test_a_mailed_code_is_good_once() -> None:
    visitor = Visitor(**MAILED)
    visitor.password()
    visitor.did(visitor.door.choose_method(visitor.session, "text"))
    visitor.later(seconds=6)
    code = visitor.newest_code()
    assert visitor.code(code) is Page.PICKER
    visitor.password()
    visitor.did(visitor.door.choose_method(visitor.session, "text"))
    assert visitor.code(code) is Page.CODE_USED


def test_with_the_quirk_the_same_code_comes_again_for_eight_hours() -> None:
    visitor = Visitor(CONTRACTOR, {"same-code": 1.0}, **MAILED)
    codes = []
    for hours in (0, 7, 9):
        visitor.later(hours=hours)
        visitor.password()
        visitor.did(visitor.door.choose_method(visitor.session, "email"))
        visitor.later(seconds=6)
        codes.append(visitor.newest_code())
        assert visitor.code(codes[-1]) is Page.PICKER
    assert codes[0] == codes[1] != codes[2]


def test_three_bad_codes_lock_whoever_sent_them() -> None:
    visitor = Visitor(**MAILED)
    visitor.password()
    visitor.did(visitor.door.choose_method(visitor.session, "email"))
    assert [visitor.code("000000") for _ in range(3)] == [Page.CODE_REJECTED, Page.CODE_REJECTED, Page.LOCKED]
    assert visitor.password() is Page.LOCKED
    assert visitor.events("code_press") == ["rejected", "rejected", "locked"]


def test_a_lock_opens_by_itself_twice_and_the_third_takes_a_call() -> None:
    visitor = Visitor(CONTRACTOR, unlock_minutes=60, call_after_lock_outs=3, second_factor="none")
    for expected in (Page.LOCKED, Page.LOCKED, Page.LOCKED_CALL):
        for _ in range(3):
            page = visitor.password("wrong")
        assert page is expected
        assert visitor.password() is expected
        visitor.later(minutes=61)
    assert visitor.password() is Page.LOCKED_CALL
    assert set(visitor.events("password_press")) == {"rejected", "locked"}
    visitor.side.account.set_password(SIGN_IN.password)
    assert visitor.password() is Page.PICKER


def test_an_account_nobody_uses_is_disabled() -> None:
    visitor = Visitor(CONTRACTOR, disabled_after_days=30)
    visitor.later(days=29)
    assert visitor.password() is Page.CODE
    visitor.code()
    visitor.later(days=30)
    assert visitor.password() is Page.DISABLED
    assert visitor.password("wrong") is Page.DISABLED
    assert visitor.events("password_press") == ["accepted", "disabled", "disabled"]


def test_a_password_is_warned_of_expires_and_is_changed_by_the_rules() -> None:
    visitor = Visitor(MEDICAID, second_factor="none", password_days=90, warns_days=14)
    assert visitor.password() is Page.PICKER
    visitor.later(days=76)
    assert visitor.password() is Page.PASSWORD_EXPIRING
    assert visitor.did(visitor.door.remind_later(visitor.session)) is Page.PICKER
    visitor.later(days=14)
    assert visitor.password() is Page.PASSWORD_EXPIRED

    def change(new: str, old: str = SIGN_IN.password, again: str = "") -> Passage:
        return visitor.door.change_password(visitor.session, old, new, again or new)

    for passage, complaint in (
        (change("Short-1"), "at least 8 characters"),
        (change("long-enough-1"), "capital and small"),
        (change(SIGN_IN.password), "differ from your last"),
        (change("Quite-New-77", again="Quite-New-78"), "not the same"),
        (change("Quite-New-77", old="wrong"), "current password is not correct"),
    ):
        assert complaint in passage.complaint
        assert passage.page is Page.PASSWORD_EXPIRED
    assert visitor.did(change("Quite-New-77")) is Page.PICKER
    assert visitor.password() is Page.REJECTED
    assert visitor.password("Quite-New-77") is Page.PICKER


def test_a_remembered_device_passes_for_its_days_and_is_then_asked_again() -> None:
    visitor = Visitor(device_days=30)
    visitor.password()
    assert visitor.code(remember=True) is Page.PICKER
    assert visitor.device
    visitor.later(days=29)
    assert visitor.password() is Page.PICKER
    visitor.later(days=1)
    assert visitor.password() is Page.CODE
    visitor.device = "made-up"
    assert visitor.password() is Page.CODE


def test_a_security_question_is_asked_on_an_unknown_device_and_the_private_one_is_remembered() -> None:
    visitor = Visitor(MEDICAID, second_factor="none", security_question=True, device_days=60)
    assert visitor.password(private_computer=True) is Page.QUESTION
    assert visitor.did(visitor.door.press_answer(visitor.session, "wrong")) is Page.QUESTION_REJECTED
    answer = SIGN_IN.security_answers[visitor.session.question]
    assert visitor.did(visitor.door.press_answer(visitor.session, f" {answer.lower()} ")) is Page.PICKER
    assert visitor.password() is Page.PICKER
    visitor.device = ""
    assert visitor.password() is Page.QUESTION
    assert visitor.events("question_press") == ["rejected", "accepted"]


def test_three_wrong_answers_lock() -> None:
    visitor = Visitor(MEDICAID, second_factor="none", security_question=True)
    visitor.password()
    pages = [visitor.did(visitor.door.press_answer(visitor.session, "wrong")) for _ in range(3)]
    assert pages == [Page.QUESTION_REJECTED, Page.QUESTION_REJECTED, Page.LOCKED]


def test_terms_come_each_time_before_the_code_and_without_the_tick_lead_nowhere() -> None:
    visitor = Visitor(CONTRACTOR, **MAILED, terms_each_time=True)
    assert visitor.password() is Page.TERMS
    assert visitor.did(visitor.door.agree(visitor.session, ticked=False)) is Page.TERMS
    assert visitor.did(visitor.door.agree(visitor.session, ticked=True)) is Page.METHOD
    assert visitor.password() is Page.TERMS
    assert visitor.events("terms_agreed", "ticked") == [False, True]


def test_new_terms_come_once_with_another_text_and_version() -> None:
    visitor = Visitor(NATIONAL, {"new-terms": 1.0}, second_factor="none")
    before = visitor.side.account.terms
    assert visitor.password() is Page.NEW_TERMS
    terms = visitor.side.account.terms
    assert terms.version != before.version
    assert terms.text != before.text
    assert len(terms.paragraphs) == len(before.paragraphs) + 1
    visitor.side.quirks.set({})
    assert visitor.did(visitor.door.agree(visitor.session, ticked=True)) is Page.PICKER
    assert visitor.events("terms_agreed", "version") == [terms.version]
    assert visitor.password() is Page.PICKER


def test_where_terms_come_each_time_changed_terms_come_in_their_place() -> None:
    visitor = Visitor(CONTRACTOR, {"new-terms": 1.0}, second_factor="none", terms_each_time=True)
    before = visitor.side.account.terms
    assert visitor.password() is Page.TERMS
    assert visitor.side.account.terms.text != before.text
    assert visitor.did(visitor.door.agree(visitor.session, ticked=True)) is Page.PICKER


def test_a_second_sign_in_ends_the_first_session_without_a_word_or_after_a_question() -> None:
    silent = Visitor(second_factor="none")
    silent.password()
    first = silent.session.token
    assert silent.password() is Page.PICKER
    assert silent.side.sessions.find(first) is None
    assert silent.side.sessions.why(first) == "signed-in-elsewhere"

    asking = Visitor(second_factor="none", asks_before_ending_others=True)
    asking.password()
    first = asking.session.token
    assert asking.password() is Page.IN_USE
    assert asking.side.sessions.find(first) is not None
    assert asking.did(asking.door.end_others(asking.session)) is Page.PICKER
    assert asking.side.sessions.find(first) is None


def test_a_portal_with_two_sessions_ends_the_oldest_at_the_third() -> None:
    visitor = Visitor(second_factor="none", sessions=2)
    tokens = []
    for _ in range(3):
        visitor.password()
        tokens.append(visitor.session.token)
    assert [visitor.side.sessions.find(token) is not None for token in tokens] == [False, True, True]


def test_a_session_has_an_idle_limit_and_may_have_a_longest_time() -> None:
    visitor = Visitor(second_factor="none", idle_minutes=20, session_minutes=60)
    visitor.password()
    for _ in range(3):
        visitor.later(minutes=19)
        assert visitor.side.sessions.find(visitor.session.token) is not None
    visitor.later(minutes=4)
    assert visitor.side.sessions.find(visitor.session.token) is None
    assert visitor.side.sessions.why(visitor.session.token) == "too-long"
    visitor.password()
    visitor.later(minutes=20)
    assert visitor.side.sessions.find(visitor.session.token) is None
    assert visitor.side.sessions.why(visitor.session.token) == "idle"


STANDING: list[tuple[str, str, dict[str, Any], set[Page]]] = [
    (CONTRACTOR, "locked-out", {"call_after_lock_outs": 3}, {Page.LOCKED_CALL}),
    (CONTRACTOR, "idle-disabled", {}, {Page.DISABLED}),
    (CONTRACTOR, "recertify", {"second_factor": "none"}, {Page.RECERTIFY, Page.TRAINING}),
    (CONTRACTOR, "password-expiring", {"second_factor": "none", "password_days": 60}, {Page.PASSWORD_EXPIRING}),
    (MEDICAID, "captcha", {}, {Page.CAPTCHA, Page.UNUSUAL_ACTIVITY}),
    (MEDICAID, "security-question", {"second_factor": "none"}, {Page.QUESTION}),
    (NATIONAL, "method-retired", {}, {Page.PASSKEY_ONLY}),
    (NATIONAL, "bot-notice", {"second_factor": "none"}, {Page.BOT_NOTICE}),
]


@pytest.mark.parametrize(("portal", "quirk", "profile", "pages"), STANDING, ids=[quirk for _, quirk, _, _ in STANDING])
def test_a_quirk_of_the_door_stands_in_the_way(
    portal: str, quirk: str, profile: dict[str, Any], pages: set[Page]
) -> None:
    assert Visitor(portal, {quirk: 0.0}, **profile).password() not in pages
    visitor = Visitor(portal, {quirk: 1.0}, **profile)
    page = visitor.password()
    assert page in pages
    if quirk in ("password-expiring", "security-question"):
        return
    # What calls a person stays when the die is put away, until a person has dealt with it.
    visitor.side.quirks.set({})
    assert visitor.password() is page
    if page in (Page.RECERTIFY, Page.TRAINING, Page.BOT_NOTICE):
        assert visitor.did(visitor.door.acknowledge(visitor.session)) is Page.PICKER
        assert visitor.password() is Page.PICKER


def test_recertification_says_until_when() -> None:
    visitor = Visitor(CONTRACTOR, {"recertify": 1.0}, second_factor="none")
    visitor.password()
    due = visitor.side.account.certify_by
    assert due is not None
    assert due - visitor.side.clock.now() > timedelta(days=44)


def test_a_challenge_takes_no_press() -> None:
    visitor = Visitor(MEDICAID, {"captcha": 1.0}, two_pages=True)
    page = visitor.door.arrive(visitor.session)
    assert page in (Page.CAPTCHA, Page.UNUSUAL_ACTIVITY)
    assert visitor.did(visitor.door.press_user_name(visitor.session, SIGN_IN.user_name)) is page
    assert visitor.password() is page
    assert visitor.events("password_press") == []


def test_the_first_of_two_pages_does_not_tell_whether_the_name_exists() -> None:
    visitor = Visitor(MEDICAID, two_pages=True, second_factor="none")
    assert visitor.did(visitor.door.press_user_name(visitor.session, "nobody")) is Page.PASSWORD
    assert visitor.session.user_name == "nobody"
    assert visitor.did(visitor.door.press_password(visitor.session, "nobody", "x")) is Page.REJECTED
    assert visitor.session.page is Page.SIGN_IN


def test_an_authenticators_code_is_good_by_either_clock_and_only_once() -> None:
    visitor = Visitor()
    wall = code_for_step(SIGN_IN.totp_seed, step_at(datetime.now(UTC)))
    visitor.password()
    assert visitor.code(wall) is Page.PICKER
    visitor.password()
    assert visitor.code(wall) is Page.CODE_USED


def test_a_late_code_arrives_within_minutes() -> None:
    for quirks, arrived in (({}, 1), ({"late-code": 1.0}, 0)):
        visitor = Visitor(CONTRACTOR, quirks, **MAILED)
        visitor.password()
        visitor.did(visitor.door.choose_method(visitor.session, "email"))
        visitor.later(seconds=6)
        assert len(visitor.side.mailbox.arrived()) == arrived
        visitor.later(minutes=9)
        assert visitor.code(visitor.newest_code()) is Page.PICKER
