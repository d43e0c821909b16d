"""An office that came out of a backup: it stands still until a person has said go, since nobody knows what it missed.

Between the backup and the loss of the office sign-in buttons may have been pressed and appeals filed that this ledger
has never heard of. So no lane can be taken before a person has confirmed the restored office. With the word "go" every
sign-in is barred until a person has looked at its account (`presses.clear`); every appeal that was approved may have
been pressed, and is only looked for on the portal's own list from then on; and no other appeal is filed before that
list must show whatever the lost office filed last. (DESIGN 2.2 and 2.3.)
"""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from flows.questions import Flow
from flows.values import Frozen
from ledger import audit, models
from ledger.accounts import Actor, default_practice, must_be_person
from ledger.appeals_rows import locked, ready, step
from ledger.appeals_values import Happening
from ledger.console_accounts import new_stamp
from ledger.errors import NotThere
from ledger.held_office import HeldOffice, held, listed_by
from ledger.lanes import drop_all
from ledger.presses import PressKind, PressResult
from ledger.states import AppealStage
from ledger.wakes import Wake, wake

__all__ = ["AppealInDoubt", "Confirmed", "HeldOffice", "begin", "confirm", "held", "in_doubt"]


class AppealInDoubt(Frozen):
    """An appeal of which the lost office may know more: its number, portal and how far it had come in the backup."""

    number: int
    portal: str
    stage: AppealStage


class Confirmed(Frozen):
    """How many sign-ins are barred until a person has looked, and how many appeals are only looked for from now on."""

    sign_ins: int
    appeals: int


def begin(backup: str, made_at: datetime, actor: Actor, now: datetime) -> None:
    """Write down that this ledger came out of a backup; from now on the office is held.

    Lanes and workers of the lost office are no more: what they asked is ready again, what they pressed is uncertain.
    Nobody is signed in to the desk.
    """
    with transaction.atomic():
        row = models.Restoration.objects.create(backup=backup, made_at=made_at, restored_at=now)
        drop_all(actor, now, "restored")
        _end_sessions()
        models.WorkerProcess.objects.filter(ended_at=None).update(ended_at=now, why_ended="restored")
        audit.append(actor, "office.restore", "restoration", row.pk, now, result=f"backup {backup}")


def _end_sessions() -> None:
    """Everybody signs in anew: who was signed in to the lost office is not to be signed in to this one."""
    Session.objects.all().delete()
    for access in models.ConsoleAccess.objects.all():
        access.stamp = new_stamp()
        access.save(update_fields=["stamp"])


def in_doubt(practice_id: int) -> tuple[AppealInDoubt, ...]:
    """The appeals of this practice that the lost office may have filed, or knew more of, by their numbers."""
    waiting = held()
    if waiting is None:
        return ()
    stages = (AppealStage.DRAFT, AppealStage.APPROVED, AppealStage.PRESSING, AppealStage.UNCERTAIN)
    rows = models.Appeal.objects.filter(practice_id=practice_id, stage__in=stages, drafted_at__lte=waiting.restored_at)
    return tuple(
        AppealInDoubt(number=row.pk, portal=row.portal, stage=AppealStage(row.stage)) for row in rows.order_by("id")
    )


def confirm(
    actor: Actor, now: datetime, *, versions: Mapping[tuple[str, str], int], nothing_since: bool = False
) -> Confirmed:
    """A person says go. `versions`: each sign-in of the vault, by portal and name, with its version.

    With `nothing_since` they say that the office which was backed up has done nothing since, and is gone: a planned
    move to another computer. Then everything stands as it was. Raises NotAPerson, or NotThere when nothing waits.
    """
    must_be_person(actor, "say that a restored office may work")
    with transaction.atomic():
        rows = list(models.Restoration.objects.select_for_update().filter(confirmed_at=None).order_by("id"))
        if not rows:
            raise NotThere("restored office that waits for a person's word")
        done = Confirmed(sign_ins=0, appeals=0)
        if not nothing_since:
            made_at = min(row.made_at for row in rows)
            restored_at = rows[-1].restored_at
            done = Confirmed(
                sign_ins=_bar_sign_ins(versions, actor, now),
                appeals=_look_for_approved(made_at, restored_at, actor, now),
            )
        models.Restoration.objects.filter(pk__in=[row.pk for row in rows]).update(
            confirmed_at=now, confirmed_by_id=actor.account_id, nothing_since=nothing_since
        )
        said = "nothing done since" if nothing_since else f"{done.sign_ins} sign-ins, {done.appeals} appeals"
        audit.append(actor, "office.confirm", "restoration", rows[-1].pk, now, result=said)
        wake(Wake.RESUMED, now)
    return done


def _bar_sign_ins(versions: Mapping[tuple[str, str], int], actor: Actor, now: datetime) -> int:
    """One press for each, whose end nobody has seen: it may have been the lost office's, and rejected."""
    first = default_practice()
    for (portal, alias), version in sorted(versions.items()):
        credential, _ = models.Credential.objects.get_or_create(
            portal=portal, alias=alias, defaults={"practice_id": first.id}
        )
        lane, _ = models.Lane.objects.get_or_create(credential=credential, slot=0)
        press = models.Press.objects.create(
            credential=credential,
            credential_version=version,
            kind=PressKind.PASSWORD,
            lane=lane,
            token=lane.token,
            account_id=actor.account_id,
            pressed_at=now,
            result=PressResult.UNKNOWN,
            settled_at=now,
        )
        audit.append(actor, "press.presume", "press", press.pk, now, portal=portal, result=PressResult.UNKNOWN)
    return len(versions)


def _look_for_approved(made_at: datetime, restored_at: datetime, actor: Actor, now: datetime) -> int:
    """What had been approved may have been pressed right after the backup, or right before the loss."""
    approved = models.Appeal.objects.filter(stage=AppealStage.APPROVED, approved_at__lte=restored_at)
    count = 0
    for number, practice_id in approved.order_by("id").values_list("id", "practice_id"):
        row = locked(practice_id, number)
        step(
            row, Happening.UNCERTAIN, actor, now, note="may have been filed after the backup",
            stage=AppealStage.UNCERTAIN, pressed_at=made_at,
        )  # fmt: skip
        ready(row, Flow.APPEAL, listed_by(row.listed_after_hours, now))
        count += 1
    return count
