"""Break-glass: one claim or patient, for somebody whose roles do not show patients, for a while and with a reason.

Every look is in the audit log with the number of the access, it gives no right to change anything, and somebody else
has to review it afterwards. (45 CFR 164.312(a)(2)(ii); DOMAIN 6.)
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from flows.values import Frozen
from ledger import audit, models, notifications
from ledger.accounts import Actor, must_be_person
from ledger.errors import NotThere, RecordWrong
from ledger.notifications import Found

TOLD_AS = "emergency-access"
"""The kind of the notification, as people may leave it out."""
SHORTEST_REASON, LONGEST_REASON = 15, 1000
"""Characters: a reason is a sentence."""


class Emergency(Frozen):
    """One access. Exactly one of `claim_id` and `patient_id` is set, until a purge; times are UTC.

    It is `open` at an instant before `until`, unless it was ended. `justified`: what the review said, None before it.
    """

    id: int
    account_id: int
    by: str
    claim_id: int | None
    patient_id: int | None
    reason: str
    opened_at: datetime
    until: datetime
    ended_at: datetime | None
    looks: int
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    justified: bool | None = None
    review: str = ""

    def is_open(self, now: datetime) -> bool:
        """May it be looked at through this access now?"""
        return self.ended_at is None and self.opened_at <= now < self.until


def open_access(
    actor: Actor, claim_id: int, reason: str, now: datetime, *, lasts: timedelta, whole_patient: bool = False
) -> int:
    """Open one for the actor alone, and return its number. The claim names its patient, where that is wanted.

    Raises NotAPerson, NotThere, or RecordWrong for a reason that says nothing.
    """
    must_be_person(actor, "look in an emergency")
    _written(reason, SHORTEST_REASON)
    with transaction.atomic():
        claim = (
            models.Claim.objects.select_related("patient").filter(practice_id=actor.practice_id, pk=claim_id).first()
        )
        if claim is None:
            raise NotThere("such claim")
        about = {"patient_id": claim.patient_id} if whole_patient else {"claim_id": claim.pk}
        row = models.EmergencyAccess.objects.create(
            practice_id=actor.practice_id,
            account_id=actor.account_id,
            reason=reason.strip(),
            opened_at=now,
            until=now + lasts,
            **about,
        )
        audit.append(
            actor, "emergency.open", "emergency", row.pk, now,
            patient_reference=claim.patient.reference, portal=claim.portal,
            result=f"{'patient' if whole_patient else 'claim'} until {row.until:%Y-%m-%dT%H:%M}Z",
        )  # fmt: skip
        # One without a review is not forgotten: whoever is told of alarms is told of it.
        notifications.find([Found(f"emergency:{row.pk}", TOLD_AS)], actor, now)
        return row.pk


def look(actor: Actor, emergency_id: int, now: datetime) -> Emergency:
    """The actor's own access, while it is open; the look is in the audit log before anything is shown.

    Raises NotThere, also for somebody else's; RecordWrong once its time is over.
    """
    with transaction.atomic():
        row = _rows(actor.practice_id).filter(pk=emergency_id, account_id=actor.account_id).first()
        if row is None:
            raise NotThere("such access of yours")
        found = _emergency(row)
        if not found.is_open(now) or (found.claim_id, found.patient_id) == (None, None):
            raise RecordWrong("The time of this access is over. Nothing was shown; ask anew, with the reason.")
        patient = row.claim.patient if row.claim else row.patient
        models.EmergencyAccess.objects.filter(pk=row.pk).update(looks=F("looks") + 1)
        audit.append(
            actor, "emergency.look", "emergency", row.pk, now,
            patient_reference=patient.reference if patient else "",
            result=f"claim {row.claim_id}" if row.claim_id else f"patient {row.patient_id}",
            fields=("claim", "patient"),
        )  # fmt: skip
        return found


def end(actor: Actor, emergency_id: int, now: datetime) -> None:
    """The actor needs it no more; one that has ended stays as it is. Raises NotThere, also for somebody else's."""
    with transaction.atomic():
        rows = models.EmergencyAccess.objects.filter(
            practice_id=actor.practice_id, account_id=actor.account_id, pk=emergency_id
        )
        if not rows.exists():
            raise NotThere("such access of yours")
        if rows.filter(ended_at=None, until__gt=now).update(ended_at=now):
            audit.append(actor, "emergency.end", "emergency", emergency_id, now)


def own(actor: Actor, now: datetime) -> tuple[Emergency, ...]:
    """The actor's accesses that are open now, the newest first."""
    rows = _rows(actor.practice_id).filter(account_id=actor.account_id, ended_at=None, until__gt=now)
    return tuple(map(_emergency, rows.order_by("-id")))


def one(practice_id: int, emergency_id: int) -> Emergency:
    """One access, for whoever reviews it. Raises NotThere."""
    row = _rows(practice_id).filter(pk=emergency_id).first()
    if row is None:
        raise NotThere("such access")
    return _emergency(row)


def listed(practice_id: int, *, most: int = 50) -> tuple[Emergency, ...]:
    """Those that nobody has reviewed, the oldest first; then the newest that somebody has."""
    rows = _rows(practice_id)
    waiting = rows.filter(reviewed_at=None).order_by("opened_at", "id")[:most]
    done = rows.exclude(reviewed_at=None).order_by("-reviewed_at", "-id")[:most]
    return tuple(map(_emergency, (*waiting, *done)))


def unreviewed(practice_id: int) -> int:
    """How many wait for a review."""
    return models.EmergencyAccess.objects.filter(practice_id=practice_id, reviewed_at=None).count()


def review(actor: Actor, emergency_id: int, now: datetime, *, justified: bool, words: str) -> None:
    """Say whether the access was justified. Its time must be over, and the actor somebody else.

    Raises NotAPerson, NotThere; RecordWrong for one's own, for one that is still open and for one that is reviewed.
    """
    must_be_person(actor, "review an access")
    _written(words, 1)
    with transaction.atomic():
        found = one(actor.practice_id, emergency_id)
        if found.account_id == actor.account_id:
            raise RecordWrong("Nobody reviews their own access. Nothing was recorded; somebody else has to do it.")
        if found.is_open(now):
            raise RecordWrong("It is still open. Nothing was recorded; review it once its time is over.")
        rows = models.EmergencyAccess.objects.filter(pk=found.id, reviewed_at=None)
        if not rows.update(reviewed_by_id=actor.account_id, reviewed_at=now, justified=justified, review=words.strip()):
            raise RecordWrong(f"{found.reviewed_by} has reviewed it already. Nothing was changed.")
        result = "justified" if justified else "not justified"
        audit.append(actor, "emergency.review", "emergency", emergency_id, now, result=result)


def _rows(practice_id: int) -> QuerySet[models.EmergencyAccess]:
    rows = models.EmergencyAccess.objects.filter(practice_id=practice_id)
    return rows.select_related("account", "claim__patient", "patient", "reviewed_by")


def _written(text: str, shortest: int) -> None:
    if not shortest <= len(text.strip()) <= LONGEST_REASON or "\0" in text:
        raise RecordWrong(
            f"Say why in a sentence: {shortest} characters at least, {LONGEST_REASON} at most. Nothing was recorded."
        )


def _emergency(row: models.EmergencyAccess) -> Emergency:
    return Emergency(
        id=row.pk,
        account_id=row.account_id,
        by=row.account.name,
        claim_id=row.claim_id,
        patient_id=row.patient_id,
        reason=row.reason,
        opened_at=row.opened_at,
        until=row.until,
        ended_at=row.ended_at,
        looks=row.looks,
        reviewed_by=row.reviewed_by.name if row.reviewed_by else None,
        reviewed_at=row.reviewed_at,
        justified=row.justified,
        review=row.review,
    )
