"""A case ends by an outcome, by a person, and then its questions have a future."""

import pytest

from flows.answers import Shown
from flows.outcomes import Candidate, Code, Ending, Outcome, Reason
from ledger import cases, models, work
from ledger.accounts import Actor, Practice
from ledger.errors import AlreadyClosed, NotAPerson, NotThere
from ledger.lanes import Lease
from ledger.states import CaseState, ItemState, Resolution
from tests.ledger.office import NOW, bring_in

TWO_ROWS = Outcome(
    ending=Ending.NEEDS_STAFF,
    reason=Reason(
        code=Code.BUS_MULTI,
        what="Two rows fit the claim.",
        view="results",
        seen=(Shown(where="results.count", text="2 claims"),),
        candidates=(
            Candidate(cells={"claim": Shown(where="results.rows[0].claim", text="2026-1")}),
            Candidate(cells={"claim": Shown(where="results.rows[1].claim", text="2026-2")}),
        ),
    ),
)


@pytest.fixture
def case_id(lease: Lease, robot: Actor) -> int:
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    finished = work.finish(lease, item, TWO_ROWS, NOW)
    assert finished.case_id is not None
    return finished.case_id


def test_a_case_shows_what_was_seen_and_who_it_might_be(case_id: int, practice: Practice) -> None:
    case = cases.get(practice.id, case_id)
    assert TWO_ROWS.reason is not None
    assert (case.seen, case.candidates) == (TWO_ROWS.reason.seen, TWO_ROWS.reason.candidates)
    assert (case.number, case.view, case.items) == ("ACCT-000001", "results", 1)
    assert case.opened_by_run is not None


@pytest.mark.parametrize(
    ("how", "state"), [(Resolution.ASK_AGAIN, ItemState.READY), (Resolution.DONE_BY_HAND, ItemState.DONE)]
)
def test_closing_gives_the_question_its_future(case_id: int, person: Actor, how: Resolution, state: ItemState) -> None:
    assert cases.close(case_id, person, how, NOW, note="called the payer") == 1
    assert models.WorkItem.objects.get().state == state
    case = cases.get(person.practice_id, case_id)
    assert (case.state, case.closed_by, case.resolution) == (CaseState.CLOSED, "dana", how)
    assert cases.list_open(person.practice_id) == ()
    with pytest.raises(AlreadyClosed):
        cases.close(case_id, person, Resolution.ASK_AGAIN, NOW)


def test_a_robot_closes_nothing(case_id: int, robot: Actor) -> None:
    with pytest.raises(NotAPerson):
        cases.close(case_id, robot, Resolution.ASK_AGAIN, NOW)
    assert len(cases.list_open(robot.practice_id)) == 1


def test_a_case_that_is_not_there_is_told(practice: Practice) -> None:
    with pytest.raises(NotThere):
        cases.get(practice.id, 4711)
