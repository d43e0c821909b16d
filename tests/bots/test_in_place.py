"""Answers that a script puts into the page that is there: what was there before never counts as the answer."""

from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots.session import Session
from flows.outcomes import Code, Ending, Stop
from flows.portal import Followed
from packs.moves import Next
from tests.bots.describing import claims_table
from tests.bots.small_site import (
    Site,
    button,
    field_of,
    heading,
    open_page,
    reason,
    serving,
    session_on,
    shown,
    small_pack,
)
from tests.ledger.office import question

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

APPLICATION = """<h1>Search</h1><label>Member <input name=m></label><button>Find</button><div id=out></div>
<script>
const out = document.querySelector('#out'), input = document.querySelector('input');
const none = () => '<p class=none>No member matches.</p>';
const card = (id) => `<h2>Member</h2><dl><dt>Member ID</dt><dd>${id}</dd></dl>`;
const draw = (html) => { out.innerHTML = html };
const later = (what, wait = 150) => setTimeout(what, wait);
let state = '';
SCRIPT
</script>"""

VIEWS: dict[str, Any] = {
    "search": {
        "recognise": ["heading"],
        "elements": {
            "heading": heading("Search"),
            "member": field_of("Member", "input"),
            "go": button("Find", "button"),
            "none": shown("No member matches.", ".none"),
        },
    },
    "person": {
        "recognise": ["heading"],
        "busy": "busy",
        "elements": {
            "heading": heading("Member", "h2"),
            "member": {"find": [{"near": "Member ID"}, {"css": "dd"}]},
            "busy": shown("Loading", ".busy"),
        },
    },
}
FORMS: dict[str, Any] = {
    "search": {
        "view": "search",
        "reach": [],
        "fill": {"member": {"from": "patient.member_id"}},
        "press": "go",
        "new_page": False,
        "outcomes": [{"element": "none", "means": "not-found"}, {"view": "person"}],
    }
}


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> Any:
    async with serving() as running:
        yield running


async def session(site: Site, page: Page, script: str, seconds: float = 2) -> Session:
    site.pages["/"] = APPLICATION.replace("SCRIPT", script)
    on = await session_on(page, small_pack(site, VIEWS, forms=FORMS, answer_seconds=seconds))
    await open_page(on, "/")
    return on


async def ask(on: Session, number: int) -> Followed:
    await on.open("search", question(number))
    return await on.ask("search", question(number))


async def member(on: Session) -> str:
    return (await on.read("person")).fields["member"].shown.text


def member_id(number: int) -> str:
    return str(question(number).patient.member_id)


WAYS_TO_ANSWER = {
    "the old answer stays until the new one is there": "later(() => draw(card(input.value)))",
    "the old answer goes at once": "draw(''); later(() => draw(card(input.value)))",
    "the old answer is drawn again in new nodes first": (
        "draw(out.innerHTML); later(() => draw(out.innerHTML), 60); later(() => draw(card(input.value)), 200)"
    ),
    "a marker of business stands beside the old answer": (
        "draw(out.innerHTML + '<p class=busy>Loading</p>'); later(() => draw(card(input.value)))"
    ),
    "the answer comes piece by piece": (
        "draw(''); later(() => draw('<h2>Member</h2>'), 50); later(() => draw(card('')), 80);"
        " later(() => draw(card(input.value)), 120)"
    ),
}


@pytest.mark.parametrize("how", WAYS_TO_ANSWER)
async def test_the_answer_is_the_one_to_this_question(site: Site, page: Page, how: str) -> None:
    on = await session(site, page, f"document.querySelector('button').onclick = () => {{ {WAYS_TO_ANSWER[how]} }};")
    for number in (1, 2, 3):
        assert (await ask(on, number)).view == "person"
        assert await member(on) == member_id(number)


async def test_the_same_answer_again_counts_when_the_page_was_busy_meanwhile(site: Site, page: Page) -> None:
    """And be it for a moment only."""
    script = (
        "document.querySelector('button').onclick = () => {"
        " later(() => draw(out.innerHTML + '<p class=busy>Loading</p>'));"
        " later(() => draw(card(input.value)), 170) };"
    )
    on = await session(site, page, script)
    for _ in range(3):
        assert (await ask(on, 1)).view == "person"


async def test_a_press_that_the_browser_is_slow_to_confirm_is_not_pressed_again(
    site: Site, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.portal_page._FIRST_TRY_SECONDS", 0.5)
    site.pages["/api"] = "{}"
    script = (
        "document.querySelector('button').onclick = () => { const end = performance.now() + 1200;"
        " while (performance.now() < end); fetch('/api').then(() => draw(card(input.value))) };"
    )
    on = await session(site, page, script, seconds=5)
    for number in (1, 2):
        assert (await ask(on, number)).view == "person"
        assert await member(on) == member_id(number)
    assert site.asked.count("/api") == 2


@pytest.mark.parametrize(
    "script",
    ["/* nothing at all */", "draw(out.innerHTML); later(() => draw(out.innerHTML), 100)"],
    ids=["no answer", "only the old answer, drawn again"],
)
@pytest.mark.parametrize("first", ["card(input.value)", "none()"], ids=["a page", "a message"])
async def test_what_was_there_before_is_never_the_answer(site: Site, page: Page, first: str, script: str) -> None:
    press = (
        f"let n = 0; document.querySelector('button').onclick = () => {{ if (n++) {{ {script} }} else draw({first}) }};"
    )
    on = await session(site, page, press, seconds=1)
    await ask(on, 1)
    with pytest.raises(Stop) as stopped:
        await ask(on, 2)
    assert (stopped.value.outcome.ending, reason(stopped.value).code) == (Ending.TRANSIENT, Code.TECH_TIMEOUT)


async def test_a_message_after_a_page_and_a_page_after_a_message_are_heard(site: Site, page: Page) -> None:
    script = (
        "let n = 0; document.querySelector('button').onclick = () => {"
        " later(() => draw(n++ % 2 ? none() : card(input.value))) };"
    )
    on = await session(site, page, script)
    assert [(await ask(on, number)).view for number in (1, 2, 3, 4)] == ["person", None, "person", None]


async def test_an_unknown_answer_in_place_is_drift(site: Site, page: Page) -> None:
    script = "document.querySelector('button').onclick = () => later(() => draw('<h2>Subscriber</h2>'));"
    on = await session(site, page, script, seconds=1)
    with pytest.raises(Stop) as stopped:
        await ask(on, 1)
    assert (stopped.value.outcome.ending, reason(stopped.value).ways[0]) == (
        Ending.DRIFT,
        "person.heading: role 'heading' named 'Member': found nothing",
    )


async def test_a_page_whose_script_still_waits_for_the_portal_is_no_unknown_page(site: Site, page: Page) -> None:
    """It shows nothing that anybody described, and nothing moves, while the portal takes its time."""
    site.pages |= {"/api": "{}", "/": "<p>Moment</p><script>fetch('/api').then(() => location = '/app')</script>"}
    site.slow["/api"] = 5
    site.pages["/app"] = APPLICATION.replace("SCRIPT", "")
    on = await session_on(page, small_pack(site, VIEWS, forms=FORMS, answer_seconds=15))
    await on.page.go("/")
    assert (await on.page.follow([Next(view="search")], view=None)).view == "search"


async def test_a_portal_that_never_answers_the_pages_script_is_slow_and_not_unknown(site: Site, page: Page) -> None:
    site.pages["/api"] = "{}"
    site.slow["/api"] = 60
    script = "document.querySelector('button').onclick = () => { draw('<i>Asking</i>'); fetch('/api') };"
    on = await session(site, page, script, seconds=1)
    with pytest.raises(Stop) as stopped:
        await ask(on, 1)
    assert (stopped.value.outcome.ending, reason(stopped.value).code) == (Ending.TRANSIENT, Code.TECH_TIMEOUT)


@pytest.mark.parametrize(
    ("status", "code"), [("429 Too Many\r\nRetry-After: 90", Code.TECH_429), ("502 Bad Gateway", Code.TECH_5XX)]
)
async def test_a_failure_that_only_the_pages_script_is_told_of_is_the_portals(
    site: Site, page: Page, status: str, code: Code
) -> None:
    """The page shows an error of its own that nobody described."""
    site.pages["/api"] = "{}"
    site.headers["/api"] = status
    script = "document.querySelector('button').onclick = () => fetch('/api').then(() => draw('<h2>Oops</h2>'));"
    on = await session(site, page, script, seconds=20)
    before = on.now()
    with pytest.raises(Stop) as stopped:
        await ask(on, 1)
    found = reason(stopped.value)
    assert (stopped.value.outcome.ending, found.code) == (Ending.TRANSIENT, code)
    if code is Code.TECH_429:
        assert found.not_before is not None
        assert 89 <= (found.not_before - before).total_seconds() <= 100


# Paging in place

PAGED = """<h1>Claims</h1><div id=list></div><script>
let at = 0; const rows = 'ABCDEFG'.split(''), size = 3, list = document.querySelector('#list');
const row = (n) => `<tr><td><a href=#>${n}</a></td><td>ROE</td><td>$1.00</td></tr>`;
const html = (rows, position) => '<table class=found><caption>Claims found</caption>'
  + '<tr><th>Claim number</th><th>Patient</th><th>Charge</th></tr>' + rows.map(row).join('')
  + `</table><p class=position>${position}</p><button class=previous ${at ? '' : 'disabled'}>Previous</button>`
  + `<button class=next ${(at + 1) * size < rows0.length ? '' : 'disabled'}>Next</button>`;
const rows0 = rows;
const position = () => `${at * size + 1}-${Math.min((at + 1) * size, rows.length)} of ${rows.length}`;
const draw = () => { list.innerHTML = html(rows.slice(at * size, (at + 1) * size), position()); bind() };
const bind = () => {
  list.querySelector('.next').onclick = () => turn(1); list.querySelector('.previous').onclick = () => turn(-1) };
const turn = (by) => { TURN };
draw();
</script>"""


def paged_views() -> dict[str, Any]:
    listing = claims_table()
    listing["elements"] |= {
        "total": {
            "find": [{"matches": "\\d+-\\d+ of \\d+"}, {"css": ".position"}],
            "type": "integer",
            "pattern": "of (\\d+)$",
        },
        "next": button("Next", ".next"),
        "previous": button("Previous", ".previous"),
    }
    listing["tables"]["claims"] = {
        key: value for key, value in listing["tables"]["claims"].items() if key not in ("opens", "after_open")
    } | {"paging": {"next": "next", "previous": "previous", "total": "total", "new_page": False, "position": "total"}}
    return {"claims": listing}


async def paged(site: Site, page: Page, turn: str) -> Session:
    site.pages["/"] = PAGED.replace("TURN", turn)
    on = await session_on(page, small_pack(site, paged_views(), answer_seconds=1.5))
    await open_page(on, "/")
    return on


@pytest.mark.parametrize(
    "turn",
    [
        "at += by; draw()",
        "at += by; setTimeout(draw, 200)",
        "list.innerHTML = list.innerHTML; bind(); at += by; setTimeout(draw, 200)",
        "at += by; list.querySelector('.position').textContent = position(); setTimeout(draw, 250)",
        "at += by; list.innerHTML = '<p>Loading</p>'; setTimeout(draw, 200)",
    ],
    ids=["at once", "later", "the old page is drawn again first", "the position changes first", "nothing meanwhile"],
)
async def test_a_table_that_turns_in_place_is_read_whole(site: Site, page: Page, turn: str) -> None:
    on = await paged(site, page, turn)
    rows = (await on.read("claims")).tables["claims"]
    assert "".join(row.cells["payer_claim_number"].shown.text for row in rows) == "ABCDEFG"


@pytest.mark.parametrize("turn", ["", "draw()"], ids=["nothing happens", "the same page is drawn again"])
async def test_a_table_that_does_not_turn_ends_as_no_answer(site: Site, page: Page, turn: str) -> None:
    on = await paged(site, page, turn)
    with pytest.raises(Stop) as stopped:
        await on.read("claims")
    assert stopped.value.outcome.ending is Ending.TRANSIENT
