"""The pages on the way into a portal, and which of them one portal's sign-in has."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Page(StrEnum):
    """Where a visitor stands on the way in, or how a press was answered."""

    SIGN_IN = "sign-in"
    PASSWORD = "password"  # noqa: S105 - the name of a page
    REJECTED = "rejected"
    LOCKED = "locked"
    LOCKED_CALL = "locked-call"
    DISABLED = "disabled"
    METHOD = "method"
    CODE = "code"
    CODE_REJECTED = "code-rejected"
    CODE_USED = "code-used"
    CODE_EXPIRED = "code-expired"
    NO_MORE_CODES = "no-more-codes"
    PASSKEY_ONLY = "passkey-only"
    COMPUTER = "computer"
    QUESTION = "question"
    QUESTION_REJECTED = "question-rejected"
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105 - the name of a page
    PASSWORD_EXPIRING = "password-expiring"  # noqa: S105 - the name of a page
    TERMS = "terms"
    NEW_TERMS = "new-terms"
    RECERTIFY = "recertify"
    TRAINING = "training"
    IN_USE = "in-use"
    CAPTCHA = "captcha"
    UNUSUAL_ACTIVITY = "unusual-activity"
    BOT_NOTICE = "bot-notice"
    PICKER = "picker"
    OPEN = "open"


SecondFactor = Literal["totp", "mailed", "none"]
Method = Literal["email", "text", "voice"]


class Profile(BaseModel):
    """What one portal's sign-in is like. The order of its pages is the door's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    second_factor: SecondFactor = "totp"
    code_minutes: dict[Method, int] = {"email": 30, "text": 10, "voice": 10}
    """How long a sent code is good, by method."""
    resends: int = 3
    """How often a code may be sent again in one sign-in."""
    two_pages: bool = False
    """User name and password on pages of their own."""
    computer_question: bool = False
    """Asks whether the computer is public or private, together with the password; only a private one is kept."""
    security_question: bool = False
    """Asks a security question on a device that is not remembered."""
    device_days: int = 0
    """How long a device can be remembered; 0: not at all."""
    terms_each_time: bool = False
    """Terms of use are ticked at every sign-in, right after the password."""
    sessions: int = 1
    """How many sessions of one user live at a time."""
    asks_before_ending_others: bool = False
    """One session too many: asks first, instead of ending the oldest without a word."""
    password_days: int | None = None
    warns_days: int = 14
    """From how many days before its end a password's expiry is warned of."""
    password_history: int = 5
    password_length: int = 8
    attempts: int = Field(default=3, ge=1)
    unlock_minutes: int | None = None
    """A lock opens by itself after this time; None: only the help desk opens it."""
    call_after_lock_outs: int | None = None
    """This lock-out and those after it take a telephone call."""
    disabled_after_days: int | None = None
    idle_minutes: int = 15
    session_minutes: int | None = None
    """The longest that a session lives, idle or not."""
    time_zone: str = "America/New_York"
