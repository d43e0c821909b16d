"""The contractor's own list of appeals and reopenings: in pages of ten, each request in a window, letters as PDF."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.appeal_values import AppealListing, FiledAppeal
from sandbox.portals.contractor import appeals_shown
from sandbox.portals.contractor.appeal_texts import FILTERS
from sandbox.portals.contractor.frame import ROWS, blank_for, frame, on_page, page_number
from sandbox.portals.contractor.visit import Visit
from sandbox.portals.contractor.windows import windows_of
from sandbox.sessions import Session

OWN = "requests"
"""Under this name a session's own memory has the list that the visitor looks at."""


async def appeals_page(visit: Visit, request: Request) -> Response:
    """The page of the menu: how to ask, and the way to the list, which is made anew from here."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    session.own.pop(OWN, None)
    return visit.page(
        "appeals.html",
        session,
        title="Appeals",
        page_key=windows_of(session).turn(),
        decision_days=visit.side.appeals.terms.rule.levels["first"].decision_days[1],
        **frame(visit, session),
    )


async def list_page(visit: Visit, request: Request) -> Response:
    """Ten requests, newest first; `start` is the page, from 1, and `show=all` takes the filter off."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    book, agent = visit.side.appeals.book, visit.agent(request)
    listing = session.own.get(OWN)
    if not isinstance(listing, AppealListing):
        session.own[OWN] = listing = book.listing(session.acting_as, agent)
    if request.query_params.get("show") == "all":
        listing.clear_filter()
    pages = listing.pages(ROWS)
    number = page_number(request, pages)
    rows = [appeals_shown.request_row(one, book.state(one)) for one in book.listed(listing, number, ROWS, agent)]
    windows = windows_of(session)
    return visit.page(
        "appeal_list.html",
        session,
        title="Appeals",
        page_key=windows.turn(),
        window_key=windows.window,
        rows=rows,
        blank=blank_for(visit, request, rows=bool(rows)),
        columns=visit.layout(session).appeal_columns,
        filter=FILTERS.get(listing.default_filter, ""),
        count=len(listing.shown),
        first=(number - 1) * ROWS + 1,
        last=(number - 1) * ROWS + len(rows),
        number=number,
        pages=pages,
        **frame(visit, session),
    )


async def request_window(visit: Visit, request: Request) -> Response:
    """One request in a window of its own."""
    opened = _request(visit, request)
    if isinstance(opened, Response):
        return opened
    session, appeal = opened
    state = visit.side.appeals.book.state(appeal)
    member = next(one for one in visit.side.truth.members if one.patient == appeal.patient)
    return visit.page(
        "appeal_detail.html",
        session,
        title=visit.layout(session).labels["request_title"],
        request=appeals_shown.request(appeal, state),
        beneficiary=appeals_shown.beneficiary(member),
        decided=appeals_shown.decided(state),
        wanted=appeals_shown.wanted(state),
        letter=state.decision is not None,
        reference=appeal.key,
        window_key=windows_of(session).window,
    )


async def letter(visit: Visit, request: Request) -> Response:
    """The letter with the decision, shown in a window."""
    opened = _request(visit, request)
    if isinstance(opened, Response):
        return opened
    session, appeal = opened
    found = visit.side.appeals.book.letter(appeal, visit.agent(request))
    if found is None:
        return visit.second_window(request, session)
    headers = {"Content-Disposition": f'inline; filename="{found.name}"', "Cache-Control": "no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _request(visit: Visit, request: Request) -> tuple[Session, FiledAppeal] | Response:
    """The session and the request, for a window that the list opened."""
    session = visit.open_session(request)
    if session is None:
        return visit.window_is_over(request)
    known = windows_of(session).is_window(request.query_params.get("wk", ""))
    key = request.query_params.get("request", "")
    appeal = visit.side.appeals.book.open(key, session.acting_as, visit.agent(request))
    return (session, appeal) if known and appeal is not None else visit.second_window(request, session)
