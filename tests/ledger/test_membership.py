"""An account works for its practices alone; another's is as if it were not there."""

import pytest

from ledger import audit
from ledger.accounts import Actor, Practice, ensure_account, home_practice
from ledger.errors import NotAPerson, NotInPractice, NotThere, PracticeNeeded, RecordWrong
from ledger.membership import accounts_of, add_practice, allow, enter, forbid, practices_of
from tests.ledger.office import NOW, bring_in

TIN, OTHER = "123456789", "987654321"


def add(actor: Actor, name: str = "Hillside Pediatrics", tin: str = OTHER) -> Practice:
    return add_practice(name, tin, ("1234567893",), actor, NOW)


def test_an_office_with_one_practice_asks_nobody_which(practice: Practice) -> None:
    entered, actor = enter("dana", None, NOW)
    assert (entered.tin, actor.name, actor.is_robot) == (TIN, "dana", False)
    assert enter("dana", TIN, NOW)[1] == actor
    with pytest.raises(NotInPractice):
        enter("dana", OTHER, NOW)


def test_who_adds_a_practice_works_for_it_and_nobody_else_does(practice: Practice, person: Actor) -> None:
    ensure_account("sam", is_robot=False, practice=practice, now=NOW)
    added = add(person)
    assert [each.tin for each in practices_of(person)] == [TIN, OTHER]
    with pytest.raises(PracticeNeeded, match=f"{TIN}, {OTHER}"):
        enter("dana", None, NOW)
    assert enter("dana", OTHER, NOW)[0] == added
    assert enter("dana", None, NOW, any_of_them=True)[0].tin == TIN
    assert enter("sam", None, NOW)[0].tin == TIN
    with pytest.raises(NotInPractice):
        enter("sam", OTHER, NOW)
    with pytest.raises(NotInPractice):
        enter("a-new-one", TIN, NOW)
    with pytest.raises(RecordWrong, match="already"):
        add(person)
    assert audit.verify().ok


def test_an_account_is_let_in_and_shut_out_and_the_last_one_stays(practice: Practice, person: Actor) -> None:
    added = add(person)
    _, there = enter("dana", OTHER, NOW)
    allow("sam", there, NOW)
    assert enter("sam", None, NOW)[0] == added
    assert accounts_of(added.id) == (("dana", False), ("sam", False))
    forbid("dana", there, NOW)
    assert enter("dana", None, NOW)[0].tin == TIN
    _, sam = enter("sam", None, NOW)
    with pytest.raises(RecordWrong, match="Nobody would be left"):
        forbid("sam", sam, NOW)
    with pytest.raises(NotThere):
        forbid("dana", sam, NOW)
    ensure_account("night-robot", is_robot=True, practice=added, now=NOW)
    with pytest.raises(RecordWrong, match="every practice"):
        forbid("night-robot", sam, NOW)


def test_a_robot_neither_adds_practices_nor_lets_accounts_in(robot: Actor, person: Actor) -> None:
    for act in (lambda: add(robot), lambda: allow("sam", robot, NOW), lambda: forbid("dana", robot, NOW)):
        with pytest.raises(NotAPerson):
            act()
    add(person)
    with pytest.raises(RecordWrong, match="not a person"):
        enter("night-robot", None, NOW)


def test_a_wrong_tax_number_in_the_settings_is_mended_until_something_came_in(
    practice: Practice, person: Actor
) -> None:
    mended = home_practice("Lakeside Family Practice", OTHER, ("1999999984",))
    assert (mended.id, mended.tin, mended.npis) == (practice.id, OTHER, ("1999999984",))
    assert enter("dana", None, NOW)[0] == mended
    bring_in([1], person)
    another = home_practice("Lakeside Family Practice", TIN, ())
    assert another.id != practice.id
    assert enter("dana", None, NOW)[0].tin == OTHER


def test_who_was_shut_out_stays_out_though_the_office_has_one_practice(practice: Practice, person: Actor) -> None:
    allow("sam", person, NOW)
    forbid("sam", person, NOW)
    with pytest.raises(NotInPractice):
        enter("sam", None, NOW)
    assert accounts_of(practice.id) == (("dana", False),)


def test_what_wants_an_account_that_is_there_makes_none(practice: Practice, person: Actor) -> None:
    with pytest.raises(NotInPractice):
        enter("nobody", None, NOW, known=True)
    assert accounts_of(practice.id) == (("dana", False),)
    assert enter("dana", None, NOW, known=True)[1] == person
