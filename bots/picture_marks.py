"""Where on the picture of a page the texts stand that a case is about, so that a person sees them at once."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator, Sequence

from playwright.async_api import FloatRect, Frame, Page

from bots.faults import PageFailed, no_browser_text
from flows.outcomes import Reason

_MOST_TEXTS = 12
_MOST_PLACES = 4
_LONGEST_SECONDS = 3.0
_STEP_MILLISECONDS = 500.0
_TELLING = ("payer_claim_number", "member_id")


def deciding(reason: Reason | None) -> tuple[str, ...]:
    """The texts of a page that a person has to look at: what was seen, else what tells the rows apart."""
    if reason is None:
        return ()
    rows = (cell.text for row in reason.candidates for name in _TELLING if (cell := row.cells.get(name)) is not None)
    texts = [shown.text for shown in reason.seen] or list(rows)
    return tuple(dict.fromkeys(text for text in texts if text.strip()))[:_MOST_TEXTS]


async def bring_into_sight(page: Page, texts: Sequence[str]) -> None:
    """Scroll to the first of these texts, so that it is on the picture. Never fails: it is only evidence."""
    async with _in_time():
        for text in texts:
            for frame in page.frames:
                first = frame.get_by_text(text, exact=True).first
                async with no_browser_text():
                    if await first.count():
                        await first.scroll_into_view_if_needed(timeout=_STEP_MILLISECONDS)
                        return


async def marks(page: Page, texts: Sequence[str]) -> bytes | None:
    """Where these texts stand on the picture, as JSON: its size in pixels, and boxes of left, top, width and height.

    None where none of them is in sight. Never fails.
    """
    size = page.viewport_size
    if size is None or not texts:
        return None
    boxes: list[list[float]] = []
    async with _in_time():
        for text in texts:
            for frame in page.frames:
                async with no_browser_text():
                    found = [box for box in await _boxes(frame, text) if _in_sight(box, size["width"], size["height"])]
                boxes += [[round(side, 1) for side in _sides(box)] for box in found]
    if not boxes:
        return None
    return json.dumps({"width": size["width"], "height": size["height"], "boxes": boxes}).encode()


async def _boxes(frame: Frame, text: str) -> list[FloatRect]:
    found = (await frame.get_by_text(text, exact=True).all())[:_MOST_PLACES]
    return [box for one in found if (box := await one.bounding_box(timeout=_STEP_MILLISECONDS)) is not None]


def _sides(box: FloatRect) -> Iterator[float]:
    yield from (box["x"], box["y"], box["width"], box["height"])


def _in_sight(box: FloatRect, width: int, height: int) -> bool:
    inside = 0 <= box["x"] < width and 0 <= box["y"] < height
    return inside and 0 < box["width"] <= width and 0 < box["height"] <= height


@contextlib.asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """Whatever goes wrong in it, or takes too long, ends it there."""
    with contextlib.suppress(PageFailed, TimeoutError):
        async with asyncio.timeout(_LONGEST_SECONDS):
            yield
