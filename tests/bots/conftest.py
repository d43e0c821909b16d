"""A real browser for the tests of `bots`: one a worker process, and a fresh context for each test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from bots.browser import BrowserHost
from bots.engine import PageEngine
from bots.installed_browser import Browser, NoBrowser, find_browser


@pytest.fixture(scope="session")
def browser() -> Browser:
    found = find_browser()
    if found is None:
        raise NoBrowser("These tests drive a real browser: run 'portalwright browser' first.")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BrowserHost]:
    async with BrowserHost(tmp_path_factory.mktemp("browser"), browser, "office@example.org") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def context(host: BrowserHost) -> AsyncIterator[BrowserContext]:
    fresh = await host.new_context()
    yield fresh
    await fresh.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest_asyncio.fixture(loop_scope="session")
async def engine(page: Page) -> PageEngine:
    return await PageEngine.attach(page)
