"""One line of the work list that people work from: a task or an open case; whose it is, until when, how much money."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from flows.values import Frozen


class WorkEntry(Frozen):
    """A task or a case, by its number. `kind` is the task's kind or the case's code; `number` what the office calls the
    thing that it is about (account number, appointment number, `payment 12`), "" for what is a portal's own.

    `money` is in dollars. `limit` is the last day on which it still helps, where that is known. `decision` says what
    only a person may decide in it.
    """

    what: Literal["task", "case"]
    id: int
    kind: str
    queue: str
    role: str
    due: date
    limit: date | None = None
    money: Decimal
    portal: str
    number: str
    why: str
    codes: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    frequency: str | None = None
    replaces: str | None = None
    decision: str | None = None
    owner: str | None = None
    opened_at: datetime
    state: Literal["open", "closed"] = "open"
    outcome: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    note: str = ""


class QueueSummary(Frozen):
    """How much waits in one queue: tasks and cases, how many are past their day, and the dollars in it."""

    queue: str
    entries: int
    overdue: int
    money: Decimal
