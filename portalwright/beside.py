"""What may take minutes is done beside the event loop, on a thread that nobody waits for when the process ends."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar, cast

from ledger.start import close_connection

T = TypeVar("T")


async def beside(work: Callable[[], T]) -> T:
    """Do it on a thread of its own, with a connection of its own to the ledger, and give its result or its error.

    When the one who awaits it is cancelled, or the process ends, the work is left to itself: a server or a disk that
    hangs keeps nothing waiting. So it must be work that may break off at any point.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast("T", result))

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as raised:
            error = raised
        finally:
            close_connection()
        # The loop may be over by now: then nobody waits for it.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="beside", daemon=True).start()
    return await done
