"""Disputing a claim on Practice Exchange: it lands in the worklist, is completed in steps, and is submitted once."""

from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from sandbox.appeal_drafts import AppealDraft, FormComplaint
from sandbox.appeal_values import FiledAppeal
from sandbox.portals.multipayer import appeals_shown
from sandbox.portals.multipayer.appeal_texts import (
    DOCUMENT_TEXTS,
    FILE_COMPLAINTS,
    FORM_COMPLAINTS,
    LEVELS,
    LINES_STEP,
    NO_KIND,
    REASON_STEP,
    REASON_TEXTS,
    REFUSAL_TEXTS,
    TOLD_AT_ONCE,
    TOO_MUCH,
)
from sandbox.portals.multipayer.exchange import Exchange, read_json, text_of
from sandbox.portals.multipayer.parties import Give
from sandbox.sessions import Session
from sandbox.truth.appeal_rights import RefusalKind
from sandbox.truth.model import Claim, Member
from sandbox.visitors import Uploaded

RECEIPT = "dispute-receipt"
"""Under this name a session remembers the dispute that was submitted last."""

Work = Callable[[Exchange, Request, Session, AppealDraft], Awaitable[Response]]


def zone(exchange: Exchange) -> ZoneInfo:
    """Where the site's days begin."""
    return ZoneInfo(exchange.side.door.profile.time_zone)


def member_of(exchange: Exchange, patient: str) -> Member:
    """The member that the truth ledger knows by this key."""
    return next(one for one in exchange.side.truth.members if one.patient == patient)


def _claim(exchange: Exchange, number: str) -> Claim | None:
    return next((one for one in exchange.side.truth.claims if one.payer_claim_number == number), None)


def _disputed(exchange: Exchange, draft: AppealDraft) -> Claim:
    return next(one for one in exchange.side.truth.claims if one.payer_claim_number == draft.payer_claim_number)


async def begin(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: the button on the claim: the dispute that is now in the worklist, or why there can be none."""
    claim = _claim(exchange, session.references.get(request.path_params["claim"], ""))
    appeals = exchange.side.appeals
    if claim is None or not appeals.offered(claim):
        return exchange.answer(session, {"error": "unknown"}, 404)
    number = claim.payer_claim_number
    kinds = [appeals.refusal(number, level, (), session.acting_as) for level in LEVELS]
    if kinds[0] is not None and all(kind in TOLD_AT_ONCE for kind in kinds):
        exchange.visitors.note(request, "appeal_refused", payer_claim_number=number, refused=kinds[0])
        return exchange.answer(session, {"refused": REFUSAL_TEXTS[kinds[0]]})
    draft = appeals.begin(session, number, exchange.visitors.agent(request))
    return exchange.answer(session, {"added": draft.key})


async def worklist(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: the provider's disputes that were begun and not submitted."""
    begun = exchange.side.appeals.begun(session.acting_as)
    rows = [
        appeals_shown.waiting(one, member_of(exchange, _disputed(exchange, one).patient), zone(exchange))
        for one in begun
    ]
    return exchange.answer(session, {"rows": rows})


def at_work(give: Work) -> Give:
    """One step of a dispute in the worklist, by the dispute that the address names."""

    async def step(exchange: Exchange, request: Request, session: Session) -> Response:
        draft = exchange.side.appeals.open_draft(session, request.path_params["dispute"])
        if draft is None:
            return exchange.answer(session, {"error": "unknown"}, 404)
        return await give(exchange, request, session, draft)

    return step


def _whole(exchange: Exchange, session: Session, draft: AppealDraft) -> Response:
    claim = _disputed(exchange, draft)
    member = member_of(exchange, claim.patient)
    terms = exchange.side.appeals.terms
    return exchange.answer(session, appeals_shown.work(draft, claim, member, terms, exchange.side.clock))


def _lacking(exchange: Exchange, draft: AppealDraft, step: tuple[FormComplaint, ...]) -> list[str]:
    """What this step still lacks, in the site's words."""
    return [FORM_COMPLAINTS[one] for one in exchange.side.appeals.complaints(draft) if one in step]


def _complain(exchange: Exchange, session: Session, messages: list[str]) -> Response:
    return exchange.answer(session, {"messages": messages}, 422)


def _refuse(exchange: Exchange, session: Session, kind: RefusalKind) -> Response:
    return exchange.answer(session, {"refused": REFUSAL_TEXTS[kind]})


async def work(exchange: Exchange, request: Request, session: Session, draft: AppealDraft) -> Response:
    """GET: all of a dispute that is being completed."""
    return _whole(exchange, session, draft)


async def save_lines(exchange: Exchange, request: Request, session: Session, draft: AppealDraft) -> Response:
    """POST: level, service lines and amount, unless the payer does not take a dispute of these."""
    asked = await read_json(request)
    given = asked.get("lines")
    selected = given if isinstance(given, list) else []
    chosen = [one for one in _disputed(exchange, draft).lines if one.number in selected]
    draft.level = next((one for one in LEVELS if one == text_of(asked, "level")), None)
    draft.lines = tuple(one.number for one in chosen)
    draft.amount = _dollars(text_of(asked, "amount"))
    messages = _lacking(exchange, draft, LINES_STEP)
    if not messages and draft.amount is not None and draft.amount > sum(one.billed for one in chosen):
        messages = [TOO_MUCH]
    if messages:
        return _complain(exchange, session, messages)
    kind = exchange.side.appeals.check(draft, exchange.visitors.agent(request))
    return _whole(exchange, session, draft) if kind is None else _refuse(exchange, session, kind)


def _dollars(text: str) -> Decimal | None:
    """The amount that was typed; None when it is not one in dollars and cents."""
    try:
        amount = Decimal(text.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount == amount.quantize(Decimal("0.01")) else None


async def save_reason(exchange: Exchange, request: Request, session: Session, draft: AppealDraft) -> Response:
    """POST: reason, explanation and the office's own reference."""
    asked = await read_json(request)
    reason = text_of(asked, "reason")
    draft.reason = reason if reason in REASON_TEXTS else ""
    draft.argument = text_of(asked, "argument").strip()
    draft.reference = text_of(asked, "ownReference").strip()
    messages = _lacking(exchange, draft, REASON_STEP)
    return _complain(exchange, session, messages) if messages else _whole(exchange, session, draft)


async def add_document(exchange: Exchange, request: Request, session: Session, draft: AppealDraft) -> Response:
    """POST, a form with a file in it: one document more, or why it is not taken."""
    form = await exchange.visitors.posted(request)
    kind = form.text("kind")
    if kind not in DOCUMENT_TEXTS:
        return _complain(exchange, session, [NO_KIND])
    file = form.files[0] if form.files else Uploaded("", "", "", b"")
    complaint = exchange.side.appeals.add_file(
        draft, file.filename, file.content_type, file.content, exchange.visitors.agent(request)
    )
    if complaint is not None:
        return _complain(exchange, session, [FILE_COMPLAINTS[complaint]])
    draft.own[appeals_shown.KIND_OF + file.filename] = kind
    return _whole(exchange, session, draft)


async def remove_document(exchange: Exchange, request: Request, session: Session, draft: AppealDraft) -> Response:
    """POST: take the document of this name away again."""
    draft.remove_file(text_of(await read_json(request), "name"))
    return _whole(exchange, session, draft)


async def review(exchange: Exchange, request: Request, session: Session, draft: AppealDraft) -> Response:
    """GET: everything as it would be sent, when nothing is missing and all documents are checked."""
    messages: list[str] = [FORM_COMPLAINTS[one] for one in exchange.side.appeals.complaints(draft)]
    return _complain(exchange, session, messages) if messages else _whole(exchange, session, draft)


async def submit(exchange: Exchange, request: Request, session: Session, draft: AppealDraft) -> Response:
    """POST: the one press: taken, refused, or taken without an answer."""
    messages = [FORM_COMPLAINTS[one] for one in exchange.side.appeals.complaints(draft)]
    if messages:
        return _complain(exchange, session, messages)
    came = exchange.side.appeals.submit(session, draft, exchange.visitors.agent(request))
    if came.lost is not None:
        return await exchange.visitors.lose(request, came.lost)
    if came.refused is not None or came.appeal is None:
        return _refuse(exchange, session, came.refused or "not-appealable")
    session.own[RECEIPT] = came.appeal
    return exchange.answer(session, {"submitted": draft.key})


async def receipt(exchange: Exchange, request: Request, session: Session) -> Response:
    """GET: what the site says when it took a dispute."""
    appeal = session.own.get(RECEIPT)
    if not isinstance(appeal, FiledAppeal):
        return exchange.answer(session, {"error": "unknown"}, 404)
    number = exchange.side.appeals.book.number_of(appeal)
    shown: dict[str, Any] = appeals_shown.receipt(appeal, number, zone(exchange))
    return exchange.answer(session, shown)
