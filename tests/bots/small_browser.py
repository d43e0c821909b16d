"""A browser that may take little memory, and what it took, measured by other means than the product's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from bots.browser import BrowserHost
from bots.installed_browser import Browser
from bots.memory_bound import MEBIBYTE, Exceeded, MemoryBound

BOUND = MemoryBound(mebibytes=384)
MARGIN = 512
"""What a page can take between two looks, in MiB; the computers that run tests are busy."""


class Watched:
    """A browser with a small bound, what was ended in it, and the most that it ever used."""

    def __init__(self, folder: Path, browser: Browser, *, http2: bool = True) -> None:
        self.ended: list[Exceeded] = []
        self.most = 0
        self.host = BrowserHost(folder, browser, "tests", http2=http2, memory=BOUND, memory_exceeded=self.ended.append)

    async def measure(self) -> None:
        """See how much it uses, by other means than the product's, until cancelled."""
        while self.host.process is not None:
            used = 0
            try:
                root = psutil.Process(self.host.process)
                for process in (root, *root.children(recursive=True)):
                    info = process.memory_info()
                    used += info.rss - getattr(info, "shared", 0)
            except psutil.NoSuchProcess:
                pass
            self.most = max(self.most, used // MEBIBYTE)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def watched(folder: Path, browser: Browser, *, http2: bool = True) -> AsyncIterator[Watched]:
    """It runs, and ends with the block. What it used was within the bound and a margin."""
    one = Watched(folder, browser, http2=http2)
    async with one.host:
        measuring = asyncio.create_task(one.measure())
        try:
            yield one
        finally:
            measuring.cancel()
        print(f"the most it used: {one.most} MiB; {one.ended}")
        assert one.most < BOUND.mebibytes + MARGIN
