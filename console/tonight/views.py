"""Tonight: the page itself."""

from collections.abc import Mapping
from types import MappingProxyType

from django.http import HttpResponse

from console.request import DeskRequest
from console.templating import render
from console.tonight.shown import HEADINGS, LINES, PARTS, night_of, part
from ledger import audit_reviews, emergencies

DONE: Mapping[str, str] = MappingProxyType(
    {
        "paused": "Paused. Sessions that run there end before their next question.",
        "resumed": "Resumed. The worker looks within a few seconds what may run.",
        "frozen": "The job is frozen. A session that does it ends before its next question.",
        "unfrozen": "The job goes on.",
        "ended": "The session is ended. Its process signs out; its questions wait to be asked again.",
        "ended-and-paused": "The session is ended and its portal paused. Its questions wait to be asked again.",
        "rate": "The rate is lowered, from the next question on.",
        "skipped": "The question is left out of this night.",
        "first": "The question is asked before all others of its job.",
        "code": "The code is handed over. The session uses it once.",
    }
)
"""What was done, by the word in the address of the page that follows."""


def show(request: DeskRequest) -> HttpResponse:
    """The night as it stands."""
    application = request.application
    night = night_of(request, application)
    return render(
        request,
        "tonight/list.html",
        {
            "night": night,
            "parts": [(name, HEADINGS[name], part(request, application, night, name)) for name in PARTS],
            "lines": application.night.lines(None, LINES).lines,
            "most_lines": LINES,
            "reviews": emergencies.unreviewed(request.who.practice.id),
            "proof": audit_reviews.latest_proof(request.who.practice.id, request.now),
            "done": DONE.get(request.GET.get("done", "")),
        },
    )
