"""What every page of the national portal needs to know of a visitor: cookie, session, record, faults."""

import asyncio
import contextlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from sandbox.events import Detail
from sandbox.portals.national.pages import Pages
from sandbox.sessions import Session, Stage
from sandbox.side import PortalSide
from sandbox.switches import PressFault

COOKIE = "PNHSESSION"
ENDED = "Your session has ended. Please sign in again."


@dataclass(frozen=True)
class Visit:
    """The portal's state and pages, as its page functions use them."""

    side: PortalSide
    pages: Pages

    def note(self, request: Request, kind: str, **details: Detail) -> None:
        """Write an event into the portal's record."""
        self.side.events.add(kind, request.headers.get("user-agent", ""), **details)

    async def form(self, request: Request) -> dict[str, str]:
        """The posted fields as text."""
        async with request.form() as fields:
            return {name: value for name, value in fields.items() if isinstance(value, str)}

    def session(self, request: Request) -> Session | None:
        """The visitor's session, if it still lives."""
        return self.side.sessions.find(request.cookies.get(COOKIE))

    def open_session(self, request: Request) -> Session | None:
        """The visitor's session if it is signed in and acts for a provider."""
        session = self.session(request)
        return session if session is not None and session.stage is Stage.OPEN else None

    def keep(self, answer: Response, session: Session) -> None:
        """Give the visitor the session's cookie."""
        answer.set_cookie(COOKIE, session.token, httponly=True, samesite="lax", path="/")

    def forget(self, answer: Response) -> None:
        """Take the cookie away."""
        answer.delete_cookie(COOKIE, path="/")

    def sign_in_page(self, request: Request, message: str = "", *, ended: bool = False) -> Response:
        """The sign-in page, with a session to go on with and perhaps a message."""
        session = self.session(request)
        if session is None or session.stage is not Stage.SIGN_IN:
            session = self.side.sessions.begin()
        if not ended:
            self.note(request, "sign_in_page")
        answer = self.pages.page(
            "sign_in.html", title="Sign in", message=message, ended=ended, form_token=session.form_token
        )
        self.keep(answer, session)
        return answer

    def ended(self, request: Request) -> Response:
        """What a visitor without a living session gets: HTTP 200 and the sign-in page."""
        if self.session(request) is None and request.cookies.get(COOKIE):
            self.note(request, "session_expired", path=request.url.path)
            return self.sign_in_page(request, ENDED, ended=True)
        return self.sign_in_page(request)

    def error_page(self) -> Response:
        """The page that comes with HTTP 500."""
        return self.pages.page("error.html", title="Error", status_code=500)

    async def faulty_answer(self, request: Request, fault: PressFault) -> Response:
        """What follows a press instead of the portal's answer."""
        match fault:
            case "answer-500":
                return self.error_page()
            case "foreign-page":
                return self.pages.page("foreign.html", title="Winter hours")
            case "hang":
                await self._until_gone(request)
                return Response(status_code=204)

    async def _until_gone(self, request: Request) -> None:
        """Wait until the visitor hangs up or the portal stops."""
        stopping = asyncio.create_task(self.side.stopping.wait())
        with contextlib.suppress(asyncio.CancelledError):
            while not stopping.done() and not await request.is_disconnected():
                await asyncio.wait([stopping], timeout=0.1)
        stopping.cancel()
