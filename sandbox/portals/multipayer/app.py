"""The portal of "Practice Exchange": a single-page site over a JSON API, with its applications in a frame."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.hostile import with_hostile_script
from sandbox.portals.multipayer import appeals, claims, disputes, eligibility, parties, remittances, signin, site
from sandbox.portals.multipayer.exchange import COOKIE, DEVICE_COOKIE, Exchange
from sandbox.portals.multipayer.pages import Pages
from sandbox.profile import Page, Profile
from sandbox.quirks import MULTIPAYER
from sandbox.side import Archetype, PortalSide
from sandbox.visitors import Visitors

PROFILE = Profile(second_factor="totp", device_days=30, idle_minutes=20)
ARCHETYPE = Archetype(name=MULTIPAYER, profile=PROFILE, search=claims.RULES)

Answer = Callable[[Exchange, Request], Awaitable[Response]]

APPLICATIONS = {
    # application, as addresses name it: its script and its title
    "claim-status": ("claims.js", "Claim Status"),
    "eligibility": ("eligibility.js", "Eligibility and Benefits"),
    "remittance-viewer": ("remittances.js", "Remittance Viewer"),
    "appeals": ("appeals.js", "Appeals"),
}


def multipayer_portal(side: PortalSide) -> Starlette:
    """The portal as an application over the given state."""
    exchange = Exchange(side, Visitors(side, COOKIE, DEVICE_COOKIE), Pages())

    def api(path: str, give: Answer, method: str = "GET") -> Route:
        async def answer(request: Request) -> Response:
            return await _closed_or(exchange, request, give)

        return Route(f"/api{path}", answer, methods=[method])

    def inner(path: str, give: parties.Give, method: str = "GET", *, counts: bool = False) -> Route:
        async def answer(request: Request) -> Response:
            async def checked(exchange: Exchange, request: Request) -> Response:
                return await _for_application(exchange, request, give, counts=counts)

            return await _closed_or(exchange, request, checked)

        return Route(f"/api{path}", answer, methods=[method])

    async def asset(request: Request) -> Response:
        found = exchange.pages.asset(request.path_params["build"], request.path_params["name"])
        return found or Response(status_code=404)

    async def document(request: Request) -> Response:
        return await _closed_or(exchange, request, _document)

    def paper(path: str, give: Callable[[Exchange, Request], Awaitable[Response | None]]) -> Route:
        async def paper_or_site(exchange: Exchange, request: Request) -> Response:
            return await give(exchange, request) or await _document(exchange, request)

        async def answer(request: Request) -> Response:
            return await _closed_or(exchange, request, paper_or_site)

        return Route(f"/apps{path}", answer)

    def asks_first(application: str, form: parties.SearchForm) -> list[Route]:
        """What every application asks first."""
        return [
            inner(f"/{application}/payers", parties.payers, "POST"),
            inner(f"/{application}/payers/{{payer}}/options", parties.options_of(form)),
            inner(f"/{application}/providers", parties.providers, "POST"),
        ]

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
            api("/applications/{application}", site.application),
            api("/notices", site.notices),
            api("/notices", site.close_notice, "POST"),
            *asks_first("claim-status", claims.FORM),
            inner("/claim-status/searches", claims.search, "POST", counts=True),
            inner("/claim-status/searches/{search}/rows", claims.rows, counts=True),
            inner("/claim-status/searches/{search}/clear", claims.LAST.clear_filter, "POST"),
            inner("/claim-status/claims/{claim}", claims.claim, counts=True),
            *asks_first("eligibility", eligibility.FORM),
            inner("/eligibility/services", eligibility.services),
            inner("/eligibility/inquiries", eligibility.inquire, "POST", counts=True),
            inner("/eligibility/members/{member}", eligibility.member, counts=True),
            *asks_first("remittance-viewer", remittances.FORM),
            inner("/remittance-viewer/searches", remittances.search, "POST", counts=True),
            inner("/remittance-viewer/searches/{search}/rows", remittances.rows, counts=True),
            inner("/remittance-viewer/searches/{search}/clear", remittances.LAST.clear_filter, "POST"),
            inner("/remittance-viewer/payments/{payment}", remittances.payment, counts=True),
            inner("/remittance-viewer/payments/{payment}/era", remittances.era, counts=True),
            inner("/remittance-viewer/payments/{payment}/eob", remittances.eob, "POST", counts=True),
            paper("/remittance-viewer/file/{ticket}", remittances.file),
            inner("/claim-status/claims/{claim}/dispute", disputes.begin, "POST", counts=True),
            *asks_first("appeals", appeals.FORM),
            inner("/appeals/searches", appeals.search, "POST", counts=True),
            inner("/appeals/searches/{search}/rows", appeals.rows, counts=True),
            inner("/appeals/searches/{search}/clear", appeals.LAST.clear_filter, "POST"),
            inner("/appeals/disputes/{dispute}", appeals.dispute, counts=True),
            inner("/appeals/disputes/{dispute}/letter", appeals.letter, "POST", counts=True),
            inner("/appeals/worklist", disputes.worklist, counts=True),
            inner("/appeals/worklist/{dispute}", disputes.at_work(disputes.work), counts=True),
            inner("/appeals/worklist/{dispute}/lines", disputes.at_work(disputes.save_lines), "POST"),
            inner("/appeals/worklist/{dispute}/reason", disputes.at_work(disputes.save_reason), "POST"),
            inner("/appeals/worklist/{dispute}/documents", disputes.at_work(disputes.add_document), "POST"),
            inner("/appeals/worklist/{dispute}/documents/remove", disputes.at_work(disputes.remove_document), "POST"),
            inner("/appeals/worklist/{dispute}/review", disputes.at_work(disputes.review), counts=True),
            inner("/appeals/worklist/{dispute}/submit", disputes.at_work(disputes.submit), "POST"),
            inner("/appeals/receipt", disputes.receipt, counts=True),
            paper("/appeals/file/{ticket}", appeals.file),
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


async def _for_application(exchange: Exchange, request: Request, give: parties.Give, *, counts: bool) -> Response:
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
    _, first, name, *_ = (*request.url.path.split("/"), "", "")
    inner = first == "apps" and session.page is Page.OPEN and session.entitled
    script, title = APPLICATIONS.get(name if inner else "", ("shell.js", "Practice Exchange"))
    answer: HTMLResponse = exchange.pages.document(script, title, version)
    if exchange.side.switches.now.hostile_script:
        answer = with_hostile_script(answer)
    exchange.visitors.keep(answer, session)
    return answer
