"""The work list comes in: claims as questions, written so that the same list twice changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from flows.questions import Claim, ClaimStatus, Flow, Patient, Provider
from ledger import audit, models
from ledger.accounts import Actor
from ledger.canonical import canonical_json, to_cents, to_dollars
from ledger.errors import RecordWrong
from ledger.states import ItemState

BATCH = 500

Key = tuple[str, str]

_COLUMNS = ("provider_tin", "provider_npi", "patient_id", "payer_claim_number", "service_from", "service_to",
            "billed_cents", "first_procedure")  # fmt: skip
_TWICE = "This patient account number stands in the list before, with other contents."
_MOST_CENTS = 10**15
"""No bill has ten thousand billion dollars, and every database can still add such amounts."""


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
    questions: Iterable[ClaimStatus],
    actor: Actor,
    now: datetime,
    *,
    digest: Callable[[str], str],
    keep: Callable[[ImportResult], bool] = lambda _: True,
) -> ImportResult:
    """Bring claims into the work list of the actor's practice: all of them that can be taken, or none.

    `keep` is asked at the end, when everything is known and nothing is final; where it says no, nothing is changed.
    `digest` is a keyed hash (the vault's), from which the patient's reference is made. A new claim is asked about at
    once. A changed claim counts as a new question: it is asked again, and what is just being asked about its older
    form is not recorded. The questions are read one batch at a time, so the list may be as long as it likes.
    """
    importing = _Import(actor, now, digest)
    with transaction.atomic():
        # Two imports of one practice at once could wait for each other's claims for ever, or both add the same claim.
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        for batch in _batches(enumerate(questions, start=1)):
            importing.take(batch)
        result = importing.result()
        if keep(result):
            audit.append(
                actor, "claims.import", "claims", now.isoformat(), now,
                result=f"{result.created} new, {result.changed} changed, {result.unchanged} as before, "
                f"{len(result.rejected)} rejected",
            )  # fmt: skip
        else:
            transaction.set_rollback(True)
    return result


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


class _Import:
    """One import under way: what it did so far, and which claims it has met."""

    def __init__(self, actor: Actor, now: datetime, digest: Callable[[str], str]) -> None:
        self._actor, self._now, self._digest = actor, now, digest
        self._created = self._changed = self._unchanged = 0
        self._rejected: list[RejectedRow] = []
        self._met = bytearray()  # a bit for each row id of a claim: a list of a million claims costs 125 kB

    def take(self, batch: list[tuple[int, ClaimStatus]]) -> None:
        """Write one batch of the list."""
        taken: dict[Key, tuple[int, ClaimStatus]] = {}
        for row, question in batch:
            key = (question.portal, question.claim.patient_account_number)
            if why := _why_not(question):
                self._rejected.append(RejectedRow(row, why))
            elif key not in taken:
                taken[key] = (row, question)
            elif taken[key][1] == question:
                self._unchanged += 1
            else:
                self._rejected.append(RejectedRow(row, _TWICE))
        if taken:
            self._write(taken)

    def result(self) -> ImportResult:
        """What was done, rejected rows in their order."""
        rejected = tuple(sorted(self._rejected, key=lambda one: one.row))
        return ImportResult(self._created, self._changed, self._unchanged, rejected)

    def _write(self, taken: dict[Key, tuple[int, ClaimStatus]]) -> None:
        practice_id = self._actor.practice_id
        identities = {key: _identity(question.patient) for key, (_, question) in taken.items()}
        patients = _patients(
            {identities[key]: question.patient for key, (_, question) in taken.items()}, practice_id, self._digest
        )
        known = _known(taken, practice_id)
        new: list[models.Claim] = []
        changed: list[models.Claim] = []
        for key, (row, question) in taken.items():
            wanted = _columns(question, patients[identities[key]])
            claim = known.get(key)
            if claim is None:
                new.append(
                    models.Claim(
                        practice_id=practice_id,
                        portal=key[0],
                        patient_account_number=key[1],
                        imported_at=self._now,
                        **wanted,
                    )
                )
            elif all(getattr(claim, name) == value for name, value in wanted.items()):
                self._unchanged += 1
            elif self._has_met(claim.pk):
                self._rejected.append(RejectedRow(row, _TWICE))
            else:
                for name, value in wanted.items():
                    setattr(claim, name, value)
                claim.revision += 1
                claim.imported_at = self._now
                changed.append(claim)
        models.Claim.objects.bulk_create(new)
        _ask_about(new)
        _ask_again(changed, self._now)
        self._created += len(new)
        self._changed += len(changed)
        for claim in (*new, *known.values()):
            self._meet(claim.pk)

    def _has_met(self, claim_id: int) -> bool:
        place, bit = divmod(claim_id, 8)
        return place < len(self._met) and bool(self._met[place] >> bit & 1)

    def _meet(self, claim_id: int) -> None:
        place, bit = divmod(claim_id, 8)
        if place >= len(self._met):
            self._met.extend(bytes(place + 1024 - len(self._met)))
        self._met[place] |= 1 << bit


def _ask_about(claims: list[models.Claim]) -> None:
    """Put new claims on the work list. The database copies what it has just been given, which is a third cheaper."""
    if not claims:
        return
    quoted = connection.ops.quote_name
    columns = ("practice_id", "portal", "flow", "claim_id", "state", "tries", "not_before", "token", "attempt",
               "claim_revision")  # fmt: skip
    marks = ", ".join(["%s"] * len(claims))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quoted(models.WorkItem._meta.db_table)} ({', '.join(map(quoted, columns))}) "  # noqa: S608 - names of ours
            "SELECT practice_id, portal, %s, id, %s, 0, imported_at, 0, '', 0 "
            f"FROM {quoted(models.Claim._meta.db_table)} WHERE id IN ({marks}) ORDER BY id",
            [Flow.CLAIM_STATUS.value, ItemState.READY.value, *(claim.pk for claim in claims)],
        )


def _ask_again(claims: list[models.Claim], now: datetime) -> None:
    if not claims:
        return
    models.Claim.objects.bulk_update(claims, [*_COLUMNS, "revision", "imported_at"])
    # What is running is left to its session: `work.finish` sees the older revision and asks again by itself.
    models.WorkItem.objects.filter(claim__in=[claim.pk for claim in claims]).exclude(state=ItemState.RUNNING).update(
        state=ItemState.READY, tries=0, not_before=now, case=None
    )


def _patients(patients: dict[str, Patient], practice_id: int, digest: Callable[[str], str]) -> dict[str, int]:
    """The row ids of all patients of a batch, by identity, made where they are not there."""
    references = {digest(identity): identity for identity in patients}
    rows = models.Patient.objects.filter(practice_id=practice_id, reference__in=references)
    ids = {references[reference]: pk for reference, pk in rows.values_list("reference", "pk")}
    new = [
        models.Patient(practice_id=practice_id, reference=reference, **patients[identity].model_dump())
        for reference, identity in references.items()
        if identity not in ids
    ]
    models.Patient.objects.bulk_create(new)
    return ids | {references[row.reference]: row.pk for row in new}


def _known(taken: Iterable[Key], practice_id: int) -> dict[Key, models.Claim]:
    by_portal: dict[str, list[str]] = {}
    for portal, number in taken:
        by_portal.setdefault(portal, []).append(number)
    wanted = Q()
    for portal, numbers in by_portal.items():
        wanted |= Q(portal=portal, patient_account_number__in=numbers)
    rows = models.Claim.objects.select_for_update().filter(wanted, practice_id=practice_id)
    return {(row.portal, row.patient_account_number): row for row in rows}


def _columns(question: ClaimStatus, patient_id: int) -> dict[str, Any]:
    claim = question.claim
    values = (
        question.provider.tin,
        question.provider.npi,
        patient_id,
        claim.payer_claim_number,
        claim.service_from,
        claim.service_to,
        to_cents(claim.billed),
        claim.first_procedure,
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _identity(patient: Patient) -> str:
    return canonical_json(patient.model_dump(mode="json"))


def _why_not(question: ClaimStatus) -> str:
    claim, patient = question.claim, question.patient
    if not question.portal or not claim.patient_account_number:
        return "The portal or the patient account number is missing."
    texts = (
        ("portal", question.portal, 100),
        ("patient account number", claim.patient_account_number, 80),
        ("payer claim number", claim.payer_claim_number or "", 80),
        ("procedure", claim.first_procedure or "", 20),
        ("provider's tax number", question.provider.tin, 20),
        ("provider's identifier", question.provider.npi, 20),
        ("member id", patient.member_id, 80),
        ("last name", patient.last_name, 200),
        ("first name", patient.first_name, 200),
    )
    for name, text, longest in texts:
        if len(text) > longest:
            return f"The {name} has more than {longest} characters."
        if "\0" in text:
            return f"The {name} holds a character that is no text (NUL)."
    if claim.service_to < claim.service_from:
        return "The service ends before it begins."
    try:
        cents = to_cents(claim.billed)
    except RecordWrong:
        return "The billed amount is not in whole cents."
    if cents < 0:
        return "The billed amount is negative."
    return "" if cents < _MOST_CENTS else "The billed amount is more than any bill."


def _batches(rows: Iterable[tuple[int, ClaimStatus]]) -> Iterator[list[tuple[int, ClaimStatus]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
