"""One made-up office with its desk served beside, and one browser, for all tests of the desk in a browser.

They run in a pytest process of their own: Playwright's event loop runs in the main thread from the first of them on,
and Django's database layer refuses to be called there. Nothing of the ledger is called from here.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from bots.browser import launch_arguments
from bots.installed_browser import NoBrowser, find_browser
from tests.console_browser.browser import USUAL, WIDE, sign_in
from tests.console_browser.served import Desk, served

PICTURES = "PORTALWRIGHT_TEST_PICTURES"
"""In the environment: the folder for a picture of each page that the tests come by, at both widths."""

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Among other tests these are passed over: see above."""
    if any(_HERE not in item.path.parents for item in items):
        apart = pytest.mark.skip(reason="run in a process of its own: pytest tests/console_browser")
        for item in items:
            if _HERE in item.path.parents:
                item.add_marker(apart)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The browser that the robot uses, with its arguments."""
    found = find_browser()
    if found is None:
        raise NoBrowser("These tests drive a real browser: run 'portalwright browser' first.")
    return {"executable_path": found.path, "args": launch_arguments()}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """An ordinary screen."""
    return {"viewport": USUAL}


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The office's desk, served by another process."""
    with served(tmp_path_factory.mktemp("desk") / "office") as running:
        yield running


Enter = Callable[[str], Page]


@pytest.fixture(scope="session")
def enter(browser: Browser, desk: Desk, browser_context_args: dict[str, Any]) -> Iterator[Enter]:
    """A window of this person, who signs in once: a code of an authenticator app is never taken twice."""
    entered: dict[str, Page] = {}

    def window(name: str) -> Page:
        if name not in entered:
            page = browser.new_context(**browser_context_args).new_page()
            page.set_default_timeout(15_000)
            sign_in(page, desk.address, desk.people[name])
            entered[name] = page
        return entered[name]

    yield window
    for page in entered.values():
        page.context.close()


@pytest.fixture
def pictured(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of the page at both widths, where a folder for them is named in the environment."""
    folder = os.environ.get(PICTURES)

    def take(page: Page, name: str) -> None:
        if folder is None:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        for size in (USUAL, WIDE):
            page.set_viewport_size(size)
            test = re.sub(r"\W+", "-", request.node.name)
            page.screenshot(path=Path(folder) / f"{test}-{name}-{size['width']}.png", full_page=True)
        page.set_viewport_size(USUAL)

    return take
