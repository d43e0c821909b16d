"""The way into a practice portal, without any page of it: what a press leads to, for the one user account it has."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sandbox.accounts import Account, Press
from sandbox.clock import Clock
from sandbox.events import Detail, EventLog
from sandbox.mailbox import Mail, Mailbox
from sandbox.profile import Method, Page, Profile
from sandbox.quirks import Quirks
from sandbox.sessions import Session, Sessions
from sandbox.switches import PressFault, SwitchBoard
from sandbox.terms import next_terms

SOON = timedelta(seconds=5)
"""How long a code is under way when nothing holds it up."""
LATE_MINUTES = range(2, 9)
SAME_CODE_FOR = timedelta(hours=8)
KICKED_OUT_AFTER = range(6, 60)
CERTIFY_WITHIN = timedelta(days=45)

_ANSWERS = {
    Press.LOCKED: Page.LOCKED,
    Press.LOCKED_CALL: Page.LOCKED_CALL,
    Press.DISABLED: Page.DISABLED,
    Press.ALREADY_USED: Page.CODE_USED,
    Press.EXPIRED: Page.CODE_EXPIRED,
}


def _told(verdict: Press) -> str:
    """The result of a press in the events: every lock is "locked"."""
    return Press.LOCKED.value if verdict is Press.LOCKED_CALL else verdict.value


@dataclass(frozen=True)
class Passage:
    """What followed a press."""

    page: Page
    """The page to show. `session.page` is where the visitor stands: after a rejection still at the form."""
    session: Session
    device: str = ""
    """A token to keep in the visitor's browser, when the device is remembered from now on."""
    fault: PressFault | None = None
    """Something goes wrong instead of the page; the press counted and led nowhere."""
    complaint: str = ""
    """Why a new password was not taken."""


@dataclass
class Door:
    """Judges each press of one portal's sign-in and says what follows. Writes the events of signing in."""

    account: Account
    sessions: Sessions
    mailbox: Mailbox
    clock: Clock
    events: EventLog
    quirks: Quirks
    switches: SwitchBoard
    seed: int = 0
    _devices: dict[str, datetime] = field(default_factory=dict)
    _used_codes: set[str] = field(default_factory=set)
    _numbers: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._numbers = random.Random(f"mailed:{self.seed}")

    @property
    def profile(self) -> Profile:
        """What this portal's sign-in is like now."""
        return self.account.profile

    # Arriving

    def arrive(self, session: Session, user_agent: str = "") -> Page:
        """A visitor opens the first page; gives that page, or the one that stands in the way."""
        if not session.arrived:
            session.arrived = True
            if self.quirks.happens("layout-change", user_agent):
                session.layout = self.quirks.pick("layout-change", (2, 3, 4))
            if self.quirks.happens("captcha", user_agent):
                self.account.waiting.add(self.quirks.pick("captcha", (Page.CAPTCHA, Page.UNUSUAL_ACTIVITY)))
        return self._challenge() or session.page

    def _challenge(self) -> Page | None:
        for page in (Page.CAPTCHA, Page.UNUSUAL_ACTIVITY):
            if page in self.account.waiting:
                return page
        return None

    # The user name and the password

    def press_user_name(self, session: Session, user_name: str, user_agent: str = "") -> Passage:
        """The first of two pages: goes on whether the name exists or not, as careful portals do."""
        if challenge := self._challenge():
            return Passage(challenge, session)
        self._note("user_name_press", user_agent)
        session.user_name = user_name
        session.page = Page.PASSWORD
        return Passage(Page.PASSWORD, session)

    def press_password(
        self,
        session: Session,
        user_name: str,
        password: str,
        *,
        device: str = "",
        private_computer: bool = False,
        user_agent: str = "",
    ) -> Passage:
        """The sign-in button. `device` is the token of a remembered device, if the visitor's browser has one."""
        if challenge := self._challenge():
            return Passage(challenge, session)
        if self.account.is_user(user_name):
            if self.quirks.happens("locked-out", user_agent):
                self.account.lock(self.profile.call_after_lock_outs)
            if self.quirks.happens("idle-disabled", user_agent):
                self.account.disabled = True
        verdict = self.account.press_password(user_name, password)
        fault = self.switches.now.password_press
        self._note("password_press", user_agent, result=_told(verdict), answer=fault or "given")
        if fault is not None:
            return Passage(Page.SIGN_IN, session, fault=fault)
        if verdict is not Press.ACCEPTED:
            session.page = Page.SIGN_IN
            return Passage(_ANSWERS.get(verdict, Page.REJECTED), session)
        session.private_computer = private_computer
        session.steps = self._plan(device, user_agent)
        return self._advance(session)

    def _plan(self, device: str, user_agent: str) -> tuple[Page, ...]:
        """The pages between an accepted password and the open portal."""
        profile, account = self.profile, self.account
        known = self._remembers(device, user_agent)
        if self.quirks.happens("new-terms", user_agent):
            account.terms = next_terms(account.terms)
        steps: list[Page] = [Page.TERMS] if profile.terms_each_time else []
        if profile.second_factor != "none" and not known:
            if self.quirks.happens("method-retired", user_agent):
                account.waiting.add(Page.PASSKEY_ONLY)
            if Page.PASSKEY_ONLY in account.waiting:
                return (*steps, Page.PASSKEY_ONLY)
            steps += [Page.METHOD, Page.CODE] if profile.second_factor == "mailed" else [Page.CODE]
        if (profile.security_question and not known) or self.quirks.happens("security-question", user_agent):
            steps.append(Page.QUESTION)
        left = account.password_days_left
        if left is not None and left < 1:
            steps.append(Page.PASSWORD_EXPIRED)
        elif left is not None and (left <= profile.warns_days or self.quirks.happens("password-expiring", user_agent)):
            steps.append(Page.PASSWORD_EXPIRING)
        if not profile.terms_each_time and account.terms.version != account.agreed_version:
            steps.append(Page.NEW_TERMS)
        if self.quirks.happens("recertify", user_agent):
            account.waiting.add(self.quirks.pick("recertify", (Page.RECERTIFY, Page.TRAINING)))
            account.certify_by = self.clock.now() + CERTIFY_WITHIN
        if self.quirks.happens("bot-notice", user_agent):
            account.waiting.add(Page.BOT_NOTICE)
        steps += [page for page in (Page.RECERTIFY, Page.TRAINING, Page.BOT_NOTICE) if page in account.waiting]
        return (*steps, Page.PICKER)

    def _remembers(self, device: str, user_agent: str) -> bool:
        until = self._devices.get(device)
        if until is None or self.clock.now() >= until:
            return False
        if self.quirks.happens("device-forgotten", user_agent):
            del self._devices[device]
            return False
        return True

    def _advance(self, session: Session, device: str = "") -> Passage:
        """On to the next step; a visitor who has passed the second factor counts as signed in from here."""
        page = session.steps[0]
        proving = {page, *session.steps} & {Page.METHOD, Page.CODE, Page.QUESTION, Page.PASSKEY_ONLY}
        if not proving and not session.signed_in:
            cap = self.profile.sessions
            if self.profile.asks_before_ending_others and len(self.sessions.others(session)) >= cap:
                session.page = Page.IN_USE
                return Passage(Page.IN_USE, session, device)
            session = self.sessions.signed_in(session)
            self.account.last_signed_in_at = self.clock.now()
        session.steps = session.steps[1:]
        session.page = page
        if page is Page.QUESTION:
            session.question = self._numbers.choice(sorted(self.account.security_answers))
        return Passage(page, session, device)

    # Second factors

    def choose_method(self, session: Session, method: Method, user_agent: str = "") -> Passage:
        """Send a code this way. Pressed again on the code page it sends another, as often as the profile allows."""
        if session.sent > self.profile.resends:
            return Passage(Page.NO_MORE_CODES, session)
        session.sent += 1
        session.method = method
        self._send(method, user_agent)
        self._note("code_sent", user_agent, method=method)
        if session.page is Page.METHOD:
            return self._advance(session)
        return Passage(Page.CODE, session)

    def _send(self, method: Method, user_agent: str) -> None:
        now = self.clock.now()
        arrives = now + SOON
        if self.quirks.happens("late-code", user_agent):
            arrives = now + timedelta(minutes=self.quirks.pick("late-code", LATE_MINUTES))
        last = self.mailbox.latest()
        if last is not None and now - last.sent_at < SAME_CODE_FOR and self.quirks.happens("same-code", user_agent):
            code = last.code
            self._used_codes.discard(code)
        else:
            code = f"{self._numbers.randrange(1_000_000):06d}"
            while code in self._used_codes:
                code = f"{self._numbers.randrange(1_000_000):06d}"
        good_until = now + timedelta(minutes=self.profile.code_minutes[method])
        self.mailbox.put(Mail(method, code, now, arrives, good_until))

    def press_code(self, session: Session, code: str, *, remember: bool = False, user_agent: str = "") -> Passage:
        """The button that sends the six digits; `remember`: the visitor wants this device to be remembered."""
        typed = code.strip()
        if self.profile.second_factor == "mailed":
            verdict = self.account.judge_code(self._sent_code(typed))
        else:
            elsewhere = self.quirks.happens("code-already-used", user_agent)
            verdict = self.account.press_code(typed, used_elsewhere=elsewhere)
        fault = self.switches.now.code_press
        self._note("code_press", user_agent, result=_told(verdict), answer=fault or "given")
        if fault is not None:
            return Passage(Page.CODE, session, fault=fault)
        if verdict is not Press.ACCEPTED:
            answer = _ANSWERS.get(verdict, Page.CODE_REJECTED)
            if answer in (Page.LOCKED, Page.LOCKED_CALL, Page.DISABLED):
                self.sessions.end(session)
            return Passage(answer, session)
        return self._advance(session, self._remember() if remember else "")

    def _sent_code(self, typed: str) -> Press:
        mail = self.mailbox.latest()
        if mail is None or typed != mail.code:
            return Press.ALREADY_USED if typed in self._used_codes else Press.REJECTED
        if typed in self._used_codes:
            return Press.ALREADY_USED
        if self.clock.now() >= mail.good_until:
            return Press.EXPIRED
        self._used_codes.add(typed)
        return Press.ACCEPTED

    def _remember(self) -> str:
        if not self.profile.device_days:
            return ""
        device = token_urlsafe(18)
        self._devices[device] = self.clock.now() + timedelta(days=self.profile.device_days)
        return device

    def press_answer(self, session: Session, answer: str, user_agent: str = "") -> Passage:
        """The answer to the security question; on a private computer the device is remembered."""
        verdict = self.account.press_answer(session.question, answer)
        self._note("question_press", user_agent, result=_told(verdict))
        if verdict is not Press.ACCEPTED:
            page = _ANSWERS.get(verdict, Page.QUESTION_REJECTED)
            if page is not Page.QUESTION_REJECTED:
                self.sessions.end(session)
            return Passage(page, session)
        return self._advance(session, self._remember() if session.private_computer else "")

    # What stands between the second factor and the first page

    def remind_later(self, session: Session, user_agent: str = "") -> Passage:
        """Past the warning that the password expires soon."""
        self._note("password_reminder_passed", user_agent)
        return self._advance(session)

    def change_password(self, session: Session, old: str, new: str, again: str, user_agent: str = "") -> Passage:
        """The form of an expired or expiring password."""
        complaint = ""
        if not self.account.has_password(old):
            complaint = "The current password is not correct."
        elif new != again:
            complaint = "The two new passwords are not the same."
        else:
            complaint = self.account.change_password(new)
        self._note("password_changed", user_agent, accepted=not complaint)
        if complaint:
            return Passage(session.page, session, complaint=complaint)
        return self._advance(session)

    def agree(self, session: Session, *, ticked: bool, user_agent: str = "") -> Passage:
        """The button under the terms; without the tick it leads nowhere."""
        version = self.account.terms.version
        self._note("terms_agreed", user_agent, version=version, ticked=ticked)
        if not ticked:
            return Passage(session.page, session)
        self.account.agreed_version = version
        return self._advance(session)

    def acknowledge(self, session: Session, user_agent: str = "") -> Passage:
        """A person certifies, finishes the training, or confirms the notice that stands in the way."""
        self._note("acknowledged", user_agent, page=session.page.value)
        self.account.waiting.discard(session.page)
        return self._advance(session)

    def end_others(self, session: Session, user_agent: str = "") -> Passage:
        """Go on here and end the user's other session."""
        self._note("others_ended", user_agent)
        for other in self.sessions.others(session):
            self.sessions.end(other, "signed-in-elsewhere")
        return self._advance(session)

    def choose(self, session: Session, npi: str, user_agent: str = "") -> Passage:
        """Go on for this provider. The first choice opens the portal and throws the dice of the whole session."""
        first = session.page is not Page.OPEN
        session.acting_as = npi
        session.page = Page.OPEN
        self._note("provider_chosen", user_agent, npi=npi)
        if first:
            session.entitled = not self.quirks.happens("entitlement-missing", user_agent)
            if self.quirks.happens("kicked-out", user_agent):
                session.ends_after = session.pages + self.quirks.pick("kicked-out", KICKED_OUT_AFTER)
        return Passage(Page.OPEN, session)

    def _note(self, kind: str, user_agent: str, **details: Detail) -> None:
        self.events.add(kind, user_agent, **details)
