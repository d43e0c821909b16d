"""What an operator may do to the night's work without seeing a patient: leave a question out, slow a portal, stop all.

Questions are known by the numbers of their rows alone; nothing here reads a claim or a patient.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from flows.questions import Flow
from ledger import audit, calendar_entries, lanes, models, permissions
from ledger.accounts import Actor, must_be_person
from ledger.errors import NotThere, RecordWrong
from ledger.night_board import running_on
from ledger.permissions import PermissionRecord
from ledger.planning_values import Rank
from ledger.states import ItemState
from ledger.wakes import Wake, wake

LEFT_FOR = timedelta(hours=20)
"""A question that is left out is asked again in the next night."""

_SIGNING_IN = ("signing in", "signing in again")
_WAITING_FOR_CODE = "waiting for a code"
"""What a session says that it does while it is at the portal's door; one that has said nothing yet is there too."""

_LOOKED_AT_AGAIN = timedelta(days=1)
_SOON = timedelta(days=2)


@dataclass(frozen=True)
class Queued:
    """One question, by the number of its row. `not_before` (UTC): when it may be asked, or since when it waits.

    `tries` counts the attempts that failed by themselves and are tried again.
    """

    id: int
    portal: str
    flow: Flow
    rank: Rank
    not_before: datetime
    tries: int


@dataclass(frozen=True)
class Questions:
    """Of one job at one portal: what is asked now, what is due in the order in which it is asked, what comes next."""

    running: tuple[Queued, ...]
    due: tuple[Queued, ...]
    later: tuple[Queued, ...]


def questions(practice_id: int, portal: str, flow: Flow, now: datetime, *, most: int = 50) -> Questions:
    """The first questions of each kind, at most so many of each; what comes later, within two days."""
    # By its lane alone, which asks one question at a time: asked by its job too, a database may go by the job's index.
    asked = models.WorkItem.objects.filter(lane__in=running_on(practice_id), state=ItemState.RUNNING)
    ready = models.WorkItem.objects.filter(practice_id=practice_id, portal=portal, flow=flow, state=ItemState.READY)
    return Questions(
        running=tuple(
            one for one in _queued(asked.order_by("taken_at"), most) if (one.portal, one.flow) == (portal, flow)
        ),
        due=_by_rank(ready.filter(not_before__lte=now), most),
        later=_by_rank(ready.filter(not_before__gt=now, not_before__lte=now + _SOON), most),
    )


def question(practice_id: int, item_id: int) -> Queued:
    """One question of this practice that waits to be asked. Raises NotThere, RecordWrong where it does not wait."""
    return _value(_waiting(models.WorkItem.objects.filter(practice_id=practice_id, pk=item_id), item_id))


def skip(item_id: int, actor: Actor, now: datetime) -> datetime:
    """Leave a question out of this night; returns when it may be asked again. Its place in the plan is looked at then.

    Raises NotAPerson; NotThere; RecordWrong where it is being asked, is done, or waits for a person.
    """
    must_be_person(actor, "leave a question out")
    until = now + LEFT_FOR
    with transaction.atomic():
        row = _waiting(_locked(actor, item_id), item_id)
        _write(row, not_before=max(until, row.not_before), rank=row.rank, review_at=until, now=now)
        audit.append(actor, "item.skip", "item", row.pk, now, portal=row.portal, flow=row.flow)
    return max(until, row.not_before)


def ask_first(item_id: int, actor: Actor, now: datetime) -> None:
    """Let a question be asked before all others of its job, from now on. Raises what `skip` raises."""
    must_be_person(actor, "put a question first")
    with transaction.atomic():
        row = _waiting(_locked(actor, item_id), item_id)
        _write(
            row,
            not_before=min(row.not_before, now),
            rank=Rank.JUMPS.order,
            review_at=now + _LOOKED_AT_AGAIN,
            now=now,
        )
        wake(Wake.ASKED_AGAIN, now)
        audit.append(actor, "item.first", "item", row.pk, now, portal=row.portal, flow=row.flow)


def lower_rate(
    portal: str, flow: Flow, look_ups: int, actor: Actor, now: datetime, *, posted: float, address: str | None = None
) -> int:
    """Ask a portal more slowly for this job: a new row of the register, otherwise as the one in force; returns its id.

    `look_ups` a minute must be fewer than now: the permission's limit, or the portal's own (`posted`), whichever is
    lower. `address` is the portal's, for what is published about it. Raises NotAPerson; NotThere without a permission;
    RecordWrong for a rate that is not lower.
    """
    with transaction.atomic():
        record = permission_of(actor.practice_id, portal, flow)
        if not 1 <= look_ups < rate_now(record, posted):
            raise RecordWrong(
                "The rate can only be lowered here: to 1 look-up a minute or more, and fewer than "
                f"{rate_now(record, posted):g}. Nothing was changed; record a higher rate with `portalwright permit`."
            )
        # The payer's published word stood against the permission when it was recorded, or did not; that is not new.
        lower = replace(record.grant, lookups_per_minute=look_ups)
        return permissions.grant(lower, actor, now, address=address, despite_published=True)


def stop_sign_ins(actor: Actor, now: datetime) -> int:
    """Pause everything, and end the practice's sessions that are at a portal's door; returns how many were ended.

    No sign-in begins from now on, and whoever was about to press a sign-in button may not any more. Sessions that are
    signed in end before their next question. What a person starts with `portalwright run` is not hindered. Raises
    NotAPerson.
    """
    must_be_person(actor, "stop all sign-ins")
    with transaction.atomic():
        calendar_entries.pause(calendar_entries.EVERYTHING, actor, now)
        at_the_door = Q(run=None) | Q(run__doing="") | Q(run__doing__in=_SIGNING_IN)
        held = models.Lane.objects.filter(at_the_door | Q(run__doing__startswith=_WAITING_FOR_CODE), until__gt=now)
        ours = held.filter(credential__practice=actor.practice_id).exclude(holder__in=("", lanes.TAKEN_AWAY))
        ids = list(ours.order_by("id").values_list("id", flat=True))
        for lane_id in ids:
            lanes.take_away(lane_id, actor, now)
        return len(ids)


def permission_of(practice_id: int, portal: str, flow: Flow) -> PermissionRecord:
    """What the register says of this job, where it lets the robot in. Raises NotThere."""
    held = permissions.in_force(practice_id)
    found = next((one for one in held if (one.grant.portal, one.grant.flow) == (portal, flow)), None)
    if found is None or not found.grant.allows:
        raise NotThere(f"permission for {flow} at {portal}")
    return found


def rate_now(record: PermissionRecord, posted: float) -> float:
    """Look-ups a minute that hold now, of the permission's limit and the portal's own."""
    limit = record.grant.lookups_per_minute
    return posted if limit is None else min(posted, float(limit))


def _locked(actor: Actor, item_id: int) -> "QuerySet[models.WorkItem]":
    rows = models.WorkItem.objects.select_for_update(of=("self",))
    return rows.filter(practice_id=actor.practice_id, pk=item_id)


def _waiting(rows: "QuerySet[models.WorkItem]", item_id: int) -> models.WorkItem:
    row = rows.first()
    if row is None:
        raise NotThere(f"question {item_id}")
    if row.state != ItemState.READY:
        why = {
            ItemState.RUNNING: "is being asked at this moment; end its session to take it back",
            ItemState.DONE: "is done",
        }.get(ItemState(row.state), "waits for a person, who closes its case")
        raise RecordWrong(f"Question {item_id} {why}. Nothing was changed.")
    return row


def _write(row: models.WorkItem, *, not_before: datetime, rank: int, review_at: datetime, now: datetime) -> None:
    """A question that the cadence has not looked at yet is not looked at before `review_at`: it would be moved back."""
    models.WorkItem.objects.filter(pk=row.pk).update(
        not_before=not_before, rank=rank, planned_at=now, review_at=review_at
    )


def _by_rank(rows: "QuerySet[models.WorkItem]", most: int) -> tuple[Queued, ...]:
    """A statement for each rank, as the work list itself asks: the index gives them in order, and nothing is sorted."""
    found: list[Queued] = []
    for rank in Rank:
        if len(found) < most:
            found += _queued(rows.filter(rank=rank.order).order_by("not_before", "id"), most - len(found))
    return tuple(found)


def _queued(rows: "QuerySet[models.WorkItem]", most: int) -> tuple[Queued, ...]:
    wanted = rows.only("portal", "flow", "rank", "not_before", "tries")
    return tuple(_value(row) for row in wanted[:most])


def _value(row: models.WorkItem) -> Queued:
    return Queued(row.pk, row.portal, Flow(row.flow), tuple(Rank)[row.rank], row.not_before, row.tries)
