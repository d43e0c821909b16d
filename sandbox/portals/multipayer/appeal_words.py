"""The captions of the appeals application and the order of its parts, by version of the pages."""

from typing import Any

Words = dict[str, Any]
Pairs = list[list[str]]

TEXT: Words = {
    "appeals": "Appeals",
    "appealsAbout": "Complete the disputes that you began, and follow those that payers have.",
    "disputeClaim": "Dispute claim",
    "beginning": "Adding to your worklist",
    "appealsHeading": "Appeals",
    "appealsLead": "Choose a payer and a provider, then how you want to search.",
    "findDisputes": "Find disputes",
    "disputesHeading": "Disputes",
    "disputes": "Disputes",
    "loadingDisputes": "Loading disputes",
    "openWorklist": "Open worklist",
    "worklistHeading": "Appeals worklist",
    "worklist": "Disputes to complete",
    "added": "The dispute was added to your worklist. Complete it to send it to the payer.",
    "complete": "Complete dispute",
    "continueDispute": "Continue",
    "nothingToDo": "There are no disputes to complete.",
    "gone": "This dispute is not in your worklist.",
    "workHeading": "Complete dispute",
    "steps": {
        "lines": "Service lines in dispute",
        "reason": "Reason and explanation",
        "documents": "Supporting documents",
    },
    "aboutClaim": "Claim",
    "aboutPatient": "Patient",
    "level": "Level of dispute",
    "choose": "Choose",
    "linesHint": "Select only the lines that you dispute.",
    "selectAll": "Select all",
    "line": "Line",
    "amount": "Amount in dispute",
    "reason": "Reason",
    "explanation": "Explanation",
    "charactersLeft": "characters at most",
    "ownReference": "Your reference",
    "kind": "Type of document",
    "addDocument": "Add document",
    "cancel": "Cancel",
    "change": "Change",
    "chooseFile": "Choose file",
    "noFile": "No file chosen",
    "upload": "Upload",
    "uploading": "Uploading",
    "saving": "Saving",
    "remove": "Remove",
    "noFiles": "No documents are attached.",
    "back": "Back",
    "nextStep": "Next",
    "reviewHeading": "Review dispute",
    "submit": "Submit dispute",
    "submitting": "Submitting",
    "refusedHeading": "Dispute not accepted",
    "refusedNote": "Nothing was sent to the payer.",
    "receiptHeading": "Dispute submitted",
    "receiptNote": "The payer has received your dispute. Please do not ask about it in the first 14 days.",
    "toDisputes": "Go to disputes",
    "disputeDetail": "Dispute details",
    "letter": "View letter",
    "noDecision": "The payer has not decided yet.",
    "nothingWanted": "The payer needs nothing from you.",
    "disputeSections": {
        "dispute": "Dispute",
        "member": "Member",
        "argument": "Explanation",
        "files": "Documents",
        "progress": "Progress",
        "wanted": "Information needed",
        "decision": "Decision",
        "receipt": "Receipt",
    },
}

_COLUMNS: Pairs = [
    ["Dispute ID", "number"],
    ["Claim number", "claimNumber"],
    ["Patient", "patient"],
    ["Level", "level"],
    ["Lines", "lines"],
    ["Submitted", "submitted"],
    ["Your reference", "ownReference"],
    ["Dispute status", "status"],
]
_WAITING: Pairs = [
    ["Claim number", "claimNumber"],
    ["Patient", "patient"],
    ["Level", "level"],
    ["Started", "started"],
    ["Complete", "open"],
]
_LINES: Pairs = [
    ["Select", "box"],
    ["Line", "number"],
    ["Procedure", "procedure"],
    ["Date", "date"],
    ["Billed", "billed"],
    ["Paid", "paid"],
    ["Adjustments", "adjustments"],
    ["Remarks", "remarks"],
]
_FILES: Pairs = [["File name", "name"], ["Document type", "kind"], ["Size", "size"], ["Virus check", "check"]]
_FIELDS: dict[str, Pairs] = {
    "dispute": [
        ["Level", "level"],
        ["Claim control number", "claimNumber"],
        ["Lines", "lines"],
        ["Amount in dispute", "amount"],
        ["Reason", "reason"],
        ["Your reference", "ownReference"],
    ],
    "member": [
        ["Member ID", "memberId"],
        ["Last name", "lastName"],
        ["First name", "firstName"],
        ["Date of birth", "birthDate"],
    ],
    "receipt": [
        ["Dispute ID", "number"],
        ["Level", "level"],
        ["Claim control number", "claimNumber"],
        ["Submitted", "submitted"],
        ["Decision expected by", "expected"],
    ],
    "progress": [
        ["Dispute status", "status"],
        ["Submitted", "submitted"],
        ["Decision expected by", "expected"],
        ["Documents received", "files"],
    ],
    "wanted": [["Needed", "what"], ["Needed by", "due"]],
    "decision": [
        ["Decision", "decision"],
        ["Decided", "decided"],
        ["Additional payment", "recovered"],
        ["Next level due", "nextDue"],
    ],
}
_NUMBER: Pairs = [["Dispute ID", "number"]]
_REVIEW = ["dispute", "member", "argument", "files"]
_DETAIL = ["dispute", "member", "progress", "wanted", "decision"]

REWORDED: Words = {
    "disputeClaim": "Start a dispute",
    "appealsHeading": "Dispute search",
    "findDisputes": "Show disputes",
    "disputesHeading": "Disputes found",
    "worklistHeading": "Disputes in progress",
    "complete": "Go on with dispute",
    "workHeading": "Your dispute",
    "amount": "Disputed amount",
    "explanation": "Why you disagree",
    "ownReference": "Your file number",
    "kind": "What it is",
    "upload": "Add file",
    "nextStep": "Go on",
    "reviewHeading": "Check your dispute",
    "submit": "Send dispute to payer",
    "receiptHeading": "Dispute sent",
    "disputeDetail": "Dispute information",
    "letter": "Open letter",
}
"""What version 2 says otherwise."""
RENAMED = {
    "Dispute ID": "Dispute number",
    "Dispute status": "Where it stands",
    "Level": "Kind of dispute",
    "Lines": "Services",
    "Submitted": "Sent on",
    "Your reference": "Your file number",
    "Amount in dispute": "Disputed amount",
    "Decided": "Decision date",
    "Additional payment": "Paid after dispute",
    "All disputes": "Everything",
}
"""Captions that version 2 replaces, besides those of the other applications."""


def appeals(version: int, renamed: dict[str, str]) -> dict[str, Any]:
    """Fields, columns and their order; `renamed` are the captions that version 2 replaces."""

    def placed(pairs: Pairs, *places: int) -> Pairs:
        if version == 2:
            return [[renamed.get(caption, caption), key] for caption, key in pairs]
        return [pairs[place] for place in places] if version == 3 else pairs

    def turned(pairs: Pairs) -> Pairs:
        return placed(pairs, *reversed(range(len(pairs))))

    return {
        "appeals": {
            "columns": placed(_COLUMNS, 7, 5, 0, 3, 1, 4, 2, 6),
            "waiting": placed(_WAITING, 3, 0, 1, 2, 4),
            "lines": placed(_LINES, 1, 3, 2, 0, 5, 4, 6, 7),
            "files": placed(_FILES, 1, 0, 3, 2),
            "fields": {name: turned(pairs) for name, pairs in _FIELDS.items()},
            "number": placed(_NUMBER, 0),
            "review": ["files", "argument", "dispute", "member"] if version == 3 else _REVIEW,
            "detail": ["progress", "decision", "dispute", "wanted", "member"] if version == 3 else _DETAIL,
        },
    }
