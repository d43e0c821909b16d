"""The day of an operator: the night as it goes on, a code, a paused portal, and a desk that is started again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.console_browser.conftest import Enter
from tests.console_browser.served import Desk

Pictured = Callable[[Page, str], None]


def done_so_far(page: Page) -> int:
    return int(page.locator("[data-part] .figures div").filter(has_text="done").first.locator("dd").inner_text())


def test_the_night_is_followed_without_reloading_and_again_after_the_desk_was_started_anew(
    desk: Desk, enter: Enter, pictured: Pictured
) -> None:
    page = enter("olga")
    page.goto(f"{desk.address}/")
    state = page.locator("#live-state")
    expect(state).to_have_text("Live")
    pictured(page, "tonight")
    page.evaluate("window.stayed = true")

    before = done_so_far(page)
    desk.answer()
    figure = page.locator("[data-part] .figures div").filter(has_text="done").first.locator("dd")
    expect(figure).to_have_text(str(before + 1), timeout=5_000)

    desk.stop()
    expect(state).to_contain_text("Not connected")
    desk.start()
    expect(state).to_have_text("Live", timeout=30_000)
    desk.answer()
    expect(figure).to_have_text(str(before + 2), timeout=5_000)
    assert page.evaluate("window.stayed"), "the page was loaded anew"


def test_a_code_is_handed_over_and_a_portal_is_paused_after_one_has_read_what_it_means(
    desk: Desk, enter: Enter, pictured: Pictured
) -> None:
    page = enter("olga")
    page.goto(f"{desk.address}/")
    page.get_by_role("link", name="Give the code").click()
    pictured(page, "code")
    page.get_by_label(re.compile("^(one-time )?code", re.IGNORECASE)).fill("481516")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_role("status").first).to_be_visible()
    expect(page.get_by_role("link", name="Give the code")).to_have_count(0)
    assert "481516" not in page.content()

    page.get_by_role("link", name=re.compile("Pause this portal")).first.click()
    pictured(page, "pause")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("paused by olga", re.IGNORECASE))
    page.go_back()
    page.reload()
    page.goto(f"{desk.address}/")
    expect(page.locator(".badge").filter(has_text="paused by olga")).to_have_count(1)


@pytest.mark.long
def test_an_operator_sees_no_patient(desk: Desk, enter: Enter) -> None:
    page = enter("olga")
    navigation = page.get_by_role("navigation", name="Parts of the desk")
    for part in ("Claims and patients", "Appeals", "Remittances", "Audit"):
        expect(navigation.get_by_role("link", name=part)).to_have_count(0)
    answer = page.goto(f"{desk.address}/claims/")
    assert answer is not None and answer.status == 403
    page.goto(f"{desk.address}/exceptions/")
    expect(page.get_by_role("row").filter(has_text="ACC-CAPTCHA")).to_have_count(1)
    assert "LFM-" not in page.content() and "BUS-MULTI" not in page.content()
