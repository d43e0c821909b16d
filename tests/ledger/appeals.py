"""Appeals of a small office, and what portals say about them, for the ledger's tests."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flows.answers import (
    AppealFiled,
    AppealNotListed,
    AppealRefused,
    AppealStanding,
    AppealState,
    Decision,
    Normalised,
    Refusal,
)
from flows.appeal_rules import AppealRules
from flows.outcomes import Code, Ending, Outcome
from flows.questions import AppealLevel, AppealReason, Attachment, AttachmentKind
from ledger import appeals, models
from ledger.accounts import Actor
from ledger.appeals import AppealDraft, AppealKind, KeptDeadline
from ledger.document_files import SealedDocument
from tests.ledger.office import NOW, PORTAL, bring_in, ended
from tests.ledger.payments import sealed
from tests.ledger.visits import answered

RULES = AppealRules(listed_after_hours=24, first_check_days=14, decision_days=60)
ARGUMENT = "The records show that the visit was needed."
LOST = ended(Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED)
"""Pressed, and no receipt seen; or looked for, and not on the list."""


def draft_of(number: int = 1, **changed: Any) -> AppealDraft:
    """An appeal of the claim with this number: lines 1 and 3, 80.40 dollars."""
    draft = AppealDraft(
        portal=PORTAL,
        patient_account_number=f"ACCT-{number:06}",
        payer_claim_number=f"2026-{number:06}",
        level=AppealLevel.FIRST,
        reason=AppealReason.MEDICAL_NECESSITY,
        kind=AppealKind.CLINICAL,
        lines=("1", "3"),
        amount=Decimal("80.40"),
        argument=ARGUMENT,
        carcs=("50",),
        rarcs=("N115",),
        deadline=KeptDeadline(
            day=date(2026, 6, 30),
            rule="medicare-redetermination",
            anchor="receipt",
            anchor_date=date(2026, 3, 2),
            source="42 CFR 405.942",
        ),
        rules=RULES,
    )
    return draft.model_copy(update=changed)


def drafted(actor: Actor, number: int = 1, now: datetime = NOW, **changed: Any) -> int:
    """The claim with this number is on the work list, and an appeal of it drafted; the appeal's number."""
    if not models.Claim.objects.filter(patient_account_number=f"ACCT-{number:06}").exists():
        bring_in([number], actor, now)
    return appeals.draft(draft_of(number, **changed), actor, now)


def approve(number: int, actor: Actor, now: datetime = NOW, rules: AppealRules = RULES) -> None:
    """As somebody does who has just looked at it."""
    seen = appeals.get(actor.practice_id, number).digest
    appeals.approve(number, actor, now, rules=rules, seen=seen)


def approved(actor: Actor, number: int = 1, now: datetime = NOW, **changed: Any) -> int:
    """Drafted and approved."""
    appeal = drafted(actor, number, now, **changed)
    approve(appeal, actor, now)
    return appeal


def document(name: str = "a") -> tuple[SealedDocument, Attachment]:
    """A document that lies sealed, and how it goes with an appeal."""
    file = sealed(name=name, kind="attachment")
    return file, Attachment(
        kind=AttachmentKind.MEDICAL_RECORDS,
        filename=f"records-{name}.pdf",
        content_type="application/pdf",
        sha256=file.sha256,
        size=file.size,
        pages=3,
    )


def filed(at: datetime = NOW, confirmation: str | None = "D-778", **changed: Any) -> Outcome:
    """The receipt was read."""
    return _said(AppealFiled(confirmation=confirmation, filed_on=at.date()), at, **changed)


def refused(refusal: Refusal = Refusal.WINDOW_CLOSED, at: datetime = NOW) -> Outcome:
    """The portal does not take it."""
    return _said(AppealRefused(refusal=refusal, portal_text="Too late."), at, Ending.NEGATIVE)


def not_listed(at: datetime = NOW) -> Outcome:
    """The portal's list does not show a filed appeal."""
    return _said(AppealNotListed(), at, Ending.NEGATIVE)


def stands(at: datetime = NOW, standing: AppealStanding = AppealStanding.IN_REVIEW, **changed: Any) -> Outcome:
    """Where a filed appeal stands."""
    return _said(AppealState(standing=standing, portal_text="In review", confirmation="D-778"), at, **changed)


def decided(decision: Decision = Decision.PARTLY, at: datetime = NOW, recovered: str = "51.25") -> Outcome:
    """The payer has decided."""
    return stands(
        at, AppealStanding.DECIDED, decision=decision, decided_on=at.date(), recovered=Decimal(recovered),
        next_level_due=date(2026, 9, 1),
    )  # fmt: skip


def _said(said: Normalised, at: datetime, ending: Ending = Ending.ANSWERED, **changed: Any) -> Outcome:
    return answered(ending, said.model_copy(update=changed), at)
