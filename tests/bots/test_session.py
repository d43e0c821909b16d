"""What a session makes of the page that follows a press."""

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.async_api import Page, Route

from bots.clock import SystemClock
from bots.engine import PageEngine
from bots.pace import Pace
from bots.portal_page import PortalPage
from bots.session import Session
from flows.outcomes import Code, Stop
from tests.bots.describing import no_wait, pack
from tests.ledger.office import question

pytestmark = pytest.mark.browser

SEARCH = """<h1>Search</h1><form action=/answer><label>Member <input name=member></label><button>Find</button></form>"""
NOTHING = SEARCH + "<p class=none>No member matches.</p>"
PERSON = "<h1>Member</h1><dl><dt>Member ID</dt><dd>{}</dd></dl>"

VIEWS: Mapping[str, Any] = {
    "search": {
        "recognise": ["heading"],
        "elements": {
            "heading": {"find": [{"role": "heading", "name": "Search"}, {"css": "h1"}]},
            "member": {"action": "fill", "find": [{"label": "Member"}, {"css": "input"}]},
            "go": {"action": "navigate", "find": [{"role": "button", "name": "Find"}, {"css": "button"}]},
            "none": {"find": [{"text": "No member matches."}, {"css": ".none"}]},
        },
    },
    "person": {
        "recognise": ["heading"],
        "elements": {
            "heading": {"find": [{"role": "heading", "name": "Member"}, {"css": "h1"}]},
            "member": {"find": [{"near": "Member ID"}, {"css": "dd"}]},
        },
    },
}
FORMS: Mapping[str, Any] = {
    "search": {
        "view": "search",
        "reach": [{"go": "/"}],
        "fill": {"member": {"from": "patient.member_id"}},
        "press": "go",
        "outcomes": [{"element": "none", "means": "not-found"}, {"view": "person"}],
        "echo": {"person.member": "patient.member_id"},
    }
}


async def session_before(page: Page, engine: PageEngine, answer: str) -> Session:
    async def respond(route: Route) -> None:
        html = answer if "/answer" in route.request.url else SEARCH
        await route.fulfill(body=html, content_type="text/html")

    await page.route("**/*", respond)
    described = pack(VIEWS, forms=FORMS, address="https://portal.invalid")
    return Session(PortalPage(engine, described), SystemClock(), Pace(no_wait, SystemClock()))


async def test_a_message_in_place_of_the_page_with_the_echo_means_what_the_pack_says(
    page: Page, engine: PageEngine
) -> None:
    session = await session_before(page, engine, NOTHING)
    await session.open("search", question(1))
    assert (await session.ask("search", question(1))).means == "not-found"


async def test_a_page_about_somebody_else_than_was_asked_for_ends_the_look_up(page: Page, engine: PageEngine) -> None:
    session = await session_before(page, engine, PERSON.format("OTHER"))
    await session.open("search", question(1))
    with pytest.raises(Stop) as stopped:
        await session.ask("search", question(1))
    assert stopped.value.outcome.reason is not None
    assert stopped.value.outcome.reason.code is Code.DATA_CONFLICT
