"""One claim, one visit, one patient: everything that is known, in one time-line."""

from collections.abc import Sequence

from django.http import HttpResponse

from console.access import record_look
from console.claims.forms import HoldForm
from console.claims.needs import EventKind, TimeLineEvent
from console.request import DeskRequest
from console.rights import Right
from console.templating import render
from ledger import appeals_board, claims_found, holds, patient_accounts, tasks_paged, time_line
from ledger.answers import AnswerRecord

_DONE = {
    "asked": "The portal is asked about it at the next opportunity, before what is due by its day.",
    "held": "The payer is left alone, until somebody ends the hold.",
    "released": "Every hold is ended; it is asked about again on the days of its rules.",
}
_BALANCES = 25
"""So many claims' balances are worked out on the page of a patient."""


def claim(request: DeskRequest, claim_id: int) -> HttpResponse:
    """Everything about one claim."""
    who, needs, now = request.who, request.application.claims, request.now
    head = claims_found.claim(who.practice.id, claim_id)
    asked = head.question
    record_look(
        request, "claim.view", "claim", claim_id, patient_reference=head.patient_reference, portal=asked.portal,
        fields=("claim", "patient"),
    )  # fmt: skip
    line = time_line.of_claim_id(who.practice.id, claim_id)
    (account,) = patient_accounts.of_claims(who.practice.id, (claim_id,))
    due, why_no_balance = needs.balance(who.practice, who.actor, account)
    kinds = _kinds(request)
    context = {
        "head": head,
        "line": line,
        "kinds": kinds,
        "all_kinds": tuple(EventKind),
        "events": _chosen(needs.events(who.practice, line), kinds),
        "answers": _in_versions(request, line.answers),
        "facts": needs.facts(line.answers[-1].answer.normalised) if line.answers else (),
        "tasks": tasks_paged.about(who.practice.id, now.date(), claim_id=claim_id),
        "appeals": appeals_board.of_claim(who.practice.id, claim_id),
        "account": account,
        "due": due,
        "why_no_balance": why_no_balance,
        "holds": holds.of_claim(who.practice.id, asked.claim.patient_account_number, portal=asked.portal),
        "planned": [(item, plan, needs.when(item, plan)) for item, plan in needs.why_when(who.practice, claim_id, now)],
        "hold_form": HoldForm(auto_id="hold_%s"),
        "may_work": who.may(Right.WORK_CASES),
        "may_draft": who.may(Right.DRAFT_APPEALS),
        "done": _DONE.get(request.GET.get("done", "")),
    }
    return render(request, "claims/claim.html", context)


def visit(request: DeskRequest, appointment_id: int) -> HttpResponse:
    """Everything about one visit and its coverage."""
    who, needs = request.who, request.application.claims
    head = claims_found.visit(who.practice.id, appointment_id)
    record_look(
        request, "appointment.view", "appointment", appointment_id, patient_reference=head.patient_reference,
        portal=head.question.portal, fields=("appointment", "patient"),
    )  # fmt: skip
    line = time_line.of_visit_id(who.practice.id, appointment_id)
    kinds = _kinds(request)
    context = {
        "head": head,
        "line": line,
        "kinds": kinds,
        "all_kinds": (EventKind.IMPORT, EventKind.ATTEMPT, EventKind.ANSWER, EventKind.CASE),
        "events": _chosen(needs.events(who.practice, line), kinds),
        "answers": _in_versions(request, line.answers),
        "facts": needs.facts(line.answers[-1].answer.normalised) if line.answers else (),
        "tasks": tasks_paged.about(who.practice.id, request.now.date(), appointment_id=appointment_id),
        "planned": [
            (item, plan, needs.when(item, plan))
            for item, plan in needs.why_when_visit(who.practice, appointment_id, request.now)
        ],
        "may_work": who.may(Right.WORK_CASES),
        "done": _DONE.get(request.GET.get("done", "")),
    }
    return render(request, "claims/visit.html", context)


def patient(request: DeskRequest, patient_id: int) -> HttpResponse:
    """A person's claims and visits, newest first, and what is left to pay."""
    who, needs = request.who, request.application.claims
    person = claims_found.patient(who.practice.id, patient_id)
    record_look(
        request, "patient.view", "patient", patient_id, patient_reference=person.reference,
        fields=("claim", "appointment", "patient"),
    )  # fmt: skip
    found = claims_found.of_patient(who.practice.id, person)
    accounts = patient_accounts.of_claims(who.practice.id, found.claims[:_BALANCES])
    balances = {account.claim_id: needs.balance(who.practice, who.actor, account) for account in accounts}
    known = [due for due, _ in balances.values() if due is not None]
    context = {
        "person": person,
        "claims": [(one, *balances.get(one.claim_id, (None, ()))) for one in _claims(request, found.claims)],
        "visits": claims_found.visit_lines(who.practice.id, found.visits),
        "more": found.more,
        "most": claims_found.MOST,
        "due": sum(known) if known else None,
        "worked_out": len(balances),
        "unknown": len(balances) - len(known),
    }
    return render(request, "claims/patient.html", context)


def _claims(request: DeskRequest, ids: Sequence[int]) -> tuple[claims_found.ClaimLine, ...]:
    return claims_found.claim_lines(request.who.practice.id, ids)


def _kinds(request: DeskRequest) -> frozenset[EventKind]:
    """The kinds that are asked for in the address; none: all of them."""
    known = {one.value for one in EventKind}
    return frozenset(EventKind(word) for word in request.GET.getlist("kind") if word in known)


def _chosen(events: Sequence[TimeLineEvent], kinds: frozenset[EventKind]) -> list[TimeLineEvent]:
    return [event for event in reversed(events) if not kinds or event.kind in kinds]


def _in_versions(request: DeskRequest, answers: Sequence[AnswerRecord]) -> list[tuple[AnswerRecord, str]]:
    """Each answer with what it said or changed, the newest first."""
    said = request.application.claims.said
    told = [(answer, said(before, answer)) for before, answer in zip((None, *answers), answers, strict=False)]
    return told[::-1]
