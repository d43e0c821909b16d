"""Which page of the sign-in is before us: the first row of the pack's table whose view is there.

As long as a counted press has no answer, only the table tells a rejection from something that nobody knows. Otherwise
(nothing pressed yet, or every press proved) the pack's interruptions count too: a captcha at the door, maintenance, the
portal's error page. Pop-ups are closed at any time: they are no answer.
"""

from dataclasses import dataclass

from bots.door.pressing import unknown
from bots.door.said import said
from bots.faults import PageFailed
from bots.found import Arrived
from bots.portal_page import PortalPage
from bots.press_guard import PressGuard
from bots.watched_page import After
from flows.outcomes import Stop
from ledger.presses import PressResult
from packs.signing_in import SignInRow


@dataclass(frozen=True)
class Pressed:
    """What was pressed last: the view whose button it was, and how its answer comes."""

    view: str
    after: After


async def row_before_us(page: PortalPage, guard: PressGuard, last: Pressed | None) -> SignInRow:
    """Wait for a row of the table, closing pop-ups, and give it. Raises Stop for anything else."""
    views = [row.view for row in page.pack.sign_in.table]
    after = After.ANYTHING if last is None else last.after
    try:
        arrived = await page.wait(views, after=after, only_popups=guard.pressed)
    except Stop as stopped:
        if guard.pressed:
            raise unknown("The portal never answered the press of its sign-in button.", None) from None
        raise explained(stopped) from None
    for row in page.pack.sign_in.table:
        if row.view in arrived.views:
            return row
    if not guard.pressed:
        raise await page.nothing(arrived, last.view if last else None, views, after)
    if await _has_changed(page, last, arrived):
        # A page that we do not know is an answer, and bars; no page at all is none, and the press stays unproved.
        await guard.answered(PressResult.UNKNOWN)
    raise unknown("What came after the press of the sign-in button is not a page that we know.", None)


async def _has_changed(page: PortalPage, last: Pressed | None, arrived: Arrived) -> bool:
    """Is something else before us than what was there when the button was pressed?"""
    if last is None or last.after is After.NEW_PAGE:
        return arrived.new_document
    try:
        return not await page.engine.recognise({last.view: page.pack.views[last.view]})
    except PageFailed:
        return False


def explained(stopped: Stop) -> Stop:
    """The same ending, with what a person is told of it at the door."""
    reason = stopped.outcome.reason
    if reason is None or said(reason.code) is None:
        return stopped
    told = reason.model_copy(update={"what": said(reason.code)})
    return Stop(stopped.outcome.model_copy(update={"reason": told}))
