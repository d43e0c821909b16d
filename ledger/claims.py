"""The work list comes in: claims as questions, written so that the same list twice changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import Q

from flows.questions import Claim, ClaimStatus, Flow, Patient, Provider
from ledger import audit, models
from ledger.accounts import Actor
from ledger.canonical import canonical_json, to_cents, to_dollars
from ledger.errors import RecordWrong
from ledger.states import ItemState

BATCH = 500

Key = tuple[str, str]


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not taken: its place in the list (from 1) and why, in words that hold none of its contents."""

    row: int
    why: str


@dataclass(frozen=True)
class ImportResult:
    """What an import did, in rows."""

    created: int
    changed: int
    unchanged: int
    rejected: tuple[RejectedRow, ...]


def import_claims(
    questions: Iterable[ClaimStatus], actor: Actor, now: datetime, *, digest: Callable[[str], str]
) -> ImportResult:
    """Bring claims into the work list of the actor's practice: all of them that can be taken, or none.

    `digest` is a keyed hash (the vault's), from which the patient's reference is made. A new claim is asked about at
    once. A changed claim counts as a new question: it is asked again, and what is just being asked about its older
    form is not recorded. The questions are read one batch at a time, so the list may be as long as it likes.
    """
    created = changed = unchanged = 0
    rejected: list[RejectedRow] = []
    seen: set[Key] = set()
    with transaction.atomic():
        for batch in _batches(enumerate(questions, start=1)):
            taken: dict[Key, ClaimStatus] = {}
            for row, question in batch:
                key = (question.portal, question.claim.patient_account_number)
                why = _why_not(question)
                if not why and key in seen:
                    if taken.get(key) == question:
                        unchanged += 1
                        continue
                    why = "This patient account number stands in the list before, with other contents."
                if why:
                    rejected.append(RejectedRow(row, why))
                    continue
                seen.add(key)
                taken[key] = question
            counts = _write(taken, actor, now, digest)
            created, changed, unchanged = created + counts[0], changed + counts[1], unchanged + counts[2]
        audit.append(
            actor, "claims.import", "claims", now.isoformat(), now,
            result=f"{created} new, {changed} changed, {unchanged} as before, {len(rejected)} rejected",
        )  # fmt: skip
    return ImportResult(created, changed, unchanged, tuple(rejected))


def question_of(claim: models.Claim) -> ClaimStatus:
    """The question that a claim stands for."""
    patient = claim.patient
    return ClaimStatus(
        portal=claim.portal,
        provider=Provider(tin=claim.provider_tin, npi=claim.provider_npi),
        patient=Patient(
            member_id=patient.member_id,
            last_name=patient.last_name,
            first_name=patient.first_name,
            birth_date=patient.birth_date,
        ),
        claim=Claim(
            patient_account_number=claim.patient_account_number,
            payer_claim_number=claim.payer_claim_number,
            service_from=claim.service_from,
            service_to=claim.service_to,
            billed=to_dollars(claim.billed_cents),
            first_procedure=claim.first_procedure,
        ),
    )


def _write(
    taken: dict[Key, ClaimStatus], actor: Actor, now: datetime, digest: Callable[[str], str]
) -> tuple[int, int, int]:
    if not taken:
        return 0, 0, 0
    patients = _patients(taken.values(), actor.practice_id, digest)
    known = _known(taken, actor.practice_id)
    new: list[models.Claim] = []
    changed: list[models.Claim] = []
    for key, question in taken.items():
        wanted = _columns(question, patients[_identity(question.patient)])
        claim = known.get(key)
        if claim is None:
            new.append(
                models.Claim(
                    practice_id=actor.practice_id,
                    portal=key[0],
                    patient_account_number=key[1],
                    imported_at=now,
                    **wanted,
                )
            )
        elif any(getattr(claim, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(claim, name, value)
            claim.revision += 1
            claim.imported_at = now
            changed.append(claim)
    models.Claim.objects.bulk_create(new)
    models.WorkItem.objects.bulk_create(
        models.WorkItem(
            practice_id=actor.practice_id,
            portal=claim.portal,
            flow=Flow.CLAIM_STATUS,
            claim=claim,
            state=ItemState.READY,
            not_before=now,
        )
        for claim in new
    )
    if changed:
        names = [*_columns(next(iter(taken.values())), 0), "revision", "imported_at"]
        models.Claim.objects.bulk_update(changed, names)
        # What is running is left to its session: `work.finish` sees the older revision and asks again by itself.
        models.WorkItem.objects.filter(claim__in=[claim.pk for claim in changed]).exclude(
            state=ItemState.RUNNING
        ).update(state=ItemState.READY, tries=0, not_before=now, case=None)
    return len(new), len(changed), len(taken) - len(new) - len(changed)


def _patients(questions: Iterable[ClaimStatus], practice_id: int, digest: Callable[[str], str]) -> dict[str, int]:
    """The row ids of all patients of a batch, by identity, made where they are not there."""
    patients = {_identity(question.patient): question.patient for question in questions}
    references = {digest(identity): identity for identity in patients}
    rows = models.Patient.objects.filter(practice_id=practice_id, reference__in=references)
    ids = {references[row.reference]: row.pk for row in rows.only("reference")}
    new = [
        models.Patient(practice_id=practice_id, reference=reference, **patients[identity].model_dump())
        for reference, identity in references.items()
        if identity not in ids
    ]
    models.Patient.objects.bulk_create(new)
    return ids | {references[row.reference]: row.pk for row in new}


def _known(taken: dict[Key, ClaimStatus], practice_id: int) -> dict[Key, models.Claim]:
    by_portal: dict[str, list[str]] = {}
    for portal, number in taken:
        by_portal.setdefault(portal, []).append(number)
    wanted = Q()
    for portal, numbers in by_portal.items():
        wanted |= Q(portal=portal, patient_account_number__in=numbers)
    rows = models.Claim.objects.select_for_update().filter(wanted, practice_id=practice_id)
    return {(row.portal, row.patient_account_number): row for row in rows}


def _columns(question: ClaimStatus, patient_id: int) -> dict[str, object]:
    claim = question.claim
    return {
        "provider_tin": question.provider.tin,
        "provider_npi": question.provider.npi,
        "patient_id": patient_id,
        "payer_claim_number": claim.payer_claim_number,
        "service_from": claim.service_from,
        "service_to": claim.service_to,
        "billed_cents": to_cents(claim.billed),
        "first_procedure": claim.first_procedure,
    }


def _identity(patient: Patient) -> str:
    return canonical_json(patient.model_dump(mode="json"))


def _why_not(question: ClaimStatus) -> str:
    claim = question.claim
    if not question.portal or not claim.patient_account_number:
        return "The portal or the patient account number is missing."
    if claim.service_to < claim.service_from:
        return "The service ends before it begins."
    try:
        if to_cents(claim.billed) < 0:
            return "The billed amount is negative."
    except RecordWrong:
        return "The billed amount is not in whole cents."
    return ""


def _batches(rows: Iterable[tuple[int, ClaimStatus]]) -> Iterator[list[tuple[int, ClaimStatus]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
