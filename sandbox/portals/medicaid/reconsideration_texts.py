"""The words in which Practice State Medical Assistance speaks of reconsiderations: reasons, status, refusals."""

from collections.abc import Mapping

from sandbox.appeal_drafts import FileComplaint, FormComplaint

REASON_TEXTS: Mapping[str, str] = {
    "01": "Medical need documented",
    "02": "Prior authorization on file or not required",
    "03": "Submitted within the filing limit",
    "04": "Procedure or modifier billed correctly",
    "05": "Payment amount incorrect",
    "06": "Member eligible on date of service",
    "99": "Other",
}
DOCUMENT_TEXTS: Mapping[str, str] = {
    "MR": "Medical Records",
    "PA": "Prior Authorization Notice",
    "TF": "Proof of Timely Filing",
    "RA": "Remittance Advice",
    "LT": "Letter",
    "OT": "Other Attachment",
}
TYPE_TEXTS: Mapping[str, str] = {"application/pdf": "PDF", "image/tiff": "TIFF"}
REQUEST_TYPE = "Reconsideration"
"""The one level that this program takes in its portal; a fair hearing is asked for by mail."""

STATUS_TEXTS: Mapping[str, str] = {
    "received": "Received",
    "in-review": "In Review",
    "information-wanted": "Suspended - Records Needed",
    "overturned": "Finalized - Denial Reversed",
    "partly": "Finalized - Reversed in Part",
    "upheld": "Finalized - Denial Upheld",
    "dismissed": "Returned Without Review",
}
DECISION_TEXTS: Mapping[str, str] = {
    "overturned": "Reversed",
    "partly": "Reversed in Part",
    "upheld": "Upheld",
    "dismissed": "Dismissed",
}
REFUSAL_TEXTS: Mapping[str, str] = {
    "not-appealable": "This ICN is not eligible for reconsideration.",
    "duplicate": "A reconsideration of this ICN and line is already on file.",
    "window-closed": "The limit for reconsideration of this ICN has passed.",
    "line-paid": "The line selected has paid and cannot be reconsidered.",
}
FILE_COMPLAINTS: Mapping[FileComplaint, str] = {
    "wrong-type": "Files of this type are not accepted.",
    "too-small": "The file is empty.",
    "too-large": "The file is larger than 4 MB.",
    "too-many": "A request can have 3 attachments at most.",
    "too-large-together": "The attachments of a request can have 10 MB together.",
    "same-name": "A file of this name is already attached.",
    "no-file": "A file is required.",
}
FORM_COMPLAINTS: Mapping[FormComplaint, str] = {
    "no-level": "Request type is required.",
    "no-lines": "A line is required.",
    "one-line-only": "Only one line can be reconsidered with each request.",
    "no-amount": "Amount requested must be entered as dollars and cents.",
    "no-reason": "Reason is required.",
    "no-argument": "Statement is required.",
    "argument-too-long": "Statement may have 1000 characters at most.",
    "scanning": "An attachment is being scanned for viruses. Continue in a few moments.",
}
NO_KIND = "Attachment type is required."
TOO_MUCH = "Amount requested may not be more than the amount billed for the line."
NO_NUMBER = "PENDING"
UNDECIDED = "No decision has been made on this request."
