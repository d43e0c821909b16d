"""The portal's one user account: password, one-time codes, and the lock after three bad tries of either."""

import base64
import hashlib
import hmac
import random
from dataclasses import dataclass
from enum import StrEnum

from sandbox.clock import Clock
from sandbox.one_time_codes import code_for_step, step_at

ATTEMPTS = 3


class Press(StrEnum):
    """How the portal judged one press."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ALREADY_USED = "already-used"
    LOCKED = "locked"


@dataclass(frozen=True)
class SignInData:
    """What a person needs to sign in. It comes from the seed, so nothing secret stands in the code."""

    user_name: str
    password: str
    totp_seed: str


def sign_in_data(seed: int) -> SignInData:
    """Make the account's sign-in data; the same seed gives the same data."""
    rng = random.Random(f"sign-in:{seed}")
    syllables = ("ba", "co", "di", "fe", "ga", "hu", "ki", "lo", "mi", "na", "pe", "ro", "su", "ta", "vi")
    word = "".join(rng.choice(syllables) for _ in range(5)).capitalize()
    user_name = f"billing.{rng.choice(syllables)}{rng.choice(syllables)}{rng.randrange(100, 1000)}"
    secret = hashlib.sha1(f"totp:{seed}".encode(), usedforsecurity=False).digest()
    return SignInData(user_name, f"{word}-{rng.randrange(1000, 10000)}!", base64.b32encode(secret).decode())


class Account:
    """Judges presses. Bad passwords and bad codes are counted apart; the third of either locks the account."""

    def __init__(self, sign_in: SignInData, clock: Clock) -> None:
        self.user_name = sign_in.user_name
        self._password = sign_in.password
        self._totp_seed = sign_in.totp_seed
        self._clock = clock
        self._bad_passwords = 0
        self._bad_codes = 0
        self._used_steps: set[int] = set()
        self.locked = False

    def press_password(self, user_name: str, password: str) -> Press:
        """Judge a sign-in press. A user name that does not exist is rejected and counts for nobody."""
        if not hmac.compare_digest(user_name.strip().lower().encode(), self.user_name.encode()):
            return Press.REJECTED
        if self.locked:
            return Press.LOCKED
        if hmac.compare_digest(password.encode(), self._password.encode()):
            self._bad_passwords = 0
            return Press.ACCEPTED
        self._bad_passwords += 1
        self.locked = self._bad_passwords >= ATTEMPTS
        return Press.LOCKED if self.locked else Press.REJECTED

    def press_code(self, code: str) -> Press:
        """Judge a one-time code: one window to either side is allowed, each window's code only once.

        The visitor's authenticator keeps the real time, also while a test has moved the portal's clock, so
        a code is right when it fits either of the two.
        """
        if self.locked:
            return Press.LOCKED
        for moment in (self._clock.now(), self._clock.wall()):
            for step in (step_at(moment) + shift for shift in (0, -1, 1)):
                if hmac.compare_digest(code.encode(), code_for_step(self._totp_seed, step).encode()):
                    if step in self._used_steps:
                        return self._bad_code(Press.ALREADY_USED)
                    self._used_steps.add(step)
                    self._bad_codes = 0
                    return Press.ACCEPTED
        return self._bad_code(Press.REJECTED)

    def _bad_code(self, verdict: Press) -> Press:
        self._bad_codes += 1
        self.locked = self._bad_codes >= ATTEMPTS
        return Press.LOCKED if self.locked else verdict

    def set_password(self, password: str) -> None:
        """What the payer's help desk does: a new password, counters back to nothing, the lock taken off."""
        self._password = password
        self._bad_passwords = self._bad_codes = 0
        self.locked = False
