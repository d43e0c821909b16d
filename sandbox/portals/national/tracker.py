"""The national portal's own list of requests: those that need action first, all on demand, one request, its letter."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.appeal_values import AppealListing, AppealState
from sandbox.portals.national.appeal_texts import FILTER_TEXTS, FIRST_FILTER
from sandbox.portals.national.frame import frame, members, modal, no_access, page_number, zone
from sandbox.portals.national.layouts import REQUEST_SECTIONS, TRACKED, typed
from sandbox.portals.national.payments import sent
from sandbox.portals.national.tracked import tracked_request, tracked_row
from sandbox.portals.national.visit import Visit
from sandbox.sessions import Session

ROWS = 10
LISTED = "tracker"
"""Under this name a session remembers the list that it looks at."""


def _hides(chosen: str, state: AppealState) -> bool:
    """Whether this view of the list leaves out a request that stands so."""
    match chosen:
        case "action":
            return state.standing != "information-wanted"
        case "open":
            return state.standing == "decided"
        case _:
            return False


def _listing(visit: Visit, session: Session, agent: str, chosen: str) -> AppealListing:
    """A new load of the list, with this view of it."""
    book = visit.side.appeals.book
    listing = book.listing(session.acting_as, agent)
    filed = (one for one in book.filed(session.acting_as) if _hides(chosen, book.state(one)))
    listing.default_filter, listing.hidden = chosen, frozenset(one.key for one in filed)
    session.own[LISTED] = listing
    return listing


async def list_page(visit: Visit, request: Request) -> Response:
    """Ten requests; `page` counts from 1. Without it the list begins anew, with those that need action."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    if not session.entitled:
        return no_access(visit, session)
    agent = visit.agent(request)
    listing, covered_by = session.own.get(LISTED), ""
    if not isinstance(listing, AppealListing) or "page" not in request.query_params:
        listing = _listing(visit, session, agent, FIRST_FILTER)
        covered_by = modal(visit, session, agent)
    pages = listing.pages(ROWS)
    number = page_number(request, pages)
    known, layout = members(visit), visit.side.layout(session)
    rows = [
        tracked_row(one, visit.side.appeals.book.state(one), known[one.patient], one.key, zone(visit))
        for one in visit.side.appeals.book.listed(listing, number, ROWS, agent)
    ]
    return visit.page(
        "tracker.html",
        session,
        title="Track requests",
        filters=FILTER_TEXTS,
        chosen=listing.default_filter,
        modal=covered_by,
        rows=rows,
        count=len(listing.shown),
        first=(number - 1) * ROWS + 1,
        last=(number - 1) * ROWS + len(rows),
        number=number,
        pages=pages,
        columns=TRACKED.get(layout, TRACKED[1]),
        **frame(visit, session),
    )


async def press_show(visit: Visit, request: Request) -> Response:
    """Another view of the list."""
    form = await visit.form(request)
    session = visit.open_session(request)
    if session is None or form.get("formTkn") != session.form_token:
        return visit.ended_page(request)
    if not session.entitled:
        return no_access(visit, session)
    chosen = typed(visit.side.layout(session), form, "show")
    _listing(visit, session, visit.agent(request), chosen if chosen in FILTER_TEXTS else FIRST_FILTER)
    return RedirectResponse("/tracker?page=1", 303)


async def request_page(visit: Visit, request: Request) -> Response:
    """One request; an unknown one leads back to the list."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    key = request.query_params.get("ref", "")
    appeal = visit.side.appeals.book.open(key, session.acting_as, visit.agent(request))
    if appeal is None or not session.entitled:
        return RedirectResponse("/tracker", 303)
    state, layout = visit.side.appeals.book.state(appeal), visit.side.layout(session)
    listing = session.own.get(LISTED)
    return visit.page(
        "request.html",
        session,
        title="Request detail",
        page=tracked_request(appeal, state, members(visit)[appeal.patient], zone(visit)),
        reference=key,
        sections=REQUEST_SECTIONS.get(layout, REQUEST_SECTIONS[1]),
        back=listing.page_of(key, ROWS) if isinstance(listing, AppealListing) else 1,
        **frame(visit, session),
    )


async def letter(visit: Visit, request: Request) -> Response:
    """The letter with the decision."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    agent = visit.agent(request)
    appeal = visit.side.appeals.book.open(request.query_params.get("ref", ""), session.acting_as, agent)
    document = visit.side.appeals.book.letter(appeal, agent) if appeal is not None else None
    if document is None:
        return visit.page(
            "no_file.html", session, title="Document not available", status_code=404, **frame(visit, session)
        )
    return sent(document)
