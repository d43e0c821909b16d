"""Does this office stand still because it came out of a backup? Asked before any lane is taken.

Why, and how it ends: `ledger.restorations`.
"""

from datetime import datetime, timedelta

from flows.values import Frozen
from ledger import models
from ledger.errors import OfficeHeld


class HeldOffice(Frozen):
    """A restored office that waits for a person: what happened from `made_at` to `restored_at` is not in its ledger."""

    backup: str
    made_at: datetime
    restored_at: datetime

    @property
    def why(self) -> str:
        """A sentence for whoever wonders why nothing runs."""
        return (
            f"The office was restored from a backup of {self.made_at:%Y-%m-%d %H:%M} UTC and stands still until a "
            "person says go (portalwright restore confirm)."
        )


def held() -> HeldOffice | None:
    """The restored office that waits for a person's word; None when this office may work."""
    row = models.Restoration.objects.filter(confirmed_at=None).order_by("-id").first()
    return None if row is None else HeldOffice(backup=row.backup, made_at=row.made_at, restored_at=row.restored_at)


def check() -> None:
    """Raises OfficeHeld while a restored office waits for a person's word."""
    waiting = held()
    if waiting is not None:
        raise OfficeHeld(waiting.why)


def listed_by(hours: int, now: datetime) -> datetime:
    """From when on a portal's list, which is up to `hours` behind, shows all that a lost office has filed.

    Now, where none was lost.
    """
    newest = models.Restoration.objects.filter(nothing_since=False).order_by("-id").first()
    return now if newest is None else max(now, min(newest.restored_at, now) + timedelta(hours=hours))
