"""Appeals as the office looks at them: the list, one of them, what happened to it, and its documents."""

import json
from collections.abc import Collection, Iterator

from django.db.models import F, Prefetch, QuerySet

from flows.answers import AppealStanding, Decision, Refusal
from flows.questions import AppealLevel, AppealReason, Flow
from ledger import document_files, models
from ledger.appeals_rows import digest
from ledger.appeals_values import AppealEventRecord, AppealKind, AppealRecord, Happening, KeptDeadline
from ledger.canonical import to_dollars
from ledger.errors import NotThere
from ledger.states import AppealStage, CaseState, ItemState
from ledger.subjects import PRESSED, question_of_appeal
from vault.sealed import SealedStore


def get(practice_id: int, number: int) -> AppealRecord:
    """One appeal of this practice. Raises NotThere."""
    for record in list_all(practice_id, numbers=(number,)):
        return record
    raise NotThere(f"appeal {number}")


def list_all(
    practice_id: int,
    *,
    portal: str | None = None,
    stages: Collection[AppealStage] = (),
    numbers: Collection[int] = (),
    patient_account_number: str | None = None,
) -> Iterator[AppealRecord]:
    """The appeals of this practice, those whose deadline comes first in front; none of these collections limits when
    it is empty. Being lazy, it must be used up in the thread that called it."""
    rows = models.Appeal.objects.filter(practice_id=practice_id)
    if portal is not None:
        rows = rows.filter(portal=portal)
    if stages:
        rows = rows.filter(stage__in=stages)
    if numbers:
        rows = rows.filter(pk__in=numbers)
    if patient_account_number is not None:
        rows = rows.filter(claim__patient_account_number=patient_account_number)
    # Not every database puts blank days at the same end.
    yield from map(_record, _whole(rows.filter(deadline__isnull=False).order_by("deadline", "id")))
    yield from map(_record, _whole(rows.filter(deadline=None).order_by("id")))


def events(
    practice_id: int, *, number: int | None = None, claim_id: int | None = None
) -> tuple[AppealEventRecord, ...]:
    """What happened to this appeal, or to all appeals of the claim with this row, the oldest first."""
    # Not the practice itself: SQLite would go through all that it has.
    apart = models.AppealEvent.objects.select_related("account").alias(of_practice=F("appeal__practice_id") + 0)
    rows = apart.filter(of_practice=practice_id)
    if number is not None:
        rows = rows.filter(appeal_id=number)
    if claim_id is not None:
        rows = rows.filter(appeal__claim_id=claim_id)
    return tuple(
        AppealEventRecord(number=row.appeal_id, at=row.at, what=Happening(row.what), by=row.account.name, note=row.note)
        for row in rows.order_by("id")
    )


def paper(store: SealedStore, practice_id: int, sha256: str) -> bytes:
    """The content of a document that goes with an appeal of this practice, by its SHA-256 (hex). Raises NotThere."""
    attached = models.AppealAttachment.objects.filter(appeal__practice_id=practice_id, document__sha256=sha256)
    document_id = attached.values_list("document_id", flat=True).first()
    if document_id is None:
        raise NotThere("document with this content that goes with an appeal")
    return document_files.content(store, practice_id, document_id)


def waiting(practice_id: int, *, portal: str | None = None, numbers: Collection[int] = ()) -> dict[str, frozenset[int]]:
    """By portal: the questions of the work list that file an appeal or look for one that was pressed.

    With `numbers`, only those of these appeals.
    """
    rows = models.WorkItem.objects.filter(
        practice_id=practice_id, flow=Flow.APPEAL, state__in=(ItemState.READY, ItemState.RUNNING)
    )
    if portal is not None:
        rows = rows.filter(portal=portal)
    if numbers:
        rows = rows.filter(appeal_id__in=numbers)
    found: dict[str, set[int]] = {}
    for name, item in rows.order_by("portal").values_list("portal", "id"):
        found.setdefault(name, set()).add(item)
    return {name: frozenset(items) for name, items in found.items()}


def _whole(rows: QuerySet[models.Appeal]) -> Iterator[models.Appeal]:
    joined = rows.select_related("claim__patient", "drafted_by", "approved_by", "filed_by")
    open_cases = Prefetch("case_set", models.Case.objects.filter(state=CaseState.OPEN))
    return joined.prefetch_related("items", open_cases).iterator(chunk_size=500)


def _record(row: models.Appeal) -> AppealRecord:
    question = question_of_appeal(row)
    items = list(row.items.all())
    return AppealRecord(
        number=row.pk,
        reference=row.reference,
        portal=row.portal,
        patient_account_number=row.claim.patient_account_number,
        payer_claim_number=row.payer_claim_number,
        level=AppealLevel(row.level),
        reason=AppealReason(row.reason),
        kind=AppealKind(row.kind),
        lines=question.contest.lines,
        amount=question.contest.amount,
        argument=row.argument,
        own_words=row.own_words,
        carcs=tuple(json.loads(row.carcs)),
        rarcs=tuple(json.loads(row.rarcs)),
        deadline=_deadline(row),
        attachments=question.attachments,
        stage=AppealStage(row.stage),
        digest=digest(row),
        drafted_by=row.drafted_by.name,
        drafted_at=row.drafted_at,
        approved_by=row.approved_by.name if row.approved_by else None,
        approved_at=row.approved_at,
        pressed_at=row.pressed_at,
        refusal=Refusal(row.refusal) if row.refusal else None,
        filed_by=row.filed_by.name if row.filed_by else None,
        filed_at=row.filed_at,
        filed_on=row.filed_on,
        confirmation=row.confirmation or None,
        expected_by=row.expected_by,
        standing=AppealStanding(row.standing) if row.standing else None,
        decision=Decision(row.decision) if row.decision else None,
        decided_on=row.decided_on,
        recovered=None if row.recovered_cents is None else to_dollars(row.recovered_cents),
        next_level_due=row.next_level_due,
        next_look=min((item.not_before for item in items if item.state == ItemState.READY), default=None),
        case_id=_case_id(row, items),
        question=question,
    )


def _case_id(row: models.Appeal, items: Collection[models.WorkItem]) -> int | None:
    waits_for = next((item.case_id for item in items if item.state == ItemState.PARKED), None)
    if waits_for is not None or row.stage in (AppealStage.APPROVED, *PRESSED):
        return waits_for
    return max((case.pk for case in row.case_set.all()), default=None)


def _deadline(row: models.Appeal) -> KeptDeadline | None:
    if row.deadline is None:
        return None
    return KeptDeadline(
        day=row.deadline,
        rule=row.deadline_rule,
        anchor=row.deadline_anchor,
        anchor_date=row.deadline_anchor_date,
        source=row.deadline_source,
        verified_on=row.deadline_verified_on,
    )
