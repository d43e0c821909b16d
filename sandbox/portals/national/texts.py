"""The words in which Practice National Health tells a claim's status; it never shows the category code."""

import hashlib

from sandbox.truth.model import Claim

STATUS_TEXTS: dict[str, tuple[str, ...]] = {
    # claim status category: the portal's words for it
    "A0": ("Forwarded to another entity",),
    "A1": ("Received", "Acknowledged - not yet accepted"),
    "A2": ("Accepted for adjudication", "Accepted"),
    "A3": ("Returned - unprocessable", "Rejected - not accepted"),
    "A5": ("Split claim - see related claims",),
    "A6": ("Rejected - information missing",),
    "A7": ("Rejected - invalid information", "Front-end rejection - invalid data"),
    "A8": ("Rejected - fields in conflict",),
    "P0": ("Pending",),
    "P1": ("In process", "In adjudication"),
    "P2": ("In review", "Under medical review"),
    "P3": ("Pending - provider information requested", "Pended for records"),
    "P4": ("Pending - information requested from patient",),
    "P5": ("On hold - payer administrative",),
    "R0": ("Additional information requested",),
    "R1": ("Information requested - provider or other party",),
    "R3": ("Information requested - claim or line",),
    "R4": ("Information requested - documentation",),
    "R5": ("Information requested - more specific detail",),
    "R6": ("Information requested - regulatory",),
    "R7": ("Information requested - plan coverage",),
    "R8": ("Information requested - coverage exception",),
    "R9": ("Information requested - medical necessity",),
    "R10": ("Information requested - grievance or appeal",),
    "R11": ("Information requested - pre-payment review",),
    "R12": ("Information requested - procedure code",),
    "R13": ("Documents received - not readable",),
    "R14": ("Documents received - not as requested",),
    "R15": ("Information requested - workers' compensation",),
    "R16": ("Information requested - eligibility",),
    "R17": ("Information requested - replaces prior request",),
    "F0": ("Finalized", "Finalized - details to follow"),
    "F1": ("Paid", "Finalized - paid", "Payment issued"),
    "F2": ("Denied", "Finalized - denied"),
    "F3": ("Finalized - revised", "Adjusted"),
    "F3F": ("Finalized - forwarded to secondary payer",),
    "F3N": ("Finalized - not forwarded",),
    "F4": ("Finalized - no payment", "Complete - no payment due"),
    "E0": ("Inquiry error - submit again",),
    "E1": ("Status unavailable - system",),
}

HINTED_TEXTS = {
    # why a finalised claim was revised: the portal's word for it, category F3
    "replaced": "Replaced",
    "voided": "Voided",
    "reversal": "Void processed",
}

AMBIGUOUS_TEXTS = ("Processed", "Completed")
"""Words for any finalised claim: only the money and the lines say paid, denied or nothing due."""

UNMAPPED_TEXTS = (
    "Adjudication suspended - cycle 9",
    "Routed to tier 2 workstream",
    "Batch hold released",
    "Paid pending recalculation",
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
    return texts[digest[0] % len(texts)]
