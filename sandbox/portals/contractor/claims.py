"""Inside the contractor's portal: frames, inquiry, list in pages of ten, and the windows that claims open in."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from sandbox.portals.contractor import shown
from sandbox.portals.contractor.frame import (
    ROWS,
    blank_for,
    frame,
    in_window,
    on_page,
    page_number,
    to_page,
    too_many_inquiries,
)
from sandbox.portals.contractor.inquiry import Said, entries, inquire
from sandbox.portals.contractor.signin import account_page
from sandbox.portals.contractor.visit import Visit
from sandbox.portals.contractor.windows import leave_main_window, windows_of
from sandbox.sessions import Session
from sandbox.truth.model import Claim, Member

PLACES = {
    # where the menu leads to: the address of the page in the content frame
    "home": "/pcs/home.do",
    "claims": "/pcs/claimInquiry.do",
    "eligibility": "/pcs/eligibilityInquiry.do",
    "remittances": "/pcs/remitInquiry.do",
    "edelivery": "/pcs/eDelivery.do",
    "appeals": "/pcs/appeals.do",
    "messages": "/pcs/messageCenter.do",
}
FILTERS = {
    "mine": "Filter: claims submitted under your own User ID.",
    "last-30-days": "Filter: claims received in the last 30 days.",
}


async def frameset(visit: Visit, request: Request) -> Response:
    """The one main window of a session."""
    session = visit.open_session(request)
    if session is None:
        return visit.log_in_again(request)
    windows = windows_of(session)
    if not windows.enter(request.query_params.get("ek", "")):
        return visit.second_window(request, session)
    return visit.page("frameset.html", session, window=windows.window)


async def banner(visit: Visit, request: Request) -> Response:
    """The frame on top."""
    session = in_window(visit, request)
    if isinstance(session, Response):
        return session
    return visit.page("banner.html", session, user_name=visit.side.account.user_name)


async def menu(visit: Visit, request: Request) -> Response:
    """The frame on the left."""
    session = in_window(visit, request)
    if isinstance(session, Response):
        return session
    words = visit.layout(session).labels
    places = (
        ("Home", "home"),
        (words["menu_claims"], "claims"),
        (words["menu_eligibility"], "eligibility"),
        (words["menu_remittances"], "remittances"),
        (words["menu_edelivery"], "edelivery"),
        (words["menu_appeals"], "appeals"),
        ("Message Center", "messages"),
    )
    return visit.page("menu.html", session, entries=places, window=windows_of(session).window)


async def account_selection(visit: Visit, request: Request) -> Response:
    """The combinations once more, in place of the frames; the choice opens the frameset anew."""
    session = visit.open_session(request)
    if session is None:
        return visit.log_in_again(request)
    if not windows_of(session).is_window(request.query_params.get("wk", "")):
        return visit.second_window(request, session)
    leave_main_window(session)
    return account_page(visit, request, session)


async def go(visit: Visit, request: Request) -> Response:
    """A link of the menu: on to the page, with the key that is good for it alone."""
    session = in_window(visit, request)
    if isinstance(session, Response):
        return session
    place = PLACES.get(request.query_params.get("to", ""), PLACES["home"])
    return to_page(session, place)


async def home(visit: Visit, request: Request) -> Response:
    """The page after the account was chosen."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    windows_of(session).turn()
    unread = visit.messages.unread(visit.side.clock.now().date())
    tin = visit.side.truth.practice.tin
    return visit.page(
        "home.html",
        session,
        title="Home",
        unread=len(unread),
        tin=f"{tin[:2]}-{tin[2:]}",
        ptan=shown.ptan(session.acting_as),
        **frame(visit, session),
    )


async def message_center(visit: Visit, request: Request) -> Response:
    """The notices, read or not."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    windows_of(session).turn()
    messages = visit.messages.on(visit.side.clock.now().date())
    return visit.page(
        "messages.html", session, title="Message Center", whole=False, messages=messages, **frame(visit, session)
    )


async def inquiry_page(visit: Visit, request: Request) -> Response:
    """The empty form."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    return _inquiry(visit, session)


async def new_inquiry(visit: Visit, request: Request) -> Response:
    """The button under the list."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    return to_page(session, PLACES["claims"])


async def press_inquiry(visit: Visit, request: Request) -> Response:
    """The button under the form: complaints, or on to the list."""
    form = await visit.form(request)
    session = on_page(visit, request, form.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    busy = too_many_inquiries(visit, request, session)
    if busy is not None:
        return busy
    layout = visit.layout(session)
    found = inquire(visit.side.search, layout, form, session.acting_as, visit.agent(request))
    if isinstance(found, Said):
        entered = {key: form.get(name, "") for key, name in layout.form_names.items()}
        return _inquiry(visit, session, found, entered)
    session.listing = found
    session.own["asked"] = {key: form.get(name, "") for key, name in layout.form_names.items()}
    return to_page(session, "/pcs/claimList.do")


async def list_page(visit: Visit, request: Request) -> Response:
    """Ten claims of the last inquiry; `start` is the page, from 1, and `show=all` takes the filter off."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    listing = session.listing
    if request.query_params.get("show") == "all":
        listing.clear_filter()
    pages = listing.pages(ROWS)
    number = page_number(request, pages)
    claims = visit.side.search.listed(listing, number, ROWS, visit.agent(request))
    rows = [shown.list_row(claim, session.reference(claim.payer_claim_number)) for claim in claims]
    typed: dict[str, str] = session.own.get("asked", {})
    windows = windows_of(session)
    return visit.page(
        "list.html",
        session,
        title="Results",
        page_key=windows.turn(),
        window_key=windows.window,
        rows=rows,
        blank=blank_for(visit, request, rows=bool(rows)),
        columns=visit.layout(session).list_columns,
        filter=FILTERS.get(listing.default_filter, ""),
        too_many=listing.too_many,
        member_id=typed.get("member_id", ""),
        asked_name=f"{typed.get('last_name', '')}, {typed.get('first_name', '')}",
        asked_dates=f"{typed.get('service_from', '')} - {typed.get('service_to', '')}",
        count=len(listing.shown),
        first=(number - 1) * ROWS + 1,
        last=(number - 1) * ROWS + len(rows),
        number=number,
        pages=pages,
        **frame(visit, session),
    )


async def detail_window(visit: Visit, request: Request) -> Response:
    """One claim in a window of its own."""
    opened = claim_in_window(visit, request, request.query_params)
    if isinstance(opened, Response):
        return opened
    session, claim, member = opened
    visit.note(request, "detail", payer_claim_number=claim.payer_claim_number)
    page = shown.detail(claim, member, visit.side.truth.practice.tin, unmapped=visit.side.switches.now.unmapped_status)
    ours = {one.payer_claim_number for one in visit.side.truth.claims}
    layout = visit.layout(session)
    return visit.page(
        "detail.html",
        session,
        title="Claim Detail",
        page=page,
        sections=layout.sections,
        line_columns=layout.line_columns,
        related=[(role, number, session.reference(number) if number in ours else "") for role, number in page.related],
        reference=session.reference(claim.payer_claim_number),
        window_key=windows_of(session).window,
    )


async def codes_tab(visit: Visit, request: Request) -> Response:
    """The words for the claim's adjustment reason codes, in a tab."""
    opened = claim_in_window(visit, request, request.query_params)
    if isinstance(opened, Response):
        return opened
    session, claim, _ = opened
    return visit.page(
        "codes.html",
        session,
        title="Remittance Codes",
        number=claim.payer_claim_number,
        codes=shown.reasons(claim.lines),
        as_of=claim.effective_date.isoformat(),
    )


async def other_insurance_tab(visit: Visit, request: Request) -> Response:
    """What is known of another insurer that pays first, in a tab."""
    opened = claim_in_window(visit, request, request.query_params)
    if isinstance(opened, Response):
        return opened
    session, claim, _ = opened
    return visit.page(
        "msp.html",
        session,
        title="MSP",
        number=claim.payer_claim_number,
        dates=f"{claim.service_from.isoformat()} to {claim.service_to.isoformat()}",
    )


async def stay(visit: Visit, request: Request) -> Response:
    """The button of the idle warning: the session counts as seen now."""
    return Response(status_code=204 if visit.open_session(request) is not None else 401)


def claim_in_window(
    visit: Visit, request: Request, sent: Mapping[str, str]
) -> tuple[Session, Claim, Member] | Response:
    """The session and the claim, for a window that the list opened; `sent` is what came with the request."""
    session = visit.open_session(request)
    if session is None:
        return visit.window_is_over(request)
    number = session.references.get(sent.get("claim", ""))
    claim = next((one for one in visit.side.truth.claims if one.payer_claim_number == number), None)
    if claim is None or not windows_of(session).is_window(sent.get("wk", "")):
        return visit.second_window(request, session)
    member = next(one for one in visit.side.truth.members if one.patient == claim.patient)
    return session, claim, member


def _inquiry(
    visit: Visit, session: Session, said: Said | None = None, entered: dict[str, str] | None = None
) -> Response:
    return visit.page(
        "search.html",
        session,
        title="Claim Status",
        page_key=windows_of(session).turn(),
        fields=entries(visit.layout(session)),
        messages=said.messages if said else (),
        refused=said is not None and said.refused,
        entered=entered or {},
        **frame(visit, session),
    )
