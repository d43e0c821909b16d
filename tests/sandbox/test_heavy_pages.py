"""Heavy pages weigh what is said of them, are the same at each start, are cached, and show what the light ones show."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import async_playwright

from bots.browser import launch_arguments
from bots.installed_browser import find_browser
from sandbox.heavy_pages import FOLDER, PICTURES, SCRIPT_BYTES, STYLE_BYTES
from tests.practice_portal import PracticePortal
from tests.sandbox.visiting import Visitor, words

START = {
    "practice-national": "/signin",
    "practice-medicaid": "/",
    "practice-multipayer": "/",
    "practice-contractor": "/",
}


@pytest.fixture(params=sorted(START))
def heavy(request: pytest.FixtureRequest) -> Iterator[PracticePortal]:
    with PracticePortal(request.param, seed=11, claims=1) as running:
        yield running


def first_page(portal: PracticePortal) -> httpx.Response:
    with httpx.Client(base_url=portal.address, follow_redirects=True, trust_env=False, timeout=10) as visitor:
        return visitor.get(START[portal.name])


def files_of(page: str) -> list[str]:
    return re.findall(rf'(?:src|href)="({re.escape(FOLDER)}[^"]+)"', page)


def test_every_portal_brings_the_files_along_only_while_the_switch_is_on(heavy: PracticePortal) -> None:
    light = first_page(heavy)
    heavy.faults(heavy_pages=True)
    page = first_page(heavy)
    heavy.faults()
    assert files_of(light.text) == files_of(first_page(heavy).text) == []
    kinds = [address.rpartition(".")[2] for address in files_of(page.text)]
    assert kinds[:2] == ["css", "js"]
    assert set(kinds[2:]) <= {"png"}
    assert words(page) == words(light)
    assert int(page.headers["content-length"]) == len(page.content)
    assert httpx.get(heavy.address + files_of(page.text)[0], trust_env=False).status_code == 404


def test_the_files_weigh_what_is_said_and_are_the_same_at_each_start() -> None:
    seen = []
    for _ in range(2):
        with PracticePortal(seed=11, claims=1) as portal, Visitor(portal) as visitor:
            portal.faults(heavy_pages=True)
            visitor.get("/signin")
            files = files_of(visitor.page.text)
            contents = {address: visitor.http.get(address).content for address in files}
        assert len(contents) == 2 + PICTURES
        seen.append(contents)
    assert seen[0] == seen[1]
    lengths = {address.rpartition(".")[2]: len(content) for address, content in seen[0].items()}
    assert (lengths["js"], lengths["css"]) == (SCRIPT_BYTES, STYLE_BYTES) == (1_000_000, 300_000)
    assert 100_000 < lengths["png"] < 150_000


def test_a_file_may_be_kept_for_a_year_and_asked_about_by_its_tag(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(heavy_pages=True)
    visitor.get("/signin")
    script = next(address for address in files_of(visitor.page.text) if address.endswith(".js"))
    whole = visitor.http.get(script)
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = visitor.http.get(script, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert [event["bytes"] for event in portal.events(kind="heavy_file")] == [SCRIPT_BYTES, 0]


@pytest.mark.browser
async def test_a_browser_fetches_each_file_once_and_runs_the_script_on_every_page(portal: PracticePortal) -> None:
    portal.faults(heavy_pages=True)
    found = find_browser()
    assert found is not None
    broken: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found.path, args=launch_arguments())
        page = await browser.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        for _ in range(3):
            await page.goto(f"{portal.address}/signin")
            assert await page.locator("body > div > span").count() > 100
            assert await page.locator("body > div > span").first.is_hidden()
        await browser.close()
    assert broken == []
    fetched = [event["path"] for event in portal.events(kind="heavy_file")]
    assert sorted(fetched) == sorted(set(fetched))
    assert len(fetched) == 2 + PICTURES
