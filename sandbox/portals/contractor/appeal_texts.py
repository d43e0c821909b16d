"""The words in which Practice Contractor Services asks for an appeal, refuses it, and tells what became of it."""

from collections.abc import Mapping

from sandbox.appeal_drafts import FileComplaint, FormComplaint
from sandbox.appeal_terms import MIB, UploadTerms
from sandbox.appeal_values import Standing
from sandbox.truth.appeal_rights import DecisionKind, Level, RefusalKind

LEVELS: Mapping[Level, str] = {
    # what is asked for: the contractor's words
    "first": "Redetermination",
    "reopening": "Reopening - clerical error",
}
REASONS: Mapping[str, str] = {
    "medical-necessity": "Service was medically necessary",
    "authorization": "Prior authorization was obtained",
    "timely-filing": "Claim was filed within the time limit",
    "coding": "Coding or modifier is correct as billed",
    "underpayment": "Payment amount is incorrect",
    "eligibility": "Beneficiary was entitled / MSP record is incorrect",
    "other": "Other",
}
KINDS: Mapping[str, str] = {
    # what a document is: the contractor's words
    "medical-records": "Medical records",
    "authorization": "Prior authorization decision",
    "proof-of-timely-filing": "Proof of timely filing",
    "remittance": "Remittance advice",
    "letter": "Provider letter",
    "other": "Other documentation",
}
REFUSALS: Mapping[RefusalKind, str] = {
    # why a request is not taken: the contractor's words
    "not-appealable": "This claim does not carry appeal rights for the type of request selected.",
    "duplicate": "A request for these services has already been received. Duplicate requests are not accepted.",
    "window-closed": "The time limit for this type of request has passed.",
    "line-paid": "A service selected has been paid as billed and cannot be disputed.",
}
OVERPAYMENT = (
    "Requests about an overpayment demand letter are not taken on this form. Use the overpayment appeal form that came "
    "with the letter."
)
STANDINGS: Mapping[Standing, str] = {
    # where a request stands: the contractor's words
    "received": "Received",
    "in-review": "In process",
    "information-wanted": "Development letter sent",
    "decided": "Closed - decision issued",
}
DECISIONS: Mapping[DecisionKind, str] = {
    "overturned": "Fully favorable",
    "partly": "Partially favorable",
    "upheld": "Unfavorable",
    "dismissed": "Dismissed",
}
COMPLAINTS: Mapping[FormComplaint, str] = {
    # what a step still lacks: the contractor's words
    "no-level": "Select the type of request.",
    "no-reason": "Select a reason for the request.",
    "no-lines": "Check at least one service line.",
    "one-line-only": "Check one service line only.",
    "no-amount": "Enter the amount in dispute in dollars and cents.",
    "no-argument": "Enter an explanation.",
    "argument-too-long": "The explanation is too long.",
    "scanning": "A document is still being checked for viruses. Wait a moment and continue.",
}
FILE_COMPLAINTS: Mapping[FileComplaint, str] = {
    # why a document is not taken: the contractor's words
    "wrong-type": "The file type is not accepted.",
    "too-small": "The file is too small to be a document.",
    "too-large": "The file is larger than the largest size that is accepted.",
    "too-many": "No more documents can be attached to this request.",
    "too-large-together": "The documents of this request are too large together.",
    "same-name": "A document with this file name is attached already.",
    "no-file": "Select the document type and a file.",
}
TYPE_NAMES = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF"}


def upload_rules(terms: UploadTerms) -> tuple[str, ...]:
    """What the page tells of the documents that it takes."""
    types = ", ".join(TYPE_NAMES[one] for one in terms.content_types)
    return (
        f"Accepted file type: {types}. Attach one document at a time, at most {terms.most} documents.",
        f"Each document may have at most {terms.largest // MIB} MB, all documents together at most "
        f"{terms.most_together // MIB} MB.",
    )


PENDING = "Pending"
"""In the place of a number that has not been assigned."""
WHOLE_CLAIM = "--"
"""In the place of the lines, when the claim as a whole is disputed."""
FILTERS = {
    "mine": "Filter: requests submitted under your own User ID.",
    "last-30-days": "Filter: requests submitted in the last 30 days.",
}
