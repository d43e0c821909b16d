"""Faults on the line between a visitor and any practice portal: resets, cuts, delays, errors, lost answers."""

import asyncio
import random
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.side import PortalSide
from sandbox.switches import LineFault
from sandbox.tally import Tally

TRANSPORT = "practice_transport"
"""The key in the scope's state under which the server leaves the connection's transport."""
DOCUMENTS = (b"application/pdf", b"application/zip", b"application/octet-stream")
"""Media types of files, whether or not they come as an attachment."""
_RESET_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing the socket sends RST instead of FIN."""

_PIECE = 1 << 16


class Cut(Exception):
    """The connection is gone; nothing more can be sent."""


async def reset(transport: asyncio.Transport, receive: Receive) -> None:
    """End a TCP connection with RST, as a crashed machine or a middlebox does, and see it ended."""
    bound = transport.get_extra_info("socket")
    if bound is not None:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)
    transport.abort()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is over; it would try to answer otherwise."""
    while (await receive())["type"] != "http.disconnect":
        pass


@dataclass
class FaultyLine:
    """An ASGI application round a portal's; does to its requests what `Switches.line` says.

    Style sheets and scripts (below /assets/) are left alone.
    """

    portal: ASGIApp
    side: PortalSide
    _tally: Tally[LineFault] = field(init=False)

    def __post_init__(self) -> None:
        self._tally = Tally(random.Random(f"line:{self.side.quirks.seed}"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, unless a fault comes first. Notices visitors who are new to the portal."""
        if scope["type"] != "http" or scope["path"].startswith("/assets/"):
            await self.portal(scope, receive, send)
            return
        headers = dict(scope["headers"])
        user_agent = headers.get(b"user-agent", b"").decode("latin-1")
        cookies = headers.get(b"cookie", b"").decode("latin-1").split(";")
        if not any(self.side.sessions.lives(cookie.partition("=")[2].strip()) for cookie in cookies):
            self.side.maintenance.newcomer(user_agent)
        fault = self._fault(scope)
        if fault is None:
            await self.portal(scope, receive, send)
            return
        if fault.kind == "half-download":
            await self._half_a_document(fault, scope, receive, send)
            return
        if fault.kind == "endless-download":
            await self._endless_document(fault, scope, receive, send)
            return
        self._note(fault, scope)
        await self._happen(fault, scope, receive, send)

    def _note(self, fault: LineFault, scope: Scope) -> None:
        user_agent = dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1")
        self.side.events.add("fault", user_agent, name=fault.kind, path=scope["path"], method=scope["method"])

    def _fault(self, scope: Scope) -> LineFault | None:
        """The first fault that is on and applies to this request."""

        def applies(fault: LineFault) -> bool:
            return scope["path"].startswith(fault.path) and fault.method in ("", scope["method"])

        return self._tally.hit(self.side.switches.now.line, applies)

    async def _happen(self, fault: LineFault, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["state"][TRANSPORT]
        match fault.kind:
            case "reset":
                await reset(transport, receive)
            case "drop" | "half-download" | "endless-download":
                await self._cut(scope, receive, send, transport)
            case "lost-answer":
                await self.portal(scope, receive, _swallow)
                await reset(transport, receive)
            case "delay":
                await asyncio.wait([asyncio.ensure_future(self.side.stopping.wait())], timeout=fault.seconds)
                await self.portal(scope, receive, send)
            case "session-killed":
                self.side.sessions.end_all()
                await self.portal(scope, receive, send)
            case "too-many-requests":
                await _plain(send, 429, "Too Many Requests", retry_after=fault.seconds)
            case "error":
                await _plain(send, fault.status, "The server could not handle the request.")

    async def _half_a_document(self, fault: LineFault, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut the answer when it is a document; a page goes through whole and does not count as a fault."""

        def is_cut(headers: Mapping[bytes, bytes]) -> bool:
            if not _is_document(headers):
                self._tally.take_back(fault)
                return False
            self._note(fault, scope)
            return True

        await self._cut(scope, receive, send, scope["state"][TRANSPORT], is_cut)

    async def _endless_document(self, fault: LineFault, scope: Scope, receive: Receive, send: Send) -> None:
        """Give a document again and again in one answer, until the visitor leaves; a page goes through whole."""
        transport: asyncio.Transport = scope["state"][TRANSPORT]
        endless = False

        async def without_end(message: Message) -> None:
            nonlocal endless
            if message["type"] == "http.response.start":
                headers = [(name.lower(), value) for name, value in message["headers"]]
                endless = _is_document(dict(headers))
                if endless:
                    self._note(fault, scope)
                    message = {**message, "headers": [one for one in headers if one[0] != b"content-length"]}
                else:
                    self._tally.take_back(fault)
            if message["type"] != "http.response.body" or not endless:
                await send(message)
                return
            piece = message["body"] * (_PIECE // len(message["body"]) + 1)
            while not (transport.is_closing() or self.side.stopping.is_set()):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                # A visitor who takes everything at once leaves others their turn.
                await asyncio.sleep(0)
            transport.close()
            raise Cut

        try:
            await self.portal(scope, receive, without_end)
        except Cut:
            await _gone(receive)

    async def _cut(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        transport: asyncio.Transport,
        is_cut: Callable[[Mapping[bytes, bytes]], bool] = lambda headers: True,
    ) -> None:
        """Let the headers and half of the body through, then end the connection; if these headers are to be cut."""
        cutting = False

        async def half(message: Message) -> None:
            nonlocal cutting
            if message["type"] == "http.response.start":
                cutting = is_cut({name.lower(): value for name, value in message["headers"]})
                await send(message)
            elif not cutting:
                await send(message)
            else:
                body = message.get("body", b"")
                await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
                transport.close()
                raise Cut

        try:
            await self.portal(scope, receive, half)
        except Cut:
            await _gone(receive)


def _is_document(headers: Mapping[bytes, bytes]) -> bool:
    """Whether an answer is a file: an attachment, or a form or archive that a window shows or saves."""
    disposition, media_type = headers.get(b"content-disposition", b""), headers.get(b"content-type", b"")
    return disposition.startswith(b"attachment") or media_type.startswith(DOCUMENTS)


async def _swallow(message: Message) -> None:
    """Nobody gets this answer."""


async def _plain(send: Send, status: int, text: str, *, retry_after: float | None = None) -> None:
    """A page of the web server, not of the portal."""
    body = f"<html><head><title>{status}</title></head><body><h1>{text}</h1></body></html>".encode()
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
    if retry_after is not None:
        headers.append((b"retry-after", str(round(retry_after)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
