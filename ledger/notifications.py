"""What people are to be told of by e-mail or webhook: found once, told once, tried again while a server is down.

A row holds the kind, portal, job and a count; the words are made when it is sent. Whoever sends takes a row for a few
minutes, so that of several computers one sends it; one that died between sending and saying so sends it once more.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from flows.questions import Flow
from ledger import audit, models
from ledger.accounts import Actor
from ledger.canonical import canonical_json

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
_GIVEN_UP_AFTER = timedelta(days=2)
TAKEN_FOR = timedelta(minutes=5)
"""So long one process has for sending what it has taken; then another may."""


@dataclass(frozen=True)
class Found:
    """Something to be told. `key` says what it is about: the same key is told once, ever."""

    key: str
    kind: str
    portal: str = ""
    flow: Flow | None = None
    count: int = 0


@dataclass(frozen=True)
class Taken:
    """A notification that this process is to send now, to all targets but those in `told_to`."""

    id: int
    found: Found
    found_at: datetime
    told_to: frozenset[str]
    tries: int


def find(found: Collection[Found], actor: Actor, now: datetime, *, not_before: datetime | None = None) -> int:
    """Note what is to be told, for the actor's practice; return how many of these are new.

    `not_before`: not told before then (quiet hours); at once when left out.
    """
    of_practice = models.Notification.objects.filter(practice_id=actor.practice_id)
    known = set(of_practice.filter(key__in=[one.key for one in found]).values_list("key", flat=True))
    return sum(_noted(one, actor, now, not_before or now) for one in found if one.key not in known)


def _noted(one: Found, actor: Actor, now: datetime, not_before: datetime) -> bool:
    try:
        with transaction.atomic():
            row = models.Notification.objects.create(
                practice_id=actor.practice_id,
                key=one.key,
                kind=one.kind,
                portal=one.portal,
                flow=one.flow or "",
                count=one.count,
                found_at=now,
                not_before=not_before,
            )
            audit.append(
                actor, "notification.find", "notification", row.pk, now,
                portal=one.portal, flow=one.flow or "", result=one.kind,
            )  # fmt: skip
    except IntegrityError:
        # Another computer has found it at the same moment.
        return False
    return True


def take(actor: Actor, now: datetime, limit: int = 20) -> tuple[Taken, ...]:
    """What is to be sent now; it is this process's for `TAKEN_FOR`. The oldest first."""
    waiting = models.Notification.objects.filter(
        practice_id=actor.practice_id, told_at=None, not_before__lte=now
    ).order_by("not_before", "id")
    taken = []
    for row in waiting[:limit]:
        ours = models.Notification.objects.filter(pk=row.pk, told_at=None, not_before=row.not_before)
        if ours.update(not_before=now + TAKEN_FOR, tries=row.tries + 1):
            taken.append(_taken(row))
    return tuple(taken)


def settle(taken: Taken, told_to: Collection[str], actor: Actor, now: datetime, *, wholly: bool) -> None:
    """Write down which targets have it. `wholly`: all have; otherwise the rest is tried again, for two days at most."""
    row = models.Notification.objects.filter(pk=taken.id, practice_id=actor.practice_id, told_at=None)
    given_up = now - taken.found_at >= _GIVEN_UP_AFTER
    wait = WAITS[min(taken.tries, len(WAITS)) - 1]
    row.update(
        told_to=canonical_json(sorted({*taken.told_to, *told_to})),
        told_at=now if wholly or given_up else None,
        not_before=now + wait,
    )


def untold(practice_id: int) -> int:
    """How many notifications have been tried and not yet been told to all."""
    return models.Notification.objects.filter(practice_id=practice_id, told_at=None, tries__gt=0).count()


def _taken(row: models.Notification) -> Taken:
    found = Found(row.key, row.kind, row.portal, Flow(row.flow) if row.flow else None, row.count)
    return Taken(row.pk, found, row.found_at, frozenset(json.loads(row.told_to)), row.tries + 1)
