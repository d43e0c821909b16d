"""Holds: that a person wants the payer left alone about a claim, or about all of a patient, until further notice."""

from datetime import datetime

from django.db import transaction

from flows.values import Frozen
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import NotThere, RecordWrong
from ledger.planning_values import HoldWhy
from ledger.unplanned import unplan_claims, unplan_patients

_LONGEST_NOTE = 1000


class HoldRecord(Frozen):
    """One hold. `whole_patient`: it is about all of the patient's claims and visits."""

    id: int
    why: HoldWhy
    whole_patient: bool
    note: str
    since: datetime
    by: str


def hold(number: str, why: HoldWhy, actor: Actor, now: datetime, *, portal: str | None = None, note: str = "") -> int:
    """Ask nobody about this claim by itself any more (legal, other) or about anything of its patient (bankrupt,
    deceased); returns the hold's number. Holds that are there already stay as they are.

    Raises NotAPerson, NotThere, or RecordWrong for a number that several portals have, and for a note that is too long.
    """
    must_be_person(actor, "put a claim on hold")
    if len(note) > _LONGEST_NOTE or "\0" in note:
        raise RecordWrong("The note is too long, or holds a character that is no text. Nothing was recorded.")
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        claim = _claim(actor.practice_id, number, portal)
        about = {"patient_id": claim.patient_id, "claim_id": None if why.of_patient else claim.pk}
        row, new = models.Hold.objects.get_or_create(
            practice_id=actor.practice_id,
            why=why,
            ended_at=None,
            **about,
            defaults={"note": note, "since": now, "account_id": actor.account_id},
        )
        if new:
            _changed(row, claim, "hold.begin", actor, now)
        return row.pk


def release(number: str, actor: Actor, now: datetime, *, portal: str | None = None) -> int:
    """End every hold on this claim and its patient; returns how many. Raises NotAPerson, NotThere, or RecordWrong."""
    must_be_person(actor, "end a hold")
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        claim = _claim(actor.practice_id, number, portal)
        held = list(_of(claim))
        for row in held:
            models.Hold.objects.filter(pk=row.pk).update(ended_at=now, ended_by_id=actor.account_id)
            _changed(row, claim, "hold.end", actor, now)
        return len(held)


def of_claim(practice_id: int, number: str, *, portal: str | None = None) -> tuple[HoldRecord, ...]:
    """The holds on this claim and its patient, the oldest first. Raises NotThere, or RecordWrong."""
    return tuple(
        HoldRecord(
            id=row.pk,
            why=HoldWhy(row.why),
            whole_patient=row.claim_id is None,
            note=row.note,
            since=row.since,
            by=row.account.name,
        )
        for row in _of(_claim(practice_id, number, portal))
    )


def _claim(practice_id: int, number: str, portal: str | None) -> models.Claim:
    rows = models.Claim.objects.select_related("patient").filter(practice_id=practice_id, patient_account_number=number)
    found = list(rows.filter(portal=portal) if portal is not None else rows.order_by("portal"))
    if not found:
        raise NotThere(f"claim {number}")
    if len(found) > 1:
        portals = ", ".join(one.portal for one in found)
        raise RecordWrong(f"Several portals have a claim of this number ({portals}). Name one with --portal.")
    return found[0]


def _of(claim: models.Claim) -> list[models.Hold]:
    rows = models.Hold.objects.select_related("account").filter(patient_id=claim.patient_id, ended_at=None)
    return [row for row in rows.order_by("id") if row.claim_id in (None, claim.pk)]


def _changed(row: models.Hold, claim: models.Claim, action: str, actor: Actor, now: datetime) -> None:
    if row.claim_id is None:
        unplan_patients(actor.practice_id, [row.patient_id])
    else:
        unplan_claims(actor.practice_id, [claim.pk])
    audit.append(
        actor, action, "claim", claim.pk, now,
        patient_reference=claim.patient.reference, portal=claim.portal, result=row.why,
    )  # fmt: skip
