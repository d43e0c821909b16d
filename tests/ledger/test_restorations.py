"""An office out of a backup stands still until a person says go; then nothing is pressed that may have been pressed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from flows.questions import Appeal, Flow
from ledger import appeals, audit, held_office, lanes, models, presses, restorations, runs, work
from ledger.accounts import Actor
from ledger.appeals import AppealStage
from ledger.errors import LedgerError, NotAPerson, NotThere, OfficeHeld, PressingRefused
from ledger.lanes import Lease
from ledger.presses import Bar, LockoutRule, PressKind
from ledger.states import ItemState
from tests.ledger.appeals import RULES, approve, approved, drafted
from tests.ledger.office import ALIAS, LATER, NOW, PORTAL, bring_in

MADE_AT, RESTORED_AT = NOW, NOW + timedelta(days=2)
GO = RESTORED_AT + LATER
LISTED = RESTORED_AT + timedelta(hours=RULES.listed_after_hours)
VERSIONS = {(PORTAL, ALIAS): 3}


def restored(person: Actor) -> None:
    restorations.begin("0123", MADE_AT, person, RESTORED_AT)


def test_no_session_begins_in_a_restored_office_before_a_person_says_go(
    take: Callable[..., Lease], person: Actor, robot: Actor
) -> None:
    restored(person)
    waiting = restorations.held()
    assert waiting is not None
    assert (waiting.made_at, waiting.restored_at) == (MADE_AT, RESTORED_AT)
    with pytest.raises(OfficeHeld, match="portalwright restore confirm"):
        take(after=timedelta(days=3))
    with pytest.raises(NotAPerson):
        restorations.confirm(robot, GO, versions=VERSIONS)
    with pytest.raises(OfficeHeld):
        held_office.check()
    restorations.confirm(person, GO, versions=VERSIONS)
    assert restorations.held() is None
    take(after=timedelta(days=3))
    with pytest.raises(NotThere):
        restorations.confirm(person, GO, versions=VERSIONS)
    assert audit.verify().ok


def test_whoever_held_a_lane_in_the_backup_does_not_hold_it_in_the_restored_office(
    lease: Lease, robot: Actor, person: Actor, take: Callable[..., Lease]
) -> None:
    bring_in([1], robot)
    appeal = approved(person, 2)
    assert work.next_item(lease, NOW) is not None
    filing = take(slot=1)
    runs.start(filing, Flow.APPEAL, NOW)
    item = work.next_item(filing, NOW)
    assert item is not None
    assert isinstance(item.question, Appeal)
    appeals.pressing(filing, item.question.contest.reference, NOW)
    restored(person)
    assert not models.WorkItem.objects.filter(state=ItemState.RUNNING).exists()
    assert not models.Run.objects.filter(ended_at=None).exists()
    assert not models.Lane.objects.exclude(holder="").exists()
    assert appeals.get(person.practice_id, appeal).stage is AppealStage.UNCERTAIN
    for old in (lease, filing):
        with pytest.raises(LedgerError):
            lanes.beat(old, NOW)


def test_no_sign_in_is_pressed_before_a_person_has_looked_at_its_account(
    person: Actor, take: Callable[..., Lease], three_strikes: LockoutRule
) -> None:
    restored(person)
    done = restorations.confirm(person, GO, versions={**VERSIONS, (PORTAL, "never used"): 1})
    assert done.sign_ins == 2
    later = GO + timedelta(days=30)  # no waiting lifts it
    for alias, version in ((ALIAS, 3), ("never used", 1)):
        lease = take(alias=alias, after=later - NOW)
        for kind in PressKind:
            with pytest.raises(LedgerError) as refused:
                presses.begin(lease, version, kind, three_strikes, later)
            assert getattr(refused.value, "bar", None) is Bar.UNKNOWN
    presses.clear(PORTAL, ALIAS, person, "signed in by hand", later)
    lanes.reap(later + LATER)
    lease = take(after=later + LATER - NOW)
    presses.begin(lease, 3, PressKind.PASSWORD, three_strikes, later + LATER)


def test_what_was_approved_in_the_backup_is_only_looked_for(person: Actor, take: Callable[..., Lease]) -> None:
    appeal = approved(person)
    restored(person)
    assert [(one.number, one.stage) for one in restorations.in_doubt(person.practice_id)] == [
        (appeal, AppealStage.APPROVED)
    ]
    assert restorations.confirm(person, GO, versions={}).appeals == 1
    assert restorations.in_doubt(person.practice_id) == ()
    record = appeals.get(person.practice_id, appeal)
    assert (record.stage, record.next_look) == (AppealStage.UNCERTAIN, LISTED)
    lease = take(after=LISTED - NOW)
    runs.start(lease, Flow.APPEAL, LISTED)
    item = work.next_item(lease, LISTED)
    assert item is not None
    assert isinstance(item.question, Appeal)
    # On the portal's list it is looked for among all that was filed since the backup was made.
    assert (item.question.pressed, item.question.pressed_at) == (True, MADE_AT)
    with pytest.raises(PressingRefused):
        appeals.pressing(lease, item.question.contest.reference, LISTED)


def test_nothing_is_filed_before_the_list_shows_what_the_lost_office_filed(
    person: Actor, take: Callable[..., Lease]
) -> None:
    drafted_before = drafted(person)
    restored(person)
    while_it_is_held, afterwards = drafted(person, 2, RESTORED_AT), drafted(person, 3, GO)
    approve(while_it_is_held, person, RESTORED_AT + timedelta(minutes=1))
    restorations.confirm(person, GO, versions={})
    approve(drafted_before, person, GO)
    approve(afterwards, person, LISTED - timedelta(minutes=1))
    lease = take(after=GO - NOW)
    runs.start(lease, Flow.APPEAL, GO)
    assert work.next_item(lease, LISTED - timedelta(seconds=1)) is None
    asked = [work.next_item(lease, LISTED) for _ in range(3)]
    assert all(item is not None and isinstance(item.question, Appeal) and not item.question.pressed for item in asked)
    much_later = LISTED + timedelta(days=9)
    approve(last := drafted(person, 4, much_later), person, much_later)
    assert appeals.get(person.practice_id, last).next_look == much_later


def test_a_planned_move_leaves_everything_as_it_was(
    person: Actor, take: Callable[..., Lease], three_strikes: LockoutRule
) -> None:
    appeal = approved(person)
    restored(person)
    restorations.confirm(person, GO, versions=VERSIONS, nothing_since=True)
    assert appeals.get(person.practice_id, appeal).stage is AppealStage.APPROVED
    lease = take(after=GO - NOW)
    presses.begin(lease, 3, PressKind.PASSWORD, three_strikes, GO)
    runs.start(lease, Flow.APPEAL, GO)
    item = work.next_item(lease, GO)
    assert item is not None
    assert isinstance(item.question, Appeal)
    assert not item.question.pressed
