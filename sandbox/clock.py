"""The practice portal's own clock: the real time plus an offset that tests move forward."""

from datetime import UTC, date, datetime, timedelta

# The hour (UTC) at which a day given by its date begins for the portal, whatever the hour on the wall: the same date in
# every time zone of the country, and hours before any of them changes it.
_MIDDAY = 16


class Clock:
    """Tells the portal's time; moving it makes sessions idle out without anybody waiting."""

    def __init__(self, today: date | None = None) -> None:
        """Start at the real time or, with `today`, in the middle of that day (whole hours from the real time)."""
        self._offset = timedelta()
        if today is not None:
            wall = self.wall()
            self._offset = timedelta(days=(today - wall.date()).days, hours=_MIDDAY - wall.hour)

    def wall(self) -> datetime:
        """The real time (UTC), which a person's authenticator keeps whatever this clock says."""
        return datetime.now(UTC)

    def now(self) -> datetime:
        """The portal's time (UTC)."""
        return self.wall() + self._offset

    def advance(self, seconds: float) -> None:
        """Move the portal's time forward."""
        if seconds < 0:
            raise ValueError("A portal's clock only moves forward.")
        self._offset += timedelta(seconds=seconds)
