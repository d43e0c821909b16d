"""The remittance pages of the contractor's portal: the inquiry, the list, documents in windows, and eDelivery."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.listing import PaymentListing
from sandbox.portals.contractor.eligibility import DAY_HINT
from sandbox.portals.contractor.frame import (
    ROWS,
    blank_for,
    frame,
    on_page,
    page_number,
    to_page,
    too_many_inquiries,
)
from sandbox.portals.contractor.inquiry import Entry, Said, is_day, read_day
from sandbox.portals.contractor.layouts import Layout
from sandbox.portals.contractor.remittances_shown import ListedRemit, listed_remit
from sandbox.portals.contractor.visit import Visit
from sandbox.portals.contractor.windows import windows_of
from sandbox.remit_documents import Document
from sandbox.remittances import PaymentQuery
from sandbox.search import Reason, Refusal
from sandbox.sessions import Session
from sandbox.truth.remittance import Delivery

FORM = "/pcs/remitInquiry.do"
COMPLAINTS: Mapping[Reason, str] = {
    "more-needed": "From and to payment dates, or an EFT/check number, are required.",
    "no-dates": "From and to payment dates are required.",
    "dates-reversed": "The to payment date is before the from payment date.",
    "span-too-long": "The payment dates may not be more than 31 days apart.",
}
FILTER = "Filter: submissions under your own User ID."


def entries(layout: Layout) -> tuple[Entry, ...]:
    """The fields of the form."""
    return tuple(
        Entry(key, name, layout.labels[key], "" if key == "trace" else DAY_HINT)
        for key, name in layout.payment_names.items()
    )


async def inquiry_page(visit: Visit, request: Request) -> Response:
    """The empty form."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    return _form(visit, session)


def _form(visit: Visit, session: Session, said: Said | None = None, entered: dict[str, str] | None = None) -> Response:
    return visit.page(
        "inquiry.html",
        session,
        title="Remittance Advice",
        heading="remit_search_title",
        intro="Enter payment dates not more than 31 days apart, or one EFT/check number.",
        small="Remittance advice older than 60 days is moved to the eDelivery archive.",
        action=FORM,
        page_key=windows_of(session).turn(),
        fields=entries(visit.layout(session)),
        messages=said.messages if said else (),
        refused=said is not None,
        entered=entered or {},
        **frame(visit, session),
    )


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
    typed = {key: form.get(name, "") for key, name in layout.payment_names.items()}
    found = _inquire(visit, request, session, typed)
    if isinstance(found, Said):
        return _form(visit, session, found, typed)
    session.own["payments"] = found
    session.own["payments_asked"] = (
        f"{typed['paid_from']} - {typed['paid_to']}" if typed["paid_from"] else typed["trace"]
    )
    return to_page(session, "/pcs/remitList.do")


def _inquire(visit: Visit, request: Request, session: Session, typed: dict[str, str]) -> Said | PaymentListing:
    labels = visit.layout(session).labels
    wrong = [labels[key] for key in ("paid_from", "paid_to") if not is_day(typed[key])]
    if wrong:
        visit.note(request, "remit_list", by="refused", found=None)
        return Said(tuple(f"{caption} must be in the format {DAY_HINT}." for caption in wrong), refused=True)
    query = PaymentQuery(read_day(typed["paid_from"]), read_day(typed["paid_to"]), typed["trace"])
    found = visit.side.remittances.ask(query, session.acting_as, visit.agent(request))
    if isinstance(found, Refusal):
        return Said(tuple(COMPLAINTS[reason] for reason in found.reasons), refused=True)
    return found


async def list_page(visit: Visit, request: Request) -> Response:
    """Ten payments of the last inquiry; `start` is the page, from 1, and `show=all` takes the filter off."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    listing = session.own.get("payments")
    if not isinstance(listing, PaymentListing):
        return to_page(session, FORM)
    if request.query_params.get("show") == "all":
        listing.clear_filter()
    pages = listing.pages(ROWS)
    number = page_number(request, pages)
    found = visit.side.remittances.listed(listing, number, ROWS, visit.agent(request))
    return _list(
        visit,
        request,
        session,
        [listed_remit(row, session.reference(row.remittance.trace)) for row in found],
        heading="remit_list_title",
        address="/pcs/remitList.do",
        about=session.own["payments_asked"],
        filter=FILTER if listing.default_filter else "",
        nothing="no_remits",
        count=len(listing.shown),
        number=number,
        pages=pages,
    )


def _list(visit: Visit, request: Request, session: Session, rows: list[ListedRemit], **values: Any) -> Response:
    windows = windows_of(session)
    return visit.page(
        "remit_list.html",
        session,
        title="Remittance Advice",
        page_key=windows.turn(),
        window_key=windows.window,
        rows=rows,
        blank=blank_for(visit, request, rows=bool(rows)),
        columns=visit.layout(session).payment_columns,
        page_rows=ROWS,
        **values,
        **frame(visit, session),
    )


async def document_window(visit: Visit, request: Request) -> Response:
    """A document in a window of its own: the PDF is shown in it, the 835 comes as a file."""
    session = visit.open_session(request)
    if session is None:
        return visit.window_is_over(request)
    trace = session.references.get(request.query_params.get("remit", ""), "")
    if not windows_of(session).is_window(request.query_params.get("wk", "")):
        return visit.second_window(request, session)
    kind: Delivery = "835" if request.query_params.get("form") == "835" else "eob"
    found = visit.side.remittances.document(trace, kind, session.acting_as, visit.agent(request))
    if not isinstance(found, Document):
        return visit.page("no_document.html", session, status_code=404, title="Remittance Advice")
    how = "attachment" if kind == "835" else "inline"
    headers = {"Content-Disposition": f'{how}; filename="{found.name}"', "Cache-Control": "no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)


async def edelivery_page(visit: Visit, request: Request) -> Response:
    """The letters of the last sixty days, of which there are none."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    return visit.page(
        "edelivery.html", session, title="eDelivery", page_key=windows_of(session).turn(), **frame(visit, session)
    )


async def archive_page(visit: Visit, request: Request) -> Response:
    """Ten of the payments whose documents have been moved, newest first; `start` is the page, from 1."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    found = visit.side.remittances.archive(session.acting_as, visit.agent(request))
    pages = max(1, -(-len(found) // ROWS))
    number = page_number(request, pages)
    shown = found[(number - 1) * ROWS : number * ROWS]
    visit.note(request, "archive_page", page=number, rows=len(shown))
    return _list(
        visit,
        request,
        session,
        [listed_remit(row, session.reference(row.remittance.trace), archive=True) for row in shown],
        heading="archive_title",
        address="/pcs/eDeliveryArchive.do",
        about="",
        filter="",
        nothing="no_archived",
        count=len(found),
        number=number,
        pages=pages,
    )
