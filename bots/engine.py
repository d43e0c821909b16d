"""The page engine of one browser page: finds a pack's elements, reads a whole view at once, waits for what follows.

Every element and view is looked for in the frame that its pack names for it, else in the page itself.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from playwright.async_api import Locator, Page

from bots.describing import Described, describe, describe_table, joined, selector
from bots.exchanges import Wished, unanswered, wished_by
from bots.faults import PageFailed, PageFault, no_browser_text
from bots.found import Arrived, FoundElement, RawReading
from bots.frames import Documents
from bots.waiting import Differs, Sought, Waiting
from packs.elements import Element
from packs.models import Pack
from packs.views import View

_ACTION_SECONDS = 15.0
_REHEARSAL_SECONDS = 5.0
_PLACE_SECONDS = 10.0

_Described = TypeVar("_Described", Element, View)


class PageEngine:
    """The engine in one page. All times are seconds. Every method raises PageFailed and no Playwright error."""

    def __init__(self, page: Page, documents: Documents) -> None:
        """`attach` makes one."""
        self._page = page
        self._documents = documents
        self._described = Described()
        self._waiting = Waiting(page, documents, self._described, self._unanswered)
        self._frame_of: dict[int, str] = {}
        self._marked_at = 0.0
        self._opened = False

    @classmethod
    async def attach(cls, page: Page, frame_id: str | None = None) -> "PageEngine":
        """The engine for this page, whose context comes from a BrowserHost (which registers the selector engine).

        `frame_id`: a frame of the page, by the browser's own id, to take for the page itself; its main frame when None.
        """
        async with no_browser_text():
            return cls(page, await Documents.attach(page, frame_id))

    @property
    def page(self) -> Page:
        """The page itself, for what has no description in a pack; wrap its use in `no_browser_text()`."""
        return self._page

    def know(self, pack: Pack, *, opened: bool = False) -> None:
        """From now on this pack's elements and views are looked for in their frames.

        In a window that was `opened` by the portal, a frame that is not there is the page itself: what is a part of a
        page for one row may be a page of its own for another.
        """
        self._documents.know(pack.frames)
        self._opened = opened
        self._frame_of = {
            id(element): view.frame
            for view in pack.views.values()
            if view.frame is not None
            for element in view.elements.values()
        }

    def has_frame(self, frame: str | None) -> bool:
        """Is the pack's frame of this name on the page just now? The page itself (None) always is."""
        return self._documents.frame(frame) is not None

    def has_view_frame(self, view: View) -> bool:
        """Is there the frame in which the view would be?"""
        return self.has_frame(self._frame_of_view(view))

    # Reading

    async def read(self, view: View) -> RawReading:
        """All of a view in one visit: elements, tables, what it is recognised by, and its document as evidence."""
        answer = await self._ask("read", self._described.whole(view), frame=self._frame_of_view(view))
        return RawReading.model_validate(answer, strict=False)

    async def values(self, elements: Mapping[str, Element], *, mark: bool = False) -> dict[str, FoundElement]:
        """What these elements show or hold now: the echo after filling, or the look before a press.

        With `mark`, the documents are marked too, those of the elements in the same instant; see `mark`.
        """
        found: dict[str, FoundElement] = {}
        groups = self._by_frame(elements, self._frame_of_element)
        for frame, members in groups.items():
            described = joined({name: self._described.element(element) for name, element in members.items()})
            answer = await self._ask("valuesAndMark" if mark else "values", described, frame=frame)
            found |= {name: FoundElement.model_validate(element, strict=False) for name, element in answer.items()}
        if mark:
            self._marked_at = time.time()
            await self._mark_frames({frame: "null" for frame in self._frames_here() if frame not in groups})
        return found

    async def recognise(self, views: Mapping[str, View]) -> tuple[str, ...]:
        """The names of those views that are before us now and not busy, in the order given.

        A view in a frame that is not there is not before us.
        """
        there: set[str] = set()
        for frame, members in self._by_frame(views, self._frame_of_view).items():
            if not self.has_frame(frame):
                continue
            described = joined({name: self._described.view(view) for name, view in members.items()})
            answer = await self._ask("recognise", described, frame=frame)
            there |= {name for name, state in answer.items() if state == "there"}
        return tuple(name for name in views if name in there)

    async def mark_if_row(self, view: View, table: str, cells: Mapping[str, str]) -> bool:
        """Is the view before us, not busy, with a link to press in the one row that shows these texts?

        If so the documents are marked, for the press that follows; see `mark`.
        """
        sought = {
            "view": self._described.view(view),
            "table": self._described.table(view, table),
            "cells": json.dumps(dict(cells)),
            "opens": json.dumps(view.tables[table].opens or ""),
        }
        if not self.has_view_frame(view):
            return False
        own = self._frame_of_view(view)
        there = bool(await self._ask("markIfRow", joined(sought), frame=own))
        if there:
            self._marked_at = time.time()
            await self._mark_frames({frame: "null" for frame in self._frames_here() if frame != own})
        return there

    async def markup(self) -> dict[str, str]:
        """The documents before us as evidence: the page's own under "", then those of the pack's frames by name."""
        documents = {"": str(await self._ask("markup", "null"))}
        for frame in self._frames_here():
            if frame is not None and (inner := await self._documents.call(frame, "markup", "null")) is not None:
                documents[frame] = str(inner)
        return documents

    # Acting

    def locator(self, element: Element) -> Locator:
        """The element for Playwright's actions, found by the same script; nothing while its ways disagree.

        Raises PageFailed (TIMEOUT) when its frame is not there.
        """
        return self._locator(self._frame_of_element(element), {"element": describe(element)})

    def row_locator(self, view: View, table: str, cells: Mapping[str, str]) -> Locator:
        """The link that opens the one row whose cells show exactly these texts (column name -> text as shown)."""
        description = view.tables[table]
        return self._locator(
            self._frame_of_view(view),
            {"table": describe_table(description, view), "cells": dict(cells), "opens": description.opens or ""},
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

    async def type_keys(self, element: Element, text: str, timeout: float = _ACTION_SECONDS) -> None:
        """Empty the field and type the text key by key, for fields whose scripts listen to the keys."""
        async with no_browser_text():
            field = self.locator(element)
            await field.fill("", timeout=timeout * 1000)
            await field.press_sequentially(text, timeout=timeout * 1000)

    async def leave_field(self, element: Element, timeout: float = _ACTION_SECONDS) -> None:
        """Take the cursor out of the field, so that the page hears that the field was changed."""
        async with no_browser_text():
            await self.locator(element).blur(timeout=timeout * 1000)

    async def tick(self, element: Element, ticked: bool, timeout: float = _ACTION_SECONDS) -> None:
        """Make a box ticked, or not; nothing is pressed where it is so already."""
        async with no_browser_text():
            await self.locator(element).set_checked(ticked, timeout=timeout * 1000)

    async def choose(self, element: Element, value: str, timeout: float = _ACTION_SECONDS) -> str | None:
        """Choose in a list, or in a group of radio buttons or of rows with one: the entry that is the value, else the
        only one that holds it as whole words. The text of the entry as it is shown.

        None, and nothing is touched, when there is no such entry or more than one.
        """
        return await self._choose(element, await self.choices(element), value, timeout)

    async def choose_if_there(self, element: Element, value: str, timeout: float = _ACTION_SECONDS) -> str | None:
        """`choose` in a list that comes and goes, such as suggestions; None also when it is not there to be pressed."""
        try:
            return await self._choose(element, await self.choices(element), value, timeout)
        except PageFailed as failed:
            if failed.kind is not PageFault.TIMEOUT:
                raise
            return None

    async def _choose(
        self, element: Element, choices: Iterable[Mapping[str, Any]], value: str, timeout: float
    ) -> str | None:
        choice = fitting_entry(choices, value)
        if choice is None:
            return None
        frame = self._frame_of_element(element)
        async with no_browser_text():
            if choice["chosen"]:
                return str(choice["text"])
            if choice["kind"] == "option":
                await self.locator(element).select_option(index=choice["index"], timeout=timeout * 1000)
            else:
                entry = {"element": describe(element), "choice": choice["index"], "text": choice["text"]}
                button = self._locator(frame, entry)
                if choice["kind"] == "radio":
                    await button.check(timeout=timeout * 1000)
                else:
                    await button.click(timeout=timeout * 1000, no_wait_after=True)
        return str(choice["text"])

    async def choices(self, element: Element) -> list[dict[str, Any]]:
        """The entries of a list or group: `text`, `disabled`, `chosen`, and `kind` and `index` to find each again."""
        described = self._described.element(element)
        choices: list[dict[str, Any]] = await self._ask("choices", described, frame=self._frame_of_element(element))
        return choices

    async def chosen(self, element: Element) -> str | None:
        """The text of the one chosen entry of a list or group; None when none or several are."""
        chosen = [str(choice["text"]) for choice in await self.choices(element) if choice["chosen"]]
        return chosen[0] if len(chosen) == 1 else None

    async def go(self, address: str, timeout: float) -> None:
        """Open an address; returns when the new document has begun. Follow with `wait_for`."""
        self._marked_at = time.time()
        async with no_browser_text():
            await self._page.goto(address, timeout=timeout * 1000, wait_until="commit")
        self._documents.revived()

    async def collect_garbage(self) -> None:
        """Have the browser free what the documents before this one left behind; the page itself is not touched.

        Left alone, the browser lets that grow to several hundred megabytes over some hundred documents (measured:
        970 MB after 350 claims, against 160 MB), although all but about 1 MB of it is garbage.
        """
        async with no_browser_text():
            session = self._documents.session
            await self._documents.unless_crashed(session.send("HeapProfiler.collectGarbage"))

    async def close(self) -> None:
        """Close the page's window. Safe to call again."""
        with contextlib.suppress(PageFailed):
            async with no_browser_text():
                await self._page.close()

    # Waiting

    async def mark(
        self, views: Mapping[str, View] | None = None, elements: Mapping[str, Element] | None = None
    ) -> None:
        """Mark the documents before a press, so that they cannot be taken for the answer.

        With the views and messages that may follow, what stands there now is remembered, for
        `wait_for(in_place=True)`.
        """
        self._marked_at = time.time()
        views, elements = views or {}, elements or {}
        specs: dict[str | None, str] = dict.fromkeys(self._frames_here(), "null")
        by_view = self._by_frame(views, self._frame_of_view)
        by_element = self._by_frame(elements, self._frame_of_element)
        for frame in {*by_view, *by_element} & specs.keys():
            whole = {name: self._described.whole(view) for name, view in by_view.get(frame, {}).items()}
            texts = {name: self._described.element(element) for name, element in by_element.get(frame, {}).items()}
            specs[frame] = joined({"views": joined(whole), "elements": joined(texts)})
        await self._ask("mark", specs.pop(None))
        await self._mark_frames(specs)

    async def pressed(self, view: View) -> bool:
        """Did a press reach the document of this view since the mark? One that came too late was made all the same."""
        return not self.has_view_frame(view) or bool(
            await self._ask("pressed", "null", frame=self._frame_of_view(view))
        )

    async def wait_for(
        self,
        views: Mapping[str, View],
        elements: Mapping[str, Element] | None = None,
        *,
        timeout: float,
        new_document: bool = False,
        in_place: bool = False,
        always: Iterable[str] = (),
        differs: tuple[Element, str] | None = None,
        settle: float = 3.0,
    ) -> Arrived:
        """Wait until one of the views, or one of the elements (messages), is there and not busy, else until `timeout`.

        Everything recognised at that instant is returned; more than one name means that the pack cannot tell them
        apart. With `new_document`, a document marked before the press does not count, but for the views named in
        `always`, which may come at any time. With `in_place`, what was there at the mark (made with these views and
        elements) counts only when it was away or busy since, or shows something else: other rows in its tables, other
        texts where it has none. New nodes with the same texts do not count: scripts draw their old state again before
        the answer comes. With `differs`, a view counts only when that element no longer shows that text.

        A new document that is loaded and unknown, and has not changed for `settle` seconds while its scripts wait for
        nothing, or that came with an HTTP error, ends the waiting early. Views of several frames are waited for in all
        of them at once, a frame that is not there yet included. Raises PageFailed: NAVIGATION_REFUSED when the answer
        is the browser's own error page, CUT_SHORT when the line broke before the whole document had come.
        """
        sought: dict[str | None, Sought] = {}
        for frame, of_frame in self._by_frame(views, lambda view: view.frame).items():
            sought[frame] = Sought(views=of_frame)
        if self._opened and sought:
            # Whether it has the frame is known only when it has come.
            sought[None] = Sought(views=views)
        for frame, messages in self._by_frame(elements or {}, self._frame_of_element).items():
            sought[frame] = Sought(views=sought[frame].views if frame in sought else {}, elements=messages)
        deadline = time.monotonic() + timeout
        wait = partial(
            self._waiting.wait,
            sought or {None: Sought()},
            new_document=new_document,
            in_place=in_place,
            always=tuple(always),
            differs=None if differs is None else Differs(self._frame_of_element(differs[0]), *differs),
        )
        arrived = await wait(timeout=timeout, settle=settle)
        if in_place and arrived.settled and not arrived.new_document and not arrived.recognised:
            failed = await self.wished()
            if failed is not None:
                return arrived.model_copy(update={"status": failed.status})
            # A slow answer may still come.
            arrived = await wait(timeout=deadline - time.monotonic(), settle=timeout)
        return arrived

    async def wished(self) -> Wished | None:
        """When the portal wants to be asked again, if an answer since the last mark said so (429 or 5xx)."""
        async with no_browser_text():
            return await wished_by(self._page, since=self._marked_at)

    async def _unanswered(self) -> bool:
        async with no_browser_text():
            return await unanswered(self._page, since=self._marked_at)

    # The script in the page

    async def evaluate(self, call: str, argument: object, timeout: float = _PLACE_SECONDS) -> Any:
        """Call one function of the script in the page's own document, as `_ask` does."""
        return await self._ask(call, json.dumps(argument), timeout)

    async def _ask(self, call: str, argument: str, timeout: float = _PLACE_SECONDS, frame: str | None = None) -> Any:
        """Call one function of the script, with JSON as its argument.

        A navigation in between is survived: the call goes to the new document. A frame that is not there is waited for.
        """
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    answer = await self._documents.call(frame, call, argument)
                    if answer is not None:
                        return answer
                    await asyncio.sleep(0.02)
        raise PageFailed(PageFault.TIMEOUT)

    async def _mark_frames(self, specs: Mapping[str | None, str]) -> None:
        """Mark these documents. A frame that went away meanwhile needs no mark: what comes in its place is new."""
        for frame, spec in specs.items():
            deadline = time.monotonic() + _PLACE_SECONDS
            while self.has_frame(frame):
                if time.monotonic() >= deadline:
                    # Without a mark, the old document would be taken for the answer.
                    raise PageFailed(PageFault.TIMEOUT)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PLACE_SECONDS):
                        if await self._documents.call(frame, "mark", spec):
                            break
                await asyncio.sleep(0.02)

    def _frames_here(self) -> tuple[str | None, ...]:
        """The page itself, and those of the pack's frames that are there now."""
        return (None, *(name for name in self._documents.names if self._documents.frame(name) is not None))

    def _frame_of_element(self, element: Element) -> str | None:
        return self._here(self._frame_of.get(id(element)))

    def _frame_of_view(self, view: View) -> str | None:
        return self._here(view.frame)

    def _here(self, frame: str | None) -> str | None:
        return None if self._opened and not self.has_frame(frame) else frame

    @staticmethod
    def _by_frame(
        members: Mapping[str, _Described], frame_of: Callable[[_Described], str | None]
    ) -> dict[str | None, dict[str, _Described]]:
        groups: dict[str | None, dict[str, _Described]] = {}
        for name, member in members.items():
            groups.setdefault(frame_of(member), {})[name] = member
        return groups

    def _locator(self, frame: str | None, query: Mapping[str, Any]) -> Locator:
        inner = self._documents.frame(frame)
        if inner is None:
            raise PageFailed(PageFault.TIMEOUT)
        return inner.locator(selector(query))


def fitting_entry(choices: Iterable[Mapping[str, Any]], value: str) -> Mapping[str, Any] | None:
    """The entry that is the value, else the only one that holds it as whole words; None when that is not just one."""
    enabled = [choice for choice in choices if not choice["disabled"]]
    same = [choice for choice in enabled if _folded(choice["text"]) == _folded(value)]
    fitting = same or [choice for choice in enabled if holds_words(choice["text"], value)]
    return fitting[0] if len(fitting) == 1 else None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def holds_words(text: str, value: str) -> bool:
    """Does the text hold the value as whole words, without regard to case?"""
    words, sought = text.casefold().split(), value.casefold().split()
    stripped = [word.strip("()[],;:") for word in words]
    return any(stripped[start : start + len(sought)] == sought for start in range(len(stripped) - len(sought) + 1))
