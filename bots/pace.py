"""Keeps to the number of look-ups a minute that a portal allows, all sessions that ask it taken together."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bots.clock import Clock
from flows.outcomes import Code, Ending, stop

Reserve = Callable[[], Awaitable[timedelta]]
"""Takes a look-up out of the portal's bucket, and says how long to wait for it."""


class Pace:
    """One session's place in the line of all that ask the portal."""

    def __init__(self, reserve: Reserve, clock: Clock, idle: timedelta | None = None) -> None:
        """`idle`: after so long without a page the portal has ended the session."""
        self._reserve = reserve
        self._clock = clock
        self._idle = idle
        self._reserved = False

    async def wait(self) -> None:
        """Return when the next look-up may be made.

        Raises Stop with TECH-SESSION, and leaves the look-up to be made, when the wait was so long that the session
        has gone idle meanwhile: what is pressed next must be pressed in a new one.
        """
        if not self._reserved:
            wait = await self._reserve()
            if wait:
                await self._clock.sleep(wait.total_seconds())
            if self._idle is not None and wait >= self._idle:
                self._reserved = True
                what = "The portal's own pace made us wait for longer than its session lasts."
                raise stop(Ending.TRANSIENT, Code.TECH_SESSION, what)
        self._reserved = False
