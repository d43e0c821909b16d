"""Who may sign in to the desk: weak passwords are refused, roles belong to a practice, and leaving ends everything."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from ledger import audit, console_accounts, membership, models, restorations, second_factors
from ledger.accounts import Actor, Practice, ensure_account
from ledger.console_accounts import checked_password, entered, listed, roles_of
from ledger.errors import NotAPerson, NotThere, PasswordWeak, RecordWrong
from ledger.portable import write_rows
from ledger.roles import Role
from ledger.second_factors import SealedSeed
from tests.ledger.office import NOW

PASSWORD, OTHER = "correct horse battery staple", "purple monkey dishwasher"


def add(person: Actor, name: str = "sam", *roles: Role) -> Actor:
    """Somebody of the person's practice who can sign in."""
    membership.add_person(name, PASSWORD, roles, person, NOW, must_change=False)
    account_id = next(one.account_id for one in listed(person.practice_id) if one.name == name)
    return Actor(account_id, name, is_robot=False, practice_id=person.practice_id)


def stamp(actor: Actor) -> str:
    found = entered(actor.account_id)
    assert found is not None
    return found.stamp


@pytest.fixture
def elsewhere(person: Actor) -> Actor:
    """The same person, for a second practice of the office."""
    second = membership.add_practice("Hillside Pediatrics", "987654321", ("1999999984",), person, NOW)
    return Actor(person.account_id, person.name, is_robot=False, practice_id=second.id)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elevenchars", "fewer than 12"),
        ("password1234", "most common"),
        ("samantha.jones", "account's name"),
        ("x" * 257, "more than 256"),
    ],
)
def test_a_password_that_somebody_would_guess_is_refused_and_not_repeated(password: str, why: str) -> None:
    with pytest.raises(PasswordWeak, match=why) as refused:
        checked_password(password, "samantha.jones")
    assert password not in str(refused.value)


def test_nobody_can_sign_in_before_a_person_makes_the_first_account(person: Actor, robot: Actor) -> None:
    assert not console_accounts.anybody_may_sign_in()
    with pytest.raises(NotAPerson):
        add(robot)
    sam = add(person, "sam", Role.ADMIN)
    assert console_accounts.anybody_may_sign_in()
    assert roles_of(sam.account_id, person.practice_id) == {Role.ADMIN}


def test_an_account_is_made_whole_or_not_at_all(person: Actor) -> None:
    with pytest.raises(PasswordWeak):
        membership.add_person("sam", "short", [Role.ADMIN], person, NOW, must_change=True)
    assert not models.Account.objects.filter(name="sam").exists()
    add(person)
    with pytest.raises(RecordWrong, match="already"):
        membership.add_person("sam", OTHER, [Role.ADMIN], person, NOW, must_change=True)
    assert listed(person.practice_id)[-1].roles == ()


def test_roles_are_the_practices_own(person: Actor, elsewhere: Actor) -> None:
    sam = add(person, "sam", Role.BILLER)
    membership.allow("sam", elsewhere, NOW)
    console_accounts.give_role("sam", Role.AUDITOR, elsewhere, NOW)
    assert roles_of(sam.account_id, person.practice_id) == {Role.BILLER}
    assert roles_of(sam.account_id, elsewhere.practice_id) == {Role.AUDITOR}
    (here,) = (one for one in listed(person.practice_id) if one.name == "sam")
    assert [(one.role, one.since, one.given_by) for one in here.roles] == [(Role.BILLER, NOW, "dana")]
    assert here.elsewhere
    assert not next(one for one in listed(elsewhere.practice_id) if one.is_robot is False and one.name != "sam").roles


def test_the_last_admin_who_can_sign_in_stays_admin(person: Actor) -> None:
    sam = add(person, "sam", Role.ADMIN)
    console_accounts.give_role("dana", Role.ADMIN, person, NOW)  # dana has no password: she could let nobody in
    with pytest.raises(RecordWrong, match="only admin"):
        console_accounts.take_role("sam", Role.ADMIN, person, NOW)
    with pytest.raises(RecordWrong, match="only admin"):
        membership.forbid("sam", person, NOW)
    add(person, "kim", Role.ADMIN)
    console_accounts.take_role("sam", Role.ADMIN, person, NOW)
    assert roles_of(sam.account_id, person.practice_id) == frozenset()
    with pytest.raises(NotThere):
        console_accounts.take_role("sam", Role.ADMIN, person, NOW)


def test_who_leaves_the_only_practice_loses_roles_sessions_password_and_seed(person: Actor) -> None:
    sam = add(person, "sam", Role.BILLER)
    second_factors.confirm(SealedSeed(sam.account_id, b"key", b"seed"), 1, sam, NOW)
    membership.forbid("sam", person, NOW)
    assert entered(sam.account_id) is None
    assert not models.ConsoleAccess.objects.filter(account_id=sam.account_id).exists()
    assert not models.RoleHeld.objects.filter(account_id=sam.account_id).exists()
    assert not models.Account.objects.get(pk=sam.account_id).has_usable_password()
    membership.allow("sam", person, NOW)
    assert entered(sam.account_id) is None


def test_who_leaves_one_practice_of_two_is_signed_out_and_goes_on_in_the_other(person: Actor, elsewhere: Actor) -> None:
    sam = add(person, "sam", Role.BILLER)
    membership.allow("sam", elsewhere, NOW)
    console_accounts.give_role("sam", Role.POSTER, elsewhere, NOW)
    before = stamp(sam)
    membership.forbid("sam", person, NOW)
    found = entered(sam.account_id)
    assert found is not None
    assert found.stamp != before
    assert [one.id for one in found.practices] == [elsewhere.practice_id]
    assert roles_of(sam.account_id, person.practice_id) == frozenset()
    assert roles_of(sam.account_id, elsewhere.practice_id) == {Role.POSTER}


def test_a_password_is_set_by_nobody_who_does_not_work_for_all_of_the_accounts_practices(
    person: Actor, elsewhere: Actor, practice: Practice
) -> None:
    add(person)
    membership.allow("sam", elsewhere, NOW)
    kim = ensure_account("kim", is_robot=False, practice=practice, now=NOW)
    with pytest.raises(RecordWrong, match="all of its practices"):
        console_accounts.set_password("sam", OTHER, kim, NOW, must_change=True)
    console_accounts.set_password("sam", OTHER, person, NOW, must_change=True)


def test_ones_own_password_is_changed_for_another_one_and_the_other_sessions_end(person: Actor) -> None:
    sam = add(person)
    before = stamp(sam)
    with pytest.raises(RecordWrong, match="old password"):
        console_accounts.change_own_password(PASSWORD, sam, NOW)
    with pytest.raises(PasswordWeak):
        console_accounts.change_own_password("short", sam, NOW)
    assert stamp(sam) == before
    assert console_accounts.change_own_password(OTHER, sam, NOW) == stamp(sam) != before
    assert console_accounts.sign_out_everywhere(sam, NOW) == stamp(sam)
    assert audit.verify().ok


def test_a_restored_office_knows_passwords_and_roles_and_nobody_is_signed_in(person: Actor) -> None:
    sam = add(person, "sam", Role.BILLER)
    Session.objects.create(session_key="somebodys", session_data="told-nobody", expire_date=NOW + timedelta(days=1))
    before = stamp(sam)
    lines = b"".join(write_rows("default"))
    assert b"somebodys" not in lines
    assert b"told-nobody" not in lines
    assert before.encode() in lines
    assert b'"biller"' in lines
    restorations.begin("0123", NOW, person, NOW)
    assert stamp(sam) != before
    assert not Session.objects.exists()
    assert roles_of(sam.account_id, person.practice_id) == {Role.BILLER}
