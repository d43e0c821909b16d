"""`python -m tests.bots.fetching_process FOLDER ADDRESS`: fetches a file, tells when it has begun to come, and waits.

To be killed in the middle. What the browser stores for a page is read late, so that the kill comes before.
"""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Download

from bots import downloads as downloads_module
from bots.browser import BrowserHost
from bots.downloads import Awaited, Downloads
from bots.installed_browser import find_browser


class ReadLate(Awaited):
    """Stands for a kill between storing and reading."""

    async def _read_stored(self, download: Download) -> None:
        await download.path()
        sys.stdout.write("stored\n")
        sys.stdout.flush()
        await asyncio.sleep(60)


async def main(folder: Path, address: str) -> None:
    browser = find_browser()
    assert browser is not None
    downloads_module.Awaited = ReadLate  # type: ignore[misc] # in the place of the one that reads at once
    async with BrowserHost(folder, browser, "tests") as host:
        context = await host.new_context(accept_downloads=True)
        downloads = Downloads(context)
        page = await context.new_page()
        await page.goto(address)
        async with downloads.awaited(page, errors_too=True) as awaited:
            await page.click("a", no_wait_after=True)
            await awaited.begun()
            sys.stdout.write("begun\n")
            sys.stdout.flush()
            await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
