"""The work list that people work from: open tasks and open cases of a practice in one order, the nearest day first."""

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from django.db.models import Q, QuerySet

from flows.routing import AGAINST_DENIAL, LATE, is_urgent, urgent_until
from flows.routing_rules import SUPERVISOR
from flows.tasks import DECISIONS, TaskKind
from flows.work_entry import QueueSummary, WorkEntry
from ledger import models
from ledger.canonical import to_dollars
from ledger.errors import NotThere
from ledger.states import CaseState
from ledger.subjects import JOINED_WITH_ANY, account_number_of
from ledger.tasks import OPEN

_CHUNK = 500


@dataclass(frozen=True)
class Wanted:
    """Which part of the list; what is None leaves nothing out. `due_before` leaves out what is due on that day, too."""

    queue: str | None = None
    role: str | None = None
    due_before: date | None = None
    portal: str | None = None


def list_open(practice_id: int, today: date, wanted: Wanted | None = None) -> Iterator[WorkEntry]:
    """Open tasks and cases by the day on which they are due, then by money; read as they are taken.

    Before all stands what may end in an appeal whose last day is over or, today, at most a week away: the supervisor's.
    """
    wanted = wanted or Wanted()
    return heapq.merge(
        _tasks(practice_id, today, wanted), _cases(practice_id, today, wanted), key=lambda one: _order(one, today)
    )


def queues_and_roles(practice_id: int) -> frozenset[tuple[str, str]]:
    """The queues and roles of the practice's open tasks, together; an office's earlier rules may have named them."""
    tasks = models.Task.objects.filter(practice_id=practice_id, state=OPEN)
    return frozenset(tasks.values_list("queue", "role").distinct())


def get(practice_id: int, number: int, today: date) -> WorkEntry:
    """One task, open or closed. Raises NotThere, for another practice's too."""
    row = joined().filter(practice_id=practice_id, pk=number).first()
    if row is None:
        raise NotThere(f"task {number}")
    return entry_of(row, today)


def of_claim(practice_id: int, portal: str, patient_account_number: str) -> tuple[WorkEntry, ...]:
    """Every task of one claim, open and closed, the oldest first; whose each was when it came up."""
    rows = joined().filter(
        practice_id=practice_id,
        claim__practice_id=practice_id,
        claim__portal=portal,
        claim__patient_account_number=patient_account_number,
    )
    return tuple(map(entry_of, rows.order_by("id")))


def summary(practice_id: int, today: date) -> tuple[QueueSummary, ...]:
    """How much waits in each queue, the most money first."""
    counted: dict[str, list[int | Decimal]] = {}
    for one in list_open(practice_id, today):
        entries = counted.setdefault(one.queue, [0, 0, Decimal("0.00")])
        entries[0] += 1
        entries[1] += one.due < today
        entries[2] += one.money
    queues = (
        QueueSummary(queue=queue, entries=int(entries), overdue=int(overdue), money=Decimal(money))
        for queue, (entries, overdue, money) in counted.items()
    )
    return tuple(sorted(queues, key=lambda one: (-one.money, one.queue)))


def _order(one: WorkEntry, today: date) -> tuple[bool, date, Decimal, str, int]:
    urgent = one.what == "task" and is_urgent(TaskKind(one.kind), one.limit, today)
    by_day = one.limit if urgent and one.limit is not None else one.due
    return not urgent, by_day, -one.money, one.what, one.id


def joined() -> "QuerySet[models.Task]":
    """For the ledger's own lists: tasks with what `entry_of` needs of them."""
    return models.Task.objects.select_related("claim", "appointment", "owner", "closed_by")


def _tasks(practice_id: int, today: date, wanted: Wanted) -> Iterator[WorkEntry]:
    rows = joined().filter(practice_id=practice_id, state=OPEN)
    urgent = Q(kind__in=AGAINST_DENIAL, limit__isnull=False, limit__lte=urgent_until(today))
    if wanted.queue is not None:
        rows = rows.filter(queue=wanted.queue)
    if wanted.portal is not None:
        rows = rows.filter(portal=wanted.portal)
    if wanted.role is not None:
        mine = Q(role=wanted.role)
        rows = rows.filter(mine | urgent if wanted.role == SUPERVISOR else mine & ~urgent)
    if wanted.due_before is not None:
        rows = rows.filter(due__lt=wanted.due_before)
    for part, day in ((rows.filter(urgent), "limit"), (rows.exclude(urgent), "due")):
        for row in part.order_by(day, "-money_cents", "id").iterator(chunk_size=_CHUNK):
            yield entry_of(row, today)


def entry_of(row: models.Task, today: date | None = None) -> WorkEntry:
    """The task as a line of the list; with `today`, what is urgent by then is the supervisor's. For our lists."""
    kind = TaskKind(row.kind)
    role, why = row.role, row.why
    if row.state == OPEN and today is not None and is_urgent(kind, row.limit, today):
        role = SUPERVISOR
        if row.limit is not None and row.limit < today and LATE not in why:
            why = f"{why} {LATE}"
    return WorkEntry(
        what="task",
        id=row.pk,
        kind=kind,
        queue=row.queue,
        role=role,
        due=row.due,
        limit=row.limit,
        money=to_dollars(row.money_cents),
        portal=row.portal,
        number=_number(row),
        why=why,
        codes=tuple(json.loads(row.codes)),
        lines=tuple(json.loads(row.lines)),
        frequency=row.frequency or None,
        replaces=row.replaces or None,
        decision=DECISIONS.get(kind),
        owner=row.owner.name if row.owner else None,
        opened_at=row.opened_at,
        state=cast(Literal["open", "closed"], row.state),
        outcome=row.outcome or None,
        closed_at=row.closed_at,
        closed_by=row.closed_by.name if row.closed_by else None,
        note=row.note,
    )


def _number(row: models.Task) -> str:
    if row.claim is not None:
        return row.claim.patient_account_number
    if row.appointment is not None:
        return row.appointment.appointment_number
    return f"payment {row.remittance_id}"


def _cases(practice_id: int, today: date, wanted: Wanted) -> Iterator[WorkEntry]:
    """The open cases; one that is put off until a later day is nobody's work before."""
    rows = models.Case.objects.select_related(*JOINED_WITH_ANY, "owner").filter(
        Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=today), practice_id=practice_id, state=CaseState.OPEN
    )
    if wanted.portal is not None:
        rows = rows.filter(portal=wanted.portal)
    if wanted.queue is not None:
        rows = rows.filter(queue=wanted.queue)
    if wanted.role is not None:
        rows = rows.filter(role=wanted.role)
    if wanted.due_before is not None:
        rows = rows.filter(due__lt=wanted.due_before)
    for row in rows.order_by("due", "-money_cents", "id").iterator(chunk_size=_CHUNK):
        yield WorkEntry(
            what="case",
            id=row.pk,
            kind=row.code,
            queue=row.queue,
            role=row.role,
            due=row.due or row.opened_at.date(),
            limit=row.limit,
            money=to_dollars(row.money_cents),
            portal=row.portal,
            number=account_number_of(row),
            why=row.what,
            owner=row.owner.name if row.owner else None,
            opened_at=row.opened_at,
        )
