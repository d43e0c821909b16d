"""The practice portal's own clock: the real time plus an offset that tests move forward."""

from datetime import UTC, date, datetime, timedelta


class Clock:
    """Tells the portal's time; moving it makes sessions idle out without anybody waiting."""

    def __init__(self, today: date | None = None) -> None:
        """Start at the real time or, with `today`, at the present time of day on that date (UTC)."""
        self._offset = timedelta()
        if today is not None:
            self._offset = timedelta(days=(today - self.wall().date()).days)

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
