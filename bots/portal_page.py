"""Going: the moves through a portal's pages, frames and windows, by its pack. What the page says is read elsewhere."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from urllib.parse import urljoin

from bots.endings import not_pressed, unreachable
from bots.explaining import ways_of
from bots.faults import PageFailed, PageFault
from bots.found import FoundElement, State
from bots.watched_page import After, WatchedPage
from flows.outcomes import Stop
from flows.questions import Flow
from packs.elements import Action, Element
from packs.moves import Next
from packs.needs import forms_of
from packs.views import Table

_FIRST_TRY_SECONDS = 5.0
_SECOND_TRY_SECONDS = 15.0


class PortalPage(WatchedPage):
    """The pages of a portal in one session. Every method raises Stop, and no error of the browser's."""

    # Going

    async def go(self, path: str) -> None:
        """Open a path of the portal; follow with a look at what came."""
        try:
            await self.engine.go(urljoin(self.pack.address, path), self.pack.limits.answer_seconds)
        except PageFailed as failed:
            raise unreachable(failed) from None

    async def go_back(self, view: str) -> None:
        """Go back in the browser's own history to the page with this view."""
        try:
            await self.engine.go_back(self.pack.limits.answer_seconds)
        except PageFailed as failed:
            raise unreachable(failed) from None
        await self.follow([Next(view=view)], view=None)

    async def renew(self, flow: Flow) -> bool:
        """Go on in a fresh window, which costs less memory than one with many pages behind it; True when that was done.

        Only between two questions of this flow, and only where each form that it asks is reached by its address: then
        nothing that the old window knew is needed, but for its session storage, which goes along.
        """
        forms = (self.pack.forms[name] for name in forms_of(self.pack, flow))
        if not all(form.reach and form.reach[0].go is not None for form in forms):
            return False
        try:
            await self.windows.renew_first()
        except (PageFailed, TimeoutError):
            return False
        return True

    async def start_afresh(self) -> None:
        """Give up every window, with all that it may still do, and be in a fresh one. Raises Stop."""
        try:
            await self.windows.replace_all()
        except (PageFailed, TimeoutError):
            raise unreachable(PageFailed(PageFault.CLOSED)) from None

    async def press(self, path: str, *, after: After = After.NEW_PAGE, outcomes: Sequence[Next] = ()) -> None:
        """Press the element at `view.element`, once. Follow with `follow` and the same `after` and outcomes."""
        found = await self.marked({path: self.pack.element(path)}, after, outcomes, path.partition(".")[0])
        await self.press_found(path, found[path], after=after, outcomes=outcomes)

    async def press_found(self, path: str, found: FoundElement, *, after: After, outcomes: Sequence[Next]) -> None:
        """Press an element that was looked at and the page marked in the same instant; wait for it if it is not there.

        What changes nothing at the payer is tried again when something covered it that can be closed. A `commit` is
        rehearsed, and pressed once.
        """
        view, _, name = path.partition(".")
        element = self.pack.element(path)
        if found.state not in (State.FOUND, State.WEAK):
            await self.await_element(view, name)
            await self.mark(after, outcomes, view)

        async def press(timeout: float) -> None:
            if element.action is Action.COMMIT:
                await self.engine.rehearse(element, timeout)
            else:
                await self.engine.press(element, timeout)

        await self._through(press, view, name, lambda: self.mark(after, outcomes, view))
        if element.action is Action.COMMIT:
            try:
                await self.engine.press(element)
            except PageFailed as failed:
                raise await self._not_pressed(failed, view, name) from None

    async def press_row(self, view: str, table: str, cells: Mapping[str, str]) -> Next | None:
        """Open the one row with these cells, and say what followed; None when it is not before us to be pressed."""
        description: Table = self.pack.views[view].tables[table]
        after = After.NEW_PAGE if description.new_page else After.IN_PLACE
        with self.windows.inviting() if description.window else nullcontext():
            opens = description.opens or ""
            if not await self.press_in_row(view, table, cells, opens, after=after, outcomes=description.after_open):
                return None
            return await self.follow(description.after_open, view=view, after=after, window=description.window)

    async def press_in_row(
        self, view: str, table: str, cells: Mapping[str, str], column: str, *, after: After, outcomes: Sequence[Next]
    ) -> bool:
        """Press the link in this column of the one row with these cells; False when it is not before us to be pressed.

        Follow with `follow` and the same `after` and outcomes.
        """
        described = self.pack.views[view]
        try:
            if not await self.engine.mark_if_row(described, table, cells, column):
                return False
            if after is After.IN_PLACE:
                await self.mark(after, outcomes, view)
        except PageFailed as failed:
            raise unreachable(failed) from None
        await self._through(
            lambda timeout: self.engine.press_row(described, table, cells, column, timeout),
            view,
            table,
            lambda: self.mark(after, outcomes, view),
        )
        return True

    # One try, and another one after what covered it is closed

    async def through(self, act: Callable[[float], Awaitable[None]], view: str, name: str) -> None:
        """Do something with an element that may be done twice: again, if a pop-up that covered it could be closed."""
        await self._through(act, view, name, None)

    async def _through(
        self,
        act: Callable[[float], Awaitable[None]],
        view: str,
        name: str,
        again: Callable[[], Awaitable[None]] | None,
    ) -> None:
        try:
            await act(_FIRST_TRY_SECONDS)
            return
        except PageFailed as failed:
            if failed.kind not in (PageFault.TIMEOUT, PageFault.OTHER):
                raise await self._not_pressed(failed, view, name) from None
        if again is not None and await self._pressed(view):
            # The browser was slow to say so.
            return
        await self.close_popups()
        if again is not None:
            await again()
        try:
            await act(_SECOND_TRY_SECONDS)
        except PageFailed as failed:
            raise await self._not_pressed(failed, view, name) from None

    async def _pressed(self, view: str) -> bool:
        try:
            return await self.engine.pressed(self.pack.views[view])
        except PageFailed as failed:
            raise unreachable(failed) from None

    async def _not_pressed(self, failed: PageFailed, view: str, name: str) -> Stop:
        elements = (name,) if name in self.pack.views[view].elements else ()
        ways = (
            await ways_of(self.engine, self.pack, view, elements)
            if failed.kind in (PageFault.TIMEOUT, PageFault.OTHER)
            else ()
        )
        return not_pressed(failed, view, name, ways)

    # Marking and waiting

    async def marked(
        self, elements: Mapping[str, Element], after: After, outcomes: Sequence[Next], view: str | None
    ) -> dict[str, FoundElement]:
        """Look at these elements, and mark the documents, in one visit where nothing has to be remembered."""
        if after is not After.IN_PLACE:
            return await self.values(elements, mark=True)
        found = await self.values(elements)
        await self.mark(after, outcomes, view)
        return found

    async def mark(self, after: After, outcomes: Sequence[Next], view: str | None) -> None:
        """Mark the documents for what is done next; for an answer in place, remember what of the outcomes is there."""
        views, messages = {}, {}
        if after is After.IN_PLACE:
            views = {n.view: self.pack.views[n.view] for n in outcomes if n.view is not None}
            messages = self._messages(outcomes, view)
        try:
            await self.engine.mark(views, messages)
        except PageFailed as failed:
            raise unreachable(failed) from None
