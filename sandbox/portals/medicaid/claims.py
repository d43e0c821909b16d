"""The claim pages of the Medicaid portal: inquiry form and grid on one page, and a claim in a window of its own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.portals.medicaid import reconsideration, shown
from sandbox.portals.medicaid.inquiry import Asked, Inquiry, blank_for
from sandbox.portals.medicaid.paging import page_numbers
from sandbox.portals.medicaid.typed import typed_days
from sandbox.portals.medicaid.viewstate import PostBack
from sandbox.portals.medicaid.visit import Visit
from sandbox.search import Query, Refusal, SearchRules
from sandbox.sessions import Session
from sandbox.truth.model import BillingProvider, Claim, Member

SEARCH, DETAIL = "/ClaimSearch.aspx", "/ClaimDetail.aspx"
ROWS = 10
RULES = SearchRules(
    ways=(("claim_number",), ("member_id", "service_from", "service_to")),
    longest_span_days=30,
    most=25,
    load_hours=2,
)
NOTHING = "No records were found for the criteria entered."
NO_MEMBER = "The member ID is not on file."
TOO_MANY = "Your inquiry found more than 25 records. Enter fewer dates of service."

DAYS = {"txtFromDos": "From date of service", "txtToDos": "To date of service"}

_COMPLAINTS = {
    "more-needed": "Member ID is required.",
    "no-dates": "From and to dates of service are required.",
    "dates-reversed": "The to date of service may not be before the from date of service.",
    "span-too-long": "Dates of service may span 31 days at most.",
}


def _search(visit: Visit, request: Request, session: Session, back: PostBack) -> Response:
    by = back.values["ddlSearchBy"]
    entered = {control: text for control, text in back.values.items() if control.startswith("txt")}
    asked = Asked(by=by, entered=entered)
    if refused := visit.throttled(request):
        return refused
    query, messages = _query(by, entered)
    if messages:
        visit.note(request, "search", by="refused", found=None)
        return _search_page(visit, request, session, asked, messages)
    found = visit.side.search.ask(query, session.acting_as, request.headers.get("user-agent", ""))
    if isinstance(found, Refusal):
        return _search_page(visit, request, session, asked, tuple(_COMPLAINTS[reason] for reason in found.reasons))
    session.listing = found
    return _search_page(visit, request, session, replace(asked, searched=True))


def _query(by: str, entered: Mapping[str, str]) -> tuple[Query, tuple[str, ...]]:
    """The filled form, and what is wrong with it. Blanks around an id and small letters in it do not matter here."""
    if by == "icn":
        number = entered.get("txtIcn", "").strip()
        return Query(claim_number=number), () if number else ("ICN is required.",)
    days, messages = typed_days(entered, DAYS)
    member_id = entered.get("txtMemberId", "").strip().upper()
    query = Query(member_id=member_id, service_from=days["txtFromDos"], service_to=days["txtToDos"])
    return query, messages


def _search_page(
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
    listing = session.listing
    values: dict[str, Any] = {"notice": "", "rows": (), "count": 0, "first": 0, "last": 0, "pages": 1, "numbers": ()}
    if asked.searched and not listing.member_known:
        values["notice"] = NO_MEMBER
    elif asked.searched and listing.too_many:
        values["notice"] = TOO_MANY
    elif asked.searched and not listing.shown:
        values["notice"] = NOTHING
    elif asked.searched:
        values |= _grid(visit, request, session, asked.number)
        asked = replace(asked, number=values["number"])
    return visit.page(
        "search.html",
        session,
        path=SEARCH,
        state=asked,
        title="Claim Inquiry",
        asked=asked,
        messages=messages,
        opens=opens,
        blank_for=blank,
        announced=announced,
        **visit.frame(session),
        **values,
    )


def _grid(visit: Visit, request: Request, session: Session, asked_for: int) -> dict[str, Any]:
    """Ten claims of the last search."""
    listing = session.listing
    pages = listing.pages(ROWS)
    number = min(max(asked_for, 1), pages)
    claims = visit.side.search.listed(listing, number, ROWS, request.headers.get("user-agent", ""))
    session.own["grid"] = tuple(claim.payer_claim_number for claim in claims)
    members = _members(visit)
    unmapped = visit.side.switches.now.unmapped_status
    return {
        "rows": [shown.result_row(claim, members[claim.patient], unmapped=unmapped) for claim in claims],
        "count": len(listing.shown),
        "first": (number - 1) * ROWS + 1,
        "last": (number - 1) * ROWS + len(claims),
        "number": number,
        "pages": pages,
        "numbers": page_numbers(number, pages),
    }


def _open(visit: Visit, request: Request, session: Session, back: PostBack, asked: Asked) -> Response:
    """A row's link: the same page again, with a script that opens the claim's window."""
    listed: tuple[str, ...] = session.own.get("grid", ())
    row = back.target.row or 0
    if row >= len(listed):
        return _search_page(visit, request, session, asked)
    address = f"{DETAIL}?w={session.reference(listed[row])}"
    if visit.layout(session).rebuilt:
        return RedirectResponse(address, 302)
    return _search_page(visit, request, session, asked, opens=address, blank=blank_for(visit, request))


INQUIRY = Inquiry(SEARCH, _search_page, _search, ("lnkIcn",), _open)


async def detail_page(visit: Visit, request: Request) -> Response:
    """One claim, by this session's reference, with no line selected."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    claim = _claim(visit, session.references.get(request.query_params.get("w", ""), ""))
    if claim is None:
        return RedirectResponse(SEARCH, 302)
    visit.note(request, "detail", payer_claim_number=claim.payer_claim_number)
    return _detail_page(visit, session, claim, None)


async def detail_post_back(visit: Visit, request: Request) -> Response:
    """A line's "+" was pressed: the same claim with the EOB codes of that line alone. Or a request is begun."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    back = await visit.take_back(request, session, DETAIL)
    if isinstance(back, Response):
        return back
    claim = _claim(visit, str(back.state))
    if claim is None:
        return RedirectResponse(SEARCH, 302)
    if back.target.control == "btnReconsider":
        return reconsideration.begin(visit, request, session, claim)
    visit.note(request, "line", payer_claim_number=claim.payer_claim_number, line=(back.target.row or 0) + 1)
    return _detail_page(visit, session, claim, back.target.row)


def _detail_page(visit: Visit, session: Session, claim: Claim, selected: int | None) -> Response:
    provider: BillingProvider = next(one for one in visit.side.truth.practice.providers if one.npi == claim.billing_npi)
    detail = shown.detail(
        claim,
        _members(visit)[claim.patient],
        provider,
        visit.side.truth.practice.tin,
        unmapped=visit.side.switches.now.unmapped_status,
    )
    return visit.page(
        "detail.html",
        session,
        path=DETAIL,
        state=claim.payer_claim_number,
        title="Claim Detail",
        claim=detail,
        offered=visit.side.appeals.offered(claim),
        selected=selected,
        **visit.frame(session),
    )


def _claim(visit: Visit, payer_claim_number: str) -> Claim | None:
    return next((one for one in visit.side.truth.claims if one.payer_claim_number == payer_claim_number), None)


def _members(visit: Visit) -> dict[str, Member]:
    return {member.patient: member for member in visit.side.truth.members}
