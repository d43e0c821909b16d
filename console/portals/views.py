"""Portals: what each permits, how it stands, what has changed there, and how old its sign-ins are."""

from collections.abc import Mapping
from types import MappingProxyType

from django.http import HttpResponse

from console.portals.shown import portal_shown, rows_shown
from console.request import DeskRequest
from console.templating import render
from console.tonight import words
from ledger.errors import NotThere

DONE: Mapping[str, str] = MappingProxyType(
    {
        "cleared": "The sign-in may be pressed again: the presses that stopped it no longer count.",
        "accepted": "The terms are accepted. The robot agrees to this same text from now on, and to no other.",
    }
)
"""What was done, by the word in the address of the page that follows."""


def show(request: DeskRequest) -> HttpResponse:
    """Every portal that the office has a pack for."""
    return render(request, "portals/list.html", {"rows": rows_shown(request)})


def show_portal(request: DeskRequest, portal: str) -> HttpResponse:
    """One portal, whole."""
    if portal not in request.application.packs.names():
        raise NotThere("portal of this name")
    now, zone = request.now, request.application.zone
    return render(
        request,
        "portals/portal.html",
        {
            "portal": portal_shown(request, portal),
            "done": DONE.get(request.GET.get("done", "")),
            "clock": lambda at: words.clock(at, now, zone),
            "bar_word": words.bar_word,
            "job_word": words.job_word,
            "figure": words.figure,
        },
    )
