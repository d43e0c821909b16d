"""Files that a portal gives, taken into memory: the answer of the line itself, before the browser would store it.

While a file is awaited, the browser shows us each answer to a request for a document before it does anything with it.
A file (an attachment, a PDF that a viewer would show) is taken from there and never reaches a disk, and the browser is
told that nothing came, so that the page stays as it is. What a page's own script makes (a blob) has no such answer:
the browser writes it into its private folder, and it is read and removed from there at once.

Either way it is measured while it comes, and one without end is let go at the limit; so is what a page's script takes
over the line without end while a file is awaited.
"""

import asyncio
import base64
import binascii
import contextlib
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Download, Page
from playwright.async_api import Error as PlaywrightError

from bots.exchanges import Wished
from bots.faults import PageFailed, PageFault, no_browser_text

MOST_BYTES = 200 * 1024 * 1024
"""A larger file is none that a payer gives; it is not taken into memory."""

_PIECE = 4 << 20
_LOOK_SECONDS = 0.02
"""So often a file that the browser stores is measured while it comes."""
_TURN_AWAY_SECONDS = 10.0
_PAGES = ("text/html", "application/xhtml+xml")
_KEEPING_NOTHING = {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0}
_AT_THE_ANSWER = {"patterns": [{"urlPattern": "*", "resourceType": "Document", "requestStage": "Response"}]}


@dataclass(frozen=True)
class Broken:
    """A file began to come and did not come to its end, or was larger than `MOST_BYTES`."""

    too_large: bool = False


@dataclass(frozen=True)
class Given:
    """A file that came to its end, as far as the line knows."""

    content: bytes


Came = Given | Broken | Wished
"""What came in place of a page; Wished: the server's own error (429 or 5xx)."""


class Downloads:
    """The files of one browser context. Those that nobody awaits are turned away."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._awaiting: Awaited | None = None
        self._turning_away: set[asyncio.Task[None]] = set()
        for page in context.pages:
            self._watch(page)
        context.on("page", self._watch)

    @contextlib.asynccontextmanager
    async def awaited(self, page: Page, *, errors_too: bool) -> AsyncIterator["Awaited"]:
        """What comes inside is taken, whatever window of this context asked for it.

        With `errors_too`, an answer with 429 or 5xx is taken like a file, and the page that asked stays before us; else
        the browser shows it. Raises PageFailed.
        """
        browser = self._context.browser
        if browser is None:
            raise PageFailed(PageFault.CLOSED)
        async with no_browser_text():
            asking = await self._context.new_cdp_session(page)
            target = (await asking.send("Target.getTargetInfo"))["targetInfo"]
            session = await browser.new_browser_cdp_session()
            awaiting = Awaited(session, asking, target["browserContextId"], errors_too=errors_too)
            session.on("Fetch.requestPaused", awaiting.paused)
            asking.on("Network.dataReceived", awaiting.arrived)
            await asking.send("Network.enable", _KEEPING_NOTHING)
            await session.send("Fetch.enable", _AT_THE_ANSWER)
        self._awaiting = awaiting
        something_came = False
        try:
            yield awaiting
            something_came = True
        finally:
            self._awaiting = None
            await awaiting.end(in_vain=not something_came)

    def _watch(self, page: Page) -> None:
        page.on("download", self._began)

    def _began(self, download: Download) -> None:
        if self._awaiting is not None:
            self._awaiting.stored(download)
            return
        task = asyncio.ensure_future(_turn_away(download))
        # Kept until it has ended: the event loop alone does not keep a task alive.
        self._turning_away.add(task)
        task.add_done_callback(self._turning_away.discard)


class Awaited:
    """One file that is awaited; the first that comes counts, and what comes after it is turned away."""

    def __init__(self, session: CDPSession, page: CDPSession, context_id: str, *, errors_too: bool) -> None:
        """`session` is the browser's, `page` that of the window that asks, `context_id` the browser's own."""
        self._session = session
        self._page = page
        self._context_id = context_id
        self._errors_too = errors_too
        self._begun = asyncio.Event()
        self._came: asyncio.Future[Came] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()
        self._arrived = 0

    async def begun(self) -> None:
        """Return when something is coming that is no page."""
        await self._begun.wait()

    async def came(self, seconds: float) -> Came:
        """What came; Broken when it has not come to its end in time."""
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(self._came)
        except TimeoutError:
            return Broken()

    def paused(self, event: Mapping[str, Any]) -> None:
        """The browser shows us an answer before it does anything with it."""
        self._do(self._take(event))

    def stored(self, download: Download) -> None:
        """The browser has begun to store a file of its own making."""
        self._do(self._read_stored(download))

    def arrived(self, event: Mapping[str, Any]) -> None:
        """The page itself was given something, such as what its script makes a file of."""
        self._arrived += event["dataLength"]
        if self._arrived > MOST_BYTES and not self._begun.is_set():
            self._begun.set()
            self._settle(Broken(too_large=True))

    async def end(self, *, in_vain: bool = False) -> None:
        """Let go of the browser's answers, and of what is still coming; `in_vain` when nothing came that is known."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(PageFailed):
            async with no_browser_text():
                if in_vain or (self._came.done() and isinstance(self._came.result(), Broken)):
                    # What its script still takes over the line would come for as long as the portal gives it.
                    await self._page.send("Page.stopLoading")
                # What is paused goes on as if nobody had looked.
                await self._session.send("Fetch.disable")
                await self._session.detach()
                await self._page.detach()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take(self, event: Mapping[str, Any]) -> None:
        request = {"requestId": event["requestId"]}
        with contextlib.suppress(PlaywrightError):
            status = event.get("responseStatusCode")
            headers = {entry["name"].lower(): entry["value"] for entry in event.get("responseHeaders", ())}
            refused = self._errors_too and status is not None and (status == 429 or status >= 500)
            wanted = refused or _is_file(status, headers)
            if not wanted or self._begun.is_set() or not await self._ours(event["frameId"]):
                await self._session.send("Fetch.continueRequest", request)
                return
            self._begun.set()
            came: Came = Broken(too_large=True)
            if refused and status is not None:
                came = Wished(status=status, retry_after=headers.get("retry-after", ""))
            elif _announced(headers) <= MOST_BYTES:
                came = await self._body(request, headers)
            # Given up, like a navigation that a person stops: the page that asked stays as it is.
            with contextlib.suppress(PlaywrightError):
                await self._session.send("Fetch.failRequest", {**request, "errorReason": "Aborted"})
            self._settle(came)

    async def _body(self, request: dict[str, str], headers: Mapping[str, str]) -> Came:
        """The file, piece by piece: one that goes on for ever, or unpacks to ever more, is let go at the limit."""
        content = bytearray()
        try:
            stream = {"handle": (await self._session.send("Fetch.takeResponseBodyAsStream", request))["stream"]}
            try:
                more = True
                while more and len(content) <= MOST_BYTES:
                    piece, more = await self._piece(stream)
                    content += piece
            finally:
                await self._session.send("IO.close", stream)
        except (PlaywrightError, binascii.Error):
            return Broken()
        # What was packed for the way has another length than what was packed.
        if len(content) > MOST_BYTES:
            return Broken(too_large=True)
        whole = "content-encoding" in headers or len(content) == _announced(headers, len(content))
        return Given(bytes(content)) if whole else Broken()

    async def _piece(self, stream: Mapping[str, str]) -> tuple[bytes, bool]:
        """The next piece of the file, and whether there is more."""
        piece = await self._session.send("IO.read", {**stream, "size": _PIECE})
        content = base64.b64decode(piece["data"]) if piece.get("base64Encoded") else piece["data"].encode()
        return content, not piece["eof"]

    async def _read_stored(self, download: Download) -> None:
        if self._begun.is_set():
            await _turn_away(download)
            return
        self._begun.set()
        came: Came = Broken()
        try:
            with contextlib.suppress(PlaywrightError, OSError):
                came = await _stored_whole(download)
        finally:
            await _turn_away(download)
            self._settle(came)

    async def _ours(self, frame_id: str) -> bool:
        """Is it one of our own windows, or a frame of the window that asks? Other sessions may share the browser."""
        targets: list[dict[str, str]] = (await self._session.send("Target.getTargets"))["targetInfos"]
        of_target = {target["targetId"]: target.get("browserContextId") for target in targets}
        if frame_id in of_target:
            return of_target[frame_id] == self._context_id
        return frame_id in set(_frame_ids((await self._page.send("Page.getFrameTree"))["frameTree"]))

    def _settle(self, came: Came) -> None:
        if not self._came.done():
            self._came.set_result(came)


def _is_file(status: int | None, headers: Mapping[str, str]) -> bool:
    """Is this answer something else than a page? Errors and redirections are the browser's."""
    if status is None or not 200 <= status < 300 or status in (204, 205):
        return False
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    attached = headers.get("content-disposition", "").strip().lower().startswith("attachment")
    return attached or (bool(kind) and kind not in _PAGES)


def _announced(headers: Mapping[str, str], otherwise: int = 0) -> int:
    """How many bytes the server said that it sends."""
    length = headers.get("content-length", "").strip()
    return int(length) if length.isascii() and length.isdigit() else otherwise


async def _stored_whole(download: Download) -> Came:
    """What the browser stores, measured while it comes. Raises Playwright's errors and OSError."""
    place = _place(download)
    stored = asyncio.ensure_future(download.path())
    try:
        while not stored.done():
            await asyncio.wait({stored}, timeout=_LOOK_SECONDS)
            if _stored_bytes(place) > MOST_BYTES:
                return Broken(too_large=True)
        return await asyncio.to_thread(_content, await stored)
    finally:
        stored.cancel()
        await asyncio.gather(stored, return_exceptions=True)


def _place(download: Download) -> Path:
    """Where the file comes to lie."""
    # Playwright itself is told at once, and tells others only when the file is whole: no other way shows it growing.
    artifact = download._impl_obj._artifact
    return Path(artifact._initializer["absolutePath"])


def _stored_bytes(place: Path) -> int:
    """How much of a file lies there: under its own name, or while it comes under that with the browser's ending."""
    found = 0
    for path in (place, place.with_name(place.name + ".crdownload")):
        with contextlib.suppress(FileNotFoundError):
            found += path.stat().st_size
    return found


def _content(path: Path) -> Came:
    return Given(path.read_bytes())


def _frame_ids(tree: Mapping[str, Any]) -> Iterator[str]:
    yield tree["frame"]["id"]
    for child in tree.get("childFrames", ()):
        yield from _frame_ids(child)


async def _turn_away(download: Download) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_TURN_AWAY_SECONDS):
            for step in (download.cancel, download.delete):
                with contextlib.suppress(PlaywrightError):
                    await step()
