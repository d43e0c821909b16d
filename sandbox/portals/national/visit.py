"""What every page of the national portal needs to know of a visitor: session, layout, and the pages that end things."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.door import Passage
from sandbox.portals.national.pages import Pages
from sandbox.profile import Page
from sandbox.sessions import Session
from sandbox.side import PortalSide
from sandbox.visitors import Visitors

COOKIE = "PNHSESSION"
DEVICE_COOKIE = "PNHDEVICE"
ENDED = "Your session has ended. Please sign in again."

PATHS = {
    # where a visitor goes on who stands at this page of the way in
    Page.SIGN_IN: "/signin",
    Page.METHOD: "/verify/method",
    Page.CODE: "/verify",
    Page.PASSKEY_ONLY: "/passkey",
    Page.NEW_TERMS: "/terms",
    Page.RECERTIFY: "/notice",
    Page.TRAINING: "/notice",
    Page.BOT_NOTICE: "/notice",
    Page.PICKER: "/provider",
    Page.OPEN: "/home",
}


@dataclass(frozen=True)
class Visit(Visitors):
    """The portal's state and pages, as its page functions use them."""

    pages: Pages

    @classmethod
    def at_portal(cls, side: PortalSide) -> "Visit":
        """The visits of one server start."""
        return cls(side, COOKIE, DEVICE_COOKIE, Pages())

    def page(
        self, template: str, session: Session | None = None, *, status_code: int = 200, **values: Any
    ) -> HTMLResponse:
        """A page in the version that this visitor gets."""
        return self.pages.page(template, self.side.layout(session), status_code=status_code, **values)

    def sign_in_page(self, request: Request, message: str = "", *, ended: bool = False) -> Response:
        """The sign-in page, with a session to go on with and perhaps a message; or what stands in its way."""
        session = self.fresh_session(request)
        page = self.side.door.arrive(session, self.agent(request))
        if page is Page.SIGN_IN:
            if not ended:
                self.note(request, "sign_in_page")
            answer: Response = self.page(
                "sign_in.html", session, title="Sign in", message=message, ended=ended, form_token=session.form_token
            )
        else:
            answer = self.challenge(request, page)
        self.keep(answer, session)
        return answer

    def challenge(self, request: Request, page: Page) -> Response:
        """The captcha or the page about unusual activity."""
        self.note(request, "challenge_page", page=page.value)
        template = "captcha.html" if page is Page.CAPTCHA else "unusual.html"
        return self.page(template, title="Security check", status_code=403 if page is Page.UNUSUAL_ACTIVITY else 200)

    def ended_page(self, request: Request) -> Response:
        """What a visitor without a living session gets: the sign-in page, or that somebody else came."""
        match self.ended(request):
            case "kicked-out":
                answer = self.page("kicked_out.html", title="Signed out")
                self.forget(answer)
                return answer
            case "session-expired":
                return self.sign_in_page(request, ENDED, ended=True)
            case None:
                return self.sign_in_page(request)

    def error_page(self) -> Response:
        """The page that comes with HTTP 500."""
        return self.page("error.html", title="Error", status_code=500)

    async def after(self, request: Request, passage: Passage) -> Response:
        """On to the page that follows an accepted press, or what goes wrong instead."""
        match passage.fault:
            case "answer-500":
                return self.error_page()
            case "foreign-page":
                return self.page("foreign.html", title="Winter hours")
            case "hang":
                return await self.hang(request)
            case None:
                return self.settle(RedirectResponse(PATHS[passage.page], 303), passage)
