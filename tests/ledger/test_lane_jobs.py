"""The queue of lanes on a server: hints that name nothing but a number, and that no death leaves behind."""

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from ledger import audit, lane_jobs, lanes
from ledger.accounts import Actor
from ledger.errors import WorkerForgotten
from ledger.lane_job_tables import bring_job_tables_up_to_date
from ledger.start import close_connection
from tests.django_settings import ON_POSTGRESQL
from tests.ledger.lane_queue import Queue, empty_the_queue, queue_now
from tests.ledger.office import NOW

pytestmark = [
    pytest.mark.skipif(not ON_POSTGRESQL, reason="there is a queue on a server alone"),
    pytest.mark.django_db(transaction=True),
]
AT_ONCE, NEVER = timedelta(), timedelta(days=1)


@pytest.fixture(autouse=True)
def queue(transactional_db: None) -> Iterator[None]:
    """An empty queue. Its tables are not among those that the test database is made with, nor emptied with them."""
    bring_job_tables_up_to_date()
    yield
    empty_the_queue()


def given(worker: int) -> list[int]:
    """The lanes that a worker gets, until there is none."""
    lanes_given = []
    while (job := lane_jobs.fetch(worker)) is not None:
        lanes_given.append(job.lane_id)
    return lanes_given


def test_a_lane_waits_once_and_goes_to_one_worker() -> None:
    assert lane_jobs.offer([7, 8]) == (7, 8)
    assert lane_jobs.offer([8, 7, 9]) == (9,)
    first, second = lane_jobs.join(), lane_jobs.join()
    taken = [lane_jobs.fetch(first), lane_jobs.fetch(second), lane_jobs.fetch(first), lane_jobs.fetch(second)]
    assert [job and job.lane_id for job in taken] == [8, 7, 9, None]
    assert queue_now() == Queue(waiting=0, running=3, workers=2)
    assert lane_jobs.offer([7, 8, 9]) == ()


def test_the_newest_order_holds_for_what_waits_already() -> None:
    lane_jobs.offer([1, 2, 3])
    lane_jobs.offer([3, 4, 1, 2])
    assert given(lane_jobs.join()) == [3, 4, 1, 2]


def test_a_job_that_is_done_is_gone_and_its_lane_can_be_offered_again() -> None:
    lane_jobs.offer([7])
    job = lane_jobs.fetch(worker := lane_jobs.join())
    assert job is not None
    lane_jobs.finish(job)
    lane_jobs.finish(job)
    assert queue_now() == Queue(waiting=0, running=0, workers=1)
    assert lane_jobs.offer([7]) == (7,)
    lane_jobs.leave(worker)
    assert queue_now() == Queue(waiting=1, running=0, workers=0)


def test_a_lane_is_offered_together_with_the_rows_that_made_it_due_or_not_at_all(robot: Actor) -> None:
    lane_jobs.offer([1])
    entries = audit.verify().entries
    with pytest.raises(KeyError), transaction.atomic():
        audit.append(robot, "test.act", "thing", 1, NOW)
        lane_jobs.offer([1, 2])
        raise KeyError
    assert queue_now().waiting == 1
    assert audit.verify().entries == entries
    with transaction.atomic():
        lane_jobs.offer([1, 2])
        audit.append(robot, "test.act", "thing", 1, NOW)
    assert queue_now().waiting == 2
    assert audit.verify().entries == entries + 1


def test_two_computers_that_offer_the_same_lanes_at_once_spoil_nothing_for_each_other() -> None:
    def offer(number: int) -> int:
        try:
            with transaction.atomic():
                added = lane_jobs.offer(range(1, 31) if number % 2 else range(30, 0, -1))
                queue_now()  # the transaction goes on after a refusal
            return len(added)
        finally:
            close_connection()

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(offer, range(12))) == 30
    assert queue_now().waiting == 30


def test_the_lanes_of_a_worker_that_fell_silent_are_given_to_another_one() -> None:
    lane_jobs.offer([1, 2])
    dead, alive = lane_jobs.join(), lane_jobs.join()
    assert lane_jobs.fetch(dead) is not None
    assert lane_jobs.reap(NEVER) == 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '46 s' WHERE id = %s", [dead]
        )
    assert lane_jobs.reap(timedelta(seconds=45)) == 1
    assert queue_now() == Queue(waiting=1, running=0, workers=1)
    assert lane_jobs.offer([1, 2]) == (1,)
    assert given(alive) == [1, 2]


def test_a_worker_that_was_taken_for_dead_is_told_and_changes_nothing() -> None:
    lane_jobs.offer([1])
    late = lane_jobs.join()
    job = lane_jobs.fetch(late)
    assert job is not None
    lane_jobs.reap(AT_ONCE)
    lane_jobs.offer([1])
    newer = lane_jobs.join()
    assert given(newer) == [1]
    lane_jobs.finish(job)
    with pytest.raises(WorkerForgotten):
        lane_jobs.beat(late, [job.number])
    lane_jobs.offer([2])
    with pytest.raises(WorkerForgotten):
        lane_jobs.fetch(late)
    lane_jobs.leave(late)
    assert queue_now() == Queue(waiting=1, running=1, workers=1)


def test_a_lane_that_a_worker_never_heard_of_is_let_go_at_its_next_sign_of_life() -> None:
    lane_jobs.offer([1, 2])
    worker = lane_jobs.join()
    heard, lost = lane_jobs.fetch(worker), lane_jobs.fetch(worker)
    assert heard is not None
    assert lost is not None
    lane_jobs.beat(worker, [heard.number])
    assert queue_now() == Queue(waiting=0, running=1, workers=1)
    assert lane_jobs.offer([1, 2]) == (lost.lane_id,)


def test_many_workers_at_once_get_each_lane_once() -> None:
    lane_jobs.offer(range(1, 61))

    def take_all(_: int) -> list[int]:
        try:
            return given(lane_jobs.join())
        finally:
            close_connection()

    with ThreadPoolExecutor(6) as threads:
        taken = [lane for lanes_given in threads.map(take_all, range(6)) for lane in lanes_given]
    assert sorted(taken) == list(range(1, 61))


@pytest.mark.usefixtures("practice")
def test_the_queue_and_what_it_says_for_the_log_hold_numbers_and_nothing_else(
    robot: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    (lane_id,) = lanes.ensure(robot.practice_id, "canary-portal", "canary-alias", 1)
    with caplog.at_level(logging.DEBUG):
        lane_jobs.offer([lane_id])
        lane_jobs.offer([lane_id])
        worker = lane_jobs.join()
        job = lane_jobs.fetch(worker)
        assert job is not None
        held = lines()
        lane_jobs.finish(job)
        lane_jobs.beat(worker, [])
        lane_jobs.leave(worker)
    assert len(held) == 4
    numbers = re.compile(r"[\d:. +-]*")
    words = {word for line in held for value in line for word in re.findall(r"\w+", value) if not numbers.match(value)}
    assert words <= {"lanes", "run_lane", "lane_id", "doing", "deferred", "started", "false"}
    told = "".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "canary" not in told
    assert "Lakeside" not in told


def lines() -> list[list[str]]:
    """Every row of every table of the queue, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'procrastinate%'")
        rows: list[list[str]] = []
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            rows += [[str(value) for value in row if value is not None] for row in cursor.fetchall()]
        return rows


def test_what_walks_the_office_s_own_tables_does_not_meet_the_queue_s() -> None:
    assert "procrastinate" not in {table._meta.app_label for table in apps.get_models(include_auto_created=True)}
