"""The portal's one user account: password, codes, security questions, locks, and what is due from its owner."""

import base64
import hashlib
import hmac
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.clock import Clock
from sandbox.one_time_codes import code_for_step, step_at
from sandbox.profile import Page, Profile
from sandbox.terms import Terms, first_terms


class Press(StrEnum):
    """How the portal judged one press."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ALREADY_USED = "already-used"
    EXPIRED = "expired"
    LOCKED = "locked"
    LOCKED_CALL = "locked-call"
    DISABLED = "disabled"


@dataclass(frozen=True)
class SignInData:
    """What a person needs to sign in. It comes from the seed, so nothing secret stands in the code."""

    user_name: str
    password: str
    totp_seed: str
    security_answers: dict[str, str] = field(default_factory=dict)
    """What was answered to each security question when the account was made."""


_QUESTIONS = (
    "What was the name of your first pet?",
    "In what city did your parents meet?",
    "What was the make of your first car?",
)


def sign_in_data(seed: int) -> SignInData:
    """Make the account's sign-in data; the same seed gives the same data."""
    rng = random.Random(f"sign-in:{seed}")
    syllables = ("ba", "co", "di", "fe", "ga", "hu", "ki", "lo", "mi", "na", "pe", "ro", "su", "ta", "vi")
    word = "".join(rng.choice(syllables) for _ in range(5)).capitalize()
    user_name = f"billing.{rng.choice(syllables)}{rng.choice(syllables)}{rng.randrange(100, 1000)}"
    password = f"{word}-{rng.randrange(1000, 10000)}!"
    secret = hashlib.sha1(f"totp:{seed}".encode(), usedforsecurity=False).digest()
    answers = {question: "".join(rng.choice(syllables) for _ in range(3)).capitalize() for question in _QUESTIONS}
    return SignInData(user_name, password, base64.b32encode(secret).decode(), answers)


class Account:
    """Judges presses. Bad passwords, codes and answers are counted apart; too many of one kind lock the account."""

    def __init__(self, sign_in: SignInData, clock: Clock, profile: Profile) -> None:
        self.user_name = sign_in.user_name
        self.security_answers = dict(sign_in.security_answers)
        self.profile = profile
        self.terms: Terms = first_terms()
        self.agreed_version = self.terms.version
        self.waiting: set[Page] = set()
        """Pages that stand before the first one until a person has dealt with them."""
        self.certify_by: datetime | None = None
        """Until when a recertification or training is due."""
        self.password_set_at = clock.now()
        self.last_signed_in_at = clock.now()
        self.disabled = False
        self.locked = False
        self.lock_outs = 0
        self._opens_at: datetime | None = None
        self._clock = clock
        self._password = sign_in.password
        self._former_passwords: list[str] = []
        self._totp_seed = sign_in.totp_seed
        self._bad = {"password": 0, "code": 0, "answer": 0}
        self._used_steps: set[int] = set()

    # Passwords

    def is_user(self, user_name: str) -> bool:
        """True when this is the account's user name."""
        return hmac.compare_digest(user_name.strip().lower().encode(), self.user_name.encode())

    def press_password(self, user_name: str, password: str) -> Press:
        """Judge a sign-in press. A user name that does not exist is rejected and counts for nobody."""
        if not self.is_user(user_name):
            return Press.REJECTED
        if refusal := self.refused():
            return refusal
        if hmac.compare_digest(password.encode(), self._password.encode()):
            self._bad["password"] = 0
            return Press.ACCEPTED
        return self._bad_press("password", Press.REJECTED)

    def refused(self) -> Press | None:
        """Why nobody gets in with this account whatever is pressed, or None."""
        now = self._clock.now()
        days = self.profile.disabled_after_days
        if days is not None and now - self.last_signed_in_at >= timedelta(days=days):
            self.disabled = True
        if self.disabled:
            return Press.DISABLED
        if self._opens_at is not None and now >= self._opens_at:
            self.locked, self._opens_at = False, None
            self._bad = dict.fromkeys(self._bad, 0)
        if self.locked:
            return Press.LOCKED_CALL if self.needs_call else Press.LOCKED
        return None

    @property
    def needs_call(self) -> bool:
        """True when the present lock is one that only a telephone call takes off."""
        after = self.profile.call_after_lock_outs
        return after is not None and self.lock_outs >= after

    def lock(self, lock_outs: int | None = None) -> None:
        """Lock the account, as the `lock_outs`-th time when that is given."""
        self.locked = True
        self.lock_outs = self.lock_outs + 1 if lock_outs is None else lock_outs
        minutes = self.profile.unlock_minutes
        by_itself = minutes is not None and not self.needs_call
        self._opens_at = self._clock.now() + timedelta(minutes=minutes or 0) if by_itself else None

    def _bad_press(self, kind: str, verdict: Press) -> Press:
        self._bad[kind] += 1
        if self._bad[kind] < self.profile.attempts:
            return verdict
        self.lock()
        return Press.LOCKED_CALL if self.needs_call else Press.LOCKED

    @property
    def password_days_left(self) -> int | None:
        """Whole days until the password expires; below 1 it has; None when passwords do not expire here."""
        if self.profile.password_days is None:
            return None
        return self.profile.password_days - (self._clock.now() - self.password_set_at).days

    def change_password(self, new: str) -> str:
        """Take a new password that its owner chose; returns the complaint, in the portal's words, or nothing."""
        kinds = (str.isupper, str.islower, str.isdigit, lambda letter: not letter.isalnum())
        if len(new) < self.profile.password_length:
            return f"The new password must have at least {self.profile.password_length} characters."
        if not all(any(kind(letter) for letter in new) for kind in kinds):
            return "The new password must have capital and small letters, digits and special characters."
        if new in (self._password, *self._former_passwords[-self.profile.password_history :]):
            return f"The new password must differ from your last {self.profile.password_history} passwords."
        self._former_passwords.append(self._password)
        self._password = new
        self.password_set_at = self._clock.now()
        return ""

    def has_password(self, password: str) -> bool:
        """True for the present password; counts nothing."""
        return hmac.compare_digest(password.encode(), self._password.encode())

    def set_password(self, password: str) -> None:
        """What the payer's help desk does: a new password, counters back to nothing, lock and disabling taken off."""
        self._password = password
        self._bad = dict.fromkeys(self._bad, 0)
        self.locked = self.disabled = False
        self.lock_outs = 0
        self.password_set_at = self.last_signed_in_at = self._clock.now()

    # Second factors

    def press_code(self, code: str, *, used_elsewhere: bool = False) -> Press:
        """Judge an authenticator's code: one window to either side is allowed, each window's code only once.

        The visitor's authenticator keeps the real time, also while a test has moved the portal's clock, so
        a code is right when it fits either of the two. `used_elsewhere`: somebody else was faster.
        """
        if refusal := self.refused():
            return refusal
        for moment in (self._clock.now(), self._clock.wall()):
            for step in (step_at(moment) + shift for shift in (0, -1, 1)):
                if hmac.compare_digest(code.encode(), code_for_step(self._totp_seed, step).encode()):
                    if step in self._used_steps or used_elsewhere:
                        self._used_steps.add(step)
                        return self._bad_press("code", Press.ALREADY_USED)
                    self._used_steps.add(step)
                    self._bad["code"] = 0
                    return Press.ACCEPTED
        return self._bad_press("code", Press.REJECTED)

    def judge_code(self, verdict: Press) -> Press:
        """Count a sent code that the door has compared: a bad one as any bad code, a good one clears the count."""
        if refusal := self.refused():
            return refusal
        if verdict is Press.ACCEPTED:
            self._bad["code"] = 0
            return verdict
        return verdict if verdict is Press.EXPIRED else self._bad_press("code", verdict)

    def press_answer(self, question: str, answer: str) -> Press:
        """Judge the answer to a security question, whatever its capitals and outer blanks."""
        if refusal := self.refused():
            return refusal
        right = self.security_answers.get(question, "")
        if right and answer.strip().casefold() == right.casefold():
            self._bad["answer"] = 0
            return Press.ACCEPTED
        return self._bad_press("answer", Press.REJECTED)
