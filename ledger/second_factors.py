"""Authenticator apps of people at the desk: their seeds lie here sealed, and a code of theirs is taken once.

Whoever calls has sealed the seed and tells to which step of time (RFC 6238) a code belongs: no seed is opened here.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.console_accounts import new_stamp
from ledger.errors import NotThere


@dataclass(frozen=True)
class SealedSeed:
    """An account's seed as it is kept: sealed for this account, under a key of its own that is wrapped too."""

    account_id: int
    wrapped_key: bytes
    sealed: bytes


def confirm(seed: SealedSeed, step: int, actor: Actor, now: datetime) -> str:
    """From now on the actor's account takes a code of this seed to sign in; the stamp that its sessions must bear.

    `step` is that of the code with which the person has shown that their app has the seed; it is used up. The app that
    the account had before counts no more. Raises NotThere.
    """
    stamp = new_stamp()
    with transaction.atomic():
        changed = models.ConsoleAccess.objects.filter(account_id=actor.account_id, account__is_active=True).update(
            wrapped_key=seed.wrapped_key, sealed=seed.sealed, confirmed_at=now, last_step=step, stamp=stamp
        )
        if not changed:
            raise NotThere(f"account {actor.name}")
        audit.append(actor, "console.second-factor", "account", actor.account_id, now)
    return stamp


def reset_second_factor(name: str, actor: Actor, now: datetime) -> None:
    """Forget the authenticator app of an account (the phone is lost); its sessions end, and its seed is gone.

    Raises NotAPerson, or NotThere where the account is not of the actor's practice or has none.
    """
    must_be_person(actor, "reset a second factor")
    with transaction.atomic():
        mine = models.Account.objects.filter(name=name, is_robot=False, practices=actor.practice_id)
        access = models.ConsoleAccess.objects.filter(account__in=mine, confirmed_at__isnull=False)
        account_id = access.values_list("account_id", flat=True).first()
        if account_id is None:
            raise NotThere(f"authenticator of an account {name}")
        models.ConsoleAccess.objects.filter(account_id=account_id).update(
            wrapped_key=None, sealed=None, confirmed_at=None, last_step=None, stamp=new_stamp()
        )
        audit.append(actor, "console.second-factor-reset", "account", account_id, now)


def seed_of(access: models.ConsoleAccess) -> SealedSeed | None:
    """The seed that counts, None where there is none. For the ledger's own functions."""
    if access.confirmed_at is None or access.wrapped_key is None or access.sealed is None:
        return None
    return SealedSeed(access.account_id, bytes(access.wrapped_key), bytes(access.sealed))
