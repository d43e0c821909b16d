"""A page that takes memory without end is ended by itself, long before the computer suffers, and the night goes on."""

import asyncio
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from bots import memory_watch
from bots.engine import PageEngine
from bots.faults import PageFailed, PageFault
from bots.installed_browser import Browser
from bots.memory_bound import MEBIBYTE, Ended, to_end
from bots.memory_watch import bytes_of
from tests.bots.eaters import eater
from tests.bots.small_browser import BOUND, watched

SECONDS = 30.0

BROWSER, PAGE, OTHER = 1, 2, 3


@pytest.mark.parametrize(
    ("sizes", "sessions", "ended"),
    [
        ({BROWSER: 100, PAGE: 100, OTHER: 100}, 1, None),
        ({BROWSER: 100, PAGE: 385, OTHER: 100}, 3, PAGE),
        ({BROWSER: 100, PAGE: 300, OTHER: 300}, 2, None),
        ({BROWSER: 100, PAGE: 300, OTHER: 310}, 1, OTHER),
        ({BROWSER: 300, PAGE: 80, OTHER: 10}, 1, BROWSER),
        ({BROWSER: 700, PAGE: 60, OTHER: 10}, 2, BROWSER),
        ({BROWSER: 700, PAGE: 60, OTHER: 10}, 3, None),
        ({BROWSER: 385}, 0, BROWSER),
        ({}, 1, None),
    ],
)
def test_the_largest_goes_when_one_page_or_all_together_take_too_much(
    sizes: Mapping[int, int], sessions: int, ended: int | None
) -> None:
    in_bytes = {process: size * MEBIBYTE for process, size in sizes.items()}
    assert to_end(in_bytes, BROWSER, BOUND, sessions) == ended


class OnWindows(NamedTuple):
    rss: int
    private: int


class OnMac(NamedTuple):
    rss: int
    vms: int


@pytest.mark.parametrize(("info", "size"), [(OnWindows(rss=1, private=7), 7), (OnMac(rss=5, vms=9), 5)])
def test_what_a_process_takes_is_told_on_every_system(
    monkeypatch: pytest.MonkeyPatch, info: OnWindows | OnMac, size: int
) -> None:
    monkeypatch.setattr(psutil, "LINUX", False)
    monkeypatch.setattr(psutil.Process, "memory_info", lambda _: info)
    assert bytes_of(psutil.Process()) == size


def test_a_process_that_has_gone_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(process: psutil.Process) -> None:
        raise psutil.NoSuchProcess(process.pid)

    monkeypatch.setattr(psutil, "LINUX", False)
    monkeypatch.setattr(psutil.Process, "memory_info", gone)
    assert bytes_of(psutil.Process()) == 0


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not what():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["heap", "buffers", "elements", "workers"])
async def test_a_page_that_eats_memory_is_ended_and_the_pages_beside_it_are_not(
    browser: Browser, tmp_path: Path, kind: str
) -> None:
    async with watched(tmp_path, browser) as eaten:
        other = await (await eaten.host.new_context()).new_page()
        await other.set_content("<title>Good</title>")
        page = await (await eaten.host.new_context()).new_page()
        engine = await PageEngine.attach(page)
        begun = time.monotonic()
        await page.set_content(f"<title>Eater</title><script>{eater(kind)}</script>", wait_until="commit")
        await until(lambda: bool(eaten.ended))
        with pytest.raises(PageFailed) as failed:
            await engine.wait_for({}, timeout=5)
        assert failed.value.kind is PageFault.CRASHED
        assert time.monotonic() - begun < SECONDS
        assert [one.ended for one in eaten.ended] == [Ended.PAGE]
        assert await other.title() == "Good"
        assert eaten.host.runs
        assert eaten.host.memory_was_exceeded


@pytest.mark.browser
async def test_a_page_in_a_process_that_was_not_seen_yet_is_found_when_memory_grows_scarce(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(tmp_path, browser) as eaten:
        # As on a computer where so many programs run that looking through all of them takes for ever.
        monkeypatch.setattr(memory_watch, "_SHARE_OF_A_PROCESSOR", 1e-9)
        await asyncio.sleep(1.0)
        page = await (await eaten.host.new_context()).new_page()
        await page.set_content(f"<title>Eater</title><script>{eater('buffers')}</script>", wait_until="commit")
        await until(lambda: bool(eaten.ended))
        assert eaten.host.runs


@pytest.mark.browser
async def test_what_the_browser_keeps_for_a_page_counts_and_ends_it_whole(browser: Browser, tmp_path: Path) -> None:
    async with watched(tmp_path, browser) as eaten:
        page = await (await eaten.host.new_context()).new_page()
        await page.set_content(f"<title>Eater</title><script>{eater('blobs')}</script>", wait_until="commit")
        await until(lambda: not eaten.host.runs)
        assert eaten.ended[-1].ended is Ended.BROWSER


@pytest.mark.browser
async def test_a_browser_that_keeps_within_its_bound_is_left_alone(browser: Browser, tmp_path: Path) -> None:
    async with watched(tmp_path, browser) as modest:
        page = await (await modest.host.new_context()).new_page()
        await page.set_content("<title>Modest</title><script>window.kept = new Uint8Array(64 << 20).fill(1)</script>")
        await asyncio.sleep(1.0)
        assert (modest.ended, modest.host.memory_was_exceeded) == ([], False)
        assert await page.title() == "Modest"
