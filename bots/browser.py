"""Keeps a browser running without left-overs: started as every browser of ours is, in a private folder, and ended."""

import asyncio
import contextlib
import importlib.metadata
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from bots import leftovers
from bots.allowed_hosts import resolver_rules
from bots.faults import no_browser_text
from bots.installed_browser import Browser, NoBrowser, is_root
from bots.memory_bound import AS_SHIPPED, Exceeded, MemoryBound
from bots.memory_watch import MemoryWatch
from bots.page_script import register

_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    # Nothing is told to the browser's maker or looked up ahead of need.
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-crash-reporter",
    "--dns-prefetch-disable",
    "--no-pings",
    # Nothing is asked of the person before the screen, and nothing of theirs is offered to a page.
    "--deny-permission-prompts",
    "--disable-notifications",
    "--disable-speech-api",
    "--disable-translate",
    # Media streams go no other way than everything else.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_CLOSE_SECONDS = 8.0
_IN_MEMORY = "portalwright-browser-"
_ROOM_FOR_ALL = 512 * 1024 * 1024
"""What the browser's processes share among themselves is in its temporary folder too, and is the most of it."""


def user_agent_suffix(office: str) -> str:
    """What we add to the browser's own user agent: who we are, that we are a robot, and whose."""
    plain = "".join(character for character in office if character.isascii() and character.isprintable())
    plain = plain.replace("(", "").replace(")", "").strip()
    return f" portalwright/{importlib.metadata.version('portalwright')} (automated; +{plain})"


def launch_arguments(*, http2: bool = True, names: Iterable[str] = ()) -> list[str]:
    """What every browser of ours is started with, besides Playwright's own arguments; it can look up `names` alone."""
    rules = f"--host-resolver-rules={resolver_rules(names)}"
    return [*_ARGUMENTS, rules, *([] if http2 else ["--disable-http2"]), *(["--no-sandbox"] if is_root() else [])]


def sweep(folder: Path) -> None:
    """Remove what browsers of processes that were killed left in `folder` and in the computer's memory."""
    leftovers.sweep(folder)
    in_memory = leftovers.folder_in_memory()
    if in_memory is not None:
        leftovers.sweep(in_memory, _IN_MEMORY)


class BrowserHost:
    """One browser process with a private temporary folder; ends with the `async with`, or with our own process.

    The browser hangs on a pipe that our process holds through Playwright's driver: when we are killed, the pipe
    closes and both end by themselves. What they leave in `folder` is swept when the next host starts there. The private
    folder (profile, files that a page makes, what the browser's processes share) lies in the computer's memory where it
    has a file system for that with room; where that is small, only the files do.
    """

    def __init__(
        self,
        folder: Path,
        browser: Browser,
        office: str,
        *,
        names: Iterable[str] = (),
        headed: bool = False,
        http2: bool = True,
        memory: MemoryBound = AS_SHIPPED,
        memory_exceeded: Callable[[Exceeded], None] = lambda _: None,
    ) -> None:
        """`folder` takes the private temporary folder; `office` is the contact named in the user agent.

        `names` are the only hosts that the browser can look up, besides this computer. Without `http2`, no two
        requests share a connection: see `bots.way_out`. `memory` is what a session may use; `memory_exceeded` is told,
        on the event loop, each time that more was used and ended.
        """
        self._names = frozenset(names)
        self._folder = folder
        self._executable = browser
        self._office = office
        self._headed = headed
        self._http2 = http2
        self._memory = memory
        self._tell_memory_exceeded = memory_exceeded
        self._memory_was_exceeded = False
        self._sessions = 0
        self._stack = contextlib.AsyncExitStack()
        self._browser: PlaywrightBrowser | None = None
        self._process: int | None = None
        self._user_agent = ""

    @property
    def user_agent(self) -> str:
        """The browser's own user agent with our suffix."""
        return self._user_agent

    @property
    def http2(self) -> bool:
        """May several requests share one connection?"""
        return self._http2

    def looks_up(self, names: Iterable[str]) -> bool:
        """Can it look up all of these hosts?"""
        return self._names.issuperset(names)

    @property
    def runs(self) -> bool:
        """Does the browser run, and answer to us?"""
        return self._browser is not None and self._browser.is_connected()

    @property
    def memory_was_exceeded(self) -> bool:
        """Did its pages ever take more memory than they may, so that one of them, or all, were ended?"""
        return self._memory_was_exceeded

    @property
    def process(self) -> int | None:
        """The browser's process id."""
        return self._process

    async def __aenter__(self) -> Self:
        """Start. Raises NoBrowser when the browser does not start."""
        sweep(self._folder)
        async with contextlib.AsyncExitStack() as stack:
            private, downloads = self._private_folders(stack)
            started = True
            try:
                playwright = await _start_driver(private)
                stack.push_async_callback(_end_driver, playwright)
                await register(playwright)
                self._browser = await self._launch(playwright, private, downloads)
                stack.push_async_callback(self._end_browser)
                stack.callback(self._watched(await self._identify(self._browser)).stop)
            except PlaywrightError:
                started = False
            if not started:
                raise NoBrowser(
                    f"The browser at {self._executable.path} does not start. Run 'portalwright browser' to see which "
                    "one is used and to install another."
                )
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the browser and the driver and remove the private folder. Safe to call again."""
        await self._stack.aclose()

    async def new_context(
        self, *, accept_downloads: bool = False, proxy: str | None = None, direct: Sequence[str] = ()
    ) -> BrowserContext:
        """A fresh context: no cookies, no permissions, no service workers, and no downloads unless asked for.

        With `proxy`, nothing goes out but through it, not even to this computer; but for the hosts that are `direct`.
        """
        if self._browser is None:
            raise NoBrowser("The browser is not running. Use the host inside 'async with'.")
        bypass = ",".join(("<-loopback>", *direct))
        async with no_browser_text():
            context = await self._browser.new_context(
                user_agent=self._user_agent,
                service_workers="block",
                accept_downloads=accept_downloads,
                permissions=[],
                viewport={"width": 1280, "height": 900},
                proxy=None if proxy is None else {"server": proxy, "bypass": bypass},
            )
            context.on("page", _never_ask_for_files)
            self._sessions += 1
            context.on("close", self._session_ended)
            return context

    def _session_ended(self, _context: BrowserContext) -> None:
        self._sessions -= 1

    def _private_folders(self, stack: contextlib.AsyncExitStack) -> tuple[Path, Path]:
        """The private folder, and where the browser stores files: in memory, so that none is on a disk after everything
        was killed."""
        whole = leftovers.folder_in_memory(_ROOM_FOR_ALL)
        if whole is not None:
            private = stack.enter_context(leftovers.private_folder(whole, _IN_MEMORY))
            return private, private / "downloads"
        private = stack.enter_context(leftovers.private_folder(self._folder))
        in_memory = leftovers.folder_in_memory()
        if in_memory is None:
            return private, private / "downloads"
        return private, stack.enter_context(leftovers.private_folder(in_memory, _IN_MEMORY))

    async def _launch(self, playwright: Playwright, private: Path, downloads: Path) -> PlaywrightBrowser:
        return await playwright.chromium.launch(
            executable_path=self._executable.path,
            headless=not self._headed,
            args=launch_arguments(http2=self._http2, names=self._names),
            # Playwright would switch the sandbox off for everybody.
            chromium_sandbox=not is_root(),
            env={**os.environ, **_temporary_folder(private)},
            downloads_path=downloads,
            # Our own process decides what a signal means; the driver must not end the browser under a session.
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )

    async def _identify(self, browser: PlaywrightBrowser) -> int:
        """Learn who it says it is; its process id."""
        session = await browser.new_browser_cdp_session()
        version = await session.send("Browser.getVersion")
        processes = await session.send("SystemInfo.getProcessInfo")
        await session.detach()
        self._user_agent = version["userAgent"] + user_agent_suffix(self._office)
        process = next(int(entry["id"]) for entry in processes["processInfo"] if entry["type"] == "browser")
        self._process = process
        return process

    def _watched(self, process: int) -> MemoryWatch:
        """The thread that keeps the browser within its memory; it runs from now on."""
        loop = asyncio.get_running_loop()

        def exceeded(what: Exceeded) -> None:
            self._memory_was_exceeded = True
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._tell_memory_exceeded, what)

        watch = MemoryWatch(process, self._memory, lambda: self._sessions, exceeded)
        watch.start()
        return watch

    async def _end_browser(self) -> None:
        """Ask the browser to end; one that does not is killed by the driver when the driver ends."""
        browser, self._browser = self._browser, None
        if browser is None:
            return
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await browser.close()


def _never_ask_for_files(page: Page) -> None:
    """A page that wants a file gets none, and shows no window for one; where we give one, we answer it ourselves."""
    page.on("filechooser", lambda _: None)


async def _start_driver(private: Path) -> Playwright:
    """Start Playwright's driver with the private folder as its temporary folder.

    The driver makes the browser's profile, and takes its environment from our process: there is no argument for it.
    """
    tempfile.gettempdir()  # Python remembers its own folder now, so that the change below never reaches it.
    before = {name: os.environ.get(name) for name in _temporary_folder(private)}
    os.environ.update(_temporary_folder(private))
    try:
        return await async_playwright().start()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


async def _end_driver(playwright: Playwright) -> None:
    with contextlib.suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await playwright.stop()


def _temporary_folder(private: Path) -> Mapping[str, str]:
    return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(private))
