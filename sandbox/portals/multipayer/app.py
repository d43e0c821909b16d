"""The portal of "Practice Exchange": a single-page site over a JSON API, with an application in a frame."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.hostile import with_hostile_script
from sandbox.portals.multipayer import claims, signin, site
from sandbox.portals.multipayer.exchange import COOKIE, DEVICE_COOKIE, Exchange
from sandbox.portals.multipayer.pages import Pages
from sandbox.profile import Page, Profile
from sandbox.quirks import MULTIPAYER
from sandbox.sessions import Session
from sandbox.side import Archetype, PortalSide
from sandbox.visitors import Visitors

PROFILE = Profile(second_factor="totp", device_days=30, idle_minutes=20)
ARCHETYPE = Archetype(name=MULTIPAYER, profile=PROFILE, search=claims.RULES)

Answer = Callable[[Exchange, Request], Awaitable[Response]]
InnerAnswer = Callable[[Exchange, Request, Session], Awaitable[Response]]


def multipayer_portal(side: PortalSide) -> Starlette:
    """The portal as an application over the given state."""
    exchange = Exchange(side, Visitors(side, COOKIE, DEVICE_COOKIE), Pages())

    def api(path: str, give: Answer, method: str = "GET") -> Route:
        async def answer(request: Request) -> Response:
            return await _closed_or(exchange, request, give)

        return Route(f"/api{path}", answer, methods=[method])

    def inner(path: str, give: InnerAnswer, method: str = "GET", *, counts: bool = False) -> Route:
        async def answer(request: Request) -> Response:
            async def checked(exchange: Exchange, request: Request) -> Response:
                return await _for_application(exchange, request, give, counts=counts)

            return await _closed_or(exchange, request, checked)

        return Route(f"/api/claim-status{path}", answer, methods=[method])

    async def asset(request: Request) -> Response:
        found = exchange.pages.asset(request.path_params["build"], request.path_params["name"])
        return found or Response(status_code=404)

    async def document(request: Request) -> Response:
        return await _closed_or(exchange, request, _document)

    async def no_answer(request: Request) -> Response:
        return exchange.answer(None, {"error": "unknown"}, 404)

    return Starlette(
        routes=[
            Route("/assets/{build}/{name}", asset),
            api("/session", site.session),
            api("/sign-in", signin.where),
            api("/sign-in/{action}", signin.press, "POST"),
            api("/sign-out", signin.sign_out, "POST"),
            api("/organizations", site.organization_page),
            api("/organizations", site.choose_organization, "POST"),
            api("/applications/claim-status", site.application),
            api("/notices", site.notices),
            api("/notices", site.close_notice, "POST"),
            inner("/payers", claims.payers, "POST"),
            inner("/payers/{payer}/options", claims.options),
            inner("/providers", claims.providers, "POST"),
            inner("/searches", claims.search, "POST", counts=True),
            inner("/searches/{search}/rows", claims.rows, counts=True),
            inner("/searches/{search}/clear", claims.clear_filter, "POST"),
            inner("/claims/{claim}", claims.claim, counts=True),
            Route("/api/{rest:path}", no_answer, methods=["GET", "POST"]),
            Route("/{rest:path}", document),
        ],
    )


async def _closed_or(exchange: Exchange, request: Request, give: Answer) -> Response:
    """The answer, behind the delay that is switched on now and the hours in which the site is closed."""
    switches = exchange.side.switches.now
    if switches.delay_ms:
        await asyncio.sleep(switches.delay_ms / 1000)
    until = exchange.side.maintenance.closed_until()
    if until is None:
        return await give(exchange, request)
    exchange.visitors.note(request, "maintenance_page")
    heading = "Scheduled maintenance"
    text = (
        "Practice Exchange is closed while we carry out maintenance.",
        f"We expect to be back at {until:%m/%d/%Y} {until:%I:%M %p} Eastern Time.",
    )
    if request.url.path.startswith("/api/"):
        return exchange.answer(None, {"closed": {"heading": heading, "text": text}}, 503)
    return exchange.pages.plain(heading, text)


async def _for_application(exchange: Exchange, request: Request, give: InnerAnswer, *, counts: bool) -> Response:
    """The answer to the application in the frame, which shows the token that the site gave it."""
    session = exchange.visitors.open_session(request)
    if session is not None and counts:
        session = exchange.visitors.count_page(request)
    if session is None:
        return exchange.unauthorized(request)
    if request.headers.get("authorization") != f"Bearer {exchange.bearer(session)}":
        return exchange.forbidden()
    every = exchange.side.switches.now.http_500_every
    if counts and every is not None and session.pages % every == 0:
        exchange.visitors.note(request, "http_500", path=request.url.path)
        return exchange.answer(session, {"error": "internal"}, 500)
    return await give(exchange, request, session)


async def _document(exchange: Exchange, request: Request) -> Response:
    """A document: the application where somebody is signed in and it is asked for, else the site itself.

    So a frame whose session has ended gets the site, with HTTP 200, and the site asks to sign in.
    """
    session = exchange.newcomer(request)
    version = exchange.side.layout(session)
    inner = request.url.path.startswith("/apps/claim-status/") and session.page is Page.OPEN and session.entitled
    answer: HTMLResponse = (
        exchange.pages.document("claims.js", "Claim Status", version)
        if inner
        else exchange.pages.document("shell.js", "Practice Exchange", version)
    )
    if exchange.side.switches.now.hostile_script:
        answer = with_hostile_script(answer)
    exchange.visitors.keep(answer, session)
    return answer
