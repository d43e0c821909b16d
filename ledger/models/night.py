"""The night shift: what the calendar has fired, which computers are at work, how fast a portal may be asked."""

from django.db import models

from ledger.models.lanes import Lane
from ledger.models.people import Account


class CalendarEntry(models.Model):
    """What the calendar does at a time. `fired_for` is the newest instant of its timetable that was carried out."""

    name = models.CharField(max_length=100, unique=True)
    fired_for = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")


class RateBucket(models.Model):
    """How fast a portal is asked, over all its lanes and computers: the next look-up is free from this instant on."""

    portal = models.CharField(max_length=100, unique=True)
    free_at = models.DateTimeField()


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
