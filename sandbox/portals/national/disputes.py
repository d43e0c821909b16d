"""Making a request at the national portal: lines, reason, documents, review, the one press, and the receipt."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.appeal_drafts import AppealDraft, FormComplaint
from sandbox.appeal_values import FiledAppeal
from sandbox.appeals import OWN
from sandbox.portals.national import dispute_shown, tracked
from sandbox.portals.national.appeal_texts import (
    DOCUMENT_TEXTS,
    FILE_COMPLAINTS,
    FORM_COMPLAINTS,
    LINES_STEP,
    NO_KIND,
    REASON_STEP,
    REASON_TEXTS,
    REFUSAL_TEXTS,
    TOO_MUCH,
)
from sandbox.portals.national.frame import frame, members, no_access, zone
from sandbox.portals.national.layouts import DISPUTED_LINES, field_name, typed
from sandbox.portals.national.visit import Visit
from sandbox.sessions import Session
from sandbox.truth.appeal_rights import RefusalKind
from sandbox.truth.model import Claim
from sandbox.visitors import Uploaded

RECEIPT = "receipt"
"""Under this name a session remembers the appeal that was filed last."""


@dataclass(frozen=True)
class _Making:
    """A visitor who is making a request."""

    session: Session
    draft: AppealDraft


def _making(visit: Visit, request: Request, token: str | None = None) -> _Making | Response:
    """Who is making the request, with the token of the posted form; or where somebody goes who is not."""
    session = visit.open_session(request)
    if session is None or (token is not None and token != session.form_token):
        return visit.ended_page(request)
    if not session.entitled:
        return no_access(visit, session)
    draft = visit.side.appeals.draft(session)
    return RedirectResponse("/claims/search", 303) if draft is None else _Making(session, draft)


def _page(visit: Visit, making: _Making, template: str, title: str, **values: Any) -> Response:
    """A page of the request, with what all of them show."""
    member = members(visit)[_disputed(visit, making.draft).patient]
    return visit.page(
        template,
        making.session,
        title=title,
        request=dispute_shown.shown_request(making.draft, member),
        **values,
        **frame(visit, making.session),
    )


def _disputed(visit: Visit, draft: AppealDraft) -> Claim:
    return next(one for one in visit.side.truth.claims if one.payer_claim_number == draft.payer_claim_number)


def _lacking(visit: Visit, draft: AppealDraft, step: tuple[FormComplaint, ...]) -> tuple[str, ...]:
    """What this step of the form still lacks, in the portal's words."""
    return tuple(FORM_COMPLAINTS[one] for one in visit.side.appeals.complaints(draft) if one in step)


def _refused(visit: Visit, making: _Making, kind: RefusalKind) -> Response:
    title = "This request cannot be submitted"
    return _page(visit, making, "request_refused.html", title, message=REFUSAL_TEXTS[kind])


async def lines_page(visit: Visit, request: Request) -> Response:
    """Step 1: which lines, and how much of them."""
    making = _making(visit, request)
    return making if isinstance(making, Response) else _lines(visit, making)


def _lines(visit: Visit, making: _Making, messages: tuple[str, ...] = (), amount: str | None = None) -> Response:
    layout = visit.side.layout(making.session)
    return _page(
        visit,
        making,
        "request_lines.html",
        "Claim lines",
        messages=messages,
        lines=dispute_shown.lines(_disputed(visit, making.draft)),
        ticked=[str(number) for number in making.draft.lines],
        amount=dispute_shown.plain_amount(making.draft.amount) if amount is None else amount,
        columns=DISPUTED_LINES.get(layout, DISPUTED_LINES[1]),
        back=f"/claims/act?ref={making.session.reference(making.draft.payer_claim_number)}",
    )


async def press_lines(visit: Visit, request: Request) -> Response:
    """On to the reason, unless these lines cannot be disputed."""
    form = await visit.posted(request)
    making = _making(visit, request, form.text("formTkn"))
    if isinstance(making, Response):
        return making
    draft, layout = making.draft, visit.side.layout(making.session)
    ticked = form.fields.get(field_name(layout, "lines"), ())
    amount = form.text(field_name(layout, "amount"))
    chosen = [line for line in _disputed(visit, draft).lines if str(line.number) in ticked]
    draft.lines = tuple(line.number for line in chosen)
    draft.amount = _dollars(amount)
    messages = _lacking(visit, draft, LINES_STEP)
    if not messages and draft.amount is not None and draft.amount > sum(line.billed for line in chosen):
        messages = (TOO_MUCH,)
    if messages:
        return _lines(visit, making, messages, amount)
    kind = visit.side.appeals.check(draft, visit.agent(request))
    return RedirectResponse("/disputes/reason", 303) if kind is None else _refused(visit, making, kind)


def _dollars(text: str) -> Decimal | None:
    """The amount that was typed; None when it is not one in dollars and cents."""
    try:
        amount = Decimal(text.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount == amount.quantize(Decimal("0.01")) else None


async def reason_page(visit: Visit, request: Request) -> Response:
    """Step 2: why."""
    making = _making(visit, request)
    return making if isinstance(making, Response) else _reason(visit, making)


def _reason(visit: Visit, making: _Making, messages: tuple[str, ...] = ()) -> Response:
    draft = making.draft
    return _page(
        visit,
        making,
        "request_reason.html",
        "Reason",
        messages=messages,
        entered={"dispute_reason": draft.reason, "explanation": draft.argument, "own_reference": draft.reference},
        reasons=REASON_TEXTS,
        longest=visit.side.appeals.terms.longest_argument,
    )


async def press_reason(visit: Visit, request: Request) -> Response:
    """On to the documents."""
    form = await visit.form(request)
    making = _making(visit, request, form.get("formTkn", ""))
    if isinstance(making, Response):
        return making
    draft, layout = making.draft, visit.side.layout(making.session)
    reason = typed(layout, form, "dispute_reason")
    draft.reason = reason if reason in REASON_TEXTS else ""
    # A browser sends line ends in two characters and counts them as one.
    draft.argument = typed(layout, form, "explanation").replace("\r\n", "\n").strip()
    draft.reference = typed(layout, form, "own_reference").strip()
    messages = _lacking(visit, draft, REASON_STEP)
    return _reason(visit, making, messages) if messages else RedirectResponse("/disputes/documents", 303)


async def documents_page(visit: Visit, request: Request) -> Response:
    """Step 3: documents, one by one."""
    making = _making(visit, request)
    return making if isinstance(making, Response) else _documents(visit, making)


def _documents(visit: Visit, making: _Making, messages: tuple[str, ...] = (), kind: str = "") -> Response:
    draft, now = making.draft, visit.side.clock.now()
    return _page(
        visit,
        making,
        "request_documents.html",
        "Documents",
        messages=messages,
        rules=dispute_shown.upload_rules(visit.side.appeals.terms.uploads),
        kinds=DOCUMENT_TEXTS,
        kind=kind,
        scanned=["Clean" if one.clean_at <= now else "In progress" for one in draft.files],
    )


async def press_document(visit: Visit, request: Request) -> Response:
    """Add one document, or say why it is not taken."""
    form = await visit.posted(request)
    making = _making(visit, request, form.text("formTkn"))
    if isinstance(making, Response):
        return making
    kind = form.text(field_name(visit.side.layout(making.session), "document_kind"))
    if kind not in DOCUMENT_TEXTS:
        return _documents(visit, making, (NO_KIND,))
    file = form.files[0] if form.files else Uploaded("", "", "", b"")
    complaint = visit.side.appeals.add_file(
        making.draft, file.filename, file.content_type, file.content, visit.agent(request)
    )
    if complaint is not None:
        return _documents(visit, making, (FILE_COMPLAINTS[complaint],), kind)
    making.draft.own[dispute_shown.KIND_OF + file.filename] = kind
    return RedirectResponse("/disputes/documents", 303)


async def press_remove(visit: Visit, request: Request) -> Response:
    """Take the last document away again."""
    form = await visit.form(request)
    making = _making(visit, request, form.get("formTkn", ""))
    if isinstance(making, Response):
        return making
    if making.draft.files:
        making.draft.remove_file(making.draft.files[-1].name)
    return RedirectResponse("/disputes/documents", 303)


async def press_done(visit: Visit, request: Request) -> Response:
    """On to the review, when all documents are scanned."""
    form = await visit.form(request)
    making = _making(visit, request, form.get("formTkn", ""))
    if isinstance(making, Response):
        return making
    messages = _lacking(visit, making.draft, ("scanning",))
    return _documents(visit, making, messages) if messages else RedirectResponse("/disputes/review", 303)


async def review_page(visit: Visit, request: Request) -> Response:
    """Step 4: everything as it would be sent."""
    making = _making(visit, request)
    if isinstance(making, Response):
        return making
    if visit.side.appeals.complaints(making.draft):
        return RedirectResponse("/disputes/lines", 303)
    return _page(visit, making, "request_review.html", "Review your request")


async def press_submit(visit: Visit, request: Request) -> Response:
    """The one press: filed, refused, or filed without an answer."""
    form = await visit.form(request)
    making = _making(visit, request, form.get("formTkn", ""))
    if isinstance(making, Response):
        return making
    if visit.side.appeals.complaints(making.draft):
        return RedirectResponse("/disputes/lines", 303)
    came = visit.side.appeals.submit(making.session, making.draft, visit.agent(request))
    if came.lost is not None:
        return await visit.lose(request, came.lost)
    if came.refused is not None or came.appeal is None:
        return _refused(visit, making, came.refused or "not-appealable")
    making.session.own[RECEIPT] = came.appeal
    return RedirectResponse("/disputes/receipt", 303)


async def receipt_page(visit: Visit, request: Request) -> Response:
    """The ticket number of the request that was sent last."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    appeal = session.own.get(RECEIPT)
    if not isinstance(appeal, FiledAppeal):
        return RedirectResponse("/tracker", 303)
    receipt = tracked.receipt(appeal, visit.side.appeals.book.number_of(appeal), zone(visit))
    return visit.page(
        "request_receipt.html", session, title="Request submitted", receipt=receipt, **frame(visit, session)
    )


async def cancel(visit: Visit, request: Request) -> Response:
    """Leave the request; nothing was sent."""
    making = _making(visit, request)
    if isinstance(making, Response):
        return making
    making.session.own.pop(OWN, None)
    return RedirectResponse("/claims/search", 303)
