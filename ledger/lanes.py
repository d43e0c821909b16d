"""Lanes: which process may run a session of which sign-in, told by a lease whose token goes up at each change of hands.

Whoever holds an older token (paused, cut off, presumed dead) changes nothing: every act starts with `hold`, in the same
transaction as its writes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ledger import models
from ledger.accounts import Actor
from ledger.appeals_rows import left_pressing
from ledger.errors import LaneBusy, LeaseLost, RecordWrong
from ledger.states import ItemState

LEASE_TIME = timedelta(seconds=90)
"""How long a lane stays taken after its last heartbeat."""


@dataclass(frozen=True)
class Lease:
    """The right to run one session: lane and token, and for whom."""

    lane_id: int
    token: int
    portal: str
    alias: str
    slot: int
    actor: Actor
    ttl: timedelta


def take(
    portal: str,
    credential_alias: str,
    slot: int,
    *,
    holder: str,
    actor: Actor,
    now: datetime,
    ttl: timedelta = LEASE_TIME,
) -> Lease:
    """Take a lane for `ttl`, to be prolonged by `beat`. `holder` says which process this is (host and process id).

    Questions that an earlier holder was asking go back to ready with their tries unchanged, and its run ends as lost;
    an appeal that it was pressing is uncertain from now on.
    Raises LaneBusy while another holder's time runs, RecordWrong when the credential belongs to another practice.
    A time that ends later than any lease does was written before the clock was set back: it is cut to a lease's
    length, so that a live holder prolongs it by its next heartbeat, and a dead one does not hold the lane for long.
    """
    longest = now + max(ttl, LEASE_TIME)
    with transaction.atomic():
        credential, _ = models.Credential.objects.get_or_create(
            portal=portal, alias=credential_alias, defaults={"practice_id": actor.practice_id}
        )
        if credential.practice_id != actor.practice_id:
            raise RecordWrong(f"{portal}: this credential belongs to another practice. Nothing was started.")
        models.Lane.objects.get_or_create(credential=credential, slot=slot)
        lane = models.Lane.objects.select_for_update().get(credential=credential, slot=slot)
        free = not lane.holder or lane.until is None or lane.until <= now
        if free:
            _drop_what_ran(lane.id, actor, now, "lost")
            lane.token += 1
            lane.holder, lane.until, lane.run = holder, now + ttl, None
            lane.save()
            return Lease(lane.id, lane.token, portal, credential_alias, slot, actor, ttl)
        until, by = min(lane.until or longest, longest), lane.holder
        models.Lane.objects.filter(pk=lane.pk, until__gt=longest).update(until=longest)
    raise LaneBusy(until, by)


def beat(lease: Lease, now: datetime) -> None:
    """Keep the lane for another `ttl`. Raises LeaseLost."""
    kept = models.Lane.objects.filter(pk=lease.lane_id, token=lease.token).update(until=now + lease.ttl)
    if not kept:
        raise LeaseLost


def release(lease: Lease, now: datetime) -> None:
    """Give the lane back. What was still being asked goes back to ready; the lease is void from now on.

    Raises LeaseLost when somebody else has the lane already.
    """
    with transaction.atomic():
        lane = hold(lease)
        _drop_what_ran(lane.id, lease.actor, now, "released")
        lane.token += 1
        lane.holder, lane.until, lane.run = "", None, None
        lane.save()


def hold(lease: Lease) -> models.Lane:
    """The lane of a lease that is still good, locked to the end of the caller's transaction. Raises LeaseLost.

    For the ledger's own functions: they call it first in each transaction that acts under a lease.
    """
    lane = (
        models.Lane.objects.select_for_update(of=("self",))
        .select_related("run")
        .filter(pk=lease.lane_id, token=lease.token)
        .first()
    )
    if lane is None:
        raise LeaseLost
    return lane


def _drop_what_ran(lane_id: int, actor: Actor, now: datetime, why: str) -> None:
    left_pressing(Q(lane_id=lane_id, state=ItemState.RUNNING), actor, now)
    models.WorkItem.objects.filter(lane_id=lane_id, state=ItemState.RUNNING).update(
        state=ItemState.READY, lane=None, attempt=""
    )
    models.Run.objects.filter(lane_id=lane_id, ended_at=None).update(ended_at=now, why_ended=why)
    # Whoever waited for a one-time code waits no more, and what was handed over for it must not lie about.
    models.CodeRequest.objects.filter(lane_id=lane_id, ended_at=None).update(
        sealed=None, wrapped_key=None, ended_at=now
    )
