"""How any practice portal knows its visitors: cookies, sessions, the pages they opened, and the record of it."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.appeal_values import Lost
from sandbox.door import Passage
from sandbox.events import Detail
from sandbox.faults import TRANSPORT, reset
from sandbox.profile import Page
from sandbox.sessions import Session
from sandbox.side import PortalSide

Ended = Literal["session-expired", "kicked-out"]


@dataclass(frozen=True)
class Uploaded:
    """A file of a posted form, with the name and the media type that the browser gave."""

    field: str
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Posted:
    """A posted form. A field has as many values as it was sent with."""

    fields: dict[str, tuple[str, ...]]
    files: tuple[Uploaded, ...]

    def text(self, name: str) -> str:
        """The first value of a field, or nothing."""
        return next(iter(self.fields.get(name, ())), "")


@dataclass(frozen=True)
class Visitors:
    """A portal's state with its cookies' names, as the page functions of that portal use them."""

    side: PortalSide
    cookie: str
    device_cookie: str

    def agent(self, request: Request) -> str:
        """How the visitor's browser calls itself."""
        return request.headers.get("user-agent", "")

    def note(self, request: Request, kind: str, **details: Detail) -> None:
        """Write an event into the portal's record."""
        self.side.events.add(kind, self.agent(request), **details)

    async def form(self, request: Request) -> dict[str, str]:
        """The posted fields as text."""
        async with request.form() as fields:
            return {name: value for name, value in fields.items() if isinstance(value, str)}

    def session(self, request: Request) -> Session | None:
        """The visitor's session, if it still lives."""
        return self.side.sessions.find(request.cookies.get(self.cookie))

    def at(self, request: Request, *pages: Page) -> Session | None:
        """The visitor's session if it stands at one of these pages of the way in."""
        session = self.session(request)
        return session if session is not None and session.page in pages else None

    def open_session(self, request: Request) -> Session | None:
        """The visitor's session if it is signed in and acts for a provider."""
        return self.at(request, Page.OPEN)

    def fresh_session(self, request: Request) -> Session:
        """A session that stands before the sign-in: the visitor's own, or a new one."""
        session = self.at(request, Page.SIGN_IN, Page.PASSWORD)
        return session if session is not None else self.side.sessions.begin()

    def count_page(self, request: Request) -> Session | None:
        """Count a page that a signed-in visitor asks for; ends the session when its pages are used up.

        Call once for each page, before it is made. Gives the visitor's living session.
        """
        session = self.session(request)
        if session is None or not session.signed_in:
            return session
        self.side.throttle.note_page(self.agent(request))
        session.pages += 1
        most = self.side.switches.now.expire_session_after
        if most is not None and session.pages > most:
            self.side.sessions.end(session, "ended")
            return None
        if session.ends_after is not None and session.pages > session.ends_after:
            self.side.sessions.end(session, "kicked-out")
            return None
        return session

    def ended(self, request: Request) -> Ended | None:
        """Whether the visitor brings the cookie of a session that is over, and how; writes the event.

        None for a visitor whose session lives, or who never had one.
        """
        token = request.cookies.get(self.cookie)
        if not token or self.session(request) is not None:
            return None
        if self.side.sessions.why(token) in ("kicked-out", "signed-in-elsewhere"):
            self.note(request, "kicked_out", path=request.url.path)
            return "kicked-out"
        self.note(request, "session_expired", path=request.url.path)
        return "session-expired"

    def keep(self, answer: Response, session: Session) -> None:
        """Give the visitor the session's cookie."""
        answer.set_cookie(self.cookie, session.token, httponly=True, samesite="lax", path="/")

    def forget(self, answer: Response) -> None:
        """Take the session's cookie away."""
        answer.delete_cookie(self.cookie, path="/")

    def device(self, request: Request) -> str:
        """The token of a remembered device, or nothing."""
        return request.cookies.get(self.device_cookie, "")

    def settle(self, answer: Response, passage: Passage) -> Response:
        """Put the cookies that follow from a press on its answer."""
        self.keep(answer, passage.session)
        if passage.device:
            seconds = self.side.account.profile.device_days * 86_400
            answer.set_cookie(
                self.device_cookie, passage.device, max_age=seconds, httponly=True, samesite="lax", path="/"
            )
        return answer

    async def posted(self, request: Request) -> Posted:
        """A posted form with all values of each field, and its files."""
        async with request.form() as form:
            fields: dict[str, tuple[str, ...]] = {}
            files = []
            for name, value in form.multi_items():
                if isinstance(value, str):
                    fields[name] = (*fields.get(name, ()), value)
                elif value.filename:
                    files.append(Uploaded(name, value.filename, value.content_type or "", await value.read()))
            return Posted(fields, tuple(files))

    async def lose(self, request: Request, how: Lost) -> Response:
        """Answer a press whose answer is lost: never, by a reset connection, or by an error page."""
        if how == "error":
            return HTMLResponse("<html><head><title>Error</title></head><body><h1>Server Error</h1></body></html>", 500)
        transport = request.scope.get("state", {}).get(TRANSPORT)
        if how == "cut" and transport is not None:
            await reset(transport, request.receive)
            return Response(status_code=204)
        return await self.hang(request)

    async def hang(self, request: Request) -> Response:
        """Leave a press without an answer until the visitor hangs up or the portal stops."""
        stopping = asyncio.create_task(self.side.stopping.wait())
        with contextlib.suppress(asyncio.CancelledError):
            while not stopping.done() and not await request.is_disconnected():
                await asyncio.wait([stopping], timeout=0.1)
        stopping.cancel()
        return Response(status_code=204)
