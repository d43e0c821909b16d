"""Opens the work that an answer gives people, tasks and cases, in the transaction that records the answer."""

from datetime import datetime
from typing import assert_never

from flows.coverage import Coverage
from flows.eligibility_work import work_from
from flows.outcomes import Ending
from flows.questions import Eligibility, Flow
from ledger import answers, models
from ledger.accounts import Actor
from ledger.cases import open_finding
from ledger.prepared_writes import PreparedUpdate
from ledger.subjects import question_of, subject_of
from ledger.tasks import follow_appointments, follow_claims


def open_found_work(
    item: models.WorkItem, version: models.AnswerVersion, actor: Actor, now: datetime
) -> tuple[int, ...]:
    """Bring the tasks up to date that this answer bears on; returns the ids of the cases that it opened or changed.

    The question waits for none of them.
    """
    # What follows is worked out from the newest answers, and this is one from now on.
    _NEWEST.run({"number": item.pk}, answer_id=version.pk)
    flow = Flow(item.flow)
    match flow:
        case Flow.CLAIM_STATUS:
            _follow(item.claim_id, actor, now)
        case Flow.APPEAL | Flow.APPEAL_STATUS:
            _follow(item.appeal.claim_id if item.appeal is not None else None, actor, now)
        case Flow.ELIGIBILITY:
            return _coverage_work(item, version, actor, now)
        case Flow.REMITTANCES:
            pass  # the documents that came with it make the work
        case _:
            assert_never(flow)
    return ()


_NEWEST = PreparedUpdate(lambda number: models.WorkItem.objects.filter(pk=number), "answer_id")


def _follow(claim_id: int | None, actor: Actor, now: datetime) -> None:
    follow_claims([] if claim_id is None else [claim_id], actor, now)


def _coverage_work(
    item: models.WorkItem, version: models.AnswerVersion, actor: Actor, now: datetime
) -> tuple[int, ...]:
    question, said = question_of(item), answers.normalised_of(version)
    if item.appointment is None or not isinstance(question, Eligibility):
        return ()
    follow_appointments([item.appointment.pk], actor, now)
    # Claims of the patient that the payer does not have: the first step of their ladder is this very answer.
    missing = models.AnswerVersion.objects.filter(
        claim__patient=item.appointment.patient_id,
        claim__portal=item.portal,
        claim__practice=actor.practice_id,
        flow=Flow.CLAIM_STATUS,
        newest_of__isnull=False,
        ending=Ending.NEGATIVE,
    )
    follow_claims({claim_id for claim_id in missing.values_list("claim_id", flat=True) if claim_id}, actor, now)
    if not isinstance(said, Coverage):
        return ()
    opened = (
        open_finding(
            reason,
            subject=subject_of(item),
            topic="eligibility",
            portal=item.portal,
            flow=question.flow,
            actor=actor,
            now=now,
            attempt=version.attempt,
        )
        for reason in work_from(question, said)
    )
    return tuple(case.pk for case in opened if case is not None)
