"""What comes over the line is untrusted too: whatever a portal sends, a wait ends in time, and the browser goes on."""

import asyncio
import contextlib
import gzip
import resource
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import BrowserContext

from bots import downloads
from bots.browser import BrowserHost
from bots.downloads import Broken, Downloads
from bots.endings import nothing_recognised, unreachable
from bots.engine import PageEngine
from bots.faults import PageFailed
from bots.windows import Windows
from flows.outcomes import Ending, Stop
from tests.bots.test_hostile_page import PACK, VIEW, claim

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

WAIT_SECONDS = 3.0
SECONDS = 45.0
"""For the wait, the end of the session and one good page in the same browser; the computers that run tests are busy."""
MEBIBYTES = 300

HTML = "Content-Type: text/html; charset=utf-8"
PAGES: Mapping[str, tuple[str, str]] = {
    "/good": ("200 OK", claim("$5.00")),
    "/script-circle": ("200 OK", "<h1>Claim</h1><script>location.href = '/script-circle?' + Math.random()</script>"),
    "/refresh-circle": ("200 OK", "<meta http-equiv=refresh content='0;url=/refresh-circle'><p>wait</p>"),
    "/alerts": ("200 OK", "<script>for (;;) alert('your session'); </script>"),
    "/alerts-later": ("200 OK", "<script>setInterval(() => { alert('your session'); confirm('?') }, 1)</script>"),
    "/busy": ("200 OK", "<script>setTimeout(() => { for (;;); }, 50)</script><p>wait</p>"),
    "/leaving": ("200 OK", "<script>onbeforeunload = () => 'stay'; setInterval(() => history.pushState(1, '', '?' "
                 "+ Math.random()), 1)</script>"),
    "/popups": ("200 OK", "<script>setInterval(() => open('about:blank'), 100)</script>"),
    "/workers": ("200 OK", "<script>for (let n = 0; n < 20; n += 1) new Worker(URL.createObjectURL(new Blob(["
                 "'for (;;);'])))</script>"),
    "/eater": ("200 OK", "<script>const all = []; setInterval(() => { if (all.length < 64) all.push("
               "new Uint8Array(1 << 20).fill(1)) }, 5)</script>"),
    "/frames": ("200 OK", "<iframe src=/frames></iframe><iframe src='/frames?2'></iframe>"),
    "/mutations": ("200 OK", "<p id=p>x</p><script>new MutationObserver(() => { p.dataset.n = Math.random() })"
                   ".observe(p, { attributes: true }); p.dataset.n = 1</script>"),
}  # fmt: skip


async def answer(path: str, writer: asyncio.StreamWriter) -> None:
    """One answer of the hostile portal."""

    def head(status: str, *lines: str) -> None:
        writer.write("\r\n".join((f"HTTP/1.1 {status}", *lines, "Connection: close", "", "")).encode())

    match path.partition("?")[0]:
        case "/circle":
            head("302 Found", "Location: /circle")
        case "/drip" | "/endless":
            head("200 OK", HTML if path == "/drip" else "Content-Type: application/pdf")
            while True:
                writer.write(b"<p>more</p>" if path == "/drip" else bytes(1 << 20))
                await writer.drain()
                await asyncio.sleep(0.05 if path == "/drip" else 0)
        case "/long":
            head("200 OK", HTML, "Content-Length: 10737418240")
            writer.write(claim("$5.00").encode())
        case "/long-file":
            head("200 OK", "Content-Type: application/pdf", "Content-Length: 10737418240")
            writer.write(b"%PDF")
        case "/bomb" | "/bomb-file":
            packed = gzip.compress(b"<p>x</p>" * (3 << 20), 1)
            kind = HTML if path == "/bomb" else "Content-Type: application/pdf"
            head("200 OK", kind, "Content-Encoding: gzip", f"Content-Length: {len(packed)}")
            writer.write(packed)
        case "/no-page":
            head("200 OK", "Content-Type: application/octet-stream")
            writer.write(claim("$5.00").encode())
        case "/as-text":
            head("200 OK", "Content-Type: text/plain")
            writer.write(claim("$5.00").encode())
        case "/junk":
            writer.write(b"\x00\xff" * 1000)
        case known:
            status, page = PAGES.get(known, ("404 Not Found", ""))
            head(status, HTML)
            writer.write(page.encode())


@asynccontextmanager
async def portal() -> AsyncIterator[str]:
    """The portal's address, while it runs."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
            await answer(path, writer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def came_to(context: BrowserContext, address: str) -> Ending:
    """How a look-up ends that is led to this address."""
    engine = await PageEngine.attach(await context.new_page())
    windows = Windows(engine, PACK)
    try:
        await engine.go(address, WAIT_SECONDS)
        arrived = await engine.wait_for({"claim": VIEW}, timeout=WAIT_SECONDS)
        ended: Stop | None = None if arrived.views else nothing_recognised(arrived, "claim", new_document=True)
    except PageFailed as failed:
        ended = unreachable(failed)
    assert len(context.pages) <= 40, windows.uninvited
    return Ending.ANSWERED if ended is None else ended.outcome.ending


NOTHING = {Ending.TRANSIENT, Ending.DRIFT}
TRICKS: Mapping[str, set[Ending]] = {
    "/circle": {Ending.TRANSIENT},
    "/no-page": NOTHING,
    "/junk": NOTHING,
}
LONG_TRICKS: Mapping[str, set[Ending]] = {
    **dict.fromkeys((path for path in PAGES if path != "/good"), NOTHING),
    # Between two turns it shows the page's heading, and whoever looks quickly enough sees it.
    "/script-circle": {*NOTHING, Ending.ANSWERED},
    "/drip": {Ending.TRANSIENT},
    "/long": {Ending.TRANSIENT},
    "/bomb": NOTHING,
    "/as-text": NOTHING,
}


async def stood(host: BrowserHost, trick: str, endings: set[Ending]) -> None:
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    async with portal() as address:
        for path, right in ((trick, endings), ("/good", {Ending.ANSWERED})):
            context = await host.new_context()
            try:
                ending = await came_to(context, address + path)
                print(f"{path} | {ending} | {time.monotonic() - begun:.1f} s")
                assert ending in right
            finally:
                async with asyncio.timeout(15):
                    await context.close()
    assert time.monotonic() - begun < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEBIBYTES


@pytest.mark.parametrize("trick", TRICKS)
async def test_whatever_the_portal_sends_the_look_up_ends_and_the_next_one_is_answered(
    host: BrowserHost, trick: str
) -> None:
    await stood(host, trick, TRICKS[trick])


@pytest.mark.long
@pytest.mark.parametrize("trick", LONG_TRICKS)
async def test_a_portal_that_never_lets_go_is_let_go_of(host: BrowserHost, trick: str) -> None:
    await stood(host, trick, LONG_TRICKS[trick])


@pytest.mark.parametrize("path", ["/long-file", "/bomb-file", pytest.param("/endless", marks=pytest.mark.long)])
async def test_a_file_without_end_is_given_up_at_the_limit(
    host: BrowserHost, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(downloads, "MOST_BYTES", 16 << 20)
    begun = time.monotonic()
    async with portal() as address:
        context = await host.new_context(accept_downloads=True)
        try:
            page = await context.new_page()
            await page.goto(f"{address}/good")
            async with Downloads(context).awaited(page, errors_too=True) as awaited:
                await page.evaluate("(to) => { location.href = to }", address + path)
                came = await awaited.came(20)
                assert isinstance(came, Broken) and came.too_large
            assert await page.title() == "Claim"
        finally:
            await context.close()
    assert time.monotonic() - begun < SECONDS
