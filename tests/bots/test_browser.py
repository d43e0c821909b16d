"""A browser says who it is, and leaves nothing behind, however our process ends."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bots import browser as room
from bots import leftovers
from bots.browser import BrowserHost
from bots.installed_browser import Browser, Kind, NoBrowser

pytestmark = pytest.mark.browser

OWNER = """
import asyncio, sys
from pathlib import Path
from bots.browser import BrowserHost
from bots.installed_browser import find_browser
async def main():
    async with BrowserHost(Path(sys.argv[1]), find_browser(), "office@example.org") as host:
        page = await (await host.new_context()).new_page()
        await page.set_content("<p>open</p>")
        print(host.process, flush=True)
        await asyncio.sleep(120)
asyncio.run(main())
"""


@pytest.fixture(params=["in memory", pytest.param("on a disk", marks=pytest.mark.long)])
def rooms(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the browser's private folder is made."""
    in_memory = tmp_path if request.param == "in memory" else None
    monkeypatch.setattr(leftovers, "folder_in_memory", lambda _room=0: in_memory)
    return tmp_path


def inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []


def private_of(chromium: int) -> Path:
    """The private folder in which this browser has its profile."""
    profile = next(word for word in psutil.Process(chromium).cmdline() if word.startswith("--user-data-dir="))
    return Path(profile.partition("=")[2]).parent


async def test_the_user_agent_says_that_a_robot_is_here_and_whose(browser: Browser, rooms: Path) -> None:
    before = os.umask(0)
    try:
        async with BrowserHost(rooms, browser, "billing (night)\n@example.org") as host:
            context = await host.new_context()
            page = await context.new_page()
            said = await page.evaluate("navigator.userAgent")
            private = inside(rooms)[0]
            assert private == private_of(host.process or 0)
            assert private.stat().st_mode & 0o777 == 0o700, "whatever the account's umask is"
            assert any(private.glob("playwright*"))
    finally:
        os.umask(before)
    assert said == host.user_agent
    assert said.startswith("Mozilla/5.0 ")
    assert " portalwright/" in said
    assert said.endswith("(automated; +billing night@example.org)")
    assert inside(rooms) == []
    assert not psutil.pid_exists(host.process or 0)
    await host.close()


async def test_what_a_dead_process_left_is_swept_at_the_next_start(browser: Browser, tmp_path: Path) -> None:
    dead = tmp_path / "browser-dead"
    dead.mkdir()
    (dead / "owner").touch()
    (dead / "profile").write_text("left behind", encoding="utf-8")
    async with BrowserHost(tmp_path, browser, "office"):
        assert dead not in inside(tmp_path)


async def test_a_browser_that_does_not_start_is_told_plainly(tmp_path: Path) -> None:
    broken = Browser(path=Path(shutil.which("true") or ""), kind=Kind.CHROMIUM, version="140")
    with pytest.raises(NoBrowser, match="does not start"):
        async with BrowserHost(tmp_path / "room", broken, "office"):
            pass
    assert inside(tmp_path / "room") == []


async def test_a_browser_that_hangs_is_ended_all_the_same(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_CLOSE_SECONDS", 0.5)
    async with BrowserHost(tmp_path, browser, "office") as host:
        assert host.process is not None
        process = psutil.Process(host.process)
        process.suspend()
    gone = await asyncio.to_thread(process.wait, 10)
    assert gone is None or gone != 0
    assert inside(tmp_path) == []


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process, int(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()


def test_nothing_is_left_when_our_process_is_killed(owner: tuple[subprocess.Popen[str], int], tmp_path: Path) -> None:
    process, chromium = owner
    family = [psutil.Process(chromium), *psutil.Process(process.pid).children(recursive=True)]
    private = private_of(chromium)
    in_memory = leftovers.folder_in_memory(room._ROOM_FOR_ALL)
    assert private.parent == (in_memory or tmp_path)
    assert len(family) > 2
    room.sweep(tmp_path)
    assert inside(private), "a living process keeps its folder"
    os.kill(process.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    deadline = time.monotonic() + 5
    while private.exists() and time.monotonic() < deadline:
        room.sweep(tmp_path)
        time.sleep(0.05)
    assert not private.exists()
    assert inside(tmp_path) == []
