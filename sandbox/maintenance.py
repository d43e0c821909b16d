"""When a portal is closed for maintenance: by the switch, by the quirk, or in hours that are planned every week."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.clock import Clock
from sandbox.quirks import Quirks
from sandbox.switches import SwitchBoard

MINUTES = (20, 30, 45, 60, 90)
SAME_VISIT = timedelta(minutes=1)


@dataclass(frozen=True)
class Planned:
    """Closed every week on this day (Monday is 0) between two times of the portal's own zone."""

    weekday: int
    start: time
    end: time


class Maintenance:
    """Tells until when the portal is closed now.

    Planned hours are kept only while the quirk `maintenance` is set at all, so that nobody meets a closed portal for
    no other reason than that it is Sunday.
    """

    def __init__(
        self,
        clock: Clock,
        quirks: Quirks,
        switches: SwitchBoard,
        zone: ZoneInfo,
        planned: tuple[Planned, ...] = (),
    ) -> None:
        self.zone = zone
        self._clock = clock
        self._quirks = quirks
        self._switches = switches
        self._planned = planned
        self._until: datetime | None = None
        self._last_newcomer: datetime | None = None

    def newcomer(self, user_agent: str = "") -> None:
        """Somebody without a session asks for a page: perhaps the quirk `maintenance` closes the portal for a while.

        What the same visitor asks for within a minute is the same visit.
        """
        now = self._clock.now()
        same_visit = self._last_newcomer is not None and now - self._last_newcomer < SAME_VISIT
        self._last_newcomer = now
        if not same_visit and self.closed_until() is None and self._quirks.happens("maintenance", user_agent):
            self._until = self._minute(timedelta(minutes=self._quirks.pick("maintenance", MINUTES)))

    def closed_until(self) -> datetime | None:
        """The end of the present window in the portal's own zone, on a whole minute; None while it is open."""
        now = self._clock.now().astimezone(self.zone)
        if self._until is not None and now < self._until:
            return self._until
        planned = self._planned if self._quirks.settings.get("maintenance") else ()
        for window in planned:
            if now.weekday() == window.weekday and window.start <= now.time() < window.end:
                return datetime.combine(now.date(), window.end, self.zone)
        if self._switches.now.maintenance:
            return self._minute(timedelta(hours=1))
        return None

    def _minute(self, ahead: timedelta) -> datetime:
        """This far from now, on a whole minute."""
        later = self._clock.now().astimezone(self.zone) + ahead
        return later.replace(second=0, microsecond=0) + timedelta(minutes=1)
