"""How a browser can fail us, told without a word of its own error text, which may hold what was typed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

_GONE = (
    "context was destroyed",
    "Cannot find context",
    "Cannot find execution context",
    "navigated or closed",
    "Promise was collected",
    "No frame for given id",
    "No frame with given id",
    "Frame with the given",
    "uniqueContextId not found",
)
_NO_WORLD = ("Cannot find context", "Cannot find execution context")
_REFUSED = (
    "ERR_CONNECTION",
    "ERR_NAME_",
    "ERR_ADDRESS",
    "ERR_INTERNET_DISCONNECTED",
    "ERR_EMPTY_RESPONSE",
    "ERR_NETWORK",
    "ERR_SOCKET",
    "ERR_TUNNEL",
    "ERR_PROXY",
    "ERR_SOCKS",
    "ERR_CERT",
    "ERR_SSL",
    "ERR_TIMED_OUT",
    "ERR_INVALID_HTTP_RESPONSE",
    "ERR_HTTP2",
    "ERR_TOO_MANY_REDIRECTS",
)
_ENDED = ("has been closed", "Connection closed", "Target closed", "Session closed", "Session with given id not found")


class PageFault(StrEnum):
    """How the browser failed us, without a word of its error text: that text holds what was typed."""

    TIMEOUT = "timeout"
    CLOSED = "closed"
    CRASHED = "crashed"
    NAVIGATION_REFUSED = "navigation-refused"
    """No connection: refused, reset, cut, name not found, certificate not accepted, sent round in circles."""
    CUT_SHORT = "cut-short"
    """The line broke before the whole page had come: what is there must not be read."""
    TOO_LARGE = "too-large"
    """More elements, text or mark-up than any page of a payer's, or nested too deeply."""
    OTHER = "other"


class PageFailed(Exception):
    """The browser could not do what was asked. Holds its kind only: Playwright's own text may hold typed values."""

    def __init__(self, kind: PageFault) -> None:
        super().__init__(f"the browser page failed: {kind}")
        self.kind = kind


@asynccontextmanager
async def no_browser_text() -> AsyncIterator[None]:
    """Turns every Playwright error inside into a PageFailed, and wipes the error itself.

    Python keeps the error that was being handled as the context of a new one, whatever `from` says; so what could be
    reached that way must hold nothing.
    """
    try:
        yield
    except PlaywrightError as error:
        fault = _fault_of(error)
        _wipe(error)
        raise PageFailed(fault) from None


def _wipe(error: BaseException | None) -> None:
    """Message, stack and call log of the error and of those that led to it: each may hold what was typed."""
    while error is not None:
        if isinstance(error, PlaywrightError):
            error.args = ()
            vars(error).update(dict.fromkeys(vars(error), ""))
        before, error.__context__, error.__cause__ = error.__cause__ or error.__context__, None, None
        error = before


def frame_went_away(error: PlaywrightError) -> bool:
    """Is the frame itself gone? Its id stays the same while documents come and go in it."""
    return "frame" in error.message.casefold()


def session_ended(error: PlaywrightError) -> bool:
    """Has what we spoke to ended: the page, or the process of a frame?"""
    sentence = error.message.partition("\n")[0]
    return any(part in sentence for part in _ENDED)


def document_went_away(error: PlaywrightError) -> bool:
    """Did the document go away under the call (a navigation), so that the same call may go to the next one?"""
    return any(part in error.message for part in _GONE)


def world_is_gone(error: PlaywrightError) -> bool:
    """Was the script's world gone already when it was called, so that nothing was done there?"""
    return any(part in error.message for part in _NO_WORLD)


def _fault_of(error: PlaywrightError) -> PageFault:
    if isinstance(error, PlaywrightTimeout):
        return PageFault.TIMEOUT
    # Only the first line is Playwright's own sentence; what follows is a log with what was typed.
    sentence = error.message.partition("\n")[0]
    if any(part in sentence for part in _REFUSED):
        return PageFault.NAVIGATION_REFUSED
    if "crashed" in sentence:
        return PageFault.CRASHED
    if session_ended(error):
        return PageFault.CLOSED
    return PageFault.OTHER
