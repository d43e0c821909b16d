"""Keeps to the number of look-ups a minute that a portal allows."""

from datetime import datetime, timedelta

from bots.clock import Clock
from flows.outcomes import Code, Ending, stop


class Pace:
    """A token bucket: `a_minute` look-ups, evenly refilled, with room for a burst of a few seconds' worth."""

    def __init__(self, a_minute: float, clock: Clock, idle: timedelta | None = None) -> None:
        """`idle`: after so long without a page the portal has ended the session."""
        self._each_second = a_minute / 60
        self._room = max(1.0, self._each_second * 5)
        self._tokens = self._room
        self._clock = clock
        self._idle = idle
        self._filled_at: datetime = clock.now()

    async def wait(self) -> None:
        """Return when the next look-up may be made.

        Raises Stop with TECH-SESSION, and leaves the look-up to be made, when the wait was so long that the session
        has gone idle meanwhile: what is pressed next must be pressed in a new one.
        """
        self._refill()
        if self._tokens < 1:
            seconds = (1 - self._tokens) / self._each_second
            await self._clock.sleep(seconds)
            self._refill()
            if self._idle is not None and seconds >= self._idle.total_seconds():
                what = "The portal's own pace made us wait for longer than its session lasts."
                raise stop(Ending.TRANSIENT, Code.TECH_SESSION, what)
        self._tokens -= 1

    def _refill(self) -> None:
        now = self._clock.now()
        passed = max(0.0, (now - self._filled_at).total_seconds())
        self._tokens = min(self._room, self._tokens + passed * self._each_second)
        self._filled_at = now
