"""Reading one browser page: what a pack's elements, views and tables are just now, each in the frame that it is in."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from playwright.async_api import Page

from bots.describing import Described, joined
from bots.faults import PageFailed, PageFault
from bots.found import FoundBoxes, FoundElement, RawReading
from bots.frames import Documents
from packs.elements import Element, Way
from packs.models import Pack
from packs.views import View

_PLACE_SECONDS = 10.0

_Described = TypeVar("_Described", Element, View)


class PageReader:
    """Looks, and touches nothing. All times are seconds. Every method raises PageFailed and no Playwright error."""

    def __init__(self, page: Page, documents: Documents) -> None:
        self._page = page
        self._documents = documents
        self._described = Described()
        self._frame_of: dict[int, str] = {}
        self._marked_at = 0.0
        self._opened = False

    @property
    def page(self) -> Page:
        """The page itself, for what has no description in a pack; wrap its use in `no_browser_text()`."""
        return self._page

    @property
    def documents(self) -> Documents:
        """The documents of the page."""
        return self._documents

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

    async def mark_if_row(self, view: View, table: str, cells: Mapping[str, str], column: str) -> bool:
        """Is the view before us, not busy, with a link in this column of the one row that shows these texts?

        If so the documents are marked, for the press that follows; see `mark`.
        """
        sought = {
            "view": self._described.view(view),
            "table": self._described.table(view, table),
            "cells": json.dumps(dict(cells)),
            "opens": json.dumps(column),
        }
        if not self.has_view_frame(view):
            return False
        own = self._frame_of_view(view)
        there = bool(await self._ask("markIfRow", joined(sought), frame=own))
        if there:
            self._marked_at = time.time()
            await self._mark_frames({frame: "null" for frame in self._frames_here() if frame != own})
        return there

    async def row_boxes(self, view: View, table: str, column: str) -> FoundBoxes:
        """The boxes in this column of the table's rows, on the page of the table that is before us."""
        sought = {"table": self._described.table(view, table), "box": json.dumps(column)}
        answer = await self._ask("rowBoxes", joined(sought), frame=self._frame_of_view(view))
        return FoundBoxes.model_validate(answer, strict=False)

    async def shows(self, text: str, beside: Element) -> bool:
        """Does the document of this element show the text somewhere, alone or within a line?"""
        said = Element(find=(Way(text=text), Way(matches=f".*{re.escape(text)}.*")))
        answer = await self._ask(
            "values", joined({"text": self._described.element(said)}), frame=self._frame_of_element(beside)
        )
        return any(FoundElement.model_validate(answer["text"], strict=False).places)

    async def markup(self) -> dict[str, str]:
        """The documents before us as evidence: the page's own under "", then those of the pack's frames by name."""
        documents = {"": str(await self._ask("markup", "null"))}
        for frame in self._frames_here():
            if frame is not None and (inner := await self._documents.call(frame, "markup", "null")) is not None:
                documents[frame] = str(inner)
        return documents

    async def choices(self, element: Element) -> list[dict[str, Any]]:
        """The entries of a list or group: `text`, `disabled`, `chosen`, and `kind` and `index` to find each again."""
        described = self._described.element(element)
        choices: list[dict[str, Any]] = await self._ask("choices", described, frame=self._frame_of_element(element))
        return choices

    async def chosen(self, element: Element) -> str | None:
        """The text of the one chosen entry of a list or group; None when none or several are."""
        chosen = [str(choice["text"]) for choice in await self.choices(element) if choice["chosen"]]
        return chosen[0] if len(chosen) == 1 else None

    # Marking

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
