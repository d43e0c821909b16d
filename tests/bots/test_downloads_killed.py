"""Killed in the middle of a download, nothing of it lies on a disk in the clear; what lay in memory is swept."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from bots import leftovers
from bots.browser import BrowserHost
from bots.installed_browser import Browser
from tests.bots.small_site import Site, serving

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

COMING, STORED = b"ISA*COMINGCANARY", b"ISA*STOREDCANARY"
ATTACHED = "200 OK\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=era.835"
BLOB = (
    "(async () => { const u = window.URL.createObjectURL(await (await fetch('/era')).blob());"
    " const a = document.createElement('a'); a.href = u; a.download = 'era.835'; a.click() })()"
)


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        running.headers["/era"] = ATTACHED
        yield running


async def killed_while_fetching(folder: Path, address: str, when: str) -> None:
    """Every process of it is killed at once, when it has said so."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bots.fetching_process", str(folder), address, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    async with asyncio.timeout(60):
        assert (await child.stdout.readline()).decode().strip() == when
    for process in (*psutil.Process(child.pid).children(recursive=True), psutil.Process(child.pid)):
        process.send_signal(signal.SIGKILL)
    await child.wait()


def holding(canary: bytes, folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and canary in file.read_bytes()]


def in_memory(canary: bytes) -> list[Path]:
    folder = leftovers.folder_in_memory()
    ours = [] if folder is None else folder.glob("portalwright-*")
    return [found for each in ours for found in holding(canary, each)]


async def test_a_file_that_is_coming_when_all_is_killed_is_nowhere(site: Site, tmp_path: Path) -> None:
    site.files["/era"] = COMING * 4000
    site.pages["/"] = "<a href=/era>835</a>"
    # The line gives half of it and then nothing: the kill comes while the file is on its way.
    site.stuck.add("/era")
    await killed_while_fetching(tmp_path, site.address, "begun")
    assert "/era" in site.asked
    assert holding(COMING, tmp_path) == []
    assert in_memory(COMING) == []


async def test_a_file_that_the_browser_stored_when_all_is_killed_is_on_no_disk_and_is_swept(
    site: Site, tmp_path: Path, browser: Browser
) -> None:
    if leftovers.folder_in_memory() is None:
        pytest.skip("this computer has no file system in memory")
    site.files["/era"] = STORED * 4000
    site.pages["/"] = f'<a href=# onclick="{BLOB}">835</a>'
    await killed_while_fetching(tmp_path, site.address, "stored")
    assert holding(STORED, tmp_path) == []
    assert len(in_memory(STORED)) == 1
    async with BrowserHost(tmp_path, browser, "tests"):
        assert in_memory(STORED) == []
