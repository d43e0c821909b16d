"""The weekly look over the log: what people did in a week, and the name of who looked it over."""

from datetime import date

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.request import DeskRequest
from console.templating import render
from ledger import audit_reviews
from ledger.errors import NotThere

_NOTABLE = (
    *("console.refused", "console.locked", "console.brake", "console.second-factor-reset"),
    *("role.", "account.", "permission."),
)
"""Acts that a reviewer looks at first: sign-ins that failed, and who may do what."""


def show(request: DeskRequest, monday: str) -> HttpResponse:
    """A week's acts by person; POST signs it off."""
    try:
        day = date.fromisoformat(monday)
    except ValueError as error:
        raise NotThere("such week") from error
    if request.method == "POST":
        audit_reviews.sign_off(request.who.actor, day, request.now)
        return HttpResponseRedirect(f"{reverse('audit')}?done=review")
    week = audit_reviews.week(request.who.practice.id, day, request.now.date())
    acts = audit_reviews.acts_in(request.who.practice.id, day)
    notable = [one for one in acts if one.action.startswith(_NOTABLE)]
    others = [one for one in acts if not one.action.startswith(_NOTABLE)]
    return render(request, "audit/week.html", {"week": week, "notable": notable, "others": others})
