"""The claim pages of the national portal: search form, result list in pages of ten, detail."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.portals.national import shown
from sandbox.portals.national.search import FORM_FIELDS, MOST_RESULTS, Refusal, find_claims, read_search
from sandbox.portals.national.visit import Visit
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
    }


def _members(visit: Visit) -> dict[str, Member]:
    return {member.patient: member for member in visit.side.truth.members}


async def home(visit: Visit, request: Request) -> Response:
    """The page after the provider was chosen."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended(request)
    return visit.pages.page("home.html", title="Home", **_frame(visit, session))


async def search_page(visit: Visit, request: Request) -> Response:
    """The empty search form."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended(request)
    return visit.pages.page(
        "search.html", title="Claim status search", messages=(), entered={}, **_frame(visit, session)
    )


async def press_search(visit: Visit, request: Request) -> Response:
    """The search button: complaints about the form, or on to the result list."""
    form = await visit.form(request)
    session = visit.open_session(request)
    if session is None or form.get("formTkn") != session.form_token:
        return visit.ended(request)
    search = read_search(form)
    if isinstance(search, Refusal):
        visit.note(request, "search", by="refused", found=None)
        return visit.pages.page(
            "search.html",
            title="Claim status search",
            messages=search.messages,
            entered={name: form.get(name, "") for name in FORM_FIELDS},
            **_frame(visit, session),
        )
    found = find_claims(visit.side.truth, search, session.acting_as)
    visit.note(request, "search", by=search.kind, found=None if found is None else len(found))
    session.found = () if found is None else tuple(claim.payer_claim_number for claim in found)
    session.member_known = found is not None
    return RedirectResponse("/claims/results", 303)


async def results_page(visit: Visit, request: Request) -> Response:
    """Ten claims of the last search; `page` counts from 1."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended(request)
    pages = max(1, -(-len(session.found) // ROWS))
    asked = request.query_params.get("page", "1")
    number = min(max(int(asked), 1), pages) if asked.isdecimal() else 1
    members = _members(visit)
    claims = {claim.payer_claim_number: claim for claim in visit.side.truth.claims}
    too_many = len(session.found) > MOST_RESULTS
    listed = () if too_many else session.found[(number - 1) * ROWS : number * ROWS]
    rows = [
        shown.result_row(
            claims[payer_claim_number],
            members[claims[payer_claim_number].patient],
            session.reference(payer_claim_number),
            unmapped=visit.side.switches.now.unmapped_status,
        )
        for payer_claim_number in listed
    ]
    visit.note(request, "results_page", page=number, rows=len(rows))
    return visit.pages.page(
        "results.html",
        title="Claim status results",
        rows=rows,
        too_many=too_many,
        member_known=session.member_known,
        count=len(session.found),
        first=(number - 1) * ROWS + 1,
        last=(number - 1) * ROWS + len(rows),
        number=number,
        pages=pages,
        **_frame(visit, session),
    )


async def detail_page(visit: Visit, request: Request) -> Response:
    """One claim, by this session's reference; an unknown reference leads back to the search."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended(request)
    payer_claim_number = session.references.get(request.query_params.get("ref", ""), "")
    claims: dict[str, Claim] = {claim.payer_claim_number: claim for claim in visit.side.truth.claims}
    claim = claims.get(payer_claim_number)
    if claim is None:
        return RedirectResponse("/claims/search", 303)
    visit.note(request, "detail", payer_claim_number=payer_claim_number)
    page = shown.detail(
        claim,
        _members(visit)[claim.patient],
        visit.side.truth.practice.tin,
        unmapped=visit.side.switches.now.unmapped_status,
    )
    related = [(role, number, session.reference(number) if number in claims else "") for role, number in page.related]
    back = session.found.index(payer_claim_number) // ROWS + 1 if payer_claim_number in session.found else 1
    return visit.pages.page(
        "detail.html", title="Claim detail", claim=page, related=related, back=back, **_frame(visit, session)
    )
