"""The browsers of a worker: started when a session needs one, shared by its sessions, ended when nobody needs them.

Appeals have a browser of their own, in which no two requests share a line. A browser that has served many sessions is
not given to another one, so that what pages leave in its memory goes with it; nor is one whose pages took more memory
than they may.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from bots.browser import BrowserHost
from bots.installed_browser import NoBrowser

SESSIONS_A_BROWSER = 20
"""After so many sessions a browser is replaced."""

START_SECONDS = 60.0
"""A browser that has not started by then does not; while one starts, all other sessions wait for it."""

NewHost = Callable[[bool, frozenset[str]], BrowserHost]
"""Makes a host that is not started yet, and that can look up these names alone; with False, one whose requests share no
line."""


@dataclass
class _Running:
    host: BrowserHost
    users: int = 0
    served: int = 0
    spent: bool = False


class Browsers:
    """At most one browser of each kind that is given out, and those that still serve their last sessions."""

    def __init__(self, new_host: NewHost) -> None:
        self._new_host = new_host
        self._current: dict[bool, _Running] = {}
        self._starting = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def use(self, *, http2: bool, names: frozenset[str] = frozenset()) -> AsyncIterator[BrowserHost]:
        """A browser that runs, and can look up these names. Raises NoBrowser when none starts.

        One that cannot look them up, since a pack has come or changed, is given to nobody else. After a block that
        raised, nobody is given the same browser again: it may be what was broken.
        """
        running = await self._take(http2, names)
        try:
            yield running.host
        except BaseException:
            running.spent = True
            raise
        finally:
            running.users -= 1
            running.spent |= running.served >= SESSIONS_A_BROWSER or running.host.memory_was_exceeded
            await self._end_unused(http2, running)

    async def end_idle(self) -> None:
        """End the browsers that nobody uses now."""
        async with self._starting:
            for http2, running in list(self._current.items()):
                if not running.users:
                    del self._current[http2]
                    await running.host.close()

    async def close(self) -> None:
        """End all browsers, also those that are used: the end of the worker."""
        async with self._starting:
            for running in list(self._current.values()):
                await running.host.close()
            self._current.clear()

    async def _take(self, http2: bool, names: frozenset[str]) -> _Running:
        async with self._starting:
            running = self._current.get(http2)
            if running is not None and not running.host.looks_up(names):
                running.spent = True
                await self._end_unused(http2, running)
            if running is None or running.spent or running.host.memory_was_exceeded or not running.host.runs:
                running = self._current[http2] = _Running(await self._started(http2, names))
            running.users += 1
            running.served += 1
            return running

    async def _started(self, http2: bool, names: frozenset[str]) -> BrowserHost:
        host = self._new_host(http2, names)
        try:
            async with asyncio.timeout(START_SECONDS):
                await host.__aenter__()
        except TimeoutError:
            raise NoBrowser(
                f"The browser has not started within {START_SECONDS:.0f} seconds; it is tried again. Is this computer "
                "short of memory? `portalwright browser` says which browser is used."
            ) from None
        return host

    async def _end_unused(self, http2: bool, running: _Running) -> None:
        replaced = self._current.get(http2) is not running
        if running.users or not (running.spent or replaced):
            return
        if not replaced:
            del self._current[http2]
        await running.host.close()
