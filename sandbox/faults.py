"""Faults on the line between a visitor and any practice portal: resets, cuts, delays, errors, lost answers."""

import asyncio
import random
import socket
import struct
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.side import PortalSide
from sandbox.switches import LineFault

TRANSPORT = "practice_transport"
"""The key in the scope's state under which the server leaves the connection's transport."""
_RESET_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing the socket sends RST instead of FIN."""


class Cut(Exception):
    """The connection is gone; nothing more can be sent."""


async def _reset(transport: asyncio.Transport, receive: Receive) -> None:
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
class _Counter:
    seen: int = 0
    happened: int = 0


@dataclass
class FaultyLine:
    """An ASGI application round a portal's; does to its requests what `Switches.line` says.

    Style sheets and scripts (below /assets/) are left alone.
    """

    portal: ASGIApp
    side: PortalSide
    _counters: dict[LineFault, _Counter] = field(default_factory=dict)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(f"line:{self.side.quirks.seed}")

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
        self.side.events.add("fault", user_agent, name=fault.kind, path=scope["path"], method=scope["method"])
        await self._happen(fault, scope, receive, send)

    def _fault(self, scope: Scope) -> LineFault | None:
        """The first fault that is on and applies to this request."""
        for fault in self.side.switches.now.line:
            if not scope["path"].startswith(fault.path) or (fault.method and scope["method"] != fault.method):
                continue
            counter = self._counters.setdefault(fault, _Counter())
            counter.seen += 1
            number = counter.seen - fault.after
            if number < 1 or (fault.times is not None and counter.happened >= fault.times):
                continue
            hit = number % fault.every == 0 if fault.every else self._chance.random() < (fault.probability or 0)
            if hit:
                counter.happened += 1
                return fault
        return None

    async def _happen(self, fault: LineFault, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["state"][TRANSPORT]
        match fault.kind:
            case "reset":
                await _reset(transport, receive)
            case "drop":
                await self._cut(scope, receive, send, transport)
            case "half-download":
                await self._cut(scope, receive, send, transport, downloads_only=True)
            case "lost-answer":
                await self.portal(scope, receive, _swallow)
                await _reset(transport, receive)
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

    async def _cut(
        self, scope: Scope, receive: Receive, send: Send, transport: asyncio.Transport, *, downloads_only: bool = False
    ) -> None:
        """Let the headers and half of the body through, then end the connection."""
        cutting = not downloads_only

        async def half(message: Message) -> None:
            nonlocal cutting
            if message["type"] == "http.response.start":
                headers = {name.lower(): value for name, value in message["headers"]}
                cutting = cutting or headers.get(b"content-disposition", b"").startswith(b"attachment")
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
