"""The night shift: what the calendar has fired, which computers are at work, how fast a portal may be asked."""

from django.db import models

from ledger.models.lanes import Lane
from ledger.models.people import Account, Practice


class CalendarEntry(models.Model):
    """What the calendar does at a time. `fired_for` is the newest instant of its timetable that was carried out.

    While a worker carries one out, it is claimed until then. Portals that are paused, and everything, have rows too.
    """

    name = models.CharField(max_length=120, unique=True)
    fired_for = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=200, default="")
    claimed_until = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")


class RateBucket(models.Model):
    """How fast a portal is asked, over all its lanes and computers: the bucket is full again at `free_at`.

    `asked_at` is when it was last asked of; a time after now shows that the clock was set back.
    """

    portal = models.CharField(max_length=100, unique=True)
    free_at = models.DateTimeField()
    asked_at = models.DateTimeField()


class Breaker(models.Model):
    """A portal that was down so many times in a row is left alone until then; after that one session tries first."""

    portal = models.CharField(max_length=100, unique=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    trial_lane = models.ForeignKey(Lane, models.PROTECT, null=True, related_name="+")
    trial_token = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField()


class WakeUp(models.Model):
    """Something has changed that a worker should not wait for: a case was closed, a code came, a list was imported."""

    why = models.CharField(max_length=40)
    created_at = models.DateTimeField()


class WorkerProcess(models.Model):
    """A `portalwright worker` on some computer. `beat_at` is its last sign of life; `ended_at` null while it works."""

    name = models.CharField(max_length=200, unique=True)
    sessions = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why_ended = models.CharField(max_length=30, default="")

    class Meta:
        indexes = (models.Index(fields=["ended_at", "beat_at"], name="workers_alive"),)


class Notification(models.Model):
    """Something that people are told of by e-mail or webhook, once. Kinds, portals and counts; never a patient.

    `key` says what it is about, so that it is found once. `told_to` is canonical JSON: the targets that have taken it;
    `not_before` when the others are tried again; `told_at` is null until all of them have, or it was given up.
    """

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    portal = models.CharField(max_length=100, default="")
    flow = models.CharField(max_length=40, default="")
    count = models.PositiveIntegerField(default=0)
    found_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    told_to = models.TextField(default="[]")
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["practice", "key"], name="one_notification_per_key"),)
        indexes = (
            models.Index(fields=["not_before"], condition=models.Q(told_at__isnull=True), name="who_is_to_be_told"),
        )
