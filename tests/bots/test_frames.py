"""Frames: a view is recognised, filled, pressed and read in its own frame, and all frames are waited for at once."""

import json
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots.browser import BrowserHost
from bots.installed_browser import Browser
from bots.session import Session
from flows.outcomes import Code, Ending, Stop
from tests.bots.small_site import (
    Site,
    button,
    field_of,
    heading,
    link,
    open_page,
    reason,
    serving,
    session_on,
    small_pack,
)
from tests.ledger.office import question

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

SEARCH = "<h1>Search</h1><form action=/app/found><label>Member <input name=m></label><button>Find</button></form>"
FOUND = "<h1>Member</h1><dl><dt>Member ID</dt><dd>{}</dd></dl>"
EXPIRED = "<h1>Sign in</h1><p>Your session has ended.</p>"


def views(frame: str) -> dict[str, Any]:
    return {
        "shell": {"recognise": ["heading"], "elements": {"heading": heading("Portal", "body > h1")}},
        "search": {
            "frame": frame,
            "recognise": ["heading"],
            "elements": {
                "heading": heading("Search"),
                "member": field_of("Member", "input"),
                "go": button("Find", "button"),
            },
        },
        "person": {
            "frame": frame,
            "recognise": ["heading"],
            "elements": {
                "heading": heading("Member"),
                "member": {"find": [{"near": "Member ID"}, {"css": "dd"}]},
            },
        },
        "expired": {
            "frame": frame,
            "recognise": ["heading"],
            "elements": {"heading": heading("Sign in")},
        },
        "outside": {"recognise": ["heading"], "elements": {"heading": heading("Signed out", "body > h1")}},
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
FRAMES: dict[str, Any] = {
    "by-name": {"name": "content"},
    "by-path": {"path": "/app/search"},
    "nested": {"name": "inner", "inside": "outer"},
    "outer": {"name": "outer"},
    "elsewhere": {"name": "elsewhere"},
    "elsewhere-nested": {"name": "deep", "inside": "elsewhere"},
}
INTERRUPTIONS = [{"view": "expired", "expired": True}, {"view": "outside", "expired": True}]


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> Any:
    async with serving() as running:
        running.pages |= {
            "/app/search": SEARCH,
            "/app/found": lambda asked: FOUND.format(asked.partition("m=")[2]),
        }
        yield running


async def session(site: Site, page: Page, frame: str, shell: str, **more: Any) -> Session:
    site.pages["/"] = shell
    around = {name: FRAMES[name] for name in (frame, FRAMES[frame].get("inside")) if name is not None}
    described = small_pack(site, views(frame), forms=FORMS, frames=around, interruptions=INTERRUPTIONS, **more)
    return await session_on(page, described)


@pytest.mark.parametrize(
    ("frame", "shell"),
    [
        ("by-name", "<h1>Portal</h1><iframe name=content src=/app/search></iframe>"),
        ("by-name", "<h1>Portal</h1><iframe src=/ads></iframe><iframe id=content src=/app/search></iframe>"),
        (
            "by-name",
            "<frameset rows='50,*'><frame name=banner src=/banner><frame name=content src=/app/search></frameset>",
        ),
        ("nested", "<h1>Portal</h1><iframe name=outer src=/outer></iframe>"),
        ("nested", "<frameset rows='*'><frame name=outer src=/outer></frameset>"),
        ("elsewhere", "<h1>Portal</h1><iframe name=elsewhere src='http://localhost:{port}/app/search'></iframe>"),
        ("elsewhere-nested", "<h1>Portal</h1><iframe name=elsewhere src='http://localhost:{port}/deep'></iframe>"),
        (
            "by-name",
            "<h1>Portal</h1><script>setTimeout(() => { document.body.innerHTML += "
            "'<iframe name=content src=/app/search></iframe>' }, 400)</script>",
        ),
    ],
)
async def test_a_form_in_a_frame_is_filled_pressed_and_answered_there(
    site: Site, page: Page, frame: str, shell: str
) -> None:
    site.pages["/outer"] = "<iframe name=inner src=/app/search></iframe>"
    site.pages["/deep"] = "<iframe name=deep src=/app/search></iframe>"
    on = await session(site, page, frame, shell.replace("{port}", str(site.port)))
    for number in (1, 2):
        await on.open("search", question(number))
        assert (await on.ask("search", question(number))).view == "person"
        reading = await on.read("person")
        assert reading.fields["member"].shown.text == question(number).patient.member_id


async def test_the_frame_is_known_by_the_path_of_its_document(site: Site, page: Page) -> None:
    shell = "<h1>Portal</h1><iframe src=/banner></iframe><iframe src=/app/search></iframe>"
    on = await session(site, page, "by-path", shell)
    await on.open("search", question(1))


async def test_the_document_of_the_frame_is_the_evidence(site: Site, page: Page) -> None:
    on = await session(site, page, "by-name", "<h1>Portal</h1><iframe name=content src=/app/search></iframe>")
    await on.open("search", question(1))
    await on.read("search")
    await on.seen.take_picture(on.page.engine)
    texts = [content.decode() for content in on.seen._pages.values()]
    assert "<h1>Search</h1>" in texts[0] and "Portal" not in texts[0]
    assert "<h1>Portal</h1>" in texts[1] and "<h1>Search</h1>" in texts[2]


async def test_the_texts_that_decided_are_marked_on_the_picture_wherever_they_stand(site: Site, page: Page) -> None:
    shell = "<h1>Portal</h1><p style='height: 3000px'></p><iframe name=content src=/app/search></iframe>"
    on = await session(site, page, "by-name", shell)
    await on.open("search", question(1))
    await on.seen.take_picture(on.page.engine, deciding=("Search", "Nowhere"))
    marked = json.loads(on.seen._marks or b"")
    ((left, top, width, height),) = marked["boxes"]
    assert 0 <= left < marked["width"] and 0 <= top < marked["height"] and width > 0 and height > 0
    await on.seen.take_picture(on.page.engine)
    assert on.seen._marks is None


@pytest.mark.parametrize("where", ["in the frame", "in the page around it"])
async def test_a_session_that_ended_is_told_wherever_the_portal_says_so(site: Site, page: Page, where: str) -> None:
    """With HTTP 200, as portals do."""
    on = await session(site, page, "by-name", "<h1>Portal</h1><iframe name=content src=/app/search></iframe>")
    await on.open("search", question(1))
    inside = where == "in the frame"
    script = "<script>parent.document.querySelector('h1').textContent = 'Signed out'</script>"
    site.pages["/app/found"] = EXPIRED if inside else f"<h1>Moment</h1>{script}"
    with pytest.raises(Stop) as stopped:
        await on.ask("search", question(1))
    found = reason(stopped.value)
    assert (found.code, found.view) == (Code.TECH_SESSION, "expired" if inside else "outside")


async def test_a_menu_in_one_frame_is_answered_in_another(site: Site, page: Page) -> None:
    """The content frame still shows the last answer, of the same view, while the next one is on its way."""
    site.pages |= {
        "/menu": "<a href='/app/found?m=NEW' target=content>Mine</a>",
        "/app/old": FOUND.format("OLD"),
    }
    site.slow["/app/found"] = 0.5
    described = views("by-name")
    described["menu"] = {"frame": "menu", "recognise": ["mine"], "elements": {"mine": link("Mine", "a")}}
    described["person"]["prepare"] = [{"click": "menu.mine", "then": "person"}]
    frames = {**FRAMES, "menu": {"name": "menu"}}
    site.pages["/"] = "<frameset cols='100,*'><frame name=menu src=/menu><frame name=content src=/app/old></frameset>"
    on = await session_on(page, small_pack(site, described, forms=FORMS, frames=frames, interruptions=INTERRUPTIONS))
    await open_page(on, "/")
    assert (await on.read("person")).fields["member"].shown.text == "NEW"


async def test_a_step_that_is_taken_if_its_element_is_there_is_not_taken_while_its_frame_is_not(
    site: Site, page: Page
) -> None:
    described = views("by-name")
    described["shell"]["prepare"] = [{"click": "search.go", "if_there": True, "then": "shell"}]
    site.pages["/"] = "<h1>Portal</h1>"
    on = await session_on(page, small_pack(site, described, forms=FORMS, frames={"by-name": FRAMES["by-name"]}))
    await open_page(on, "/")
    assert (await on.read("shell")).view == "shell"


async def test_a_frame_that_never_comes_ends_as_no_answer(site: Site, page: Page) -> None:
    on = await session(
        site, page, "by-name", "<h1>Portal</h1><iframe name=content src=/never></iframe>", answer_seconds=1
    )
    site.slow["/never"] = 5
    with pytest.raises(Stop) as stopped:
        await on.open("search", question(1))
    assert stopped.value.outcome.ending is Ending.TRANSIENT


async def test_an_unknown_page_in_the_frame_is_drift_that_says_what_was_looked_for(site: Site, page: Page) -> None:
    site.pages["/app/search"] = "<h1>Find a member</h1>"
    on = await session(
        site, page, "by-name", "<h1>Portal</h1><iframe name=content src=/app/search></iframe>", answer_seconds=20
    )
    with pytest.raises(Stop) as stopped:
        await on.open("search", question(1))
    found = reason(stopped.value)
    assert (stopped.value.outcome.ending, found.view) == (Ending.DRIFT, "search")
    assert found.ways == (
        "search.heading: role 'heading' named 'Search': found nothing",
        "search.heading: css 'h1': found one place",
    )


async def test_two_frames_that_fit_the_description_are_none(site: Site, page: Page) -> None:
    shell = (
        "<h1>Portal</h1><iframe name=content src=/app/search></iframe><iframe name=content src=/app/search></iframe>"
    )
    on = await session(site, page, "by-name", shell, answer_seconds=1)
    with pytest.raises(Stop):
        await on.open("search", question(1))


@pytest.mark.parametrize("frame", ["elsewhere", "elsewhere-nested"])
async def test_a_frame_of_another_site_may_be_drawn_by_a_process_of_its_own(
    site: Site, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frame: str
) -> None:
    """It comes, loads, goes and comes again; of the sessions that its process needs, one is left at the end."""
    monkeypatch.setattr("bots.browser._ARGUMENTS", ("--site-per-process",))
    path = "/app/search" if frame == "elsewhere" else "/deep"
    site.pages["/deep"] = "<iframe name=deep src=/app/search></iframe>"
    shell = f"<h1>Portal</h1><iframe name=elsewhere src='http://localhost:{site.port}{path}'></iframe>"
    async with BrowserHost(tmp_path, browser, "office@example.org") as host:
        context = await host.new_context()
        on = await session(site, await context.new_page(), frame, shell)
        for number in range(1, 4):
            await on.open("search", question(number))
            await on.ask("search", question(number))
            assert (await on.read("person")).fields["member"].shown.text == question(number).patient.member_id
        known = on.page.engine._documents._known
        assert [name for name in known if known[name].own_session] == ["elsewhere"]
