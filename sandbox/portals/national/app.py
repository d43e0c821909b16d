"""The national portal of "Practice National Health": server-rendered pages over real HTTP."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.portals.national import claims, signin
from sandbox.portals.national.hostile import with_hostile_script
from sandbox.portals.national.pages import HERE, Pages
from sandbox.portals.national.visit import Visit
from sandbox.sessions import Stage
from sandbox.side import PortalSide

PageFunction = Callable[[Visit, Request], Awaitable[Response]]


def national_portal(side: PortalSide) -> Starlette:
    """The portal as an application over the given state."""
    visit = Visit(side, Pages())

    def route(path: str, page: PageFunction, method: str = "GET") -> Route:
        async def answer(request: Request) -> Response:
            return await _answer(visit, request, page)

        return Route(path, answer, methods=[method])

    async def start(request: Request) -> Response:
        return RedirectResponse("/signin", 302)

    async def style_sheet(request: Request) -> Response:
        return PlainTextResponse(visit.pages.style_sheet(), media_type="text/css")

    async def script(request: Request) -> Response:
        text = (HERE / "assets" / "portal.js").read_text(encoding="utf-8")
        return PlainTextResponse(text, media_type="text/javascript")

    async def no_page(request: Request, error: Exception) -> Response:
        return visit.pages.page("no_page.html", title="Page not found", status_code=404)

    return Starlette(
        exception_handlers={404: no_page},
        routes=[
            Route("/", start),
            Route(f"/assets/{visit.pages.build}/portal.css", style_sheet),
            Route(f"/assets/{visit.pages.build}/portal.js", script),
            route("/signin", signin.sign_in_page),
            route("/signin", signin.press_password, "POST"),
            route("/verify", signin.code_page),
            route("/verify", signin.press_code, "POST"),
            route("/provider", signin.provider_page),
            route("/provider", signin.choose_provider, "POST"),
            route("/signout", signin.sign_out),
            route("/home", claims.home),
            route("/claims/search", claims.search_page),
            route("/claims/search", claims.press_search, "POST"),
            route("/claims/results", claims.results_page),
            route("/claims/detail", claims.detail_page),
        ],
    )


async def _answer(visit: Visit, request: Request, page: PageFunction) -> Response:
    """A page, behind the faults that are switched on now."""
    switches = visit.side.switches.now
    if switches.delay_ms:
        await asyncio.sleep(switches.delay_ms / 1000)
    if switches.maintenance:
        visit.note(request, "maintenance_page")
        return _finished(visit, visit.pages.page("maintenance.html", title="Maintenance"))
    session = visit.session(request)
    if session is not None and session.stage in (Stage.PROVIDER, Stage.OPEN):
        session.pages += 1
        if switches.expire_session_after is not None and session.pages > switches.expire_session_after:
            visit.side.sessions.end(session)
        elif switches.http_500_every is not None and session.pages % switches.http_500_every == 0:
            visit.note(request, "http_500", path=request.url.path)
            return _finished(visit, visit.error_page())
    return _finished(visit, await page(visit, request))


def _finished(visit: Visit, answer: Response) -> Response:
    if visit.side.switches.now.hostile_script and isinstance(answer, HTMLResponse):
        return with_hostile_script(answer)
    return answer
