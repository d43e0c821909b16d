"""The tester's side of a practice portal, on a port of its own: events, truth, clock, faults, accounts."""

import json
from collections.abc import Callable
from json import JSONDecodeError

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.side import PortalSide
from sandbox.switches import Switches
from sandbox.worklist import worklist_csv


def control_app(side: PortalSide, shut_down: Callable[[], None]) -> Starlette:
    """The control application for one portal; `shut_down` is called once, by POST /shutdown."""

    async def health(request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def events(request: Request) -> Response:
        since = int(request.query_params.get("since", "0"))
        return JSONResponse([event.as_json() for event in side.events.since(since)])

    async def truth(request: Request) -> Response:
        return Response(side.truth.model_dump_json(), media_type="application/json")

    async def worklist(request: Request) -> Response:
        return PlainTextResponse(worklist_csv(side.truth), media_type="text/csv")

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            side.clock.advance(float((await request.json())["advance_seconds"]))
        return JSONResponse({"now": side.clock.now().isoformat()})

    async def faults(request: Request) -> Response:
        try:
            side.switches.now = Switches.model_validate(await request.json())
        except ValidationError as error:
            return JSONResponse({"error": json.loads(error.json(include_url=False))}, status_code=422)
        return JSONResponse(side.switches.now.model_dump())

    async def expire(request: Request) -> Response:
        side.sessions.end_all()
        return JSONResponse({"ok": True})

    async def accounts(request: Request) -> Response:
        side.account.set_password(str((await request.json())["password"]))
        return JSONResponse({"ok": True})

    async def stop(request: Request) -> Response:
        shut_down()
        return JSONResponse({"ok": True})

    async def bad_request(request: Request, error: Exception) -> Response:
        return JSONResponse({"error": f"This request could not be read ({type(error).__name__})."}, 400)

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/events", events),
            Route("/truth", truth),
            Route("/worklist.csv", worklist),
            Route("/clock", clock, methods=["GET", "POST"]),
            Route("/faults", faults, methods=["POST"]),
            Route("/sessions/expire", expire, methods=["POST"]),
            Route("/accounts", accounts, methods=["POST"]),
            Route("/shutdown", stop, methods=["POST"]),
        ],
        exception_handlers={KeyError: bad_request, ValueError: bad_request, JSONDecodeError: bad_request},
    )
