"""Who may sign in to the desk: passwords, roles, and the stamp that ends an account's sessions."""

import secrets
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.db import transaction

from ledger import audit, models
from ledger.accounts import Actor, Practice, must_be_person
from ledger.errors import NotThere, PasswordWeak, RecordWrong
from ledger.roles import Role

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
"""Characters. NIST SP 800-63B: length and a list of common ones, no rules of composition, no forced change."""


@dataclass(frozen=True)
class Entered:
    """An account that is signed in: who it is, the practices it works for, and the stamp that its session must bear.

    `must_change`: somebody else has set its password. `second_factor`: its authenticator app is confirmed.
    """

    account_id: int
    name: str
    stamp: str
    practices: tuple[Practice, ...]
    must_change: bool
    second_factor: bool


@dataclass(frozen=True)
class RoleGiven:
    """A role that an account has, since when (UTC), and who gave it."""

    role: Role
    since: datetime
    given_by: str


@dataclass(frozen=True)
class Person:
    """An account as whoever looks after accounts sees it. Times are UTC. `elsewhere`: it works for other practices too.

    `may_sign_in` is False for a robot, and for an account that has no password for the desk.
    """

    account_id: int
    name: str
    is_robot: bool
    roles: tuple[RoleGiven, ...]
    may_sign_in: bool
    must_change: bool
    second_factor: bool
    signed_in_at: datetime | None
    locked_until: datetime | None
    password_set_at: datetime | None
    elsewhere: bool


def entered(account_id: int) -> Entered | None:
    """The account of a session; None when it has been shut out, or never could sign in."""
    rows = models.Account.objects.select_related("console").filter(pk=account_id, is_active=True, is_robot=False)
    row = rows.filter(console__isnull=False).first()
    return None if row is None else entered_as(row)


def entered_as(row: models.Account) -> Entered:
    """The account with its `console` row as a value. For the ledger's own functions."""
    access = row.console
    practices = row.practices.prefetch_related("providers").order_by("id")
    return Entered(
        account_id=row.pk,
        name=row.name,
        stamp=access.stamp,
        practices=tuple(
            Practice(one.pk, one.name, one.tin, tuple(sorted(provider.npi for provider in one.providers.all())))
            for one in practices
        ),
        must_change=access.must_change,
        second_factor=access.confirmed_at is not None,
    )


def roles_of(account_id: int, practice_id: int) -> frozenset[Role]:
    """The roles that the account has in this practice."""
    rows = models.RoleHeld.objects.filter(account_id=account_id, practice_id=practice_id)
    return frozenset(Role(role) for role in rows.values_list("role", flat=True))


def anybody_may_sign_in() -> bool:
    """Has anybody in the office a password for the desk?"""
    return models.ConsoleAccess.objects.filter(account__is_active=True).exists()


def listed(practice_id: int) -> tuple[Person, ...]:
    """The accounts that work for this practice, by name, each with its roles in it, by name."""
    roles = defaultdict(list)
    held = models.RoleHeld.objects.filter(practice_id=practice_id).order_by("role")
    for account_id, role, since, given_by in held.values_list("account_id", "role", "given_at", "given_by__name"):
        roles[account_id].append(RoleGiven(Role(role), since, given_by))
    mine = models.Account.objects.filter(practices=practice_id, is_active=True)
    others = models.Practice.objects.exclude(pk=practice_id)
    elsewhere = set(
        models.Account.objects.filter(pk__in=mine.values("pk"), practices__in=others).values_list("pk", flat=True)
    )
    return tuple(
        _person(row, tuple(roles[row.pk]), row.pk in elsewhere)
        for row in mine.select_related("console").order_by("name")
    )


def person(practice_id: int, account_id: int) -> Person:
    """One of them. Raises NotThere, also for an account that works for other practices alone."""
    found = next((one for one in listed(practice_id) if one.account_id == account_id), None)
    if found is None:
        raise NotThere(f"account {account_id}")
    return found


def checked_password(password: str, name: str) -> str:
    """The password in the one form in which it is kept and compared (NFKC). Raises PasswordWeak."""
    normal = normal_password(password)
    if len(normal) > LONGEST_PASSWORD:
        raise PasswordWeak(f"it has more than {LONGEST_PASSWORD} characters.")
    of_whom = models.Account(name=name)
    try:
        MinimumLengthValidator(SHORTEST_PASSWORD).validate(normal)
        CommonPasswordValidator().validate(normal)
        UserAttributeSimilarityValidator(user_attributes=("name",)).validate(normal, of_whom)
    except ValidationError as weak:
        why = {
            "password_too_short": f"it has fewer than {SHORTEST_PASSWORD} characters. Several words do well.",
            "password_too_common": "it is among the most common ones.",
            "password_too_similar": "it is too much like the account's name.",
        }
        raise PasswordWeak(why[str(weak.code)]) from None
    return normal


def normal_password(password: str) -> str:
    """The same letters typed on another keyboard are the same password (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def set_password(name: str, password: str, actor: Actor, now: datetime, *, must_change: bool) -> None:
    """Let the account of this name sign in to the desk with this password; its sessions end.

    With `must_change` it is one that somebody else knows: it is good for one sign-in, in which it is changed. Raises
    NotAPerson, NotThere, PasswordWeak, or RecordWrong for somebody who works for practices that the actor does not.
    """
    must_be_person(actor, "set a password")
    normal = checked_password(password, name)
    with transaction.atomic():
        account = _theirs(name, actor)
        _must_work_for_all_of(account, actor)
        account.set_password(normal)
        account.save(update_fields=["password"])
        models.ConsoleAccess.objects.update_or_create(
            account=account,
            defaults={
                "stamp": new_stamp(),
                "password_set_at": now,
                "must_change": must_change,
                "failures": 0,
                "locked_until": None,
            },
        )
        audit.append(actor, "console.password", "account", account.pk, now, result="must change" if must_change else "")


def change_own_password(password: str, actor: Actor, now: datetime) -> str:
    """Give oneself another password; the stamp that sessions must bear from now on. The old one was asked for before.

    Raises PasswordWeak, RecordWrong where it is the old one, or NotThere.
    """
    normal = checked_password(password, actor.name)
    with transaction.atomic():
        access = _own(actor)
        if access.account.check_password(normal):
            raise RecordWrong("This is the old password. Nothing was changed; choose another one.")
        access.account.set_password(normal)
        access.account.save(update_fields=["password"])
        access.stamp, access.password_set_at, access.must_change = new_stamp(), now, False
        access.save(update_fields=["stamp", "password_set_at", "must_change"])
        audit.append(actor, "console.password", "account", actor.account_id, now, result="own")
    return access.stamp


def sign_out_everywhere(actor: Actor, now: datetime) -> str:
    """End all sessions of one's own; the stamp that the one that goes on must bear. Raises NotThere."""
    with transaction.atomic():
        access = _own(actor)
        access.stamp = new_stamp()
        access.save(update_fields=["stamp"])
        audit.append(actor, "console.sign-out-everywhere", "account", actor.account_id, now)
    return access.stamp


def unlock(name: str, actor: Actor, now: datetime) -> None:
    """The account may be tried again at once. Raises NotAPerson, NotThere."""
    must_be_person(actor, "unlock an account")
    with transaction.atomic():
        account = _theirs(name, actor)
        if not models.ConsoleAccess.objects.filter(account=account).update(failures=0, locked_until=None):
            raise NotThere(f"password of the account {name}")
        audit.append(actor, "console.unlock", "account", account.pk, now)


def give_role(name: str, role: Role, actor: Actor, now: datetime) -> None:
    """The account has this role in the actor's practice from now on. Raises NotAPerson, NotThere."""
    must_be_person(actor, "give a role")
    with transaction.atomic():
        account = _theirs(name, actor)
        _, new = models.RoleHeld.objects.get_or_create(
            account=account,
            practice_id=actor.practice_id,
            role=role,
            defaults={"given_by_id": actor.account_id, "given_at": now},
        )
        if new:
            audit.append(actor, "role.give", "account", account.pk, now, result=role)


def take_role(name: str, role: Role, actor: Actor, now: datetime) -> None:
    """The account has this role in the actor's practice no more.

    Raises NotAPerson, NotThere, or RecordWrong for the last admin who can sign in: nobody could let anybody in.
    """
    must_be_person(actor, "take a role")
    with transaction.atomic():
        account = _theirs(name, actor)
        held = models.RoleHeld.objects.filter(account=account, practice_id=actor.practice_id, role=role)
        if not held.exists():
            raise NotThere(f"role {role} of the account {name}")
        if role is Role.ADMIN:
            must_leave_an_admin(account, actor.practice_id)
        held.delete()
        audit.append(actor, "role.take", "account", account.pk, now, result=role)


def must_leave_an_admin(account: models.Account, practice_id: int) -> None:
    """Raises RecordWrong when this account is the practice's only admin who can sign in. Within a transaction.

    For the ledger's own functions. The practice's row is locked, so that of two admins who take the role from each
    other at once one is refused.
    """
    models.Practice.objects.select_for_update().get(pk=practice_id)
    admins = models.RoleHeld.objects.filter(
        practice_id=practice_id, role=Role.ADMIN, account__is_active=True, account__console__isnull=False
    )
    if set(admins.values_list("account_id", flat=True)) == {account.pk}:
        raise RecordWrong(
            f"{account.name} is the only admin of this practice who can sign in. Nothing was changed; give the role to "
            "somebody else first."
        )


def end_at_desk(account: models.Account, practice_id: int) -> None:
    """Roles in this practice are gone and sessions end; with the last practice go password and authenticator too.

    For the ledger's own functions, within the transaction that ends the membership.
    """
    models.RoleHeld.objects.filter(account=account, practice_id=practice_id).delete()
    access = models.ConsoleAccess.objects.filter(account=account)
    if account.practices.exists():
        access.update(stamp=new_stamp())
        return
    access.delete()
    account.set_unusable_password()
    account.save(update_fields=["password"])


def new_stamp() -> str:
    """What sessions have to bear from now on; those that bear another have ended."""
    return secrets.token_hex(16)


def _own(actor: Actor) -> models.ConsoleAccess:
    rows = models.ConsoleAccess.objects.select_for_update(of=("self",)).select_related("account")
    access = rows.filter(account_id=actor.account_id, account__is_active=True).first()
    if access is None:
        raise NotThere(f"account {actor.name}")
    return access


def _theirs(name: str, actor: Actor) -> models.Account:
    """Of the actor's practice, and of a person."""
    account = models.Account.objects.filter(name=name, is_robot=False, practices=actor.practice_id).first()
    if account is None:
        raise NotThere(f"account {name}")
    return account


def _must_work_for_all_of(account: models.Account, actor: Actor) -> None:
    """Whoever sets a password could sign in with it, and see all that the account sees."""
    ours = models.Practice.objects.filter(accounts=actor.account_id)
    if models.Practice.objects.filter(accounts=account.pk).exclude(pk__in=ours.values("pk")).exists():
        raise RecordWrong(
            f"The account {account.name} works for another practice too, and somebody who works for all of its "
            "practices sets its password. Nothing was changed."
        )


def _person(row: models.Account, roles: tuple[RoleGiven, ...], elsewhere: bool) -> Person:
    access: models.ConsoleAccess | None = getattr(row, "console", None)
    return Person(
        account_id=row.pk,
        name=row.name,
        is_robot=row.is_robot,
        roles=roles,
        may_sign_in=access is not None and not row.is_robot,
        must_change=access is not None and access.must_change,
        second_factor=access is not None and access.confirmed_at is not None,
        signed_in_at=access.signed_in_at if access else None,
        locked_until=access.locked_until if access else None,
        password_set_at=access.password_set_at if access else None,
        elsewhere=elsewhere,
    )
