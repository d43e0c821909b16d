"""How a portal slows down visitors who search too fast: so many searches a minute, and then wait."""

from collections import deque
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.quirks import Quirks
from sandbox.switches import SwitchBoard

MINUTE = timedelta(minutes=1)
WAITS = (15, 20, 30, 45, 60)
"""For how many seconds a visitor may be sent away."""


class Throttle:
    """Counts searches by the portal's clock. A visitor who comes back too early is sent away again."""

    def __init__(self, clock: Clock, quirks: Quirks, switches: SwitchBoard) -> None:
        self._clock = clock
        self._quirks = quirks
        self._switches = switches
        self._searches: deque[datetime] = deque()
        self._until: datetime | None = None

    def wait_before_search(self, user_agent: str = "") -> int:
        """For how many seconds this search is refused (the Retry-After of the answer); 0: it may go on.

        Every refusal is written down as `throttled`.
        """
        now = self._clock.now()
        if self._until is not None and now < self._until:
            return self._refused(user_agent, early=True)
        while self._searches and now - self._searches[0] >= MINUTE:
            self._searches.popleft()
        most = self._switches.now.searches_a_minute
        if most is not None and len(self._searches) >= most:
            self._until = self._searches[0] + MINUTE
            return self._refused(user_agent, early=False)
        if self._quirks.happens("throttle", user_agent):
            self._until = now + timedelta(seconds=self._quirks.pick("throttle", WAITS))
            return self._refused(user_agent, early=False)
        self._searches.append(now)
        return 0

    def note_page(self, user_agent: str = "") -> None:
        """A visitor who was sent away opens some page: written down as `throttled` when it is too early."""
        if self._until is not None and self._clock.now() < self._until:
            self._refused(user_agent, early=True)

    def _refused(self, user_agent: str, *, early: bool) -> int:
        until = self._until or self._clock.now()
        seconds = max(1, -int((self._clock.now() - until).total_seconds() // 1))
        self._quirks.events.add("throttled", user_agent, retry_after=seconds, early=early)
        return seconds
