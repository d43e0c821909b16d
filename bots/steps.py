"""Steps: the small, named, general actions by which a pack says how to get somewhere."""

import asyncio
from collections.abc import Sequence

from bots.endings import nothing_recognised, unreachable
from bots.explaining import ways_of
from bots.faults import PageFailed, PageFault
from bots.portal_page import PortalPage
from bots.watched_page import After
from flows.outcomes import Code, Ending, stop
from packs.elements import Element
from packs.moves import Next, Step


async def take(
    page: PortalPage, steps: Sequence[Step], then: Sequence[Next], view: str | None = None, *, until: str | None = None
) -> Next:
    """Take the steps one after the other, and say what followed the last one. `view` is where messages stand.

    Each step acts on the page that followed the one before it, never on the page that was there before that. With
    `until`, the steps that are left once this view is before us are not taken. Raises Stop.
    """
    after = After.ANYTHING
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        # What follows the last step is waited for below, unless the step itself says what that is.
        awaited = _after_step(step, steps[index + 1 : index + 2])
        after = await _step(page, step, then if last and step.then is None else awaited)
        if awaited:
            await page.follow(awaited, view=None, after=after)
            after = After.ANYTHING
        elif not last and after is After.NEW_PAGE:
            await _new_page(page)
            after = After.ANYTHING
        if until is not None and not last and await page.is_before_us(until):
            return Next(view=until)
    return await page.follow(then, view=view, after=after)


async def _step(page: PortalPage, step: Step, outcomes: Sequence[Next]) -> After:
    """Take one step, and say what may count as its answer."""
    after = After.NEW_PAGE if step.loads else After.IN_PLACE
    if step.go is not None:
        await page.go(step.go)
        return After.ANYTHING
    if step.close is not None:
        await page.windows.close_top()
        return After.ANYTHING
    path = _path(step) or ""
    if step.if_there and not await is_there(page, path):
        return After.ANYTHING
    if step.click is not None:
        if step.window:
            await _click_to_window(page, path, after, outcomes)
            return After.ANYTHING
        await page.press(path, after=after, outcomes=outcomes)
        return after if outcomes or after is After.NEW_PAGE else After.ANYTHING
    view, _, name = path.partition(".")
    element = page.pack.element(path)
    if not (await page.look([path]))[path].there:
        await page.await_element(view, name)
    await page.mark(after, outcomes, view)
    await page.through(lambda timeout: _set(page, step, element, path, timeout), view, name)
    return after if step.loads or step.then is not None else After.ANYTHING


async def is_there(page: PortalPage, path: str) -> bool:
    """Is the element there now? Not while its frame is not."""
    if not page.engine.has_view_frame(page.pack.views[path.partition(".")[0]]):
        return False
    return (await page.look([path]))[path].there


async def _click_to_window(page: PortalPage, path: str, after: After, outcomes: Sequence[Next]) -> None:
    """Press what opens a window, and be in it."""
    with page.windows.inviting():
        await page.press(path, after=after, outcomes=outcomes)
        if outcomes:
            await page.follow(outcomes, view=path.partition(".")[0], after=after, window=True)
            return
        try:
            async with asyncio.timeout(page.pack.limits.answer_seconds):
                await page.windows.opened()
        except (PageFailed, TimeoutError):
            raise unreachable(PageFailed(PageFault.TIMEOUT)) from None


async def _set(page: PortalPage, step: Step, element: Element, path: str, timeout: float) -> None:
    """Choose, tick or untick. Raises PageFailed when the element cannot be used just now."""
    view, _, name = path.partition(".")
    if step.choose is None:
        await page.engine.tick(element, step.tick is not None, timeout)
    elif await page.engine.choose(element, step.choose.entry, timeout) is None:
        what = "The list has no entry, or more than one, for what the pack chooses in it."
        ways = await ways_of(page.engine, page.pack, view, (name,))
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, element=name, ways=ways)


def _after_step(step: Step, following: Sequence[Step]) -> tuple[Next, ...]:
    """The view that must be before us after a step: the one it names, else the one that the next step is on."""
    if step.then is not None:
        return (Next(view=step.then),)
    if step.go is None and not step.loads and not step.window:
        return ()
    for other in following:
        path = _path(other)
        if path is not None and not other.if_there:
            return (Next(view=path.partition(".")[0]),)
    return ()


def _path(step: Step) -> str | None:
    """The element that the step acts on."""
    return step.click or (step.choose.element if step.choose else None) or step.tick or step.untick


async def _new_page(page: PortalPage) -> None:
    """Wait for a new document, whatever it is."""
    seconds = page.pack.limits.answer_seconds
    try:
        arrived = await page.engine.wait_for({}, timeout=seconds, new_document=True, settle=0)
    except PageFailed as failed:
        raise unreachable(failed) from None
    if not arrived.new_document:
        raise nothing_recognised(arrived, None, new_document=True)
