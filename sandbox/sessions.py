"""Sessions of visitors at a practice portal: one per user, ended by sign-out, idleness or a second sign-in."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from sandbox.clock import Clock

IDLE_LIMIT = timedelta(minutes=15)


class Stage(Enum):
    """How far a visitor has come."""

    SIGN_IN = 0
    CODE = 1
    PROVIDER = 2
    OPEN = 3


@dataclass
class Session:
    """One visitor's session, known by the random token in the cookie."""

    token: str
    last_seen: datetime
    form_token: str = field(default_factory=lambda: secrets.token_hex(12))
    stage: Stage = Stage.SIGN_IN
    acting_as: str = ""
    pages: int = 0
    found: tuple[str, ...] = ()
    member_known: bool = True
    references: dict[str, str] = field(default_factory=dict)

    def reference(self, payer_claim_number: str) -> str:
        """The opaque name of a claim in this session's addresses, so that no claim number stands in one."""
        for name, number in self.references.items():
            if number == payer_claim_number:
                return name
        name = secrets.token_hex(5)
        self.references[name] = payer_claim_number
        return name


class Sessions:
    """All sessions of one portal with one user account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[str, Session] = {}

    def begin(self) -> Session:
        """A new session of somebody who has not signed in yet."""
        session = Session(secrets.token_urlsafe(24), self._clock.now())
        self._open[session.token] = session
        return session

    def find(self, token: str | None) -> Session | None:
        """The session of this cookie, marked as seen now; None when there is none or it has been idle too long."""
        session = self._open.get(token or "")
        if session is None:
            return None
        if self._clock.now() - session.last_seen >= IDLE_LIMIT:
            self.end(session)
            return None
        session.last_seen = self._clock.now()
        return session

    def signed_in(self, session: Session) -> Session:
        """Give a session that passed the code a new token and end every other signed-in session of the user."""
        for other in list(self._open.values()):
            if other.stage in (Stage.PROVIDER, Stage.OPEN):
                self.end(other)
        self.end(session)
        fresh = self.begin()
        fresh.stage = Stage.PROVIDER
        return fresh

    def end(self, session: Session) -> None:
        """Forget a session."""
        self._open.pop(session.token, None)

    def end_all(self) -> None:
        """Forget every session."""
        self._open.clear()
