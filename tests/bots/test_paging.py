"""Tables over several pages: every row once, as many as the portal says, or a person looks at it."""

from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots.session import Session
from flows.outcomes import Code, Ending, Stop
from flows.portal import Row
from tests.bots.describing import claims_table
from tests.bots.small_site import Site, heading, link, open_page, reason, serving, session_on, small_pack

pytestmark = pytest.mark.browser

Pages = Callable[[int, int], tuple[str, int]]
"""Page number (from 0) and number of requests so far -> the claim numbers on it, and the total that it says."""


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> Any:
    async with serving() as running:
        yield running


async def session(site: Site, page: Page, pages: Pages, last: int, *turners: str) -> Session:
    count = iter(range(1000))

    def listing(asked: str) -> str:
        at = int(asked.partition("p=")[2] or 0)
        numbers, total = pages(at, next(count))
        rows = "".join(f"<tr><td><a href='/claim?{n}'>{n}</a></td><td>ROE</td><td>$1.00</td></tr>" for n in numbers)
        links = f"<a class=next href='/?p={at + 1}'>Next</a>" if at < last else ""
        if "previous" in turners and at:
            links += f"<a class=previous href='/?p={at - 1}'>Previous</a>"
        if "first" in turners and at:
            links += "<a class=first href='/'>First</a>"
        return (
            f"<h1>Claims</h1><p class=total>{total} claims</p><table class=found><caption>Claims found</caption>"
            f"<tr><th>Claim number</th><th>Patient</th><th>Charge</th></tr>{rows}</table>{links}"
        )

    site.pages["/"] = listing
    site.pages["/claim"] = lambda asked: f"<h1>Claim</h1><p>{asked.partition('?')[2]}</p><a href=/ >Back</a>"
    view = claims_table()
    names = ("next", *turners)
    view["elements"] |= {name: link(name.capitalize(), f"a.{name}") for name in names} | {
        "total": {
            "find": [{"matches": "\\d+ claims"}, {"css": ".total"}],
            "type": "integer",
            "pattern": "^(\\d+) claims$",
        }
    }
    view["tables"]["claims"] |= {
        "paging": {name: name for name in names} | {"total": "total", "most_pages": 9},
        "back": [{"click": "claim.back"}],
    }
    claim = {
        "recognise": ["heading"],
        "elements": {"heading": heading("Claim"), "back": link("Back", "a")},
    }
    on = await session_on(page, small_pack(site, {"claims": view, "claim": claim}))
    await open_page(on, "/")
    return on


def numbers(rows: tuple[Row, ...]) -> str:
    return "".join(sorted(row.cells["payer_claim_number"].shown.text for row in rows))


@pytest.mark.parametrize("turners", [("previous",), ("first",), ("first", "previous")])
async def test_rows_that_move_while_the_pages_are_turned_are_all_found(
    site: Site, page: Page, turners: tuple[str, ...]
) -> None:
    """The first reading sees C twice and D never."""

    def moving(at: int, count: int) -> tuple[str, int]:
        return (("ABC", "CEF", "G") if count < 3 else ("ABD", "CEF", "G"))[at], 7

    on = await session(site, page, moving, 2, *turners)
    assert numbers((await on.read("claims")).tables["claims"]) == "ABCDEFG"


async def test_rows_that_are_never_all_there_are_for_a_person(site: Site, page: Page) -> None:
    on = await session(site, page, lambda at, _: (("ABC", "CEF")[at], 6), 1, "previous")
    with pytest.raises(Stop) as stopped:
        await on.read("claims")
    assert (stopped.value.outcome.ending, reason(stopped.value).code) == (Ending.NEEDS_STAFF, Code.DATA_PARTIAL)
    assert len(site.asked) == 1 + 1 + 2 * 2


async def test_a_list_that_cannot_be_read_again_is_for_a_person_at_once(site: Site, page: Page) -> None:
    on = await session(site, page, lambda at, _: (("ABC", "CE")[at], 6), 1)
    with pytest.raises(Stop) as stopped:
        await on.read("claims")
    assert reason(stopped.value).code is Code.DATA_PARTIAL


async def test_a_total_that_changes_while_reading_begins_another_reading(site: Site, page: Page) -> None:
    """A claim that the first reading saw is gone from the list that counts."""

    def growing(at: int, count: int) -> tuple[str, int]:
        return ("XBC", 6) if count == 0 else (("ABC", "DE")[at], 5)

    on = await session(site, page, growing, 1, "previous")
    assert numbers((await on.read("claims")).tables["claims"]) == "ABCDE"


async def test_a_row_that_moved_to_another_page_is_found_and_opened(site: Site, page: Page) -> None:
    """And to one that had been turned past."""

    def moving(at: int, count: int) -> tuple[str, int]:
        return (("ABC", "DEF") if count in (0, 1, 3, 5) else ("DBC", "AEF"))[at], 6

    on = await session(site, page, moving, 1, "first")
    rows = {row.cells["payer_claim_number"].shown.text: row for row in (await on.read("claims")).tables["claims"]}
    for number in "DAD":
        assert (await on.pick("claims", "claims", rows[number])).view == "claim"
        assert await page.inner_text("p") == number
