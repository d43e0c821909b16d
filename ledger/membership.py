"""Who works for which practice. An account sees its practices and no others: another's is as if it were not there."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from ledger import audit, models
from ledger.accounts import Actor, Practice, ensure_account, must_be_person, practice_of
from ledger.console_accounts import end_at_desk, give_role, must_leave_an_admin, set_password
from ledger.errors import NotInPractice, NotThere, PracticeNeeded, RecordWrong
from ledger.roles import Role


def enter(
    name: str, tin: str | None, now: datetime, *, any_of_them: bool = False, known: bool = False
) -> tuple[Practice, Actor]:
    """A person comes to work for one practice: the one with this tax number, or the only one that the account has.

    With `any_of_them`, for what is the same in all of them, nobody has to say which. While the office has one practice,
    an account that is not known yet is made, unless what is done wants one that is `known`. Raises NotInPractice (also
    where there is no such practice), PracticeNeeded, or RecordWrong for a robot's name.
    """
    account = models.Account.objects.filter(name=name).first()
    if account is None:
        only = list(models.Practice.objects.order_by("id")[:2])
        if known or len(only) != 1 or tin not in (None, only[0].tin):
            raise NotInPractice(name)
        practice = practice_of(only[0])
        return practice, ensure_account(name, is_robot=False, practice=practice, now=now)
    if account.is_robot:
        raise RecordWrong(f"The account {name} is not a person. Use another name.")
    found = list(account.practices.filter(**({} if tin is None else {"tin": tin})).order_by("id"))
    if not found or not account.is_active:
        raise NotInPractice(name)
    if len(found) > 1 and not any_of_them:
        raise PracticeNeeded(tuple(each.tin for each in found))
    return practice_of(found[0]), Actor(account.pk, account.name, account.is_robot, found[0].pk)


def practices_of(actor: Actor) -> tuple[Practice, ...]:
    """The practices that this account works for."""
    rows = models.Practice.objects.filter(accounts=actor.account_id).order_by("id")
    return tuple(map(practice_of, rows))


def add_practice(name: str, tin: str, npis: tuple[str, ...], actor: Actor, now: datetime) -> Practice:
    """One more practice that the office bills for; whoever adds it works for it too, and nobody else yet.

    Raises NotAPerson, or RecordWrong when there is one with this tax number.
    """
    must_be_person(actor, "add a practice")
    with transaction.atomic():
        row, created = models.Practice.objects.get_or_create(tin=tin, defaults={"name": name})
        if not created:
            raise RecordWrong("There is a practice with this tax number already. Nothing was changed.")
        models.PracticeProvider.objects.bulk_create(models.PracticeProvider(practice=row, npi=npi) for npi in npis)
        row.accounts.add(actor.account_id)
        audit.append(replace(actor, practice_id=row.pk), "practice.add", "practice", row.pk, now)
        return practice_of(row)


def allow(name: str, actor: Actor, now: datetime) -> None:
    """Let the account work for the actor's practice; it is made where it is not there.

    Raises NotAPerson, or RecordWrong for a robot's name.
    """
    must_be_person(actor, "let an account in")
    with transaction.atomic():
        practice = practice_of(models.Practice.objects.get(pk=actor.practice_id))
        let_in = ensure_account(name, is_robot=False, practice=practice, now=now)
        audit.append(actor, "account.allow", "account", let_in.account_id, now)


def add_person(
    name: str, password: str, roles: Iterable[Role], actor: Actor, now: datetime, *, must_change: bool
) -> None:
    """Make an account that may sign in to the desk, for the actor's practice, in these roles: all of it or nothing.

    Raises NotAPerson, PasswordWeak, or RecordWrong where an account of this name signs in already.
    """
    must_be_person(actor, "make an account")
    with transaction.atomic():
        if models.ConsoleAccess.objects.filter(account__name=name).exists():
            raise RecordWrong(
                f"The account {name} signs in to the desk already. Nothing was changed; give it roles, or another "
                "password, instead."
            )
        allow(name, actor, now)
        set_password(name, password, actor, now, must_change=must_change)
        for role in roles:
            give_role(name, role, actor, now)


def forbid(name: str, actor: Actor, now: datetime) -> None:
    """The account works no more for the actor's practice. What it did stays under its name.

    Its roles there are gone and its sessions at the desk end; where it works for nobody else now, its password and the
    seed of its authenticator app are gone too (45 CFR 164.308(a)(3)(ii)(C)). Raises NotAPerson, NotThere, or
    RecordWrong for the last person of a practice, its last admin who can sign in, and the robot.
    """
    must_be_person(actor, "shut an account out")
    with transaction.atomic():
        mine = models.Account.objects.filter(practices=actor.practice_id)
        people, account = mine.filter(is_robot=False), mine.filter(name=name).first()
        if account is None:
            raise NotThere(f"account {name}")
        if account.is_robot:
            raise RecordWrong("The robot works for every practice of the office. Nothing was changed.")
        if people.count() == 1:
            raise RecordWrong("Nobody would be left to work for this practice. Nothing was changed.")
        must_leave_an_admin(account, actor.practice_id)
        account.practices.remove(actor.practice_id)
        end_at_desk(account, actor.practice_id)
        audit.append(actor, "account.forbid", "account", account.pk, now)


def accounts_of(practice_id: int) -> tuple[tuple[str, bool], ...]:
    """The accounts that work for a practice, by name, and whether each is a robot's."""
    rows = models.Account.objects.filter(practices=practice_id, is_active=True).order_by("name")
    return tuple(rows.values_list("name", "is_robot"))
