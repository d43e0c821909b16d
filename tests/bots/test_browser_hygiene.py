"""A page of a portal cannot make the session call any other host than the portal's own, whatever it tries."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from bots import browser as room
from bots import leftovers
from bots.allowed_hosts import AllowedHosts, resolver_rules
from bots.browser import BrowserHost
from bots.elsewhere import Elsewhere
from bots.installed_browser import Browser
from bots.way_out import WayOut
from tests.bots import trap_host as trap_module
from tests.bots.small_site import Site, serving
from tests.bots.trap_host import GOES, NAMED, PATHS, STAYS, TOP, Trap, page_of, trap_host, worker

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

ALL = {**GOES, **STAYS}


@pytest_asyncio.fixture(loop_scope="session")
async def trap() -> AsyncIterator[Trap]:
    async with trap_host() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def portal(trap: Trap) -> AsyncIterator[Site]:
    async with serving() as site:
        site.pages.update({"/": page_of(ALL, trap), "/quiet": "<p>Portal</p>"})
        site.pages.update({f"/{script}": worker(f"/{script}", trap) for script in ("worker", "shared", "service")})
        script = "200 OK\r\nContent-Type: text/javascript"
        site.headers.update({f"/{name}": script for name in ("worker", "shared", "service")})
        site.headers["/redirection"] = f"302 Found\r\nLocation: http://127.0.0.1:{trap.port}/redirection"
        site.headers["/gone"] = f"302 Found\r\nLocation: http://127.0.0.1:{trap.port}/gone"
        site.headers["/"] = trap_module.headers(trap)
        site.pages.update({f"/top/{number}": page_of({"": way}, trap) for number, way in enumerate(TOP.values())})
        yield site


@asynccontextmanager
async def walled(host: BrowserHost, portal: Site, *, files: bool) -> AsyncIterator[tuple[BrowserContext, WayOut]]:
    """A context as a session has one; `files`: as one that files appeals."""
    allowed = AllowedHosts(hosts=(("127.0.0.1", portal.port),))
    async with WayOut(allowed) as way_out:
        context = await host.new_context(
            accept_downloads=True, proxy=way_out.address, direct=() if files else allowed.direct
        )
        try:
            yield context, way_out
        finally:
            await context.close()


async def tried(context: BrowserContext, url: str, seconds: float) -> None:
    page = await context.new_page()
    await page.goto(url, wait_until="commit")
    await asyncio.sleep(seconds)


def paths() -> Iterator[str]:
    return (f"/{PATHS[way]}" for way in GOES)


@pytest.mark.long
async def test_without_the_wall_every_way_out_leads_to_the_trap(host: BrowserHost, portal: Site, trap: Trap) -> None:
    """Else the test after this one would prove nothing. A way that no longer leads there belongs to those that stay."""
    context = await host.new_context()
    page = await context.new_page()
    await page.goto(f"{portal.address}/")
    for _ in range(200):
        if set(paths()) <= set(trap.came):
            break
        await asyncio.sleep(0.05)
    await context.close()
    assert set(paths()) - set(trap.came) == set()


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(False, id="a session that looks up"),
        pytest.param(True, id="a session that files", marks=pytest.mark.long),
    ],
)
async def test_no_way_out_of_a_page_leads_to_another_host(
    host: BrowserHost, portal: Site, trap: Trap, files: bool
) -> None:
    async with walled(host, portal, files=files) as (context, way_out):
        await tried(context, f"{portal.address}/", 2.0)
        assert trap.came == []
        # The wall was tried, more than once for each way that leads out, and the named host was asked by its name.
        assert sum(way_out.refused.values()) >= len(GOES) - 2
        assert way_out.refused[Elsewhere.OTHER_PORT] > 20
        assert way_out.refused[Elsewhere.OTHER_SITE] >= 1
        assert {"127.0.0.1", NAMED} <= set(way_out.take_refused_names())
        assert way_out.take_refused_names() == ()
        # And the portal goes on, in the same session.
        page = await context.new_page()
        await page.goto(f"{portal.address}/quiet")
        assert await page.inner_text("p") == "Portal"


@pytest.mark.long
async def test_a_window_that_leaves_the_portal_arrives_nowhere(host: BrowserHost, portal: Site, trap: Trap) -> None:
    async with walled(host, portal, files=False) as (context, way_out):
        for number in range(len(TOP)):
            await tried(context, f"{portal.address}/top/{number}", 0.4)
        page = await context.new_page()
        with pytest.raises(Exception, match="ERR_SOCKS_CONNECTION_FAILED"):
            await page.goto(f"{portal.address}/gone")
        assert trap.came == []
        assert way_out.refused[Elsewhere.OTHER_PORT] >= len(TOP)


# What the browser does of itself


async def test_the_browser_is_started_so_that_nothing_goes_a_way_of_its_own() -> None:
    """What each switch is for is tried in a browser below."""
    started = room.launch_arguments(names=["portal.example.com"])
    assert "--force-webrtc-ip-handling-policy=disable_non_proxied_udp" in started
    assert f"--host-resolver-rules={resolver_rules(['portal.example.com'])}" in started
    assert {"--no-pings", "--dns-prefetch-disable", "--disable-background-networking", "--disable-quic"} <= set(started)


@pytest.mark.long
async def test_media_streams_go_no_way_of_their_own(
    browser: Browser, portal: Site, trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They send datagrams, which no relay sees; a switch stops them, and without it they come through the wall."""
    portal.pages["/media"] = page_of({"media": STAYS["media streams"]}, trap)

    async def came() -> list[str]:
        async with BrowserHost(tmp_path, browser, "tests") as host, walled(host, portal, files=False) as (context, _):
            await tried(context, f"{portal.address}/media", 1.5)
        return trap.came

    assert await came() == []
    monkeypatch.setattr(room, "_ARGUMENTS", [one for one in room._ARGUMENTS if "webrtc" not in one])
    assert set(await came()) == {"datagram"}


@pytest.mark.long
async def test_a_declared_name_is_looked_up_and_no_other(
    browser: Browser, portal: Site, trap: Trap, tmp_path: Path
) -> None:
    portal.pages["/names"] = page_of(
        {name: f"<img src=http://{name}.localhost:PORT/{name}>" for name in ("one", "two")}, trap
    )
    async with BrowserHost(tmp_path, browser, "tests", names=["one.localhost"]) as host:
        await tried(await host.new_context(), f"{portal.address}/names", 1.0)
    assert trap.came == ["/one"]


ASKED = """async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'clipboard-write', 'midi',
        'persistent-storage', 'background-sync', 'local-fonts', 'idle-detection', 'window-management',
        'local-network-access', 'payment-handler', 'display-capture'];
    const told = async (name) => (await navigator.permissions.query({name})).state;
    const denied = (promise) => promise.then(() => 'given', (error) => 'denied');
    return {
        states: [...new Set(await Promise.all(names.map(told)))],
        place: await new Promise((tell) => navigator.geolocation.getCurrentPosition(() => tell('given'),
            (error) => tell('denied'))),
        camera: await denied(navigator.mediaDevices.getUserMedia({video: true})),
        read: await denied(navigator.clipboard.readText()),
        written: await denied(navigator.clipboard.writeText('M1')),
        sure: confirm('Sure?'), said: prompt('Member?'),
    }
}"""


async def test_a_page_gets_nothing_of_the_computer(host: BrowserHost, portal: Site) -> None:
    """Place, camera, clipboard, files: refused without a question to anybody; questions are answered with no."""
    portal.pages["/asks"] = "<input type=file>"
    async with walled(host, portal, files=False) as (context, _):
        page = await context.new_page()
        await page.goto(f"{portal.address}/asks")
        assert await page.evaluate(ASKED) == {
            "states": ["denied"], "place": "denied", "camera": "denied", "read": "denied", "written": "denied",
            "sure": False, "said": None,
        }  # fmt: skip
        await page.click("input")
        assert await page.evaluate("document.querySelector('input').files.length") == 0


@pytest.mark.long
@pytest.mark.parametrize("address", ["file:///etc/passwd", "data:text/html,<p>not the portal</p>", "chrome://version"])
async def test_a_page_cannot_lead_the_window_out_of_the_web(host: BrowserHost, portal: Site, address: str) -> None:
    async with walled(host, portal, files=False) as (context, _):
        page = await context.new_page()
        await page.goto(f"{portal.address}/quiet")
        await page.evaluate("(address) => { location = address }", address)
        await asyncio.sleep(0.2)
        assert page.url == f"{portal.address}/quiet"


TYPED = "MEMBERCANARY77"


@pytest.mark.long
async def test_what_was_typed_and_kept_by_a_page_is_in_no_file_and_in_no_other_session(
    browser: Browser, portal: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No profile keeps it, even where the browser's folder is on a disk: nothing is filled in or saved by itself."""
    monkeypatch.setattr(leftovers, "folder_in_memory", lambda _room=0: None)
    portal.pages["/form"] = (
        "<form action=/quiet><input name=user autocomplete=username><input type=password name=password>"
        "<input name=email autocomplete=email><button>Sign in</button></form>"
    )
    async with BrowserHost(tmp_path, browser, "tests") as host:
        for typed in (TYPED, ""):
            async with walled(host, portal, files=False) as (context, _):
                page = await context.new_page()
                await page.goto(f"{portal.address}/form")
                kept = "[document.cookie, localStorage.kept ?? '', ...[...document.forms[0]].map((one) => one.value)]"
                assert set(await page.evaluate(kept)) == {""}
                for name in ("user", "password", "email") if typed else ():
                    await page.fill(f"input[name={name}]", typed)
                await page.evaluate(f"document.cookie = 'kept={TYPED}; max-age=9000'; localStorage.kept = '{TYPED}'")
                await page.click("button")
                await page.wait_for_url("**/quiet*")
        assert _holding(TYPED.encode(), tmp_path) == []
        _plant(TYPED.encode(), tmp_path)
        assert len(_holding(TYPED.encode(), tmp_path)) == 1
    assert _holding(b"", tmp_path) == []


def _holding(some: bytes, folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and some in file.read_bytes()]


def _plant(some: bytes, folder: Path) -> None:
    """So that the search is seen to find what lies in the profile."""
    (next(folder.glob("browser-*/playwright*profile*")) / "planted").write_bytes(some)
