"""Opens the work that an answer gives a person, in the transaction that records the answer."""

from datetime import datetime

from flows.coverage import Coverage
from flows.eligibility_work import work_from
from flows.questions import Eligibility, Flow
from ledger import answers, models
from ledger.accounts import Actor
from ledger.cases import open_finding
from ledger.subjects import question_of, subject_of


def open_found_work(
    item: models.WorkItem, version: models.AnswerVersion, actor: Actor, now: datetime
) -> tuple[int, ...]:
    """The ids of the cases that this answer opened or brought up to date; the question waits for none of them."""
    if item.flow != Flow.ELIGIBILITY:
        return ()
    question, said = question_of(item), answers.normalised_of(version)
    if not isinstance(question, Eligibility) or not isinstance(said, Coverage):
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
