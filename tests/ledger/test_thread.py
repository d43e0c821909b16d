"""An asynchronous program talks to the ledger through one thread."""

import asyncio
import threading

import pytest
from django.core.exceptions import SynchronousOnlyOperation

from ledger import accounts, vault_state
from ledger.errors import NotThere, VaultOlder
from ledger.thread import LedgerThread

pytestmark = pytest.mark.django_db(transaction=True)


async def test_all_calls_run_on_one_thread_in_their_order() -> None:
    seen: list[tuple[int, int]] = []

    def note(number: int) -> int:
        vault_state.counter()
        seen.append((number, threading.get_ident()))
        return number

    async with LedgerThread() as ledger:
        results = await asyncio.gather(*(ledger.call(note, number) for number in range(20)))
    assert results == list(range(20))
    assert [number for number, _ in seen] == list(range(20))
    assert len({thread for _, thread in seen} | {threading.get_ident()}) == 2


async def test_errors_of_the_ledger_come_through() -> None:
    async with LedgerThread() as ledger:
        with pytest.raises(NotThere):
            await ledger.call(accounts.default_practice)


async def test_the_ledger_refuses_to_block_an_event_loop() -> None:
    with pytest.raises(SynchronousOnlyOperation):
        vault_state.counter()


def test_an_older_vault_is_noticed() -> None:
    assert vault_state.counter() == 0
    for count in (3, 3, 9):
        vault_state.set_counter(count)
    with pytest.raises(VaultOlder):
        vault_state.set_counter(8)
    assert vault_state.counter() == 9
