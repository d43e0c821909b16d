"""Accounts that a portal disables when nobody signs in for long: which of ours have to be used before that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from ledger import models
from ledger.presses import PressResult

_EARLIER = timedelta(days=7)
"""So long before the portal would disable it an account is used; less where the portal waits not even twice as long."""


@dataclass(frozen=True)
class IdleAccount:
    """A sign-in that is near to be disabled."""

    portal: str
    alias: str
    last_signed_in: datetime
    disabled_at: datetime


def idle_credentials(practice_id: int, idle_days: Mapping[str, int], now: datetime) -> tuple[IdleAccount, ...]:
    """The practice's sign-ins that nobody has used for nearly as long as their portal allows, the nearest first.

    `idle_days`: by portal, after how many days without a sign-in it disables an account; portals that are not in it do
    not. An account that was never signed in to from here is left to a person, who knows when it was made.
    """
    rows = (
        models.Credential.objects.filter(practice_id=practice_id, portal__in=list(idle_days))
        .annotate(last=Max("presses__pressed_at", filter=Q(presses__result=PressResult.PROVED)))
        .filter(last__isnull=False)
        .values_list("portal", "alias", "last")
    )
    found = []
    for portal, alias, last in rows:
        limit = timedelta(days=idle_days[portal])
        if now >= last + limit - min(_EARLIER, limit / 2):
            found.append(IdleAccount(portal, alias, last, last + limit))
    return tuple(sorted(found, key=lambda one: (one.disabled_at, one.portal, one.alias)))
