"""How fast a portal is asked, over all its lanes, jobs and computers: one bucket of look-ups a minute for each portal.

The bucket is one instant (the generic cell rate algorithm, GCRA, of ATM Forum TM 4.0): when it would be full again. A
look-up moves it on by what it costs, and waits for as long as it is then more than the bucket's depth ahead of now.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ledger import models
from ledger.prepared import Prepared
from ledger.prepared_writes import PreparedUpdate

_BURST_SECONDS = 5
"""A portal that was left alone may be asked at once for as many look-ups as these seconds would have brought."""

CLOCKS_DIFFER = timedelta(seconds=60)
"""Computers of one office may disagree about the time by less than this; more, and the clock was set back."""


def burst(a_minute: float) -> float:
    """How many look-ups may follow one another at once, after a rest."""
    return max(1.0, a_minute / 60 * _BURST_SECONDS)


def reserve(portal: str, a_minute: float, now: datetime) -> timedelta:
    """Take one look-up out of the portal's bucket; returns how long to wait before it may be made.

    What was reserved is spent, whether the look-up is made or not. Sessions may go by different rates (their practices'
    permissions differ): each pays for its own look-up at its own. One write, committed when this returns; two that come
    at once wait one after the other.

    Where a bucket was asked of in what is the future now, the clock was set back since: what is in it stays, and its
    time is counted from here.
    """
    each = timedelta(minutes=1) / a_minute
    room = each * (burst(a_minute) - 1)
    while True:
        free_at, asked_at = _bucket(portal, now)
        begins = free_at if asked_at - now < CLOCKS_DIFFER else now + (free_at - asked_at)
        begins = max(begins, now)
        as_read: dict[str, str | datetime] = {"portal": portal, "free_at": free_at, "asked_at": asked_at}
        if _MOVED.run(as_read, free_at=begins + each, asked_at=now):
            return max(begins - room - now, timedelta())


def _bucket(portal: str, now: datetime) -> tuple[datetime, datetime]:
    while (found := _BUCKET.first(portal=portal)) is None:
        new = models.RateBucket(portal=portal, free_at=now, asked_at=now)
        models.RateBucket.objects.bulk_create([new], ignore_conflicts=True)
    free_at, asked_at = found
    return free_at, asked_at


def _of(portal: str) -> "QuerySet[models.RateBucket, tuple[datetime, datetime]]":
    return models.RateBucket.objects.filter(portal=portal).values_list("free_at", "asked_at")[:1]


def _as_read(portal: str, free_at: datetime, asked_at: datetime) -> "QuerySet[models.RateBucket]":
    return models.RateBucket.objects.filter(portal=portal, free_at=free_at, asked_at=asked_at)


_BUCKET = Prepared(_of)
_MOVED = PreparedUpdate(_as_read, "free_at", "asked_at")
