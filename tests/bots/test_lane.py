"""A lane is held for as long as somebody hears that we live, and not an instant on trust."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bots import lane
from bots.clock import SystemClock
from bots.lane import Lane, held
from ledger import lanes
from ledger.accounts import Actor
from ledger.errors import LeaseLost
from ledger.lanes import Lease
from ledger.thread import LedgerThread

ACTOR = Actor(account_id=1, name="robot", practice_id=1, is_robot=True)
LANE = Lane("portal", "main", 0)


class HardOfHearing(LedgerThread):
    """A ledger whose heartbeats end as `beats` says: None is heard, an error is raised; the last one goes on."""

    def __init__(self, *beats: Exception | None) -> None:
        self._beats = list(beats)
        self.asked: list[str] = []

    async def call(self, function: Callable[..., Any], *_: Any, **__: Any) -> Any:
        self.asked.append(function.__name__)
        if function is lanes.take:
            return Lease(1, 1, "portal", "main", 0, ACTOR, timedelta(seconds=45))
        if function is lanes.beat:
            heard = self._beats.pop(0) if len(self._beats) > 1 else self._beats[0]
            if heard is not None:
                raise heard
        return None


@pytest.fixture(autouse=True)
def fast_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "_BEAT_SECONDS", 0.01)
    monkeypatch.setattr(lane, "_SILENCE_SECONDS", 0.2)


async def session(ledger: LedgerThread, seconds: float) -> None:
    async with held(LANE, ledger, SystemClock(), ACTOR, None):
        await asyncio.sleep(seconds)


async def test_a_session_whose_lease_somebody_else_took_ends_at_once() -> None:
    with pytest.raises(LeaseLost):
        await asyncio.wait_for(session(HardOfHearing(None, LeaseLost()), 30), 5)


async def test_a_session_that_nobody_hears_ends_before_another_may_begin() -> None:
    with pytest.raises(LeaseLost):
        await asyncio.wait_for(session(HardOfHearing(None, OSError("disk full")), 30), 5)


async def test_a_heartbeat_or_two_that_is_not_heard_ends_nothing() -> None:
    ledger = HardOfHearing(OSError("busy"), OSError("busy"), None)
    await session(ledger, 0.4)
    assert ledger.asked.count("beat") > 3
    assert ledger.asked[-1] == "release"


async def test_who_is_told_that_the_lease_is_lost_can_go_on_and_is_not_left_cancelled() -> None:
    with pytest.raises(LeaseLost):
        await session(HardOfHearing(LeaseLost()), 30)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
