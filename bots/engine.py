"""The page engine of one browser page: finds a pack's elements, reads a whole view at once, waits for what follows.

The script `page_engine.js` runs in a world of its own inside the page (`Page.createIsolatedWorld`), where nothing that
the page's own scripts replace is seen. The same script, registered as a selector engine, serves Playwright's clicking
and typing, so that what is read and what is pressed are found in one way.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from importlib import resources
from typing import Any, Literal
from urllib.parse import quote

from playwright.async_api import CDPSession, Locator, Page, Playwright
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from flows.values import Frozen
from packs.models import Action, Element, Table, View

PAGE_ENGINE = resources.files("bots").joinpath("page_engine.js").read_text(encoding="utf-8")
"""The script, an expression whose value is the engine."""

_WORLD = "portalwright"
_HOLDER = "globalThis[Symbol.for('portalwright')]"
# A symbol, because a page can make any plain name on `window` its own by giving it to an element or a frame.
_MISSING = "portalwright: no engine in this document yet"
_ACTION_SECONDS = 15.0
_PLACE_SECONDS = 10.0
_GRACE_SECONDS = 1.0


class PageFault(StrEnum):
    """How the browser failed us, without a word of its error text: that text holds what was typed."""

    TIMEOUT = "timeout"
    CLOSED = "closed"
    CRASHED = "crashed"
    NAVIGATION_REFUSED = "navigation-refused"
    """No connection: refused, reset, cut, name not found, certificate not accepted."""
    OTHER = "other"


class PageFailed(Exception):
    """The browser could not do what was asked. Holds its kind only: Playwright's own text may hold typed values."""

    def __init__(self, kind: PageFault) -> None:
        super().__init__(f"the browser page failed: {kind}")
        self.kind = kind


class State(StrEnum):
    """What all ways to find an element say together."""

    FOUND = "found"
    WEAK = "weak"
    """Found, but one way or more found nothing."""
    MISSING = "missing"
    CONFLICT = "conflict"
    """The ways lead to different places, or none of them to a single one."""


class FoundElement(Frozen):
    """An element of a view as the page shows it now.

    `text` is the shown text of a plain element, the value of an input, the chosen entry of a list, "" for a password.
    `silent` are the indexes of ways that found nothing; `by_shape` says that only css or xpath found anything.
    """

    state: State
    kind: Literal["none", "text", "value", "choice", "box", "password"] = "none"
    text: str = ""
    checked: bool = False
    disabled: bool = False
    filled: bool = False
    silent: tuple[int, ...] = ()
    by_shape: bool = False

    @property
    def there(self) -> bool:
        """All ways agree that it is there. What decides what happens next takes nothing less."""
        return self.state is State.FOUND


class FoundTable(Frozen):
    """A table of a view: the texts of its data rows in the order of `columns`, or what is wrong with its layout."""

    state: State
    problem: Literal["headings", "row-shape"] | None = None
    problem_at: str | None = None
    """The pack's column whose heading and place disagree, or the index of the odd row."""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    silent: tuple[int, ...] = ()


class RawReading(Frozen):
    """Everything of one view from one visit to the page. `html` is the evidence, with password values blanked."""

    recognised: bool
    busy: bool
    ready: Literal["loading", "interactive", "complete"]
    status: int | None
    """HTTP status of the document; None where there was none."""
    address: str
    """Scheme, host and path: no query and no fragment, which may hold patient data."""
    html: str
    elements: Mapping[str, FoundElement]
    tables: Mapping[str, FoundTable]


class Arrived(Frozen):
    """What stood before us when the waiting ended. Empty `views` and `elements`: nothing was recognised in time."""

    views: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    new_document: bool = False
    """False: still the document that was marked before the press; the portal has not answered."""
    status: int | None = None
    busy: bool = False
    """Something was recognised, but its busy marker never went away."""

    @property
    def recognised(self) -> bool:
        return bool(self.views or self.elements)


@asynccontextmanager
async def no_browser_text() -> AsyncIterator[None]:
    """Turns every Playwright error inside into a PageFailed, and wipes the error itself.

    Python keeps the error that was being handled as the context of a new one, whatever `from` says; so what could be
    reached that way must hold nothing.
    """
    try:
        yield
    except PlaywrightError as error:
        fault = _fault_of(error)
        _wipe(error)
        raise PageFailed(fault) from None


def _wipe(error: BaseException | None) -> None:
    """Message, stack and call log of the error and of those that led to it: each may hold what was typed."""
    while error is not None:
        if isinstance(error, PlaywrightError):
            error.args = ()
            vars(error).update(dict.fromkeys(vars(error), ""))
        before, error.__context__, error.__cause__ = error.__cause__ or error.__context__, None, None
        error = before


async def register(playwright: Playwright) -> None:
    """Register the selector engine `portal=`. Once for each Playwright instance, before its first page."""
    await playwright.selectors.register("portal", PAGE_ENGINE, content_script=True)


def describe(element: Element) -> dict[str, Any]:
    """The element as the script takes it. What commits something must be found by every one of its ways."""
    return {
        "find": [way.model_dump(exclude_none=True) for way in element.find],
        "strict": element.action is Action.COMMIT,
    }


def describe_table(table: Table, view: View) -> dict[str, Any]:
    """The table as the script takes it, with the element that says that it is empty."""
    return {
        "find": [way.model_dump(exclude_none=True) for way in table.find],
        "columns": {
            name: {"header": column.header, "position": column.position} for name, column in table.columns.items()
        },
        "empty": describe(view.elements[table.empty]),
    }


def describe_view(view: View) -> dict[str, Any]:
    """What tells the view from others, as the script takes it."""
    return {
        "recognise": [describe(view.elements[name]) for name in view.recognise],
        "absent": [describe(view.elements[name]) for name in view.absent],
        "busy": describe(view.elements[view.busy]) if view.busy else None,
    }


class PageEngine:
    """The engine in one page. All times are seconds. Every method raises PageFailed and no Playwright error."""

    def __init__(self, page: Page, session: CDPSession, frame_id: str | None = None) -> None:
        """`attach` makes one; `frame_id` is a frame of the page by the browser's own id, its main frame when None."""
        self._page = page
        self._session = session
        self._frame_id = frame_id
        self._known_frame = frame_id
        self._crashed = asyncio.Event()
        page.on("crash", lambda _: self._crashed.set())

    @classmethod
    async def attach(cls, page: Page, frame_id: str | None = None) -> "PageEngine":
        """The engine for this page, whose context comes from a BrowserHost (which registers the selector engine)."""
        async with no_browser_text():
            return cls(page, await page.context.new_cdp_session(page), frame_id)

    @property
    def page(self) -> Page:
        """The page itself, for what has no description in a pack; wrap its use in `no_browser_text()`."""
        return self._page

    # Reading

    async def read(self, view: View) -> RawReading:
        """All of a view in one visit: elements, tables, what it is recognised by, and the page as evidence."""
        answer = await self.evaluate(
            "read",
            {
                **describe_view(view),
                "elements": {name: describe(element) for name, element in view.elements.items()},
                "tables": {name: describe_table(table, view) for name, table in view.tables.items()},
            },
        )
        return RawReading.model_validate(answer, strict=False)

    async def values(self, elements: Mapping[str, Element]) -> dict[str, FoundElement]:
        """What these elements show or hold now: the echo after filling, or the look before a press."""
        answer = await self.evaluate("values", {name: describe(element) for name, element in elements.items()})
        return {name: FoundElement.model_validate(found, strict=False) for name, found in answer.items()}

    async def recognise(self, views: Mapping[str, View]) -> tuple[str, ...]:
        """The names of those views that are before us now and not busy, in the order given."""
        answer = await self.evaluate("recognise", {name: describe_view(view) for name, view in views.items()})
        return tuple(name for name, state in answer.items() if state == "there")

    # Acting

    def locator(self, element: Element) -> Locator:
        """The element for Playwright's actions, found by the same script; nothing while its ways disagree."""
        return self._page.locator(_selector({"element": describe(element)}))

    def row_locator(self, view: View, table: str, cells: Mapping[str, str]) -> Locator:
        """The link that opens the one row whose cells show exactly these texts (column name -> text as shown)."""
        description = view.tables[table]
        return self._page.locator(
            _selector(
                {"table": describe_table(description, view), "cells": dict(cells), "opens": description.opens or ""}
            )
        )

    async def press(self, element: Element, timeout: float = _ACTION_SECONDS) -> None:
        """One press, with Playwright's waiting until the element can be pressed; never repeated."""
        async with no_browser_text():
            await self.locator(element).click(timeout=timeout * 1000, no_wait_after=True)

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
                selector = _selector({"element": describe(element), "choice": choice["index"]})
                await self._page.locator(selector).check(timeout=timeout * 1000)
        return True

    async def go(self, address: str, timeout: float) -> None:
        """Open an address; returns when the new document has begun. Follow with `wait_for`."""
        async with no_browser_text():
            await self._page.goto(address, timeout=timeout * 1000, wait_until="commit")
        self._crashed.clear()

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
            "views": {name: describe_view(view) for name, view in views.items()},
            "elements": {name: describe(element) for name, element in (elements or {}).items()},
            "newDocument": new_document,
            "settle": settle * 1000,
        }
        arrived = Arrived()
        while (left := deadline - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left + _GRACE_SECONDS):
                    answer = await self._evaluate_once("awaitAny", {**target, "timeout": left * 1000})
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
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    answer = await self._evaluate_once(call, argument)
                    if answer is not None:
                        return answer
                    await asyncio.sleep(0.02)
        raise PageFailed(PageFault.TIMEOUT)

    async def _evaluate_once(self, call: str, argument: object) -> Any:
        """One call in the document that is there now; None when that document went away meanwhile."""
        expression = (
            f"{_HOLDER} === undefined ? {json.dumps(_MISSING)} : {_HOLDER}.{call}(document, {json.dumps(argument)})"
        )
        async with no_browser_text():
            try:
                return await self._unless_crashed(self._call(expression))
            except PlaywrightError as error:
                if self._page.is_closed() or not _document_went_away(error):
                    raise
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


def _selector(query: Mapping[str, Any]) -> str:
    return "portal=" + quote(json.dumps(query), safe="")


def _holds_word(text: str, value: str) -> bool:
    words, sought = text.casefold().split(), value.casefold().split()
    stripped = [word.strip("()[],;:") for word in words]
    return any(stripped[start : start + len(sought)] == sought for start in range(len(stripped) - len(sought) + 1))


_GONE = (
    "context was destroyed",
    "Cannot find context",
    "Cannot find execution context",
    "navigated or closed",
    "Promise was collected",
    "No frame for given id",
    "No frame with given id",
    "Frame with the given",
    "uniqueContextId not found",
)
_REFUSED = (
    "ERR_CONNECTION",
    "ERR_NAME_",
    "ERR_ADDRESS",
    "ERR_INTERNET_DISCONNECTED",
    "ERR_EMPTY_RESPONSE",
    "ERR_NETWORK",
    "ERR_SOCKET",
    "ERR_TUNNEL",
    "ERR_PROXY",
    "ERR_CERT",
    "ERR_SSL",
    "ERR_TIMED_OUT",
    "ERR_INVALID_HTTP_RESPONSE",
    "ERR_HTTP2",
)


def _document_went_away(error: PlaywrightError) -> bool:
    return any(part in error.message for part in _GONE)


def _fault_of(error: PlaywrightError) -> PageFault:
    if isinstance(error, PlaywrightTimeout):
        return PageFault.TIMEOUT
    # Only the first line is Playwright's own sentence; what follows is a log with what was typed.
    sentence = error.message.partition("\n")[0]
    if any(part in sentence for part in _REFUSED):
        return PageFault.NAVIGATION_REFUSED
    if "crashed" in sentence:
        return PageFault.CRASHED
    if "has been closed" in sentence or "Connection closed" in sentence or "Target closed" in sentence:
        return PageFault.CLOSED
    return PageFault.OTHER
