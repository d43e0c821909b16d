"""What every request passes before Django sees it: how much it may send, how slowly, and which thread answers it.

A thread keeps its connection to the ledger from one request to the next; opening one costs more than most pages. Event
streams, which stay open for hours, have a thread of their own each, and end when the desk does.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import ThreadSensitiveContext

from console.settings import MOST_BYTES
from ledger.start import close_connection

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Answering = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
"""An ASGI application."""

THREADS = 6
"""So many pages are made at a time; others wait for the next free thread."""

SECONDS_TO_SEND = 60.0
"""Whoever sends a form has so long between two pieces of it."""

_LEFT: Message = {"type": "http.disconnect"}


class Threads:
    """The threads that make the pages, each with a connection of its own to the ledger."""

    def __init__(self, count: int = THREADS) -> None:
        # The one that was used last comes first: its connection is warm, and few connections are opened.
        self._free: asyncio.LifoQueue[ThreadPoolExecutor] = asyncio.LifoQueue()
        self._all = [ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk") for _ in range(count)]
        for one in self._all:
            self._free.put_nowait(one)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """What Django does inside the block, it does on one of the threads, which nobody else has meanwhile."""
        thread = await self._free.get()
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            self._free.put_nowait(thread)

    def close(self) -> None:
        """End the threads and their connections, after what they are at."""
        for one in self._all:
            one.submit(close_connection)
            one.shutdown(wait=False)


class Doorway:
    """The ASGI application in front of Django's. `stopping` is set when the desk is about to end."""

    def __init__(self, answering: Answering, threads: Threads, stopping: asyncio.Event) -> None:
        self._answering = answering
        self._threads = threads
        self._stopping = stopping

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = {name: value for name, value in scope["headers"] if name in {b"accept", b"content-length"}}
        if int(headers.get(b"content-length", b"0")) > MOST_BYTES:
            await _refuse(send)
            return
        if headers.get(b"accept", b"").startswith(b"text/event-stream"):
            await self._stream(scope, _limited(receive), send)
            return
        async with self._threads.one():
            await self._answering(scope, _limited(receive), send)

    async def _stream(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Until the browser leaves or the desk ends, whichever is first; the stream is then ended as it should be."""
        begun = ended = False

        async def noted(message: Message) -> None:
            nonlocal begun, ended
            begun = True
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        async def until_stopped() -> Message:
            waiting = asyncio.ensure_future(receive()), asyncio.ensure_future(self._stopping.wait())
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                got = waiting[0]
                return got.result() if got.done() else _LEFT
            finally:
                for one in waiting:
                    one.cancel()

        await self._answering(scope, until_stopped, noted)
        if begun and not ended:
            await send({"type": "http.response.body", "body": b""})


def _limited(receive: Receive) -> Receive:
    """The request's body, of which no more than the most is taken, and which must not come too slowly."""
    taken, whole = 0, False

    async def next_message() -> Message:
        nonlocal taken, whole
        if whole:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), SECONDS_TO_SEND)
        except TimeoutError:
            return _LEFT
        taken += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        return message if taken <= MOST_BYTES else _LEFT

    return next_message


async def _refuse(send: Send) -> None:
    text = b"This is more than the desk takes at once. Nothing was changed."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": text})
