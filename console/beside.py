"""Work that takes longer than a page may: done beside the pages, on a thread with a connection of its own."""

from collections.abc import Callable
from threading import Thread

from ledger.start import close_connection


def beside(work: Callable[[], object]) -> None:
    """Begin this now and do not wait for it. It says by itself, in the ledger, that it has ended."""

    def do() -> None:
        try:
            work()
        finally:
            close_connection()

    Thread(target=do, name="beside the desk", daemon=True).start()
