"""The payment pages of the national portal: search, list in pages of ten, one payment, its files."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.listing import PaymentListing
from sandbox.portals.national.frame import frame, modal, page_number, slow_down
from sandbox.portals.national.layouts import PAYMENTS, typed
from sandbox.portals.national.payments_shown import ListedPayment, listed_payment, payment_page
from sandbox.portals.national.search import read_day
from sandbox.portals.national.shown import OTHER, USUAL, Style
from sandbox.portals.national.visit import Visit
from sandbox.remit_documents import Document
from sandbox.remittances import PaymentQuery, PaymentRow
from sandbox.search import Reason, Refusal
from sandbox.sessions import Session
from sandbox.truth.remittance import Delivery

ROWS = 10
LABELS = {
    # the form's field: its label in version 1
    "paid_from": "Payment date from",
    "paid_to": "Payment date to",
    "trace": "Payment number (optional)",
}
COMPLAINTS: Mapping[Reason, str] = {
    "no-dates": "Enter both payment dates, or a payment number.",
    "more-needed": "Enter both payment dates, or a payment number.",
    "dates-reversed": "Payment date to may not be earlier than payment date from.",
    "span-too-long": "The payment date range may not exceed 90 days.",
}


async def search_page(visit: Visit, request: Request) -> Response:
    """The empty search form."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    return _form(visit, session, covered_by=modal(visit, session, visit.agent(request)))


def _form(
    visit: Visit,
    session: Session,
    messages: tuple[str, ...] = (),
    entered: Mapping[str, str] | None = None,
    covered_by: str = "",
) -> Response:
    return visit.page(
        "payment_search.html",
        session,
        title="Payment search",
        messages=messages,
        entered=entered or {},
        labels=LABELS,
        modal=covered_by,
        **frame(visit, session),
    )


async def press_search(visit: Visit, request: Request) -> Response:
    """The search button: complaints about the form, or on to the list."""
    form = await visit.form(request)
    session = visit.open_session(request)
    if session is None or form.get("formTkn") != session.form_token:
        return visit.ended_page(request)
    layout = visit.side.layout(session)
    entered = {field: typed(layout, form, field) for field in LABELS}
    agent = visit.agent(request)
    seconds = visit.side.throttle.wait_before_search(agent)
    if seconds:
        return slow_down(visit, session, seconds)
    query = _read(entered)
    if isinstance(query, tuple):
        visit.note(request, "remit_list", by="refused", found=None)
        return _form(visit, session, query, entered)
    found = visit.side.remittances.ask(query, session.acting_as, agent)
    if isinstance(found, Refusal):
        return _form(visit, session, tuple(COMPLAINTS[reason] for reason in found.reasons), entered)
    session.own["payments"] = found
    session.own["payments_window"] = bool(found.shown) and visit.side.quirks.happens("new-window", agent)
    return RedirectResponse("/payments/results", 303)


def _read(entered: Mapping[str, str]) -> PaymentQuery | tuple[str, ...]:
    """The filled form, or the complaints about dates that cannot be read."""
    messages: list[str] = []
    query = PaymentQuery(
        paid_from=read_day("paid_from", entered, LABELS, messages),
        paid_to=read_day("paid_to", entered, LABELS, messages),
        trace=entered["trace"],
    )
    return tuple(messages) or query


async def results_page(visit: Visit, request: Request) -> Response:
    """Ten payments of the last search; `page` counts from 1."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    listing = session.own.get("payments")
    if not isinstance(listing, PaymentListing):
        return RedirectResponse("/payments", 303)
    pages = listing.pages(ROWS)
    number = page_number(request, pages)
    rows = visit.side.remittances.listed(listing, number, ROWS, visit.agent(request))
    layout = visit.side.layout(session)
    return visit.page(
        "payments.html",
        session,
        title="Payment results",
        rows=[listed(session, row, USUAL) for row in rows],
        too_many=listing.too_many,
        count=len(listing.shown),
        first=(number - 1) * ROWS + 1,
        last=(number - 1) * ROWS + len(rows),
        number=number,
        pages=pages,
        columns=PAYMENTS.get(layout, PAYMENTS[1]),
        new_window=session.own.get("payments_window", False),
        **frame(visit, session),
    )


def listed(session: Session, row: PaymentRow, style: Style) -> ListedPayment:
    """A payment as the lists show it, with its opaque name in this session's addresses."""
    return listed_payment(
        row.remittance, session.reference(row.remittance.trace), style, kinds=row.kinds, archived=row.archived
    )


async def detail_page(visit: Visit, request: Request) -> Response:
    """One payment, by this session's reference; an unknown reference leads back to the search."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    reference = request.query_params.get("ref", "")
    row = visit.side.remittances.row(session.references.get(reference, ""), session.acting_as)
    if row is None:
        return RedirectResponse("/payments", 303)
    style = OTHER if visit.side.quirks.happens("date-formats", visit.agent(request)) else USUAL
    return visit.page(
        "payment.html",
        session,
        title="Payment detail",
        page=payment_page(row.remittance, style),
        row=listed(session, row, style),
        new_window=False,
        **frame(visit, session),
    )


async def file(visit: Visit, request: Request) -> Response:
    """The 835 or the PDF of one payment, by this session's reference: as a download, or in a tab of its own."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    trace = session.references.get(request.query_params.get("ref", ""), "")
    kind: Delivery = "eob" if request.query_params.get("kind") == "eob" else "835"
    found = visit.side.remittances.document(trace, kind, session.acting_as, visit.agent(request))
    if not isinstance(found, Document):
        return visit.page(
            "no_file.html", session, title="Document not available", status_code=404, **frame(visit, session)
        )
    return sent(found, inline=kind == "eob" and request.query_params.get("view") == "tab")


def sent(document: Document, *, inline: bool = False) -> Response:
    """A file as the browser saves it, or shows it where it can."""
    how = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{document.name}"', "Cache-Control": "no-store"}
    return Response(document.content, media_type=document.media_type, headers=headers)
