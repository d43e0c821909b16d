"""The keys of the desk: they click what is there, never while somebody types, and may be turned off."""

import pytest
from playwright.sync_api import expect

from tests.console_browser.conftest import Enter
from tests.console_browser.served import Desk


@pytest.mark.long
def test_keys_are_listed_left_alone_while_typing_and_turned_off(desk: Desk, enter: Enter) -> None:
    page = enter("audrey")
    page.goto(f"{desk.address}/audit/")
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keys on this page")
    expect(listed).to_contain_text("g then r")
    expect(listed).to_contain_text("Verify now")
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()

    page.get_by_label("Who").click()
    page.keyboard.type("gr")
    expect(page.get_by_label("Who")).to_have_value("gr")
    page.keyboard.press("Escape")
    page.keyboard.type("gr")
    expect(page).to_have_url(f"{desk.address}/reports/")

    page.goto(f"{desk.address}/audit/")
    page.keyboard.press("?")
    listed.get_by_role("checkbox").uncheck()
    listed.get_by_role("button", name="Close").click()
    page.keyboard.type("gr?")
    expect(page).to_have_url(f"{desk.address}/audit/")
    expect(listed).to_be_hidden()
    page.get_by_role("button", name="Keys").click()
    listed.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    page.keyboard.type("gr")
    expect(page).to_have_url(f"{desk.address}/reports/")


@pytest.mark.long
def test_the_audit_page_verifies_the_log_and_takes_a_name_for_a_week(desk: Desk, enter: Enter) -> None:
    page = enter("audrey")
    page.goto(f"{desk.address}/audit/")
    page.get_by_role("button", name="Verify now").click()
    whole = page.get_by_text("each as it was written")
    for _ in range(50):
        if whole.count():
            break
        page.wait_for_timeout(200)
        page.goto(f"{desk.address}/audit/")
    expect(whole).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="lines of JSON").click()
    assert download.value.suggested_filename == "audit-log.jsonl"
    assert download.value.path().read_text().count("\n") > 100
    page.get_by_role("row").filter(has_text="not yet").first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="All that people did")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("row").filter(has_text="audrey").first).to_be_visible()
