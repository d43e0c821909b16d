"""A portal's terms of use that wait to be read: a person reads them, and accepts them for the office, or does not."""

from django import forms
from django.http import HttpResponse

from console.request import DeskRequest
from console.rights import Right
from console.templating import render
from console.tonight.controls import done
from ledger import terms
from ledger.errors import NotThere


class AcceptForm(forms.Form):
    """Who agrees for the office, to which text."""

    accepted_as = forms.CharField(
        label="Name of the person who may agree for the office, and has read it", max_length=200
    )
    sha256 = forms.CharField(widget=forms.HiddenInput)


def show(request: DeskRequest, portal: str) -> HttpResponse:
    """The text that waits, and those that were accepted."""
    if portal not in request.application.packs.names():
        raise NotThere("portal of this name")
    practice_id = request.who.practice.id
    waiting = terms.waiting(portal, practice_id)
    form = AcceptForm(initial={"sha256": waiting.sha256 if waiting is not None else ""})
    status = 200
    if request.method == "POST":
        form = AcceptForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            # The text that was read, not the one that has come since.
            terms.accept(portal, given["sha256"], given["accepted_as"], request.who.actor, request.now)
            return done("accepted", "portal", portal=portal)
        status = 422
    return render(
        request,
        "portals/terms.html",
        {
            "portal": portal,
            "waiting": waiting,
            "history": terms.history(portal, practice_id),
            "form": form if waiting is not None and request.who.may(Right.CLEAR_SIGN_INS) else None,
        },
        status=status,
    )
