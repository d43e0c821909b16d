"""What a page asked its portal for since the last press, and how the portal took it.

The browser keeps the last requests of a page. They are looked through only when something went wrong, so that the
normal case costs nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from playwright.async_api import Page, Request

from flows.values import Frozen

_CLOCKS_DIFFER = 2.0
_LONGEST = 7 * 24 * 3600
"""A wish for longer than a week is taken for a week: somebody looks at it then."""
_ANSWERS = ("document", "xhr", "fetch", "script")
"""Requests without whose answer a page is not what it will be; pictures and the like may take their time."""


class Wished(Frozen):
    """An answer with 429 or 5xx. `retry_after` is its header as sent (RFC 9110 10.2.3), "" when it had none."""

    status: int
    retry_after: str

    def not_before(self, now: datetime) -> datetime | None:
        """The instant from which on the portal may be asked again; None when it did not say, or said nonsense."""
        text = self.retry_after.strip()
        if text.isascii() and text.isdigit():
            return now + timedelta(seconds=min(int(text), _LONGEST))
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        return at if at.tzinfo is not None else None


async def wished_by(page: Page, since: float) -> Wished | None:
    """The newest answer with 429 or 5xx of the page, its frames and its scripts since this instant (time.time()).

    Raises Playwright's errors.
    """
    for request in reversed(await _requests(page, since)):
        response = request.existing_response
        if response is not None and (response.status == 429 or response.status >= 500):
            return Wished(status=response.status, retry_after=await response.header_value("retry-after") or "")
    return None


async def unanswered(page: Page, since: float) -> bool:
    """Does the page still wait for something that it asked for since this instant? Raises Playwright's errors."""
    return any(
        request.existing_response is None and request.failure is None and request.resource_type in _ANSWERS
        for request in await _requests(page, since)
    )


async def _requests(page: Page, since: float) -> Sequence[Request]:
    """The requests since this instant, oldest first; one that has no answer yet has no time either, and is taken."""
    requests = await page.requests()
    return [
        request
        for request in requests
        if (begun := request.timing["startTime"] / 1000) <= 0 or begun >= since - _CLOCKS_DIFFER
    ]
