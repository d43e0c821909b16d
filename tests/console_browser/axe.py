"""`make axe`: every page of the desk, light and dark, looked at by axe. The last line counts what was found.

Usage: python -m tests.console_browser.axe [--each N]
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Page

from tests.console_browser.browser import USUAL, browser
from tests.console_browser.served import served
from tests.console_browser.walk import walk

_SERIOUS = ("serious", "critical")


def main() -> int:
    """0 when no finding is serious and every page was seen, else 1."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--each", type=int, default=2, help="so many examples of each page")
    options = asked.parse_args()
    found: Counter[str] = Counter()
    axe = Axe()

    def look(name: str, page: Page) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for violation in axe.run(page).response["violations"]:
                found[violation["impact"]] += 1
                print(f"{name} ({scheme}): {violation['impact']}: {violation['id']}: {violation['help']}")
                for node in violation["nodes"][:3]:
                    print(f"    {' '.join(node['target'])}: {node['failureSummary'].splitlines()[-1].strip()}")

    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "office") as desk, browser() as chromium:
        context = chromium.new_context(viewport=USUAL, bypass_csp=True)
        pages, missing = walk(context.new_page(), desk.address, desk.people, look, each=options.each)
    for name in missing:
        print(f"not to be had: {name}")
    serious = sum(found[impact] for impact in _SERIOUS)
    print(json.dumps({"pages": pages, "serious": serious, "moderate": found["moderate"]}))
    return 1 if serious or missing else 0


if __name__ == "__main__":
    sys.exit(main())
