"""Keeps to the number of look-ups a minute that a portal allows."""

from datetime import datetime

from bots.clock import Clock


class Pace:
    """A token bucket: `a_minute` look-ups, evenly refilled, with room for a burst of a few seconds' worth."""

    def __init__(self, a_minute: float, clock: Clock) -> None:
        self._each_second = a_minute / 60
        self._room = max(1.0, self._each_second * 5)
        self._tokens = self._room
        self._clock = clock
        self._filled_at: datetime = clock.now()

    async def wait(self) -> None:
        """Return when the next look-up may be made."""
        self._refill()
        if self._tokens < 1:
            await self._clock.sleep((1 - self._tokens) / self._each_second)
            self._refill()
        self._tokens -= 1

    def _refill(self) -> None:
        now = self._clock.now()
        passed = max(0.0, (now - self._filled_at).total_seconds())
        self._tokens = min(self._room, self._tokens + passed * self._each_second)
        self._filled_at = now
