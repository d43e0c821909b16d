"""Practices and accounts: whose work this is, and who does it. Every act in the ledger names an Actor."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger import models
from ledger.errors import NotAPerson, NotThere, RecordWrong


@dataclass(frozen=True)
class Practice:
    """A billing practice: tax number (nine digits) and the provider identifiers (ten digits) that bill for it."""

    id: int
    name: str
    tin: str
    npis: tuple[str, ...]


@dataclass(frozen=True)
class Actor:
    """Who acts: an account of a person or a robot, for one practice."""

    account_id: int
    name: str
    is_robot: bool
    practice_id: int


def ensure_practice(name: str, tin: str, npis: tuple[str, ...] = ()) -> Practice:
    """The practice with this tax number, made if it is not there; identifiers not yet known are added."""
    with transaction.atomic():
        practice, _ = models.Practice.objects.get_or_create(tin=tin, defaults={"name": name})
        for npi in npis:
            models.PracticeProvider.objects.get_or_create(practice=practice, npi=npi)
        return practice_of(practice)


def home_practice(name: str, tin: str, npis: tuple[str, ...]) -> Practice:
    """The practice that the office's settings name; like `ensure_practice`.

    An office whose only practice has no claims, appointments or payments yet was set up with another tax number, which
    was a mistake: it is given the right one.
    """
    with transaction.atomic():
        ours = list(models.Practice.objects.select_for_update().order_by("id")[:2])
        if len(ours) == 1 and ours[0].tin != tin and not _has_work(ours[0]):
            models.Practice.objects.filter(pk=ours[0].pk).update(name=name, tin=tin)
            models.PracticeProvider.objects.filter(practice=ours[0]).delete()
        return ensure_practice(name, tin, npis)


def _has_work(practice: models.Practice) -> bool:
    tables = (models.Claim, models.Appointment, models.PaymentPeriod, models.Remittance)
    return any(table._default_manager.filter(practice=practice).exists() for table in tables)


def default_practice() -> Practice:
    """The office's first practice, the only one where an office bills for itself. Raises NotThere before set-up."""
    practice = models.Practice.objects.order_by("id").first()
    if practice is None:
        raise NotThere("practice yet")
    return practice_of(practice)


def practices() -> tuple[Practice, ...]:
    """Every practice of the office, the first one first; for the robot, which serves them all."""
    return tuple(map(practice_of, models.Practice.objects.order_by("id")))


def ensure_account(name: str, *, is_robot: bool, practice: Practice, now: datetime) -> Actor:
    """The account of this name, made if it is not there, as a member of the practice.

    A new account has no password: it cannot sign in to the console until a person sets one. Raises RecordWrong when the
    name belongs to a robot where a person is meant, or the other way round.
    """
    with transaction.atomic():
        account, created = models.Account.objects.get_or_create(
            name=name, defaults={"is_robot": is_robot, "created_at": now}
        )
        if account.is_robot != is_robot:
            raise RecordWrong(f"The account {name} is not {'a robot' if is_robot else 'a person'}. Use another name.")
        if created:
            account.set_unusable_password()
            account.save(update_fields=["password"])
        account.practices.add(practice.id)
        return Actor(account.id, account.name, account.is_robot, practice.id)


def must_be_person(actor: Actor, what: str) -> None:
    """Raises NotAPerson for a robot's account. What counts is the ledger's row, not what the value says."""
    if not models.Account.objects.filter(pk=actor.account_id, is_robot=False, is_active=True).exists():
        raise NotAPerson(what)


def practice_of(row: models.Practice) -> Practice:
    """The row as a value. For the ledger's own functions."""
    npis = tuple(row.providers.order_by("npi").values_list("npi", flat=True))
    return Practice(row.id, row.name, row.tin, npis)
