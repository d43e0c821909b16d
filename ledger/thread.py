"""The one thread on which an asynchronous program talks to the ledger.

Django's database layer is synchronous and refuses to run under an event loop; each thread has its own connection. One
thread also keeps the calls of a session in their order.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from ledger.start import close_connection

P = ParamSpec("P")
T = TypeVar("T")


class LedgerThread:
    """`async with LedgerThread() as ledger: await ledger.call(work.next_item, lease, now)`.

    A call that was begun is carried through even when the one who awaits it is cancelled. A function that gives results
    lazily (`answers.list_current`) must be used up inside the call: `ledger.call(lambda: list(...))`.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of the ledger on its thread, and give its result or raise its error."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, partial(function, *args, **kwargs))

    async def close(self) -> None:
        """Close the thread's connection and end the thread, after all calls that were begun."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, close_connection)
        self._executor.shutdown(wait=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()


def off_the_event_loop(function: Callable[[], T]) -> T:
    """Do this now, from code that may be running under an event loop, and wait for it.

    Under a loop the database layer refuses to be called, so it is done on a thread of its own, whose connection is
    closed again; for what is rare and must be done before anything else, such as reading the vault.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return function()

    def work() -> T:
        try:
            return function()
        finally:
            close_connection()

    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(work).result()
