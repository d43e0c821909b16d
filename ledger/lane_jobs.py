"""Which lanes wait for a computer, and which computer works on which: the queue of a ledger on a PostgreSQL server.

A job is a hint, no more: whose lane it is, the lane's lease says (`ledger.lanes`). It carries the lane's number and
nothing else, and is gone when it is done: the queue never tries anything again by itself. The queue is Procrastinate's:
its tables, and the statements of its job manager (which is asynchronous, while the ledger is asked on one thread). Its
time is the server's, so that no computer's clock matters.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.sql import queries
from psycopg.errors import ForeignKeyViolation, RaiseException

from ledger.errors import WorkerForgotten

_QUEUE = "lanes"
_TASK = "run_lane"
_REORDER = """
UPDATE procrastinate_jobs SET priority = -array_position(%(locks)s::text[], lock)
WHERE lock = ANY(%(locks)s::text[]) AND status = 'todo' AND priority <> -array_position(%(locks)s::text[], lock)
"""
_IN_QUEUE = "SELECT lock FROM procrastinate_jobs WHERE lock = ANY(%(locks)s::text[]) AND status IN ('todo', 'doing')"


@dataclass(frozen=True)
class LaneJob:
    """A lane that a worker was given to run."""

    number: int
    lane_id: int


def offer(lanes: Sequence[int]) -> tuple[int, ...]:
    """Put these lanes (ids) into the queue, the most urgent first, and give those that were not in it.

    A lane that waits already takes its place in the new order; one that is being run stays as it is. It is part of the
    caller's transaction: what made the lanes' work due and the lanes' jobs are committed together, or neither.
    """
    locks = [str(lane_id) for lane_id in lanes]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_REORDER, {"locks": locks})
        cursor.execute(_IN_QUEUE, {"locks": locks})
        waiting = {int(lock) for (lock,) in cursor.fetchall()}
        places = {lane_id: place for place, lane_id in enumerate(lanes, 1) if lane_id not in waiting}
        # In the order of their numbers: two computers that want each other's lanes would wait for each other for ever.
        added = {lane_id for lane_id, place in sorted(places.items()) if _defer(lane_id, -place)}
    return tuple(lane_id for lane_id in places if lane_id in added)


def join() -> int:
    """Make a new worker known, and give its number."""
    worker: int = DjangoConnector().execute_query_one(query=queries["register_worker"])["worker_id"]
    return worker


def fetch(worker: int) -> LaneJob | None:
    """The next lane for this worker; None when none waits. Raises WorkerForgotten."""
    try:
        row = DjangoConnector().execute_query_one(query=queries["fetch_job"], queues=[_QUEUE], worker_id=worker)
    except ConnectorException as error:
        if isinstance(error.__cause__, ForeignKeyViolation):
            raise WorkerForgotten from None
        raise
    return None if row["id"] is None else LaneJob(row["id"], int(row["lock"]))


def beat(worker: int, running: Collection[int]) -> None:
    """Say that this worker lives, and that it runs the jobs with these numbers. Raises WorkerForgotten.

    Other jobs of its own are ended: it was given them while the line to the server broke, and never heard of them.
    """
    connector = DjangoConnector()
    with transaction.atomic():
        connector.execute_query(query=queries["update_heartbeat"], worker_id=worker)
        if not connector.execute_query_all(query="SELECT 1 FROM procrastinate_workers WHERE id = %(id)s", id=worker):
            raise WorkerForgotten
        for number in set(_jobs_of(worker)).difference(running):
            _finish(number)


def finish(job: LaneJob) -> None:
    """End a job; harmless when others have ended it, who took this worker for dead."""
    _finish(job.number)


def leave(worker: int) -> None:
    """End all of a worker's jobs, and forget the worker."""
    with transaction.atomic():
        for number in _jobs_of(worker):
            _finish(number)
        DjangoConnector().execute_query(query=queries["unregister_worker"], worker_id=worker)


def reap(silent_for: timedelta) -> int:
    """End the jobs of workers that were not heard of for so long, and forget these workers; how many jobs it were.

    The lanes can be offered again from then on. They are never handed on as the same job: another one may wait.
    """
    connector, seconds = DjangoConnector(), silent_for / timedelta(seconds=1)
    with transaction.atomic():
        dead = connector.execute_query_all(
            query=queries["select_stalled_jobs_by_heartbeat"],
            queue=_QUEUE,
            task_name=_TASK,
            seconds_since_heartbeat=seconds,
        )
        ended = sum(_finish(row["id"]) for row in dead)
        connector.execute_query_all(query=queries["prune_stalled_workers"], seconds_since_heartbeat=seconds)
    return ended


def _defer(lane_id: int, priority: int) -> bool:
    job = Job(
        queue=_QUEUE,
        task_name=_TASK,
        lock=str(lane_id),
        queueing_lock=str(lane_id),
        priority=priority,
        task_kwargs={"lane_id": lane_id},
    )
    try:
        with transaction.atomic():  # without it the refusal would spoil the caller's transaction
            JobManager(DjangoConnector()).defer_job(job)
    except AlreadyEnqueued:  # another computer was quicker
        return False
    return True


def _finish(number: int) -> bool:
    """End a job by removing it; False when it was gone."""
    try:
        with transaction.atomic():
            DjangoConnector().execute_query(
                query=queries["finish_job"], job_id=number, status=Status.ABORTED.value, delete_job=True
            )
    except ConnectorException as error:
        if isinstance(error.__cause__, RaiseException):
            return False
        raise
    return True


def _jobs_of(worker: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE worker_id = %s AND status = 'doing'", [worker])
        return [number for (number,) in cursor.fetchall()]
