"""The tasks of one claim or visit as events of its time-line: when each came up, and how it ended."""

from collections.abc import Iterable

from console.claims.needs import EventKind
from flows.work_entry import WorkEntry
from ledger.tasks_listed import of_claim
from portalwright.time_line_events import Happened


def task_events(practice_id: int, portal: str, patient_account_number: str) -> list[Happened]:
    """Every task that the claim has had, without anything of the patient's."""
    return told(of_claim(practice_id, portal, patient_account_number))


def told(tasks: Iterable[WorkEntry]) -> list[Happened]:
    """The same of these tasks."""
    events: list[Happened] = []
    for task in tasks:
        came = f"{task.kind}, {task.money:,.2f}; due {task.due}; {task.why}"
        events.append(Happened(task.opened_at, f"task {task.id}", came, EventKind.TASK, task.id))
        if task.closed_at is not None:
            by = f" by {task.closed_by}" if task.closed_by else ", follows no more"
            ended = f"{task.outcome}{by}"
            events.append(Happened(task.closed_at, f"task {task.id} ended", ended, EventKind.TASK, task.id))
    return sorted(events, key=lambda event: event[:3])
