"""What is printed says whose it is and the facts; nothing on it is to be pressed, and nothing lies beyond its edge."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console_browser.browser import USUAL
from tests.console_browser.conftest import Enter
from tests.console_browser.served import Desk

UPRIGHT, LYING = 700, 940
"""The width of a letter sheet between its margins, in pixels of a 96th of an inch."""

TO_PRESS = "form, button, .button, details.act, nav, kbd, dialog, .skip"


@pytest.fixture
def printed(enter: Enter) -> Iterator[Page]:
    """A window of somebody who works in the dark, as it would be printed."""
    page = enter("everything")
    page.emulate_media(media="print", color_scheme="dark")
    yield page
    page.emulate_media(media="screen", color_scheme="light")
    page.set_viewport_size(USUAL)


@pytest.mark.parametrize(
    ("path", "width"), [("/exceptions/", UPRIGHT), ("/audit/", LYING), ("/accounts/review/", LYING)]
)
def test_paper_says_whose_it_is_and_has_nothing_to_press_and_nothing_beyond_its_edge(
    desk: Desk, printed: Page, path: str, width: int
) -> None:
    printed.set_viewport_size({"width": width, "height": 1000})
    printed.goto(f"{desk.address}{path}")
    if path == "/exceptions/":
        # A link within a form to mark several is as good as any on the screen: here, the page that it leads to.
        printed.goto(f"{desk.address}{printed.locator('td a, th a').first.get_attribute('href')}")
    expect(printed.locator("h1")).to_be_visible()
    expect(printed.locator("header").get_by_text("Lakeside Family Medicine")).to_be_visible()
    for one in printed.locator(TO_PRESS).all():
        expect(one).to_be_hidden()
    assert printed.evaluate("document.documentElement.scrollWidth") <= width
    assert printed.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
