"""Which workers are at work, on which computers: a row each, with a sign of life."""

from datetime import datetime, timedelta

from ledger import models

SILENT = timedelta(seconds=60)
"""A worker without a sign of life for so long is taken for gone."""


def register(name: str, sessions: int, now: datetime) -> None:
    """A worker begins. `name` is of this one process and never used again."""
    models.WorkerProcess.objects.create(name=name, sessions=sessions, started_at=now, beat_at=now)


def beat(name: str, sessions: int, now: datetime) -> None:
    """The worker lives. One that was taken for gone (its computer slept) is back; one that is not known is now."""
    models.WorkerProcess.objects.update_or_create(
        name=name,
        defaults={"beat_at": now, "ended_at": None, "why_ended": ""},
        create_defaults={"sessions": sessions, "started_at": now, "beat_at": now},
    )


def end(name: str, why: str, now: datetime) -> None:
    """The worker ends, and says why in a word or two of ours."""
    models.WorkerProcess.objects.filter(name=name).update(ended_at=now, why_ended=why)


def bury(now: datetime) -> int:
    """Workers that have been silent too long are gone; return how many were found so."""
    silent = models.WorkerProcess.objects.filter(ended_at=None, beat_at__lt=now - SILENT)
    return silent.update(ended_at=now, why_ended="lost")
