"""What all pages inside the contractor's frames share: who may see them, and how one leads to the next."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.portals.contractor.visit import Visit
from sandbox.portals.contractor.windows import windows_of
from sandbox.sessions import Session

ROWS = 10
"""Rows on one page of a list."""
BLANK_FOR = (1200, 2000, 3500)
"""For how many milliseconds a window that a list opens may stay blank."""


def frame(visit: Visit, session: Session) -> dict[str, Any]:
    """What every page in the content frame may show."""
    practice = visit.side.truth.practice
    return {
        "acting_as": next(one for one in practice.providers if one.npi == session.acting_as),
    }


def in_window(visit: Visit, request: Request) -> Session | Response:
    """The session, for a frame of its one main window."""
    session = visit.open_session(request)
    if session is None:
        return visit.log_in_again(request)
    known = windows_of(session).is_window(request.query_params.get("wk", ""))
    return session if known and visit.is_inside(request) else visit.second_window(request, session)


def on_page(visit: Visit, request: Request, key: str) -> Session | Response:
    """The session, for who comes from the page that is in the content frame now."""
    session = visit.open_session(request)
    if session is None:
        return visit.log_in_again(request)
    known = windows_of(session).is_page(key)
    return session if known and visit.is_inside(request) else visit.second_window(request, session)


def to_page(session: Session, place: str) -> Response:
    """On to a page of the content frame, with a new key."""
    key = windows_of(session).turn()
    return RedirectResponse(f"{place}?pageKey={key}", 303, headers={"Cache-Control": "no-store"})


def too_many_inquiries(visit: Visit, request: Request, session: Session) -> Response | None:
    """The page for who asks too fast, or nothing."""
    seconds = visit.side.throttle.wait_before_search(visit.agent(request))
    if not seconds:
        return None
    windows_of(session).turn()
    answer = visit.page(
        "busy.html", session, status_code=429, title="Too Many Inquiries", seconds=seconds, **frame(visit, session)
    )
    answer.headers["Retry-After"] = str(seconds)
    return answer


def page_number(request: Request, pages: int) -> int:
    """The page of a list that is asked for, from 1 and never past the last."""
    asked = request.query_params.get("start", "1")
    return min(max(int(asked), 1), pages) if asked.isdecimal() else 1


def blank_for(visit: Visit, request: Request, *, rows: bool) -> int:
    """How many milliseconds the windows of this list stay blank: 0 unless a quirk wants it."""
    quirks = visit.side.quirks
    if rows and quirks.happens("popup-blank-first", visit.agent(request)):
        return quirks.pick("popup-blank-first", BLANK_FOR)
    return 0
