"""What stands in the queue of lanes, for tests; the product only ever asks for the next lane."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Queue:
    """Lanes that wait for a worker, lanes that are run, and workers that are known."""

    waiting: int
    running: int
    workers: int


def queue_now() -> Queue:
    """What is in the queue now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'), "
            "(SELECT count(*) FROM procrastinate_workers) FROM procrastinate_jobs"
        )
        return Queue(*cursor.fetchone())


def empty_the_queue() -> None:
    """As it was before the test: its tables are not emptied with the ledger's own."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events CASCADE")
