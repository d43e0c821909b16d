"""The day of a reviewer: a case with its evidence, by every way of ending it, and thirty with the keyboard alone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.console_browser.conftest import Enter
from tests.console_browser.served import Desk

Pictured = Callable[[Page, str], None]

CASES = re.compile(r"/exceptions/\d+/")


def done(page: Page, words: str = "") -> None:
    expect(page.get_by_role("status").filter(has_text=words).first).to_be_visible()


def case_of(page: Page) -> str:
    return urlsplit(page.url).path


def test_a_case_is_taken_looked_at_commented_put_off_and_answered_by_hand(
    desk: Desk, enter: Enter, pictured: Pictured
) -> None:
    page = enter("rae")
    page.goto(f"{desk.address}/exceptions/?code=BUS-MULTI")
    pictured(page, "list")
    page.get_by_role("row").filter(has_text="BUS-MULTI").first.get_by_role("link").first.click()
    expect(page).to_have_url(CASES)
    assert "LFM-" not in page.url and "LFM-" not in page.title()

    evidence = page.get_by_role("region", name="Evidence")
    expect(evidence.get_by_label("Page as text")).to_contain_text("Practice payer")
    picture = evidence.get_by_role("img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("(image) => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
    pictured(page, "case")

    page.get_by_role("button", name="Take it").click()
    done(page)
    expect(page.get_by_role("main")).to_contain_text("rae")
    taken = case_of(page)
    page.get_by_label("Comment").fill("The payer's line is closed today.")
    page.get_by_role("button", name="Write it").click()
    page.goto(f"{desk.address}{taken}")
    expect(page.get_by_role("region", name="What people did")).to_contain_text("line is closed today")

    page.get_by_role("heading", level=1).click()
    page.keyboard.press("s")
    putting_off = page.locator("details.act[open]").filter(has_text="Put it off")
    expect(putting_off.locator("input:visible").first).to_be_focused()
    putting_off.locator("input[type=date]").fill(f"{datetime.now(UTC).date() + timedelta(days=1)}")
    putting_off.get_by_label(re.compile("why", re.IGNORECASE)).fill("The payer calls back")
    page.keyboard.press("Control+Enter")
    done(page)

    next_one = case_of(page)
    assert next_one != taken
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("h")
    by_hand = page.locator("details.act[open]").filter(has_text="Answer by hand")
    by_hand.get_by_label("Status").select_option("not-found")
    by_hand.get_by_label("Where from").select_option("phone")
    by_hand.get_by_label("Reference").fill("Call 4711, Rowan")
    page.keyboard.press("Control+Enter")
    done(page)
    page.goto(f"{desk.address}{next_one}")
    expect(page.get_by_role("main")).to_contain_text("Open it again")


def test_thirty_routine_cases_are_cleared_with_the_keyboard_alone(desk: Desk, enter: Enter) -> None:
    page = enter("rae")
    page.goto(f"{desk.address}/exceptions/?code=BUS-MULTI")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(CASES)
    cleared = []
    for _ in range(30):
        case = case_of(page)
        page.keyboard.press("1")
        expect(page.get_by_role("radio").first).to_be_checked()
        with page.expect_navigation():
            page.keyboard.press("y")
        assert case_of(page) != case, page.get_by_role("main").inner_text()[:400]
        cleared.append(case)
    assert len(set(cleared)) == 30
    page.goto(f"{desk.address}/exceptions/?state=closed")
    closed = page.locator("tbody a[href]").evaluate_all("(links) => links.map((link) => link.pathname)")
    assert set(cleared) <= set(closed)
