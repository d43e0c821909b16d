"""The claim pages of the national portal: search form, result list in pages of ten, detail."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.portals.national import shown
from sandbox.portals.national.frame import frame, members, modal, no_access, page_number, slow_down
from sandbox.portals.national.layouts import FORM, LINES, RESULTS, SECTIONS, typed
from sandbox.portals.national.search import LABELS, complaints, read_form
from sandbox.portals.national.visit import Visit
from sandbox.search import Refusal
from sandbox.sessions import Session
from sandbox.truth.model import Claim

ROWS = 10


async def home(visit: Visit, request: Request) -> Response:
    """The page after the provider was chosen."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    return visit.page("home.html", session, title="Home", **frame(visit, session))


def _search_form(
    visit: Visit,
    session: Session,
    messages: tuple[str, ...] = (),
    entered: dict[str, str] | None = None,
    covered_by: str = "",
) -> Response:
    layout = visit.side.layout(session)
    return visit.page(
        "search.html",
        session,
        title="Claim status search",
        messages=messages,
        entered=entered or {},
        labels=LABELS,
        sections=FORM.get(layout, FORM[1]),
        modal=covered_by,
        **frame(visit, session),
    )


async def search_page(visit: Visit, request: Request) -> Response:
    """The empty search form."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    if not session.entitled:
        return no_access(visit, session)
    return _search_form(visit, session, covered_by=modal(visit, session, visit.agent(request)))


async def press_search(visit: Visit, request: Request) -> Response:
    """The search button: complaints about the form, or on to the result list."""
    form = await visit.form(request)
    session = visit.open_session(request)
    if session is None or form.get("formTkn") != session.form_token:
        return visit.ended_page(request)
    if not session.entitled:
        return no_access(visit, session)
    layout = visit.side.layout(session)
    entered = {field: typed(layout, form, field) for field in LABELS}
    agent = visit.agent(request)
    seconds = visit.side.throttle.wait_before_search(agent)
    if seconds:
        return slow_down(visit, session, seconds)
    query = read_form(entered)
    if isinstance(query, tuple):
        visit.note(request, "search", by="refused", found=None)
        return _search_form(visit, session, query, entered)
    found = visit.side.search.ask(query, session.acting_as, agent)
    if isinstance(found, Refusal):
        return _search_form(visit, session, complaints(found), entered)
    session.listing = found
    session.own["new_window"] = bool(found.shown) and visit.side.quirks.happens("new-window", agent)
    return RedirectResponse("/claims/results", 303)


async def extend_session(visit: Visit, request: Request) -> Response:
    """The count-down's button: the visitor is still there."""
    session = visit.open_session(request)
    if session is None:
        return Response(status_code=401)
    visit.note(request, "session_extended")
    return Response(status_code=204)


async def results_page(visit: Visit, request: Request) -> Response:
    """Ten claims of the last search; `page` counts from 1."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    listing = session.listing
    pages = listing.pages(ROWS)
    number = page_number(request, pages)
    known = members(visit)
    rows = [
        shown.result_row(
            claim,
            known[claim.patient],
            session.reference(claim.payer_claim_number),
            unmapped=visit.side.switches.now.unmapped_status,
        )
        for claim in visit.side.search.listed(listing, number, ROWS, visit.agent(request))
    ]
    return visit.page(
        "results.html",
        session,
        title="Claim status results",
        rows=rows,
        too_many=listing.too_many,
        member_known=listing.member_known,
        count=len(listing.shown),
        first=(number - 1) * ROWS + 1,
        last=(number - 1) * ROWS + len(rows),
        number=number,
        pages=pages,
        columns=RESULTS.get(visit.side.layout(session), RESULTS[1]),
        new_window=session.own.get("new_window", False),
        **frame(visit, session),
    )


async def detail_page(visit: Visit, request: Request) -> Response:
    """One claim, by this session's reference; an unknown reference leads back to the search."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    payer_claim_number = session.references.get(request.query_params.get("ref", ""), "")
    claims: dict[str, Claim] = {claim.payer_claim_number: claim for claim in visit.side.truth.claims}
    claim = claims.get(payer_claim_number)
    if claim is None:
        return RedirectResponse("/claims/search", 303)
    visit.note(request, "detail", payer_claim_number=payer_claim_number)
    layout = visit.side.layout(session)
    page = shown.detail(
        claim,
        members(visit)[claim.patient],
        visit.side.truth.practice.tin,
        shown.OTHER if visit.side.quirks.happens("date-formats", visit.agent(request)) else shown.USUAL,
        unmapped=visit.side.switches.now.unmapped_status,
    )
    related = [(role, number, session.reference(number) if number in claims else "") for role, number in page.related]
    return visit.page(
        "detail.html",
        session,
        title="Claim detail",
        claim=page,
        related=related,
        act=session.reference(payer_claim_number) if claim.appeal_allowed else "",
        sections=SECTIONS.get(layout, SECTIONS[1]),
        line_columns=LINES.get(layout, LINES[1]),
        back=session.listing.page_of(payer_claim_number, ROWS),
        **frame(visit, session),
    )
