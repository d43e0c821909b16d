"""People come in to the desk: every attempt counts as failed before its password is looked at, until it is proved.

So, of however many guesses at once, no more are looked at than the office allows before the account is locked. What was
refused says nothing about why: an unknown name, a wrong password, a wrong code and a locked account look alike.
Before that it passes the brake of the place that it comes from (`ledger.sign_in_brake`), which counts names that nobody
has as well. (45 CFR 164.308(a)(5)(ii)(C)-(D), 164.312(d); DOMAIN 6.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from ledger import audit, models, sign_in_brake
from ledger.accounts import Actor
from ledger.console_accounts import Entered, entered_as, normal_password
from ledger.second_factors import SealedSeed, seed_of
from ledger.sign_in_brake import EVERY_PLACE, Braked, Bucket

ONE_TIME_PASSWORD_LASTS = timedelta(days=3)
"""So long after somebody else has set a password it can be used to sign in and change it."""

_PAGE = "sign-in page"
"""Who is named in the audit log where nobody has proved who they are. No account can have this name."""

_UNKNOWN, _LOCKED, _WRONG = "unknown", "locked", "wrong"
"""Why an attempt was refused, in the audit log alone."""

StepOfCode = Callable[[SealedSeed], int | None]
"""The step of time to which the code that was typed belongs, None where it fits to none that counts now."""


@dataclass(frozen=True)
class LockRule:
    """After so many `failures` in a row an account is locked for `length`."""

    failures: int
    length: timedelta


def sign_in(
    name: str,
    password: str,
    step_of_code: StepOfCode,
    lock: LockRule,
    now: datetime,
    *,
    brake: Sequence[Bucket],
) -> Entered | Braked | None:
    """The account, when name, password and (where it has an authenticator app) code are right; None for anything else.

    Braked where so many wrong entries came before that this one was not looked at, whatever its name. A code is taken
    once: of two that come with the same one at once, one is refused. Every refusal and every lock is in the audit log,
    and that the brake has closed, but not what came while it was; a name that no account has is never written down,
    since people type passwords there.
    """
    braked = sign_in_brake.standing(brake, now)
    if braked is not None:
        return braked
    # A known name and an unknown one are written down as often, and in as many transactions: neither is quicker.
    with transaction.atomic():
        braked = sign_in_brake.take(brake, now)
        if braked is not None:
            return braked
        access, bar = _begin(Q(account__name=name), lock, now)
    normal = normal_password(password)
    if access is None or bar:
        make_password(normal)  # it takes as long as to look at a password
        _refused(access, bar, lock, now, brake=brake)
        return None
    right = check_password(normal, access.account.password, setter=lambda again: _made_anew(access, again))
    seed = seed_of(access)
    step = step_of_code(seed) if right and seed is not None else None
    lapsed = access.must_change and now - access.password_set_at > ONE_TIME_PASSWORD_LASTS
    wrong = not right or lapsed or (seed is not None and step is None)
    found = None if wrong else _proved(access, step, now)
    if found is None:
        _refused(access, _WRONG, lock, now, brake=brake)
        return None
    sign_in_brake.give_back(brake, now)
    return found


def is_own_password(actor: Actor, password: str, lock: LockRule, now: datetime) -> bool:
    """Does the person who is signed in know their password? Asked again before what somebody else must not do there.

    Wrong ones count and lock as at the sign-in page; a session that was left open is no place to try them out.
    """
    with transaction.atomic():
        access, bar = _begin(Q(account_id=actor.account_id), lock, now)
    normal = normal_password(password)
    if access is None or bar:
        make_password(normal)
        _refused(access, bar, lock, now)
        return False
    if not check_password(normal, access.account.password):
        _refused(access, _WRONG, lock, now)
        return False
    models.ConsoleAccess.objects.filter(pk=access.pk, stamp=access.stamp).update(failures=0, locked_until=None)
    return True


def clear_expired_sessions(now: datetime) -> int:
    """Remove what is left of sessions that have ended by their time; how many there were."""
    count, _ = Session.objects.filter(expire_date__lt=now).delete()
    return count


def _begin(whose: Q, lock: LockRule, now: datetime) -> tuple[models.ConsoleAccess | None, str]:
    """Within the caller's transaction: count the attempt. Whose it is, and why it is not looked at; "" where it is."""
    rows = models.ConsoleAccess.objects.select_for_update(of=("self",)).select_related("account")
    access = rows.filter(whose, account__is_active=True, account__is_robot=False).first()
    if access is None:
        return None, _UNKNOWN
    if access.locked_until is not None and now < access.locked_until:
        return access, _LOCKED
    access.failures = 1 if access.locked_until is not None else access.failures + 1
    access.locked_until = now + lock.length if access.failures >= lock.failures else None
    access.save(update_fields=["failures", "locked_until"])
    return access, ""


def _refused(
    access: models.ConsoleAccess | None, why: str, lock: LockRule, now: datetime, *, brake: Sequence[Bucket] = ()
) -> None:
    with transaction.atomic():
        # Before the end of the audit log is held: the brake's own row is held first by all who hold both.
        closed = sign_in_brake.newly_closed(brake, now) if brake else ()
        whose = access.account_id if access is not None else ""
        audit.append(_page(access), "console.refused", "account", whose, now, result=why)
        if access is not None and why == _WRONG and access.failures >= lock.failures:
            audit.append(_page(access), "console.locked", "account", whose, now)
        for one in closed:
            of_all = one.key == EVERY_PLACE
            # A place's keyed hash: that two of these entries are about the same one can be seen, and no more.
            kind, place = ("desk", "") if of_all else ("place", one.key[:12])
            audit.append(_page(None), "console.brake", kind, place, now, result="closed")


def _page(access: models.ConsoleAccess | None) -> Actor:
    """For the account's first practice, whose auditors look at it; an unknown name is the office's first practice's."""
    practices = models.Practice.objects.order_by("id")
    mine = practices.filter(accounts=access.account_id) if access is not None else practices
    first = mine.values_list("pk", flat=True).first()
    return Actor(0, _PAGE, is_robot=True, practice_id=first or 0)


def _proved(access: models.ConsoleAccess, step: int | None, now: datetime) -> Entered | None:
    """None where the account was changed meanwhile, works for nobody, or the code was taken before."""
    with transaction.atomic():
        rows = models.ConsoleAccess.objects.select_for_update(of=("self",)).select_related("account")
        row = rows.filter(pk=access.pk, stamp=access.stamp, account__is_active=True).first()
        if row is None or (step is not None and row.last_step is not None and step <= row.last_step):
            return None
        found = entered_as(row.account)
        if not found.practices:
            return None
        row.failures, row.locked_until, row.signed_in_at = 0, None, now
        row.last_step = step if step is not None else row.last_step
        row.save(update_fields=["failures", "locked_until", "signed_in_at", "last_step"])
        who = Actor(found.account_id, found.name, is_robot=False, practice_id=found.practices[0].id)
        audit.append(who, "console.sign-in", "account", found.account_id, now)
        return found


def _made_anew(access: models.ConsoleAccess, password: str) -> None:
    """Keep the right password in the newest way, unless another one was set meanwhile."""
    rows = models.Account.objects.filter(pk=access.account_id, password=access.account.password)
    rows.update(password=make_password(password))
