"""The names under which appeals are found on a portal's pages, filled in, and read."""

START, SUBMIT, DOCUMENT = "appeal-start", "appeal-submit", "appeal-document"
"""The form on the claim's own page that begins an appeal (nothing to fill in, one press), the one on the review page
whose button files it, and the one that takes one document."""

LIST = "appeal-list"
"""The form that leads to the portal's own list of appeals."""

APPEALS, APPEAL, REVIEW, RECEIPT = "appeals", "appeal", "appeal-review", "appeal-receipt"
"""The views: the portal's own list (with a table of the same name), one appeal of it, what is about to be filed, and
what the portal says when it was."""

REVIEW_REQUIRED = ("payer_claim_number",)
REVIEW_FIELDS = (
    *REVIEW_REQUIRED,
    "patient_name",
    "last_name",
    "first_name",
    "member_id",
    "birth_date",
    "level",
    "reason",
    "lines",
    "amount",
    "argument",
    "attachments",
    "reference",
)
"""Fields of the review page. Each that is shown must say what the intent says; `lines` and `attachments` are lists
(line numbers; file names), `level` and `reason` are mapped to our codes. Beside the claim number, the review must show
the amount, the argument, or the reason and the lines: enough to know this appeal from another of the same claim; and
the documents where any are given."""

REVIEW_TABLES = {"lines": ("line_number", "contested", "amount"), "attachments": ("filename", "kind", "size")}
"""The same as tables. Every row of `lines` counts, unless a column `contested` (yes or no) says which do."""

RECEIPT_REQUIRED: tuple[str, ...] = ()
RECEIPT_FIELDS = ("confirmation", "confirmation_later", "payer_claim_number", "filed_on", "expected_by", "message")
"""Fields of the receipt. `confirmation` is the number; what is shown in its place while there is none ("Pending") is
`confirmation_later`, told apart by a pattern."""

LIST_REQUIRED = ("payer_claim_number",)
LIST_COLUMNS = (
    *LIST_REQUIRED,
    "confirmation",
    "confirmation_later",
    "filed_on",
    "level",
    "lines",
    "reason",
    "status",
    "reference",
)
"""Columns of the portal's list of appeals, whose rows open one appeal each."""

APPEAL_REQUIRED = ("payer_claim_number", "status")
APPEAL_FIELDS = (
    *APPEAL_REQUIRED,
    "confirmation",
    "confirmation_later",
    "level",
    "lines",
    "reference",
    "filed_on",
    "received_on",
    "expected_by",
    "decision",
    "decided_on",
    "recovered",
    "next_level_due",
)
"""Fields of one appeal's page. `status` is mapped to an AppealStanding, `decision` to a Decision; a status that says
the decision too ("Overturned") is mapped to the Decision, and means decided."""

APPEAL_TABLES = {"requests": ("what", "due")}
