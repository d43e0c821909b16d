"""The tester's side of a practice portal, on a port of its own: events, truth, clock, faults, quirks, accounts."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from json import JSONDecodeError

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.acknowledgement_files import accepted_batch, claim_acknowledgement
from sandbox.appeal_oracle import appealable_claims, pressed_appeals
from sandbox.profile import Page, Profile
from sandbox.quirks import QuirkRefused
from sandbox.side import PortalSide
from sandbox.switches import Switches
from sandbox.terms import Terms, next_terms
from sandbox.truth.remittance import Delivery
from sandbox.worklist import appointments_csv, denials_csv, deposits_csv, worklist_csv


def control_app(side: PortalSide, shut_down: Callable[[], None], switched: Callable[[], Awaitable[None]]) -> Starlette:
    """The control application for one portal.

    `switched` is awaited after the switches changed; `shut_down` is called once, by POST /shutdown.
    """

    async def health(request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def events(request: Request) -> Response:
        since = int(request.query_params.get("since", "0"))
        return JSONResponse([event.as_json() for event in side.events.since(since)])

    async def truth(request: Request) -> Response:
        return Response(side.truth.model_dump_json(), media_type="application/json")

    async def worklist(request: Request) -> Response:
        return PlainTextResponse(worklist_csv(side.truth), media_type="text/csv")

    async def denials(request: Request) -> Response:
        return PlainTextResponse(denials_csv(side.truth), media_type="text/csv")

    async def appealable(request: Request) -> Response:
        return JSONResponse(appealable_claims(side))

    async def appeals(request: Request) -> Response:
        return JSONResponse(pressed_appeals(side))

    async def appointments(request: Request) -> Response:
        return PlainTextResponse(appointments_csv(side.truth), media_type="text/csv")

    async def deposits(request: Request) -> Response:
        return PlainTextResponse(deposits_csv(side.truth), media_type="text/csv")

    async def document(request: Request) -> Response:
        kind: Delivery = "835" if request.path_params["kind"] == "835" else "eob"
        content = side.remittances.given(request.path_params["trace"], kind)
        if content is None:
            return JSONResponse({"error": "There is no such document."}, 404)
        return Response(content, media_type="application/octet-stream")

    async def archive(request: Request) -> Response:
        first, last = (date.fromisoformat(request.query_params[name]) for name in ("paid_from", "paid_to"))
        provider = side.truth.practice.providers[0]
        return Response(side.reports.archive(first, last, provider.npi), media_type="application/zip")

    async def acknowledgement(request: Request) -> Response:
        make = {"999": accepted_batch, "277CA": claim_acknowledgement}[request.path_params["kind"]]
        return Response(make(side.truth), media_type="application/octet-stream")

    async def delayed(request: Request) -> Response:
        return JSONResponse(side.search.delayed_rows())

    async def mailbox(request: Request) -> Response:
        return JSONResponse([mail.as_json() for mail in side.mailbox.arrived()])

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            side.clock.advance(float((await request.json())["advance_seconds"]))
        return JSONResponse({"now": side.clock.now().isoformat()})

    async def faults(request: Request) -> Response:
        side.switches.now = Switches.model_validate(await request.json())
        await switched()
        return JSONResponse(side.switches.now.model_dump())

    async def quirks(request: Request) -> Response:
        if request.method == "POST":
            side.quirks.set({str(name): float(number) for name, number in (await request.json()).items()})
        return JSONResponse(side.quirks.settings)

    async def profile(request: Request) -> Response:
        changed = {**side.account.profile.model_dump(), **await request.json()}
        side.account.profile = side.sessions.profile = Profile.model_validate(changed)
        return JSONResponse(side.account.profile.model_dump())

    async def terms(request: Request) -> Response:
        if request.method == "POST":
            wanted = await request.json()
            following = next_terms(side.account.terms)
            side.account.terms = Terms(
                str(wanted.get("version", following.version)), str(wanted.get("text", following.text))
            )
        return JSONResponse({"version": side.account.terms.version, "text": side.account.terms.text})

    async def captcha(request: Request) -> Response:
        side.account.waiting -= {Page.CAPTCHA, Page.UNUSUAL_ACTIVITY}
        return JSONResponse({"ok": True})

    async def expire(request: Request) -> Response:
        side.sessions.end_all()
        return JSONResponse({"ok": True})

    async def accounts(request: Request) -> Response:
        change = await request.json()
        account, now = side.account, side.clock.now()
        if "password" in change:
            account.set_password(str(change["password"]))
        if "password_age_days" in change:
            account.password_set_at = now - timedelta(days=float(change["password_age_days"]))
        if "idle_days" in change:
            account.last_signed_in_at = now - timedelta(days=float(change["idle_days"]))
        if "lock_outs" in change:
            account.lock_outs = int(change["lock_outs"])
        if "waiting" in change:
            account.waiting = {Page(name) for name in change["waiting"]}
        return JSONResponse({"ok": True})

    async def password(request: Request) -> Response:
        return JSONResponse({"is_it": side.account.has_password(str((await request.json())["password"]))})

    async def stop(request: Request) -> Response:
        shut_down()
        return JSONResponse({"ok": True})

    async def bad_request(request: Request, error: Exception) -> Response:
        return JSONResponse({"error": f"This request could not be read ({type(error).__name__})."}, 400)

    async def not_valid(request: Request, error: Exception) -> Response:
        problems = json.loads(error.json(include_url=False)) if isinstance(error, ValidationError) else str(error)
        return JSONResponse({"error": problems}, status_code=422)

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/events", events),
            Route("/truth", truth),
            Route("/worklist.csv", worklist),
            Route("/denials.csv", denials),
            Route("/appealable", appealable),
            Route("/appeals", appeals),
            Route("/appointments.csv", appointments),
            Route("/deposits.csv", deposits),
            Route("/documents/{trace}/{kind}", document),
            Route("/archive.zip", archive),
            Route("/acknowledgements/{kind}", acknowledgement),
            Route("/delayed", delayed),
            Route("/mailbox", mailbox),
            Route("/clock", clock, methods=["GET", "POST"]),
            Route("/faults", faults, methods=["POST"]),
            Route("/quirks", quirks, methods=["GET", "POST"]),
            Route("/profile", profile, methods=["POST"]),
            Route("/terms", terms, methods=["GET", "POST"]),
            Route("/captcha/clear", captcha, methods=["POST"]),
            Route("/sessions/expire", expire, methods=["POST"]),
            Route("/accounts", accounts, methods=["POST"]),
            Route("/password", password, methods=["POST"]),
            Route("/shutdown", stop, methods=["POST"]),
        ],
        exception_handlers={
            ValidationError: not_valid,
            QuirkRefused: not_valid,
            KeyError: bad_request,
            ValueError: bad_request,
            JSONDecodeError: bad_request,
        },
    )
