"""Writing an answer down looks at what the answer is about, however much the practice has beside it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flows.questions import Flow
from ledger import lanes, runs, work
from ledger.accounts import Actor
from ledger.lanes import Lease
from tests.ledger.office import ALIAS, NOW, PORTAL, bring_in, paid

MOST_STATEMENTS = 22
"""Transaction, evidence and audit included. Each more is paid for by every look-up of every night."""
THROUGH_ALL = re.compile(r"SCAN (?!CONSTANT)(\w+)|SEARCH (ledger_(?:task|case|claim|answerversion)) .*\(practice_id=\?")
"""How the database file says that it goes through a table, or through all that a practice has in one."""
FEW_ROWS = {"ledger_audithead"}


@pytest.fixture
def lease(robot: Actor) -> Lease:
    bring_in(range(3), robot)
    lease = lanes.take(PORTAL, ALIAS, 0, holder="tests:1", actor=robot, now=NOW)
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    return lease


def statements_of_an_answer(lease: Lease) -> list[str]:
    item = work.next_item(lease, NOW)
    assert item is not None
    with CaptureQueriesContext(connection) as asked:
        finished = work.finish(lease, item, paid(), NOW)
    assert finished.version == 1
    return [query["sql"] for query in asked.captured_queries]


def test_a_plain_answer_takes_few_statements(lease: Lease) -> None:
    statements_of_an_answer(lease)
    assert len(statements_of_an_answer(lease)) <= MOST_STATEMENTS


def test_no_statement_goes_through_all_that_the_practice_has(lease: Lease) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a server's planner knows how its rows are spread")
    looked = 0
    for sql in statements_of_an_answer(lease):
        if not sql.startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [step[-1] for step in cursor.fetchall()]
        through = {one for step in plan for found in THROUGH_ALL.finditer(step) for one in found.groups() if one}
        assert through <= FEW_ROWS, (through, sql)
        looked += len(plan)
    assert looked > 10
