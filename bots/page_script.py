"""The script that reads pages, as one text, and how Playwright comes to know it.

The script of `page_engine/` runs in a world of its own inside the page (`Page.createIsolatedWorld`), where nothing that
the page's own scripts replace is seen. The same script, registered as a selector engine, serves Playwright's clicking
and typing, so that what is read and what is pressed are found in one way.
"""

from collections.abc import Sequence
from importlib import resources

from playwright.async_api import Playwright

_PARTS = (
    "platform",
    "kinds",
    "names",
    "veils",
    "shown",
    "unlaid",
    "texts",
    "sections",
    "find",
    "held",
    "tables",
    "document",
    "memory",
    "waiting",
    "requests",
    "direct",
    "engine",
)
"""The files of the script, each after those that it builds on."""


def _joined(parts: Sequence[str]) -> str:
    """The script: one expression whose value is the engine, because that is all that a selector engine may be."""
    folder = resources.files("bots").joinpath("page_engine")
    texts = [folder.joinpath(f"{part}.js").read_text(encoding="utf-8") for part in parts]
    return "\n".join(["(() => {", "'use strict';", *texts, "return engine;", "})()"])


PAGE_ENGINE = _joined(_PARTS)

WORLD = "portalwright"
HOLDER = "globalThis[Symbol.for('portalwright')]"
"""Where the script stands in its world. A symbol, because a page can make any plain name on `window` its own by giving
it to an element or a frame."""


async def register(playwright: Playwright) -> None:
    """Register the selector engine `portal=`. Once for each Playwright instance, before its first page."""
    await playwright.selectors.register("portal", PAGE_ENGINE, content_script=True)
