"""The words in which Practice Exchange speaks of disputes: levels, reasons, documents, status, decisions, refusals."""

from collections.abc import Mapping

from sandbox.appeal_drafts import FileComplaint, FormComplaint
from sandbox.truth.appeal_rights import Level, RefusalKind

LEVELS: tuple[Level, ...] = ("first", "second")
LEVEL_TEXTS: Mapping[str, str] = {"first": "Claim appeal", "second": "Second-level appeal"}
REASON_TEXTS: Mapping[str, str] = {
    # What was paid by contract is no appeal here: questions about prices go elsewhere.
    "medical-necessity": "Medical necessity",
    "authorization": "Prior authorization on file or not required",
    "timely-filing": "Filed within the time limit",
    "coding": "Coding or bundling",
    "eligibility": "Member eligibility",
    "other": "Something else",
}
DOCUMENT_TEXTS: Mapping[str, str] = {
    "medical-records": "Medical record",
    "authorization": "Authorization confirmation",
    "proof-of-timely-filing": "Claim acknowledgement report",
    "remittance": "Remittance advice",
    "letter": "Appeal letter",
    "other": "Miscellaneous",
}
TYPE_TEXTS: Mapping[str, str] = {
    "application/pdf": "PDF",
    "image/jpeg": "JPG",
    "image/png": "PNG",
    "image/tiff": "TIF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
}
STATUS_TEXTS: Mapping[str, str] = {
    "received": "Submitted to payer",
    "in-review": "Payer review",
    "information-wanted": "Payer requests information",
    "overturned": "Completed - overturned",
    "partly": "Completed - partially overturned",
    "upheld": "Completed - upheld",
    "dismissed": "Completed - dismissed",
    "withdrawn": "Withdrawn",
}
DECISION_TEXTS: Mapping[str, str] = {
    "overturned": "Denial overturned",
    "partly": "Denial partially overturned",
    "upheld": "Denial upheld",
    "dismissed": "Dispute dismissed",
}
REFUSAL_TEXTS: Mapping[RefusalKind, str] = {
    "not-appealable": "This is not an appealable denial.",
    "duplicate": "The payer already has a dispute for this claim. Duplicate disputes are not accepted.",
    "window-closed": "The payer's time limit for disputes of this claim has ended.",
    "line-paid": "A service line that you selected was paid. Pricing questions are not appeals: call the payer.",
}
TOLD_AT_ONCE: tuple[RefusalKind, ...] = ("not-appealable", "window-closed")
"""Refusals that come at the press of the button on the claim, before a dispute is begun."""
FILE_COMPLAINTS: Mapping[FileComplaint, str] = {
    "wrong-type": "Files of this type are not accepted.",
    "too-small": "The file must be larger than 3 KB.",
    "too-large": "The file is larger than the limit.",
    "too-many": "The dispute has as many files as it can have.",
    "too-large-together": "The files of this dispute are larger than the limit together.",
    "same-name": "The dispute has a file of this name already.",
    "no-file": "Choose a file first.",
}
FORM_COMPLAINTS: Mapping[FormComplaint, str] = {
    "no-level": "Choose the level.",
    "no-lines": "Select at least one service line.",
    "one-line-only": "Select one service line.",
    "no-amount": "Amount in dispute: enter dollars and cents, for example 148.00.",
    "no-reason": "Choose a reason.",
    "no-argument": "Enter an explanation.",
    "argument-too-long": "The explanation is longer than the limit.",
    "scanning": "A file is still being checked for viruses. Try again in a minute.",
}
LINES_STEP: tuple[FormComplaint, ...] = ("no-level", "no-lines", "one-line-only", "no-amount")
REASON_STEP: tuple[FormComplaint, ...] = ("no-reason", "no-argument", "argument-too-long")
TOO_MUCH = "The amount in dispute is more than was billed for the lines that you selected."
NO_KIND = "Choose the kind of document."
SEARCH_LACKS = "Fill in all fields of the search option."
NO_OPTION = "Choose how you want to search."
NO_DISPUTES = "No disputes were found for your search."
NONE_LEFT = "No disputes pass the filter."
FILTERS: Mapping[str, str] = {"mine": "My submissions only", "last-30-days": "Submitted in the last 30 days"}
PENDING = "Pending"
