"""Break-glass: a reason, one claim or patient, a clock; every look recorded, and nothing can be changed through it."""

from datetime import timedelta
from math import ceil

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.emergency.forms import AskForm
from console.request import DeskRequest
from console.templating import render
from ledger import audit_listed, claims_found, emergencies, time_line

_MINUTE = timedelta(minutes=1)


def ask(request: DeskRequest) -> HttpResponse:
    """The form, and one's own accesses that are still open."""
    form, lasts = AskForm(request.POST or None), request.application.sign_in.emergency
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        claim = audit_listed.claim_of(request.who.practice.id, given["number"].strip())
        if claim is None:
            form.add_error("number", "No claim has this number, or claims of several patients have.")
        else:
            opened = emergencies.open_access(
                request.who.actor, claim, given["reason"], request.now,
                lasts=lasts, whole_patient=given["whole_patient"],
            )  # fmt: skip
            return HttpResponseRedirect(reverse("emergency-look", kwargs={"emergency": opened}))
    own = emergencies.own(request.who.actor, request.now)
    minutes = int(lasts.total_seconds() // 60)
    status = 400 if request.method == "POST" else 200
    return render(request, "emergency/ask.html", {"form": form, "own": own, "minutes": minutes}, status=status)


def look(request: DeskRequest, emergency: int) -> HttpResponse:
    """The claim or the patient, while the clock runs. That it was looked at is in the log first."""
    who, needs = request.who, request.application.claims
    access = emergencies.look(who.actor, emergency, request.now)
    context: dict[str, object] = {"access": access, "left": ceil((access.until - request.now) / _MINUTE)}
    if access.claim_id is not None:
        head = claims_found.claim(who.practice.id, access.claim_id)
        line = time_line.of_claim_id(who.practice.id, access.claim_id)
        context |= {
            "patient": head.question.patient,
            "claims": claims_found.claim_lines(who.practice.id, (access.claim_id,)),
            "visits": (),
            "events": list(reversed(needs.events(who.practice, line))),
        }
    elif access.patient_id is not None:
        person = claims_found.patient(who.practice.id, access.patient_id)
        found = claims_found.of_patient(who.practice.id, person)
        context |= {
            "patient": person.patient,
            "claims": claims_found.claim_lines(who.practice.id, found.claims),
            "visits": claims_found.visit_lines(who.practice.id, found.visits),
            "events": [],
        }
    return render(request, "emergency/look.html", context)


def end(request: DeskRequest, emergency: int) -> HttpResponse:
    """It is needed no more."""
    emergencies.end(request.who.actor, emergency, request.now)
    return HttpResponseRedirect(reverse("emergency"))
