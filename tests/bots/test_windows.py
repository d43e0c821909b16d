"""Windows: a popup or a tab is followed, closed again, waited for while it is blank, and none is left behind."""

from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots import windows
from bots.session import Session
from flows.outcomes import Code, Ending, Stop
from flows.questions import Flow
from tests.bots.describing import claims_table
from tests.bots.small_site import Site, heading, link, open_page, reason, serving, session_on, small_pack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

CLAIM = "<h1>Claim</h1><dl><dt>Claim number</dt><dd>{}</dd></dl>"
ROWS = "".join(
    f"<tr><td><a href='/claim?{number}' {{opens}}>{number}</a></td><td>ROE</td><td>$1.00</td></tr>" for number in "ABC"
)
LIST = (
    "<h1>Claims</h1><table class=found><caption>Claims found</caption>"
    "<tr><th>Claim number</th><th>Patient</th><th>Charge</th></tr>" + ROWS + "</table>"
)
PANEL = (
    "<script>for (const a of document.querySelectorAll('a')) a.onclick = (event) => { event.preventDefault();"
    " setTimeout(() => { document.body.innerHTML = '<h1>Claim</h1><dl><dt>Claim number</dt><dd>' + a.textContent"
    " + '</dd></dl><a class=back href=/list>Back</a>' }, 50) }</script>"
)
NEW_WINDOW = {
    "a tab": "target=_blank",
    "a tab that knows nothing of the page that opened it": "target=_blank rel=noopener",
    "a popup": 'onclick="window.open(this.href, &quot;w&quot;, &quot;width=300,height=200&quot;); return false"',
    "a popup that is blank first and filled later": (
        'onclick="const w = window.open(&quot;about:blank&quot;); setTimeout(() => { w.location = this.href }, 600);'
        ' return false"'
    ),
    "a popup that is written into": (
        'onclick="const w = window.open(&quot;&quot;); const n = this.textContent; setTimeout(() => {'
        " w.document.body.innerHTML = `<h1>Claim</h1><dl><dt>Claim number</dt><dd>${n}</dd></dl>` }, 600);"
        ' return false"'
    ),
}


def views(**table: Any) -> dict[str, Any]:
    listing = claims_table()
    listing["tables"]["claims"] |= {"window": True, "back": [{"close": "window"}], **table}
    return {
        "claims": listing,
        "claim": {
            "recognise": ["heading"],
            "elements": {
                "heading": heading("Claim"),
                "number": {"find": [{"near": "Claim number"}, {"css": "dd"}]},
                "back": link("Back", "a.back", optional=True),
            },
        },
        "expired": {"recognise": ["heading"], "elements": {"heading": heading("Sign in")}},
    }


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> Any:
    async with serving() as running:
        running.pages["/claim"] = lambda asked: CLAIM.format(asked.partition("?")[2])
        yield running


async def session(site: Site, page: Page, opens: str, described: Any = None, **more: Any) -> Session:
    if "/list" not in site.pages:
        site.pages["/list"] = LIST.replace("{opens}", opens)
    pack = small_pack(site, described or views(), interruptions=[{"view": "expired", "expired": True}], **more)
    on = await session_on(page, pack)
    await open_page(on, "/list")
    return on


@pytest.mark.parametrize("how", NEW_WINDOW)
async def test_row_after_row_is_opened_in_a_window_read_and_closed(site: Site, page: Page, how: str) -> None:
    on = await session(site, page, NEW_WINDOW[how])
    rows = (await on.read("claims")).tables["claims"]
    for row in rows:
        assert (await on.pick("claims", "claims", row)).view == "claim"
        number = row.cells["payer_claim_number"].shown.text
        assert (await on.read("claim")).fields["number"].shown.text == number
    await on.page.to_first_window()
    assert page.context.pages == [page]


async def test_a_row_may_open_in_the_same_window_instead(site: Site, page: Page) -> None:
    """Which it is, the row decides; the steps back that do not fit are not taken."""
    site.pages["/list"] = (
        (LIST + PANEL)
        .replace("querySelectorAll('a')", "querySelectorAll('tr:nth-child(3) a')")
        .replace("{opens}", "target=_blank")
    )
    back = [{"close": "window"}, {"click": "claim.back", "then": "claims"}]
    on = await session(site, page, "", views(new_page=False, back=back))
    for row in (await on.read("claims")).tables["claims"]:
        assert (await on.pick("claims", "claims", row)).view == "claim"
        assert (await on.read("claim")).fields["number"].shown.text == row.cells["payer_claim_number"].shown.text


async def test_a_window_that_the_browser_blocks_is_no_answer_and_no_hang(site: Site, page: Page) -> None:
    on = await session(site, page, 'onclick="return false"', answer_seconds=1)
    row = (await on.read("claims")).tables["claims"][0]
    with pytest.raises(Stop) as stopped:
        await on.pick("claims", "claims", row)
    assert (stopped.value.outcome.ending, reason(stopped.value).code) == (Ending.TRANSIENT, Code.TECH_TIMEOUT)


async def test_a_window_that_stays_blank_is_no_answer_and_no_unknown_page(site: Site, page: Page) -> None:
    on = await session(site, page, 'onclick="window.open(&quot;about:blank&quot;); return false"', answer_seconds=4)
    row = (await on.read("claims")).tables["claims"][0]
    with pytest.raises(Stop) as stopped:
        await on.pick("claims", "claims", row)
    assert stopped.value.outcome.ending is Ending.TRANSIENT


async def test_a_window_that_is_blank_for_long_is_waited_for_in_a_portal_with_frames_too(
    site: Site, page: Page
) -> None:
    described = views()
    described["expired"]["frame"] = "content"
    blank = NEW_WINDOW["a popup that is blank first and filled later"].replace("600", "4000")
    on = await session(site, page, blank, described, frames={"content": {"name": "content"}}, answer_seconds=15)
    row = (await on.read("claims")).tables["claims"][0]
    assert (await on.pick("claims", "claims", row)).view == "claim"


async def test_a_session_that_ends_in_a_window_leaves_no_window_behind(site: Site, page: Page) -> None:
    site.pages["/claim"] = "<h1>Sign in</h1>"
    on = await session(site, page, "target=_blank")
    row = (await on.read("claims")).tables["claims"][0]
    with pytest.raises(Stop) as stopped:
        await on.pick("claims", "claims", row)
    assert reason(stopped.value).code is Code.TECH_SESSION
    assert page.context.pages == [page]


async def test_a_session_that_ends_where_the_window_was_opened_is_told(site: Site, page: Page) -> None:
    """The portal answers the press with its sign-in page, and opens no window."""
    on = await session(site, page, "")
    site.pages["/claim"] = "<h1>Sign in</h1>"
    row = (await on.read("claims")).tables["claims"][0]
    with pytest.raises(Stop) as stopped:
        await on.pick("claims", "claims", row)
    assert reason(stopped.value).code is Code.TECH_SESSION


async def test_a_window_that_closes_by_itself_leaves_us_in_the_one_before(site: Site, page: Page) -> None:
    site.pages["/claim"] = CLAIM.format("A") + "<script>setTimeout(() => window.close(), 300)</script>"
    on = await session(site, page, "target=_blank rel=opener")
    row = (await on.read("claims")).tables["claims"][0]
    await on.pick("claims", "claims", row)
    await page.context.pages[-1].wait_for_event("close")
    assert on.page.engine.page is page
    assert len((await on.read("claims")).tables["claims"]) == 3


async def test_a_window_that_opens_uninvited_is_closed_and_counted(site: Site, page: Page) -> None:
    on = await session(site, page, "target=_blank")
    async with page.context.expect_page() as opened:
        await page.evaluate("window.open('/advertisement')")
    window = await opened.value
    if not window.is_closed():
        await window.wait_for_event("close")
    assert (on.page.windows.uninvited, on.page.engine.page) == (1, page)


async def test_what_is_read_in_a_window_is_the_evidence(site: Site, page: Page) -> None:
    on = await session(site, page, "target=_blank")
    row = (await on.read("claims")).tables["claims"][0]
    await on.pick("claims", "claims", row)
    await on.read("claim")
    await on.seen.take_picture(on.page.engine)
    assert b"<h1>Claim</h1>" in on.seen._pages["claim", 0]
    assert b"<h1>Claim</h1>" in on.seen._pages["stopped", 0]


async def test_a_step_follows_a_press_into_its_window_and_closes_it(site: Site, page: Page) -> None:
    site.pages["/list"] = "<h1>Menu</h1><a href='/claim?Z' target=_blank>Open</a>"
    described = views()
    described["menu"] = {
        "recognise": ["heading"],
        "elements": {"heading": heading("Menu"), "open": link("Open", "a")},
    }
    described["claim"]["prepare"] = [{"click": "menu.open", "window": True}]
    described["menu"]["prepare"] = [{"close": "window"}]
    on = await session(site, page, "", described)
    assert (await on.read("claim")).fields["number"].shown.text == "Z"
    await on.read("menu")
    assert page.context.pages == [page]


async def test_windows_that_are_closed_leave_nothing_behind(site: Site, page: Page) -> None:
    """Neither sessions of the browser nor objects of Playwright's, however many windows there were."""
    on = await session(site, page, "target=_blank")
    rows = (await on.read("claims")).tables["claims"]
    known: dict[str, Any] = page.context._impl_obj._connection._objects
    counts = []
    for _ in range(4):
        for row in rows:
            await on.pick("claims", "claims", row)
            await on.read("claim")
        await on.page.to_first_window()
        counts.append(len(known))
    assert counts[3] == counts[1]


async def test_a_fresh_window_takes_the_place_of_an_old_one_with_all_that_a_sign_in_left_there(
    site: Site, page: Page
) -> None:
    site.pages["/list"] = (LIST + "<script>document.title = sessionStorage.ticket + document.cookie</script>").replace(
        "{opens}", "target=_blank"
    )
    on = await session(site, page, "")
    await page.evaluate("() => { sessionStorage.ticket = 'T1;'; document.cookie = 'signed=in' }")
    asked = list(site.asked)
    assert await on.page.renew(Flow.CLAIM_STATUS)
    assert page.is_closed()
    (fresh,) = page.context.pages
    # Nothing holds on to the window before, and the portal was asked nothing.
    assert await fresh.opener() is None
    assert site.asked == asked
    await open_page(on, "/list")
    assert await fresh.title() == "T1;signed=in"
    row = (await on.read("claims")).tables["claims"][1]
    assert (await on.pick("claims", "claims", row)).view == "claim"
    assert on.page.windows.uninvited == 0


async def test_a_window_is_not_renewed_where_its_forms_are_reached_through_its_pages(site: Site, page: Page) -> None:
    by_click = {
        "view": "claims",
        "reach": [{"click": "claim.back"}],
        "fill": {},
        "press": "back",
        "outcomes": [{"view": "claim"}],
    }
    on = await session(site, page, "", forms={"claim-search": by_click})
    assert not await on.page.renew(Flow.CLAIM_STATUS)
    assert not page.is_closed()
    # What another job's forms need is no matter for this one.
    assert await on.page.renew(Flow.ELIGIBILITY)
    assert page.is_closed()


async def with_a_frame_that_keeps_something(site: Site, page: Page) -> Session:
    """The frame is another origin's, and so its session storage is another one."""
    site.pages["/inner"] = "<script>sessionStorage.inner = sessionStorage.inner || 'I1'</script>"
    frame = f"<iframe src='{site.url('/inner', host='localhost')}'></iframe>"
    site.pages["/list"] = LIST.replace("{opens}", "") + frame
    on = await session(site, page, "")
    await page.wait_for_load_state()
    return on


async def test_what_a_frame_of_another_origin_keeps_goes_along_too(site: Site, page: Page) -> None:
    on = await with_a_frame_that_keeps_something(site, page)
    await page.frames[1].evaluate("() => { sessionStorage.inner = 'I2' }")
    assert await on.page.renew(Flow.CLAIM_STATUS)
    (fresh,) = page.context.pages
    await open_page(on, "/list")
    await fresh.wait_for_load_state()
    assert await fresh.frames[1].evaluate("() => sessionStorage.inner") == "I2"


async def test_a_page_that_lets_no_window_open_keeps_its_own(
    site: Site, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "_RENEWAL_SECONDS", 0.5)
    on = await with_a_frame_that_keeps_something(site, page)
    await page.evaluate("() => { window.open = () => null }")
    assert not await on.page.renew(Flow.CLAIM_STATUS)
    assert page.context.pages == [page]
    assert len((await on.read("claims")).tables["claims"]) == 3
