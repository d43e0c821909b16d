"""The Medicaid portal of "Practice State Medical Assistance": pages that are sent back to the server for every move."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.hostile import with_hostile_script
from sandbox.maintenance import Planned
from sandbox.portals.medicaid import (
    claims,
    eligibility,
    file_requests,
    reconsideration,
    reconsideration_attachments,
    reconsiderations,
    remittances,
    signin,
)
from sandbox.portals.medicaid.pages import HERE
from sandbox.portals.medicaid.visit import START, Visit
from sandbox.side import Archetype, PortalSide

SUNDAY = 6
ARCHETYPE = Archetype(
    "practice-medicaid", signin.PROFILE, claims.RULES, planned=(Planned(SUNDAY, start=time(0), end=time(6)),)
)

PageFunction = Callable[[Visit, Request], Awaitable[Response]]


def medicaid_portal(side: PortalSide) -> Starlette:
    """The portal as an application over the given state."""
    visit = Visit(side, "PSMA_SessionId", "PSMA_Device")

    def page(path: str, shown: PageFunction, taken_back: PageFunction | None = None) -> list[Route]:
        def answering(function: PageFunction) -> Callable[[Request], Awaitable[Response]]:
            async def answer(request: Request) -> Response:
                return await _answer(visit, request, function)

            return answer

        routes = [Route(path, answering(shown), methods=["GET"])]
        if taken_back is not None:
            routes.append(Route(path, answering(taken_back), methods=["POST"]))
        return routes

    async def start(request: Request) -> Response:
        return RedirectResponse(START, 302)

    async def style_sheet(request: Request) -> Response:
        return PlainTextResponse(visit.pages.style_sheet(request.path_params["naming"]), media_type="text/css")

    async def script(request: Request) -> Response:
        text = (HERE / "assets" / "portal.js").read_text(encoding="utf-8")
        return PlainTextResponse(text, media_type="text/javascript")

    async def no_page(request: Request, error: Exception) -> Response:
        return visit.notice(
            "The page cannot be found",
            "The page you asked for does not exist.",
            legend="Error",
            link=(START, "Start again"),
            status_code=404,
        )

    return Starlette(
        exception_handlers={404: no_page},
        routes=[
            Route("/", start),
            Route(f"/assets/{visit.pages.build}/{{naming}}/portal.css", style_sheet),
            Route(f"/assets/{visit.pages.build}/portal.js", script),
            *page(START, signin.user_page, signin.press_user_name),
            *page(signin.PASSWORD, signin.password_page, signin.press_password),
            *page(signin.QUESTION, signin.question_page, signin.press_answer),
            *page(signin.EXPIRING, signin.expiring_page, signin.press_expiring),
            *page(signin.CHANGE, signin.change_page, signin.press_change),
            *page(signin.CAPTCHA, signin.captcha_page, signin.press_captcha),
            *page(signin.NOTICE, signin.notice_page, signin.press_notice),
            *page(signin.ACTING, signin.acting_page, signin.acting_post_back),
            *page(signin.HOME, signin.home),
            *page("/KeepAlive.aspx", signin.keep_alive),
            *page("/SignOut.aspx", signin.sign_out),
            *page(claims.SEARCH, claims.INQUIRY.page, claims.INQUIRY.post_back),
            *page(claims.DETAIL, claims.detail_page, claims.detail_post_back),
            *page(reconsideration.RECONSIDERATION, reconsideration.request_page, reconsideration.request_post_back),
            *page(
                reconsideration.ATTACH,
                reconsideration_attachments.attach_page,
                reconsideration_attachments.attach_post_back,
            ),
            *page(reconsideration.RECEIPT, reconsideration.receipt_page),
            *page(reconsiderations.RECONSIDERATIONS, reconsiderations.INQUIRY.page, reconsiderations.INQUIRY.post_back),
            *page(reconsiderations.SHOWN, reconsiderations.shown_page, reconsiderations.shown_post_back),
            *page(eligibility.VERIFY, eligibility.verify_page, eligibility.verify_post_back),
            *page(remittances.ADVICES, remittances.INQUIRY.page, remittances.INQUIRY.post_back),
            *page(remittances.PAPER, remittances.paper_page),
            *page(file_requests.REQUESTS, file_requests.requests_page, file_requests.requests_post_back),
        ],
    )


async def _answer(visit: Visit, request: Request, function: PageFunction) -> Response:
    """A page, behind the faults that are switched on now."""
    switches = visit.side.switches.now
    if switches.delay_ms:
        await asyncio.sleep(switches.delay_ms / 1000)
    closed = visit.maintenance_page()
    if closed is not None:
        visit.note(request, "maintenance_page")
        return _finished(visit, closed)
    session = visit.count_page(request)
    if session is not None and session.signed_in:
        every = switches.http_500_every
        if every is not None and session.pages % every == 0:
            visit.note(request, "http_500", path=request.url.path)
            return _finished(visit, visit.error_page())
    return _finished(visit, await function(visit, request))


def _finished(visit: Visit, answer: Response) -> Response:
    if visit.side.switches.now.hostile_script and isinstance(answer, HTMLResponse):
        return with_hostile_script(answer)
    return answer
