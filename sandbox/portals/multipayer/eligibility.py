"""The eligibility application's own questions: an inquiry, the payer's answer, one of several members."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.eligibility import EligibilityAnswer, EligibilityQuery, Found, Rejected, SeveralMembers
from sandbox.portals.multipayer.coverage_shown import coverage_page, listed_member
from sandbox.portals.multipayer.coverage_texts import REJECTION_TEXTS, SERVICE_TEXTS
from sandbox.portals.multipayer.directory import OWN_PAYER
from sandbox.portals.multipayer.exchange import Exchange, read_json, text_of
from sandbox.portals.multipayer.parties import SearchForm, chosen, read_day, throttled
from sandbox.search import Refusal
from sandbox.sessions import Session
from sandbox.truth.payer_rules import EligibilityField

_MEMBER: tuple[EligibilityField, ...] = ("member_id", "birth_date")
_CARD: tuple[EligibilityField, ...] = ("member_id", "last_name", "first_name")
_NAME: tuple[EligibilityField, ...] = ("last_name", "first_name", "birth_date")
FORM = SearchForm(
    options={
        "member": ("Member ID and date of birth", _MEMBER),
        "card": ("Member ID and patient name", _CARD),
        "name": ("Patient name and date of birth", _NAME),
    },
    other_payers=("member",),
    captions={
        "member_id": "Member ID",
        "last_name": "Last name",
        "first_name": "First name",
        "birth_date": "Date of birth",
    },
    dates=frozenset({"birth_date"}),
    hints={"member_id": "Leave out the three letters before the number"},
)
DAYS = {"service_from": "As of date", "service_to": "Through date"}
MORE_NEEDED = "Fill in all fields of the search option."


async def services(exchange: Exchange, _request: Request, session: Session) -> Response:
    """GET: the types of benefit that can be asked about."""
    return exchange.answer(session, {"services": [{"id": code, "name": name} for code, name in SERVICE_TEXTS.items()]})


async def inquire(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: the submit button: complaints about the form (422), or what the payer answers."""
    refused = throttled(exchange, request, session)
    if refused is not None:
        return refused
    asked = await read_json(request)
    option = text_of(asked, "option")
    values, messages = FORM.read(asked.get("fields"), option)
    if option not in FORM.options:
        messages.append("Choose how you want to search.")
    for name, caption in DAYS.items():
        text = text_of(asked, name)
        values[name] = read_day(text) if text else None
        if text and values[name] is None:
            messages.append(f"{caption}: enter the date as MM/DD/YYYY.")
    service = text_of(asked, "service")
    if service not in SERVICE_TEXTS:
        messages.append("Choose a benefit type.")
    parties = chosen(exchange, request, session, asked, messages)
    agent = exchange.visitors.agent(request)
    if parties is None:
        exchange.visitors.note(request, "eligibility", by="refused", found=None, rejected=None)
        return exchange.answer(session, {"messages": messages}, 422)
    payer, provider = parties
    head = {"payer": payer.name, "provider": provider.name}
    if payer.id != OWN_PAYER:
        exchange.visitors.note(request, "eligibility", by="other-payer", found=0, rejected="75")
        return exchange.answer(session, {**head, "rejected": REJECTION_TEXTS["75"]})
    answer = exchange.side.eligibility.ask(EligibilityQuery(**values, service_type=service), agent)
    if isinstance(answer, Refusal):
        return exchange.answer(session, {"messages": [MORE_NEEDED]}, 422)
    return exchange.answer(session, {**head, **_shown(session, answer)})


def _shown(session: Session, answer: EligibilityAnswer) -> dict[str, Any]:
    if isinstance(answer, Rejected):
        return {"rejected": REJECTION_TEXTS[answer.code]}
    if isinstance(answer, SeveralMembers):
        session.own["members"] = answer
        rows = [listed_member(member, session.reference(member.patient)) for member in answer.members]
        return {"members": rows}
    if isinstance(answer, Found):
        return {"found": coverage_page(answer.coverage)}
    return {}


async def member(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: the coverage of one of the members whom the last inquiry listed, by this session's reference."""
    listed = session.own.get("members")
    patient = session.references.get(request.path_params["member"], "")
    if not isinstance(listed, SeveralMembers) or patient not in [one.patient for one in listed.members]:
        return exchange.answer(session, {"error": "unknown"}, 404)
    agent = exchange.visitors.agent(request)
    found = exchange.side.eligibility.open(patient, listed.first_day, listed.last_day, agent)
    return exchange.answer(session, {"found": coverage_page(found.coverage)})
