"""The words in which Practice Contractor Services tells a claim's status; the list only knows pending and processed."""

import hashlib

from sandbox.truth.model import Claim

DISPOSITIONS: dict[str, tuple[str, ...]] = {
    # claim status category: the contractor's words for it on the claim's own window
    "A0": ("Transferred to another contractor",),
    "A1": ("Receipt acknowledged", "Received - edits not run"),
    "A2": ("Passed front-end edits", "Accepted into claims system"),
    "A3": ("Return to provider", "Unprocessable - returned"),
    "A5": ("Claim split during processing",),
    "A6": ("Return to provider - required data missing",),
    "A7": ("Return to provider - invalid data", "Unprocessable - invalid data"),
    "A8": ("Return to provider - related fields inconsistent",),
    "P0": ("Pending", "Pending - no action required"),
    "P1": ("Claim in processing", "In adjudication cycle"),
    "P2": ("Suspended for medical review", "Suspended for manual review"),
    "P3": ("Development letter sent to provider", "Suspended - awaiting records"),
    "P4": ("Development letter sent to beneficiary",),
    "P5": ("Suspended - contractor system hold",),
    "R0": ("ADR issued",),
    "R1": ("ADR issued - provider or other entity",),
    "R3": ("ADR issued - claim or line level",),
    "R4": ("ADR issued - documentation",),
    "R5": ("ADR issued - more specific detail",),
    "R6": ("ADR issued - regulatory information",),
    "R7": ("ADR issued - coverage plan",),
    "R8": ("ADR issued - coverage exception",),
    "R9": ("ADR issued - medical necessity",),
    "R10": ("ADR issued - grievance or appeal",),
    "R11": ("ADR issued - pre-payment review",),
    "R12": ("ADR issued - procedure code support",),
    "R13": ("ADR response received - illegible",),
    "R14": ("ADR response received - not the records requested",),
    "R15": ("ADR issued - workers' compensation",),
    "R16": ("ADR issued - eligibility",),
    "R17": ("ADR reissued - replaces earlier letter",),
    "F0": ("Finalized - payment detail not yet posted",),
    "F1": ("Approved for payment", "Paid in full or in part"),
    "F2": ("Denied", "Denied - no payment can be made"),
    "F3": ("Adjustment finalized",),
    "F3F": ("Finalized - crossed over to supplemental insurer",),
    "F3N": ("Finalized - crossover not performed",),
    "F4": ("Finalized - no Part B payment due", "Approved - applied in full to patient share"),
    "E0": ("Inquiry not completed - resubmit inquiry",),
    "E1": ("Claims history file not available",),
}

HINTED = {
    # why a finalised claim was revised: the contractor's words for it, category F3
    "replaced": "Adjusted - see adjustment claim",
    "voided": "Cancelled - see cancel claim",
    "reversal": "Cancel claim finalized",
}

AMBIGUOUS = ("Processed", "Processing complete")
"""Words for any finalised claim: only the money and the lines say paid, denied or nothing due."""

UNMAPPED = (
    "Location B9997 - cycle hold",
    "Recycled to CWF - trailer 39",
    "Approved pending MBI crosswalk",
    "Denied pending recoding",
)
"""Words this contractor began to use this week; nobody has been told what they mean."""


def list_status(claim: Claim) -> str:
    """The list's word: everything that is decided, paid or denied or neither, is "Processed"."""
    return "Processed" if claim.finalised_date is not None else "Pending"


def disposition(claim: Claim, *, unmapped: bool = False) -> str:
    """The words on the claim's own window, always the same for one claim."""
    if unmapped or claim.wording == "unmapped":
        return _one_of(UNMAPPED, claim)
    if claim.text_hint:
        return HINTED[claim.text_hint]
    if claim.wording == "ambiguous":
        return _one_of(AMBIGUOUS, claim)
    return _one_of(DISPOSITIONS[claim.category], claim)


def _one_of(texts: tuple[str, ...], claim: Claim) -> str:
    digest = hashlib.sha256(f"contractor.{claim.payer_claim_number}".encode()).digest()
    return texts[digest[0] % len(texts)]
