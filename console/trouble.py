"""The pages for what cannot be answered: no such page, a stale form, a ledger that is away, a mistake of our own.

They ask neither session nor ledger: these may be what is away.
"""

import sys

from django.http import HttpRequest, HttpResponse

from console.templating import render
from ledger.errors import DatabaseRefused


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page."""
    return _page(request, 404, "There is no such page. What you looked for may have moved on.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: also for a name of this computer that office.toml does not know ([console], `names`)."""
    return _page(
        request,
        400,
        "This request cannot be understood. Nothing was changed. Open the desk under the address that "
        "`portalwright console` shows, or add the name to [console] in office.toml.",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(request, 403, "This is not yours to see or to do. Nothing was changed.")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that did not come from a page of this session, as after signing in anew in another window."""
    return _page(
        request, 403, "This form belongs to an older page. Nothing was changed. Go back, reload the page and try again."
    )


def failed(request: HttpRequest) -> HttpResponse:
    """503 while the ledger is away, busy or full, in its own words; else 500, with the trace in the log."""
    error = sys.exc_info()[1]
    if isinstance(error, DatabaseRefused):
        return _page(request, 503, str(error))
    return _page(
        request,
        500,
        "Something went wrong inside portalwright. What was recorded before is kept, and the trace is in the office's "
        "log. Go back and look whether what you did is there before you do it again.",
    )


def _page(request: HttpRequest, status: int, why: str) -> HttpResponse:
    answer = render(request, "refused.html", {"who": None, "why": why}, status=status)
    if status == 503:
        answer["Retry-After"] = "10"
    return answer
