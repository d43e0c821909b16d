"""Search for claims and patients: terms come by POST, results stay under an opaque number in the session."""

import secrets

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.access import record_look
from console.claims.forms import SearchForm
from console.request import DeskRequest
from console.templating import render
from ledger import claims_found
from ledger.claims_found import By, Found, Sought
from ledger.errors import NotThere

FOUND = "claims-found"
"""In a session: the newest results, by their opaque number; ids of rows, no name and no term."""
_KEPT = 20


def show(request: DeskRequest) -> HttpResponse:
    """The form; once something was typed, its results under an address of their own."""
    form = SearchForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "claims/search.html", {"form": form}, status=400 if request.POST else 200)
    given = form.cleaned_data
    sought = Sought(
        by=By(given["by"]), text=given["text"], first_name=given["first_name"], birth_date=given["birth_date"]
    )
    results = claims_found.search(request.who.practice.id, sought)
    found_id = secrets.token_urlsafe(9)
    kept = {**request.session.get(FOUND, {}), found_id: {"by": sought.by.value, **results.model_dump(mode="json")}}
    request.session[FOUND] = dict(list(kept.items())[-_KEPT:])
    return HttpResponseRedirect(reverse("claims-found", kwargs={"found_id": found_id}))


def found(request: DeskRequest, found_id: str) -> HttpResponse:
    """What was found, as it stands now. Another session's results, or older ones, are not there."""
    kept = request.session.get(FOUND, {}).get(found_id)
    if kept is None:
        raise NotThere("such search any more")
    practice_id = request.who.practice.id
    results = Found(claims=tuple(kept["claims"]), visits=tuple(kept["visits"]), more=kept["more"])
    record_look(
        request, "claims.search", "list", found_id,
        result=f"{len(results.claims)} claims, {len(results.visits)} visits", fields=("claim", "patient"),
    )  # fmt: skip
    context = {
        "form": SearchForm(initial={"by": kept["by"]}),
        "claims": claims_found.claim_lines(practice_id, results.claims),
        "visits": claims_found.visit_lines(practice_id, results.visits),
        "more": results.more,
        "most": claims_found.MOST,
    }
    return render(request, "claims/found.html", context)
