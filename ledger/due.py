"""What is due now, found by index: the cost follows what is due, not how many claims there are."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.db.models import BooleanField, Count, F, Min, Q, QuerySet
from django.db.models.expressions import RawSQL

from flows.questions import Flow
from ledger import models
from ledger.planning_values import DueGroup, DueQuestion, Rank
from ledger.states import ItemState
from ledger.subjects import JOINED_WITH_ANY, account_number_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

# Written out, not as parameters: an index of some rows only is used for what is known before the parameters are.
_IS_READY = RawSQL("ledger_workitem.state = 'ready'", (), output_field=BooleanField())
_IS_DONE = RawSQL("ledger_workitem.state = 'done'", (), output_field=BooleanField())
_ORDERS = tuple(rank.order for rank in Rank)

PORTION = 1000
"""So many questions are woken in one transaction."""


class _OfPractice(TypedDict):
    of_practice: int


def wake_due(now: datetime, *, most: int | None = None) -> int:
    """Put what was answered and is due again back to ready, in every practice; returns how many questions.

    It is due since its day, so that what has waited longest is asked first. Rows that another process holds are left
    for the next time. `most`: for whoever must not keep others waiting for long, `PORTION` for one; as many as that
    mean that there may be more.
    """
    woken = 0
    while most is None or woken < most:
        with transaction.atomic():
            done = models.WorkItem.objects.select_for_update(skip_locked=True, of=("self",))
            due = done.filter(_IS_DONE, due_at__isnull=False, due_at__lte=now).order_by("due_at")
            ids = list(due.values_list("id", flat=True)[:PORTION])
            models.WorkItem.objects.filter(pk__in=ids).update(
                state=ItemState.READY, tries=0, not_before=F("due_at"), case=None
            )
        woken += len(ids)
        if len(ids) < PORTION:
            break
    return woken


def due_groups(now: datetime) -> tuple[DueGroup, ...]:
    """What is due in every practice, by practice, portal and flow; those with most urgent questions first."""
    return _groups(_due(now))


def due_for(practice_id: int, portal: str | None, now: datetime) -> tuple[DueGroup, ...]:
    """The same for one practice, at one portal or at all of them."""
    rows = _due(now).filter(of_practice=practice_id)
    return _groups(rows if portal is None else rows.filter(portal=portal))


def due_count(practice_id: int, portal: str, flow: Flow, now: datetime) -> int:
    """How many questions of this practice, portal and flow may be asked now."""
    return _of_lane(practice_id, portal, flow).filter(rank__in=_ORDERS, not_before__lte=now).count()


def list_due(practice_id: int, now: datetime, *, portal: str | None = None, most: int = 100) -> tuple[DueQuestion, ...]:
    """The questions of the practice that are due, in the order in which they are asked; at most so many."""
    rows = _due(now).filter(of_practice=practice_id).select_related(*JOINED_WITH_ANY)
    if portal is not None:
        rows = rows.filter(portal=portal)
    return tuple(
        DueQuestion(row.pk, row.portal, Flow(row.flow), account_number_of(row), tuple(Rank)[row.rank], row.not_before)
        for row in rows.order_by("rank", "not_before", "id")[:most]
    )


def next_for(practice_id: int, portal: str, flow: Flow, now: datetime) -> datetime | None:
    """When the next question of this practice, portal and flow that is not due yet will be."""
    return min(
        chain(_next_ready(practice_id, portal, flow, now), _next_again(practice_id, portal, flow, now)), default=None
    )


def _next_ready(practice_id: int, portal: str, flow: Flow, now: datetime) -> Iterator[datetime]:
    for order in _ORDERS:
        rows = _of_lane(practice_id, portal, flow).filter(rank=order, not_before__gt=now).order_by("not_before", "id")
        yield from rows.values_list("not_before", flat=True)[:1]


def _next_again(practice_id: int, portal: str, flow: Flow, now: datetime) -> Iterator[datetime]:
    # What is done may be asked again from its due day on, and has it as its earliest time too: see `planning`.
    for order in _ORDERS:
        rows = _of_lane(practice_id, portal, flow, ItemState.DONE).filter(rank=order, not_before__gt=now)
        yield from rows.order_by("not_before", "id").values_list("not_before", flat=True)[:1]


def _of_lane(
    practice_id: int, portal: str, flow: Flow, state: ItemState = ItemState.READY
) -> "QuerySet[models.WorkItem]":
    return models.WorkItem.objects.filter(practice_id=practice_id, portal=portal, flow=flow, state=state)


def _due(now: datetime) -> "QuerySet[WithAnnotations[models.WorkItem, _OfPractice]]":
    # Not by `practice_id` itself: the database would go through all that a practice has, because an index has it in
    # the order that is grouped by.
    return models.WorkItem.objects.annotate(of_practice=F("practice_id") + 0).filter(_IS_READY, not_before__lte=now)


def _groups(rows: "QuerySet[WithAnnotations[models.WorkItem, _OfPractice]]") -> tuple[DueGroup, ...]:
    grouped = (
        rows.order_by()
        .values("of_practice", "portal", "flow")
        .annotate(due=Count("*"), jumping=Count("rank", filter=Q(rank=Rank.JUMPS.order)), oldest=Min("not_before"))
    )
    found = (
        DueGroup(row["of_practice"], row["portal"], Flow(row["flow"]), row["due"], row["jumping"], row["oldest"])
        for row in grouped
    )
    return tuple(sorted(found, key=lambda one: (-one.jumping, one.oldest, one.practice_id, one.portal, one.flow)))
