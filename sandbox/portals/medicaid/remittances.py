"""The remittance advices of the Medicaid portal: search and grid on one page, files by sending the page back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.listing import PaymentListing
from sandbox.portals.medicaid.inquiry import Asked, Inquiry, blank_for
from sandbox.portals.medicaid.paging import page_numbers
from sandbox.portals.medicaid.payments_shown import clock_text, listed_payment
from sandbox.portals.medicaid.typed import typed_days
from sandbox.portals.medicaid.viewstate import PostBack
from sandbox.portals.medicaid.visit import Visit, sent
from sandbox.remit_documents import Document
from sandbox.remittances import Later, PaymentQuery
from sandbox.search import Reason, Refusal
from sandbox.sessions import Session
from sandbox.truth.remittance import Delivery

ADVICES, PAPER = "/RemittanceAdvice.aspx", "/RaDocument.aspx"
ROWS = 10
DAYS = {"txtFromCycle": "From cycle date", "txtToCycle": "To cycle date"}
COMPLAINTS: Mapping[Reason, str] = {
    "more-needed": "From and to cycle dates are required.",
    "no-dates": "From and to cycle dates are required.",
    "dates-reversed": "The to cycle date may not be before the from cycle date.",
    "span-too-long": "Cycle dates may span 31 days at most.",
}
NO_NUMBER = "Warrant/EFT No. is required."
NOTHING = "No remittance advices were found for the criteria entered."
_DOCUMENTS: Mapping[str, Delivery] = {"lnkEra": "835", "lnkRa": "eob"}


def _search(visit: Visit, request: Request, session: Session, back: PostBack) -> Response:
    by = back.values["ddlSearchBy"]
    entered = {control: text for control, text in back.values.items() if control.startswith("txt")}
    asked = Asked(by=by, entered=entered)
    if refused := visit.throttled(request):
        return refused
    days, messages = typed_days(entered, DAYS)
    trace = entered.get("txtWarrant", "").strip()
    if by == "number" and not trace:
        messages = (NO_NUMBER,)
    if messages:
        visit.note(request, "remit_list", by="refused", found=None)
        return _page(visit, request, session, asked, messages)
    query = PaymentQuery(paid_from=days["txtFromCycle"], paid_to=days["txtToCycle"], trace=trace)
    found = visit.side.remittances.ask(query, session.acting_as, visit.agent(request))
    if isinstance(found, Refusal):
        return _page(visit, request, session, asked, tuple(COMPLAINTS[reason] for reason in found.reasons))
    session.own["payments"] = found
    return _page(visit, request, session, replace(asked, searched=True))


def _page(
    visit: Visit,
    request: Request,
    session: Session,
    asked: Asked,
    messages: tuple[str, ...] = (),
    *,
    notice: str = "",
    opens: str = "",
    blank: int = 0,
    announced: bool = False,
) -> Response:
    values: dict[str, Any] = {"nothing": "", "rows": (), "count": 0, "first": 0, "last": 0, "pages": 1, "numbers": ()}
    listing = session.own.get("payments")
    if asked.searched and isinstance(listing, PaymentListing):
        values |= _grid(visit, request, session, listing, asked.number) if listing.shown else {"nothing": NOTHING}
        asked = replace(asked, number=values.get("number", 1))
    return visit.page(
        "remittances.html",
        session,
        path=ADVICES,
        state=asked,
        title="Remittance Advice",
        asked=asked,
        messages=messages,
        notice=notice,
        opens=opens,
        blank_for=blank,
        announced=announced,
        **visit.frame(session),
        **values,
    )


def _grid(visit: Visit, request: Request, session: Session, listing: PaymentListing, asked_for: int) -> dict[str, Any]:
    """Ten payments of the last search."""
    pages = listing.pages(ROWS)
    number = min(max(asked_for, 1), pages)
    rows = visit.side.remittances.listed(listing, number, ROWS, visit.agent(request))
    session.own["payments_grid"] = tuple(row.remittance.trace for row in rows)
    return {
        "rows": [(listed_payment(row), row.kinds) for row in rows],
        "count": len(listing.shown),
        "first": (number - 1) * ROWS + 1,
        "last": (number - 1) * ROWS + len(rows),
        "number": number,
        "pages": pages,
        "numbers": page_numbers(number, pages),
    }


def _give(visit: Visit, request: Request, session: Session, back: PostBack, asked: Asked) -> Response:
    """A row's link: the file itself, or the same page with a script that opens the paper form in a window."""
    listed: tuple[str, ...] = session.own.get("payments_grid", ())
    row, kind = back.target.row or 0, _DOCUMENTS[back.target.control]
    if row >= len(listed):
        return _page(visit, request, session, asked)
    if kind == "eob" and not visit.layout(session).rebuilt:
        address = f"{PAPER}?d={session.reference(listed[row])}"
        return _page(visit, request, session, asked, opens=address, blank=blank_for(visit, request))
    found = visit.side.remittances.document(listed[row], kind, session.acting_as, visit.agent(request))
    if isinstance(found, Document):
        return visit.file(session, ADVICES, back, found)
    notice = _being_prepared(visit, found) if isinstance(found, Later) else "The document is not available."
    return _page(visit, request, session, asked, notice=notice)


INQUIRY = Inquiry(ADVICES, _page, _search, tuple(_DOCUMENTS), _give)


def _being_prepared(visit: Visit, later: Later) -> str:
    zone = ZoneInfo(visit.side.door.profile.time_zone)
    return f"The document is being prepared. Ask for it again after {clock_text(later.ready_at, zone)}."


async def paper_page(visit: Visit, request: Request) -> Response:
    """The window of a paper form, by this session's reference: the PDF, or why it is not there."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    trace = session.references.get(request.query_params.get("d", ""), "")
    found = visit.side.remittances.document(trace, "eob", session.acting_as, visit.agent(request))
    if isinstance(found, Document):
        return sent(found, inline=True)
    if found is None:
        return RedirectResponse(ADVICES, 302)
    return visit.notice("Remittance Advice Document", _being_prepared(visit, found), legend="Remittance Advice")
