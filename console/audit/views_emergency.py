"""The review of a look in an emergency, by somebody else."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.emergency.forms import ReviewForm
from console.request import DeskRequest
from console.templating import render
from ledger import emergencies


def show(request: DeskRequest, emergency: int) -> HttpResponse:
    """Who, when, why and how often; POST says whether it was justified."""
    access = emergencies.one(request.who.practice.id, emergency)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        emergencies.review(
            request.who.actor, emergency, request.now,
            justified=form.cleaned_data["justified"] == "yes", words=form.cleaned_data["words"],
        )  # fmt: skip
        return HttpResponseRedirect(f"{reverse('audit')}?done=emergency")
    context = {
        "access": access,
        "form": form,
        "own": access.account_id == request.who.actor.account_id,
        "open": access.is_open(request.now),
    }
    return render(request, "audit/emergency.html", context, status=400 if request.method == "POST" else 200)
