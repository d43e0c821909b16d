"""Nobody sees a page without being signed in, and nobody does more than their roles give. Every page is in a table.

A page that names no right for a method does not have that method; what is not in the table is not there.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path as route
from django.urls import reverse
from django.urls.resolvers import URLPattern

from console import sessions
from console.application import current
from console.request import DeskRequest, Who
from console.rights import Right
from console.sessions import Ended, Rules
from console.templating import render
from ledger import audit
from ledger.errors import DatabaseRefused, LedgerError, NotThere

_READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Page:
    """One page: its path, its name for links, and by method the right that it takes. `public`: before signing in.

    `live`: it is asked for by the page itself, so that it is no act of a person and keeps nobody signed in. `first`: it
    is there for somebody who has yet to change their password or to set up their authenticator, too.
    """

    path: str
    name: str
    view: Callable[..., Any]
    get: Right | None = None
    post: Right | None = None
    public: bool = False
    live: bool = False
    first: bool = False

    @property
    def rights(self) -> Mapping[str, Right]:
        """By method (GET, POST), the right that it takes; the other methods are not there."""
        named = {"GET": self.get, "POST": self.post}
        return {method: right for method, right in named.items() if right is not None}


def routes(pages: tuple[Page, ...]) -> list[URLPattern]:
    """The pages for Django, each behind its guard."""
    return [route(page.path, guarded(page), name=page.name) for page in pages]


def guarded(page: Page) -> Callable[..., Any]:
    """The page's view, behind what it takes to see it."""
    if inspect.iscoroutinefunction(page.view):

        @functools.wraps(page.view)
        async def later(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            refusal = _refusal(request, page)
            return refusal if refusal is not None else await cast(Awaitable[HttpResponse], page.view(request, **kwargs))

        return later

    @functools.wraps(page.view)
    def at_once(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        refusal = _refusal(request, page)
        if refusal is not None:
            return refusal
        try:
            return cast(HttpResponse, page.view(request, **kwargs))
        except LedgerError as error:
            return refused(cast(DeskRequest, request), error)

    return at_once


def _refusal(request: HttpRequest, page: Page) -> HttpResponse | None:
    method = "GET" if request.method in _READS else str(request.method)
    if page.public:
        return None if method in {"GET", "POST"} else HttpResponseNotAllowed(["GET", "POST"])
    right = page.rights.get(method)
    if right is None:
        return HttpResponseNotAllowed(list(page.rights))
    who: Who | None = getattr(request, "who", None)
    if who is None:
        return HttpResponse(status=401) if page.live else _to_sign_in(request, method)
    if who.first and not page.first:
        return HttpResponse(status=401) if page.live else HttpResponseRedirect(reverse(who.first))
    if not who.may(right):
        return render(request, "refused.html", {"why": "Your roles do not give you this page."}, status=403)
    if not page.live:
        sessions.acted(request.session, _rules(request))
    return None


def _to_sign_in(request: HttpRequest, method: str) -> HttpResponse:
    """After it the person is where they wanted to be; what they wanted to do they do again, knowing what it was."""
    said = {"next": request.get_full_path() if method == "GET" else reverse("tonight")}
    ended: Ended | None = getattr(request, "ended", None)
    if ended is not None:
        request.session.flush()
        said["why"] = ended
    return HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode(said)}")


def refused(request: DeskRequest, error: LedgerError) -> HttpResponse:
    """The page for what the ledger refused: in its own words, which name nobody."""
    status = 404 if isinstance(error, NotThere) else 503 if isinstance(error, DatabaseRefused) else 409
    return render(request, "refused.html", {"why": str(error)}, status=status)


class TheOffice:
    """Middleware: gives each request the opened office, and says who asks where somebody is signed in."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast(DeskRequest, request)
        asked.application = current()
        asked.now = asked.application.clock.now()
        found = sessions.read(request.session, _rules(request))
        if isinstance(found, Who):
            asked.who = found
        elif found is not None:
            asked.ended = found
        return self._get_response(request)


def still_in(request: HttpRequest) -> Who | None:
    """Who is signed in now, read anew: for a page that lives on after its request. None: it has to end.

    It asks the ledger; under an event loop call it in a thread.
    """
    newest = type(request.session)(request.session.session_key)
    found = sessions.read(newest, Rules(current().sign_in, current().clock.now()))
    return found if isinstance(found, Who) and not found.first else None


def _rules(request: HttpRequest) -> Rules:
    asked = cast(DeskRequest, request)
    return Rules(asked.application.sign_in, asked.now)


def record_look(
    request: DeskRequest,
    action: str,
    kind: str,
    object_id: object,
    *,
    patient_reference: str = "",
    portal: str = "",
    result: str = "",
    fields: tuple[str, ...] = (),
) -> None:
    """Put a look at protected data into the audit log, before it is shown (45 CFR 164.312(b)).

    `kind` and the opaque `object_id` say at what; `fields` names what was shown, in words.
    """
    audit.append(
        request.who.actor,
        action,
        kind,
        object_id,
        request.now,
        patient_reference=patient_reference,
        portal=portal,
        result=result,
        fields=fields,
    )
