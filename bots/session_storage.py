"""What a signed-in page keeps for its window alone, carried into a fresh window without asking the portal anything."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page, Route

from bots.faults import no_browser_text

_KEPT = "() => [location.origin, Object.entries(sessionStorage)]"
_KEEP = "(entries) => entries.forEach(([name, value]) => sessionStorage.setItem(name, value))"
_EMPTY_PAGE = "<!doctype html><title></title>"


@dataclass(frozen=True)
class SessionStorage:
    """The session storage of one origin. It may hold what signs the session in."""

    origin: str
    entries: list[Any] = field(repr=False)


async def session_storage_of(page: Page) -> SessionStorage | None:
    """What the page's window keeps; None where a frame of another origin keeps something too. Raises PageFailed."""
    async with no_browser_text():
        origin, entries = await page.evaluate(_KEPT)
    for frame in page.frames[1:]:
        other, more = await _of_frame(frame)
        if more and other != origin:
            return None
    return SessionStorage(origin, entries)


async def keep_session_storage(page: Page, storage: SessionStorage) -> None:
    """Have a fresh page's window keep it as well. Raises PageFailed.

    Only a page of the origin can be given it: an empty one, which we answer ourselves.
    """
    if not storage.entries:
        return
    async with no_browser_text():
        await page.route("**/*", _answer)
        await page.goto(f"{storage.origin}/", wait_until="commit")
        await page.evaluate(_KEEP, storage.entries)
        await page.unroute_all()


async def _of_frame(frame: Frame) -> tuple[str, list[Any]]:
    try:
        origin, entries = await frame.evaluate(_KEPT)
    except PlaywrightError:
        # It has gone meanwhile, or may keep nothing: a sandboxed one.
        return "", []
    return origin, entries


async def _answer(route: Route) -> None:
    await route.fulfill(body=_EMPTY_PAGE, content_type="text/html")
