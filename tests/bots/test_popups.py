"""Pop-ups in the way are closed and the work goes on; what only a person may answer is never closed."""

from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots.session import Session
from flows.outcomes import Code, Ending, Stop
from tests.bots.small_site import Site, button, field_of, heading, reason, serving, session_on, shown, small_pack
from tests.ledger.office import question

pytestmark = pytest.mark.browser

SEARCH = "<h1>Search</h1><form action=/found><label>Member <input name=m></label><button>Find</button></form>"
FOUND = "<h1>Member</h1><dl><dt>Member ID</dt><dd>{}</dd></dl>"
POPUP = """<div id=cover style='position:fixed;inset:0;background:#000c'><p class=survey>Take our survey</p>
<button class=later onclick="this.closest('#cover').remove()">Later</button></div>"""
SHOW = "<script>const html = {0!r}; const show = () => document.body.insertAdjacentHTML('beforeend', html);{1}</script>"
ID = str(question(1).patient.member_id)

VIEWS: dict[str, Any] = {
    "search": {
        "recognise": ["heading"],
        "elements": {
            "heading": heading("Search"),
            "member": field_of("Member", "input"),
            "go": {
                "find": [{"role": "button", "name": "Find"}, {"css": "form button"}],
                "action": "navigate",
            },
        },
    },
    "person": {
        "recognise": ["heading"],
        "elements": {"heading": heading("Member"), "member": {"find": [{"near": "Member ID"}, {"css": "dd"}]}},
    },
    "survey": {
        "recognise": ["text"],
        "elements": {"text": shown("Take our survey", ".survey"), "later": button("Later", ".later")},
    },
    "maintenance": {
        "recognise": ["text"],
        "elements": {
            "text": shown("We are closed.", ".closed"),
            "until": {"find": [{"near": "Back at"}, {"css": ".until"}], "type": "instant"},
        },
    },
}
FORMS: dict[str, Any] = {
    "search": {
        "view": "search",
        "reach": [{"go": "/"}],
        "fill": {"member": {"from": "patient.member_id"}},
        "press": "go",
        "outcomes": [{"view": "person"}],
    }
}
INTERRUPTIONS = [
    {"view": "survey", "press": "later"},
    {"view": "maintenance", "ending": "transient", "code": "TECH-MAINT", "until": "until"},
]


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> Any:
    async with serving() as running:
        running.pages |= {"/": SEARCH, "/found": lambda asked: FOUND.format(asked.partition("=")[2])}
        yield running


async def asked(site: Site, page: Page) -> str:
    on = await session(site, page)
    await on.open("search", question(1))
    await on.ask("search", question(1))
    return (await on.read("person")).fields["member"].shown.text


async def session(site: Site, page: Page) -> Session:
    return await session_on(page, small_pack(site, VIEWS, forms=FORMS, interruptions=INTERRUPTIONS))


@pytest.mark.parametrize("where", ["/", "/found"])
@pytest.mark.parametrize("when", ["show()", "setTimeout(show, 300)"], ids=["with the page", "later"])
async def test_a_pop_up_over_a_page_is_closed(site: Site, page: Page, where: str, when: str) -> None:
    before = site.pages[where]
    html = SHOW.format(POPUP, when)
    site.pages[where] = (lambda asked: before(asked) + html) if callable(before) else before + html
    assert await asked(site, page) == ID


@pytest.mark.parametrize("on", ["input", "focus"])
async def test_a_pop_up_that_comes_while_a_form_is_filled_is_closed_before_the_press(
    site: Site, page: Page, on: str
) -> None:
    listen = f"document.querySelector('input').addEventListener('{on}', show, {{ once: true }})"
    site.pages["/"] = SEARCH + SHOW.format(POPUP, listen)
    assert await asked(site, page) == ID
    assert [path for path in site.asked if path.startswith("/found")] == [f"/found?m={ID}"]


async def test_a_pop_up_that_comes_back_for_ever_stops_the_look_up(
    site: Site, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.watched_page._LOOKS_UNTIL_GONE", 2)
    again = "show(); new MutationObserver(() => document.querySelector('#cover') ?? show()).observe(document.body,"
    site.pages["/"] = SEARCH + SHOW.format(POPUP, again + " { childList: true })")
    with pytest.raises(Stop) as stopped:
        await asked(site, page)
    assert (stopped.value.outcome.ending, reason(stopped.value).view) == (Ending.DRIFT, "survey")


async def test_something_unknown_that_covers_the_button_is_drift(
    site: Site, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.portal_page._FIRST_TRY_SECONDS", 0.4)
    monkeypatch.setattr("bots.portal_page._SECOND_TRY_SECONDS", 0.4)
    site.pages["/"] = SEARCH + "<div style='position:fixed;inset:0'></div>"
    with pytest.raises(Stop) as stopped:
        await asked(site, page)
    assert (stopped.value.outcome.ending, reason(stopped.value).element) == (Ending.DRIFT, "go")
    assert not [path for path in site.asked if path.startswith("/found")]


async def test_a_page_that_says_when_the_portal_is_back_ends_the_look_up_until_then(site: Site, page: Page) -> None:
    """In the portal's own time: New York."""
    site.pages["/found"] = (
        "<p class=closed>We are closed.</p><dl><dt>Back at</dt><dd class=until>11/23/2026 6:00 AM</dd></dl>"
    )
    with pytest.raises(Stop) as stopped:
        await asked(site, page)
    found = reason(stopped.value)
    assert (found.code, found.not_before and found.not_before.isoformat()) == (
        Code.TECH_MAINT,
        "2026-11-23T11:00:00+00:00",
    )
