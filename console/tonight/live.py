"""What changes in the night, sent to the open page as server-sent events within two seconds; the page draws nothing.

Each part of the page is made by the template that made it first. All who look share one look at the ledger. It keeps
nobody signed in, and ends with the session: that is looked at each minute.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TypeVar

from django.http import StreamingHttpResponse

from console.access import still_in
from console.application import current
from console.request import DeskRequest
from console.rights import Right
from console.tonight.shown import LINES, PARTS, Night, night_of, part
from ledger.errors import LedgerError
from ledger.start import close_connection

LOOK_SECONDS = 1.0
"""Between two looks."""

SIGNED_IN_SECONDS = 60.0
"""So often it is looked at whether the session that watches is one still."""

_STILL_SECONDS = 10.0
_NEW_ENOUGH = timedelta(seconds=1)

T = TypeVar("T")


@dataclass
class _Sent:
    """What the page has by now."""

    parts: dict[str, str] = field(default_factory=dict)
    night: Night | None = None
    line: int | None = None
    trouble: str = ""


async def events(request: DeskRequest) -> StreamingHttpResponse:
    """The stream of one open page: events `part`, `lines`, `trouble`, `still` and `over`; data is JSON."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(_events(request), content_type="text/event-stream", headers=headers)


async def _events(request: DeskRequest) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    asked_at = told_at = loop.time()
    sent = _Sent()
    yield b"retry: 2000\n\n"
    while True:
        if loop.time() - asked_at >= SIGNED_IN_SECONDS:
            asked_at = loop.time()
            if not await _off_the_loop(partial(_may_still_watch, request)):
                yield _event("over", {})
                return
        for event in await _off_the_loop(partial(_news, request, sent)):
            told_at = loop.time()
            yield event
        if loop.time() - told_at >= _STILL_SECONDS:
            told_at = loop.time()
            yield _event("still", {})
        await asyncio.sleep(LOOK_SECONDS)


def _news(request: DeskRequest, sent: _Sent) -> list[bytes]:
    """The events that the page needs to be as the night is now; the first time, all of it."""
    application = current()
    found = []
    try:
        night = night_of(request, application, new_enough=_NEW_ENOUGH)
    except LedgerError as error:
        # What the page shows stays; it says that it is old.
        return [_event("trouble", {"says": str(error)})] if sent.trouble != str(error) and _note(sent, error) else []
    if sent.trouble:
        sent.trouble = ""
        found.append(_event("still", {}))
    if sent.night is None or night.board is not sent.night.board or night.paused != sent.night.paused:
        for name in PARTS:
            html = part(request, application, night, name)
            if sent.parts.get(name) != html:
                sent.parts[name] = html
                found.append(_event("part", {"name": name, "html": html}))
    sent.night = night
    tail = application.night.lines(sent.line, LINES)
    if tail.lines or sent.line is None:
        lines = [line.shown for line in tail.lines]
        found.append(_event("lines", {"lines": lines, "all": sent.line is None or not tail.follows}))
    sent.line = tail.number
    return found


def _note(sent: _Sent, error: LedgerError) -> bool:
    sent.trouble = str(error)
    return True


def _may_still_watch(request: DeskRequest) -> bool:
    """Is the session one still, and do the roles of its account still give the night? They hold from now on."""
    who = still_in(request)
    if who is None or not who.may(Right.SEE_NIGHT):
        return False
    request.who = who
    return True


async def _off_the_loop(work: Callable[[], T]) -> T:
    """Do this on another thread, whose connection to the ledger is closed after it."""

    def do() -> T:
        try:
            return work()
        finally:
            close_connection()

    return await asyncio.to_thread(do)


def _event(name: str, given: Mapping[str, object]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(given)}\n\n".encode()
