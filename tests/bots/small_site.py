"""A tiny web site over real sockets, and a session on it, for what the engine must do on pages of our own."""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

from bots.clock import SystemClock
from bots.engine import PageEngine
from bots.pace import Pace
from bots.portal_page import PortalPage
from bots.session import Session
from flows.outcomes import Reason, Stop
from packs.models import Pack
from tests.bots.describing import no_wait, pack

Respond = Callable[[str], str]


@dataclass
class Site:
    """Pages by path (without the query). A page may be a function of the whole path, asked at each request."""

    port: int = 0
    pages: dict[str, str | Respond] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    """Content by path; `headers` of the path holds the status and all header lines but the length."""
    headers: dict[str, str] = field(default_factory=dict)
    """Further header lines of a path, the first of them the status: "429 Too Many\\r\\nRetry-After: 5"."""
    cut: set[str] = field(default_factory=set)
    """Paths whose line breaks in the middle of the document."""
    stuck: set[str] = field(default_factory=set)
    """Paths of which half comes, and then nothing more for as long as the visitor waits."""
    endless: set[str] = field(default_factory=set)
    """Paths whose document says no length, and comes again and again in one answer."""
    giving: int = 0
    """So many answers without end are under way."""
    reset: set[str] = field(default_factory=set)
    slow: dict[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """The bodies that came with requests."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            asked = head.split(b" ")[1].decode()
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if length is not None:
                self.sent.append((await reader.readexactly(int(length[1]))).decode())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return
        path = asked.partition("?")[0]
        self.asked.append(asked)
        await asyncio.sleep(self.slow.get(path, 0))
        page = self.pages.get(path)
        body = self.files.get(path) or (page(asked) if callable(page) else page or "").encode()
        status = self.headers.get(path, "200 OK" if page is not None else "404 Not Found")
        kind = "application/json" if body[:1] in (b"{", b"[") else "text/html; charset=utf-8"
        if "content-type" not in status.lower():
            status = f"{status}\r\nContent-Type: {kind}"
        if path in self.endless:
            await self._give_for_ever(writer, status, body)
            return
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n"
            "Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode()
        )
        if path in self.stuck:
            writer.write(body[: len(body) // 2])
            await writer.drain()
            await reader.read()
            writer.close()
            return
        if path in self.cut:
            writer.write(body[: len(body) // 2])
            await writer.drain()
            await asyncio.sleep(0.1)
            if path in self.reset:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
            return
        writer.write(body)
        try:
            await writer.drain()
        except ConnectionError:
            return
        writer.close()

    async def _give_for_ever(self, writer: asyncio.StreamWriter, status: str, body: bytes) -> None:
        self.giving += 1
        writer.write(f"HTTP/1.1 {status}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n".encode())
        try:
            while True:
                writer.write(body)
                await writer.drain()
                await asyncio.sleep(0.001)
        except ConnectionError:
            writer.close()
        finally:
            self.giving -= 1


@asynccontextmanager
async def serving() -> AsyncIterator[Site]:
    """A site that runs, on a free port of this machine."""
    site = Site()
    server = await asyncio.start_server(site._serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


def shown(text: str, css: str, **more: object) -> dict[str, Any]:
    """An element found by its text and its place."""
    return {"find": [{"text": text}, {"css": css}], **more}


def button(name: str, css: str, **more: object) -> dict[str, Any]:
    return {"find": [{"role": "button", "name": name}, {"css": css}], "action": "navigate", **more}


def link(name: str, css: str, **more: object) -> dict[str, Any]:
    return {"find": [{"role": "link", "name": name}, {"css": css}], "action": "navigate", **more}


def field_of(label: str, css: str) -> dict[str, Any]:
    return {"find": [{"label": label}, {"css": css}], "action": "fill"}


def heading(text: str, css: str = "h1") -> dict[str, Any]:
    return {"find": [{"role": "heading", "name": text}, {"css": css}]}


def small_pack(site: Site, views: Mapping[str, Any], **more: Any) -> Pack:
    """A pack for the site; answers may take three seconds."""
    limits = {"lookups_a_minute": 6000, "idle_minutes": 15, "answer_seconds": more.pop("answer_seconds", 3)}
    return pack(views, address=site.address, limits=limits, **more)


async def session_on(page: Page, described: Pack, **more: Any) -> Session:
    engine = await PageEngine.attach(page)
    return Session(PortalPage(engine, described, SystemClock()), SystemClock(), Pace(no_wait, SystemClock()), **more)


async def open_page(on: Session, path: str) -> None:
    """Open a path of the site, and wait until its page is there to the end; a flow does that with `follow`."""
    await on.page.go(path)
    await on.page.engine.page.wait_for_load_state("domcontentloaded")


def reason(stopped: Stop) -> Reason:
    found = stopped.outcome.reason
    assert found is not None
    return found
