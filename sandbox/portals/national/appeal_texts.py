"""The words in which Practice National Health speaks of disputes: levels, reasons, documents, status, refusals."""

from collections.abc import Mapping

from sandbox.appeal_drafts import FileComplaint, FormComplaint

LEVEL_TEXTS: Mapping[str, str] = {"first": "Reconsideration request", "second": "Formal appeal"}
LEVEL_NOTES: Mapping[str, str] = {
    "first": "Ask us to look at a denied or underpaid line again.",
    "second": "If you disagree with the outcome of a reconsideration.",
}
OTHER_CHOICES = (
    # what the page always shows and never offers: value in the form, text, why not
    ("corrected", "Corrected claim", "Send corrected claims through your clearinghouse."),
    ("documents", "Send requested documents", "No documents are outstanding for this claim."),
)
REASON_TEXTS: Mapping[str, str] = {
    "medical-necessity": "The service was clinically appropriate",
    "authorization": "Authorization was approved or not needed",
    "timely-filing": "The claim reached you in time",
    "coding": "Procedure or modifier was billed correctly",
    "underpayment": "Paid below the contract amount",
    "eligibility": "The member was covered on the date of service",
    "other": "Another reason",
}
DOCUMENT_TEXTS: Mapping[str, str] = {
    "medical-records": "Clinical records",
    "authorization": "Approval letter",
    "proof-of-timely-filing": "Proof of submission",
    "remittance": "Explanation of payment",
    "letter": "Cover letter",
    "other": "Other document",
}
TYPE_TEXTS: Mapping[str, str] = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/tiff": "TIFF"}
FILE_COMPLAINTS: Mapping[FileComplaint, str] = {
    "wrong-type": "This type of file cannot be added.",
    "too-small": "The file is too small to be a document.",
    "too-large": "The file is too large.",
    "too-many": "No more documents can be added to this request.",
    "too-large-together": "The documents of this request are too large together.",
    "same-name": "A document of this name was added already.",
    "no-file": "Choose a file to add.",
}
STATUS_TEXTS: Mapping[str, str] = {
    "received": "Ticket open",
    "in-review": "With a reviewer",
    "information-wanted": "Action needed",
    "overturned": "Closed - approved",
    "partly": "Closed - approved in part",
    "upheld": "Closed - original decision stands",
    "dismissed": "Closed - not reviewed",
    "withdrawn": "Closed - taken back",
}
DECISION_TEXTS: Mapping[str, str] = {
    "overturned": "Approved",
    "partly": "Approved in part",
    "upheld": "Original decision stands",
    "dismissed": "Dismissed without review",
}
REFUSAL_TEXTS: Mapping[str, str] = {
    "not-appealable": "This claim is outside the dispute process. Call Provider Services about it.",
    "duplicate": "You already have a request for this claim. Look for its ticket under Track requests.",
    "window-closed": "The time to dispute this claim has passed.",
    "line-paid": "A line that you ticked was paid as billed to the contract and cannot be disputed.",
}
GREYED = ("not-appealable", "window-closed")
"""Refusals that show before anything is filled in: the choice is grey, with the reason beside it."""
FILTER_TEXTS: Mapping[str, str] = {
    "action": "Requests that need your action",
    "open": "Open requests",
    "all": "All requests",
}
FIRST_FILTER = "action"
NO_CHOICE = "Choose what you would like to do."
NO_KIND = "Select the kind of document."
NOT_OFFERED = "Not available for this claim."
TOO_MUCH = "The amount in dispute may not be more than the charge of the lines that you ticked."
FORM_COMPLAINTS: Mapping[FormComplaint, str] = {
    "no-level": NO_CHOICE,
    "no-lines": "Tick at least one line.",
    "one-line-only": "Tick one line.",
    "no-amount": "Enter the amount in dispute in dollars and cents, such as 148.00.",
    "no-reason": "Select a reason for dispute.",
    "no-argument": "Explain why you disagree.",
    "argument-too-long": "The explanation is too long.",
    "scanning": "A document is still being scanned for viruses. Wait a moment, then continue.",
}
LINES_STEP: tuple[FormComplaint, ...] = ("no-lines", "one-line-only", "no-amount")
REASON_STEP: tuple[FormComplaint, ...] = ("no-reason", "no-argument", "argument-too-long")
