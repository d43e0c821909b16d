"""No more look-ups a minute than the portal allows, and none on a session that went idle over the waiting."""

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


async def test_a_hundred_look_ups_take_as_long_as_the_portal_says() -> None:
    clock = StillClock()
    pace = Pace(30, clock)
    for _ in range(100):
        await pace.wait()
    assert timedelta(minutes=3) < clock.now() - NOW <= timedelta(minutes=3, seconds=20)


async def test_a_wait_longer_than_the_session_lasts_ends_the_session_and_not_the_look_up() -> None:
    clock = StillClock()
    pace = Pace(0.05, clock, timedelta(minutes=14))
    await pace.wait()
    with pytest.raises(Stop) as stopped:
        await pace.wait()
    assert stopped.value.outcome.reason is not None
    assert stopped.value.outcome.reason.code is Code.TECH_SESSION
    waited = clock.now()
    await pace.wait()
    assert clock.now() == waited
