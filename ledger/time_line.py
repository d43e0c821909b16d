"""Everything that happened to one claim: when it came in, each attempt, each answer, each case."""

from datetime import datetime

from django.db.models import Q

from flows.outcomes import Code, Ending
from flows.questions import ClaimStatus, Flow
from flows.values import Frozen
from ledger import models
from ledger.answers import AnswerRecord, history
from ledger.claims import question_of
from ledger.errors import NotThere
from ledger.states import CaseState, ItemState, Resolution


class AttemptRecord(Frozen):
    """One try at a claim. `evidence` is how many sealed files it left that can still be opened."""

    id: int
    flow: Flow
    ending: Ending
    code: Code | None
    view: str | None
    run_id: int | None
    started_at: datetime
    finished_at: datetime
    evidence: int


class ClaimCase(Frozen):
    """A case that is about the claim, was opened by an attempt at it, or for which it waits."""

    id: int
    code: Code
    what: str
    state: CaseState
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    resolution: Resolution | None


class TimeLine(Frozen):
    """All that is known of a claim at one portal; each list the oldest first.

    `form` is 1 for the claim as it first came in, and goes up with each import that changed it; `imported_at` is when
    this form came in. `state` is where its question stands, None when there is none.
    """

    question: ClaimStatus
    form: int
    imported_at: datetime
    state: ItemState | None
    not_before: datetime | None
    attempts: tuple[AttemptRecord, ...]
    answers: tuple[AnswerRecord, ...]
    cases: tuple[ClaimCase, ...]


def time_lines(patient_account_number: str, portal: str | None = None) -> tuple[TimeLine, ...]:
    """The claims with this patient account number, one for each portal that has it. Raises NotThere."""
    rows = models.Claim.objects.select_related("patient").filter(patient_account_number=patient_account_number)
    if portal is not None:
        rows = rows.filter(portal=portal)
    found = tuple(_time_line(row) for row in rows.order_by("portal", "id"))
    if not found:
        raise NotThere("claim with this patient account number")
    return found


def _time_line(claim: models.Claim) -> TimeLine:
    item = models.WorkItem.objects.filter(claim=claim, flow=Flow.CLAIM_STATUS).first()
    return TimeLine(
        question=question_of(claim),
        form=claim.revision,
        imported_at=claim.imported_at,
        state=ItemState(item.state) if item else None,
        not_before=item.not_before if item else None,
        attempts=tuple(_attempts(claim)),
        answers=history(claim.portal, claim.patient_account_number),
        cases=tuple(_cases(claim)),
    )


def _attempts(claim: models.Claim) -> list[AttemptRecord]:
    rows = models.Attempt.objects.filter(item__claim=claim).order_by("id")
    openable = models.EvidenceBlob.objects.filter(attempt__item__claim=claim, attempt__evidence_key__isnull=False)
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


def _cases(claim: models.Claim) -> list[ClaimCase]:
    touching = Q(claim=claim) | Q(attempt__item__claim=claim) | Q(items__claim=claim)
    ids = models.Case.objects.filter(touching).values_list("id", flat=True)
    rows = models.Case.objects.select_related("closed_by").filter(pk__in=set(ids)).order_by("id")
    return [
        ClaimCase(
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
