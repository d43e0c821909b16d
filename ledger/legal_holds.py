"""Legal holds: that nothing of a claim, a patient, a portal or a whole practice may be removed until a person says so.

It has nothing to do with `ledger.holds`, by which the payer is left alone. Each hold names a reason and who placed it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Q

from flows.values import Frozen
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import NotThere, RecordWrong

_LONGEST = 1000


class HeldWhat(StrEnum):
    """What a hold is about."""

    CLAIM = "claim"
    PATIENT = "patient"
    PORTAL = "portal"
    PRACTICE = "practice"


class LegalHoldRecord(Frozen):
    """One hold. `subject` is the office's number of the claim, or the portal; times are UTC."""

    id: int
    what: HeldWhat
    subject: str
    reason: str
    placed_at: datetime
    placed_by: str
    released_at: datetime | None = None
    released_by: str | None = None
    release_reason: str = ""


def place(
    actor: Actor, what: HeldWhat, reason: str, now: datetime, *, number: str | None = None, portal: str | None = None
) -> int:
    """Place a hold and return its number. `number` is the office's number of a claim, also to name its patient.

    Raises NotAPerson, NotThere, or RecordWrong where something is missing or several claims have the number.
    """
    must_be_person(actor, "place a legal hold")
    _checked(reason)
    about: dict[str, object] = {}
    reference = ""
    if what in {HeldWhat.CLAIM, HeldWhat.PATIENT}:
        claim = _claim(actor.practice_id, number, portal)
        about = {"claim": claim} if what is HeldWhat.CLAIM else {"patient_id": claim.patient_id}
        reference = claim.patient.reference
    elif what is HeldWhat.PORTAL:
        if not portal:
            raise RecordWrong("Name the portal with --portal. Nothing was recorded.")
        about = {"portal": portal}
    with transaction.atomic():
        row = models.LegalHold.objects.create(
            practice_id=actor.practice_id, reason=reason, placed_at=now, placed_by_id=actor.account_id, **about
        )
        audit.append(
            actor, "legal-hold.place", "legal-hold", row.pk, now,
            patient_reference=reference, portal=row.portal, result=what,
        )  # fmt: skip
        return row.pk


def release(actor: Actor, hold_id: int, reason: str, now: datetime) -> None:
    """End a hold. Raises NotAPerson, NotThere, RecordWrong without a reason."""
    must_be_person(actor, "release a legal hold")
    _checked(reason)
    with transaction.atomic():
        rows = models.LegalHold.objects.filter(practice_id=actor.practice_id, pk=hold_id, released_at=None)
        if not rows.update(released_at=now, released_by_id=actor.account_id, release_reason=reason):
            raise NotThere(f"legal hold {hold_id} that is in force")
        audit.append(actor, "legal-hold.release", "legal-hold", hold_id, now)


def listed(practice_id: int, *, released: bool = False) -> tuple[LegalHoldRecord, ...]:
    """The holds in force, the oldest first; with `released` those that were, too."""
    rows = models.LegalHold.objects.filter(practice_id=practice_id).order_by("id")
    found = rows.select_related("claim", "placed_by", "released_by")
    return tuple(_record(row) for row in (found if released else found.filter(released_at=None)))


def office_holds_anything() -> bool:
    """Is anything of any practice under a hold? Then what tells of all practices at once stays, such as logs."""
    return models.LegalHold.objects.filter(released_at=None).exists()


@dataclass(frozen=True)
class Held:
    """All that is under a hold in one practice. `everything`: the whole practice is."""

    everything: bool
    portals: frozenset[str]
    claims: frozenset[int]
    patients: frozenset[int]

    @property
    def anything(self) -> bool:
        """Is there any hold?"""
        return bool(self.everything or self.portals or self.claims or self.patients)

    def about(self, claim: str = "", patient: str = "", portal: str = "") -> Q:
        """Rows that are held, by their columns: the way to the claim, to its patient, and the portal's."""
        found = Q(pk__in=[])
        if claim and self.claims:
            found |= Q(**{f"{claim}__in": self.claims})
        if patient and self.patients:
            found |= Q(**{f"{patient}__in": self.patients})
        if portal and self.portals:
            found |= Q(**{f"{portal}__in": self.portals})
        return found


def held(practice_id: int) -> Held:
    """What is under a hold now. A patient's hold is one on every row of the same person, corrected ones too."""
    rows = models.LegalHold.objects.filter(practice_id=practice_id, released_at=None)
    found = list(rows.values_list("claim_id", "patient_id", "portal"))
    claims = {claim for claim, _, _ in found if claim is not None}
    patients = {patient for _, patient, _ in found if patient is not None}
    same = Q(pk__in=[])
    ours = models.Patient.objects.filter(practice_id=practice_id)
    for member_id, last_name, birth_date in ours.filter(pk__in=patients).values_list(
        "member_id", "last_name", "birth_date"
    ):
        same |= Q(member_id=member_id) | Q(last_name__iexact=last_name, birth_date=birth_date)
    return Held(
        everything=rows.filter(claim=None, patient=None, portal="").exists(),
        portals=frozenset(portal for _, _, portal in found if portal),
        claims=frozenset(claims),
        patients=frozenset(patients | set(ours.filter(same).values_list("pk", flat=True))),
    )


def _checked(reason: str) -> None:
    if not reason.strip() or len(reason) > _LONGEST or "\0" in reason:
        raise RecordWrong(f"A reason is needed, of at most {_LONGEST} characters. Nothing was recorded.")


def _claim(practice_id: int, number: str | None, portal: str | None) -> models.Claim:
    if not number:
        raise RecordWrong("Name the claim by the office's number. Nothing was recorded.")
    rows = models.Claim.objects.select_related("patient").filter(practice_id=practice_id, patient_account_number=number)
    found = list(rows.filter(portal=portal) if portal else rows.order_by("portal"))
    if not found:
        raise NotThere(f"claim {number}")
    if len(found) > 1:
        raise RecordWrong("Several portals have a claim of this number. Name one with --portal. Nothing was recorded.")
    return found[0]


def _record(row: models.LegalHold) -> LegalHoldRecord:
    what, subject = HeldWhat.PRACTICE, ""
    if row.claim is not None:
        what, subject = HeldWhat.CLAIM, row.claim.patient_account_number
    elif row.patient_id is not None:
        claim = models.Claim.objects.filter(patient_id=row.patient_id).order_by("id").first()
        what, subject = HeldWhat.PATIENT, f"of {claim.patient_account_number}" if claim else ""
    elif row.portal:
        what, subject = HeldWhat.PORTAL, row.portal
    return LegalHoldRecord(
        id=row.pk,
        what=what,
        subject=subject,
        reason=row.reason,
        placed_at=row.placed_at,
        placed_by=row.placed_by.name,
        released_at=row.released_at,
        released_by=row.released_by.name if row.released_by else None,
        release_reason=row.release_reason,
    )
