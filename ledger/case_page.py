"""What stands beside one case: what was asked, in which form, the newest answer, and the tries that came before."""

from datetime import datetime

from django.db.models import Q

from flows.outcomes import Code, Ending
from flows.questions import Flow, Question
from flows.values import Frozen
from ledger import models
from ledger.answers import AnswerRecord, read_rows
from ledger.errors import NotThere
from ledger.subjects import (
    JOINED_WITH_ANY,
    question_of_appeal,
    question_of_appointment,
    question_of_claim,
    question_of_period,
    subject_of,
)


class Step(Frozen):
    """One try at a question: when, how it ended, and which view it stopped at. Not `of_robot`: a person's answer."""

    attempt_id: int
    flow: str
    ending: Ending
    code: Code | None
    view: str | None
    run_id: int | None
    started_at: datetime
    finished_at: datetime
    of_robot: bool


class Beside(Frozen):
    """`question` is None for what is a portal's own. `form`: how often the claim or visit was changed, from 1.

    `patient_reference` is the keyed hash for the audit log, "" where there is no patient. `newest` is the newest answer
    to the question; `steps` are the last tries, the newest first. The ids lead to other pages of the desk.
    """

    question: Question | None = None
    patient_reference: str = ""
    claim_id: int | None = None
    appointment_id: int | None = None
    appeal_id: int | None = None
    form: int = 1
    newest: AnswerRecord | None = None
    steps: tuple[Step, ...] = ()


def beside(practice_id: int, case_id: int, most: int = 10) -> Beside:
    """What stands beside a case of this practice. Raises NotThere, for another practice's too."""
    rows = models.Case.objects.select_related(*JOINED_WITH_ANY, "attempt").filter(practice_id=practice_id, pk=case_id)
    case = rows.first()
    if case is None:
        raise NotThere(f"case {case_id}")
    claim = case.claim or (case.appeal.claim if case.appeal is not None else None)
    of_a_patient = claim or case.appointment
    return Beside(
        question=_question(case),
        patient_reference=of_a_patient.patient.reference if of_a_patient is not None else "",
        claim_id=claim.pk if claim is not None else None,
        appointment_id=case.appointment_id,
        appeal_id=case.appeal_id,
        form=of_a_patient.revision if of_a_patient is not None else 1,
        newest=_newest(case),
        steps=_steps(case, most),
    )


def _question(case: models.Case) -> Question | None:
    if case.claim is not None:
        return question_of_claim(case.claim)
    if case.appointment is not None:
        return question_of_appointment(case.appointment)
    if case.period is not None:
        return question_of_period(case.period)
    return question_of_appeal(case.appeal) if case.appeal is not None else None


def _newest(case: models.Case) -> AnswerRecord | None:
    about = subject_of(case).columns()
    if not any(about.values()):
        return None
    flow = Flow.CLAIM_STATUS if case.claim_id is not None else Flow(case.flow)
    rows = models.AnswerVersion.objects.filter(**about, flow=flow, newest_of__isnull=False)
    return next(read_rows(rows, flow), None)


def _steps(case: models.Case, most: int) -> tuple[Step, ...]:
    """Of the question; of an incident, the tries that ended as its first one did."""
    about = subject_of(case).columns()
    if any(about.values()):
        items = models.WorkItem.objects.filter(**about, practice_id=case.practice_id).values_list("id", flat=True)
        tried = models.Attempt.objects.filter(Q(item__in=list(items)))
    elif case.attempt is not None:
        ours = models.Attempt.objects.filter(run__lane__credential__practice=case.practice_id)
        tried = ours.filter(portal=case.portal, flow=case.flow, ending=case.attempt.ending, code=case.code)
    else:
        return ()
    return tuple(
        Step(
            attempt_id=row.pk,
            flow=row.flow,
            ending=Ending(row.ending),
            code=Code(row.code) if row.code else None,
            view=row.view or None,
            run_id=row.run_id,
            started_at=row.started_at,
            finished_at=row.finished_at,
            of_robot=row.run_id is not None,
        )
        for row in tried.order_by("-id")[:most]
    )
