"""The windows of one session: where we are is a stack, and what the portal opens uninvited is closed."""

import asyncio
import contextlib
from collections.abc import Iterator

from playwright.async_api import Page

from bots.engine import PageEngine
from bots.faults import PageFailed, no_browser_text
from bots.session_storage import keep_session_storage, session_storage_of
from packs.models import Pack

_RENEWAL_SECONDS = 10.0


class Windows:
    """The windows (popups and tabs) of one browser context; the first of them stays to the end.

    While a press is `inviting`, the window that it opens waits in `opened`; every other one that opens is closed.
    """

    def __init__(self, first: PageEngine, pack: Pack) -> None:
        self._pack = pack
        self._stack = [first]
        self._invited: asyncio.Queue[Page] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self.uninvited = 0
        """So many windows opened without being asked for, and were closed."""
        first.know(pack)
        self._listen()

    def _listen(self) -> None:
        """Hear of every window that opens."""
        self._stack[0].page.context.on("page", self._opened)

    @property
    def top(self) -> PageEngine:
        """The window that we are in. One that closed by itself is left for the one before it."""
        while len(self._stack) > 1 and self._stack[-1].page.is_closed():
            self._stack.pop()
        return self._stack[-1]

    @property
    def several(self) -> bool:
        """Are we in a window that was opened from another one?"""
        return self.top is not self._stack[0]

    @property
    def ended(self) -> bool:
        """Did the first window end under us? Nothing can be opened in it any more; see `replace_all`."""
        first = self._stack[0]
        return first.page.is_closed() or first.documents.crashed

    @contextlib.contextmanager
    def inviting(self) -> Iterator[None]:
        """Whatever opens inside is what a press asked for; what nobody then went into is closed."""
        self._invited = asyncio.Queue()
        try:
            yield
        finally:
            late, self._invited = self._invited, None
            while not late.empty():
                self._close_uninvited(late.get_nowait())

    async def opened(self) -> PageEngine:
        """Wait for the invited window and be in it from then on. Only while `inviting`. Raises PageFailed."""
        if self._invited is None:
            raise RuntimeError("no window is invited here")
        page = await self._invited.get()
        try:
            engine = await PageEngine.attach(page)
        except BaseException:
            # Also when the wait was given up just now: nobody else knows of this window.
            self._close_uninvited(page)
            raise
        engine.know(self._pack, opened=True)
        self._stack.append(engine)
        return engine

    async def close_top(self) -> None:
        """Close the window that we are in, and be in the one before it; the first window stays."""
        if self.several:
            await self._stack.pop().close()

    async def close_all_but_first(self) -> None:
        """Be in the first window, with no other one open."""
        while self.several:
            await self.close_top()

    async def renew_first(self) -> None:
        """Put a fresh window in the place of the first one, with its session storage, and close all others.

        The browser's driver keeps something of every page that a window loaded until the window closes; and as long as
        a window lives, also the one that opened it. So the fresh one is opened by nobody, unless frames of several
        origins keep something: only a window that the old one opens has that too. Raises PageFailed or TimeoutError;
        the old window stays then.
        """
        await self.close_all_but_first()
        old = self._stack[0]
        try:
            async with asyncio.timeout(_RENEWAL_SECONDS):
                kept = await session_storage_of(old.page)
                with self.inviting():
                    async with no_browser_text():
                        if kept is None:
                            await old.page.evaluate("() => { window.open('about:blank') }")
                        else:
                            await old.page.context.new_page()
                    fresh = await self.opened()
                fresh.know(self._pack)
                if kept is not None:
                    await keep_session_storage(fresh.page, kept)
        except (PageFailed, TimeoutError):
            await self.close_all_but_first()
            raise
        del self._stack[0]
        await old.close()

    async def replace_all(self) -> None:
        """Close every window, whatever it does, and be in a fresh one; with the session storage where that can be had.

        Raises PageFailed or TimeoutError when there is none to be had.
        """
        with contextlib.suppress(PageFailed, TimeoutError):
            async with asyncio.timeout(_RENEWAL_SECONDS):
                await self.renew_first()
                return
        old = tuple(self._stack)
        with self.inviting():
            async with no_browser_text():
                await old[0].page.context.new_page()
            async with asyncio.timeout(_RENEWAL_SECONDS):
                await self.opened()
        self._stack[-1].know(self._pack)
        del self._stack[:-1]
        for engine in old:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_RENEWAL_SECONDS):
                    await engine.close()

    def _opened(self, page: Page) -> None:
        if self._invited is not None:
            self._invited.put_nowait(page)
        elif all(page is not engine.page for engine in self._stack):
            self._close_uninvited(page)

    def _close_uninvited(self, page: Page) -> None:
        self.uninvited += 1
        task = asyncio.ensure_future(_close(page))
        # Kept until it has ended: the event loop alone does not keep a task alive.
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _close(page: Page) -> None:
    with contextlib.suppress(PageFailed):
        async with no_browser_text():
            await page.close()
