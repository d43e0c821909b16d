"""Who may sign in to the desk: passwords, roles, and the stamp that ends an account's sessions."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger import audit, models
from ledger.accounts import Actor, Practice, must_be_person, practice_of
from ledger.errors import NotThere
from ledger.roles import Role


@dataclass(frozen=True)
class Entered:
    """An account that is signed in: who it is, the practices it works for, and the stamp that its session must bear."""

    account_id: int
    name: str
    stamp: str
    practices: tuple[Practice, ...]
    must_change: bool


def entered(account_id: int) -> Entered | None:
    """The account of a session; None when it has been shut out, or never could sign in."""
    rows = models.Account.objects.select_related("console").filter(pk=account_id, is_active=True, is_robot=False)
    row = rows.filter(console__isnull=False).first()
    if row is None:
        return None
    practices = tuple(map(practice_of, row.practices.order_by("id")))
    return Entered(row.pk, row.name, row.console.stamp, practices, row.console.must_change)


def roles_of(account_id: int, practice_id: int) -> frozenset[Role]:
    """The roles that the account has in this practice."""
    rows = models.RoleHeld.objects.filter(account_id=account_id, practice_id=practice_id)
    return frozenset(Role(role) for role in rows.values_list("role", flat=True))


def set_password(name: str, password: str, actor: Actor, now: datetime, *, must_change: bool) -> None:
    """Let the account of this name sign in to the desk with this password; its sessions end. Raises NotThere."""
    must_be_person(actor, "set a password")
    with transaction.atomic():
        account = models.Account.objects.filter(name=name, is_robot=False, practices=actor.practice_id).first()
        if account is None:
            raise NotThere(f"account {name}")
        account.set_password(password)
        account.save(update_fields=["password"])
        models.ConsoleAccess.objects.update_or_create(
            account=account,
            defaults={
                "stamp": secrets.token_hex(16),
                "password_set_at": now,
                "must_change": must_change,
                "failures": 0,
                "locked_until": None,
            },
        )
        audit.append(actor, "console.password", "account", account.pk, now)


def give_role(name: str, role: Role, actor: Actor, now: datetime) -> None:
    """The account has this role in the actor's practice from now on. Raises NotThere."""
    must_be_person(actor, "give a role")
    with transaction.atomic():
        account = models.Account.objects.filter(name=name, is_robot=False, practices=actor.practice_id).first()
        if account is None:
            raise NotThere(f"account {name}")
        models.RoleHeld.objects.get_or_create(
            account=account,
            practice_id=actor.practice_id,
            role=role,
            defaults={"given_by_id": actor.account_id, "given_at": now},
        )
        audit.append(actor, "role.give", "account", account.pk, now, result=role)
