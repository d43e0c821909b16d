"""The claim status application's own questions: search, rows of the list, one claim."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.listing import Listing
from sandbox.portals.multipayer import shown
from sandbox.portals.multipayer.directory import OWN_PAYER
from sandbox.portals.multipayer.exchange import Exchange, read_json, text_of
from sandbox.portals.multipayer.last_search import LastSearch
from sandbox.portals.multipayer.parties import SearchForm, chosen, throttled
from sandbox.search import Field, Query, Reason, Refusal, SearchRules
from sandbox.sessions import Session
from sandbox.truth.model import Claim

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
CAPTIONS: dict[str, str] = {
    "member_id": "Member ID",
    "last_name": "Last name",
    "first_name": "First name",
    "birth_date": "Date of birth",
    "service_from": "Service from",
    "service_to": "Service to",
    "claim_number": "Claim number",
}
HINTS: dict[str, str] = {"member_id": "Leave out the three letters before the number"}
DATES: frozenset[str] = frozenset({"birth_date", "service_from", "service_to"})
FORM = SearchForm(options=OPTIONS, other_payers=OTHER_PAYERS_OPTIONS, captions=CAPTIONS, dates=DATES, hints=HINTS)
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
LAST = LastSearch("claims", Listing, FILTERS, NONE_LEFT, NO_CLAIMS)


async def search(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: the search button: complaints about the form (422), or what was found."""
    refused = throttled(exchange, request, session)
    if refused is not None:
        return refused
    asked = await read_json(request)
    option = text_of(asked, "option")
    values, messages = FORM.read(asked.get("fields"), option)
    if option not in OPTIONS:
        messages.append("Choose how you want to search.")
    parties = chosen(exchange, request, session, asked, messages)
    if parties is None:
        exchange.visitors.note(request, "search", by="refused", found=None)
        return exchange.answer(session, {"messages": messages}, 422)
    payer, provider = parties
    if payer.id != OWN_PAYER:
        exchange.visitors.note(request, "search", by="other-payer", found=None)
        nobody = Listing(member_known=False)
        return exchange.answer(session, LAST.keep(session, nobody, payer, provider, notice=NOT_FOUND))
    found = exchange.side.search.ask(Query(**values), provider.npi, exchange.visitors.agent(request))
    if isinstance(found, Refusal):
        return exchange.answer(session, {"messages": [COMPLAINTS[reason] for reason in found.reasons]}, 422)
    # As payers do: who sends a right id and a wrong birth date is told so, and not that there is nobody.
    notice = OTHER_BIRTH_DATE if found.mismatch else "" if found.member_known else NOT_FOUND
    return exchange.answer(session, LAST.keep(session, found, payer, provider, notice=notice))


async def rows(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: ten rows of the last search, from the row number (counted from 0) in `from`."""
    start = request.query_params.get("from", "0")
    listing = LAST.of(request, session)
    if listing is None or not start.isdecimal():
        return exchange.answer(session, {"error": "unknown"}, 404)
    page = exchange.side.search.listed(listing, int(start) // ROWS + 1, ROWS, exchange.visitors.agent(request))
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
