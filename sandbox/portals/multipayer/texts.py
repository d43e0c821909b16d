"""The words in which payers on Practice Exchange tell a claim's status; the category code is never shown."""

import hashlib

from sandbox.truth.model import Claim

STATUS_TEXTS: dict[str, tuple[str, ...]] = {
    # claim status category: the site's words for it
    "A0": ("Routed to another payer",),
    "A1": ("Received by payer", "Receipt acknowledged"),
    "A2": ("Accepted into adjudication", "Accepted by payer"),
    "A3": ("Rejected at intake", "Not accepted - unprocessable"),
    "A5": ("Divided into several claims",),
    "A6": ("Rejected - data missing",),
    "A7": ("Rejected - data not valid", "Edit rejection"),
    "A8": ("Rejected - data conflict",),
    "P0": ("Pended",),
    "P1": ("Processing", "Being adjudicated"),
    "P2": ("Pended for review", "Clinical review"),
    "P3": ("Awaiting provider documents", "Pended - provider response needed"),
    "P4": ("Awaiting member response",),
    "P5": ("Payer hold",),
    "R0": ("Request: information",),
    "R1": ("Request: entity information",),
    "R3": ("Request: claim or line information",),
    "R4": ("Request: documentation",),
    "R5": ("Request: more specific information",),
    "R6": ("Request: regulatory information",),
    "R7": ("Request: coverage information",),
    "R8": ("Request: coverage exception",),
    "R9": ("Request: medical necessity",),
    "R10": ("Request: grievance support",),
    "R11": ("Request: pre-payment review",),
    "R12": ("Request: procedure justification",),
    "R13": ("Reply not readable",),
    "R14": ("Reply not as requested",),
    "R15": ("Request: workers' compensation",),
    "R16": ("Request: eligibility",),
    "R17": ("Request replaced",),
    "F0": ("Adjudicated", "Adjudicated - remittance to follow"),
    "F1": ("Finalized/Payment", "Payment made", "Paid in full or part"),
    "F2": ("Finalized/Denial", "Claim denied"),
    "F3": ("Finalized/Revised", "Reprocessed"),
    "F3F": ("Finalized/Forwarded",),
    "F3N": ("Finalized/Not forwarded",),
    "F4": ("Finalized/No payment", "Adjudicated - zero payment"),
    "E0": ("Response error - send the inquiry again",),
    "E1": ("Payer system unavailable",),
}

HINTED_TEXTS = {
    # why a finalised claim was revised: the site's word for it, category F3
    "replaced": "Replaced by corrected claim",
    "voided": "Claim voided",
    "reversal": "Reversal of prior claim",
}

AMBIGUOUS_TEXTS = ("Finalized", "Processing complete")
"""Words for any finalised claim: only the money and the lines say paid, denied or nothing due."""

UNMAPPED_TEXTS = (
    "Sent to queue 14",
    "Recycled - pass 3",
    "Reprice hold removed",
    "Paid - estimate only",
)
"""Words that payers began to use here this week; nobody has been told what they mean."""


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
    digest = hashlib.sha256(f"exchange:{claim.payer_claim_number}".encode()).digest()
    return texts[digest[0] % len(texts)]
