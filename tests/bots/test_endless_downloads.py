"""A file without end is let go while it comes, however the portal hands it out, and the next one is taken."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from bots import downloads
from bots.browser import BrowserHost
from flows.outcomes import Code, Ending
from tests.bots.small_site import Site, serving
from tests.bots.test_collecting import ATTACHED, FILE, collected, session, stopped, stored, until, views

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

LIMIT = 4 << 20
A_FEW = 16 << 20
"""What may come past the limit between one look and the next, over a line as fast as a computer to itself."""

MADE = "const b = new Blob([new Uint8Array(5 << 20)])"
READ = "const b = new Blob([await (await fetch('/endless')).arrayBuffer()])"
NEVER_READ = "const b = await (await fetch('/endless')).blob()"
SAVE = (
    "(async () => {{ {}; const a = document.createElement('a');"
    " a.href = window.URL.createObjectURL(b); a.download = 'era.835'; a.click() }})()"
)
HANDED_OUT = {
    "as an attachment": "<a class=era href=/endless>835</a>",
    "by a link that saves it": "<a class=era href=/endless download>835</a>",
    "in a tab": "<a class=era href=/endless target=_blank>835</a>",
    "in a tab that knows nothing of this one": "<a class=era href=/endless target=_blank rel=noopener>835</a>",
    "in a hidden frame": "<iframe name=f hidden></iframe><a class=era href=/endless target=f>835</a>",
    "by a script that reads it": f'<a class=era href=# onclick="{SAVE.format(READ)}">835</a>',
    "by a script that makes it": f'<a class=era href=# onclick="{SAVE.format(MADE)}">835</a>',
}
IN_EVERY_RUN = ("by a script that reads it", "by a script that makes it")
WAYS = [how if how in IN_EVERY_RUN else pytest.param(how, marks=pytest.mark.long) for how in HANDED_OUT]


@pytest_asyncio.fixture(loop_scope="session")
async def context(host: BrowserHost) -> AsyncIterator[BrowserContext]:
    fresh = await host.new_context(accept_downloads=True)
    yield fresh
    await fresh.close()


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        running.files |= {"/endless": FILE * 64, "/era": FILE}
        running.headers |= {"/endless": ATTACHED, "/era": ATTACHED}
        running.endless.add("/endless")
        yield running


@asynccontextmanager
async def watched() -> AsyncIterator[list[int]]:
    """The most bytes that lay in the folders in which the browser stores files."""
    most = [0]

    async def watch() -> None:
        while True:
            sizes = [path.stat().st_size for path in stored() if path.exists()]
            most[0] = max(most[0], sum(sizes))
            await asyncio.sleep(0.005)

    watching = asyncio.ensure_future(watch())
    try:
        yield most
    finally:
        watching.cancel()


@pytest.mark.parametrize("how", WAYS)
async def test_a_file_without_end_is_let_go_at_the_limit_and_the_next_one_is_taken(
    site: Site, page: Page, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(downloads, "MOST_BYTES", LIMIT)
    on = await session(site, page, HANDED_OUT[how], views(window="tab" in how), answer_seconds=15)
    async with watched() as most:
        ending, why = await stopped(on)
    assert (ending, why.code, why.view) == (Ending.TRANSIENT, Code.TECH_DOWNLOAD, "payments")
    assert "MiB" in why.what
    assert most[0] <= LIMIT + A_FEW
    await nothing_left(site)
    after = await session(site, page, "<a class=era href=/era>835</a>", answer_seconds=15)
    assert collected(await after.collect("payments", "era")) == hashlib.sha256(FILE).hexdigest()


async def test_what_a_script_takes_without_end_and_never_reads_ends_with_the_wait(site: Site, page: Page) -> None:
    on = await session(site, page, f'<a class=era href=# onclick="{SAVE.format(NEVER_READ)}">835</a>')
    ending, why = await stopped(on)
    assert (ending, why.code) == (Ending.TRANSIENT, Code.TECH_DOWNLOAD)
    assert "/endless" in site.asked
    await nothing_left(site)


async def test_a_file_without_end_that_nobody_asked_for_is_turned_away_as_it_begins(site: Site, page: Page) -> None:
    await session(site, page, HANDED_OUT["as an attachment"])
    async with watched() as most:
        async with page.expect_event("download"):
            await page.click("a.era", no_wait_after=True)
        await until(lambda: not site.giving)
        await until(lambda: stored() == [])
    assert most[0] <= A_FEW


async def nothing_left(site: Site) -> None:
    """Nothing of a file is stored, and nobody goes on giving one."""
    assert stored() == []
    await until(lambda: not site.giving)
