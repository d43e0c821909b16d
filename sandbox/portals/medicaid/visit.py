"""What every page of the Medicaid portal needs to know of a visitor: session, view states, layout, faults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.portals.medicaid.layouts import LAYOUTS, Layout
from sandbox.portals.medicaid.pages import HERE, Pages
from sandbox.portals.medicaid.shown import provider_id
from sandbox.portals.medicaid.viewstate import PostBack, Refused, ViewStates
from sandbox.remit_documents import Document
from sandbox.sessions import Session
from sandbox.switches import PressFault
from sandbox.visitors import Visitors

START = "/Default.aspx"
ENDED = "Your session has ended because there was no activity. Log in again."


def sent(document: Document, *, inline: bool = False) -> Response:
    """A file as the browser saves it, or shows it where it can."""
    how = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{document.name}"', "Cache-Control": "no-store"}
    return Response(document.content, media_type=document.media_type, headers=headers)


@dataclass(frozen=True)
class Visit(Visitors):
    """The portal's state and pages, as its page functions use them."""

    pages: Pages = field(default_factory=Pages)

    def layout(self, session: Session | None) -> Layout:
        """The version of the pages that this visitor gets."""
        return LAYOUTS[self.side.layout(session)]

    def page(
        self,
        template: str,
        session: Session | None,
        *,
        title: str,
        path: str = "",
        state: object = None,
        status_code: int = 200,
        announced: bool = False,
        **values: Any,
    ) -> HTMLResponse:
        """A page; with `path` it can be sent back there, and `state` is what it will be taken back with.

        `announced`: where the layout has an announcement, it lies over this page.
        """
        layout = self.layout(session)
        views = self._views(session) if session is not None and path else None
        return self.pages.page(
            template,
            layout,
            views=views,
            path=path,
            state=state,
            status_code=status_code,
            title=title,
            notice_open=announced and layout.modal,
            **values,
        )

    def notice(
        self,
        heading: str,
        *sentences: str,
        legend: str = "Notice",
        link: tuple[str, str] | None = None,
        status_code: int = 200,
    ) -> HTMLResponse:
        """A page that only says something."""
        return self.page(
            "notice.html",
            None,
            title=heading,
            heading=heading,
            legend=legend,
            sentences=sentences,
            link=link,
            status_code=status_code,
        )

    def frame(self, session: Session) -> dict[str, Any]:
        """What the head of every signed-in page shows."""
        practice = self.side.truth.practice
        acting = next(one for one in practice.providers if one.npi == session.acting_as)
        return {
            "user_name": self.side.account.user_name,
            "acting": {"name": acting.name, "npi": acting.npi, "provider_id": provider_id(acting)},
            "idle_minutes": self.side.account.profile.idle_minutes,
        }

    async def take_back(
        self, request: Request, session: Session, path: str, form: Mapping[str, str] | None = None
    ) -> PostBack | Response:
        """The page that came back, or what is shown instead when it is not taken.

        `form` has the posted fields where they were read before, because files came with them.
        A page that is no longer the newest means the browser's back button or a second window: that ends the session.
        """
        back = self._views(session).take_back(path, await self.form(request) if form is None else form)
        if isinstance(back, PostBack):
            return back
        self.note(request, "view_state_refused", path=path, reason=back.value)
        if back is Refused.STALE and session.signed_in:
            self.side.sessions.end(session, "second-tab")
        return self.notice(
            "Page cannot be refreshed",
            "Validation of viewstate failed. The page you sent is no longer valid.",
            "This happens when the back or refresh button of the browser is used, or when this site is open in two "
            "windows. Your session may have been ended.",
            legend="Error",
            link=(START, "Start again"),
        )

    def file(self, session: Session, path: str, back: PostBack, document: Document) -> Response:
        """A file as the answer to a page that came back; the page itself stays as it is."""
        self._views(session).still_shown(path, back)
        return sent(document)

    def keep_shown(self, session: Session, path: str, back: PostBack) -> None:
        """The page that came back may come back once more."""
        self._views(session).still_shown(path, back)

    def sign_in_page(self, session: Session, message: str = "") -> Response:
        """The first page, perhaps with a message."""
        answer = self.page("sign_in.html", session, path=START, title="Log In", message=message)
        self.keep(answer, session)
        return answer

    def over(self, request: Request) -> Response:
        """What a visitor without a session at this page gets: HTTP 200 and the sign-in page, or why it ended."""
        ended = self.ended(request)
        if ended == "kicked-out":
            answer = self.notice(
                "Your session has been ended",
                "Your user ID was used to log in on another computer. Only one session is allowed for each user ID.",
                link=(START, "Log in again"),
            )
            self.forget(answer)
            return answer
        if ended is None:
            self.note(request, "sign_in_page")
        return self.sign_in_page(self.side.sessions.begin(), ENDED if ended else "")

    def throttled(self, request: Request) -> Response | None:
        """HTTP 429 when this visitor searches too fast."""
        seconds = self.side.throttle.wait_before_search(self.agent(request))
        if not seconds:
            return None
        answer = self.notice(
            "Too many inquiries",
            f"You have made too many inquiries in a short time. Wait {seconds} seconds before you go on.",
            status_code=429,
        )
        answer.headers["Retry-After"] = str(seconds)
        return answer

    def maintenance_page(self) -> Response | None:
        """The page of the maintenance window that is open now, with its end in words and as a date."""
        until = self.side.maintenance.closed_until()
        if until is None:
            return None
        hour = f"{until.hour % 12 or 12}:{until:%M %p}"
        return self.notice(
            "Scheduled maintenance",
            f"The Provider Web Portal is closed for scheduled maintenance until {hour} Central Time on "
            f"{until:%A, %B} {until.day}, {until.year}.",
            f"Available again: {until:%m/%d/%Y} {hour}",
        )

    def error_page(self) -> Response:
        """The page that comes with HTTP 500."""
        return self.notice(
            "Server error in the Provider Web Portal",
            "An application error occurred on the server. It has been recorded.",
            legend="Error",
            link=(START, "Start again"),
            status_code=500,
        )

    async def faulty_answer(self, request: Request, fault: PressFault) -> Response:
        """What follows a press instead of the portal's answer."""
        match fault:
            case "answer-500":
                return self.error_page()
            case "foreign-page":
                return HTMLResponse((HERE / "templates" / "foreign.html").read_text(encoding="utf-8"))
            case "hang":
                return await self.hang(request)

    def _views(self, session: Session) -> ViewStates:
        views = session.own.setdefault("views", ViewStates())
        assert isinstance(views, ViewStates)
        return views
