"""An appeal is drafted from a denied claim, and changed until somebody approves it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect

from console.access import record_look
from console.appeals.acts import REFUSALS
from console.appeals.forms import ChangeForm, DraftForm
from console.appeals.needs import Wish
from console.appeals.views import NOTES, asker, back_to
from console.request import DeskRequest
from console.templating import render
from flows.appealable import Finding
from flows.drafting import ReasonWanted
from flows.questions import AppealLevel, AppealReason
from ledger import appeals, appeals_board, claims_found
from ledger.appeals import AppealRecord

T = TypeVar("T")

_NOTED = 20
"""So many appeals' notes a session keeps."""


def draft(request: DeskRequest, claim_id: int) -> HttpResponse:
    """Draft an appeal of this claim; where there is nothing to appeal, or something else comes first, it is said."""
    practice_id = request.who.practice.id
    claim = claims_found.claim(practice_id, claim_id)
    record_look(
        request, "claim.view", "claim", claim_id, patient_reference=claim.patient_reference,
        portal=claim.question.portal, fields=("claim", "patient"),
    )  # fmt: skip
    form = DraftForm(request.POST or None, initial={"level": AppealLevel.FIRST})
    status, findings = 200, tuple[str, ...]()
    if request.method == "POST":
        status = 400
        if form.is_valid():
            given = form.cleaned_data
            wish = Wish(
                level=AppealLevel(given["level"]),
                lines=given["lines"],
                reason=AppealReason(given["reason"]) if given["reason"] else None,
                argument=given["argument"] if given["argument"].strip() else None,
                notice=given["notice"],
                anyway=given["anyway"],
            )
            drafts = request.application.appeals
            drafted, findings = _tried(form, lambda: drafts.draft(asker(request), claim_id, wish))
            if drafted is not None:
                number, notes = drafted
                _note(request, number, notes)
                return HttpResponseRedirect(back_to(number, "drafted"))
            status = 409
    context = {
        "claim": claim,
        "form": form,
        "findings": findings,
        "there": appeals_board.of_claim(practice_id, claim_id),
    }
    return render(request, "appeals/draft.html", context, status=status)


def _tried(form: Form, act: Callable[[], T]) -> tuple[T | None, tuple[str, ...]]:
    """What came of it, None where it was refused: then the form says why; and what should come before an appeal."""
    try:
        return act(), ()
    except ReasonWanted as wanted:
        form.add_error("anyway", "Something else should come first; see above. Say why it is appealed now.")
        return None, wanted.findings
    except REFUSALS as refused:
        form.add_error(None, str(refused))
        return None, ()


def change(request: DeskRequest, number: int) -> HttpResponse:
    """Change an appeal that was not pressed. An approval that it had ends."""
    practice_id = request.who.practice.id
    record = appeals.get(practice_id, number)
    claim = appeals_board.claim_of(practice_id, number)
    record_look(
        request, "appeal.view", "appeal", number, patient_reference=claim.patient_reference, portal=record.portal,
        fields=("appeal", "patient"),
    )  # fmt: skip
    form = ChangeForm(request.POST or None, initial=_as_it_is(record))
    status, findings = 200, tuple[str, ...]()
    if request.method == "POST":
        status = 400
        if form.is_valid():
            wish = _otherwise(form, record)
            notes, findings = _tried(form, lambda: request.application.appeals.change(asker(request), number, wish))
            if notes is not None:
                _note(request, number, notes)
                return HttpResponseRedirect(back_to(number, "changed"))
            status = 409
    context = {
        "record": record,
        "claim": claim,
        "form": form,
        "findings": findings,
        "is_stale": bool(request.POST) and request.POST.get("seen") != record.digest,
    }
    return render(request, "appeals/change.html", context, status=status)


def _as_it_is(record: AppealRecord) -> dict[str, object]:
    return {
        "level": record.level,
        "lines": ", ".join(record.lines),
        "reason": record.reason,
        "argument": record.own_words or record.argument,
        "seen": record.digest,
    }


def _otherwise(form: ChangeForm, record: AppealRecord) -> Wish:
    """What is to be otherwise than the appeal that was shown; the rest stays None."""
    given, was = form.cleaned_data, _as_it_is(record)
    argument = given["argument"].replace("\r\n", "\n")
    lines = given["lines"] or ()
    return Wish(
        level=AppealLevel(given["level"]) if given["level"] != was["level"] else None,
        lines=lines if lines != record.lines else None,
        reason=AppealReason(given["reason"]) if given["reason"] and given["reason"] != was["reason"] else None,
        argument=argument if argument.strip() and argument != was["argument"] else None,
        notice=given["notice"],
        anyway=given["anyway"],
        seen=given["seen"],
    )


def _note(request: DeskRequest, number: int, notes: Sequence[Finding]) -> None:
    """Keep what the writer should know, to be shown with the appeal: sentences of ours, nothing of a patient."""
    kept = {**request.session.get(NOTES, {}), str(number): [one.what for one in notes]}
    request.session[NOTES] = dict(list(kept.items())[-_NOTED:])
