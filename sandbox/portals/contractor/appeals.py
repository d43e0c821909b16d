"""Asking the contractor for an appeal: four steps in the claim's window, a review, one button, and the receipt."""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.appeal_drafts import AppealDraft
from sandbox.appeal_values import FiledAppeal
from sandbox.portals.contractor import appeals_shown, shown
from sandbox.portals.contractor.appeal_texts import (
    COMPLAINTS,
    FILE_COMPLAINTS,
    KINDS,
    LEVELS,
    OVERPAYMENT,
    REASONS,
    REFUSALS,
    upload_rules,
)
from sandbox.portals.contractor.claims import claim_in_window
from sandbox.portals.contractor.visit import Visit
from sandbox.portals.contractor.windows import windows_of
from sandbox.sessions import Session
from sandbox.truth.appeal_rights import Level, RefusalKind
from sandbox.truth.model import Claim, Member
from sandbox.visitors import Posted

Step = Literal["type", "lines", "reason", "documents", "review"]
OWN = "asking"
"""Under this name a session's own memory has the request that is being made."""
RECEIPT = "appeal-receipt"
"""Under this name it has the one that was submitted last."""
AT_ONCE = ("not-appealable", "window-closed")
"""Refusals that are told as soon as the type of the request is known; the others need the lines."""


@dataclass
class Asking:
    """A request that is being made in a claim's window; `key` is the shown step's, and only the newest is good."""

    claim: Claim
    member: Member
    draft: AppealDraft
    step: Step = "type"
    key: str = ""

    def turn(self, step: Step) -> str:
        """On to a step, with a key of its own."""
        self.step, self.key = step, secrets.token_hex(8)
        return self.key


Press = Callable[[Visit, Request, Session, Asking, Posted], Awaitable[Response]]


async def start(visit: Visit, request: Request) -> Response:
    """The button in the claim's window: the first step."""
    opened = claim_in_window(visit, request, await visit.form(request))
    if isinstance(opened, Response):
        return opened
    session, claim, member = opened
    if not visit.side.appeals.offered(claim):
        return visit.second_window(request, session)
    draft = visit.side.appeals.begin(session, claim.payer_claim_number, visit.agent(request))
    session.own[OWN] = asking = Asking(claim, member, draft)
    return _type(visit, session, asking)


def step(*steps: Step) -> Callable[[Press], Callable[[Visit, Request], Awaitable[Response]]]:
    """A press that counts only on one of these steps, with the step's own key."""

    def made(press: Press) -> Callable[[Visit, Request], Awaitable[Response]]:
        async def checked(visit: Visit, request: Request) -> Response:
            sent = await visit.posted(request)
            session = visit.open_session(request)
            if session is None:
                return visit.window_is_over(request)
            asking = session.own.get(OWN)
            if not isinstance(asking, Asking) or not windows_of(session).is_window(sent.text("wk")):
                return visit.second_window(request, session)
            if asking.step not in steps or sent.text("stepKey") != asking.key:
                return visit.second_window(request, session)
            return await press(visit, request, session, asking, sent)

        return checked

    return made


# Step 1


@step("type")
async def press_type(visit: Visit, request: Request, session: Session, asking: Asking, sent: Posted) -> Response:
    """The button under the first step."""
    names, draft, appeals = visit.layout(session).appeal_names, asking.draft, visit.side.appeals
    draft.level = _level(sent.text(names.level))
    draft.own["overpayment"] = sent.text(names.overpayment)
    if draft.own["overpayment"] == "Y":
        return _window(visit, session, asking, "appeal_ended.html", title="Request", message=OVERPAYMENT)
    if draft.level is None or draft.own["overpayment"] != "N":
        return _type(visit, session, asking, "Answer both questions.")
    refused = appeals.refusal(draft.payer_claim_number, draft.level, (), draft.acting_as)
    if refused in AT_ONCE:
        return _type(visit, session, asking, refused=appeals.check(draft, visit.agent(request)) or refused)
    return _lines(visit, session, asking)


def _type(
    visit: Visit, session: Session, asking: Asking, *messages: str, refused: RefusalKind | None = None
) -> Response:
    rule = visit.side.appeals.terms.rule
    return _step_page(
        visit,
        session,
        asking,
        "type",
        messages=messages,
        refused=refused,
        levels=_entries(LEVELS.values()),
        window_days=rule.levels["first"].window_days,
        entered={
            "level": "" if asking.draft.level is None else str(list(LEVELS).index(asking.draft.level) + 1),
            "overpayment": asking.draft.own.get("overpayment", ""),
        },
    )


def _level(chosen: str) -> Level | None:
    return dict(zip(map(str, range(1, len(LEVELS) + 1)), LEVELS, strict=True)).get(chosen)


# Step 2


@step("lines")
async def press_lines(visit: Visit, request: Request, session: Session, asking: Asking, sent: Posted) -> Response:
    """The button under the table of lines."""
    names, draft = visit.layout(session).appeal_names, asking.draft
    ticked = sent.fields.get(names.lines, ())
    typed = sent.text(names.amount)
    draft.lines = tuple(line.number for line in asking.claim.lines if str(line.number) in ticked)
    draft.reason = dict(_entries(REASONS.values())).get(sent.text(names.reason), "")
    draft.amount, draft.own["amount"] = read_amount(typed), typed
    lacking = [
        COMPLAINTS[one] for one in visit.side.appeals.complaints(draft) if one in ("no-lines", "no-reason", "no-amount")
    ]
    if not lacking and draft.amount is not None and draft.amount > _billed(asking):
        lacking = ["The amount in dispute is more than the amount billed for the services selected."]
    if lacking:
        return _lines(visit, session, asking, *lacking)
    refused = visit.side.appeals.check(draft, visit.agent(request))
    if refused is not None:
        return _lines(visit, session, asking, refused=refused)
    return _reason(visit, session, asking)


def _billed(asking: Asking) -> Decimal:
    return sum((line.billed for line in asking.claim.lines if line.number in asking.draft.lines), Decimal(0))


def read_amount(text: str) -> Decimal | None:
    """Dollars as they are typed, with or without a dollar sign and commas; None for what is no amount."""
    try:
        amount = Decimal(text.strip().removeprefix("$").replace(",", ""))
        return amount if amount == amount.quantize(Decimal("0.01")) and amount > 0 else None
    except InvalidOperation:
        return None


def _lines(
    visit: Visit, session: Session, asking: Asking, *messages: str, refused: RefusalKind | None = None
) -> Response:
    draft = asking.draft
    chosen = {text: number for number, text in _entries(REASONS.values())}
    return _step_page(
        visit,
        session,
        asking,
        "lines",
        messages=messages,
        refused=refused,
        columns=visit.layout(session).appeal_lines,
        lines=_shown_lines(asking),
        reasons=_entries(REASONS.values()),
        entered={
            "lines": {str(number) for number in draft.lines},
            "reason": chosen.get(draft.reason, ""),
            "amount": draft.own.get("amount", ""),
        },
    )


def _shown_lines(asking: Asking) -> tuple[dict[str, str], ...]:
    return tuple(shown.line_cells(line, asking.claim) for line in asking.claim.lines)


# Step 3


@step("reason")
async def press_reason(visit: Visit, request: Request, session: Session, asking: Asking, sent: Posted) -> Response:
    """The button under the explanation. The signature is a person's, and optional."""
    names, draft = visit.layout(session).appeal_names, asking.draft
    draft.argument = sent.text(names.argument).replace("\r\n", "\n").strip()
    draft.reference = sent.text(names.reference).strip()
    draft.own["signed"] = "Yes" if sent.text(names.signature) == "Y" else ""
    lacking = visit.side.appeals.complaints(draft)
    if lacking:
        return _reason(visit, session, asking, *(COMPLAINTS[one] for one in lacking))
    return _documents(visit, session, asking)


def _reason(visit: Visit, session: Session, asking: Asking, *messages: str) -> Response:
    return _step_page(
        visit,
        session,
        asking,
        "reason",
        messages=messages,
        longest=visit.side.appeals.terms.longest_argument,
        entered={
            "argument": asking.draft.argument,
            "reference": asking.draft.reference,
            "signature": asking.draft.own.get("signed", ""),
        },
    )


# Step 4


@step("documents")
async def press_attach(visit: Visit, request: Request, session: Session, asking: Asking, sent: Posted) -> Response:
    """The button that takes one document."""
    names, draft = visit.layout(session).appeal_names, asking.draft
    kind = dict(_entries(KINDS.values())).get(sent.text(names.kind), "")
    if not kind or not sent.files:
        return _documents(visit, session, asking, FILE_COMPLAINTS["no-file"], kind=sent.text(names.kind))
    file = sent.files[0]
    complaint = visit.side.appeals.add_file(draft, file.filename, file.content_type, file.content, visit.agent(request))
    if complaint is not None:
        return _documents(visit, session, asking, FILE_COMPLAINTS[complaint], kind=sent.text(names.kind))
    draft.own[appeals_shown.kind_of(file.filename)] = kind
    return _documents(visit, session, asking)


@step("documents")
async def press_remove(visit: Visit, request: Request, session: Session, asking: Asking, sent: Posted) -> Response:
    """The button beside a document."""
    place = sent.text("place")
    for number, file in enumerate(tuple(asking.draft.files), start=1):
        if place == str(number):
            asking.draft.remove_file(file.name)
    return _documents(visit, session, asking)


def _documents(visit: Visit, session: Session, asking: Asking, *messages: str, kind: str = "") -> Response:
    return _step_page(
        visit,
        session,
        asking,
        "documents",
        messages=messages,
        rules=upload_rules(visit.side.appeals.terms.uploads),
        kinds=_entries(KINDS.values()),
        files=appeals_shown.files(asking.draft, visit.side.clock.now()),
        entered={"kind": kind},
    )


# The review, and the button


@step("documents")
async def press_review(visit: Visit, request: Request, session: Session, asking: Asking, sent: Posted) -> Response:
    """The button under the documents."""
    lacking = visit.side.appeals.complaints(asking.draft)
    if lacking:
        return _documents(visit, session, asking, *(COMPLAINTS[one] for one in lacking))
    return _review(visit, session, asking)


def _review(visit: Visit, session: Session, asking: Asking, refused: RefusalKind | None = None) -> Response:
    ticked = {str(number) for number in asking.draft.lines}
    return _step_page(
        visit,
        session,
        asking,
        "review",
        refused=refused,
        beneficiary=appeals_shown.beneficiary(asking.member),
        request=appeals_shown.reviewed(asking.draft, asking.claim),
        columns=[key for key in visit.layout(session).appeal_lines if key != "dispute"],
        lines=[line for line in _shown_lines(asking) if line["line"] in ticked],
        argument=asking.draft.argument,
        files=appeals_shown.files(asking.draft, visit.side.clock.now()),
    )


@step("review")
async def press_submit(visit: Visit, request: Request, session: Session, asking: Asking, sent: Posted) -> Response:
    """The button that files. The review's key stays good: whoever sends it again files again."""
    submission = visit.side.appeals.submit(session, asking.draft, visit.agent(request))
    if submission.lost is not None:
        return await visit.lose(request, submission.lost)
    if submission.refused is not None or submission.appeal is None:
        return _review(visit, session, asking, submission.refused)
    address = f"/pcs/appealReceipt.do?request={submission.appeal.key}&wk={windows_of(session).window}"
    session.own[RECEIPT] = submission.appeal
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})


async def receipt(visit: Visit, request: Request) -> Response:
    """What follows the button: the number, or that it comes later."""
    session = visit.open_session(request)
    if session is None:
        return visit.window_is_over(request)
    appeal = session.own.get(RECEIPT)
    known = windows_of(session).is_window(request.query_params.get("wk", ""))
    if not known or not isinstance(appeal, FiledAppeal) or appeal.key != request.query_params.get("request"):
        return visit.second_window(request, session)
    number = visit.side.appeals.book.number_of(appeal)
    return visit.page(
        "appeal_receipt.html",
        session,
        title=visit.layout(session).labels["receipt_title"],
        receipt=appeals_shown.receipt(appeal, number),
        pending=number is None,
    )


# What all steps share


def _entries(texts: Iterable[str]) -> list[tuple[str, str]]:
    """What is sent for each entry of a list, and its text."""
    return [(str(number), text) for number, text in enumerate(texts, start=1)]


def _step_page(
    visit: Visit,
    session: Session,
    asking: Asking,
    step_shown: Step,
    *,
    messages: Sequence[str] = (),
    refused: RefusalKind | None = None,
    **values: Any,
) -> Response:
    return _window(
        visit,
        session,
        asking,
        f"appeal_{step_shown}.html",
        title=visit.layout(session).labels["appeals_title"],
        step_key=asking.turn(step_shown),
        messages=messages if refused is None else (REFUSALS[refused],),
        refused=refused is not None,
        **values,
    )


def _window(visit: Visit, session: Session, asking: Asking, template: str, **values: Any) -> Response:
    return visit.page(
        template,
        session,
        number=asking.claim.payer_claim_number,
        person=shown.person(asking.member),
        window_key=windows_of(session).window,
        **values,
    )
