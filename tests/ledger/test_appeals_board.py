"""Appeals are paged by their last day, each once, and stand on the shelf that their stage gives; tasks by their day."""

from datetime import date, timedelta

import pytest

from ledger import appeals, appeals_board, models, tasks, tasks_paged
from ledger.accounts import Actor, Practice, ensure_account
from ledger.appeals import KeptDeadline
from ledger.appeals_board import Place, Shelf
from ledger.errors import NotAPerson, RecordWrong
from ledger.lanes import Lease
from ledger.tasks_paged import Filters
from tests.ledger.appeals import approve, drafted
from tests.ledger.office import NOW, bring_in
from tests.ledger.plans import is_sorted_afterwards, statements, way_of
from tests.ledger.test_tasks import ask, denied

TODAY, DAY = NOW.date(), timedelta(days=1)


def kept(day: date) -> KeptDeadline:
    return KeptDeadline(day=day, rule="r", anchor="notice", anchor_date=TODAY, source="s")


def numbers(person: Actor, shelf: Shelf, *, most: int = 2) -> list[int]:
    """Every appeal of the shelf, a page at a time."""
    found: list[int] = []
    after: Place | None = None
    while True:
        page = appeals_board.page(person.practice_id, shelf, TODAY, after=after, most=most)
        assert len(page.lines) <= most
        found += [line.number for line in page.lines]
        if not page.more:
            return found
        after = page.lines[-1].place


def test_pages_follow_the_last_day_and_show_each_appeal_once(person: Actor) -> None:
    days = [TODAY + 9 * DAY, TODAY + 3 * DAY, TODAY + 3 * DAY, TODAY + 5 * DAY, TODAY]
    made = [drafted(person, number, deadline=kept(day)) for number, day in enumerate(days, start=1)]
    in_order = [made[place] for place in (4, 1, 2, 3, 0)]
    for most in (1, 2, 5, 9):
        assert numbers(person, Shelf.TO_APPROVE, most=most) == in_order
    for number in made:
        appeals.withdraw(number, person, NOW)
    assert numbers(person, Shelf.NOT_FILED) == [made[place] for place in (0, 3, 2, 1, 4)], "what is over: latest first"


def test_a_draft_with_a_gap_a_day_that_is_over_or_none_is_no_draft_to_approve(person: Actor) -> None:
    whole = drafted(person, 1)
    gap = drafted(person, 2, argument="[[which findings]]")
    over = drafted(person, 3, deadline=kept(TODAY - DAY))
    unknown = drafted(person, 4, deadline=None)
    assert numbers(person, Shelf.TO_APPROVE) == [whole]
    assert numbers(person, Shelf.DRAFTS) == [over, gap, unknown]
    approve(whole, person)
    counted = appeals_board.counts(person.practice_id, TODAY)
    assert {shelf: count for shelf, count in counted.items() if count} == {Shelf.APPROVED: 1, Shelf.DRAFTS: 3}


@pytest.mark.parametrize("shelf", Shelf)
@pytest.mark.parametrize("after", [None, Place(deadline=TODAY, number=3)])
def test_a_page_is_read_in_its_order_and_nothing_is_sorted(person: Actor, shelf: Shelf, after: Place | None) -> None:
    for number in range(1, 5):
        drafted(person, number, deadline=kept(TODAY + DAY))
    with statements() as sent:
        appeals_board.page(person.practice_id, shelf, TODAY, after=after)
    ways = [way_of(*one) for one in sent]
    assert ways
    assert not [way for way in ways if is_sorted_afterwards(way)]


def test_counting_stops_at_a_limit(person: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appeals_board, "COUNTED", 2)
    for number in range(1, 5):
        drafted(person, number)
    assert appeals_board.counts(person.practice_id, TODAY)[Shelf.TO_APPROVE] == 3


def test_a_change_of_what_was_changed_since_is_refused(person: Actor) -> None:
    number = drafted(person, 1)
    seen = appeals.get(person.practice_id, number).digest
    appeals.change(number, appeals.AppealChange(argument="First."), person, NOW, seen=seen)
    with pytest.raises(RecordWrong, match="changed since it was shown"):
        appeals.change(number, appeals.AppealChange(argument="Second."), person, NOW, seen=seen)
    assert appeals.get(person.practice_id, number).argument == "First."


@pytest.fixture
def three_tasks(person: Actor, lease: Lease) -> list[int]:
    """Tasks about three denied claims, by claim."""
    bring_in([1, 2, 3], person)
    for _ in range(3):
        ask(lease, denied("CO-50 120.50"))
    return list(models.Task.objects.order_by("claim_id").values_list("id", flat=True))


def test_tasks_are_paged_by_their_day_each_once(person: Actor, three_tasks: list[int]) -> None:
    models.Task.objects.filter(pk=three_tasks[0]).update(due=TODAY + 30 * DAY)
    found: list[int] = []
    after = None
    while True:
        page = tasks_paged.by_day(person.practice_id, TODAY, Filters(), after=after, most=1)
        found += [line.entry.id for line in page.lines]
        if (after := page.after) is None:
            break
    assert found == [three_tasks[1], three_tasks[2], three_tasks[0]]


def test_last_days_that_are_near_stand_apart(person: Actor, three_tasks: list[int]) -> None:
    models.Task.objects.update(limit=TODAY + 30 * DAY)
    models.Task.objects.filter(pk=three_tasks[1]).update(limit=TODAY + 7 * DAY)
    (line,) = tasks_paged.by_limit(person.practice_id, TODAY, Filters()).lines
    assert (line.entry.id, line.entry.role) == (three_tasks[1], "supervisor")
    assert tasks_paged.urgent_count(person.practice_id, TODAY) == 1


def test_a_task_is_taken_by_one_and_filters_find_it(
    person: Actor, robot: Actor, three_tasks: list[int], practice: Practice
) -> None:
    lee = ensure_account("lee", is_robot=False, practice=practice, now=NOW)
    tasks.take(three_tasks[0], person, NOW)
    tasks.take(three_tasks[0], person, NOW)
    with pytest.raises(RecordWrong, match="dana has taken"):
        tasks.take(three_tasks[0], lee, NOW)
    with pytest.raises(NotAPerson):
        tasks.take(three_tasks[1], robot, NOW)
    with pytest.raises(RecordWrong, match="dana's by now"):
        tasks.assign(three_tasks[0], "lee", lee, NOW, was="")
    tasks.assign(three_tasks[0], "lee", lee, NOW, was="dana")

    def found(**wanted: str) -> list[int]:
        page = tasks_paged.by_day(person.practice_id, TODAY, Filters(**wanted))
        return [line.entry.id for line in page.lines]

    assert found(owner="lee") == [three_tasks[0]]
    assert found(owner="") == three_tasks[1:]
    assert found(portal="elsewhere") == []
