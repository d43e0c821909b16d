"""The words in which Practice State Medical Assistance tells a claim's status; it never shows the category code."""

import hashlib

from sandbox.truth.model import Claim

STATUS_TEXTS: dict[str, tuple[str, ...]] = {
    # claim status category: the portal's words for it
    "A0": ("Sent to Other Payer",),
    "A1": ("Received", "Received - Not Yet Accepted"),
    "A2": ("Accepted", "Accepted for Next Cycle"),
    "A3": ("Returned to Provider", "Rejected at Intake"),
    "A5": ("Split - See Associated ICNs",),
    "A6": ("Rejected - Missing Data",),
    "A7": ("Rejected - Invalid Data", "Failed Intake Edit"),
    "A8": ("Rejected - Conflicting Data",),
    "P0": ("To Be Paid", "To Be Paid - Awaiting Cycle"),
    "P1": ("In Process", "Suspended"),
    "P2": ("Suspended - In Review", "Suspended - Medical Review"),
    "P3": ("Suspended - Provider Records Requested", "Suspended - Awaiting Provider"),
    "P4": ("Suspended - Awaiting Member",),
    "P5": ("Suspended - Agency Hold",),
    "R0": ("Information Requested",),
    "R1": ("Information Requested - Provider or Other Party",),
    "R3": ("Information Requested - Claim or Line",),
    "R4": ("Information Requested - Documents",),
    "R5": ("Information Requested - More Detail",),
    "R6": ("Information Requested - Regulation",),
    "R7": ("Information Requested - Benefit Plan",),
    "R8": ("Information Requested - Benefit Exception",),
    "R9": ("Information Requested - Medical Need",),
    "R10": ("Information Requested - Grievance or Hearing",),
    "R11": ("Information Requested - Prepayment Review",),
    "R12": ("Information Requested - Procedure",),
    "R13": ("Documents Received - Cannot Be Read",),
    "R14": ("Documents Received - Not Those Requested",),
    "R15": ("Information Requested - Work Injury",),
    "R16": ("Information Requested - Enrollment",),
    "R17": ("Information Requested - Replaces Earlier Request",),
    "F0": ("Finalized - Detail to Follow",),
    "F1": ("Paid", "Paid - See RA"),
    "F2": ("Denied", "Denied - See EOB"),
    "F3": ("Adjusted", "Adjustment Finalized"),
    "F3F": ("Paid - Crossed Over",),
    "F3N": ("Paid - Not Crossed Over",),
    "F4": ("Zero Paid", "Finalized - Zero Paid"),
    "E0": ("Inquiry Error - Resubmit",),
    "E1": ("Status Not Available",),
}

HINTED_TEXTS = {
    # why a finalised claim was revised: the portal's word for it, category F3
    "replaced": "Adjusted - Replaced",
    "voided": "Voided",
    "reversal": "Void Transaction",
}

AMBIGUOUS_TEXTS = ("Finalized", "Adjudicated")
"""Words for any finalised claim: only the money and the lines say paid, denied or zero paid."""

UNMAPPED_TEXTS = (
    "Recycled - Tier 4",
    "Mass Adjustment Staged",
    "Hold Code 77 Released",
    "To Be Paid - Recalculated",
)
"""Words this portal began to use this week; nobody has been told what they mean."""


def status_text(claim: Claim, *, unmapped: bool = False) -> str:
    """The words shown for this claim, always the same for one claim."""
    if unmapped or claim.wording == "unmapped":
        return _one_of(UNMAPPED_TEXTS, claim)
    if claim.text_hint:
        return HINTED_TEXTS[claim.text_hint]
    if claim.wording == "ambiguous":
        return _one_of(AMBIGUOUS_TEXTS, claim)
    return _one_of(STATUS_TEXTS[claim.category], claim)


def _one_of(texts: tuple[str, ...], claim: Claim) -> str:
    digest = hashlib.sha256(claim.payer_claim_number.encode()).digest()
    return texts[digest[1] % len(texts)]
