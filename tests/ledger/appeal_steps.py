"""An appeal on its way through the ledger, step by step, for the tests."""

from datetime import timedelta

from flows.outcomes import Candidate, Code, Ending, Outcome, Reason
from flows.questions import Appeal
from ledger import appeals, work
from ledger.accounts import Actor
from ledger.appeals import AppealRecord
from ledger.lanes import Lease
from ledger.work import Finished, WorkItem
from tests.ledger.appeals import LOST, approved
from tests.ledger.office import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def taken(lease: Lease, after: timedelta = timedelta()) -> WorkItem:
    item = work.next_item(lease, NOW + after)
    assert item is not None
    return item


def asked(item: WorkItem) -> Appeal:
    assert isinstance(item.question, Appeal)
    return item.question


def press(lease: Lease, item: WorkItem, after: timedelta = timedelta()) -> None:
    appeals.pressing(lease, asked(item).contest.reference, NOW + after)


def pressed(lease: Lease, person: Actor, number: int = 1) -> tuple[int, WorkItem]:
    """An approved appeal whose button has just been pressed."""
    appeal = approved(person, number)
    item = taken(lease)
    press(lease, item)
    return appeal, item


def ends(lease: Lease, item: WorkItem, outcome: Outcome, after: timedelta = timedelta()) -> Finished:
    return work.finish(lease, item, outcome, NOW + after)


def get(person: Actor, number: int) -> AppealRecord:
    return appeals.get(person.practice_id, number)


def what_happened(person: Actor, number: int) -> list[str]:
    return [event.what.value for event in appeals.events(person.practice_id, number=number)]


def parked(lease: Lease, person: Actor) -> tuple[int, int]:
    """An appeal that waits for a person's word, and its case."""
    number, item = pressed(lease, person)
    ends(lease, item, LOST)
    reason = Reason(code=Code.TECH_UNKNOWN_FILED, what="Two fit.", candidates=(Candidate(cells={}),) * 2)
    finished = ends(lease, taken(lease), Outcome(ending=Ending.UNCERTAIN, reason=reason))
    assert finished.case_id is not None
    return number, finished.case_id
