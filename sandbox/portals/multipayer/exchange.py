"""What every answer of Practice Exchange needs: who asks, with which session, and how refusals are said."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.portals.multipayer.pages import Pages
from sandbox.profile import Page
from sandbox.sessions import Session
from sandbox.side import PortalSide
from sandbox.visitors import Ended, Visitors

COOKIE = "PXSESSION"
DEVICE_COOKIE = "PXDEVICE"


@dataclass(frozen=True)
class Exchange:
    """The portal's state, as the functions behind its addresses use it."""

    side: PortalSide
    visitors: Visitors
    pages: Pages
    _told: set[str] = field(default_factory=set)

    def ended(self, request: Request) -> Ended | None:
        """Whether the visitor's session is over, and how. One event for each session, however often it asks."""
        token = request.cookies.get(COOKIE, "")
        if token in self._told:
            kicked = self.side.sessions.why(token) in ("kicked-out", "signed-in-elsewhere")
            return "kicked-out" if kicked else "session-expired"
        reason = self.visitors.ended(request)
        if reason is not None:
            self._told.add(token)
        return reason

    def newcomer(self, request: Request) -> Session:
        """The visitor's session, or a new one that remembers how the one before it ended."""
        session = self.visitors.session(request)
        if session is not None:
            return session
        reason = self.ended(request)
        session = self.side.sessions.begin()
        if reason is not None:
            session.own["ended"] = reason
        self.side.door.arrive(session, self.visitors.agent(request))
        return session

    def signed_in(self, request: Request) -> Session | None:
        """The visitor's session if it is past the second factor and all that follows it."""
        return self.visitors.at(request, Page.PICKER, Page.OPEN)

    def bearer(self, session: Session) -> str:
        """The token that the applications inside the site show instead of the cookie's form token."""
        return str(session.own.setdefault("bearer", secrets.token_urlsafe(24)))

    def answer(self, session: Session | None, values: dict[str, Any], status_code: int = 200) -> Response:
        """JSON, never cached; says how long the session lives when nobody asks for anything more."""
        headers = {"Cache-Control": "no-store"}
        if session is not None and session.signed_in:
            headers["X-Session-Seconds"] = str(self.side.account.profile.idle_minutes * 60)
        return JSONResponse(values, status_code, headers=headers)

    def unauthorized(self, request: Request) -> Response:
        """HTTP 401 with the reason, for whom there is no living session."""
        return self.answer(None, {"reason": self.ended(request) or "not-signed-in"}, 401)

    def forbidden(self) -> Response:
        """HTTP 403: the request carries no token of this session."""
        return self.answer(None, {"reason": "token"}, 403)


async def read_json(request: Request) -> dict[str, Any]:
    """The request's JSON object; an empty one when it holds none."""
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def text_of(values: dict[str, Any], name: str) -> str:
    """A text of a JSON object, or nothing."""
    value = values.get(name)
    return value if isinstance(value, str) else ""
