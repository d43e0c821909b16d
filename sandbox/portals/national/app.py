"""The national portal of "Practice National Health": server-rendered pages over real HTTP."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.hostile import with_hostile_script
from sandbox.portals.national import acting, bundles, claims, disputes, eligibility, library, payments, signin, tracker
from sandbox.portals.national.pages import HERE
from sandbox.portals.national.search import RULES
from sandbox.portals.national.visit import Visit
from sandbox.profile import Profile
from sandbox.quirks import NATIONAL
from sandbox.side import Archetype, PortalSide

ARCHETYPE = Archetype(NATIONAL, Profile(second_factor="totp", device_days=30, idle_minutes=15), RULES)

PageFunction = Callable[[Visit, Request], Awaitable[Response]]


def national_portal(side: PortalSide) -> Starlette:
    """The portal as an application over the given state."""
    visit = Visit.at_portal(side)

    def route(path: str, page: PageFunction, method: str = "GET") -> Route:
        async def answer(request: Request) -> Response:
            return await _answer(visit, request, page)

        return Route(path, answer, methods=[method])

    async def start(request: Request) -> Response:
        return RedirectResponse("/signin", 302)

    async def style_sheet(request: Request) -> Response:
        return PlainTextResponse(visit.pages.style_sheet(request.path_params["layout"]), media_type="text/css")

    async def script(request: Request) -> Response:
        text = (HERE / "assets" / "portal.js").read_text(encoding="utf-8")
        return PlainTextResponse(text, media_type="text/javascript")

    async def no_page(request: Request, error: Exception) -> Response:
        return visit.page("no_page.html", title="Page not found", status_code=404)

    return Starlette(
        exception_handlers={404: no_page},
        routes=[
            Route("/", start),
            Route(f"/assets/{visit.pages.build}/portal-{{layout:int}}.css", style_sheet),
            Route(f"/assets/{visit.pages.build}/portal.js", script),
            route("/signin", signin.sign_in_page),
            route("/signin", signin.press_password, "POST"),
            route("/verify/method", signin.method_page),
            route("/verify/method", signin.choose_method, "POST"),
            route("/verify", signin.code_page),
            route("/verify", signin.press_code, "POST"),
            route("/passkey", signin.passkey_page),
            route("/terms", signin.terms_page),
            route("/terms", signin.press_agree, "POST"),
            route("/notice", signin.notice_page),
            route("/notice", signin.press_notice, "POST"),
            route("/provider", signin.provider_page),
            route("/provider", signin.choose_provider, "POST"),
            route("/signout", signin.sign_out),
            route("/home", claims.home),
            route("/session/extend", claims.extend_session, "POST"),
            route("/eligibility", eligibility.form_page),
            route("/eligibility", eligibility.press_check, "POST"),
            route("/eligibility/result", eligibility.result_page),
            route("/payments", payments.search_page),
            route("/payments", payments.press_search, "POST"),
            route("/payments/results", payments.results_page),
            route("/payments/detail", payments.detail_page),
            route("/payments/file", payments.file),
            route("/payments/bundles", bundles.bundles_page),
            route("/payments/bundles", bundles.press_create, "POST"),
            route("/payments/bundles/file", bundles.file),
            route("/documents", library.search_page),
            route("/documents", library.press_search, "POST"),
            route("/documents/results", library.results_page),
            route("/claims/search", claims.search_page),
            route("/claims/search", claims.press_search, "POST"),
            route("/claims/results", claims.results_page),
            route("/claims/detail", claims.detail_page),
            route("/claims/act", acting.act_page),
            route("/claims/act", acting.press_act, "POST"),
            route("/disputes/lines", disputes.lines_page),
            route("/disputes/lines", disputes.press_lines, "POST"),
            route("/disputes/reason", disputes.reason_page),
            route("/disputes/reason", disputes.press_reason, "POST"),
            route("/disputes/documents", disputes.documents_page),
            route("/disputes/documents", disputes.press_document, "POST"),
            route("/disputes/documents/remove", disputes.press_remove, "POST"),
            route("/disputes/documents/done", disputes.press_done, "POST"),
            route("/disputes/review", disputes.review_page),
            route("/disputes/submit", disputes.press_submit, "POST"),
            route("/disputes/receipt", disputes.receipt_page),
            route("/disputes/cancel", disputes.cancel),
            route("/tracker", tracker.list_page),
            route("/tracker", tracker.press_show, "POST"),
            route("/tracker/request", tracker.request_page),
            route("/tracker/letter", tracker.letter),
        ],
    )


async def _answer(visit: Visit, request: Request, page: PageFunction) -> Response:
    """A page, behind the faults that are switched on now."""
    switches = visit.side.switches.now
    if switches.delay_ms:
        await asyncio.sleep(switches.delay_ms / 1000)
    until = visit.side.maintenance.closed_until()
    if until is not None:
        visit.note(request, "maintenance_page")
        return _finished(visit, visit.page("maintenance.html", title="Maintenance", until=until))
    session = visit.count_page(request)
    if (
        session is not None
        and session.signed_in
        and switches.http_500_every is not None
        and session.pages % switches.http_500_every == 0
    ):
        visit.note(request, "http_500", path=request.url.path)
        return _finished(visit, visit.error_page())
    return _finished(visit, await page(visit, request))


def _finished(visit: Visit, answer: Response) -> Response:
    if visit.side.switches.now.hostile_script and isinstance(answer, HTMLResponse):
        return with_hostile_script(answer)
    return answer
