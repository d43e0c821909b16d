"""What people do with a claim or a visit: have the payer asked now, leave the payer alone, end that."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.claims.forms import HoldForm
from console.request import DeskRequest
from ledger import claim_asked, claims_found, holds
from ledger.errors import RecordWrong
from ledger.planning_values import HoldWhy


def ask_claim(request: DeskRequest, claim_id: int) -> HttpResponse:
    """Have the claim's status asked now."""
    claim_asked.ask_claim(claim_id, request.who.actor, request.now)
    return _back("claim", "asked", claim_id=claim_id)


def ask_visit(request: DeskRequest, appointment_id: int) -> HttpResponse:
    """Have the coverage of a visit asked now."""
    claim_asked.ask_visit(appointment_id, request.who.actor, request.now)
    return _back("visit", "asked", appointment_id=appointment_id)


def hold(request: DeskRequest, claim_id: int) -> HttpResponse:
    """Leave the payer alone about this claim, or its patient."""
    head = claims_found.claim(request.who.practice.id, claim_id)
    form = HoldForm(request.POST)
    if not form.is_valid():
        raise RecordWrong("That is no reason to hold a claim for, or the note is too long. Nothing was changed.")
    holds.hold(
        head.question.claim.patient_account_number, HoldWhy(form.cleaned_data["why"]), request.who.actor, request.now,
        portal=head.question.portal, note=form.cleaned_data["note"],
    )  # fmt: skip
    return _back("claim", "held", claim_id=claim_id)


def release(request: DeskRequest, claim_id: int) -> HttpResponse:
    """End every hold on this claim and its patient."""
    head = claims_found.claim(request.who.practice.id, claim_id)
    holds.release(
        head.question.claim.patient_account_number, request.who.actor, request.now, portal=head.question.portal
    )
    return _back("claim", "released", claim_id=claim_id)


def _back(page: str, done: str, **parts: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(page, kwargs=parts)}?done={done}")
