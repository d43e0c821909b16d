"""The line: half a page is never read, and a portal that asks for time gets it."""

from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots.session import Session
from flows.outcomes import Code, Ending, Stop
from tests.bots.describing import claims_table
from tests.bots.small_site import Site, link, open_page, reason, serving, session_on, small_pack

pytestmark = pytest.mark.browser

ROWS = "".join(f"<tr><td><a href=#>C{n}</a></td><td>ROE</td><td>$1.00</td></tr>" for n in range(200))
LIST = (
    "<h1>Claims</h1><table class=found><caption>Claims found</caption>"
    "<tr><th>Claim number</th><th>Patient</th><th>Charge</th></tr>" + ROWS + "</table>"
)


def views(frame: str | None = None) -> dict[str, Any]:
    listing = claims_table()
    listing["tables"]["claims"] = {
        key: value for key, value in listing["tables"]["claims"].items() if key not in ("opens", "after_open")
    }
    listing["prepare"] = [{"click": "menu.go", "then": "claims"}]
    if frame:
        listing["frame"] = frame
    menu = {"recognise": ["go"], "elements": {"go": link("Go", "a")}}
    return {"claims": listing, "menu": menu}


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> Any:
    async with serving() as running:
        running.pages |= {"/menu": "<a href=/list>Go</a>", "/list": LIST}
        yield running


async def pressed(site: Site, page: Page, frame: str | None = None, seconds: float = 20) -> Session:
    frames = {"content": {"name": "content"}} if frame else {}
    if frame:
        site.pages["/menu"] = "<a href=/list target=content>Go</a><iframe name=content></iframe>"
    on = await session_on(page, small_pack(site, views(frame), frames=frames, answer_seconds=seconds))
    await open_page(on, "/menu")
    return on


@pytest.mark.parametrize("frame", [None, "content"], ids=["the page", "a frame"])
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
async def test_half_a_table_is_never_read(site: Site, page: Page, reset: bool, frame: str | None) -> None:
    site.cut.add("/list")
    site.reset |= {"/list"} if reset else set()
    on = await pressed(site, page, frame)
    with pytest.raises(Stop) as stopped:
        await on.read("claims")
    assert (stopped.value.outcome.ending, reason(stopped.value).code) == (Ending.TRANSIENT, Code.TECH_TIMEOUT)
    assert "broke" in reason(stopped.value).what
    site.cut.clear()
    await open_page(on, "/menu")
    assert len((await on.read("claims")).tables["claims"]) == 200


async def test_half_a_page_that_was_opened_by_its_address_is_never_read(site: Site, page: Page) -> None:
    """It may have broken off before anybody waited for it."""
    described = views()
    described["claims"]["prepare"] = [{"go": "/list", "then": "claims"}]
    site.cut.add("/list")
    on = await session_on(page, small_pack(site, described, answer_seconds=20))
    with pytest.raises(Stop) as stopped:
        await on.read("claims")
    assert "broke" in reason(stopped.value).what


@pytest.mark.parametrize("frame", [None, "content"], ids=["the page", "a frame"])
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("429 Too Many Requests\r\nRetry-After: 120", (Code.TECH_429, 120)),
        ("503 Service Unavailable\r\nRetry-After: 30", (Code.TECH_5XX, 30)),
        ("429 Too Many Requests\r\nRetry-After: soon", (Code.TECH_429, None)),
        ("500 Internal Server Error", (Code.TECH_5XX, None)),
    ],
)
async def test_a_portal_that_asks_for_time_is_told_with_the_instant(
    site: Site, page: Page, frame: str | None, status: str, said: tuple[Code, int | None]
) -> None:
    code, seconds = said
    site.headers["/list"] = status
    site.pages["/list"] = "<h1>Sorry</h1>"
    on = await pressed(site, page, frame)
    before = on.now()
    with pytest.raises(Stop) as stopped:
        await on.read("claims")
    found = reason(stopped.value)
    assert (stopped.value.outcome.ending, found.code) == (Ending.TRANSIENT, code)
    if seconds is None:
        assert found.not_before is None
    else:
        assert found.not_before is not None
        assert 0 <= (found.not_before - before).total_seconds() - seconds < 10


async def test_the_instant_may_be_a_date(site: Site, page: Page) -> None:
    site.headers["/list"] = "503 Service Unavailable\r\nRetry-After: Mon, 23 Nov 2026 11:00:00 GMT"
    site.pages["/list"] = "<h1>Sorry</h1>"
    on = await pressed(site, page)
    with pytest.raises(Stop) as stopped:
        await on.read("claims")
    found = reason(stopped.value).not_before
    assert found is not None and found.isoformat() == "2026-11-23T11:00:00+00:00"
