"""Waiting for what follows a press: the page before it never counts as the answer, and nothing is slept through."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route

from bots.engine import PageEngine
from bots.faults import PageFailed, PageFault
from packs.views import View
from tests.bots.describing import element, view

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

HOME = "http://portal.invalid/home"
SEARCH = view(
    {
        "recognise": ["heading"],
        "absent": ["message"],
        "busy": "loading",
        "elements": {
            "heading": {"find": [{"role": "heading", "name": "Search"}, {"css": "h1"}]},
            "message": {"find": [{"text": "Not found"}, {"css": ".message"}]},
            "loading": {"find": [{"text": "Loading"}, {"css": ".loading"}]},
            "go": {"find": [{"role": "link", "name": "Go"}, {"css": "a"}], "action": "navigate"},
        },
    }
)
RESULT: View = view(
    {
        "recognise": ["heading"],
        "elements": {"heading": {"find": [{"role": "heading", "name": "Result"}, {"css": "h1"}]}},
    }
)
BOTH = {"search": SEARCH, "result": RESULT}
GO = SEARCH.elements["go"]
Answer = Callable[[str, str], None]


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@pytest_asyncio.fixture(loop_scope="session")
async def portal(page: Page) -> AsyncIterator[Answer]:
    """Says what the portal answers: `portal("/path", html)`; a path it was told nothing about is never answered."""
    pages: dict[str, tuple[int, str]] = {}

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://portal.invalid")
        if path in pages:
            status, html = pages[path]
            await route.fulfill(status=status, body=html, content_type="text/html")
        elif path == "/refused":
            await route.abort("connectionrefused")

    await page.route("http://portal.invalid/**", answer)

    def say(path: str, html: str) -> None:
        status, _, rest = html.partition("|")
        pages[path] = (int(status), rest) if status.isdigit() else (200, html)

    yield say
    await page.unroute_all(behavior="ignoreErrors")


async def pressed(engine: PageEngine, portal: Answer, href: str) -> None:
    portal("/home", f"<h1>Search</h1><a href='{href}'>Go</a>")
    await engine.go(HOME, 5)
    assert (await engine.wait_for(BOTH, timeout=5)).views == ("search",)
    await engine.mark()
    await engine.press(GO)


async def test_the_next_page_is_recognised_as_soon_as_it_is_there(engine: PageEngine, portal: Answer) -> None:
    portal("/next", "<h1>Result</h1>")
    await pressed(engine, portal, "/next")
    begun = time.monotonic()
    arrived = await engine.wait_for(BOTH, timeout=10, new_document=True)
    assert (arrived.views, arrived.new_document, arrived.status) == (("result",), True, 200)
    assert time.monotonic() - begun < 3


async def test_the_page_before_the_press_is_not_taken_for_the_answer(engine: PageEngine, portal: Answer) -> None:
    """The same view again, but only as a new document."""
    await pressed(engine, portal, "#nothing-happens")
    arrived = await engine.wait_for(BOTH, timeout=0.5, new_document=True)
    assert (arrived.recognised, arrived.new_document) == (False, False)
    await pressed(engine, portal, "/home?again")
    portal("/home?again", "<h1>Search</h1>")
    await engine.page.goto(HOME + "?again")
    arrived = await engine.wait_for(BOTH, timeout=5, new_document=True)
    assert (arrived.views, arrived.new_document) == (("search",), True)


async def test_a_press_that_is_never_answered_ends_in_time_and_stays_ended(engine: PageEngine, portal: Answer) -> None:
    await pressed(engine, portal, "/never-answered")
    begun = time.monotonic()
    arrived = await engine.wait_for(BOTH, timeout=0.5, new_document=True)
    assert (arrived.recognised, arrived.new_document) == (False, False)
    assert await engine.recognise(BOTH) == ("search",)
    assert time.monotonic() - begun < 4


async def test_an_unknown_page_ends_the_waiting_before_its_time(engine: PageEngine, portal: Answer) -> None:
    portal("/next", "<h1>Something else</h1>")
    await pressed(engine, portal, "/next")
    begun = time.monotonic()
    arrived = await engine.wait_for(BOTH, timeout=20, new_document=True, settle=0.3)
    assert (arrived.recognised, arrived.new_document, arrived.status) == (False, True, 200)
    assert time.monotonic() - begun < 5


async def test_an_error_page_is_told_at_once_with_its_status(engine: PageEngine, portal: Answer) -> None:
    portal("/next", "503|<h1>Service unavailable</h1>")
    await pressed(engine, portal, "/next")
    begun = time.monotonic()
    arrived = await engine.wait_for(BOTH, timeout=20, new_document=True, settle=20)
    assert (arrived.recognised, arrived.status) == (False, 503)
    assert time.monotonic() - begun < 5


async def test_a_chain_of_pages_is_followed_to_the_one_that_is_known(engine: PageEngine, portal: Answer) -> None:
    portal("/next", "<h1>Moment</h1><script>setTimeout(() => location.replace('/two'), 200)</script>")
    portal("/two", "<h1>Moment</h1><script>setTimeout(() => location.replace('/three'), 200)</script>")
    portal("/three", "<h1>Result</h1>")
    await pressed(engine, portal, "/next")
    arrived = await engine.wait_for(BOTH, timeout=10, new_document=True)
    assert arrived.views == ("result",)


async def test_a_refused_connection_is_told_as_such(engine: PageEngine, portal: Answer) -> None:
    await pressed(engine, portal, "/refused")
    with pytest.raises(PageFailed) as failed:
        await engine.wait_for(BOTH, timeout=5, new_document=True)
    assert failed.value.kind is PageFault.NAVIGATION_REFUSED
    with pytest.raises(PageFailed) as failed:
        await engine.go(f"http://127.0.0.1:{closed_port()}/", 5)
    assert failed.value.kind is PageFault.NAVIGATION_REFUSED


async def test_a_view_counts_when_it_is_no_longer_busy(engine: PageEngine, portal: Answer) -> None:
    portal(
        "/home",
        """<h1>Search</h1><p class=loading>Loading</p>
        <script>setTimeout(() => document.querySelector('p').remove(), 400)</script>""",
    )
    begun = time.monotonic()
    await engine.go(HOME, 5)
    assert (await engine.wait_for(BOTH, timeout=5, settle=0.1)).views == ("search",)
    assert time.monotonic() - begun > 0.4


async def test_a_view_that_stays_busy_is_told_as_busy(engine: PageEngine, portal: Answer) -> None:
    portal("/home", "<h1>Search</h1><p class=loading>Loading</p>")
    await engine.go(HOME, 5)
    arrived = await engine.wait_for(BOTH, timeout=0.6)
    assert (arrived.recognised, arrived.busy) == (False, True)


@pytest.mark.parametrize("message", ["<p class=message>Not found</p>", "<p class=message>No such member</p>"])
async def test_a_view_with_any_message_on_it_is_not_the_plain_view(
    engine: PageEngine, portal: Answer, message: str
) -> None:
    """Also when only the shape of the message is known: a reworded rejection must not look like a fresh form."""
    portal("/home", f"<h1>Search</h1>{message}")
    await engine.go(HOME, 5)
    assert not (await engine.wait_for(BOTH, timeout=3, settle=0.1)).recognised


@pytest.mark.parametrize(("text", "heard"), [("Not found", ("message",)), ("Unavailable", ())])
async def test_a_message_counts_only_when_all_its_ways_agree(
    engine: PageEngine, portal: Answer, text: str, heard: tuple[str, ...]
) -> None:
    portal("/home", f"<h1>Search</h1><p class=message>{text}</p>")
    await engine.go(HOME, 5)
    message = {"message": SEARCH.elements["message"]}
    assert (await engine.wait_for(BOTH, message, timeout=3, settle=0.1)).elements == heard


async def test_a_script_that_answers_in_the_same_document_is_heard(engine: PageEngine, portal: Answer) -> None:
    script = "setTimeout(() => { document.querySelector('h1').textContent = 'Result' }, 200)"
    await pressed(engine, portal, f"#' onclick=\"{script}\" rel='")
    arrived = await engine.wait_for({"result": RESULT}, timeout=5)
    assert (arrived.views, arrived.new_document) == (("result",), False)


@pytest.mark.parametrize("way", ["on the line", "from a deferred script"])
async def test_a_half_loaded_page_is_not_recognised(engine: PageEngine, way: str) -> None:
    """The heading is there, and the message below it is still on its way."""
    message = "<p class=message>Not found</p>"
    first, rest = f"<h1>Search</h1>{' ' * 4096}", message
    if way == "from a deferred script":
        first, rest = f"<h1>Search</h1><script defer src=/script></script>{' ' * 4096}", ""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        page = b"/script" not in request.partition(b"\r\n")[0]
        kind = "text/html" if page else "text/javascript"
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        writer.write(first.encode() if page else b"")
        await writer.drain()
        await asyncio.sleep(0.5 if rest or not page else 0)
        writer.write(rest.encode() if page else f"document.body.innerHTML += '{message}'".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await engine.go(f"http://127.0.0.1:{port}/", 5)
        arrived = await engine.wait_for(BOTH, {"message": SEARCH.elements["message"]}, timeout=5)
    assert (arrived.views, arrived.elements) == ((), ("message",))


async def test_reading_survives_a_navigation_storm(engine: PageEngine, portal: Answer) -> None:
    portal("/home", "<h1>Search</h1><script>setTimeout(() => location.reload(), Math.random() * 30)</script>")
    await engine.go(HOME, 5)
    for _ in range(15):
        assert (await engine.values({"h": element({"text": "Search"}, {"css": "h1"})}))["h"].text in ("Search", "")


async def test_a_crashed_page_is_told_at_once(engine: PageEngine) -> None:
    begun = time.monotonic()
    with pytest.raises(PageFailed):
        await engine.go("chrome://crash", 5)
    with pytest.raises(PageFailed) as failed:
        await engine.wait_for(BOTH, timeout=20)
    assert failed.value.kind is PageFault.CRASHED
    assert time.monotonic() - begun < 8


async def test_a_closed_page_is_told_at_once(engine: PageEngine) -> None:
    waiting = asyncio.ensure_future(engine.wait_for(BOTH, timeout=20))
    await asyncio.sleep(0.2)
    await engine.page.close()
    with pytest.raises(PageFailed) as failed:
        await asyncio.wait_for(waiting, 5)
    assert failed.value.kind is PageFault.CLOSED
