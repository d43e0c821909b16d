"""The work list comes in: claims as questions, written so that the same list twice changes nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flows.questions import ClaimStatus, Flow
from ledger import models
from ledger.accounts import Actor
from ledger.canonical import to_cents
from ledger.errors import RecordWrong
from ledger.imports import ImportResult, Keep, Key, Kind, bring_in, why_not_kept

_MOST_CENTS = 10**15
"""No bill has ten thousand billion dollars, and every database can still add such amounts."""

_COLUMNS = ("provider_tin", "provider_npi", "patient_id", "payer_claim_number", "service_from", "service_to",
            "billed_cents", "first_procedure")  # fmt: skip


def import_claims(
    questions: Iterable[ClaimStatus],
    actor: Actor,
    now: datetime,
    *,
    digest: Callable[[str], str],
    keep: Keep = lambda _: True,
) -> ImportResult:
    """Bring claims into the work list of the actor's practice, as `ledger.imports.bring_in` says."""
    return bring_in(_CLAIMS, questions, actor, now, digest=digest, keep=keep)


def _key(question: ClaimStatus) -> Key:
    return question.portal, question.claim.patient_account_number


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


def _why_not(question: ClaimStatus) -> str:
    claim = question.claim
    if not question.portal or not claim.patient_account_number:
        return "The portal or the patient account number is missing."
    texts = (
        ("patient account number", claim.patient_account_number, 80),
        ("payer claim number", claim.payer_claim_number, 80),
        ("procedure", claim.first_procedure, 20),
    )
    if why := why_not_kept(question.portal, question.provider, question.patient, texts):
        return why
    if claim.service_to < claim.service_from:
        return "The service ends before it begins."
    try:
        cents = to_cents(claim.billed)
    except RecordWrong:
        return "The billed amount is not in whole cents."
    if cents < 0:
        return "The billed amount is negative."
    return "" if cents < _MOST_CENTS else "The billed amount is more than any bill."


_CLAIMS = Kind(
    table=models.Claim,
    flow=Flow.CLAIM_STATUS,
    what="claims",
    number="patient_account_number",
    twice="This patient account number stands in the list before, with other contents.",
    key=_key,
    patient=lambda question: question.patient,
    why_not=_why_not,
    changing=_COLUMNS,
    columns=_columns,
)
