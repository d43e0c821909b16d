"""What every page of the contractor's portal needs to know of a visitor: session, layout, windows, record."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.portals.contractor.layouts import LAYOUTS, Layout
from sandbox.portals.contractor.messages import MessageCenter
from sandbox.portals.contractor.pages import Pages
from sandbox.sessions import Session
from sandbox.switches import PressFault
from sandbox.visitors import Visitors

COOKIE = "PCSPORTALID"

EXPIRED = "Your session has expired. Please log in again."
ELSEWHERE = "You were logged off because your User ID was used to log in from another location."


@dataclass(frozen=True)
class Visit(Visitors):
    """The portal's state and pages, as its page functions use them."""

    pages: Pages
    messages: MessageCenter

    def layout(self, session: Session | None) -> Layout:
        """The version of the pages that this visitor gets."""
        return LAYOUTS[self.side.layout(session)]

    def page(self, template: str, session: Session | None, *, status_code: int = 200, **values: Any) -> HTMLResponse:
        """A page in the layout of this visitor."""
        idle_minutes = self.side.account.profile.idle_minutes
        return self.pages.page(
            template, self.side.layout(session), status_code=status_code, idle_minutes=idle_minutes, **values
        )

    def statement(
        self, session: Session | None, heading: str, *paragraphs: str, link: tuple[str, str] | None = None
    ) -> HTMLResponse:
        """A page that only says something."""
        return self.page("statement.html", session, title=heading, heading=heading, paragraphs=paragraphs, link=link)

    def sign_in_page(self, request: Request, message: str = "") -> Response:
        """The log-in page, with a session to go on with and perhaps a message."""
        session = self.fresh_session(request)
        answer = self.page("sign_in.html", session, title="Log In", message=message, form_key=session.form_token)
        self.keep(answer, session)
        return answer

    def log_in_again(self, request: Request) -> Response:
        """What a visitor without an open session gets: HTTP 200 and the log-in page, inside whatever frame it was."""
        why = self.ended(request)
        return self.sign_in_page(request, "" if why is None else ELSEWHERE if why == "kicked-out" else EXPIRED)

    def window_is_over(self, request: Request) -> Response:
        """The same in a claim's window, which has no log-in form."""
        self.ended(request)
        return self.page("window_over.html", None, title="Session Expired")

    def second_window(self, request: Request, session: Session) -> Response:
        """The back button, a refresh or a second tab: the session ends."""
        self.note(request, "second_tab", path=request.url.path)
        self.side.sessions.end(session, "second-tab")
        return self.statement(
            session,
            "Page Cannot Be Displayed",
            "The page you asked for cannot be displayed. The Back and Refresh buttons and a second window or tab "
            "cannot be used with this portal.",
            "Your session has been ended.",
            link=("/pcs/login.do", "Return to Log In"),
        )

    def is_inside(self, request: Request) -> bool:
        """False when a page that belongs into a frame is opened in a window or tab of its own."""
        return request.headers.get("sec-fetch-dest", "frame") != "document"

    def error_page(self, session: Session | None = None) -> Response:
        """The page that comes with HTTP 500."""
        return self.page(
            "statement.html",
            session,
            status_code=500,
            title="Error",
            heading="System Error",
            paragraphs=("The system could not process your request (PCS-0500). Try again later.",),
            link=None,
        )

    async def faulty_answer(self, request: Request, fault: PressFault) -> Response:
        """What follows a press instead of the portal's answer."""
        match fault:
            case "answer-500":
                return self.error_page()
            case "foreign-page":
                return self.pages.page("foreign.html")
            case "hang":
                return await self.hang(request)
