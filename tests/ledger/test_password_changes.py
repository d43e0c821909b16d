"""A password that was being changed: until one of the two is proved, only the new one is pressed, and once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ledger import lanes, models, password_changes, presses
from ledger.accounts import Actor
from ledger.errors import NotAPerson, PasswordNotInDoubt, PasswordUnsettled, PressRefused, SignInAtWork
from ledger.lanes import Lease
from ledger.presses import Bar, LockoutRule, PressKind, PressResult
from tests.ledger.office import ALIAS, NOW, PORTAL

PASSWORD, CODE, CHANGE = PressKind.PASSWORD, PressKind.CODE, PressKind.CHANGE
OLD, NEW = 1, 2
TWICE = LockoutRule(attempts=4, window=timedelta(hours=24))


def bar_of(lease: Lease, version: int, kind: PressKind, rule: LockoutRule) -> Bar | None:
    """Why such a press would be refused."""
    standing = presses.standing(lease.actor.practice_id, PORTAL, ALIAS, version, rule, now=NOW, kind=kind)
    return standing.bar


@pytest.fixture
def changing(lease: Lease) -> int:
    """The press of a change to version 2 whose answer nobody has seen."""
    return presses.begin(lease, NEW, CHANGE, TWICE, NOW)


def test_of_an_unseen_change_the_old_password_is_not_pressed_and_the_new_one_once(
    lease: Lease, changing: int, three_strikes: LockoutRule
) -> None:
    assert bar_of(lease, OLD, PASSWORD, three_strikes) is Bar.CHANGE
    assert bar_of(lease, NEW, CODE, three_strikes) is None
    proof = presses.begin(lease, NEW, PASSWORD, three_strikes, NOW)
    roomy = LockoutRule(attempts=50, window=timedelta(hours=1))
    # Also where the portal's own budget has room for more, and when its window is over.
    with pytest.raises(PressRefused):
        presses.begin(lease, NEW, PASSWORD, roomy, NOW + timedelta(days=9))
    assert bar_of(lease, OLD, PASSWORD, roomy) is Bar.CHANGE
    presses.settle(lease, proof, PressResult.PROVED, NOW)
    assert bar_of(lease, NEW, PASSWORD, three_strikes) is None
    change = password_changes.of_version(lease.actor.practice_id, PORTAL, ALIAS, NEW)
    assert change is not None and (change.press_id, change.took) == (changing, True)


def test_a_second_change_waits_until_the_first_is_settled(lease: Lease, changing: int) -> None:
    assert bar_of(lease, NEW + 1, CHANGE, TWICE) is Bar.CHANGE
    presses.settle(lease, changing, PressResult.REJECTED, NOW)
    again = presses.begin(lease, NEW + 1, CHANGE, TWICE, NOW)
    presses.settle(lease, again, PressResult.REJECTED, NOW)
    # Who is refused twice asks for a person.
    assert bar_of(lease, NEW + 2, CHANGE, TWICE) is Bar.BUDGET


def test_a_refused_change_leaves_the_old_password_as_it_was(
    lease: Lease, changing: int, three_strikes: LockoutRule
) -> None:
    presses.settle(lease, changing, PressResult.REJECTED, NOW)
    assert bar_of(lease, OLD, PASSWORD, three_strikes) is None
    assert bar_of(lease, NEW, PASSWORD, three_strikes) is Bar.REJECTED


def test_an_answer_that_was_not_understood_lets_neither_password_be_pressed(
    lease: Lease, changing: int, three_strikes: LockoutRule
) -> None:
    presses.settle(lease, changing, PressResult.UNKNOWN, NOW)
    for version in (OLD, NEW):
        assert bar_of(lease, version, PASSWORD, three_strikes) is Bar.CHANGE


def test_a_password_that_a_person_entered_since_is_free(
    lease: Lease, changing: int, three_strikes: LockoutRule
) -> None:
    entered = NEW + 1
    proof = presses.begin(lease, entered, PASSWORD, three_strikes, NOW)
    presses.settle(lease, proof, PressResult.PROVED, NOW)
    assert bar_of(lease, entered + 1, CHANGE, TWICE) is None


def test_clearing_does_not_say_which_password_works(lease: Lease, changing: int, person: Actor) -> None:
    with pytest.raises(PasswordUnsettled):
        presses.clear(PORTAL, ALIAS, person, "signed in by hand", NOW)
    with pytest.raises(PasswordUnsettled):
        lanes.release(lease, NOW)
        password_changes.check_unpressed(PORTAL, ALIAS, NEW, person, NOW)


@pytest.mark.parametrize("new_works", [True, False])
def test_a_persons_word_settles_it(
    lease: Lease, changing: int, person: Actor, three_strikes: LockoutRule, *, new_works: bool
) -> None:
    lanes.release(lease, NOW)
    password_changes.settle_by_person(PORTAL, ALIAS, NEW, person, new_works=new_works, reason="tried", now=NOW)
    bars = {version: bar_of(lease, version, PASSWORD, three_strikes) for version in (OLD, NEW)}
    assert bars[NEW if new_works else OLD] is None
    assert new_works or bars[NEW] is Bar.REJECTED
    with pytest.raises(PasswordNotInDoubt):
        password_changes.settle_by_person(PORTAL, ALIAS, NEW, person, new_works=True, reason="again", now=NOW)
    presses.clear(PORTAL, ALIAS, person, "signed in by hand", NOW)


def test_nobody_says_it_while_a_session_is_at_work_and_no_robot_ever(
    lease: Lease, changing: int, person: Actor, take: Callable[..., Lease]
) -> None:
    with pytest.raises(SignInAtWork):
        password_changes.settle_by_person(PORTAL, ALIAS, NEW, person, new_works=True, reason="x", now=NOW)
    lanes.release(lease, NOW)
    with pytest.raises(NotAPerson):
        password_changes.settle_by_person(PORTAL, ALIAS, NEW, lease.actor, new_works=True, reason="x", now=NOW)
    assert models.Press.objects.get(pk=changing).result == ""
