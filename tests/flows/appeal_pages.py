"""A portal that takes appeals, page by page: the list, the claim, the forms, the review, the receipt."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from flows.appeal_rules import AppealRules, UploadRules
from flows.outcomes import Stop
from flows.portal import Followed, Means, Normal, Reading, Row
from flows.questions import (
    Appeal,
    AppealLevel,
    AppealReason,
    AppealStatus,
    Attachment,
    AttachmentKind,
    Contest,
    Filed,
)
from tests.flows import scripted_portal
from tests.flows.played_portal import PlayedPortal
from tests.flows.scripted_portal import LISTED, PAID, cells, detail

Fields = Mapping[str, Normal | None]

CLAIM = scripted_portal.QUESTION.claim.model_copy(update={"payer_claim_number": "C1"})
ARGUMENT = "The visit was for another problem than the procedure.\n\nModifier 25 was billed."
RECORDS = Attachment(
    kind=AttachmentKind.MEDICAL_RECORDS,
    filename="records-1.pdf",
    content_type="application/pdf",
    sha256="ab" * 32,
    size=40_960,
    pages=3,
)
LETTER = RECORDS.model_copy(update={"kind": AttachmentKind.LETTER, "filename": "letter-1.pdf", "sha256": "cd" * 32})
QUESTION = Appeal(
    portal="played",
    provider=scripted_portal.QUESTION.provider,
    patient=scripted_portal.QUESTION.patient,
    claim=CLAIM,
    contest=Contest(
        reference="PW-7F3A",
        level=AppealLevel.FIRST,
        reason=AppealReason.CODING,
        lines=("2",),
        amount=Decimal("50.00"),
        argument=ARGUMENT,
    ),
    attachments=(RECORDS, LETTER),
)
PRESSED = QUESTION.model_copy(update={"pressed": True, "pressed_at": datetime(2026, 11, 1, 20, 0, tzinfo=UTC)})
STATUS = AppealStatus(
    portal="played",
    provider=QUESTION.provider,
    patient=QUESTION.patient,
    claim=CLAIM,
    filed=Filed(
        reference="PW-7F3A",
        level=AppealLevel.FIRST,
        lines=("2",),
        confirmation="T-100",
        filed_on=date(2026, 10, 1),
    ),
)

PARTLY_DENIED: Fields = {
    **PAID,
    "allowed": Decimal("80.00"),
    "paid": Decimal("80.00"),
    "patient_responsibility": None,
    "copay": None,
}
LINES: Sequence[Fields] = (
    {
        "line_number": 1,
        "procedure": "99213",
        "billed": Decimal("100.00"),
        "allowed": Decimal("80.00"),
        "paid": Decimal("80.00"),
        "adjustments": ("CO-45 $20.00",),
    },
    {
        "line_number": 2,
        "procedure": "20610",
        "billed": Decimal("50.00"),
        "allowed": Decimal("0.00"),
        "paid": Decimal("0.00"),
        "adjustments": ("CO-97 $50.00",),
    },
)

REVIEW: Fields = {
    "payer_claim_number": "C1",
    "patient_name": "OBRIEN VALE, ADA M",
    "member_id": "xs1234567 01",
    "level": "first",
    "reason": "coding",
    "lines": ("2",),
    "amount": Decimal("50.00"),
    "argument": ARGUMENT.replace("\n\n", " "),
    "attachments": ("letter-1.pdf", "records-1.pdf"),
    "reference": "pw-7f3a",
}
RECEIPT: Fields = {
    "payer_claim_number": "C1",
    "confirmation": "T-100",
    "filed_on": date(2026, 11, 2),
    "expected_by": date(2026, 12, 31),
}
IN_LIST: Fields = {"confirmation": "T-100", "payer_claim_number": "C1"}
ON_PAGE: Fields = {
    "payer_claim_number": "C1",
    "patient_name": "OBRIEN VALE, ADA M",
    "confirmation": "T-100",
    "level": "first",
    "lines": ("2",),
    "filed_on": date(2026, 11, 1),
    "expected_by": date(2026, 12, 31),
    "status": "in-review",
}


def page(view: str, fields: Fields, **tables: Sequence[Fields]) -> Reading:
    """One view as it was read."""
    return Reading(view=view, fields=cells(fields), tables={name: rows(*found) for name, found in tables.items()})


def rows(*found: Fields) -> tuple[Row, ...]:
    """The rows of a table."""
    return tuple(Row(page=0, index=index, cells=cells(row)) for index, row in enumerate(found))


def portal(
    *listed: tuple[Fields, Fields | Reading],
    claim: Reading | None = None,
    review: Fields | Reading = REVIEW,
    receipt: Reading | Stop | None = None,
    rules: AppealRules | None = None,
    **forms: Followed | Stop,
) -> PlayedPortal:
    """A portal whose list holds these appeals (row, and page behind it); keywords, with `_` for `-`, replace what
    follows a form."""
    steps: dict[str, Followed | Stop] = {
        "claim-search": Followed(view="claims"),
        "appeal-list": Followed(view="appeals") if listed else Followed(means=Means.NOT_FOUND),
        "appeal-start": Followed(view="appeal-lines"),
        "appeal-lines": Followed(view="appeal-documents"),
        "appeal-document": Followed(view="appeal-documents"),
        "appeal-documents-done": Followed(view="appeal-review"),
        "appeal-submit": Followed(view="appeal-receipt"),
        **{name.replace("_", "-"): followed for name, followed in forms.items()},
    }
    pages = {str(row["confirmation"]): (Followed(view="appeal"), _appeal(behind)) for row, behind in listed}
    return PlayedPortal(
        forms={name: [followed] for name, followed in steps.items()},
        views={
            "claims": [Reading(view="claims", fields={}, tables={"claims": rows(LISTED)})],
            "appeals": [Reading(view="appeals", fields={}, tables={"appeals": rows(*(row for row, _ in listed))})],
            "appeal-review": [review if isinstance(review, Reading) else page("appeal-review", review)],
            "appeal-receipt": [receipt or page("appeal-receipt", RECEIPT)],
        },
        picked={**pages, "C1": (Followed(view="claim"), claim or detail(PARTLY_DENIED, LINES))},
        appeals=rules
        or AppealRules(
            forms=("appeal-lines", "appeal-document", "appeal-documents-done"), uploads=UploadRules(most=10)
        ),
    )


def _appeal(behind: Fields | Reading) -> Reading:
    return behind if isinstance(behind, Reading) else page("appeal", behind)
