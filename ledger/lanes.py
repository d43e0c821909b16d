"""Lanes: which process may run a session of which sign-in, told by a lease whose token goes up at each change of hands.

Whoever holds an older token (paused, cut off, presumed dead) changes nothing: every act starts with `hold`, in the same
transaction as its writes.

That a holder gave no sign of life in time is seen by this computer's clock. With a ledger on a server the holder may be
another computer, and the clock is compared with the server's first; a single computer has nothing to compare it with.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.appeals_rows import left_pressing
from ledger.errors import LaneBusy, LeaseLost, NotThere, RecordWrong
from ledger.held_office import check as check_office
from ledger.prepared import Prepared
from ledger.server_clock import check_clock
from ledger.states import ItemState
from ledger.unplanned import UNPLANNED

LEASE_TIME = timedelta(seconds=90)
"""How long a lane stays taken after its last heartbeat."""

TAKEN_AWAY = "a session that a person has ended"
"""The holder of a lane that a person has taken away, while its process signs out."""

SIGNING_OUT = timedelta(seconds=45)
"""So long nobody may have a lane that was taken away: its process learns of it by its next heartbeat, and signs out."""


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


@dataclass(frozen=True)
class LaneFacts:
    """Which lane this is: one allowed session of one sign-in of a practice."""

    lane_id: int
    practice_id: int
    portal: str
    alias: str
    slot: int


def ensure(practice_id: int, portal: str, alias: str, slots: int) -> tuple[int, ...]:
    """The ids of the lanes of a sign-in, one for each of the `slots` sessions that it may have; made where missing.

    Raises RecordWrong when the credential belongs to another practice.
    """
    with transaction.atomic():
        credential, _ = models.Credential.objects.get_or_create(
            portal=portal, alias=alias, defaults={"practice_id": practice_id}
        )
        if credential.practice_id != practice_id:
            raise RecordWrong(f"{portal}: this credential belongs to another practice. Nothing was started.")
        rows = models.Lane.objects.filter(credential=credential, slot__lt=slots).order_by("slot")
        ids = dict(rows.values_list("slot", "pk"))
        if len(ids) < slots:
            missing = [models.Lane(credential=credential, slot=slot) for slot in range(slots) if slot not in ids]
            models.Lane.objects.bulk_create(missing, ignore_conflicts=True)
            ids = dict(rows.values_list("slot", "pk"))
        return tuple(ids[slot] for slot in range(slots))


def of(lane_id: int) -> LaneFacts:
    """The lane with this id, whichever practice's it is. Raises NotThere."""
    row = models.Lane.objects.select_related("credential").filter(pk=lane_id).first()
    if row is None:
        raise NotThere(f"lane {lane_id}")
    credential = row.credential
    return LaneFacts(row.pk, credential.practice_id, credential.portal, credential.alias, row.slot)


def free(now: datetime, ids: Collection[int]) -> tuple[int, ...]:
    """Those of these lanes that nobody has now, in the order in which they were asked about."""
    wanted = list(ids)
    rows = models.Lane.objects.filter(pk__in=wanted).filter(Q(holder="") | _over(now))
    nobodys = set(rows.values_list("pk", flat=True))
    return tuple(lane_id for lane_id in wanted if lane_id in nobodys)


def reap(now: datetime, *, but: Collection[int] = ()) -> tuple[int, ...]:
    """Free the lanes whose holder gave no sign of life in time, as `take` would; returns their ids.

    `but` are lanes that the caller itself runs: it knows that they live, though a clock that was just set may make
    their newest sign of life look old.

    So nothing stays taken, asked or pressing for longer than a lease lasts, also where nobody comes for the lane again.
    It is done in the name of the account that ran there. A time further off than any lease was written before the clock
    was set back, and is cut to a lease's length. Raises ClockOff, and frees none.
    """
    longest = now + LEASE_TIME
    taken = models.Lane.objects.exclude(holder="").exclude(pk__in=list(but))
    too_far, over = Q(until__gt=longest), _over(now)
    if not taken.filter(too_far | over).exists():
        return ()
    check_clock()
    taken.filter(too_far).update(until=longest)
    reaped = []
    for lane_id in list(taken.filter(over).values_list("pk", flat=True)):
        with transaction.atomic():
            rows = models.Lane.objects.select_for_update(of=("self",)).select_related("credential")
            lane = rows.exclude(holder="").filter(over, pk=lane_id).first()
            if lane is None:
                continue
            # The newest run, not the lane's own: a process may die between the end of its run and giving the lane back.
            run = models.Run.objects.select_related("account").filter(lane=lane).order_by("-id").first()
            if run is not None:
                ran = Actor(run.account_id, run.account.name, run.account.is_robot, lane.credential.practice_id)
                _drop_what_ran(lane.pk, ran, now, "lost")
            _give_back(lane)
            reaped.append(lane_id)
    return tuple(reaped)


def _over(now: datetime) -> Q:
    return Q(until=None) | Q(until__lte=now)


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
    Raises LaneBusy while another holder's time runs, RecordWrong when the credential belongs to another practice,
    OfficeHeld while a restored office waits for a person's word, ClockOff where another's time would be cut by a clock
    that is wrong.
    A time that ends later than any lease does was written before the clock was set back: it is cut to a lease's
    length, so that a live holder prolongs it by its next heartbeat, and a dead one does not hold the lane for long.
    """
    longest = now + max(ttl, LEASE_TIME)
    with transaction.atomic():
        check_office()
        credential, _ = models.Credential.objects.get_or_create(
            portal=portal, alias=credential_alias, defaults={"practice_id": actor.practice_id}
        )
        if credential.practice_id != actor.practice_id:
            raise RecordWrong(f"{portal}: this credential belongs to another practice. Nothing was started.")
        models.Lane.objects.get_or_create(credential=credential, slot=slot)
        lane = models.Lane.objects.select_for_update().get(credential=credential, slot=slot)
        over = lane.until is None or lane.until <= now
        too_far = lane.until is not None and lane.until > longest
        if lane.holder and (over or too_far):
            check_clock()
        if over or not lane.holder:
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
        _give_back(lane)


def drop_all(actor: Actor, now: datetime, why: str) -> None:
    """Take every lane from whoever holds it: they do not exist any more. What they ran is dealt with as in `take`."""
    with transaction.atomic():
        for lane in models.Lane.objects.select_for_update().exclude(holder="").order_by("id"):
            _drop_what_ran(lane.id, actor, now, why)
            _give_back(lane)


def take_away(lane_id: int, actor: Actor, now: datetime) -> None:
    """A person ends the session on this lane of their practice, now: whatever it does from here on is refused.

    What it was asking is asked again, an appeal that it was pressing is uncertain, and a code that it waited for is
    wanted no more. A press of a sign-in button whose answer it has not told stays unproved. The lane is free after
    `SIGNING_OUT`, so that the portal never sees one session more than it allows. Raises NotAPerson; NotThere where no
    session runs on such a lane.
    """
    must_be_person(actor, "end a session")
    with transaction.atomic():
        rows = models.Lane.objects.select_for_update(of=("self",)).select_related("credential")
        held = rows.exclude(holder__in=("", TAKEN_AWAY)).filter(credential__practice=actor.practice_id)
        lane = held.filter(pk=lane_id, until__gt=now).first()
        if lane is None:
            raise NotThere("such session at work")
        _drop_what_ran(lane.pk, actor, now, "ended by a person")
        run_id = lane.run_id
        lane.token += 1
        lane.holder, lane.until, lane.run = TAKEN_AWAY, now + SIGNING_OUT, None
        lane.save()
        audit.append(actor, "session.end", "lane", lane.pk, now, portal=lane.credential.portal, run_id=run_id)


def hold(lease: Lease) -> models.Lane:
    """The lane of a lease that is still good, locked to the end of the caller's transaction. Raises LeaseLost.

    For the ledger's own functions: they call it first in each transaction that acts under a lease.
    """
    lane = _HELD.first(lane_id=lease.lane_id, token=lease.token)
    if lane is None:
        raise LeaseLost
    return lane


def _held(lane_id: int, token: int) -> "QuerySet[models.Lane]":
    rows = models.Lane.objects.select_for_update(of=("self",)).select_related("run")
    return rows.filter(pk=lane_id, token=token)[:1]


_HELD = Prepared(_held)


def _give_back(lane: models.Lane) -> None:
    lane.token += 1
    lane.holder, lane.until, lane.run = "", None, None
    lane.save()


def _drop_what_ran(lane_id: int, actor: Actor, now: datetime, why: str) -> None:
    left_pressing(Q(lane_id=lane_id, state=ItemState.RUNNING), actor, now)
    models.WorkItem.objects.filter(lane_id=lane_id, state=ItemState.RUNNING).update(
        state=ItemState.READY, lane=None, attempt="", **UNPLANNED
    )
    models.Run.objects.filter(lane_id=lane_id, ended_at=None).update(ended_at=now, why_ended=why)
    # Whoever waited for a one-time code waits no more, and what was handed over for it must not lie about.
    models.CodeRequest.objects.filter(lane_id=lane_id, ended_at=None).update(
        sealed=None, wrapped_key=None, ended_at=now
    )
