"""A portal that was down is left alone for a while, longer each time; after that one session tries, and the rest wait.

One breaker for each portal, over all its lanes and computers. Closed: it may be asked. Open: it was down, nobody asks
it until a time. Half-open: that time is over, and one lane tries; what comes of that closes or opens it again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from ledger import models
from ledger.errors import PortalClosed
from ledger.lanes import Lease

WAITS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60), timedelta(minutes=240))
"""How long a portal is left alone after the first, second, ... time in a row that it was down; then the last one."""

_LOOK_AGAIN = timedelta(minutes=1)
"""While another session tries, one looks again after this."""


class BreakerState(StrEnum):
    """May the portal be asked?"""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"
    """By one session, which tries for all."""


@dataclass(frozen=True)
class BreakerStanding:
    """How a portal's breaker stands. `failures` is how often in a row it was down.

    `until` (UTC): when the portal may be tried, where it is open; when to look again, where a session tries now.
    `trying` is that session's lane.
    """

    portal: str
    state: BreakerState
    failures: int = 0
    until: datetime | None = None
    trying: int | None = None

    @property
    def why(self) -> str:
        """In a few words, for people; "" where the portal may be asked."""
        if self.state is BreakerState.OPEN and self.until is not None:
            times = f"{self.failures} times in a row" if self.failures > 1 else "once"
            return f"was down {times}; tried again at {self.until:%Y-%m-%d %H:%M} UTC"
        if self.trying is not None:
            return "was down; one session tries it now"
        return ""


def standing(portal: str, now: datetime) -> BreakerStanding:
    """How the portal's breaker stands now; changes nothing."""
    row = models.Breaker.objects.select_related("trial_lane").filter(portal=portal).first()
    return _standing(portal, row, now)


def enter(lease: Lease, now: datetime, *, anyway: bool = False) -> None:
    """The lane that is held is about to ask its portal; where the breaker is half-open, it is the one that tries.

    Raises PortalClosed while it is open, or another lane tries. `anyway`: a person wants it now, and their session is
    the one that tries.
    """
    with transaction.atomic():
        row = (
            models.Breaker.objects.select_for_update(of=("self",))
            .select_related("trial_lane")
            .filter(portal=lease.portal, failures__gt=0)
            .first()
        )
        if row is None:
            return
        found = _standing(lease.portal, row, now)
        if not anyway and found.until is not None and found.trying != lease.lane_id:
            raise PortalClosed(lease.portal, found.until, "it was down")
        models.Breaker.objects.filter(pk=row.pk).update(
            trial_lane=lease.lane_id, trial_token=lease.token, changed_at=now
        )


def failed(portal: str, now: datetime) -> datetime:
    """The portal was down for a session; returns until when it is left alone.

    Sessions that meet the same outage count once: while the breaker is open already, nothing is added.
    """
    with transaction.atomic():
        models.Breaker.objects.get_or_create(portal=portal, defaults={"changed_at": now})
        row = models.Breaker.objects.select_for_update().get(portal=portal)
        if row.open_until is not None and now < row.open_until <= now + WAITS[-1]:
            return row.open_until
        until = now + WAITS[min(row.failures, len(WAITS) - 1)]
        row.failures, row.open_until, row.changed_at = row.failures + 1, until, now
        row.trial_lane, row.trial_token = None, 0
        row.save()
        return until


def succeeded(portal: str, now: datetime) -> bool:
    """The portal has answered: its breaker is closed. True when it was not."""
    rows = models.Breaker.objects.filter(portal=portal, failures__gt=0)
    return bool(rows.update(failures=0, open_until=None, trial_lane=None, trial_token=0, changed_at=now))


def _standing(portal: str, row: models.Breaker | None, now: datetime) -> BreakerStanding:
    if row is None or not row.failures:
        return BreakerStanding(portal, BreakerState.CLOSED)
    # A time further off than any wait was written before the clock was set back.
    if row.open_until is not None and now < row.open_until <= now + WAITS[-1]:
        return BreakerStanding(portal, BreakerState.OPEN, row.failures, row.open_until)
    lane = row.trial_lane
    tries = lane is not None and lane.token == row.trial_token and lane.until is not None and lane.until > now
    if lane is not None and tries:
        return BreakerStanding(portal, BreakerState.HALF_OPEN, row.failures, now + _LOOK_AGAIN, lane.pk)
    return BreakerStanding(portal, BreakerState.HALF_OPEN, row.failures)
