"""A portal that takes appeals over lines that are used again and again, and a session that files at it."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from playwright.async_api import BrowserContext

from bots.clock import SystemClock
from bots.engine import PageEngine
from bots.pace import Pace
from bots.portal_page import PortalPage
from bots.session import Session, Writing
from bots.way_out import WayOut
from flows.questions import Appeal, AppealLevel, AppealReason, Claim, Contest, Patient, Provider
from packs.models import Pack
from packs.moves import Next
from tests.bots.describing import no_wait, pack

Writer = asyncio.StreamWriter

REVIEW = """<title>Review</title><h1>Review your appeal</h1><dl><dt>Claim number</dt><dd class=number>C77</dd></dl>
<form method=post action=/file><button class=send>Submit appeal</button></form>"""
RECEIPT = "<title>Done</title><h1>Appeal received</h1><dl><dt>Confirmation</dt><dd class=number>A-1</dd></dl>"
REFUSED = "<title>No</title><h1>Not taken</h1><p class=no>The time to appeal this claim is over.</p>"
EXPIRED = "<title>In</title><h1>Signed out</h1><p class=out>Your session has ended.</p>"
NEWS = """<div role=dialog aria-label=News style="position:fixed;inset:0;background:#fff"><h2>News</h2>
<button onclick="this.parentElement.remove()">Close news</button></div>"""


def answer(writer: Writer, body: str = RECEIPT, status: str = "200 OK") -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nCache-Control: no-store\r\nContent-Length: {len(body)}"
    writer.write(f"{head}\r\n\r\n{body}".encode())


def reset(writer: Writer) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@dataclass
class FilingPortal:
    """Pages by path; what is filed is counted, and answered by `after`, which may do with the line as it likes."""

    pages: dict[str, str | Callable[[], str]] = field(default_factory=lambda: {"/": REVIEW})
    after: Callable[[Writer], None] = answer
    filed: int = 0
    sent: list[bytes] = field(default_factory=list)
    """What came with each press."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = head.lower().partition("content-length: ")[2].split("\r\n")[0]
                body = await reader.readexactly(int(length or 0))
                if head.startswith("POST"):
                    self.filed += 1
                    self.sent.append(body)
                    self.arrived.set()
                    self.after(writer)
                else:
                    page = self.pages.get(head.split(" ")[1], "")
                    answer(writer, page() if callable(page) else page)
        writer.transport.abort()


@asynccontextmanager
async def filing_portal(encrypted: ssl.SSLContext | None = None) -> AsyncIterator[FilingPortal]:
    """The portal, on a port of its own."""
    portal = FilingPortal()
    server = await asyncio.start_server(portal._serve, "127.0.0.1", 0, ssl=encrypted)
    portal.port = server.sockets[0].getsockname()[1]
    try:
        yield portal
    finally:
        server.close()


def _heading(name: str) -> dict[str, Any]:
    return {"find": [{"role": "heading", "name": name}, {"css": "h1"}]}


VIEWS: dict[str, Any] = {
    "appeal-review": {
        "recognise": ["heading"],
        "elements": {
            "heading": _heading("Review your appeal"),
            "payer_claim_number": {"find": [{"near": "Claim number"}, {"css": ".number"}]},
            "send": {"action": "commit", "find": [{"role": "button", "name": "Submit appeal"}, {"css": ".send"}]},
            "no": {"find": [{"css": ".no"}, {"matches": "The time .* is over\\."}], "optional": True},
        },
    },
    "appeal-receipt": {
        "recognise": ["heading"],
        "elements": {
            "heading": _heading("Appeal received"),
            "confirmation": {"find": [{"near": "Confirmation"}, {"css": ".number"}]},
        },
    },
    "expired": {"recognise": ["heading"], "elements": {"heading": _heading("Signed out")}},
    "captcha": {"recognise": ["heading"], "elements": {"heading": _heading("Are you a robot?")}},
    "news": {
        "recognise": ["title"],
        "elements": {
            "title": {"find": [{"role": "heading", "name": "News"}, {"css": "h2"}]},
            "close": {
                "action": "navigate",
                "find": [{"role": "button", "name": "Close news"}, {"css": "[role='dialog'] button"}],
            },
        },
    },
}


def filing_pack(address: str, *, new_page: bool = True, **more: Any) -> Pack:
    """The portal's pack: its review page, its receipt, and what may come in between."""
    return pack(
        VIEWS,
        address=address,
        limits={"lookups_a_minute": 6000, "idle_minutes": 15, "answer_seconds": 1},
        forms={
            "appeal-submit": {
                "view": "appeal-review",
                "reach": [],
                "fill": {},
                "press": "send",
                "new_page": new_page,
                "outcomes": [
                    {"view": "appeal-receipt"},
                    {"element": "no", "means": "refused", "refused": "window-closed"},
                ],
            }
        },
        interruptions=[
            {"view": "expired", "expired": True},
            {"view": "captcha", "ending": "refused", "code": "ACC-CAPTCHA"},
            {"view": "news", "press": "close"},
        ],
        **more,
    )


def appeal() -> Appeal:
    """An appeal that a person approved."""
    return Appeal(
        portal="test",
        provider=Provider(npi="1234567893", tin="123456789"),
        patient=Patient(member_id="M1", last_name="Roe", first_name="Ann", birth_date=date(1980, 1, 2)),
        claim=Claim(
            patient_account_number="P1",
            payer_claim_number="C77",
            service_from=date(2026, 9, 1),
            service_to=date(2026, 9, 1),
            billed=Decimal("120.00"),
        ),
        contest=Contest(
            reference="ref-1",
            level=AppealLevel.FIRST,
            reason=AppealReason.CODING,
            lines=("1", "3"),
            amount=Decimal("80.00"),
            argument="The records show it.",
        ),
    )


async def be_on(session: Session, path: str, view: str) -> None:
    """Open the path, and wait for its view."""
    await session.page.go(path)
    await session.page.follow([Next(view=view)], view=None)


async def session_at(context: BrowserContext, described: Pack, view: str, **more: Any) -> Session:
    """A session in this context, with the portal's first page before us."""
    engine, clock = await PageEngine.attach(await context.new_page()), SystemClock()
    session = Session(PortalPage(engine, described, clock), clock, Pace(no_wait, clock), **more)
    await be_on(session, "/", view)
    return session


async def filing_session(
    context: BrowserContext, described: Pack, way_out: WayOut, pressing: Callable[[str], Any]
) -> Session:
    """A session that may file, in this context, whose proxy is the way out."""
    return await session_at(context, described, "appeal-review", writing=Writing(pressing, way_out))
