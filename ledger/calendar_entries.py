"""What the calendar has done: the newest instant that each of its acts was carried out for, and what a person paused.

An act is claimed, carried out and then settled. Of several workers one claims it; when that one dies, another claims
it after a while. So an act may begin twice and is never left out: acts must do no harm when they are repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from flows.questions import Flow
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import NotThere
from ledger.wakes import Wake, wake

CLAIM_TIME = timedelta(minutes=15)
"""So long after its last sign of life a worker that is at an act is taken for dead, and another carries it out."""

EVERYTHING = "everything"
"""The entry that stands for the whole calendar, to be paused."""


def firing_entry(name: str) -> str:
    """The entry of an act that the calendar does at a time."""
    return f"firing {name}"


def portal_entry(portal: str) -> str:
    """The entry of a portal, to be paused."""
    return f"portal {portal}"


def flow_entry(portal: str, flow: Flow) -> str:
    """The entry of one job at one portal, to be paused while the others go on."""
    return f"flow {portal} {flow}"


@dataclass(frozen=True)
class Entry:
    """How an entry stands. `fired_for` is an instant of its timetable, `fired_at` when that was carried out."""

    name: str
    fired_for: datetime
    fired_at: datetime | None
    paused_at: datetime | None
    paused_by: str | None


def entries() -> Mapping[str, Entry]:
    """All entries, by name."""
    rows = models.CalendarEntry.objects.order_by("name").values_list(
        "name", "fired_for", "fired_at", "paused_at", "paused_by__name"
    )
    return {row[0]: Entry(*row) for row in rows}


def begin(name: str, instant: datetime) -> None:
    """Know of an entry from now on, as carried out for this instant: nothing is done for the time before it."""
    models.CalendarEntry.objects.bulk_create(
        [models.CalendarEntry(name=name, fired_for=instant)], ignore_conflicts=True
    )


def claim(name: str, fired_for: datetime, by: str, now: datetime) -> bool:
    """Claim the act, which was last carried out for `fired_for`; True when it is ours to carry out now.

    False when another worker is at it or was quicker, or when it is paused. A claim that ends later than any does was
    made before the clock was set back, and does not count.
    """
    free = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + CLAIM_TIME)
    rows = models.CalendarEntry.objects.filter(free, name=name, fired_for=fired_for, paused_at=None)
    return bool(rows.update(claimed_by=by, claimed_until=now + CLAIM_TIME))


def renew(name: str, by: str, now: datetime) -> None:
    """The worker is still at the act that it has claimed: the claim holds for `CLAIM_TIME` from now. Nothing, where it
    has the claim no more."""
    models.CalendarEntry.objects.filter(name=name, claimed_by=by).update(claimed_until=now + CLAIM_TIME)


def settle(name: str, fired_for: datetime, instant: datetime, by: str, now: datetime) -> bool:
    """The act was carried out for this instant. False when the claim had been lost meanwhile; it is settled then too
    where nobody else has settled it."""
    rows = models.CalendarEntry.objects.filter(name=name, fired_for=fired_for)
    ours = rows.filter(claimed_by=by).exists()
    rows.update(fired_for=instant, fired_at=now, claimed_by="", claimed_until=None)
    return ours


def put_off(name: str, by: str, until: datetime) -> None:
    """The act could not be carried out: nobody tries again before then (at most `CLAIM_TIME` from now)."""
    models.CalendarEntry.objects.filter(name=name, claimed_by=by).update(claimed_until=until)


def set_back(name: str, fired_for: datetime, instant: datetime) -> None:
    """The entry was moved into the future by a clock that was wrong by days: it stands at this instant again."""
    models.CalendarEntry.objects.filter(name=name, fired_for=fired_for).update(fired_for=instant)


def pause(name: str, actor: Actor, now: datetime, *, portal: str = "") -> None:
    """Leave it until it is resumed. One that is paused already stays as it is. Raises NotAPerson."""
    must_be_person(actor, "pause what the calendar does")
    with transaction.atomic():
        begin(name, now)
        paused = models.CalendarEntry.objects.filter(name=name, paused_at=None)
        if paused.update(paused_at=now, paused_by_id=actor.account_id):
            wake(Wake.PAUSED, now)
            audit.append(actor, "schedule.pause", "calendar", name, now, portal=portal)


def resume(name: str, actor: Actor, now: datetime, *, portal: str = "") -> None:
    """Go on with it from now on; what it would have done meanwhile is not made up for. Raises NotAPerson, NotThere."""
    must_be_person(actor, "resume what the calendar does")
    with transaction.atomic():
        row = models.CalendarEntry.objects.select_for_update().filter(name=name).exclude(paused_at=None).first()
        if row is None:
            raise NotThere(f"pause of {name}")
        models.CalendarEntry.objects.filter(pk=row.pk).update(
            paused_at=None, paused_by=None, fired_for=max(row.fired_for, now)
        )
        wake(Wake.RESUMED, now)
        audit.append(actor, "schedule.resume", "calendar", name, now, portal=portal)
