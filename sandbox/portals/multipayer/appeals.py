"""The appeals application's own list of disputes: search, rows, one dispute with its decision, and its letter."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from sandbox.appeal_values import AppealListing, FiledAppeal
from sandbox.portals.multipayer.appeal_texts import FILTERS, NO_DISPUTES, NO_OPTION, NONE_LEFT, SEARCH_LACKS
from sandbox.portals.multipayer.appeals_shown import dispute_panel, listed_dispute
from sandbox.portals.multipayer.directory import OWN_PAYER
from sandbox.portals.multipayer.disputes import member_of, zone
from sandbox.portals.multipayer.exchange import Exchange, read_json, text_of
from sandbox.portals.multipayer.last_search import LastSearch
from sandbox.portals.multipayer.parties import SearchForm, chosen, throttled
from sandbox.portals.multipayer.remittances import sent
from sandbox.sessions import Session

ROWS = 10
FORM = SearchForm(
    options={
        "claim": ("Claim number", ("claim_number",)),
        "dispute": ("Dispute ID", ("dispute_id",)),
        "all": ("All disputes", ()),
    },
    other_payers=("claim",),
    captions={"claim_number": "Claim number", "dispute_id": "Dispute ID"},
    dates=frozenset(),
    hints={},
)

LAST = LastSearch("disputes", AppealListing, FILTERS, NONE_LEFT, NO_DISPUTES)


async def search(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: the search button: complaints about the form (422), or what was found."""
    refused = throttled(exchange, request, session)
    if refused is not None:
        return refused
    asked = await read_json(request)
    option = text_of(asked, "option")
    values, messages = FORM.read(asked.get("fields"), option)
    typed = {name: value.strip() for name, value in values.items()}
    if option not in FORM.options:
        messages.append(NO_OPTION)
    elif not all(typed.values()):
        messages.append(SEARCH_LACKS)
    parties = chosen(exchange, request, session, asked, messages)
    if parties is None:
        return exchange.answer(session, {"messages": messages}, 422)
    payer, provider = parties
    found = AppealListing()
    if payer.id == OWN_PAYER:
        found = exchange.side.appeals.book.listing(
            provider.npi,
            exchange.visitors.agent(request),
            payer_claim_number=typed.get("claim_number", ""),
            number=typed.get("dispute_id", ""),
        )
    return exchange.answer(session, LAST.keep(session, found, payer, provider))


async def rows(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: ten rows of the last search, from the row number (counted from 0) in `from`."""
    listing = LAST.of(request, session)
    start = request.query_params.get("from", "0")
    if listing is None or not start.isdecimal():
        return exchange.answer(session, {"error": "unknown"}, 404)
    book = exchange.side.appeals.book
    page = book.listed(listing, int(start) // ROWS + 1, ROWS, exchange.visitors.agent(request))
    listed = [
        listed_dispute(one, book.state(one), member_of(exchange, one.patient), one.key, zone(exchange)) for one in page
    ]
    return exchange.answer(session, {"rows": listed})


def _dispute(exchange: Exchange, request: Request, session: Session, key: str) -> FiledAppeal | None:
    return exchange.side.appeals.book.open(key, session.acting_as, exchange.visitors.agent(request))


async def dispute(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: one dispute; `in=tab` from the tab that was opened for it.

    Asked from the list, the answer may be the address of a tab to open instead.
    """
    key = request.path_params["dispute"]
    in_tab = request.query_params.get("in") == "tab"
    if not in_tab and exchange.side.quirks.happens("new-window", exchange.visitors.agent(request)):
        return exchange.answer(session, {"window": f"/apps/appeals/dispute/{key}"})
    appeal = _dispute(exchange, request, session, key)
    if appeal is None:
        return exchange.answer(session, {"error": "unknown"}, 404)
    state = exchange.side.appeals.book.state(appeal)
    member = member_of(exchange, appeal.patient)
    return exchange.answer(session, {"reference": key, **dispute_panel(appeal, state, member, zone(exchange))})


async def letter(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: the address of the tab in which the payer's letter is shown, good for this session."""
    appeal = _dispute(exchange, request, session, request.path_params["dispute"])
    if appeal is None or exchange.side.appeals.book.state(appeal).decision is None:
        return exchange.answer(session, {"error": "unknown"}, 404)
    ticket = secrets.token_urlsafe(12)
    session.own.setdefault("letters", {})[ticket] = appeal.key
    return exchange.answer(session, {"window": f"/apps/appeals/file/{ticket}"})


async def file(exchange: Exchange, request: Request) -> Response | None:
    """A letter in a tab of its own; None for who is not signed in."""
    session = exchange.visitors.open_session(request)
    if session is not None:
        session = exchange.visitors.count_page(request)
    if session is None:
        return None
    agent = exchange.visitors.agent(request)
    appeal = _dispute(exchange, request, session, session.own.get("letters", {}).get(request.path_params["ticket"], ""))
    document = exchange.side.appeals.book.letter(appeal, agent) if appeal is not None else None
    if document is None:
        text = ("This letter cannot be shown.", "Close this window and search again.")
        return exchange.pages.plain("Document not found", text, exchange.side.layout(session), 404)
    return sent(document, "inline")
