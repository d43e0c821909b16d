"""The Medicaid portal's own list of reconsiderations, one of them in a window of its own, and the decision letter."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.appeal_values import AppealListing, FiledAppeal
from sandbox.portals.medicaid import reconsideration_shown as shown
from sandbox.portals.medicaid.inquiry import Asked, Inquiry, blank_for
from sandbox.portals.medicaid.paging import page_numbers
from sandbox.portals.medicaid.reconsideration_texts import UNDECIDED
from sandbox.portals.medicaid.viewstate import PostBack
from sandbox.portals.medicaid.visit import Visit
from sandbox.sessions import Session
from sandbox.truth.model import Member

RECONSIDERATIONS, SHOWN = "/Reconsiderations.aspx", "/ReconsiderationDetail.aspx"
ROWS = 10
NOTHING = "No reconsiderations were found for the criteria entered."
_REQUIRED = {"icn": ("txtIcn", "ICN is required."), "number": ("txtNumber", "Reconsideration No. is required.")}
_LISTED, _GRID = "reconsiderations", "reconsiderations_grid"


def _search(visit: Visit, request: Request, session: Session, back: PostBack) -> Response:
    by = back.values["ddlSearchBy"]
    entered = {control: text.strip() for control, text in back.values.items() if control.startswith("txt")}
    asked = Asked(by=by, entered=entered)
    if refused := visit.throttled(request):
        return refused
    control, complaint = _REQUIRED.get(by, ("", ""))
    if control and not entered.get(control):
        return _page(visit, request, session, asked, (complaint,))
    session.own[_LISTED] = visit.side.appeals.book.listing(
        session.acting_as,
        visit.agent(request),
        payer_claim_number=entered.get("txtIcn", ""),
        number=entered.get("txtNumber", ""),
    )
    return _page(visit, request, session, replace(asked, searched=True))


def _page(
    visit: Visit,
    request: Request,
    session: Session,
    asked: Asked,
    messages: tuple[str, ...] = (),
    *,
    opens: str = "",
    blank: int = 0,
    announced: bool = False,
) -> Response:
    values: dict[str, Any] = {"nothing": "", "rows": (), "count": 0, "first": 0, "last": 0, "pages": 1, "numbers": ()}
    listing = session.own.get(_LISTED)
    if asked.searched and isinstance(listing, AppealListing):
        values |= _grid(visit, request, session, listing, asked.number) if listing.shown else {"nothing": NOTHING}
        asked = replace(asked, number=values.get("number", 1))
    return visit.page(
        "reconsiderations.html",
        session,
        path=RECONSIDERATIONS,
        state=asked,
        title="Reconsiderations",
        asked=asked,
        messages=messages,
        opens=opens,
        blank_for=blank,
        announced=announced,
        **visit.frame(session),
        **values,
    )


def _grid(visit: Visit, request: Request, session: Session, listing: AppealListing, asked_for: int) -> dict[str, Any]:
    """Ten requests of the last search."""
    book, zone = visit.side.appeals.book, ZoneInfo(visit.side.door.profile.time_zone)
    pages = listing.pages(ROWS)
    number = min(max(asked_for, 1), pages)
    found = book.listed(listing, number, ROWS, visit.agent(request))
    session.own[_GRID] = tuple(one.key for one in found)
    return {
        "rows": [shown.result_row(one, book.state(one), _member(visit, one), zone) for one in found],
        "count": len(listing.shown),
        "first": (number - 1) * ROWS + 1,
        "last": (number - 1) * ROWS + len(found),
        "number": number,
        "pages": pages,
        "numbers": page_numbers(number, pages),
    }


def _open(visit: Visit, request: Request, session: Session, back: PostBack, asked: Asked) -> Response:
    """A row's link: the same page again, with a script that opens the request's window."""
    listed: tuple[str, ...] = session.own.get(_GRID, ())
    row = back.target.row or 0
    if row >= len(listed):
        return _page(visit, request, session, asked)
    address = f"{SHOWN}?r={listed[row]}"
    if visit.layout(session).rebuilt:
        return RedirectResponse(address, 302)
    return _page(visit, request, session, asked, opens=address, blank=blank_for(visit, request))


INQUIRY = Inquiry(RECONSIDERATIONS, _page, _search, ("lnkNumber",), _open)


async def shown_page(visit: Visit, request: Request) -> Response:
    """One request; an unknown one leads back to the list."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    key = request.query_params.get("r", "")
    appeal = visit.side.appeals.book.open(key, session.acting_as, visit.agent(request))
    if appeal is None:
        return RedirectResponse(RECONSIDERATIONS, 302)
    state = visit.side.appeals.book.state(appeal)
    zone = ZoneInfo(visit.side.door.profile.time_zone)
    return visit.page(
        "reconsideration_shown.html",
        session,
        path=SHOWN,
        state=key,
        title="Reconsideration Detail",
        shown=shown.reconsideration(appeal, state, _member(visit, appeal), zone),
        undecided=UNDECIDED,
        **visit.frame(session),
    )


async def shown_post_back(visit: Visit, request: Request) -> Response:
    """The letter with the decision."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    back = await visit.take_back(request, session, SHOWN)
    if isinstance(back, Response):
        return back
    agent = visit.agent(request)
    appeal = visit.side.appeals.book.open(str(back.state), session.acting_as, agent)
    document = None if appeal is None else visit.side.appeals.book.letter(appeal, agent)
    if document is None:
        return RedirectResponse(RECONSIDERATIONS, 302)
    return visit.file(session, SHOWN, back, document)


def _member(visit: Visit, appeal: FiledAppeal) -> Member:
    return next(one for one in visit.side.truth.members if one.patient == appeal.patient)
