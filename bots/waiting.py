"""The race between everything that may follow: in one document, or in those of several frames at once."""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from playwright.async_api import Page, Request

from bots.describing import Described, joined
from bots.faults import PageFailed, PageFault, no_browser_text
from bots.found import Arrived
from bots.frames import Documents
from packs.elements import Element
from packs.views import View

_GRACE_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 0.03
_ANSWER_AGAIN_SECONDS = 0.3
_LAST_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Sought:
    """What is waited for in one frame."""

    views: Mapping[str, View] = field(default_factory=dict)
    elements: Mapping[str, Element] = field(default_factory=dict)


@dataclass(frozen=True)
class Differs:
    """A view counts only when this element, in this frame, no longer shows this text."""

    frame: str | None
    element: Element
    text: str


@dataclass(frozen=True)
class _Race:
    """What holds for a whole wait, in all its frames."""

    deadline: float
    new_document: bool
    in_place: bool
    always: Sequence[str]
    differs: Differs | None
    settle: float
    several: bool
    suspect: bool
    """The request of a document failed since the wait before this one."""


class Waiting:
    """Waits in the documents of one page."""

    def __init__(
        self,
        page: Page,
        documents: Documents,
        described: Described,
        unanswered: Callable[[], Awaitable[bool]],
    ) -> None:
        """`unanswered` says whether the page still waits for something that it asked the portal for."""
        self._unanswered = unanswered
        self._documents = documents
        self._described = described
        self._listeners: set[asyncio.Event] = set()
        self._suspect = False
        # Told of failures alone, which are rare: the normal case costs nothing.
        page.on("requestfailed", self._failed)

    async def wait(
        self,
        sought: Mapping[str | None, Sought],
        *,
        timeout: float,
        new_document: bool,
        in_place: bool,
        always: Sequence[str],
        differs: Differs | None,
        settle: float,
    ) -> Arrived:
        """See `PageEngine.wait_for`."""
        race = _Race(
            deadline=time.monotonic() + timeout,
            new_document=new_document,
            in_place=in_place,
            always=always,
            differs=differs,
            settle=settle,
            several=len(sought) > 1,
            suspect=self._suspect,
        )
        self._suspect = False
        if not race.several:
            ((frame, alone),) = sought.items()
            return await self._until_settled(frame, alone, race)
        return await self._among(sought, race)

    async def _until_settled(self, frame: str | None, sought: Sought, race: _Race) -> Arrived:
        """Wait in one document: until something is recognised, it is known that nothing will be, or time is up."""
        target = self._target(frame, sought, race)
        missing_since: float | None = None
        arrived = Arrived(loading=frame is not None)
        with self._told_of_cuts(race) as cut:
            while (left := race.deadline - time.monotonic()) > 0:
                answer: object = None
                try:
                    async with asyncio.timeout(left + _GRACE_SECONDS):
                        argument = joined({**target, "timeout": json.dumps(left * 1000)})
                        answer = await self._call_unless_cut(frame, argument, cut)
                except TimeoutError:
                    # While a navigation has no answer, the browser lets nobody speak to the page. What would come
                    # after this no longer counts, and must not come between the next steps.
                    await self._stop_loading()
                    break
                if isinstance(answer, dict):
                    if answer.pop("refused"):
                        raise PageFailed(PageFault.NAVIGATION_REFUSED)
                    arrived = Arrived.model_validate(answer, strict=False)
                    if not await self._still_coming(arrived):
                        return arrived
                    arrived = arrived.model_copy(update={"loading": True, "settled": False})
                    await asyncio.sleep(_ANSWER_AGAIN_SECONDS)
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                if frame is None or self._documents.frame(frame) is not None:
                    missing_since = None
                    continue
                missing_since = missing_since or time.monotonic()
                if race.several and time.monotonic() - missing_since >= race.settle:
                    return Arrived(settled=True)
        return arrived

    async def _still_coming(self, arrived: Arrived) -> bool:
        """Nothing is known of what is there, and the page's own scripts have not got all that they asked for?"""
        if arrived.recognised or (arrived.status is not None and arrived.status >= 400):
            return False
        if arrived.settled:
            return arrived.new_document and await self._unanswered()
        return arrived.changed and await self._unanswered()

    async def _among(self, sought: Mapping[str | None, Sought], race: _Race) -> Arrived:
        """Wait in several frames at once; what the others show at that instant counts too."""
        at_rest: dict[str | None, Arrived] = {}
        waits = {asyncio.ensure_future(self._until_settled(*of, race)): of[0] for of in sought.items()}
        try:
            while waits:
                done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in done:
                    frame = waits.pop(wait)
                    arrived = wait.result()
                    if arrived.recognised:
                        others = {other: sought[other] for other in sought if other != frame}
                        return await self._with_others(arrived, others, race)
                    at_rest[frame] = arrived
                    settled = len(at_rest) == len(sought) and any(
                        known.new_document and known.settled for known in at_rest.values()
                    )
                    if arrived.settled and not settled and time.monotonic() < race.deadline:
                        # Something may still come here: an answer elsewhere may take its time.
                        waits[asyncio.ensure_future(self._until_settled(frame, sought[frame], race))] = frame
                    if settled:
                        return _together(at_rest.values())
            return _together(at_rest.values())
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
            await self._stop_waiting([frame for frame in sought if frame in waits.values()])

    async def _with_others(self, arrived: Arrived, others: Mapping[str | None, Sought], race: _Race) -> Arrived:
        """Look once at the other frames, so that an interruption there is not overlooked."""
        views, elements = list(arrived.views), list(arrived.elements)
        for frame, sought in others.items():
            if frame is not None and self._documents.frame(frame) is None:
                continue
            target = {**self._target(frame, sought, race), "timeout": "0"}
            with contextlib.suppress(TimeoutError, PageFailed):
                async with asyncio.timeout(_LAST_LOOK_SECONDS):
                    answer = await self._documents.call(frame, "awaitAny", joined(target))
                    if answer is not None:
                        views += answer["views"]
                        elements += answer["elements"]
        there = {"views": tuple(dict.fromkeys(views)), "elements": tuple(dict.fromkeys(elements))}
        return arrived.model_copy(update=there)

    def _target(self, frame: str | None, sought: Sought, race: _Race) -> dict[str, str]:
        """What the script in the frame waits for, as JSON."""
        # Only an answer in place asks what a view shows; else telling it from others is enough.
        describe = self._described.whole if race.in_place else self._described.view
        differs = race.differs
        own = differs is not None and differs.frame == frame
        element = "null" if differs is None or not own else self._described.element(differs.element)
        text = "" if differs is None else differs.text
        return {
            "views": joined({name: describe(view) for name, view in sought.views.items()}),
            "elements": joined({name: self._described.element(each) for name, each in sought.elements.items()}),
            "newDocument": json.dumps(race.new_document),
            "inPlace": json.dumps(race.in_place),
            "always": json.dumps([name for name in race.always if name in sought.views]),
            "differs": joined({"element": element, "text": json.dumps(text)}) if own else "null",
            "settle": json.dumps(race.settle * 1000),
            "beside": json.dumps(race.several),
        }

    async def _call_unless_cut(self, frame: str | None, argument: str, cut: asyncio.Event) -> object:
        """One wait of the script. Raises PageFailed (CUT_SHORT) when the document it is in will never be whole."""
        answer = asyncio.ensure_future(self._documents.call(frame, "awaitAny", argument))
        failure = asyncio.ensure_future(cut.wait())
        try:
            while True:
                await asyncio.wait({answer, failure}, return_when=asyncio.FIRST_COMPLETED)
                if answer.done():
                    return answer.result()
                cut.clear()
                self._suspect = False
                if await self._documents.call(frame, "cutShort", "null"):
                    raise PageFailed(PageFault.CUT_SHORT)
                failure = asyncio.ensure_future(cut.wait())
        finally:
            answer.cancel()
            failure.cancel()

    def _failed(self, request: Request) -> None:
        """A request failed. That of a document may have left half a page."""
        if request.is_navigation_request():
            self._suspect = True
            for listener in self._listeners:
                listener.set()

    @contextlib.contextmanager
    def _told_of_cuts(self, race: _Race) -> Iterator[asyncio.Event]:
        """An event that is set whenever a document may have been cut short."""
        cut = asyncio.Event()
        if race.suspect:
            cut.set()
        self._listeners.add(cut)
        try:
            yield cut
        finally:
            self._listeners.discard(cut)

    async def _stop_waiting(self, frames: Sequence[str | None]) -> None:
        for frame in frames:
            with contextlib.suppress(PageFailed, TimeoutError):
                async with asyncio.timeout(_LAST_LOOK_SECONDS):
                    await self._documents.call(frame, "stopWaiting", "null")

    async def _stop_loading(self) -> None:
        with contextlib.suppress(PageFailed, TimeoutError):
            async with no_browser_text(), asyncio.timeout(_GRACE_SECONDS):
                await self._documents.session.send("Page.stopLoading")


def _together(parts: Collection[Arrived]) -> Arrived:
    """What several frames came to when nothing was recognised in any of them."""
    statuses = [part.status for part in parts if part.status is not None]
    return Arrived(
        new_document=any(part.new_document for part in parts),
        status=max(statuses, default=None),
        busy=any(part.busy for part in parts),
        blank=any(part.blank for part in parts),
        loading=any(part.loading for part in parts),
        changed=any(part.changed for part in parts),
        settled=all(part.settled for part in parts),
    )
