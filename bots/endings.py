"""How an attempt ends when the browser, the line or the page is not as it should be."""

from bots.faults import PageFailed, PageFault
from bots.found import Arrived
from flows.outcomes import Code, Ending, Stop, stop
from packs.moves import Interruption


def unreachable(failed: PageFailed) -> Stop:
    """The line or the browser failed, before anything was written."""
    match failed.kind:
        case PageFault.NAVIGATION_REFUSED:
            what = "The portal cannot be reached."
        case PageFault.CUT_SHORT:
            what = "The line broke before the portal's page had come whole. What had come was not read."
        case PageFault.CRASHED | PageFault.CLOSED:
            what = "The browser's page ended unexpectedly."
        case PageFault.TIMEOUT:
            what = "The portal did not answer in time."
        case PageFault.TOO_LARGE:
            what = "The page that came is larger than any that a payer shows. It was not read; look at it by hand."
            return stop(Ending.DRIFT, Code.TECH_LAYOUT, what)
        case PageFault.OTHER:
            what = "The browser could not open or read the portal's page."
    return stop(Ending.TRANSIENT, Code.TECH_TIMEOUT, what)


def not_pressed(failed: PageFailed, view: str, element: str, ways: tuple[str, ...] = ()) -> Stop:
    """An element that was there could not be pressed or filled: covered, moving, disabled, or gone."""
    if failed.kind in (PageFault.TIMEOUT, PageFault.OTHER):
        what = "An element of the page could not be used: it is covered, disabled, or its ways disagree."
        return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, element=element, ways=ways)
    return unreachable(failed)


def interrupted(row: Interruption) -> Stop:
    """The pack's interruption, as an ending. An expired session is the one that the worker mends by itself."""
    if row.ending is not None and row.code is not None:
        return stop(row.ending, row.code, "The portal interrupted with a page of its own.", view=row.view)
    if row.press is not None:
        what = "A pop-up that the pack closes came back, or could not be closed."
        return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=row.view, element=row.press)
    return stop(Ending.TRANSIENT, Code.TECH_SESSION, "The portal has ended the session.", view=row.view)


def nothing_recognised(
    arrived: Arrived, view: str | None, *, new_document: bool, in_place: bool = False, ways: tuple[str, ...] = ()
) -> Stop:
    """Neither a declared outcome nor an interruption came in time.

    No answer, half of one and a window that stays blank are the portal's slowness; anything else that came is a page
    that nobody described. `in_place` says that an answer in the same document was waited for.
    """
    if arrived.status == 429:
        return stop(Ending.TRANSIENT, Code.TECH_429, "The portal asks for fewer look-ups.", view=view)
    if arrived.status is not None and arrived.status >= 500:
        return stop(Ending.TRANSIENT, Code.TECH_5XX, "The portal's server failed.", view=view)
    unanswered = (new_document and not arrived.new_document) or (
        in_place and not arrived.new_document and not arrived.changed
    )
    if arrived.busy or arrived.blank or arrived.loading or unanswered:
        return stop(Ending.TRANSIENT, Code.TECH_TIMEOUT, "The portal did not answer in time.", view=view)
    what = "The page that came is none that the pack describes here."
    return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, ways=ways)
