"""The claim status application's own questions: payers, providers, search, rows of the list, one claim."""

import secrets
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.listing import Listing
from sandbox.portals.multipayer import shown
from sandbox.portals.multipayer.directory import OWN_PAYER, PAYERS, Payer, find_payers, find_providers
from sandbox.portals.multipayer.exchange import Exchange, read_json, text_of
from sandbox.portals.multipayer.words import option_caption
from sandbox.search import Field, Query, Reason, Refusal, SearchRules
from sandbox.sessions import Session
from sandbox.truth.model import BillingProvider, Claim

ROWS = 10
_MEMBER: tuple[Field, ...] = ("member_id", "birth_date", "service_from", "service_to")
_NUMBER: tuple[Field, ...] = ("claim_number",)
_NAME: tuple[Field, ...] = ("last_name", "first_name", "birth_date", "service_from", "service_to")
RULES = SearchRules(
    ways=(_NUMBER, _MEMBER, _NAME),
    member_id="without-prefix",
    names="as-on-the-card",
    longest_span_days=None,
    most=None,
)
OPTIONS: dict[str, tuple[str, tuple[Field, ...]]] = {
    # id: caption in the list, fields
    "member": ("Member ID, date of birth and service dates", _MEMBER),
    "number": ("Claim number", _NUMBER),
    "name": ("Patient name, date of birth and service dates", _NAME),
}
OTHER_PAYERS_OPTIONS = ("number", "member")
"""What payers offer that know fewer ways."""
CAPTIONS: dict[Field, str] = {
    "member_id": "Member ID",
    "last_name": "Last name",
    "first_name": "First name",
    "birth_date": "Date of birth",
    "service_from": "Service from",
    "service_to": "Service to",
    "claim_number": "Claim number",
}
HINTS: dict[Field, str] = {"member_id": "Leave out the three letters before the number"}
DATES: frozenset[Field] = frozenset({"birth_date", "service_from", "service_to"})
COMPLAINTS: dict[Reason, str] = {
    "more-needed": "Fill in all fields of the search option.",
    "no-dates": "Enter the first and the last day of service.",
    "dates-reversed": "The last day of service is before the first.",
    "span-too-long": "The service dates are too far apart.",
    "too-far-back": "The service dates lie too far back.",
    "bad-member-id": "The member ID is not valid.",
}
NOT_FOUND = "No member matches your search. Check what you entered and the payer you chose."
OTHER_BIRTH_DATE = "The member was found, but the date of birth does not agree with the payer's."
NO_CLAIMS = "No claims were found for your search."
NONE_LEFT = "No claims pass the filter."
FILTERS = {"mine": "My submissions only", "last-30-days": "Received in the last 30 days"}


async def payers(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: payers of the chosen region that fit what was typed."""
    typed = text_of(await read_json(request), "typed")
    found = find_payers(typed, str(session.own.get("region", "")))
    rows = [{"id": one.id, "name": one.name, "code": one.code} for one in found]
    return exchange.answer(session, {"payers": rows})


async def providers(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: providers of the chosen organization that fit what was typed."""
    typed = text_of(await read_json(request), "typed")
    found = find_providers(typed, exchange.side.truth.practice, str(session.own.get("organization", "")))
    return exchange.answer(session, {"providers": [{"name": one.name, "code": one.npi} for one in found]})


async def options(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: the ways to search that a payer offers, each with its fields."""
    version = exchange.side.layout(session)
    offered = tuple(OPTIONS) if request.path_params["payer"] == OWN_PAYER else OTHER_PAYERS_OPTIONS
    return exchange.answer(
        session,
        {
            "options": [
                {
                    "id": name,
                    "name": option_caption(OPTIONS[name][0], version),
                    "fields": [
                        {
                            "name": field,
                            "caption": option_caption(CAPTIONS[field], version),
                            "kind": "date" if field in DATES else "text",
                            "hint": HINTS.get(field, ""),
                        }
                        for field in OPTIONS[name][1]
                    ],
                }
                for name in offered
            ]
        },
    )


async def search(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: the search button: complaints about the form (422), or what was found."""
    seconds = exchange.side.throttle.wait_before_search(exchange.visitors.agent(request))
    if seconds:
        answer = exchange.answer(session, {"error": "too-many-requests"}, 429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    asked = await read_json(request)
    payer = next((one for one in PAYERS if one.id == text_of(asked, "payer")), None)
    offered = exchange.side.truth.practice.providers if session.acting_as else ()
    provider = next((one for one in offered if one.npi == text_of(asked, "provider")), None)
    option = text_of(asked, "option")
    query, messages = _query(asked.get("fields"), option)
    if payer is None:
        messages.insert(0, "Choose a payer from the list.")
    if provider is None:
        messages.insert(0, "Choose a provider from the list.")
    if option not in OPTIONS:
        messages.append("Choose how you want to search.")
    if payer is None or provider is None or messages:
        exchange.visitors.note(request, "search", by="refused", found=None)
        return exchange.answer(session, {"messages": messages}, 422)
    if provider.npi != session.acting_as:
        exchange.side.door.choose(session, provider.npi, exchange.visitors.agent(request))
    if payer.id != OWN_PAYER:
        exchange.visitors.note(request, "search", by="other-payer", found=None)
        return exchange.answer(session, _found(session, Listing(member_known=False), payer, provider, NOT_FOUND))
    found = exchange.side.search.ask(query, provider.npi, exchange.visitors.agent(request))
    if isinstance(found, Refusal):
        return exchange.answer(session, {"messages": [COMPLAINTS[reason] for reason in found.reasons]}, 422)
    # As payers do: who sends a right id and a wrong birth date is told so, and not that there is nobody.
    notice = OTHER_BIRTH_DATE if found.mismatch else "" if found.member_known else NOT_FOUND
    return exchange.answer(session, _found(session, found, payer, provider, notice))


def _query(fields: Any, option: str) -> tuple[Query, list[str]]:
    """The form's fields as the search takes them, texts as typed; and what is wrong with its dates."""
    typed: dict[str, Any] = fields if isinstance(fields, dict) else {}
    values: dict[str, Any] = {}
    messages: list[str] = []
    for field in OPTIONS[option][1] if option in OPTIONS else ():
        text = text_of(typed, field)
        if field not in DATES:
            values[field] = text
        elif text:
            values[field] = _day(text)
            if values[field] is None:
                messages.append(f"{CAPTIONS[field]}: enter the date as MM/DD/YYYY.")
    return Query(**values), messages


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%m/%d/%Y").date() if len(text) == 10 else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _found(
    session: Session, listing: Listing, payer: Payer, provider: BillingProvider, notice: str = ""
) -> dict[str, Any]:
    session.listing = listing
    session.own["asked"] = {"reference": secrets.token_hex(6), "payer": payer.name, "provider": provider.name}
    return _listing(session, notice)


def _listing(session: Session, notice: str = "") -> dict[str, Any]:
    listing = session.listing
    return {
        **session.own["asked"],
        "notice": notice,
        "total": len(listing.shown),
        "filter": FILTERS.get(listing.default_filter, ""),
        "empty": NONE_LEFT if listing.claims else NO_CLAIMS,
    }


def _is_last_search(request: Request, session: Session) -> bool:
    asked = session.own.get("asked")
    return isinstance(asked, dict) and asked["reference"] == request.path_params["search"]


async def clear_filter(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: show all that the search found."""
    if not _is_last_search(request, session):
        return exchange.answer(session, {"error": "unknown"}, 404)
    exchange.visitors.note(request, "filter_cleared", filter=session.listing.default_filter)
    session.listing.clear_filter()
    return exchange.answer(session, _listing(session))


async def rows(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: ten rows of the last search, from the row number (counted from 0) in `from`."""
    start = request.query_params.get("from", "0")
    if not _is_last_search(request, session) or not start.isdecimal():
        return exchange.answer(session, {"error": "unknown"}, 404)
    page = exchange.side.search.listed(session.listing, int(start) // ROWS + 1, ROWS, exchange.visitors.agent(request))
    members = {member.patient: member for member in exchange.side.truth.members}
    unmapped = exchange.side.switches.now.unmapped_status
    return exchange.answer(
        session,
        {
            "rows": [
                shown.listed(
                    claim, members[claim.patient], session.reference(claim.payer_claim_number), unmapped=unmapped
                )
                for claim in page
            ]
        },
    )


async def claim(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: one claim by this session's reference; `in=tab` from the tab that was opened for it.

    Asked from the list, the answer may be the address of a tab to open instead.
    """
    number = session.references.get(request.path_params["claim"], "")
    claims: dict[str, Claim] = {one.payer_claim_number: one for one in exchange.side.truth.claims}
    found = claims.get(number)
    if found is None:
        return exchange.answer(session, {"error": "unknown"}, 404)
    in_tab = request.query_params.get("in") == "tab"
    if not in_tab and exchange.side.quirks.happens("new-window", exchange.visitors.agent(request)):
        address = f"/apps/claim-status/claim/{request.path_params['claim']}"
        return exchange.answer(session, {"window": address})
    exchange.visitors.note(request, "detail", payer_claim_number=number)
    member = next(one for one in exchange.side.truth.members if one.patient == found.patient)

    def reference(other: str) -> str:
        return session.reference(other) if other in claims else ""

    unmapped = exchange.side.switches.now.unmapped_status
    practice = exchange.side.truth.practice
    return exchange.answer(session, shown.detail(found, member, practice.tin, reference, unmapped=unmapped))
