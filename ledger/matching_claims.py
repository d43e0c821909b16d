"""Which of our claims does a payer's decision belong to? By number, days, charge and person (DOMAIN 2.3, 2.5).

The account number decides, with service days that meet and a charge equal to the cent; where it was garbled, the payer
claim number does. A claim that the payer has split is recognised by the sum of its parts.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from django.db.models import Q, QuerySet

from flows.matching import MatchingRules, canonical_id, letters, same_last_name
from flows.questions import Flow
from ledger import models
from ledger.document_files import Source
from ledger.matching_keys import number_key
from ledger.remittances_findings import other_charge, several_claims_fit

_BATCH = 400
_RULES = MatchingRules()


class Fit(StrEnum):
    """How a payer's decision was found to be about a claim of ours, or why not."""

    NONE = ""
    ACCOUNT_NUMBER = "account number"
    PAYER_CLAIM_NUMBER = "payer claim number"
    SPLIT = "split"
    """One of the parts into which the payer has split it."""
    SEVERAL = "several"
    """More than one fits."""
    DIFFERS = "differs"
    """Both its numbers are those of one claim of ours; charge or patient are not."""


@dataclass
class _Found:
    """What is known about the candidates of a batch of the payer's decisions."""

    by_account: dict[str, list[models.Claim]] = field(default_factory=dict)
    by_payer_number: dict[str, list[models.Claim]] = field(default_factory=dict)
    patients: dict[int, models.RemitPerson] = field(default_factory=dict)
    parts: dict[str, list[models.RemitClaim]] = field(default_factory=dict)


def match_claims(source: Source, remittance_ids: Collection[int] | None = None) -> set[int]:
    """Match the decisions of these remittances, or all of the practice that have no claim of ours yet.

    Returns the ids of the remittances in which one has found its claim.
    """
    matched: set[int] = set()
    rows = models.RemitClaim.objects.select_related("reading__remittance").filter(
        reading__leads__practice_id=source.actor.practice_id, claim=None
    )
    if remittance_ids is None:
        _match(rows, source, matched, by_payer_number=False)
        return matched
    # A payer claim number is looked for in every answer, which is worth it once.
    split = _match(rows.filter(reading__remittance__in=remittance_ids), source, matched, by_payer_number=True)
    if split:
        # Parts of these that earlier payments paid could not be told for parts till now.
        _match(rows.filter(account_key__in=split), source, matched, by_payer_number=False)
    return matched


def _match(
    rows: "QuerySet[models.RemitClaim]", source: Source, matched: set[int], *, by_payer_number: bool
) -> set[str]:
    """Match these rows, and note the remittances of those that fit; returns the account numbers, as compared, of
    claims that were found to be split."""
    split: set[str] = set()
    doubtful: dict[tuple[int, Fit], list[int]] = {}
    remittances: dict[int, models.Remittance] = {}
    for batch in _batches(rows.order_by("id")):
        changed = []
        found = _candidates(batch, source.actor.practice_id, by_payer_number=by_payer_number)
        for row in batch:
            fit, claim = _decide(row, found)
            if (fit, claim) == (row.fit, None):
                continue
            row.fit, row.claim = fit, claim
            changed.append(row)
            if claim is not None:
                matched.add(row.reading.remittance_id)
            if fit is Fit.SPLIT:
                split.add(row.account_key)
            if fit in (Fit.SEVERAL, Fit.DIFFERS):
                remittance = row.reading.remittance
                remittances[remittance.pk] = remittance
                doubtful.setdefault((remittance.pk, fit), []).append(row.number)
        models.RemitClaim.objects.bulk_update(changed, ["fit", "claim"], _BATCH)
    for (remittance_id, fit), numbers in doubtful.items():
        tell = several_claims_fit if fit is Fit.SEVERAL else other_charge
        tell(remittances[remittance_id], sorted(numbers), source)
    return split


def claims_by_account(practice_id: int, numbers: Iterable[str]) -> dict[str, list[models.Claim]]:
    """Our claims with these account numbers, by the number as it is compared."""
    written = {variant for number in numbers for variant in (number, number.upper(), number.strip()) if variant}
    portals = models.Claim.objects.filter(practice_id=practice_id).order_by("portal").values_list("portal", flat=True)
    found: dict[str, list[models.Claim]] = {}
    rows = models.Claim.objects.select_related("patient").filter(
        practice_id=practice_id, portal__in=list(portals.distinct()), patient_account_number__in=written
    )
    for claim in rows.order_by("id"):
        found.setdefault(number_key(claim.patient_account_number), []).append(claim)
    return found


def _candidates(batch: Sequence[models.RemitClaim], practice_id: int, *, by_payer_number: bool) -> _Found:
    found = _Found(by_account=claims_by_account(practice_id, (row.patient_account_number for row in batch)))
    people = models.RemitPerson.objects.filter(remit_claim__in=[row.pk for row in batch], role="patient")
    found.patients = {person.remit_claim_id: person for person in people}
    parts = models.RemitClaim.objects.filter(
        reading__leads__practice_id=practice_id,
        account_key__in={row.account_key for row in batch if row.account_key},
        reversed_by=None,
    )
    for row in parts.exclude(status="22").order_by("id"):
        found.parts.setdefault(row.account_key, []).append(row)
    if by_payer_number:
        _by_payer_number(found, batch, practice_id)
    return found


def _by_payer_number(found: _Found, batch: Sequence[models.RemitClaim], practice_id: int) -> None:
    """Claims whose payer claim number the office or a portal's answer has told."""
    wanted = {row.payer_claim_number for row in batch if row.payer_claim_number}
    if not wanted:
        return
    ours = models.Claim.objects.select_related("patient").filter(practice_id=practice_id)
    for claim in ours.filter(payer_claim_number__in=wanted):
        found.by_payer_number.setdefault(number_key(claim.payer_claim_number), []).append(claim)
    told = models.AnswerVersion.objects.filter(
        claim__practice_id=practice_id, flow=Flow.CLAIM_STATUS, newest_of__isnull=False, payer_claim_number__in=wanted
    )
    for answer in told.select_related("claim__patient"):
        claims = found.by_payer_number.setdefault(number_key(answer.payer_claim_number), [])
        if answer.claim is not None and answer.claim not in claims:
            claims.append(answer.claim)


def _decide(row: models.RemitClaim, found: _Found) -> tuple[Fit, models.Claim | None]:
    by_account = found.by_account.get(row.account_key, []) if row.account_key else []
    by_payer = found.by_payer_number.get(row.payer_claim_key, []) if row.payer_claim_key else []
    person = found.patients.get(row.pk)
    near = [claim for claim in by_account if _days_meet(row, claim) and _same_provider(row, claim)]
    fitting = [claim for claim in near if _same_charge(row, claim) and _same_patient(person, claim)]
    if fitting:
        return _the_one(fitting, by_payer, row, Fit.ACCOUNT_NUMBER)
    split = [claim for claim in near if _is_part(row, claim, found) and _same_patient(person, claim)]
    if split:
        return _the_one(split, by_payer, row, Fit.SPLIT)
    numbered = [claim for claim in by_payer if _days_meet(row, claim) and _same_provider(row, claim)]
    fitting = [claim for claim in numbered if _same_charge(row, claim) and _same_patient(person, claim)]
    if fitting:
        return _the_one(fitting, by_payer, row, Fit.PAYER_CLAIM_NUMBER)
    if any(claim in near for claim in numbered):
        return Fit.DIFFERS, None
    return Fit.NONE, None


def _the_one(
    fitting: Sequence[models.Claim], by_payer: Sequence[models.Claim], row: models.RemitClaim, fit: Fit
) -> tuple[Fit, models.Claim | None]:
    """The only one that fits; of several (a claim is asked about at two portals), the payer's number or portal says."""
    portal = row.reading.remittance.portal
    for chosen in (
        fitting,
        [claim for claim in fitting if claim in by_payer],
        [claim for claim in fitting if portal and claim.portal == portal],
    ):
        if len(chosen) == 1:
            return fit, chosen[0]
    return Fit.SEVERAL, None


def _days_meet(row: models.RemitClaim, claim: models.Claim) -> bool:
    if row.service_from is None:
        return True
    return row.service_from <= claim.service_to and (row.service_to or row.service_from) >= claim.service_from


def _same_charge(row: models.RemitClaim, claim: models.Claim) -> bool:
    return (-row.billed_cents if row.status == "22" else row.billed_cents) == claim.billed_cents


def _is_part(row: models.RemitClaim, claim: models.Claim, found: _Found) -> bool:
    """All decisions on this account number and these days, in whichever payments, come to the charge."""
    parts = [part for part in found.parts.get(row.account_key, ()) if _days_meet(part, claim)]
    return row in parts and len(parts) > 1 and sum(part.billed_cents for part in parts) == claim.billed_cents


def _same_provider(row: models.RemitClaim, claim: models.Claim) -> bool:
    """The payee's numbers, where the payer gives any that are of a kind that the claim has."""
    reading = row.reading
    known = [number_key(number) for number in (reading.payee_identifier, reading.payee_tin) if number]
    ours = {number_key(claim.provider_npi), number_key(claim.provider_tin)}
    comparable = [number for number in known if len(number) in (9, 10) and number.isdigit()]
    return not comparable or any(number in ours for number in comparable)


def _same_patient(person: models.RemitPerson | None, claim: models.Claim) -> bool:
    """Nothing is said about the patient, or member id or last name agree."""
    if person is None or not (person.identifier or person.last_name):
        return True
    patient = claim.patient
    if person.identifier and canonical_id(person.identifier) == canonical_id(patient.member_id):
        return True
    if not person.last_name:
        return False
    return same_last_name(patient.last_name, person.last_name, _RULES) or _begins_alike(
        patient.last_name, person.last_name
    )


def _begins_alike(ours: str, theirs: str) -> bool:
    """A payer may cut off a long name."""
    return len(letters(theirs)) >= 8 and letters(ours).startswith(letters(theirs))


def _batches(rows: "QuerySet[models.RemitClaim]") -> Iterator[list[models.RemitClaim]]:
    """By growing id, so that a row that was changed is not met again."""
    last = 0
    while batch := list(islice(rows.filter(Q(pk__gt=last))[:_BATCH], _BATCH)):
        yield batch
        last = batch[-1].pk
