"""The page engine of one browser page: finds a pack's elements, reads a whole view at once, waits for what follows.

Every element and view is looked for in the frame that its pack names for it, else in the page itself.
"""

import contextlib
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from playwright.async_api import FilePayload, Locator, Page

from bots.choosing import fitting_entry
from bots.describing import describe, describe_table, selector
from bots.exchanges import Wished, unanswered, wished_by
from bots.faults import PageFailed, PageFault, no_browser_text
from bots.found import Arrived
from bots.frames import Documents
from bots.held_button import HeldButton
from bots.page_reader import PageReader
from bots.waiting import Differs, Sought, Waiting
from packs.elements import Element
from packs.views import View

_ACTION_SECONDS = 15.0
_REHEARSAL_SECONDS = 5.0

_WORDS = re.compile(r"\s?\S+|\s")
"""Words, each with the space before it."""


@dataclass(frozen=True)
class File:
    """A document that a portal is given. The content is kept in memory, and touches no disk of ours."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


class PageEngine(PageReader):
    """The engine in one page. All times are seconds. Every method raises PageFailed and no Playwright error."""

    def __init__(self, page: Page, documents: Documents) -> None:
        """`attach` makes one."""
        super().__init__(page, documents)
        self._waiting = Waiting(page, documents, self._described, self._unanswered)

    @classmethod
    async def attach(cls, page: Page, frame_id: str | None = None) -> "PageEngine":
        """The engine for this page, whose context comes from a BrowserHost (which registers the selector engine).

        `frame_id`: a frame of the page, by the browser's own id, to take for the page itself; its main frame when None.
        """
        async with no_browser_text():
            return cls(page, await Documents.attach(page, frame_id))

    # Acting

    def locator(self, element: Element) -> Locator:
        """The element for Playwright's actions, found by the same script; nothing while its ways disagree.

        Raises PageFailed (TIMEOUT) when its frame is not there.
        """
        return self._locator(self._frame_of_element(element), {"element": describe(element)})

    def row_locator(self, view: View, table: str, cells: Mapping[str, str], column: str) -> Locator:
        """The link or box in this column of the one row whose cells show exactly these texts (column name -> text)."""
        described = describe_table(view.tables[table], view)
        return self._locator(self._frame_of_view(view), {"table": described, "cells": dict(cells), "opens": column})

    async def press(self, element: Element, timeout: float = _ACTION_SECONDS) -> None:
        """One press, with Playwright's waiting until the element can be pressed; never repeated."""
        async with no_browser_text():
            await self.locator(element).click(timeout=timeout * 1000, no_wait_after=True)

    async def rehearse(self, element: Element, timeout: float = _REHEARSAL_SECONDS) -> None:
        """All that comes before a press, and no press: is it in sight, at rest, enabled, and covered by nothing?"""
        async with no_browser_text():
            await self.locator(element).click(timeout=timeout * 1000, trial=True)

    async def press_row(
        self, view: View, table: str, cells: Mapping[str, str], column: str, timeout: float = _ACTION_SECONDS
    ) -> None:
        """Press the link in this column of the one row with these cells."""
        async with no_browser_text():
            await self.row_locator(view, table, cells, column).click(timeout=timeout * 1000, no_wait_after=True)

    async def fill(self, element: Element, text: str, timeout: float = _ACTION_SECONDS) -> None:
        """Put the text into the field in place of what it held. See `values` for what the field made of it."""
        async with no_browser_text():
            await self.locator(element).fill(text, timeout=timeout * 1000)

    async def type_keys(self, element: Element, text: str, timeout: float = _ACTION_SECONDS) -> None:
        """Empty the field and type the text key by key, for fields whose scripts listen to the keys.

        No key is pressed that could press a button. Enter sends a form off: a text with line breaks is put in as a
        whole (a break alone, put in without a key, sends it off too). A space presses a button that a script has gone
        on to: so each word, with the space before it, begins in the field again.
        """
        async with no_browser_text():
            typed_into = self.locator(element)
            if "\n" in text or "\r" in text:
                await typed_into.fill(text, timeout=timeout * 1000)
                return
            await typed_into.fill("", timeout=timeout * 1000)
            for word in _WORDS.findall(text):
                await typed_into.press_sequentially(word, timeout=timeout * 1000)

    async def leave_field(self, element: Element, timeout: float = _ACTION_SECONDS) -> None:
        """Take the cursor out of the field, so that the page hears that the field was changed."""
        async with no_browser_text():
            await self.locator(element).blur(timeout=timeout * 1000)

    async def tick(self, element: Element, ticked: bool, timeout: float = _ACTION_SECONDS) -> None:
        """Make a box ticked, or not; nothing is pressed where it is so already."""
        async with no_browser_text():
            await self.locator(element).set_checked(ticked, timeout=timeout * 1000)

    async def tick_row(self, box: Locator, ticked: bool, timeout: float) -> None:
        """Make a row's box (`row_locator`) ticked, or not."""
        async with no_browser_text():
            await box.set_checked(ticked, timeout=timeout * 1000)

    async def upload(self, element: Element, file: File, *, chosen: bool, timeout: float = _ACTION_SECONDS) -> None:
        """Give the file to its field, from memory; with `chosen`, by way of the window that a button opens for that."""
        given = FilePayload(name=file.name, mimeType=file.content_type, buffer=file.content)
        async with no_browser_text():
            if not chosen:
                await self.locator(element).set_input_files(given, timeout=timeout * 1000)
                return
            async with self._page.expect_file_chooser(timeout=timeout * 1000) as opened:
                await self.locator(element).click(timeout=timeout * 1000, no_wait_after=True)
            await (await opened.value).set_files(given, timeout=timeout * 1000)

    async def hold(self, element: Element, timeout: float = _REHEARSAL_SECONDS) -> HeldButton:
        """The button as it stands in the document that is before us, for a press that must be this one."""
        async with no_browser_text():
            handle = await self.locator(element).element_handle(timeout=timeout * 1000)
        return HeldButton(handle)

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

    async def go(self, address: str, timeout: float) -> None:
        """Open an address; returns when the new document has begun. Follow with `wait_for`."""
        self._marked_at = time.time()
        async with no_browser_text():
            await self._page.goto(address, timeout=timeout * 1000, wait_until="commit")
        self._documents.revived()

    async def go_back(self, timeout: float) -> None:
        """Go back in the history; returns when the document of before has begun. Follow with `wait_for`."""
        self._marked_at = time.time()
        async with no_browser_text():
            await self._page.go_back(timeout=timeout * 1000, wait_until="commit")
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

    def _locator(self, frame: str | None, query: Mapping[str, Any]) -> Locator:
        inner = self._documents.frame(frame)
        if inner is None:
            raise PageFailed(PageFault.TIMEOUT)
        return inner.locator(selector(query))
