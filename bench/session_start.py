"""What it costs to have a page to begin with: our browser, way out, context and engine, against Playwright's alone.

Both start a driver and the same browser with the same arguments, make a context and a page, and read the empty page;
nobody signs in. They take turns in one process.

`python -m bench.session_start` prints a table and, as its last line, JSON.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import async_playwright

from bench.facts import machine
from bench.look_up import say
from bench.processor_time import Meter
from bench.sides import PORTAL
from bots.allowed_hosts import AllowedHosts
from bots.browser import BrowserHost, launch_arguments
from bots.engine import PageEngine
from bots.installed_browser import Browser, find_browser
from bots.way_out import WayOut
from packs.load import load_pack

_SETTLE_SECONDS = 0.5


@dataclass(frozen=True)
class Start:
    """Seconds of processor time and on the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Starts:
    """Our starts and bare ones, by turn."""

    ours: tuple[Start, ...]
    bare: tuple[Start, ...]

    def ratio(self, of: Callable[[Start], float]) -> float:
        """The median of the turns' ratios, ours to bare."""
        return round(statistics.median(of(one) / of(other) for one, other in zip(self.ours, self.bare, strict=True)), 3)

    @property
    def cpu_ratio(self) -> float:
        return self.ratio(lambda start: start.cpu)

    @property
    def wall_ratio(self) -> float:
        return self.ratio(lambda start: start.wall)

    def table(self) -> list[str]:
        """Both sides, in milliseconds."""
        lines = [f"{'milliseconds a start (medians)':34}{'cpu':>9}{'wall':>9}{'ratio':>9}"]
        for name, starts, ratio in (("product", self.ours, self.cpu_ratio), ("Playwright alone", self.bare, 1.0)):
            cpu = statistics.median(start.cpu for start in starts) * 1000
            wall = statistics.median(start.wall for start in starts) * 1000
            lines.append(f"{name:34}{cpu:9.1f}{wall:9.1f}{ratio:9.3f}")
        return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=9, help="starts of each side (default: 9)")
    starts = measure(parser.parse_args().pairs)
    say("\n".join(starts.table()))
    ratios = {"start_cpu_ratio": starts.cpu_ratio, "start_wall_ratio": starts.wall_ratio}
    say(json.dumps({**ratios, "pairs": len(starts.ours), **machine()}))


def measure(pairs: int) -> Starts:
    """Start each so often, in turns, after one start of each that does not count."""
    return asyncio.run(_measure(pairs))


async def _measure(pairs: int) -> Starts:
    browser = find_browser()
    if browser is None:
        raise SystemExit("There is no browser: run 'portalwright browser' first.")
    # A worker reads its packs once, not for each session.
    allowed = AllowedHosts.of_pack(load_pack(PORTAL, None))
    turns: list[tuple[Start, Start]] = []
    with tempfile.TemporaryDirectory(prefix="portalwright-bench-") as folder:
        for turn in range(pairs + 1):
            pages = (_our_page(Path(folder), browser, allowed), _bare_page(browser))
            # Each goes first as often as the other.
            order = (0, 1) if turn % 2 else (1, 0)
            took = {side: await _timed(pages[side]) for side in order}
            turns.append((took[0], took[1]))
    return Starts(tuple(ours for ours, _ in turns[1:]), tuple(bare for _, bare in turns[1:]))


async def _timed(page: AbstractAsyncContextManager[None]) -> Start:
    # What a browser that was ended used is counted with its driver a moment later.
    await asyncio.sleep(_SETTLE_SECONDS)
    meter = Meter(os.getpid())
    before, begun = meter.read(), time.perf_counter()
    async with page:
        wall = time.perf_counter() - begun
        meter.find_children()
        used = meter.read() - before
    return Start(used.total, wall)


@contextlib.asynccontextmanager
async def _our_page(folder: Path, browser: Browser, allowed: AllowedHosts) -> AsyncIterator[None]:
    async with BrowserHost(folder, browser, "Benchmark") as host, WayOut(allowed) as way_out:
        context = await host.new_context(accept_downloads=True, proxy=way_out.address, direct=allowed.direct)
        engine = await PageEngine.attach(await context.new_page())
        await engine.markup()
        yield


@contextlib.asynccontextmanager
async def _bare_page(browser: Browser) -> AsyncIterator[None]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=browser.path, args=launch_arguments())
        context = await started.new_context(service_workers="block", viewport={"width": 1280, "height": 900})
        await (await context.new_page()).content()
        yield
        await started.close()


if __name__ == "__main__":
    main()
