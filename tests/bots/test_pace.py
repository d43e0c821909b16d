"""No more look-ups a minute than the portal allows, and none on a session that went idle over the waiting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bots.pace import Pace
from flows.outcomes import Code, Stop

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@dataclass
class StillClock:
    """Moves only when somebody waits."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def pace(clock: StillClock, *waits: timedelta, idle: timedelta | None = None) -> Pace:
    """Of a portal whose bucket asks for these waits, one after the other, and for no more look-ups than that."""
    each: Iterator[timedelta] = iter(waits)

    async def reserve() -> timedelta:
        return next(each)

    return Pace(reserve, clock, idle)


async def test_a_look_up_waits_for_as_long_as_the_portals_bucket_says() -> None:
    clock = StillClock()
    line = pace(clock, timedelta(), timedelta(seconds=4), timedelta(seconds=2))
    for _ in range(3):
        await line.wait()
    assert clock.now() - NOW == timedelta(seconds=6)


async def test_a_wait_longer_than_the_session_lasts_ends_the_session_and_not_the_look_up() -> None:
    clock = StillClock()
    line = pace(clock, timedelta(), timedelta(minutes=20), timedelta(minutes=1), idle=timedelta(minutes=14))
    await line.wait()
    with pytest.raises(Stop) as stopped:
        await line.wait()
    assert stopped.value.outcome.reason is not None
    assert stopped.value.outcome.reason.code is Code.TECH_SESSION
    waited = clock.now()
    await line.wait()
    assert clock.now() == waited
    await line.wait()
    assert clock.now() == waited + timedelta(minutes=1)
