"""The portal of "Practice Contractor Services": old server pages in a frameset, claims and files in own windows."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.hostile import with_hostile_script
from sandbox.portals.contractor import appeal_requests, appeals, claims, eligibility, remittances, signin
from sandbox.portals.contractor.inquiry import RULES
from sandbox.portals.contractor.messages import MessageCenter
from sandbox.portals.contractor.pages import HERE, PICTURES, Pages
from sandbox.portals.contractor.visit import COOKIE, Visit
from sandbox.quirks import CONTRACTOR
from sandbox.side import Archetype, PortalSide

PageFunction = Callable[[Visit, Request], Awaitable[Response]]

ARCHETYPE = Archetype(name=CONTRACTOR, profile=signin.PROFILE, search=RULES)


def contractor_portal(side: PortalSide) -> Starlette:
    """The portal as an application over the given state."""
    visit = Visit(side, COOKIE, "", Pages(), MessageCenter())

    def route(path: str, page: PageFunction, method: str = "GET", *, counted: bool = False) -> Route:
        async def answer(request: Request) -> Response:
            return await _answer(visit, request, page, counted=counted)

        return Route(f"/pcs/{path}.do", answer, methods=[method])

    async def start(request: Request) -> Response:
        return RedirectResponse("/pcs/login.do", 302)

    async def style_sheet(request: Request) -> Response:
        return PlainTextResponse(visit.pages.style_sheet(), media_type="text/css")

    async def script(request: Request) -> Response:
        text = (HERE / "assets" / "portal.js").read_text(encoding="utf-8")
        return PlainTextResponse(text, media_type="text/javascript")

    async def picture(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in PICTURES:
            return PlainTextResponse("", 404)
        return PlainTextResponse(visit.pages.picture(side.layout(), name), media_type="image/svg+xml")

    async def no_page(request: Request, error: Exception) -> Response:
        answer = visit.statement(None, "Page Not Found", "The page you asked for does not exist.")
        answer.status_code = 404
        return answer

    return Starlette(
        exception_handlers={404: no_page},
        routes=[
            Route("/", start),
            Route(f"/assets/{visit.pages.build}/portal.css", style_sheet),
            Route(f"/assets/{visit.pages.build}/portal.js", script),
            Route(f"/assets/{visit.pages.build}/{{name}}.svg", picture),
            route("login", signin.sign_in_page),
            route("login", signin.press_password, "POST"),
            route("mfaMethod", signin.choose_method, "POST"),
            route("mfaCode", signin.press_code, "POST"),
            route("terms", signin.agree, "POST"),
            route("password", signin.password, "POST"),
            route("duty", signin.duty, "POST"),
            route("account", signin.choose_account, "POST"),
            route("messages", signin.read_messages),
            route("logoff", signin.sign_out),
            route("main", claims.frameset),
            route("banner", claims.banner),
            route("menu", claims.menu),
            route("nav", claims.go),
            route("stay", claims.stay),
            route("home", claims.home, counted=True),
            route("messageCenter", claims.message_center, counted=True),
            route("accountSelection", claims.account_selection, counted=True),
            route("claimInquiry", claims.inquiry_page, counted=True),
            route("claimInquiry", claims.press_inquiry, "POST", counted=True),
            route("newInquiry", claims.new_inquiry),
            route("claimList", claims.list_page, counted=True),
            route("claimDetail", claims.detail_window, counted=True),
            route("claimCodes", claims.codes_tab, counted=True),
            route("eligibilityInquiry", eligibility.inquiry_page, counted=True),
            route("eligibilityInquiry", eligibility.press_inquiry, "POST", counted=True),
            route("eligibilityResult", eligibility.result_page, counted=True),
            route("newEligibility", eligibility.new_inquiry),
            route("remitInquiry", remittances.inquiry_page, counted=True),
            route("remitInquiry", remittances.press_inquiry, "POST", counted=True),
            route("remitList", remittances.list_page, counted=True),
            route("remitFile", remittances.document_window, counted=True),
            route("eDelivery", remittances.edelivery_page, counted=True),
            route("eDeliveryArchive", remittances.archive_page, counted=True),
            route("appealStart", appeals.start, "POST", counted=True),
            route("appealType", appeals.press_type, "POST", counted=True),
            route("appealLines", appeals.press_lines, "POST", counted=True),
            route("appealReason", appeals.press_reason, "POST", counted=True),
            route("appealAttach", appeals.press_attach, "POST", counted=True),
            route("appealRemove", appeals.press_remove, "POST", counted=True),
            route("appealReview", appeals.press_review, "POST", counted=True),
            route("appealSubmit", appeals.press_submit, "POST", counted=True),
            route("appealReceipt", appeals.receipt, counted=True),
            route("appeals", appeal_requests.appeals_page, counted=True),
            route("appealList", appeal_requests.list_page, counted=True),
            route("appealDetail", appeal_requests.request_window, counted=True),
            route("appealLetter", appeal_requests.letter, counted=True),
            route("claimMsp", claims.other_insurance_tab, counted=True),
        ],
    )


async def _answer(visit: Visit, request: Request, page: PageFunction, *, counted: bool) -> Response:
    """A page, behind the faults that are switched on now. Frames and what only leads on are not counted as pages."""
    side = visit.side
    if side.switches.now.delay_ms:
        await asyncio.sleep(side.switches.now.delay_ms / 1000)
    until = side.maintenance.closed_until()
    if until is not None:
        visit.note(request, "maintenance_page")
        closed = visit.page(
            "closed.html", None, title="Maintenance", until=until.strftime("%m/%d/%Y %I:%M %p"), zone=until.tzname()
        )
        return _finished(visit, closed)
    if counted:
        session = visit.count_page(request)
        every = side.switches.now.http_500_every
        if session is not None and session.signed_in and every is not None and session.pages % every == 0:
            visit.note(request, "http_500", path=request.url.path)
            return _finished(visit, visit.error_page(session))
    return _finished(visit, await page(visit, request))


def _finished(visit: Visit, answer: Response) -> Response:
    if visit.side.switches.now.hostile_script and isinstance(answer, HTMLResponse):
        return with_hostile_script(answer)
    return answer
