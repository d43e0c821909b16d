"""The page engine of one browser page: finds a pack's elements, reads a whole view at once, waits for what follows.

The script of `page_engine/` runs in a world of its own inside the page (`Page.createIsolatedWorld`), where nothing that
the page's own scripts replace is seen. The same script, registered as a selector engine, serves Playwright's clicking
and typing, so that what is read and what is pressed are found in one way.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Coroutine, Mapping, Sequence
from importlib import resources
from typing import Any

from playwright.async_api import CDPSession, Locator, Page, Playwright
from playwright.async_api import Error as PlaywrightError

from bots.describing import Described, describe, describe_table, joined, selector
from bots.faults import PageFailed, PageFault, document_went_away, frame_went_away, no_browser_text
from bots.found import Arrived, FoundElement, RawReading
from packs.elements import Element
from packs.views import View

_PARTS = (
    "platform",
    "kinds",
    "names",
    "shown",
    "texts",
    "sections",
    "find",
    "held",
    "tables",
    "document",
    "waiting",
    "engine",
)
"""The files of the script, each after those that it builds on."""


def _joined(parts: Sequence[str]) -> str:
    """The script: one expression whose value is the engine, because that is all that a selector engine may be."""
    folder = resources.files("bots").joinpath("page_engine")
    texts = [folder.joinpath(f"{part}.js").read_text(encoding="utf-8") for part in parts]
    return "\n".join(["(() => {", "'use strict';", *texts, "return engine;", "})()"])


PAGE_ENGINE = _joined(_PARTS)

_WORLD = "portalwright"
_HOLDER = "globalThis[Symbol.for('portalwright')]"
# A symbol, because a page can make any plain name on `window` its own by giving it to an element or a frame.
_MISSING = "portalwright: no engine in this document yet"
_ACTION_SECONDS = 15.0
_REHEARSAL_SECONDS = 5.0
_PLACE_SECONDS = 10.0
_GRACE_SECONDS = 1.0


async def register(playwright: Playwright) -> None:
    """Register the selector engine `portal=`. Once for each Playwright instance, before its first page."""
    await playwright.selectors.register("portal", PAGE_ENGINE, content_script=True)


class PageEngine:
    """The engine in one page. All times are seconds. Every method raises PageFailed and no Playwright error."""

    def __init__(self, page: Page, session: CDPSession, frame_id: str | None = None) -> None:
        """`attach` makes one; `frame_id` is a frame of the page by the browser's own id, its main frame when None."""
        self._page = page
        self._session = session
        self._frame_id = frame_id
        self._known_frame = frame_id
        self._described = Described()
        self._crashed = asyncio.Event()
        page.on("crash", lambda _: self._crashed.set())

    @classmethod
    async def attach(cls, page: Page, frame_id: str | None = None) -> "PageEngine":
        """The engine for this page, whose context comes from a BrowserHost (which registers the selector engine)."""
        async with no_browser_text():
            session = await page.context.new_cdp_session(page)
            # Each new document then brings the script with it, and it need not be sent there. (The browser does so only
            # where the page's events are asked for.)
            script = {"source": f"{_HOLDER} = {PAGE_ENGINE};", "worldName": _WORLD}
            await session.send("Page.enable")
            await session.send("Page.addScriptToEvaluateOnNewDocument", script)
            return cls(page, session, frame_id)

    @property
    def page(self) -> Page:
        """The page itself, for what has no description in a pack; wrap its use in `no_browser_text()`."""
        return self._page

    # Reading

    async def read(self, view: View) -> RawReading:
        """All of a view in one visit: elements, tables, what it is recognised by, and the page as evidence."""
        answer = await self._ask("read", self._described.whole(view))
        return RawReading.model_validate(answer, strict=False)

    async def values(self, elements: Mapping[str, Element], *, mark: bool = False) -> dict[str, FoundElement]:
        """What these elements show or hold now: the echo after filling, or the look before a press.

        With `mark`, the document is marked in the same instant; see `mark`.
        """
        described = joined({name: self._described.element(element) for name, element in elements.items()})
        answer = await self._ask("valuesAndMark" if mark else "values", described)
        return {name: FoundElement.model_validate(found, strict=False) for name, found in answer.items()}

    async def recognise(self, views: Mapping[str, View]) -> tuple[str, ...]:
        """The names of those views that are before us now and not busy, in the order given."""
        answer = await self._ask(
            "recognise", joined({name: self._described.view(view) for name, view in views.items()})
        )
        return tuple(name for name, state in answer.items() if state == "there")

    async def mark_if_row(self, view: View, table: str, cells: Mapping[str, str]) -> bool:
        """Is the view before us, not busy, with a link to press in the one row that shows these texts?

        If so the document is marked, for the press that follows; see `mark`.
        """
        sought = {
            "view": self._described.view(view),
            "table": self._described.table(view, table),
            "cells": json.dumps(dict(cells)),
            "opens": json.dumps(view.tables[table].opens or ""),
        }
        return bool(await self._ask("markIfRow", joined(sought)))

    # Acting

    def locator(self, element: Element) -> Locator:
        """The element for Playwright's actions, found by the same script; nothing while its ways disagree."""
        return self._page.locator(selector({"element": describe(element)}))

    def row_locator(self, view: View, table: str, cells: Mapping[str, str]) -> Locator:
        """The link that opens the one row whose cells show exactly these texts (column name -> text as shown)."""
        description = view.tables[table]
        return self._page.locator(
            selector(
                {"table": describe_table(description, view), "cells": dict(cells), "opens": description.opens or ""}
            )
        )

    async def press(self, element: Element, timeout: float = _ACTION_SECONDS) -> None:
        """One press, with Playwright's waiting until the element can be pressed; never repeated."""
        async with no_browser_text():
            await self.locator(element).click(timeout=timeout * 1000, no_wait_after=True)

    async def rehearse(self, element: Element, timeout: float = _REHEARSAL_SECONDS) -> None:
        """All that comes before a press, and no press: is it in sight, at rest, enabled, and covered by nothing?"""
        async with no_browser_text():
            await self.locator(element).click(timeout=timeout * 1000, trial=True)

    async def press_row(
        self, view: View, table: str, cells: Mapping[str, str], timeout: float = _ACTION_SECONDS
    ) -> None:
        """Press the link of the one row with these cells."""
        async with no_browser_text():
            await self.row_locator(view, table, cells).click(timeout=timeout * 1000, no_wait_after=True)

    async def fill(self, element: Element, text: str, timeout: float = _ACTION_SECONDS) -> None:
        """Put the text into the field in place of what it held. See `values` for what the field made of it."""
        async with no_browser_text():
            await self.locator(element).fill(text, timeout=timeout * 1000)

    async def choose(self, element: Element, value: str, timeout: float = _ACTION_SECONDS) -> bool:
        """Choose the one entry of a list, or of a group of radio buttons, that holds the value as a whole word.

        False, and nothing is touched, when no entry or more than one does.
        """
        choices = await self.evaluate("choices", describe(element))
        fitting = [choice for choice in choices if not choice["disabled"] and _holds_word(choice["text"], value)]
        if len(fitting) != 1:
            return False
        choice = fitting[0]
        async with no_browser_text():
            if choice["kind"] == "option":
                await self.locator(element).select_option(index=choice["index"], timeout=timeout * 1000)
            else:
                button = self._page.locator(selector({"element": describe(element), "choice": choice["index"]}))
                await button.check(timeout=timeout * 1000)
        return True

    async def go(self, address: str, timeout: float) -> None:
        """Open an address; returns when the new document has begun. Follow with `wait_for`."""
        async with no_browser_text():
            await self._page.goto(address, timeout=timeout * 1000, wait_until="commit")
        self._crashed.clear()

    async def collect_garbage(self) -> None:
        """Have the browser free what the documents before this one left behind; the page itself is not touched.

        Left alone, the browser lets that grow to several hundred megabytes over some hundred documents (measured:
        970 MB after 350 claims, against 160 MB), although all but about 1 MB of it is garbage.
        """
        async with no_browser_text():
            await self._unless_crashed(self._session.send("HeapProfiler.collectGarbage"))

    # Waiting

    async def mark(self) -> None:
        """Mark the document before a press, so that `wait_for(new_document=True)` cannot take it for the answer."""
        await self.evaluate("mark", None)

    async def wait_for(
        self,
        views: Mapping[str, View],
        elements: Mapping[str, Element] | None = None,
        *,
        timeout: float,
        new_document: bool = False,
        settle: float = 3.0,
    ) -> Arrived:
        """Wait until one of the views, or one of the elements (messages), is there and not busy, else until `timeout`.

        Everything recognised at that instant is returned; more than one name means that the pack cannot tell them
        apart. With `new_document`, the document marked before the press does not count. A new document that is loaded
        and unknown, and has not changed for `settle` seconds or came with an HTTP error, ends the waiting early.
        Raises PageFailed: NAVIGATION_REFUSED when the answer is the browser's own error page.
        """
        deadline = time.monotonic() + timeout
        target = {
            "views": joined({name: self._described.view(view) for name, view in views.items()}),
            "elements": joined({name: self._described.element(sought) for name, sought in (elements or {}).items()}),
            "newDocument": json.dumps(new_document),
            "settle": json.dumps(settle * 1000),
        }
        arrived = Arrived()
        while (left := deadline - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left + _GRACE_SECONDS):
                    answer = await self._evaluate_once(
                        "awaitAny", joined({**target, "timeout": json.dumps(left * 1000)})
                    )
            except TimeoutError:
                # While a navigation has no answer, the browser lets nobody speak to the page. What would come after
                # this no longer counts, and must not come between the next steps.
                await self._stop_loading()
                break
            if answer is None:
                await asyncio.sleep(0.02)
                continue
            if answer.pop("refused"):
                raise PageFailed(PageFault.NAVIGATION_REFUSED)
            arrived = Arrived.model_validate(answer, strict=False)
            break
        return arrived

    async def _stop_loading(self) -> None:
        with contextlib.suppress(PageFailed, TimeoutError):
            async with no_browser_text(), asyncio.timeout(_GRACE_SECONDS):
                await self._session.send("Page.stopLoading")

    # The script in the page

    async def evaluate(self, call: str, argument: object, timeout: float = _PLACE_SECONDS) -> Any:
        """Call one function of the script. A navigation in between is survived: the call goes to the new document."""
        return await self._ask(call, json.dumps(argument), timeout)

    async def _ask(self, call: str, argument: str, timeout: float = _PLACE_SECONDS) -> Any:
        """`evaluate` with the argument as JSON."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    answer = await self._evaluate_once(call, argument)
                    if answer is not None:
                        return answer
                    await asyncio.sleep(0.02)
        raise PageFailed(PageFault.TIMEOUT)

    async def _evaluate_once(self, call: str, argument: str) -> Any:
        """One call in the document that is there now; None when that document went away meanwhile."""
        expression = f"{_HOLDER} === undefined ? {json.dumps(_MISSING)} : {_HOLDER}.{call}(document, {argument})"
        async with no_browser_text():
            try:
                return await self._unless_crashed(self._call(expression))
            except PlaywrightError as error:
                if self._page.is_closed() or not document_went_away(error):
                    raise
                if frame_went_away(error):
                    self._known_frame = self._frame_id
                return None

    async def _call(self, expression: str) -> Any:
        world = await self._world()
        answer = await self._run(world, expression)
        if answer == _MISSING:
            await self._run(world, f"{_HOLDER} = {PAGE_ENGINE}; true")
            answer = await self._run(world, expression)
        return answer

    async def _unless_crashed(self, call: Coroutine[Any, Any, Any]) -> Any:
        """The browser never answers for a page that has crashed; without this, every call would wait to its end."""
        answer, crash = asyncio.ensure_future(call), asyncio.ensure_future(self._crashed.wait())
        try:
            await asyncio.wait({answer, crash}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise PageFailed(PageFault.CRASHED)
        finally:
            answer.cancel()
            crash.cancel()

    async def _world(self) -> int:
        """The isolated world of the document that is there now. Asked for each time: a world outlives its document in
        the browser's back-forward cache, and reading that one would be reading the page before.
        """
        if self._known_frame is None:
            tree = await self._session.send("Page.getFrameTree")
            self._known_frame = str(tree["frameTree"]["frame"]["id"])
        asked = {"frameId": self._known_frame, "worldName": _WORLD}
        world = await self._session.send("Page.createIsolatedWorld", asked)
        return int(world["executionContextId"])

    async def _run(self, world: int, expression: str) -> Any:
        answer = await self._session.send(
            "Runtime.evaluate",
            {"contextId": world, "expression": expression, "returnByValue": True, "awaitPromise": True},
        )
        if "exceptionDetails" in answer:
            # The details may quote the page; the description of our own script's fault is not worth that.
            raise PageFailed(PageFault.OTHER)
        return answer["result"].get("value")


def _holds_word(text: str, value: str) -> bool:
    words, sought = text.casefold().split(), value.casefold().split()
    stripped = [word.strip("()[],;:") for word in words]
    return any(stripped[start : start + len(sought)] == sought for start in range(len(stripped) - len(sought) + 1))
