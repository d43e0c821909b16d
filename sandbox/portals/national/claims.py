"""The claim pages of the national portal: search form, result list in pages of ten, detail."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.portals.national import shown
from sandbox.portals.national.layouts import FORM, LINES, RESULTS, SECTIONS, typed
from sandbox.portals.national.search import LABELS, complaints, read_form
from sandbox.portals.national.visit import Visit
from sandbox.search import Refusal
from sandbox.sessions import Session
from sandbox.truth.model import BillingProvider, Claim, Member

ROWS = 10


def _frame(visit: Visit, session: Session) -> dict[str, Any]:
    """What the header of every signed-in page shows."""
    practice = visit.side.truth.practice
    acting_as: BillingProvider = next(one for one in practice.providers if one.npi == session.acting_as)
    return {
        "user_name": visit.side.account.user_name,
        "tin": practice.tin,
        "acting_as": acting_as,
        "form_token": session.form_token,
        "entitlement": _entitlement(visit, session),
        "idle_minutes": visit.side.door.profile.idle_minutes,
    }


def _entitlement(visit: Visit, session: Session) -> str:
    """Whether the claims stand in the menu: "full", "grey" or "absent"."""
    if session.entitled:
        return "full"
    if "entitlement" not in session.own:
        session.own["entitlement"] = visit.side.quirks.pick("entitlement-missing", ("grey", "absent"))
    return str(session.own["entitlement"])


def _no_access(visit: Visit, session: Session) -> Response:
    return visit.page("no_access.html", session, title="No access", status_code=403, **_frame(visit, session))


def _members(visit: Visit) -> dict[str, Member]:
    return {member.patient: member for member in visit.side.truth.members}


async def home(visit: Visit, request: Request) -> Response:
    """The page after the provider was chosen."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    return visit.page("home.html", session, title="Home", **_frame(visit, session))


def _search_form(
    visit: Visit,
    session: Session,
    messages: tuple[str, ...] = (),
    entered: dict[str, str] | None = None,
    modal: str = "",
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
        modal=modal,
        **_frame(visit, session),
    )


def _modal(visit: Visit, session: Session, agent: str) -> str:
    """What covers the search form: the greeting of version 4, once, or the announcement, survey or cookie bar."""
    if visit.side.layout(session) == 4 and "greeted" not in session.own:
        session.own["greeted"] = True
        return "new-look"
    if visit.side.quirks.happens("modal", agent):
        return visit.side.quirks.pick("modal", ("announcement", "survey", "cookies"))
    return ""


async def search_page(visit: Visit, request: Request) -> Response:
    """The empty search form."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    if not session.entitled:
        return _no_access(visit, session)
    return _search_form(visit, session, modal=_modal(visit, session, visit.agent(request)))


async def press_search(visit: Visit, request: Request) -> Response:
    """The search button: complaints about the form, or on to the result list."""
    form = await visit.form(request)
    session = visit.open_session(request)
    if session is None or form.get("formTkn") != session.form_token:
        return visit.ended_page(request)
    if not session.entitled:
        return _no_access(visit, session)
    layout = visit.side.layout(session)
    entered = {field: typed(layout, form, field) for field in LABELS}
    agent = visit.agent(request)
    seconds = visit.side.throttle.wait_before_search(agent)
    if seconds:
        answer = visit.page(
            "slow_down.html",
            session,
            title="Too many requests",
            status_code=429,
            seconds=seconds,
            **_frame(visit, session),
        )
        answer.headers["Retry-After"] = str(seconds)
        return answer
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
    asked = request.query_params.get("page", "1")
    number = min(max(int(asked), 1), pages) if asked.isdecimal() else 1
    members = _members(visit)
    rows = [
        shown.result_row(
            claim,
            members[claim.patient],
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
        **_frame(visit, session),
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
        _members(visit)[claim.patient],
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
        sections=SECTIONS.get(layout, SECTIONS[1]),
        line_columns=LINES.get(layout, LINES[1]),
        back=session.listing.page_of(payer_claim_number, ROWS),
        **_frame(visit, session),
    )
