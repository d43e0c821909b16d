"""The office's bound on memory reaches its browsers, and what was ended for it is one line in its log."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bots.installed_browser import find_browser
from bots.memory_bound import LEAST_MEBIBYTES
from ledger.accounts import Practice
from portalwright.logs import Log
from portalwright.office import Desk, Office
from portalwright.running import browser_host
from portalwright.settings import BrowserSettings, KeyKind, KeySettings, PracticeSettings, Settings
from tests.bots.eaters import eater

KEYS = {"time", "event", "ended", "mebibytes"}


@pytest.mark.browser
async def test_what_passes_the_offices_bound_is_ended_and_told_in_one_line_without_a_word_of_the_page(
    tmp_path: Path,
) -> None:
    found = find_browser()
    assert found is not None
    own = PracticeSettings(name="Lakeside", tin="123456789", npis=("1234567893",))
    settings = Settings(
        practice=own,
        key=KeySettings(provider=KeyKind.PASSPHRASE),
        browser=BrowserSettings(memory_mib=LEAST_MEBIBYTES),
    )
    office, nothing = Office(tmp_path / "office", settings), _nothing()
    practice = Practice(id=1, name=own.name, tin=own.tin, npis=own.npis)
    with Log(tmp_path / "logs") as log:
        desk = Desk(
            office=office, vault=nothing, practice=practice, actor=nothing, robot=nothing, evidence=nothing, log=log
        )
        async with browser_host(desk, found, http2=True, names=frozenset()) as host:
            page = await (await host.new_context()).new_page()
            ended = asyncio.Event()
            page.on("crash", lambda _: ended.set())
            await page.set_content(f"<title>SMITH</title><script>{eater('buffers')}</script>", wait_until="commit")
            async with asyncio.timeout(30):
                await ended.wait()
    (line,) = [json.loads(one) for path in (tmp_path / "logs").iterdir() for one in path.read_text().splitlines()]
    assert (line["event"], line["ended"], line.keys()) == ("memory-exceeded", "page", KEYS)
    assert LEAST_MEBIBYTES < line["mebibytes"] < 1024


def _nothing() -> Any:
    return None
