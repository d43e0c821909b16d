"""The figures of a night are those of its runs, of one practice, and cost what the night is, not all that is kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from flows.outcomes import Code, Ending, Outcome
from flows.questions import Flow
from ledger import lanes, models, night_board, runs, work, worker_processes
from ledger.accounts import Actor, Practice
from ledger.lanes import LEASE_TIME, Lease
from ledger.states import Stops
from tests.ledger.office import ALIAS, NOW, PORTAL, bring_in, ended, not_found, paid

JOB = (PORTAL, Flow.CLAIM_STATUS)
MINUTE = timedelta(minutes=1)


def ask(lease: Lease, outcomes: list[Outcome], *, seconds: int = 10) -> None:
    """Ask so many questions of the lane, one after the other, each for so many seconds."""
    at = NOW
    for outcome in outcomes:
        item = work.next_item(lease, at)
        assert item is not None
        at += timedelta(seconds=seconds)
        work.finish(lease, item, outcome, at)


def maybe_busy() -> Outcome:
    return ended(Ending.TRANSIENT, Code.TECH_429)


def test_a_night_is_counted_by_how_its_questions_ended(lease: Lease, practice: Practice, robot: Actor) -> None:
    bring_in(range(6), robot)
    several = ended(Ending.NEEDS_STAFF, Code.BUS_MULTI)
    ask(lease, [paid(), paid(), not_found(), several, maybe_busy()])
    counted = {Ending.ANSWERED: 2, Ending.NEGATIVE: 1, Ending.NEEDS_STAFF: 1, Ending.TRANSIENT: 1}
    assert night_board.endings(practice.id, NOW - MINUTE, NOW + MINUTE) == {JOB: counted}
    assert night_board.codes(practice.id, NOW - MINUTE) == {(PORTAL, Code.BUS_MULTI): 1, (PORTAL, Code.TECH_429): 1}
    (lane,) = night_board.lanes(practice.id, NOW)
    assert (lane.held, lane.lost, lane.flow, dict(lane.by_ending)) == (True, False, Flow.CLAIM_STATUS, counted)


def test_a_run_belongs_to_the_nights_that_it_touches(lease: Lease, practice: Practice, robot: Actor) -> None:
    bring_in(range(2), robot)
    ask(lease, [paid()])
    runs.end(lease, "finished", NOW + 30 * MINUTE)
    assert night_board.endings(practice.id, NOW + 29 * MINUTE, NOW + 60 * MINUTE)[JOB] == {Ending.ANSWERED: 1}
    assert night_board.endings(practice.id, NOW + 31 * MINUTE, NOW + 60 * MINUTE) == {}
    assert night_board.endings(practice.id, NOW - 60 * MINUTE, NOW) == {}


def test_what_befell_a_session_itself_is_no_question(lease: Lease, practice: Practice, robot: Actor) -> None:
    bring_in([1], robot)
    runs.report(lease, ended(Ending.CREDENTIAL, Code.ACC_LOCKED), NOW)
    assert night_board.endings(practice.id, NOW - MINUTE, NOW + MINUTE) == {}
    assert night_board.recent(practice.id, *JOB) == ()
    (case,) = night_board.open_cases(practice.id, ())
    assert (case.code, case.stops, case.portal) == (Code.ACC_LOCKED, Stops.CREDENTIAL, PORTAL)


def test_the_newest_questions_come_with_their_time(lease: Lease, practice: Practice, robot: Actor) -> None:
    bring_in(range(3), robot)
    ask(lease, [paid(), not_found(), maybe_busy()], seconds=7)
    tried = night_board.recent(practice.id, *JOB)
    assert [one.ending for one in tried] == [Ending.TRANSIENT, Ending.NEGATIVE, Ending.ANSWERED]
    assert [one.seconds for one in tried] == [7, 7, 7]
    assert tried[0].code is Code.TECH_429
    assert len(night_board.recent(practice.id, *JOB, limit=2)) == 2


def test_earlier_runs_tell_what_is_usual(take: Callable[..., Lease], practice: Practice, robot: Actor) -> None:
    bring_in(range(4), robot)
    lease = take()
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    ask(lease, [paid(), paid()])
    runs.end(lease, "finished", NOW + 2 * MINUTE)
    runs.start(lease, Flow.CLAIM_STATUS, NOW + 3 * MINUTE)
    runs.end(lease, "nothing due", NOW + 3 * MINUTE)
    assert [(run.asked, run.minutes) for run in night_board.past_runs(practice.id, *JOB, NOW + 60 * MINUTE)] == [(2, 2)]
    assert night_board.past_runs(practice.id, *JOB, NOW) == ()


def test_a_lane_whose_process_is_silent_is_lost(lease: Lease, practice: Practice) -> None:
    (lane,) = night_board.lanes(practice.id, NOW + LEASE_TIME)
    assert (lane.held, lane.lost) == (False, True)
    lanes.release(lease, NOW)
    (lane,) = night_board.lanes(practice.id, NOW)
    assert (lane.held, lane.lost, lane.run_id, lane.alias) == (False, False, None, ALIAS)


def test_a_worker_that_went_away_without_a_word_is_listed_for_a_while(db: None) -> None:
    for name in ("here", "gone", "ended"):
        worker_processes.register(name, 2, NOW)
    worker_processes.end("ended", "stopped", NOW + MINUTE)
    worker_processes.beat("here", 2, NOW + 30 * MINUTE)
    worker_processes.bury(NOW + 30 * MINUTE)
    assert [(one.name, one.lost) for one in night_board.workers(NOW)] == [("here", False), ("gone", True)]
    assert [one.name for one in night_board.workers(NOW + 31 * MINUTE)] == ["here"]


@contextmanager
def plans() -> Iterator[list[str]]:
    """The plans of all questions that are put to the database meanwhile."""
    found: list[str] = []

    def explain(execute: Callable[..., object], statement: str, params: object, many: bool, context: object) -> object:
        if statement.startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.cursor.execute(
                    *(("EXPLAIN QUERY PLAN " + statement.replace("%s", "?"), params))
                    if connection.vendor == "sqlite"
                    else ("EXPLAIN " + statement, params)
                )
                found.extend(str(row) for row in cursor.cursor.fetchall())
        return execute(statement, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


@pytest.mark.skipif("postgresql" in str(connection.vendor), reason="a server reads small tables whole, rightly")
def test_no_table_that_grows_is_read_whole(lease: Lease, practice: Practice, robot: Actor) -> None:
    bring_in([1], robot)
    with plans() as found:
        night_board.running(practice.id)
        night_board.lanes(practice.id, NOW)
        night_board.endings(practice.id, NOW - MINUTE, NOW + MINUTE)
        night_board.codes(practice.id, NOW - MINUTE)
        night_board.recent(practice.id, *JOB)
        night_board.past_runs(practice.id, *JOB, NOW)
        night_board.open_cases(practice.id, (Code.BUS_DEADLINE,))
        night_board.workers(NOW)
    whole = [line for line in found if "SCAN" in line]
    assert not [line for line in whole if any(table in line for table in ("workitem", "attempt", "answer", "claim"))]
    assert all(any(index in line for line in found) for index in ("endings_of_a_run", "what_a_lane_runs"))


def test_nothing_of_a_claim_is_read_for_it(lease: Lease, practice: Practice, robot: Actor) -> None:
    bring_in([1], robot)
    asked: list[str] = []

    def note(execute: Callable[..., object], statement: str, *rest: object) -> object:
        asked.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        night_board.running(practice.id)
        night_board.lanes(practice.id, NOW)
        night_board.endings(practice.id, NOW - MINUTE, NOW + MINUTE)
        night_board.recent(practice.id, *JOB)
        night_board.open_cases(practice.id, ())
    tables = {models.Claim._meta.db_table, models.Patient._meta.db_table, models.AnswerVersion._meta.db_table}
    assert not [statement for statement in asked for table in tables if f'"{table}"' in statement]
