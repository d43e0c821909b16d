"""A button held fast: the very one that was looked at, in the very document; no other is ever pressed in its place.

Playwright's own press begins anew while something else than the button is under the mouse, and its rehearsal sends a
click and takes it back; a page that listens at its window hears all of them, and may act on each. What files something
is therefore looked at without touching the mouse, and pressed by force: one movement, one press, whatever is there.
"""

import asyncio
import time
from collections.abc import Callable

from playwright.async_api import ElementHandle

from bots.faults import PageFailed, PageFault, no_browser_text

_LAST_LOOK_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 0.05

_ON_TOP = """(node, [x, y]) => {
  let hit = document.elementFromPoint(x, y);
  while (hit !== null && hit.shadowRoot) {
    const inner = hit.shadowRoot.elementFromPoint(x, y);
    if (inner === null || inner === hit) break;
    hit = inner;
  }
  for (let at = hit; at; at = at.parentNode ?? at.host) if (at === node) return true;
  return false;
}"""
"""Is the node, or something inside it, what a mouse at this place of its document would meet?"""


class HeldButton:
    """One node of one document. Every method raises PageFailed and no Playwright error."""

    def __init__(self, handle: ElementHandle) -> None:
        """`PageEngine.hold` makes one."""
        self._handle = handle

    async def ready(self, seconds: float = 5.0) -> None:
        """Wait until it is in sight, at rest, enabled, and covered by nothing. The mouse is not touched.

        Raises PageFailed (TIMEOUT) when that does not come about.
        """
        deadline = time.monotonic() + seconds
        async with no_browser_text():
            for state in ("visible", "stable", "enabled"):
                await self._handle.wait_for_element_state(state, timeout=seconds * 1000)
            await self._handle.scroll_into_view_if_needed(timeout=seconds * 1000)
            while not await self._is_on_top():
                if time.monotonic() >= deadline:
                    raise PageFailed(PageFault.TIMEOUT)
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def stands(self) -> bool:
        """Is it still in its document, to be seen and enabled?"""
        async with no_browser_text():
            return await self._handle.is_visible() and await self._handle.is_enabled()

    async def press_once(self, last_look: Callable[[], None] = lambda: None) -> None:
        """Press it once. A button that was drawn anew, or that something covers, is not pressed.

        `last_look` is called right before the press, which is not made when that raises.
        """
        await self.ready(_LAST_LOOK_SECONDS)
        last_look()
        async with no_browser_text():
            await self._handle.click(timeout=_LAST_LOOK_SECONDS * 1000, force=True, no_wait_after=True)

    async def _is_on_top(self) -> bool:
        """Would a mouse in its middle meet it, in its own document and in all those around that?"""
        box = await self._handle.bounding_box()
        frame = await self._handle.owner_frame()
        if box is None or frame is None:
            return False
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        node = self._handle
        while True:
            outer = None if frame.parent_frame is None else await frame.frame_element()
            corner = None if outer is None else await outer.bounding_box()
            left, top = (corner["x"], corner["y"]) if corner is not None else (0.0, 0.0)
            if not await node.evaluate(_ON_TOP, [x - left, y - top]):
                return False
            if outer is None or frame.parent_frame is None:
                return True
            node, frame = outer, frame.parent_frame
