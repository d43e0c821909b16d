"""Something has changed that a worker should not wait for: a row that every worker looks for every other second.

A row is written in the transaction of the change, so that who sees it sees the change too. It carries no meaning but
"look now": a row that is missed costs some seconds, and nothing else.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Max

from ledger import models

KEPT = timedelta(hours=1)
"""A worker that has not looked for so long looks at everything anyway."""


class Wake(StrEnum):
    """What has changed."""

    CASE_CLOSED = "case-closed"
    IMPORTED = "imported"
    ASKED_AGAIN = "asked-again"
    CLEARED = "cleared"
    """A person has looked at a sign-in's account and found it sound."""
    APPROVED = "approved"
    PERMITTED = "permitted"
    PAUSED = "paused"
    RESUMED = "resumed"


def wake(why: Wake, now: datetime) -> None:
    """Tell all workers to look now. To be called within the transaction of the change."""
    models.WakeUp.objects.create(why=why, created_at=now)


def newest() -> int:
    """The number of the newest row; 0 when there is none. A worker looks when it has grown."""
    return models.WakeUp.objects.aggregate(newest=Max("id"))["newest"] or 0


def prune(now: datetime) -> int:
    """Remove what every worker has seen long ago, but for the newest; return how many."""
    removed, _ = models.WakeUp.objects.filter(created_at__lt=now - KEPT, id__lt=newest()).delete()
    return removed
