"""A document counts when it has come whole and opens; however the portal hands it out, and whatever comes instead."""

import asyncio
import contextlib
import gzip
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from bots import leftovers
from bots.browser import BrowserHost
from bots.intake import NotWhole, PasswordWrong
from bots.session import Session
from flows.outcomes import Code, Ending, Reason, Stop
from flows.portal import Collected, Followed, Means
from tests.bots.small_site import Site, button, heading, link, open_page, reason, serving, session_on, shown, small_pack
from vault.secret import Secret

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

FILE = b"ISA*00*\xe9 canary " + b"x" * 4000 + b"~IEA~"
ATTACHED = "200 OK\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=era.835"
SHOWN = "200 OK\r\nContent-Type: application/pdf\r\nContent-Disposition: inline"
OPEN_LATER = "const w = window.open(''); setTimeout(() => { w.location = '/shown' }, 300)"
SAVE = (
    "(async () => { const u = window.URL.createObjectURL(await (await fetch('/era')).blob());"
    " const a = document.createElement('a'); a.href = u; a.download = 'era.835'; a.click();"
    " window.URL.revokeObjectURL(u) })()"
)

HANDED_OUT = {
    "as an attachment": "<a class=era href=/era>835</a>",
    "by a link that saves it": "<a class=era href=/era download>835</a>",
    "in a tab": "<a class=era href=/shown target=_blank>835</a>",
    "in a tab that knows nothing of this one": "<a class=era href=/era target=_blank rel=noopener>835</a>",
    "in a popup": "<a class=era href=# onclick=\"window.open('/shown', 'w', 'width=300,height=200')\">835</a>",
    "in a popup that is blank first": f'<a class=era href=# onclick="{OPEN_LATER}">835</a>',
    "in a hidden frame": "<iframe name=f hidden></iframe><a class=era href=/era target=f>835</a>",
    "by way of another address": "<a class=era href=/moved>835</a>",
    "packed for the way": "<a class=era href=/packed>835</a>",
    "by a script that fetches it": f'<a class=era href=# onclick="{SAVE}">835</a>',
}


class SmallIntake:
    """Whole is what ends with the last segment; a password has to be the provider's number."""

    def __init__(self) -> None:
        self.passwords: list[str | None] = []

    def check(self, content: bytes, kind: str, password: str | None) -> Collected:
        self.passwords.append(password)
        if not content.endswith(b"~IEA~"):
            raise NotWhole("The file has no end.")
        if b"LOCKED" in content and password != "1234567893":
            raise PasswordWrong("The file is protected, and what opens it is not known.")
        assert kind == "835"
        return Collected(kind="835", sha256=hashlib.sha256(content).hexdigest(), size=len(content))


@pytest_asyncio.fixture(loop_scope="session")
async def context(host: BrowserHost) -> AsyncIterator[BrowserContext]:
    fresh = await host.new_context(accept_downloads=True)
    yield fresh
    await fresh.close()


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        running.files |= {"/era": FILE, "/shown": FILE, "/packed": gzip.compress(FILE)}
        running.headers |= {
            "/era": ATTACHED,
            "/shown": SHOWN,
            "/packed": f"{ATTACHED}\r\nContent-Encoding: gzip",
            "/moved": "302 Found\r\nLocation: /era",
        }
        running.pages["/being-built"] = "<h1>Being built</h1><p>Come back later.</p>"
        running.pages["/expired"] = "<h1>Sign in</h1>"
        yield running


def views(instead: Any = (), **document: Any) -> dict[str, Any]:
    described = {"kind": "835", "instead": list(instead), **document}
    return {
        "payments": {
            "recognise": ["heading"],
            "elements": {
                "heading": heading("Payments"),
                "empty": shown("No payments.", ".empty"),
                "era": {**link("835", "a.era"), "action": "download"},
                "later": shown("It is being built.", ".later", optional=True),
                "menu": button("Documents", "button.menu", optional=True),
            },
            "documents": {"era": {**described, "press": "era"}},
            "tables": {
                "payments": {
                    "find": [{"role": "table", "name": "Paid"}, {"css": "table"}],
                    "columns": {
                        "trace": {"header": "Trace", "position": 1, "business_key": True},
                        "file": {"header": "File", "position": 2},
                    },
                    "empty": "empty",
                    "documents": {"file": {**described, "press": "file"}},
                }
            },
        },
        "being-built": {"recognise": ["heading"], "elements": {"heading": heading("Being built")}},
        "expired": {"recognise": ["heading"], "elements": {"heading": heading("Sign in")}},
    }


async def session(site: Site, page: Page, html: str, described: dict[str, Any] | None = None, **more: Any) -> Session:
    """A session on a page with this in it; answers may take a second and a half."""
    site.pages["/list"] = f"<h1>Payments</h1>{html}<p class=empty>No payments.</p>"
    expired = [{"view": "expired", "expired": True}]
    seconds = more.pop("answer_seconds", 1.5)
    pack = small_pack(site, described or views(), interruptions=expired, answer_seconds=seconds)
    on = await session_on(page, pack, intake=SmallIntake(), **more)
    await open_page(on, "/list")
    return on


def collected(got: Collected | Followed) -> str:
    assert isinstance(got, Collected)
    return got.sha256


async def stopped(on: Session) -> tuple[Ending, Reason]:
    with pytest.raises(Stop) as ended:
        await on.collect("payments", "era")
    return ended.value.outcome.ending, reason(ended.value)


def stored() -> list[Path]:
    """What lies in the folders in which this process's browsers store files: the tests beside us have browsers too."""
    folder = leftovers.folder_in_memory()
    ours = (
        [] if folder is None else [owner.parent for owner in folder.glob("portalwright-browser-*/owner") if held(owner)]
    )
    return [file for private in ours for file in (private / "downloads").glob("*")]


def held(owner: Path) -> bool:
    """Has this process itself opened the file?"""
    for opened in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            if opened.samefile(owner):
                return True
    return False


async def until(true: Callable[[], bool]) -> None:
    """What the browser does on its own comes a moment later."""
    for _ in range(250):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError


@pytest.mark.parametrize("how", HANDED_OUT)
async def test_a_document_is_taken_whole_however_it_is_handed_out(site: Site, page: Page, how: str) -> None:
    on = await session(site, page, HANDED_OUT[how], views(window="tab" in how or "popup" in how), answer_seconds=10)
    for _ in range(2):
        assert collected(await on.collect("payments", "era")) == hashlib.sha256(FILE).hexdigest()
        assert page.url.rstrip("#") == site.url("/list")
        await until(lambda: page.context.pages == [page])
    assert not stored()


NOT_A_FILE: dict[str, Any] = {
    "half a file": {"cut": {"/era"}},
    "half a file and a reset": {"cut": {"/era"}, "reset": {"/era"}},
    "an empty file": {"files": {"/era": b""}},
    "a file without its end": {"files": {"/era": FILE[:-1]}},
    "the server's error": {"headers": {"/era": "503 No"}},
    "the server's error, to be saved": {"headers": {"/era": ATTACHED.replace("200 OK", "500 No")}},
    "an error page": {"files": {"/era": b"<h1>Sorry</h1>"}, "headers": {"/era": "200 OK"}},
    "an error page, to be saved": {"files": {"/era": b"<h1>Sorry</h1>"}},
    "no such page": {"headers": {"/era": "404 Not Found\r\nContent-Type: text/html"}},
}


@pytest.mark.parametrize("fault", NOT_A_FILE)
async def test_what_is_not_whole_does_not_count_and_may_be_fetched_again(site: Site, page: Page, fault: str) -> None:
    on = await session(site, page, HANDED_OUT["as an attachment"], answer_seconds=10)
    whole = dict(site.files), dict(site.headers)
    site.pages["/era"] = ""
    site.files |= NOT_A_FILE[fault].get("files", {})
    site.headers |= NOT_A_FILE[fault].get("headers", {})
    site.cut, site.reset = NOT_A_FILE[fault].get("cut", set()), NOT_A_FILE[fault].get("reset", set())
    ending, why = await stopped(on)
    assert (ending, why.code, why.view) == (Ending.TRANSIENT, Code.TECH_DOWNLOAD, "payments")
    site.files, site.headers = whole
    site.cut, site.reset = set(), set()
    assert collected(await on.collect("payments", "era")) == hashlib.sha256(FILE).hexdigest()


async def test_a_press_that_nothing_follows_ends_in_time(site: Site, page: Page) -> None:
    on = await session(site, page, "<a class=era href=# onclick='return false'>835</a>")
    ending, why = await stopped(on)
    assert (ending, why.code) == (Ending.TRANSIENT, Code.TECH_DOWNLOAD)


@pytest.mark.parametrize(("status", "code"), [("429 Slow down", Code.TECH_429), ("503 Later", Code.TECH_5XX)])
async def test_a_portal_that_says_when_is_not_asked_before(site: Site, page: Page, status: str, code: Code) -> None:
    on = await session(site, page, HANDED_OUT["as an attachment"])
    site.headers["/era"] = f"{status}\r\nContent-Type: text/html\r\nRetry-After: 600"
    ending, why = await stopped(on)
    assert (ending, why.code) == (Ending.TRANSIENT, code)
    assert why.not_before is not None
    assert timedelta(seconds=590) < why.not_before - datetime.now(UTC) <= timedelta(seconds=600)


@pytest.mark.parametrize("window", [False, True])
async def test_a_page_that_the_pack_declares_may_come_instead(site: Site, page: Page, *, window: bool) -> None:
    target = "target=_blank" if window else ""
    instead = [{"view": "being-built", "means": "being-built"}]
    back = [{"close": "window"}] if window else [{"go": "/list"}]
    described = views(instead, window=window, back=back)
    on = await session(site, page, f"<a class=era href=/being-built {target}>835</a>", described)
    for _ in range(2):
        followed = await on.collect("payments", "era")
        assert isinstance(followed, Followed)
        assert (followed.view, followed.means) == ("being-built", Means.BEING_BUILT)


MESSAGE = [{"element": "later", "means": "being-built"}]


async def test_a_message_may_come_instead(site: Site, page: Page) -> None:
    says = "document.body.insertAdjacentHTML('beforeend', '<p class=later>It is being built.</p>')"
    on = await session(site, page, f'<a class=era href=# onclick="{says}">835</a>', views(MESSAGE, new_page=False))
    assert await on.collect("payments", "era") == Followed(means=Means.BEING_BUILT)


async def test_a_message_in_the_place_of_the_button_counts_without_a_press(site: Site, page: Page) -> None:
    on = await session(site, page, "<p class=later>It is being built.</p>", views(MESSAGE))
    asked = len(site.asked)
    assert await on.collect("payments", "era") == Followed(means=Means.BEING_BUILT)
    assert len(site.asked) == asked


async def test_the_end_of_the_session_is_told_apart_from_a_broken_file(site: Site, page: Page) -> None:
    on = await session(site, page, "<a class=era href=/expired>835</a>")
    assert (await stopped(on))[1].code is Code.TECH_SESSION


async def test_the_documents_of_rows_are_those_of_the_rows(site: Site, page: Page) -> None:
    files = {f"/file{number}": f"ISA*{number}~IEA~".encode() for number in (1, 2, 3)}
    site.files |= files
    site.headers |= dict.fromkeys(files, ATTACHED)
    rows = "".join(f"<tr><td>T{n}</td><td><a href=/file{n}>835</a></td></tr>" for n in (1, 2, 3))
    table = "<table><caption>Paid</caption><tr><th>Trace</th><th>File</th></tr>{}<tr><td>T4</td><td>-</td></tr></table>"
    on = await session(site, page, "<a class=era href=/era>835 of all</a>" + table.format(rows), row_views())
    site.pages["/list"] = str(site.pages["/list"]).replace("<p class=empty>No payments.</p>", "")
    await open_page(on, "/list")
    listed = (await on.read("payments")).tables["payments"]
    for row, content in zip(listed, files.values(), strict=False):
        assert collected(await on.collect("payments", "file", row)) == hashlib.sha256(content).hexdigest()
    asked = len(site.asked)
    # A row that shows nothing in the column has nothing to fetch.
    assert await on.collect("payments", "file", listed[3]) == Followed(means=Means.NOT_FOUND)
    assert len(site.asked) == asked
    assert on.offers("payments", "file")
    assert not on.offers("payments", "eob")


def row_views() -> dict[str, Any]:
    described = views()
    del described["payments"]["documents"], described["payments"]["elements"]["era"]
    return described


@pytest.mark.parametrize("source", [{"from": "provider.npi"}, {"answer": "Password of the EOBs?"}])
async def test_a_protected_document_is_opened_by_the_question_or_the_vault(
    site: Site, page: Page, source: dict[str, str]
) -> None:
    site.files["/era"] = FILE.replace(b"canary", b"LOCKED")
    answers = {"Password of the EOBs?": Secret("1234567893")}
    described = views(password=source)
    on = await session(site, page, HANDED_OUT["as an attachment"], described, answer_to=answers.get)
    on._asked = {"provider.npi": "1234567893"}
    assert collected(await on.collect("payments", "era"))


async def test_a_protected_document_that_nothing_opens_is_for_a_person(site: Site, page: Page) -> None:
    site.files["/era"] = FILE.replace(b"canary", b"LOCKED")
    on = await session(site, page, HANDED_OUT["as an attachment"], views(password={"answer": "Which?"}))
    ending, why = await stopped(on)
    assert (ending, why.code) == (Ending.NEEDS_STAFF, Code.DATA_INPUT)


@pytest.mark.parametrize("frame", ["", "target=f"])
async def test_two_sessions_of_one_browser_do_not_take_each_others_files(
    site: Site, page: Page, host: BrowserHost, frame: str
) -> None:
    mine, theirs = b"ISA*mine~IEA~", b"ISA*theirs~IEA~"
    site.files |= {"/era": mine, "/other": theirs}
    site.headers |= {"/era": ATTACHED, "/other": ATTACHED}
    site.slow["/era"] = 1.5
    other = await host.new_context(accept_downloads=True)
    first = await session(site, page, HANDED_OUT["as an attachment"], answer_seconds=10)
    html = f"<iframe name=f hidden></iframe><a class=era href=/other {frame}>835</a>"
    second = await session(site, await other.new_page(), html)
    waiting = asyncio.ensure_future(first.collect("payments", "era"))
    # Theirs comes while mine is awaited.
    await until(lambda: "/era" in site.asked)
    assert collected(await second.collect("payments", "era")) == hashlib.sha256(theirs).hexdigest()
    assert collected(await waiting) == hashlib.sha256(mine).hexdigest()
    await other.close()


async def test_a_file_that_nobody_asked_for_is_turned_away(site: Site, page: Page) -> None:
    on = await session(site, page, HANDED_OUT["as an attachment"])
    async with page.expect_event("download"):
        await page.click("a.era", no_wait_after=True)
    await until(lambda: not stored())
    assert on.seen._documents == {}
