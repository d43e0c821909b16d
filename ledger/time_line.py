"""Everything that happened to one claim, appointment or period: when it came in, each attempt, answer and case."""

from datetime import datetime

from flows.outcomes import Code, Ending
from flows.questions import Flow, Question
from flows.values import Frozen
from ledger import models
from ledger.answers import AnswerRecord, read_rows
from ledger.appeals_listed import events
from ledger.appeals_values import AppealEventRecord
from ledger.errors import NotThere
from ledger.states import CaseState, ItemState, Resolution
from ledger.subjects import (
    column_of,
    joined,
    number_of,
    numbered,
    question_of,
)


class AttemptRecord(Frozen):
    """One try. `evidence` is how many sealed files it left that can still be opened."""

    id: int
    flow: Flow
    ending: Ending
    code: Code | None
    view: str | None
    run_id: int | None
    started_at: datetime
    finished_at: datetime
    evidence: int


class SubjectCase(Frozen):
    """A case that is about the claim (or appointment, or period), was opened by an attempt at it, or it waits for."""

    id: int
    code: Code
    what: str
    state: CaseState
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    resolution: Resolution | None


class TimeLine(Frozen):
    """All that is known of a question's subject at one portal; each list the oldest first.

    `form` is 1 for the claim or appointment as it first came in, and goes up with each import that changed it;
    `imported_at` is when this form came in (of an appeal: when it was drafted). `state` is where its question stands.
    """

    question: Question
    number: str
    form: int
    imported_at: datetime
    state: ItemState
    not_before: datetime
    attempts: tuple[AttemptRecord, ...]
    answers: tuple[AnswerRecord, ...]
    cases: tuple[SubjectCase, ...]
    appeals: tuple[AppealEventRecord, ...] = ()
    """What happened to the appeals of a claim, or to the appeal itself."""


_WHAT = {
    Flow.CLAIM_STATUS: "claim with this patient account number",
    Flow.ELIGIBILITY: "appointment with this number",
    Flow.REMITTANCES: "period of payments of these days",
    Flow.APPEAL: "appeal with this number that was approved",
    Flow.APPEAL_STATUS: "appeal with this number that was filed",
}


def time_lines(
    practice_id: int, number: str, portal: str | None = None, flow: Flow = Flow.CLAIM_STATUS
) -> tuple[TimeLine, ...]:
    """What this practice calls by this number, once for each portal that has it. Raises NotThere."""
    items = models.WorkItem.objects.select_related(joined(flow))
    rows = items.filter(numbered(number, flow), flow=flow, practice_id=practice_id)
    if portal is not None:
        rows = rows.filter(portal=portal)
    found = tuple(_time_line(row, flow) for row in rows.order_by("portal", "id"))
    if not found:
        raise NotThere(_WHAT[flow])
    return found


def of_claim_id(practice_id: int, claim_id: int) -> TimeLine:
    """The same of the claim with this row, of this practice. Raises NotThere."""
    return _of_row(practice_id, Flow.CLAIM_STATUS, claim_id=claim_id)


def of_visit_id(practice_id: int, appointment_id: int) -> TimeLine:
    """The same of the visit with this row. Raises NotThere."""
    return _of_row(practice_id, Flow.ELIGIBILITY, appointment_id=appointment_id)


def _of_row(practice_id: int, flow: Flow, **about: int) -> TimeLine:
    rows = models.WorkItem.objects.select_related(joined(flow)).filter(practice_id=practice_id, flow=flow, **about)
    item = rows.first()
    if item is None:
        raise NotThere(_WHAT[flow])
    return _time_line(item, flow)


def _time_line(item: models.WorkItem, flow: Flow) -> TimeLine:
    about = {column_of(flow): getattr(item, column_of(flow))}
    form, since = _form(item)
    versions = models.AnswerVersion.objects.filter(**about, flow=flow).order_by("version")
    return TimeLine(
        question=question_of(item),
        number=number_of(item),
        form=form,
        imported_at=since,
        state=ItemState(item.state),
        not_before=item.not_before,
        attempts=tuple(_attempts(item)),
        answers=tuple(read_rows(versions, flow)),
        cases=tuple(_cases(item, about)),
        appeals=_appeals(item),
    )


def _appeals(item: models.WorkItem) -> tuple[AppealEventRecord, ...]:
    if item.claim_id is not None:
        return events(item.practice_id, claim_id=item.claim_id)
    return events(item.practice_id, number=item.appeal_id) if item.appeal_id is not None else ()


def _form(item: models.WorkItem) -> tuple[int, datetime]:
    if item.period is not None:
        return 1, item.period.asked_for_at
    if item.appeal is not None:
        return 1, item.appeal.drafted_at
    imported = item.claim or item.appointment
    if imported is None:
        raise AssertionError("the database keeps no such row without a subject")
    return imported.revision, imported.imported_at


def _attempts(item: models.WorkItem) -> list[AttemptRecord]:
    rows = models.Attempt.objects.filter(item=item).order_by("id")
    openable = models.EvidenceBlob.objects.filter(attempt__item=item, attempt__evidence_key__isnull=False)
    files: dict[int, int] = {}
    for attempt_id in openable.values_list("attempt_id", flat=True):
        files[attempt_id] = files.get(attempt_id, 0) + 1
    return [
        AttemptRecord(
            id=row.pk,
            flow=Flow(row.flow),
            ending=Ending(row.ending),
            code=Code(row.code) if row.code else None,
            view=row.view or None,
            run_id=row.run_id,
            started_at=row.started_at,
            finished_at=row.finished_at,
            evidence=files.get(row.pk, 0),
        )
        for row in rows
    ]


def _cases(item: models.WorkItem, about: dict[str, object]) -> list[SubjectCase]:
    # One after the other, each by an index; together no database would use any.
    attempts = list(models.Attempt.objects.filter(item=item).values_list("id", flat=True))
    ids = {item.case_id} if item.case_id is not None else set[int]()
    for touching in (about, {"attempt__in": attempts}):
        ids.update(models.Case.objects.filter(**touching).values_list("id", flat=True))
    rows = models.Case.objects.select_related("closed_by").filter(pk__in=ids).order_by("id")
    return [
        SubjectCase(
            id=row.pk,
            code=Code(row.code),
            what=row.what,
            state=CaseState(row.state),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            closed_by=row.closed_by.name if row.closed_by else None,
            resolution=Resolution(row.resolution) if row.resolution else None,
        )
        for row in rows
    ]
