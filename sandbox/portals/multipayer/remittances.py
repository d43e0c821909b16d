"""The remittance viewer's own questions: search, rows of the list, one payment, its 835 and its paper form."""

import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from sandbox.listing import PaymentListing
from sandbox.portals.multipayer.directory import OWN_PAYER
from sandbox.portals.multipayer.exchange import Exchange, read_json, text_of
from sandbox.portals.multipayer.last_search import LastSearch
from sandbox.portals.multipayer.parties import SearchForm, chosen, throttled
from sandbox.portals.multipayer.payments_shown import listed_payment, payment_panel
from sandbox.remit_documents import Document
from sandbox.remittances import PaymentField, PaymentQuery
from sandbox.search import Reason, Refusal
from sandbox.sessions import Session

ROWS = 10
_DAYS: tuple[PaymentField, ...] = ("paid_from", "paid_to")
_TRACE: tuple[PaymentField, ...] = ("trace",)
_CLAIM: tuple[PaymentField, ...] = ("claim_number",)
FORM = SearchForm(
    options={
        "check": ("Check or EFT number", _TRACE),
        "claim": ("Claim number", _CLAIM),
        "dates": ("Issue dates", _DAYS),
    },
    other_payers=("check",),
    captions={
        "trace": "Check or EFT number",
        "claim_number": "Claim number",
        "paid_from": "Issued from",
        "paid_to": "Issued to",
    },
    dates=frozenset(_DAYS),
    hints={},
)
COMPLAINTS: Mapping[Reason, str] = {
    "more-needed": "Fill in all fields of the search option.",
    "no-dates": "Enter the first and the last issue date.",
    "dates-reversed": "The last issue date is before the first.",
}
NO_PAYMENTS = "No remittances were found for your search."
NONE_LEFT = "No remittances pass the filter."
FILTERS = {"mine": "My submissions only"}
LAST = LastSearch("payments", PaymentListing, FILTERS, NONE_LEFT, NO_PAYMENTS)


async def search(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: the search button: complaints about the form (422), or what was found."""
    refused = throttled(exchange, request, session)
    if refused is not None:
        return refused
    asked = await read_json(request)
    option = text_of(asked, "option")
    values, messages = FORM.read(asked.get("fields"), option)
    if option not in FORM.options:
        messages.append("Choose how you want to search.")
    parties = chosen(exchange, request, session, asked, messages)
    if parties is None:
        exchange.visitors.note(request, "remit_list", by="refused", found=None)
        return exchange.answer(session, {"messages": messages}, 422)
    payer, provider = parties
    found: PaymentListing | Refusal = PaymentListing(by="other-payer")
    if payer.id == OWN_PAYER:
        agent = exchange.visitors.agent(request)
        found = exchange.side.remittances.ask(PaymentQuery(**values), provider.npi, agent)
    if isinstance(found, Refusal):
        return exchange.answer(session, {"messages": [COMPLAINTS[reason] for reason in found.reasons]}, 422)
    return exchange.answer(session, LAST.keep(session, found, payer, provider))


async def rows(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: ten rows of the last search, from the row number (counted from 0) in `from`."""
    listing = LAST.of(request, session)
    start = request.query_params.get("from", "0")
    if listing is None or not start.isdecimal():
        return exchange.answer(session, {"error": "unknown"}, 404)
    agent = exchange.visitors.agent(request)
    page = exchange.side.remittances.listed(listing, int(start) // ROWS + 1, ROWS, agent)
    listed = [listed_payment(row, session.reference(row.remittance.trace)) for row in page]
    return exchange.answer(session, {"rows": listed})


def _trace(request: Request, session: Session) -> str:
    return session.references.get(request.path_params["payment"], "")


async def payment(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: one payment by this session's reference; `in=tab` from the tab that was opened for it.

    Asked from the list, the answer may be the address of a tab to open instead.
    """
    agent = exchange.visitors.agent(request)
    row = exchange.side.remittances.row(_trace(request, session), session.acting_as, agent)
    if row is None:
        return exchange.answer(session, {"error": "unknown"}, 404)
    in_tab = request.query_params.get("in") == "tab"
    if not in_tab and exchange.side.quirks.happens("new-window", agent):
        return exchange.answer(session, {"window": f"/apps/remittance-viewer/payment/{request.path_params['payment']}"})
    return exchange.answer(session, payment_panel(row.remittance))


async def era(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: the 835 of a payment, which the script then gives the browser to save."""
    agent = exchange.visitors.agent(request)
    document = exchange.side.remittances.document(_trace(request, session), "835", session.acting_as, agent)
    if not isinstance(document, Document):
        return exchange.answer(session, {"error": "unknown"}, 404)
    return sent(document, "attachment")


async def eob(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: the address of the tab in which the paper form of a payment is shown, good for this session."""
    agent = exchange.visitors.agent(request)
    row = exchange.side.remittances.row(_trace(request, session), session.acting_as, agent)
    if row is None or "eob" not in row.kinds:
        return exchange.answer(session, {"error": "unknown"}, 404)
    ticket = secrets.token_urlsafe(12)
    session.own.setdefault("tickets", {})[ticket] = row.remittance.trace
    return exchange.answer(session, {"window": f"/apps/remittance-viewer/file/{ticket}"})


async def file(exchange: Exchange, request: Request) -> Response | None:
    """A paper form in a tab of its own; None for who is not signed in."""
    session = exchange.visitors.open_session(request)
    if session is not None:
        session = exchange.visitors.count_page(request)
    if session is None:
        return None
    trace = session.own.get("tickets", {}).get(request.path_params["ticket"], "")
    agent = exchange.visitors.agent(request)
    document = exchange.side.remittances.document(trace, "eob", session.acting_as, agent)
    if not isinstance(document, Document):
        text = ("This remittance cannot be shown.", "Close this window and search again.")
        return exchange.pages.plain("Document not found", text, exchange.side.layout(session), 404)
    return sent(document, "inline")


def sent(document: Document, how: str) -> Response:
    """A document of the site as the browser gets it: "inline" to be shown, "attachment" to be saved."""
    headers = {"Content-Disposition": f'{how}; filename="{document.name}"', "Cache-Control": "no-store"}
    return Response(document.content, media_type=document.media_type, headers=headers)
