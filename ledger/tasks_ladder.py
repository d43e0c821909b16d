"""Where the search for a claim that its payer does not have stands, for a person who works the task."""

from datetime import date

from flows.answers import ClaimNotFound
from flows.not_found import Step, ladder
from flows.questions import Flow
from ledger import answers, models
from ledger.tasks_facts import not_found_facts


def ladder_of(practice_id: int, number: int, today: date) -> tuple[Step, ...]:
    """The steps of the ladder for the claim of this task; none when it is not about a claim that was not found."""
    task = models.Task.objects.select_related("claim__patient").filter(practice_id=practice_id, pk=number).first()
    if task is None or task.claim is None:
        return ()
    newest = models.AnswerVersion.objects.filter(
        claim=task.claim, flow=Flow.CLAIM_STATUS, newest_of__isnull=False
    ).first()
    said = answers.normalised_of(newest) if newest is not None else None
    if not isinstance(said, ClaimNotFound):
        return ()
    facts = not_found_facts([task.claim], {task.claim.pk: said.searched})
    return ladder(facts[task.claim.pk], today)
