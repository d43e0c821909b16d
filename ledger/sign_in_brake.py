"""Wrong entries at the desk's sign-in page are braked by where they come from, and over all: for names nobody has, too.

An account locks by itself (`ledger.sign_ins`); a name that no account has can not. Each place that entries come from
has a bucket of them, kept as one instant as in `ledger.rates`: when it is full again. Every entry takes one before its
name is looked at, so that known and unknown names are told alike, and one that was right is given back.

The ledger keeps it, so that several consoles count together and a restart forgets nothing. It holds no name that was
typed, which may be a password, and no address: a key that cannot be turned back, for as long as its bucket is not full.
What is kept is bounded: only entries that passed the bucket of all places are written down at all.

Neither django-axes nor django-ratelimit does this. The first keeps the names that were typed, addresses and browsers in
clear rows that nothing bounds, and counts on Django's own sign-in, which this desk has not; the second counts in a
cache that all processes share, and an office has none: Django's cache in the database does not count safely.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ledger import models
from ledger.rates import CLOCKS_DIFFER

EVERY_PLACE = "every-place"
"""The key of the bucket for all places together. Its row is there for good; whoever changes any row has locked it."""

_FAR = timedelta(days=1)
"""No bucket is so deep: one that is full only after this was written before the clock was set back."""


@dataclass(frozen=True)
class Bucket:
    """So many entries at once (`burst`), then one more after each `each`. `key`: whose it is, 64 characters at most."""

    key: str
    burst: int
    each: timedelta

    @property
    def depth(self) -> timedelta:
        """So long it takes an empty one to be full."""
        return self.burst * self.each


@dataclass(frozen=True)
class Braked:
    """The entry was not looked at; after `wait` one may be."""

    wait: timedelta


def standing(buckets: Sequence[Bucket], now: datetime) -> Braked | None:
    """None where an entry would be looked at now. It changes and locks nothing: those who hammer cost one read."""
    return _braked(_rows(buckets), buckets, now)


def take(buckets: Sequence[Bucket], now: datetime) -> Braked | None:
    """Within the caller's transaction: one entry out of each bucket, or out of none where one of them is empty."""
    _lock(now)
    forget(now)
    rows = _rows(buckets)
    braked = _braked(rows, buckets, now)
    if braked is not None:
        return braked
    _write(
        models.SignInBrake(
            key=one.key,
            free_at=_begins(rows.get(one.key), one, now) + one.each,
            told=one.key in rows and rows[one.key].told and rows[one.key].free_at > now,
        )
        for one in buckets
    )
    return None


def give_back(buckets: Sequence[Bucket], now: datetime) -> None:
    """The entry was right, and does not count."""
    with transaction.atomic():
        _lock(now)
        rows = _rows(buckets)
        for one in buckets:
            if one.key in rows:
                rows[one.key].free_at = _begins(rows[one.key], one, now) - one.each
        _write(rows.values())


def newly_closed(buckets: Sequence[Bucket], now: datetime) -> tuple[Bucket, ...]:
    """Within the caller's transaction: those that are empty now. Each is told once, until it was full again."""
    _lock(now)
    rows = _rows(buckets)
    closed = tuple(
        one
        for one in buckets
        if one.key in rows and not rows[one.key].told and _wait(rows[one.key], one, now) > timedelta()
    )
    for one in closed:
        rows[one.key].told = True
    _write(rows[one.key] for one in closed)
    return closed


def forget(now: datetime) -> None:
    """Remove the buckets that are full again: they say no more than none at all."""
    over = Q(free_at__lte=now) | Q(free_at__gt=now + _FAR)
    models.SignInBrake.objects.filter(over).exclude(key=EVERY_PLACE).delete()


def _braked(rows: dict[str, models.SignInBrake], buckets: Sequence[Bucket], now: datetime) -> Braked | None:
    wait = max((_wait(rows.get(one.key), one, now) for one in buckets), default=timedelta())
    return Braked(wait) if wait > timedelta() else None


def _wait(row: models.SignInBrake | None, bucket: Bucket, now: datetime) -> timedelta:
    return max(_begins(row, bucket, now) + bucket.each - now - bucket.depth, timedelta())


def _begins(row: models.SignInBrake | None, bucket: Bucket, now: datetime) -> datetime:
    """When it is full: now, where it is no bucket of this time since the clock was set back."""
    emptiest = now + bucket.depth
    if row is None or row.free_at - emptiest > CLOCKS_DIFFER:
        return now
    return min(max(row.free_at, now), emptiest)


def _lock(now: datetime) -> None:
    """Whoever changes buckets has this row first, so that no two wait for each other."""
    rows = models.SignInBrake.objects.select_for_update().filter(key=EVERY_PLACE)
    while rows.first() is None:
        new = models.SignInBrake(key=EVERY_PLACE, free_at=now)
        models.SignInBrake.objects.bulk_create([new], ignore_conflicts=True)


def _rows(buckets: Sequence[Bucket]) -> dict[str, models.SignInBrake]:
    found = models.SignInBrake.objects.filter(key__in=[one.key for one in buckets])
    return {row.key: row for row in found}


def _write(rows: Iterable[models.SignInBrake]) -> None:
    changed = [models.SignInBrake(key=row.key, free_at=row.free_at, told=row.told) for row in rows]
    models.SignInBrake.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["key"], update_fields=["free_at", "told"]
    )
