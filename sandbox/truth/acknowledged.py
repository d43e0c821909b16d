"""What the practice payer acknowledged when claims came in."""

from collections.abc import Iterable

from sandbox.truth.model import Claim
from sandbox.truth.remittance import Acknowledgement

REJECTIONS = ("A3", "A6", "A7", "A8")


def acknowledgements(claims: Iterable[Claim]) -> tuple[Acknowledgement, ...]:
    """One for each claim that came in under an account number of the office, in the order of receipt."""
    found = []
    for claim in claims:
        if claim.patient_account_number is None or claim.billed < 0:
            continue
        accepted = claim.category not in REJECTIONS
        found.append(
            Acknowledgement(
                patient_account_number=claim.patient_account_number,
                payer_claim_number=claim.payer_claim_number if accepted else None,
                accepted=accepted,
                category="A2" if accepted else claim.category,
                status_code="20" if accepted else claim.status_codes[0],
                acknowledged_on=claim.received_date,
                billed=claim.billed,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.acknowledged_on, one.patient_account_number)))
