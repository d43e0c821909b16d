"""The way out of a session's browser: a relay of ours that lets nobody through but the portal, and no press twice.

Whatever a page does, its calls to other hosts than the portal's declared ones come here (SOCKS, RFC 1928, on this
computer alone) and are refused; see `bots.allowed_hosts`.

A browser sends a form again by itself, whatever it does, when a line that it had used before dies without an answer. So
the browser of an appeal reaches the portal itself through this relay, which sees
the lines and nothing of what goes over them: when one dies unanswered after the press, nothing goes out any more.

A request shares its line with no other (`BrowserHost(http2=False)`); so a line whose last word was ours is unanswered.
"""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import Self

from bots.allowed_hosts import AllowedHosts
from bots.elsewhere import Elsewhere
from bots.line_talk import EncryptedLine, PlainLine, Told, is_encrypted

_FAREWELL = 60
"""Fewer bytes are neither a request nor an answer: the word with which one side of an encrypted line takes its leave
(RFC 8446 6.1) has 24, the shortest answers of a portal, encrypted, have more than this."""

_CONNECT_SECONDS = 30.0
_MOST_NAMES = 5
"""So many refused hosts are remembered by name for whoever mends the pack; a page could ask for any number."""
_AT_ONCE = 65536

_VERSION, _NO_SECRET, _CONNECT = 5, 0, 1
_BY_IPV4, _BY_NAME, _BY_IPV6 = 1, 3, 4
_DONE, _NOT_ALLOWED, _UNREACHABLE, _UNKNOWN_COMMAND = 0, 2, 4, 7
_GIVE_UP_AT_ONCE = struct.pack("ii", 1, 0)


class _Line:
    """One connection of the browser through the relay."""

    def __init__(self, browser: asyncio.StreamWriter, portal: asyncio.StreamWriter) -> None:
        self._writers = (browser, portal)
        self._told: Told | None = None
        self._pressed = False
        self._asked = False
        self._back = 0

    def sent(self, some: bytes, *, pressed: bool) -> None:
        """These bytes go out to the portal; `pressed` says that the press has been made."""
        if self._told is None:
            self._told = EncryptedLine() if is_encrypted(some) else PlainLine()
        if self._told.asked(some) >= _FAREWELL:
            self._asked, self._back = True, 0
            self._pressed = self._pressed or pressed

    def received(self, some: bytes) -> None:
        """These bytes came back."""
        self._back += len(some) if self._told is None else self._told.answered(some)

    @property
    def waits(self) -> bool:
        """Was something asked that has no answer yet?"""
        return self._asked and self._back < _FAREWELL

    @property
    def waits_since_press(self) -> bool:
        """Does it wait for an answer to what went out after the press?"""
        return self._pressed and self.waits

    def drop(self) -> None:
        """End it at once, both ways, with nothing that still waits to be sent."""
        for writer in self._writers:
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _GIVE_UP_AT_ONCE)
            writer.transport.abort()


class WayOut:
    """`async with WayOut(allowed) as way_out`: a relay for one browser context, whose proxy is `way_out.address`."""

    def __init__(self, allowed: AllowedHosts) -> None:
        """Nothing goes out but to the allowed hosts."""
        self._allowed = allowed
        self._refused: Counter[Elsewhere] = Counter()
        self._names: dict[str, None] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._lines: set[_Line] = set()
        self._pressed = False
        self._cut = False

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @property
    def address(self) -> str:
        """Where the relay is, as a browser takes it."""
        if self._server is None:
            raise RuntimeError("the relay is not running")
        return f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def is_cut(self) -> bool:
        """Goes nothing out any more?"""
        return self._cut

    @property
    def refused(self) -> Mapping[Elsewhere, int]:
        """How many calls to other hosts were refused, by the kind of host."""
        return dict(self._refused)

    def take_refused_names(self) -> tuple[str, ...]:
        """Some of the hosts that were refused since this was last called. A page chose them: protected data."""
        names, self._names = tuple(self._names), {}
        return names

    @contextlib.asynccontextmanager
    async def one_press(self) -> AsyncIterator[None]:
        """Around the one press and the wait for what follows it.

        Lines that nobody uses are ended first, so that the press goes out on one of its own, and no browser sends that
        again. From then on the first line to die without an answer cuts all others too; so does an error that ends the
        block, such as an answer that nobody described. What is cut stays so until `restore`.
        """
        for line in [line for line in self._lines if not line.waits]:
            line.drop()
        self._pressed = True
        try:
            yield
        except BaseException:
            self.cut()
            raise
        finally:
            self._pressed = False

    def cut(self) -> None:
        """Let nothing more out, and end all lines."""
        self._cut = True
        for line in tuple(self._lines):
            line.drop()

    def restore(self) -> None:
        """Let the browser out again. Only when the page that pressed is gone, and what it could still send with it."""
        self._cut = False

    # One connection of the browser

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            portal = await self._connected(reader, writer)
            if portal is not None:
                await self._carry(reader, writer, *portal)
        except (OSError, asyncio.IncompleteReadError, UnicodeError, asyncio.CancelledError):
            # A browser that goes away in the middle of a sentence has no further wish; only our own end cancels.
            return
        finally:
            writer.transport.abort()

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """The connection that the browser asks for; None when there is none, and it was told so."""
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(bytes([_VERSION, _NO_SECRET]))
        _, command, _, kind = await reader.readexactly(4)
        host = await _host(reader, kind)
        port = int.from_bytes(await reader.readexactly(2))
        refusal = _UNKNOWN_COMMAND if command != _CONNECT else _NOT_ALLOWED if self._cut else _UNREACHABLE
        if not self._allowed.allows(host, port):
            self._refuse(host)
            refusal = _NOT_ALLOWED
        if refusal == _UNREACHABLE:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(_CONNECT_SECONDS):
                    portal = await asyncio.open_connection(host, port, happy_eyeballs_delay=0.25)
                writer.write(_reply(_DONE))
                return portal
        writer.write(_reply(refusal))
        return None

    def _refuse(self, host: str) -> None:
        self._refused[self._allowed.elsewhere(host)] += 1
        if len(self._names) < _MOST_NAMES:
            self._names[host] = None

    async def _carry(
        self,
        from_browser: asyncio.StreamReader,
        to_browser: asyncio.StreamWriter,
        from_portal: asyncio.StreamReader,
        to_portal: asyncio.StreamWriter,
    ) -> None:
        """Carry bytes both ways until one side ends. That a line died unanswered is known before the browser is."""
        line = _Line(to_browser, to_portal)
        self._lines.add(line)

        async def out() -> None:
            while (some := await from_browser.read(_AT_ONCE)) and not self._cut:
                line.sent(some, pressed=self._pressed)
                to_portal.write(some)
                await to_portal.drain()

        async def back() -> None:
            while some := await from_portal.read(_AT_ONCE):
                line.received(some)
                to_browser.write(some)
                await to_browser.drain()

        ways = {asyncio.ensure_future(out()), asyncio.ensure_future(back())}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if self._pressed and line.waits_since_press:
                self.cut()
        finally:
            self._lines.discard(line)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await _closed(to_browser)
            to_portal.transport.abort()


async def _host(reader: asyncio.StreamReader, kind: int) -> str:
    """The host that the browser names; a name is looked up by us. Raises OSError for what is no host."""
    if kind == _BY_IPV4:
        return str(IPv4Address(await reader.readexactly(4)))
    if kind == _BY_IPV6:
        return str(IPv6Address(await reader.readexactly(16)))
    if kind == _BY_NAME:
        (length,) = await reader.readexactly(1)
        return (await reader.readexactly(length)).decode("ascii")
    raise OSError("an unknown kind of address")


def _reply(code: int) -> bytes:
    return bytes([_VERSION, code, 0, _BY_IPV4]) + bytes(6)


async def _closed(writer: asyncio.StreamWriter) -> None:
    """Close after what was received has been handed over."""
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()
