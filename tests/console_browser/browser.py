"""The browser in which the desk is looked at, and signing in to the desk as a person does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from bots.browser import launch_arguments
from bots.installed_browser import NoBrowser, find_browser
from vault.secret import Secret
from vault.totp import Totp

WIDE = ViewportSize(width=1920, height=1080)
USUAL = ViewportSize(width=1280, height=800)
TABLET = ViewportSize(width=820, height=1180)


@contextmanager
def browser() -> Iterator[Browser]:
    """One browser, to the end of the block. Raises NoBrowser."""
    found = find_browser()
    if found is None:
        raise NoBrowser("The desk is looked at in a real browser: run 'portalwright browser' first.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found.path, args=launch_arguments())
        try:
            yield running
        finally:
            running.close()


def sign_in(page: Page, address: str, account: dict[str, Any]) -> None:
    """Sign in at the desk with the account's password, and the code of its authenticator app where it has one."""
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Name").fill(account["name"])
    page.get_by_label("Password").fill(account["password"])
    if account.get("seed"):
        page.get_by_label("Code").fill(code_of(account["seed"]))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def code_of(seed: str) -> str:
    """What the authenticator app shows now; with a second left of it at least."""
    totp = Totp.from_text(Secret(seed))
    left = totp.period - time.time() % totp.period
    if left < 1:
        time.sleep(left)
    return totp.code_at(datetime.now(UTC)).reveal()
