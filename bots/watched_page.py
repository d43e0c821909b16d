"""Watching a portal's pages: what may follow a move, what may come in between, and what covers them, by the pack.

What may follow is a race between the declared outcomes and the pack's interruptions (session ended, maintenance,
captcha); an interruption always wins. Pop-ups in the way are closed, and the race goes on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum, auto

from bots.clock import Clock, SystemClock
from bots.endings import interrupted, nothing_recognised, unreachable
from bots.engine import PageEngine
from bots.explaining import closest, ways_of
from bots.faults import PageFailed, PageFault
from bots.found import Arrived, FoundElement
from bots.normalise import NotThisType, normalise
from bots.windows import Windows
from flows.answers import Shown
from flows.outcomes import Code, Ending, Outcome, Stop, stop
from packs.elements import Element
from packs.models import Pack
from packs.moves import Interruption, Next
from packs.views import View

_CLOSING_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.05
_LOOKS_UNTIL_GONE = 60
_MOST_CLOSINGS = 3
"""So often is one pop-up closed while the same thing is waited for."""
_ASKS_TO_WAIT = (Code.TECH_429, Code.TECH_5XX, Code.TECH_MAINT, Code.TECH_TIMEOUT)


class After(Enum):
    """What may count as the answer to what was done last."""

    ANYTHING = auto()
    """Whatever is before us."""
    NEW_PAGE = auto()
    """A new document only: the one before the press cannot be the answer."""
    IN_PLACE = auto()
    """What a script changed in the same document since the press; a new document too."""


class WatchedPage:
    """What is before us in one session. Every method raises Stop, and no error of the browser's."""

    def __init__(self, engine: PageEngine, pack: Pack, clock: Clock | None = None) -> None:
        """`engine` is that of the first window; `clock` tells when the portal wants to be asked again."""
        self.pack = pack
        self.windows = self._windows_of(engine, pack)
        self._clock = clock or SystemClock()
        self._interruptions = {row.view: row for row in pack.interruptions}
        self._popups = {row.view: pack.views[row.view] for row in pack.interruptions if row.press is not None}

    @staticmethod
    def _windows_of(engine: PageEngine, pack: Pack) -> Windows:
        return Windows(engine, pack)

    @property
    def engine(self) -> PageEngine:
        """The engine of the window that we are in."""
        return self.windows.top

    async def to_first_window(self) -> None:
        """Close every window but the first, and be there."""
        await self.windows.close_all_but_first()

    # Looking

    async def look(self, paths: Sequence[str]) -> dict[str, FoundElement]:
        """What the elements at these `view.element` paths show now."""
        return await self.values({path: self.pack.element(path) for path in paths})

    async def values(self, elements: Mapping[str, Element], *, mark: bool = False) -> dict[str, FoundElement]:
        """What these elements show or hold now; with `mark`, the documents are marked for the press that follows."""
        try:
            return await self.engine.values(elements, mark=mark)
        except PageFailed as failed:
            raise unreachable(failed) from None

    async def is_before_us(self, view: str) -> bool:
        """Is this view before us now, and not busy?"""
        try:
            return bool(await self.engine.recognise({view: self.pack.views[view]}))
        except PageFailed as failed:
            raise unreachable(failed) from None

    async def undisturbed(self, view: str) -> bool:
        """Is this view before us now, not busy, and no interruption with it?"""
        described = {name: self.pack.views[name] for name in (view, *self._interruptions)}
        try:
            return await self.engine.recognise(described) == (view,)
        except PageFailed as failed:
            raise unreachable(failed) from None

    # Waiting

    async def follow(
        self,
        outcomes: Sequence[Next],
        *,
        view: str | None,
        after: After = After.ANYTHING,
        window: bool = False,
        differs: tuple[Element, str] | None = None,
        alone: bool = False,
    ) -> Next:
        """Wait for the first of the declared outcomes; their messages stand on `view`.

        With `window`, they may come in a window that opens too, and then we are in it. With `alone`, no other outcome
        that means something else may be there at the same time: a receipt and a refusal at once are DRIFT. For
        `differs` see `PageEngine.wait_for`. Raises Stop: an interruption, DRIFT for a page that is none of them or two
        of them at once, TRANSIENT for no page at all, or the ending that the outcome declares.
        """
        messages = self._messages(outcomes, view)
        views = [n.view for n in outcomes if n.view is not None]
        arrived = await self.wait(views, messages, after=after, window=window, differs=differs)
        fitting = [n for n in outcomes if n.view in arrived.views or n.element in arrived.elements]
        if not fitting:
            raise await self.nothing(arrived, view, views, after)
        if len({n.view for n in fitting if n.view is not None}) > 1:
            what = "Two pages that the pack tells apart were recognised at once."
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=fitting[0].view)
        outcome = fitting[0]
        if alone and any(_meaning(other) != _meaning(outcome) for other in fitting):
            what = "The portal's page says two things at once that the pack tells apart."
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=outcome.view or view)
        if outcome.ending is not None and outcome.code is not None:
            what = "The portal answered with a message that ends this look-up."
            ended = stop(outcome.ending, outcome.code, what, view=outcome.view or view, element=outcome.element)
            raise await self._asked_to_wait(ended)
        return outcome

    async def wait(
        self,
        views: Sequence[str],
        messages: Mapping[str, Element] | None = None,
        *,
        after: After = After.ANYTHING,
        window: bool = False,
        differs: tuple[Element, str] | None = None,
        only_popups: bool = False,
    ) -> Arrived:
        """Wait for one of these views or messages; empty when nothing is recognised in time.

        Pop-ups in the way are closed, each a few times at most. Raises Stop for any other interruption that comes,
        unless `only_popups`, and when the browser or the line fails.
        """
        interruptions = self._popups if only_popups else self._interruptions
        described = {name: self.pack.views[name] for name in (*views, *interruptions)}
        closings = dict.fromkeys(self._popups, 0)
        before, seconds = self.engine, self.pack.limits.answer_seconds

        async def here(timeout: float) -> Arrived:
            return await self.engine.wait_for(
                described,
                messages,
                timeout=timeout,
                new_document=after is After.NEW_PAGE,
                in_place=after is After.IN_PLACE,
                always=tuple(interruptions),
                differs=differs,
            )

        while True:
            try:
                arrived = await (self._here_or_window(here, described) if window else here(seconds))
            except PageFailed as failed:
                raise await self._asked_to_wait(unreachable(failed)) from None
            for name in arrived.views:
                if name in interruptions and name not in self._popups and name not in views:
                    raise await self.interruption(self._interruptions[name])
            closable = [name for name in arrived.views if name in self._popups and name not in views]
            if not closable:
                return arrived
            for name in closable:
                closings[name] += 1
                if closings[name] > _MOST_CLOSINGS:
                    raise interrupted(self._interruptions[name])
                await self._close_popup(self._interruptions[name])
            window = window and self.engine is before

    async def close_popups(self) -> bool:
        """Close the pop-ups that are before us, for a press or a fill that something covered. Was there any?"""
        closed = False
        try:
            for _ in range(_MOST_CLOSINGS):
                there = await self.engine.recognise(self._popups) if self._popups else ()
                for name in there:
                    await self._close_popup(self._interruptions[name])
                    closed = True
                if not there:
                    break
        except PageFailed as failed:
            raise unreachable(failed) from None
        return closed

    async def interruption(self, row: Interruption) -> Stop:
        """The interruption that is before us, as an ending: with the instant at which the portal is back, if it says.

        After the end of a session, no other window than the first is open.
        """
        ended = interrupted(row)
        if row.expired:
            await self.to_first_window()
        if row.until is not None:
            return _not_before(ended, await self.until(f"{row.view}.{row.until}"))
        return await self._asked_to_wait(ended)

    async def until(self, path: str) -> datetime | None:
        """The instant that the element at `view.element` shows; None when it shows none."""
        found = (await self.look([path]))[path]
        try:
            value = normalise(Shown(where=path, text=found.text), self.pack.element(path), self.pack)
        except NotThisType:
            return None
        return value.normal if isinstance(value.normal, datetime) else None

    async def nothing(self, arrived: Arrived, view: str | None, sought: Sequence[str], after: After) -> Stop:
        """Neither a declared outcome nor an interruption came in time; says what was looked for, and how it did."""
        ended = nothing_recognised(
            arrived, view, new_document=after is After.NEW_PAGE, in_place=after is After.IN_PLACE
        )
        reason = ended.outcome.reason
        if reason is None or ended.outcome.ending is not Ending.DRIFT:
            return await self._asked_to_wait(ended)
        if after is After.IN_PLACE and (failed := await self._failed_since()) is not None:
            # The page's own script was refused, and says so in words that nobody described.
            return failed
        return Stop(
            Outcome(
                ending=Ending.DRIFT,
                reason=reason.model_copy(update=await closest(self.engine, self.pack, sought, view)),
            )
        )

    async def await_element(self, view: str, name: str) -> None:
        """Wait until the element is there. Raises Stop when something else comes, or nothing."""
        arrived = await self.wait([], {name: self.pack.views[view].elements[name]})
        if name not in arrived.elements:
            ended = nothing_recognised(
                arrived, view, new_document=False, ways=await ways_of(self.engine, self.pack, view, (name,))
            )
            raise ended

    def _messages(self, outcomes: Sequence[Next], view: str | None) -> dict[str, Element]:
        own = self.pack.views[view].elements if view is not None else {}
        return {n.element: own[n.element] for n in outcomes if n.element is not None}

    async def _here_or_window(self, here: Callable[[float], Awaitable[Arrived]], views: Mapping[str, View]) -> Arrived:
        """Wait `here`, and for the window that the press opens; when that comes, wait there. Raises PageFailed."""
        seconds = self.pack.limits.answer_seconds
        deadline = time.monotonic() + seconds
        in_opener = asyncio.ensure_future(here(seconds))
        opening = asyncio.ensure_future(self.windows.opened())
        try:
            await asyncio.wait({in_opener, opening}, return_when=asyncio.FIRST_COMPLETED)
            if in_opener.done() and not opening.done():
                return in_opener.result()
            opened = opening.result()
        finally:
            in_opener.cancel()
            opening.cancel()
            await asyncio.gather(in_opener, opening, return_exceptions=True)
        return await opened.wait_for(views, timeout=max(0.1, deadline - time.monotonic()))

    async def _close_popup(self, row: Interruption) -> None:
        """Press what closes the pop-up, and wait until it is gone. One that stays is seen by whoever looks next."""
        view = self.pack.views[row.view]
        try:
            await self.engine.press(view.elements[row.press or ""], _CLOSING_SECONDS)
            for _ in range(_LOOKS_UNTIL_GONE):
                if not await self.engine.recognise({row.view: view}):
                    return
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        except PageFailed as failed:
            if failed.kind not in (PageFault.TIMEOUT, PageFault.OTHER):
                raise unreachable(failed) from None

    async def _failed_since(self) -> Stop | None:
        ended = await self._asked_to_wait(unreachable(PageFailed(PageFault.TIMEOUT)))
        reason = ended.outcome.reason
        return ended if reason is not None and reason.code is not Code.TECH_TIMEOUT else None

    async def _asked_to_wait(self, ended: Stop) -> Stop:
        """The same ending, with the instant from which on the portal wants to be asked again, if it said one."""
        outcome = ended.outcome
        reason = outcome.reason
        if outcome.ending is not Ending.TRANSIENT or reason is None or reason.code not in _ASKS_TO_WAIT:
            return ended
        try:
            wished = await self.engine.wished()
        except PageFailed:
            return ended
        if wished is None:
            return ended
        if reason.code is Code.TECH_TIMEOUT:
            code = Code.TECH_429 if wished.status == 429 else Code.TECH_5XX
            what = "The portal asks for fewer look-ups." if wished.status == 429 else "The portal's server failed."
            ended = Stop(Outcome(ending=outcome.ending, reason=reason.model_copy(update={"code": code, "what": what})))
        return _not_before(ended, wished.not_before(self._clock.now()))


def _meaning(outcome: Next) -> Next:
    """What follows, whatever message says it."""
    return outcome.model_copy(update={"element": None})


def _not_before(ended: Stop, instant: datetime | None) -> Stop:
    outcome = ended.outcome
    if instant is None or outcome.reason is None:
        return ended
    reason = outcome.reason.model_copy(update={"not_before": instant})
    return Stop(outcome.model_copy(update={"reason": reason}))
