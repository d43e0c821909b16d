"""The day of an approver: what is filed is what was read; a page that is old is told, and nothing is approved by it."""

import io
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from reportlab.pdfgen.canvas import Canvas

from tests.console_browser.conftest import Enter
from tests.console_browser.served import Desk

Pictured = Callable[[Page, str], None]


def a_page() -> bytes:
    """A document of one page."""
    written = io.BytesIO()
    canvas = Canvas(written)
    canvas.drawString(72, 720, "Notes of the day. Made up for practice.")
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def test_a_page_that_is_old_approves_nothing(desk: Desk, enter: Enter, pictured: Pictured) -> None:
    approver, drafter = enter("ada"), enter("denise")
    address = f"{desk.address}/appeals/{desk.made['appeals']['draft']}/"
    approver.goto(address)
    pictured(approver, "appeal")
    expect(approver.get_by_role("region", name="As the payer will read it")).to_be_visible()

    drafter.goto(address)
    drafter.keyboard.press("d")
    adding = drafter.locator("details.act[open]")
    adding.locator("input[type=file]").set_input_files(
        {"name": "chart of the day.pdf", "mimeType": "application/pdf", "buffer": a_page()}
    )
    adding.get_by_role("button", name="Seal it").click()
    expect(drafter.get_by_role("region", name="What is contested").get_by_role("link", name=".pdf")).to_be_visible()

    approver.get_by_role("button", name=re.compile("Approve")).click()
    expect(approver.get_by_role("alert")).to_be_visible()
    approver.goto(address)
    expect(approver.get_by_role("region", name="What is contested").get_by_role("link", name=".pdf")).to_be_visible()
    expect(approver.get_by_role("main")).not_to_contain_text("Approved")


def test_what_was_read_is_approved_once_and_a_second_window_is_told(desk: Desk, enter: Enter) -> None:
    page = enter("ada")
    address = f"{desk.address}/appeals/{desk.made['appeals']['draft-late']}/"
    page.goto(address)
    second = page.context.new_page()
    second.goto(address)
    page.keyboard.press("y")
    expect(page.get_by_role("status").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("by ada")
    second.keyboard.press("y")
    expect(second.get_by_role("main")).to_contain_text(
        re.compile("changed|approved already|not possible", re.IGNORECASE)
    )
    second.close()


def test_the_next_appeal_to_approve_is_a_key_away(desk: Desk, enter: Enter) -> None:
    page = enter("ada")
    page.goto(f"{desk.address}/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page).to_have_url(f"{desk.address}/appeals/")
    page.keyboard.press("n")
    expect(
        page.get_by_role("button", name=re.compile("Approve")).or_(page.get_by_text("waits to be approved"))
    ).to_be_visible()
