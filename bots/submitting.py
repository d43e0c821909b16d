"""Filing: the one press that changes something at the payer. Committed first, made once, and never made again.

Up to the commit anything odd ends the attempt with nothing pressed. From the commit on there are a receipt, a refusal
in the portal's own words, and UNCERTAIN: whatever else comes, and whether or not the press itself can be told to have
been made.
"""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext

from bots.committed_at import CommittedAt
from bots.endings import not_pressed, nothing_recognised, unreachable
from bots.evidence import PagesSeen
from bots.faults import PageFailed, PageFault
from bots.held_button import HeldButton
from bots.portal_page import PortalPage
from bots.reading import ViewReader
from bots.watched_page import After
from bots.way_out import WayOut
from bots.ways import tried
from bots.write_guard import uncertain
from flows.outcomes import Code, Ending, Stop, stop
from flows.portal import Reading
from packs.moves import Form, Next

Pressing = Callable[[str], Awaitable[None]]
"""Commits that the button of the appeal with this reference is pressed next; see `WriteGuard.pressing`."""

_MOST_TRIES = 3
"""So often pop-ups are closed before the press; more of them are for a person."""


def _check_age(committed: CommittedAt) -> None:
    """Raises Stop when the commit was too long ago for a press."""
    if committed.too_long_ago:
        what = (
            "The press was committed and then not made, because too much time passed in between (this computer may "
            "have slept). The portal's own list is looked at before anything else is done."
        )
        raise stop(Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED, what)


class Submitter:
    """The presses of one session that file something. Every method raises Stop, or LeaseLost with nothing pressed."""

    def __init__(self, page: PortalPage, reader: ViewReader, pressing: Pressing, way_out: WayOut) -> None:
        self._page = page
        self._reader = reader
        self._pressing = pressing
        self._way_out = way_out
        self._committed = False

    @property
    def committed(self) -> bool:
        """Was a press committed since `begin_item`? Then nothing that follows may be called anything but UNCERTAIN."""
        return self._committed

    @property
    def lost(self) -> bool:
        """Is the page that pressed to be given up, because nobody knows what it may still do?"""
        return self._way_out.is_cut

    def begin_item(self) -> None:
        """Another question comes."""
        self._committed = False

    async def submit(self, form: Form, reference: str, compared: Reading, seen: PagesSeen) -> Next:
        """Press the form's button and say which of the declared outcomes followed.

        `compared` is the review page as it was compared with what a person approved: the page must show that still.
        """
        button = await self._made_ready(form, compared, seen)
        begun = CommittedAt.now()
        await self._pressing(reference)
        self._committed = True
        try:
            async with self._way_out.one_press():
                return await self._press(form, button, begun)
        except Stop as stopped:
            raise uncertain(stopped) from None
        except PageFailed as failed:
            raise uncertain(unreachable(failed)) from None

    async def renew(self) -> None:
        """Give up the page that pressed, with all that it may still do, and let the browser out again. Raises Stop."""
        await self._page.start_afresh()
        self._way_out.restore()

    async def _made_ready(self, form: Form, compared: Reading, seen: PagesSeen) -> HeldButton:
        """The button, with the review page before us as it was compared, and nothing between it and a press."""
        for _ in range(_MOST_TRIES):
            button = await self._button(form)
            if button is None:
                continue
            if await self._reader.whole(form.view, seen) != compared:
                what = "The review page no longer shows what was compared with the appeal. Nothing was pressed."
                raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=form.view)
            await self._check_all_ways(form)
            if await self._page.undisturbed(form.view) and await self._stands(button):
                return button
        what = "Something kept coming between the review page and its button. Nothing was pressed."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=form.view, element=form.press)

    async def _button(self, form: Form) -> HeldButton | None:
        """The button that could be pressed now; None when a pop-up was in the way, and is closed."""
        arrived = await self._page.wait([form.view])
        if form.view not in arrived.views:
            raise nothing_recognised(arrived, form.view, new_document=False)
        await self._check_all_ways(form)
        try:
            button = await self._page.engine.hold(self._page.pack.element(f"{form.view}.{form.press}"))
            await button.ready()
        except PageFailed as failed:
            fault = failed
        else:
            return button
        if fault.kind in (PageFault.TIMEOUT, PageFault.OTHER) and await self._page.close_popups():
            return None
        raise not_pressed(fault, form.view, form.press)

    async def _check_all_ways(self, form: Form) -> None:
        """What commits something must be found by every one of its ways; and the page is marked for what follows."""
        path = f"{form.view}.{form.press}"
        element = {path: self._page.pack.element(path)}
        found = (await self._page.marked(element, _after(form), form.outcomes, form.view))[path]
        if not found.there:
            what = "The button that files the appeal is not found by all of its ways. Nothing was pressed."
            ways = tried(path, element[path].find, found.places)
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=form.view, element=form.press, ways=ways)

    async def _stands(self, button: HeldButton) -> bool:
        try:
            return await button.stands()
        except PageFailed as failed:
            raise unreachable(failed) from None

    async def _press(self, form: Form, button: HeldButton, begun: CommittedAt) -> Next:
        """One press, and the race of what the pack declares. Raises PageFailed or Stop: it is not known what came."""
        with self._page.windows.inviting() if form.window else nullcontext():
            await button.press_once(lambda: _check_age(begun))
            return await self._page.follow(
                form.outcomes, view=form.view, after=_after(form), window=form.window, alone=True
            )


def _after(form: Form) -> After:
    return After.NEW_PAGE if form.new_page else After.IN_PLACE
