"""The page engine over pages that are fetched inside the signed-in page, and never opened.

What a flow does on a page is gathered and done in as few visits as possible: a field is filled when somebody looks at
it or presses the button; a press, what follows it and the reading of that are one visit.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator

from bots.choosing import fitting_entry
from bots.describing import joined
from bots.direct.fetched import FetchedDocuments, NotRead
from bots.direct.told import Told
from bots.engine import File, PageEngine
from bots.exchanges import Wished
from bots.faults import PageFailed
from bots.found import Arrived, FoundBoxes, FoundElement, RawReading
from bots.held_button import HeldButton
from bots.normalise import fold
from packs.elements import Action, Element
from packs.views import View

_SPARE_SECONDS = 5.0
"""So long after the portal's own time the script in the page must have said that nothing came."""


class AskedToRest(Exception):
    """The portal asks for fewer look-ups, or says when it is back: it is not asked again in another way."""

    def __init__(self, wished: Wished) -> None:
        super().__init__("the portal asks to be left alone for a while")
        self.wished = wished


@dataclass(frozen=True)
class _Page:
    """A page that was fetched: the view that it is, and all of that as it came."""

    view: View
    reading: RawReading


class DirectEngine(PageEngine):
    """Does what a `PageEngine` does, by requests alone. Every method raises NotRead for what cannot be done so."""

    def __init__(self, opened: PageEngine, may_keep: frozenset[str], seconds: float) -> None:
        """Asks from inside the page of `opened`. `may_keep` are addresses of pages that may be used again and again;
        so many `seconds` may a look at a page take.
        """
        self._fetched = FetchedDocuments.inside(opened)
        super().__init__(opened.page, self._fetched)
        self._seconds = seconds
        self._may_keep = may_keep
        self._kept: dict[str, _Page] = {}
        self._page_now: _Page | None = None
        self._opener: _Page | None = None
        self._changed = False
        """A field of the page that is before us was filled: it is not as it came any more."""
        self._foreseeable = True
        """Nothing was done with its fields but to put texts into them."""
        self._from: str | None = None
        self._back = False
        self._fills: list[dict[str, Any]] = []
        self._filled: Element | None = None
        self._typed: dict[int, str] = {}
        """What was put into the fields of the page before us, by the id of their element."""
        self._sure: dict[str, dict[str, Any]] = {}
        """What the page has to hold when the press is made, as it was told to whoever looked."""
        self._move: dict[str, Any] | None = None
        self._told = Told()
        self.marks: set[str] = set()
        """Every kind of mark-up of the pages that were fetched since `begin`."""
        self.interrupts: tuple[str, ...] = ()
        """The views that came instead of what was asked for, of those that may come at any time, since `begin`."""

    def begin(self) -> None:
        """Another question begins."""
        self._before(None)
        self.marks = set()
        self.interrupts = ()

    def forget(self) -> None:
        """The page that was asked from was left: whatever was kept in it is gone."""
        self._before(None)
        self._kept.clear()

    # Going

    async def go(self, address: str, timeout: float) -> None:
        """Have the page at the address before us; one that is kept is used again."""
        kept = self._kept.get(address)
        self._before(kept)
        if kept is not None:
            self._from = address
        else:
            self._move = {"go": address, "keep": address in self._may_keep}

    async def press(self, element: Element, timeout: float = 0) -> None:
        """What pressing the element asks for is asked for with the next `wait_for`."""
        if element.action is not Action.NAVIGATE:
            raise NotRead("a press that changes something")
        self._move = {"press": self._told.name(self._described.element(element))}

    async def press_row(
        self, view: View, table: str, cells: Mapping[str, str], column: str, timeout: float = 0
    ) -> None:
        """What the link in the row asks for is asked for with the next `wait_for`."""
        described = self._told.name(self._described.table(view, table))
        row = {"table": described, "cells": dict(cells), "opens": column, "addressIn": view.tables[table].address_in}
        self._move = {"row": row}

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
        """Ask for what was pressed, and say which of these came; whatever else came is not read."""
        if self._move is None and self._filled is not None and self._fills:
            # A field that loads the page again when it is changed.
            self._fills[-1]["reloads"] = True
            self._move = {"change": self._told.name(self._described.element(self._filled))}
        if self._move is None:
            here = tuple(name for name, view in views.items() if self._is_before_us(view))
            if not here or in_place:
                raise NotRead("nothing was asked for")
            return Arrived(views=here, new_document=True)
        if in_place or differs is not None:
            raise NotRead("an answer in the same page")
        unwanted = tuple(always)
        sought = {
            name: self._described.view(view) if name in unwanted else self._described.whole(view)
            for name, view in views.items()
        }
        follow = {
            "views": joined(sought),
            "elements": joined({name: self._described.element(one) for name, one in (elements or {}).items()}),
            "always": json.dumps(unwanted),
        }
        move, described = self._move, self._told.name(joined(follow))
        return self._arrived(move, await self._exchange(timeout, follow=json.dumps(described)), views)

    def _arrived(self, move: Mapping[str, Any], answer: Mapping[str, Any], views: Mapping[str, View]) -> Arrived:
        self.marks |= self._told.marks(answer["marks"])
        came = None
        if answer["reading"] is not None:
            came = _Page(views[answer["views"][0]], RawReading.model_validate(answer["reading"], strict=False))
        opener = self._page_now if "row" in move else None
        self._before(came)
        self._opener = opener
        if move.get("keep") and came is not None:
            self._kept[move["go"]] = came
        return Arrived(
            views=tuple(answer["views"]),
            elements=tuple(answer["elements"]),
            new_document=True,
            status=answer["status"],
        )

    # Filling

    async def fill(self, element: Element, text: str, timeout: float = 0) -> None:
        """The text goes into the field with the next visit, which makes sure that the field took it."""
        self._put(element, text=text)

    async def tick(self, element: Element, ticked: bool, timeout: float = 0) -> None:
        self._put(element, ticked=ticked)

    async def choose(self, element: Element, value: str, timeout: float = 0) -> str | None:
        choice = fitting_entry(await self.choices(element), value)
        if choice is None:
            raise NotRead("a list without that entry")
        if not choice["chosen"]:
            self._put(element, choice=choice["index"], text=choice["text"])
        return str(choice["text"])

    async def leave_field(self, element: Element, timeout: float = 0) -> None:
        """Nothing by itself: a field that loads the page again is told by what is waited for."""

    def _put(self, element: Element, **what: object) -> None:
        self._fills.append({"element": self._told.name(self._described.element(element)), **what})
        self._filled, self._changed, self._sure = element, True, {}
        if "text" in what and "choice" not in what:
            self._typed[id(element)] = str(what["text"])
        else:
            self._foreseeable = False

    # Reading

    async def read(self, view: View) -> RawReading:
        page = self._page_now
        return (
            page.reading if page is not None and page.view is view and not self._changed else await super().read(view)
        )

    async def values(self, elements: Mapping[str, Element], *, mark: bool = False) -> dict[str, FoundElement]:
        """What these elements show or hold. Nothing needs a mark.

        Of a page as it came that is known already, and so it is where nothing but texts was put into its fields: they
        are put there with the next visit, which goes no further unless everything is as it was told here.
        """
        known = self._known()
        if known is not None and all(id(element) in known for element in elements.values()):
            found = {name: known[id(element)] for name, element in elements.items()}
            if self._changed:
                self._make_sure(found, elements)
            return found
        described = joined({name: self._described.element(element) for name, element in elements.items()})
        answer = await self._exchange(self._seconds, values=described)
        return {name: FoundElement.model_validate(one, strict=False) for name, one in answer["values"].items()}

    async def recognise(self, views: Mapping[str, View]) -> tuple[str, ...]:
        """Those of the views that are before us: a page was recognised when it came."""
        return tuple(name for name, view in views.items() if self._is_before_us(view))

    async def mark(
        self, views: Mapping[str, View] | None = None, elements: Mapping[str, Element] | None = None
    ) -> None:
        """Nothing: each answer is a document of its own."""

    async def mark_if_row(self, view: View, table: str, cells: Mapping[str, str], column: str) -> bool:
        """Is the one row with these cells on the page before us, or on the one from which this page was opened?"""
        if not self._is_before_us(view) and self._opener is not None and self._opener.view is view:
            self._before(self._opener)
            self._back = True
        if not self._is_before_us(view):
            return False
        found = (await self.read(view)).tables[table]
        sought = [(found.columns.index(name), fold(text)) for name, text in cells.items()]
        return sum(all(fold(row[at]) == text for at, text in sought) for row in found.rows) == 1

    async def pressed(self, view: View) -> bool:
        return True

    # What is never done by requests

    def locator(self, element: Element) -> Locator:
        raise NotRead("something that only a page that is open can do")

    def row_locator(self, view: View, table: str, cells: Mapping[str, str], column: str) -> Locator:
        raise NotRead("something that only a page that is open can do")

    async def row_boxes(self, view: View, table: str, column: str) -> FoundBoxes:
        raise NotRead("rows that are ticked")

    async def rehearse(self, element: Element, timeout: float = 0) -> None:
        raise NotRead("a press that changes something")

    async def hold(self, element: Element, timeout: float = 0) -> HeldButton:
        raise NotRead("a press that changes something")

    async def type_keys(self, element: Element, text: str, timeout: float = 0) -> None:
        raise NotRead("a field that listens to the keys")

    async def upload(self, element: Element, file: File, *, chosen: bool, timeout: float = 0) -> None:
        raise NotRead("a document that is handed in")

    async def go_back(self, timeout: float) -> None:
        raise NotRead("the browser's own history")

    # One visit

    async def _ask(self, call: str, argument: str, timeout: float = 0, frame: str | None = None) -> Any:
        """One call of the script in the page that was fetched last, with the fields filled by then."""
        if self._from is not None or self._back or self._fills:
            await self._exchange(self._seconds, values="{}")
        try:
            async with asyncio.timeout(self._seconds):
                return await self._fetched.ask(call, argument)
        except (PageFailed, TimeoutError):
            raise NotRead("the browser did not answer") from None

    async def _exchange(self, seconds: float, **more: str) -> Mapping[str, Any]:
        """All that was gathered, in one visit; `more` is what comes with it, as JSON. Raises NotRead, AskedToRest."""
        given: dict[str, object] = {"fills": self._fills, "back": self._back, "seconds": seconds}
        if self._move is not None and self._sure:
            given["sure"] = list(self._sure.values())
        if self._from is not None:
            given["from"] = self._from
        if self._move is not None:
            given["move"] = self._move
        asked = {name: json.dumps(value) for name, value in given.items()} | more
        self._fills, self._filled, self._back, self._from, self._move = [], None, False, None, None
        try:
            async with asyncio.timeout(seconds + _SPARE_SECONDS):
                answer = await self._visit(asked)
                if "forgotten" in answer:
                    # Another document came into the window, and has heard nothing of us yet.
                    self._told.forget()
                    answer = await self._visit(asked)
        except (PageFailed, TimeoutError):
            raise NotRead("the browser did not answer") from None
        if "wished" in answer:
            raise AskedToRest(Wished.model_validate(answer["wished"]))
        if "unread" in answer:
            self.interrupts = tuple(answer.get("interrupts", ()))
            raise NotRead(str(answer["unread"]))
        return answer

    async def _visit(self, asked: Mapping[str, str]) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = await self._fetched.ask("direct", joined({**asked, **self._told.news()}))
        return answer

    def _before(self, page: _Page | None) -> None:
        """This page is before us, as it came."""
        self._page_now, self._opener, self._changed, self._foreseeable = page, None, False, True
        self._typed, self._sure = {}, {}
        self._fills, self._filled, self._back, self._from, self._move = [], None, False, None, None

    def _is_before_us(self, view: View) -> bool:
        return self._page_now is not None and self._page_now.view is view

    def _known(self) -> Mapping[int, FoundElement] | None:
        """What the elements of the page before us show, with the texts that were put into them; None: nobody knows."""
        page = self._page_now
        if page is None or not self._foreseeable:
            return None
        known = {id(element): page.reading.elements[name] for name, element in page.view.elements.items()}
        for field, text in self._typed.items():
            if field not in known or known[field].kind != "value":
                return None
            known[field] = known[field].model_copy(update={"text": text, "filled": text != ""})
        return known

    def _make_sure(self, found: Mapping[str, FoundElement], elements: Mapping[str, Element]) -> None:
        for name, element in elements.items():
            held = found[name].model_dump(mode="json", exclude={"unseen"})
            self._sure[name] = {"element": self._told.name(self._described.element(element)), "held": held}
