"""`make screenshots`: a picture of every page of the desk at both widths, and those that README and the docs show.

Usage: python -m tests.console_browser.screenshots FOLDER [--docs docs/pictures]
"""

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.console_browser.browser import TABLET, USUAL, WIDE, browser
from tests.console_browser.served import served
from tests.console_browser.walk import walk

SHOWN = {"tonight": "desk-tonight.png", "case": "desk-exception.png", "report": "desk-report.png"}
"""The three of README."""

_WIDTHS = {"1280": USUAL, "1920": WIDE, "tablet": TABLET}


def main() -> int:
    """0 when every page was seen."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--docs", type=Path, help="where the pictures of README go")
    asked.add_argument("--dark", action="store_true", help="in the dark colours, at 1280")
    options = asked.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    sizes = {"dark": USUAL} if options.dark else _WIDTHS

    def look(name: str, page: Page) -> None:
        for words, size in sizes.items():
            page.set_viewport_size(size)
            page.screenshot(path=options.folder / f"{name}-{words}.png", full_page=True)
        page.set_viewport_size(USUAL)
        if options.docs is not None and name in SHOWN:
            page.screenshot(path=options.docs / SHOWN[name])

    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "office") as desk, browser() as chromium:
        context = chromium.new_context(viewport=USUAL, color_scheme="dark" if options.dark else "light")
        pages, missing = walk(context.new_page(), desk.address, desk.people, look)
    print(f"{pages} pages in {options.folder}")
    for name in missing:
        print(f"not to be had: {name}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
