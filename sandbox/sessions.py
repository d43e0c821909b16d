"""Sessions of visitors at a practice portal: ended by sign-out, idleness, age, or another sign-in of the user."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sandbox.clock import Clock
from sandbox.listing import Listing
from sandbox.profile import Method, Page, Profile

Ending = Literal["idle", "too-long", "signed-in-elsewhere", "kicked-out", "ended", "second-tab"]
"""Why a session is over: nobody came, its longest time, the user's other sign-in, the quirk, the payer, a 2nd tab."""


@dataclass
class Session:
    """One visitor's session, known by the random token in the cookie."""

    token: str
    began: datetime
    last_seen: datetime
    form_token: str = field(default_factory=lambda: secrets.token_hex(12))
    page: Page = Page.SIGN_IN
    """Where the visitor stands on the way in."""
    steps: tuple[Page, ...] = ()
    """What is still to come after this page."""
    arrived: bool = False
    signed_in: bool = False
    """True from the second factor on: the session counts against the user's number of sessions."""
    user_name: str = ""
    """What was typed on the first page of a sign-in in two pages."""
    private_computer: bool = False
    question: str = ""
    method: Method | None = None
    """How the last code was sent."""
    sent: int = 0
    """How many codes were sent in this sign-in."""
    acting_as: str = ""
    entitled: bool = True
    layout: int = 0
    """The version of the pages that this visitor gets; 0: the portal's."""
    pages: int = 0
    """Pages that followed the sign-in."""
    ends_after: int | None = None
    listing: Listing = field(default_factory=Listing)
    references: dict[str, str] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    """What one portal's own pages need to remember."""

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

    def __init__(self, clock: Clock, profile: Profile) -> None:
        self.profile = profile
        self._clock = clock
        self._open: dict[str, Session] = {}
        self._over: dict[str, Ending] = {}

    def begin(self) -> Session:
        """A new session of somebody who has not signed in yet."""
        now = self._clock.now()
        session = Session(secrets.token_urlsafe(24), now, now)
        self._open[session.token] = session
        return session

    def find(self, token: str | None) -> Session | None:
        """The session of this cookie, marked as seen now; None when there is none or it is over."""
        session = self._open.get(token or "")
        if session is None:
            return None
        now = self._clock.now()
        if now - session.last_seen >= timedelta(minutes=self.profile.idle_minutes):
            self.end(session, "idle")
            return None
        longest = self.profile.session_minutes
        if longest is not None and session.signed_in and now - session.began >= timedelta(minutes=longest):
            self.end(session, "too-long")
            return None
        session.last_seen = now
        return session

    def lives(self, token: str) -> bool:
        """True when this is the cookie of a session that is not over; does not mark it as seen."""
        return token in self._open

    def why(self, token: str | None) -> Ending | None:
        """Why the session of this cookie is over; None when it lives, signed out or never was."""
        return self._over.get(token or "")

    def others(self, session: Session) -> list[Session]:
        """The user's other living sessions, oldest first."""
        limit = timedelta(minutes=self.profile.idle_minutes)
        now = self._clock.now()
        living = (one for one in self._open.values() if one.signed_in and one is not session)
        return [one for one in living if now - one.last_seen < limit]

    def signed_in(self, session: Session) -> Session:
        """Give a session that passed the second factor a new token; the user's oldest sessions over the cap end."""
        others = self.others(session)
        for other in others[: max(0, len(others) + 1 - self.profile.sessions)]:
            self.end(other, "signed-in-elsewhere")
        self._open.pop(session.token, None)
        session.token = secrets.token_urlsafe(24)
        session.form_token = secrets.token_hex(12)
        session.began = self._clock.now()
        session.signed_in = True
        self._open[session.token] = session
        return session

    def end(self, session: Session, why: Ending | None = None) -> None:
        """Forget a session; `why` is kept for the visitor who comes back with its cookie."""
        self._open.pop(session.token, None)
        if why is not None:
            self._over[session.token] = why

    def end_all(self) -> None:
        """End every session from the payer's side."""
        for session in list(self._open.values()):
            self.end(session, "ended")
