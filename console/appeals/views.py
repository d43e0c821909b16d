"""One appeal whole: everything that will be filed as the payer reads it, its days, its documents, what happened."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from console.access import record_look
from console.appeals import lists
from console.appeals.forms import AttachForm, SettleForm, WithdrawForm
from console.appeals.needs import Asker
from console.request import DeskRequest
from console.rights import Right
from console.templating import render
from ledger import appeals, appeals_board, cases
from ledger.appeals import AppealRecord, AppealStage
from ledger.appeals_board import Shelf
from ledger.errors import NotThere

NOTES = "appeal-notes"
"""In a session: what the writer of a draft should know of it, by the appeal's number."""

DONE = {
    "drafted": "The draft is made. Nothing is filed before it is approved.",
    "changed": "It is changed.",
    "attached": "The document is sealed and goes with it.",
    "detached": "The document does not go with it any more.",
    "approved": "It is approved. The robot files exactly this, once; a change before that ends the approval.",
    "withdrawn": "It is withdrawn; nothing was filed.",
    "settled": "Your word is written down. If it turns out wrong, settle it again, and say how you know.",
}
_LOOKED_AT = 50
_MAY_CHANGE = frozenset({AppealStage.DRAFT, AppealStage.APPROVED})
_MAY_SETTLE = frozenset({AppealStage.PRESSING, AppealStage.UNCERTAIN})
_SETTLED = frozenset({"settled-filed", "settled-not-filed"})


def asker(request: DeskRequest) -> Asker:
    """Who asks, for which practice, when."""
    return Asker(request.who.practice, request.who.actor, request.now)


def show(request: DeskRequest, number: int) -> HttpResponse:
    """The appeal of this number."""
    return whole(request, appeals.get(request.who.practice.id, number))


def show_next(request: DeskRequest) -> HttpResponse:
    """The next appeal that can be approved; after the one that was just looked at, by `after`."""
    practice_id, today = request.who.practice.id, request.now.date()
    after = lists.place_named(request.GET.get("after", ""))
    for line in appeals_board.page(practice_id, Shelf.TO_APPROVE, today, after=after, most=_LOOKED_AT).lines:
        record = appeals.get(practice_id, line.number)
        pack = request.application.packs.pack(record.portal)
        if pack is not None and not request.application.appeals.missing(record, pack, today):
            return whole(request, record, {"in_turn": True, "skip": lists.place_word(line.place)})
    return render(
        request, "appeals/none.html", {"done": DONE.get(request.GET.get("done", "")), "from_start": after is not None}
    )


def whole(
    request: DeskRequest, record: AppealRecord, more: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of one appeal, with the look at it recorded before it is made. `more` replaces what it shows by itself:
    a form with what was typed, or why something was refused."""
    practice_id, today, may = request.who.practice.id, request.now.date(), request.who.may
    claim = appeals_board.claim_of(practice_id, record.number)
    record_look(
        request, "appeal.view", "appeal", record.number, patient_reference=claim.patient_reference,
        portal=record.portal, fields=("appeal", "patient"),
    )  # fmt: skip
    pack = request.application.packs.pack(record.portal)
    needs = request.application.appeals
    events = appeals.events(practice_id, number=record.number)
    last = events[-1].what.value if events else ""
    is_draft = record.stage is AppealStage.DRAFT
    last_day = record.deadline.day if record.deadline else None
    words, nearness = lists.left(last_day, today, open_yet=record.filed_on is None)
    context = {
        "record": record,
        "claim": claim,
        "events": events,
        "case": _case(practice_id, record.case_id),
        "steps": needs.steps(record, pack) if pack is not None else (),
        "has_pack": pack is not None,
        "missing": needs.missing(record, pack, today) if is_draft and pack is not None else (),
        "why_not_filed": needs.why_not_filed(asker(request), record.portal) if record.filed_on is None else "",
        "left": words,
        "nearness": nearness,
        "presumed": presumed_days(record),
        "may_change": may(Right.DRAFT_APPEALS) and record.stage in _MAY_CHANGE,
        "may_settle": may(Right.DRAFT_APPEALS) and (record.stage in _MAY_SETTLE or last in _SETTLED),
        "may_approve": may(Right.APPROVE_APPEALS) and is_draft and pack is not None,
        "attach_form": AttachForm(auto_id="attach_%s", initial={"seen": record.digest}),
        "withdraw_form": WithdrawForm(auto_id="withdraw_%s", initial={"seen": record.digest}),
        "settle_form": SettleForm(auto_id="settle_%s"),
        "done": DONE.get(request.GET.get("done", "")),
        "notes": request.session.get(NOTES, {}).get(str(record.number), ()),
        "refused": "",
        "in_turn": False,
        "skip": "",
    }
    return render(request, "appeals/appeal.html", {**context, **(more or {})}, status=status)


def document(request: DeskRequest, number: int, place: int) -> HttpResponse:
    """A document that goes with the appeal (1 is the first), under the neutral name that the portal sees, too."""
    practice = request.who.practice
    record = appeals.get(practice.id, number)
    if not 0 < place <= len(record.attachments):
        raise NotThere("such document with the appeal")
    attachment = record.attachments[place - 1]
    claim = appeals_board.claim_of(practice.id, number)
    record_look(
        request, "appeal.document", "appeal", number, patient_reference=claim.patient_reference, portal=record.portal,
        fields=("document",),
    )  # fmt: skip
    content = request.application.appeals.document(practice, attachment.sha256)
    answer = HttpResponse(content, content_type=attachment.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{attachment.filename}"'
    answer["Cache-Control"] = "no-store"
    return answer


def back_to(number: int, done: str) -> str:
    """The address of the appeal after an act that worked."""
    return f"{reverse('appeal', kwargs={'number': number})}?done={done}"


def presumed_days(record: AppealRecord) -> timedelta | None:
    """How long after its anchor the last day is."""
    kept = record.deadline
    return None if kept is None or kept.anchor_date is None else kept.day - kept.anchor_date


def _case(practice_id: int, case_id: int | None) -> cases.CaseRecord | None:
    return None if case_id is None else cases.get(practice_id, case_id)
