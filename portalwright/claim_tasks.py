"""The tasks of one claim as events of its time-line: when each came up, and how it ended."""

from datetime import datetime

from ledger.tasks_listed import of_claim

Event = tuple[datetime, str, str]


def task_events(practice_id: int, portal: str, patient_account_number: str) -> list[Event]:
    """Every task that the claim has had: when, what, and details without anything of the patient's."""
    events: list[Event] = []
    for task in of_claim(practice_id, portal, patient_account_number):
        events.append(
            (task.opened_at, f"task {task.id}", f"{task.kind}, {task.money:,.2f}; due {task.due}; {task.why}")
        )
        if task.closed_at is not None:
            by = f" by {task.closed_by}" if task.closed_by else ", follows no more"
            events.append((task.closed_at, f"task {task.id} ended", f"{task.outcome}{by}"))
    return sorted(events)
