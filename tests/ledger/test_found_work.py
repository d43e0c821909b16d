"""What an eligibility answer gives a person to do is a case of its visit, and the question is done all the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from flows.coverage import CoverageStatus, Difference
from flows.outcomes import Code
from flows.questions import Flow
from ledger import audit, cases, models, runs, work
from ledger.accounts import Actor
from ledger.lanes import Lease
from ledger.states import ItemState, Resolution
from ledger.time_line import time_lines
from tests.ledger.office import NOW, PORTAL
from tests.ledger.visits import bring_visits, covered, listed

FLOW = Flow.ELIGIBILITY
CORRECTED = Difference(field="member_id", ours="MBR0000001", theirs="MBR0000009")


@pytest.fixture
def asking(take: Callable[..., Lease], robot: Actor) -> Lease:
    lease = take()
    runs.start(lease, FLOW, NOW)
    bring_visits(listed([1, 2]), robot)
    return lease


def answer(lease: Lease, *differences: Difference, **changed: Any) -> work.Finished:
    """The first visit's question is asked and answered, again where it was before."""
    models.WorkItem.objects.filter(state=ItemState.DONE).update(state=ItemState.READY, not_before=NOW - timedelta(1))
    item = work.next_item(lease, NOW)
    assert item is not None
    return work.finish(lease, item, covered(differences=differences, **changed), NOW)


def test_a_difference_opens_a_case_with_what_differs_and_the_question_is_done(asking: Lease) -> None:
    finished = answer(asking, CORRECTED, status=CoverageStatus.INACTIVE, portal_text="Termed")
    assert (finished.state, finished.case_id, len(finished.found)) == (ItemState.DONE, None, 2)
    inactive, corrected = (cases.get(asking.actor.practice_id, case_id) for case_id in finished.found)
    assert (inactive.code, inactive.number, inactive.items) == (Code.BUS_INACTIVE, "VISIT-0001", 0)
    assert (corrected.code, corrected.number) == (Code.BUS_IDCORR, "VISIT-0001")
    assert [(shown.where, shown.text) for shown in corrected.seen] == [
        ("office.member_id", "MBR0000001"),
        ("payer.member_id", "MBR0000009"),
    ]
    assert "MBR" not in corrected.what
    assert inactive.attempt_id == corrected.attempt_id
    assert {case.code for case in time_lines(asking.actor.practice_id, "VISIT-0001", flow=FLOW)[0].cases} == {
        inactive.code,
        corrected.code,
    }
    assert audit.verify().ok
    assert work.next_item(asking, NOW) is not None  # nothing stands still for it


def test_the_same_work_found_again_is_one_case_brought_up_to_date(asking: Lease) -> None:
    first = answer(asking, CORRECTED)
    other = CORRECTED.model_copy(update={"theirs": "MBR0000008"})
    assert answer(asking, other).found == first.found
    (case,) = cases.list_open(asking.actor.practice_id)
    assert (case.times, case.seen[1].text) == (2, "MBR0000008")


def test_work_that_a_person_has_closed_comes_again_only_when_something_else_is_seen(
    asking: Lease, person: Actor
) -> None:
    (case_id,) = answer(asking, CORRECTED).found
    assert cases.close(case_id, person, Resolution.DONE_BY_HAND, NOW) == 0
    assert answer(asking, CORRECTED).found == ()
    other = CORRECTED.model_copy(update={"theirs": "MBR0000008"})
    assert len(answer(asking, other).found) == 1


def test_two_visits_with_one_difference_are_two_cases(asking: Lease) -> None:
    for _ in range(2):
        item = work.next_item(asking, NOW)
        assert item is not None
        work.finish(asking, item, covered(differences=(CORRECTED,)), NOW)
    assert sorted(case.number or "" for case in cases.list_open(asking.actor.practice_id, PORTAL)) == [
        "VISIT-0001",
        "VISIT-0002",
    ]


def test_an_answer_that_agrees_opens_nothing(asking: Lease) -> None:
    assert answer(asking).found == ()
    assert cases.list_open(asking.actor.practice_id) == ()
