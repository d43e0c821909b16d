"""Asking the Medicaid portal to reconsider a line: one page that goes through its steps, the one press, the receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.appeal_drafts import AppealDraft, FormComplaint
from sandbox.appeal_values import FiledAppeal
from sandbox.appeals import OWN
from sandbox.portals.medicaid import reconsideration_shown as shown
from sandbox.portals.medicaid.inquiry import blank_for
from sandbox.portals.medicaid.reconsideration_texts import (
    FORM_COMPLAINTS,
    REASON_TEXTS,
    REFUSAL_TEXTS,
    TOO_MUCH,
)
from sandbox.portals.medicaid.viewstate import PostBack
from sandbox.portals.medicaid.visit import Visit
from sandbox.sessions import Session
from sandbox.truth.appeal_rights import RefusalKind
from sandbox.truth.model import Claim, Member

RECONSIDERATION, RECEIPT = "/Reconsideration.aspx", "/ReconsiderationReceipt.aspx"
ATTACH = "/ReconsiderationAttachment.aspx"
FILED = "reconsideration filed last"
"""Under this name a session remembers the request that was submitted last."""

Step = Literal["line", "statement", "attachments", "review"]
_STEPS: tuple[Step, ...] = ("line", "statement", "attachments", "review")
_LINE_STEP: tuple[FormComplaint, ...] = ("no-lines", "one-line-only", "no-amount", "no-reason")
_STATEMENT_STEP: tuple[FormComplaint, ...] = ("no-argument", "argument-too-long")


@dataclass(frozen=True)
class _Making:
    """A visitor who is making a request."""

    request: Request
    session: Session
    draft: AppealDraft


def begin(visit: Visit, request: Request, session: Session, claim: Claim) -> Response:
    """The button in the claim's window: an empty request, in the same window."""
    visit.side.appeals.begin(session, claim.payer_claim_number, visit.agent(request)).level = "first"
    return RedirectResponse(RECONSIDERATION, 302)


async def request_page(visit: Visit, request: Request) -> Response:
    """The first step of the request that was begun."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    draft = visit.side.appeals.draft(session)
    if draft is None:
        return RedirectResponse("/ClaimSearch.aspx", 302)
    return _page(visit, _Making(request, session, draft))


async def request_post_back(visit: Visit, request: Request) -> Response:
    """The page came back from one of its steps."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    back = await visit.take_back(request, session, RECONSIDERATION)
    if isinstance(back, Response):
        return back
    assert isinstance(back.state, tuple)
    key, step = back.state
    draft = visit.side.appeals.open_draft(session, key)
    if draft is None:
        return RedirectResponse("/ClaimSearch.aspx", 302)
    making = _Making(request, session, draft)
    match back.target.control:
        case "btnCancel":
            session.own.pop(OWN, None)
            return visit.notice("Request cancelled", "Nothing was submitted. Close this window.")
        case "btnPrevious":
            return _page(visit, making, _STEPS[_STEPS.index(step) - 1])
        case "btnRefresh":
            return _page(visit, making, step)
        case "btnSubmit":
            # A second press of the same page arrives too, so that the record shows it.
            visit.keep_shown(session, RECONSIDERATION, back)
            return await _submit(visit, making)
        case _:
            return _next(visit, making, step, back)


def _next(visit: Visit, making: _Making, step: Step, back: PostBack) -> Response:
    draft = making.draft
    match step:
        case "line":
            return _take_line(visit, making, back.values)
        case "statement":
            # A browser sends line ends in two characters and counts them as one.
            draft.argument = back.values["txtStatement"].replace("\r\n", "\n").strip()
            draft.reference = back.values["txtReference"].strip()
            messages = _lacking(visit, draft, _STATEMENT_STEP)
            return _page(visit, making, "statement" if messages else "attachments", messages)
        case _:
            messages = _lacking(visit, draft, ("scanning",))
            return _page(visit, making, "attachments" if messages else "review", messages)


def _take_line(visit: Visit, making: _Making, values: Mapping[str, str]) -> Response:
    draft = making.draft
    claim = _claim(visit, draft)
    chosen = [line for place, line in enumerate(claim.lines) if values.get(f"chkLine:{place}")]
    draft.lines = tuple(line.number for line in chosen)
    draft.amount = _dollars(values["txtAmount"])
    draft.reason = values["ddlReason"]
    messages = _lacking(visit, draft, _LINE_STEP)
    if not messages and draft.amount is not None and draft.amount > sum(line.billed for line in chosen):
        messages = (TOO_MUCH,)
    if messages:
        return _page(visit, making, "line", messages, typed=values["txtAmount"])
    refused = visit.side.appeals.check(draft, visit.agent(making.request))
    return _page(visit, making, "statement") if refused is None else _refused(visit, refused)


async def _submit(visit: Visit, making: _Making) -> Response:
    request, session, draft = making.request, making.session, making.draft
    if visit.side.appeals.complaints(draft):
        return _page(visit, making)
    came = visit.side.appeals.submit(session, draft, visit.agent(request))
    if came.lost is not None:
        return await visit.lose(request, came.lost)
    if came.refused is not None or came.appeal is None:
        return _refused(visit, came.refused or "not-appealable")
    session.own[FILED] = came.appeal
    return RedirectResponse(RECEIPT, 302)


async def receipt_page(visit: Visit, request: Request) -> Response:
    """The number of the request that was submitted last."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    appeal = session.own.get(FILED)
    if not isinstance(appeal, FiledAppeal):
        return RedirectResponse("/Reconsiderations.aspx", 302)
    zone = ZoneInfo(visit.side.door.profile.time_zone)
    return visit.page(
        "reconsideration_receipt.html",
        session,
        title="Reconsideration Request",
        receipt=shown.receipt(appeal, visit.side.appeals.book.number_of(appeal), zone),
        **visit.frame(session),
    )


def _page(
    visit: Visit,
    making: _Making,
    step: Step = "line",
    messages: tuple[str, ...] = (),
    *,
    typed: str | None = None,
) -> Response:
    session, draft = making.session, making.draft
    claim = _claim(visit, draft)
    values: dict[str, Any] = {}
    if step == "attachments":
        values["blank_for"] = blank_for(visit, making.request)
        values["attach"] = f"{ATTACH}?r={draft.key}"
    return visit.page(
        "reconsideration.html",
        session,
        path=RECONSIDERATION,
        state=(draft.key, step),
        title="Reconsideration Request",
        step=step,
        messages=messages,
        shown=shown.shown_request(draft, _member(visit, claim)),
        lines=shown.lines(claim),
        ticked=draft.lines,
        entered={
            "txtAmount": shown.typed_amount(draft.amount) if typed is None else typed,
            "txtStatement": draft.argument,
            "txtReference": draft.reference,
            "ddlReason": draft.reason,
        },
        reasons=REASON_TEXTS,
        rules=shown.upload_rules(visit.side.appeals.terms.uploads),
        longest=visit.side.appeals.terms.longest_argument,
        **values,
        **visit.frame(session),
    )


def _refused(visit: Visit, kind: RefusalKind) -> Response:
    return visit.notice("Request not accepted", REFUSAL_TEXTS[kind], "Nothing was submitted.", legend="Reconsideration")


def _lacking(visit: Visit, draft: AppealDraft, step: tuple[FormComplaint, ...]) -> tuple[str, ...]:
    """What this step still lacks, in the portal's words."""
    lacking = visit.side.appeals.complaints(draft)
    return tuple(FORM_COMPLAINTS[one] for one in step if one in lacking)


def _dollars(text: str) -> Decimal | None:
    """The amount that was typed; None when it is not one in dollars and cents."""
    try:
        typed = Decimal(text.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        return None
    return typed if typed.is_finite() and typed == typed.quantize(Decimal("0.01")) else None


def _claim(visit: Visit, draft: AppealDraft) -> Claim:
    return next(one for one in visit.side.truth.claims if one.payer_claim_number == draft.payer_claim_number)


def _member(visit: Visit, claim: Claim) -> Member:
    return next(one for one in visit.side.truth.members if one.patient == claim.patient)
