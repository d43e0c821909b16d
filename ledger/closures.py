"""When a portal, or one sign-in of it, is left alone until a certain time: maintenance, "try again later", in use.

What one session learns holds for every session on every machine. It ends by itself; only a case needs a person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from flows.outcomes import Code
from ledger import models
from ledger.errors import PortalClosed
from ledger.prepared import Prepared

LONGEST = timedelta(days=1)
"""A portal that says it is back in a month was misread, or means somebody else: after a day one look is allowed."""


@dataclass(frozen=True)
class Closure:
    """Closed until then, and why. `alias` is "" for the whole portal."""

    portal: str
    alias: str
    until: datetime
    code: Code


def close(portal: str, until: datetime, code: Code, now: datetime, *, alias: str = "") -> datetime:
    """Leave the portal (or its sign-in `alias`) alone until then, at most for `LONGEST`; returns until when.

    A closure that ends later stays as it is. To be called within the transaction that records why.
    """
    until = min(until, now + LONGEST)
    with transaction.atomic():
        models.Closure.objects.get_or_create(
            portal=portal, alias=alias, defaults={"until": now, "code": code, "recorded_at": now}
        )
        row = models.Closure.objects.select_for_update().get(portal=portal, alias=alias)
        if row.until >= until:
            return row.until
        models.Closure.objects.filter(pk=row.pk).update(until=until, code=code, recorded_at=now)
        return until


def standing(portal: str, now: datetime, *, alias: str = "") -> Closure | None:
    """The closure that ends last of those that hold for this sign-in now; None when the portal may be asked."""
    row = _STANDING.first(portal=portal, alias=alias, now=now)
    return None if row is None else Closure(row.portal, row.alias, row.until, Code(row.code))


def _standing(portal: str, alias: str, now: datetime) -> "QuerySet[models.Closure]":
    rows = models.Closure.objects.filter(Q(alias="") | Q(alias=alias), portal=portal, until__gt=now)
    return rows.order_by("-until")[:1]


_STANDING = Prepared(_standing)


def check(portal: str, now: datetime, *, alias: str = "") -> None:
    """Raises PortalClosed while the portal, or this sign-in of it, is to be left alone."""
    found = standing(portal, now, alias=alias)
    if found is not None:
        raise PortalClosed(portal, found.until, found.code, found.alias)


def lift(portal: str, alias: str) -> None:
    """End a sign-in's rest: a person has seen to it. The portal's own closing times stay."""
    models.Closure.objects.filter(portal=portal, alias=alias).exclude(alias="").delete()
