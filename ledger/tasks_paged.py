"""Open tasks, a page at a time: by the day on which they are due, or those whose last day is near. Found by an index.

Each page goes on from the last row of the one before, however many tasks there are.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from flows.routing import AGAINST_DENIAL, urgent_until
from flows.values import Frozen
from flows.work_entry import WorkEntry
from ledger import models
from ledger.errors import NotThere
from ledger.tasks import OPEN
from ledger.tasks_listed import entry_of, joined

COUNTED = 200
"""More than so many are not counted."""

# Written out, not as a parameter: an index of some rows only is used for what is known before the parameters are.
_IS_OPEN = RawSQL("ledger_task.state = 'open'", (), output_field=BooleanField())


@dataclass(frozen=True)
class Filters:
    """Which tasks; what is None leaves nothing out. `owner` "" are those that nobody has."""

    queue: str | None = None
    role: str | None = None
    portal: str | None = None
    owner: str | None = None


class Place(Frozen):
    """Where a page ends: the day and the number of its last task."""

    day: date
    number: int


class TaskLine(Frozen):
    """A task, and the row of what it is about."""

    entry: WorkEntry
    claim_id: int | None
    appointment_id: int | None
    remittance_id: int | None


class TaskPage(Frozen):
    """Some tasks in order; `after`: where the next page begins, None at the end."""

    lines: tuple[TaskLine, ...]
    after: Place | None


def by_day(practice_id: int, today: date, filters: Filters, *, after: Place | None = None, most: int = 50) -> TaskPage:
    """The next open tasks by the day on which they are due."""
    rows = _narrowed(joined().filter(practice_id=practice_id, state=OPEN), filters)
    return _page(rows, "due", today, after, most)


def by_limit(
    practice_id: int, today: date, filters: Filters, *, after: Place | None = None, most: int = 50
) -> TaskPage:
    """The next of those that may end in an appeal whose last day is over or, today, at most a week away."""
    return _page(_narrowed(_urgent(practice_id, today), filters), "limit", today, after, most)


def urgent_count(practice_id: int, today: date) -> int:
    """How many of these there are; `COUNTED + 1` for more than are counted."""
    return _urgent(practice_id, today).order_by()[: COUNTED + 1].count()


def get(practice_id: int, number: int, today: date) -> TaskLine:
    """One task, open or closed. Raises NotThere, for another practice's too."""
    row = joined().filter(practice_id=practice_id, pk=number).first()
    if row is None:
        raise NotThere(f"task {number}")
    return _line(row, today)


def about(practice_id: int, today: date, **subject: int) -> tuple[TaskLine, ...]:
    """Every task about one claim (`claim_id`) or visit (`appointment_id`), open and closed, the oldest first."""
    rows = joined().filter(practice_id=practice_id, **subject).order_by("id")
    return tuple(_line(row, today) for row in rows)


def _urgent(practice_id: int, today: date) -> "QuerySet[models.Task]":
    rows = joined().filter(_IS_OPEN, practice_id=practice_id)
    return rows.filter(limit__isnull=False, limit__lte=urgent_until(today), kind__in=AGAINST_DENIAL)


def _narrowed(rows: "QuerySet[models.Task]", filters: Filters) -> "QuerySet[models.Task]":
    for name in ("queue", "role", "portal"):
        value = getattr(filters, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    if filters.owner is not None:
        rows = rows.filter(owner__name=filters.owner) if filters.owner else rows.filter(owner=None)
    return rows


def _page(rows: "QuerySet[models.Task]", column: str, today: date, after: Place | None, most: int) -> TaskPage:
    if after is not None:
        # The first condition says the same to the index.
        rows = rows.filter(**{f"{column}__gte": after.day})
        rows = rows.filter(Q(**{f"{column}__gt": after.day}) | Q(**{column: after.day, "pk__gt": after.number}))
    found = list(rows.order_by(column, "id")[: most + 1])
    lines = tuple(_line(row, today) for row in found[:most])
    last = Place(day=getattr(found[most - 1], column), number=found[most - 1].pk) if len(found) > most else None
    return TaskPage(lines=lines, after=last)


def _line(row: models.Task, today: date) -> TaskLine:
    return TaskLine(
        entry=entry_of(row, today),
        claim_id=row.claim_id,
        appointment_id=row.appointment_id,
        remittance_id=row.remittance_id,
    )
