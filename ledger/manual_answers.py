"""Answers that a person entered by hand: by phone, from the portal, a letter or a fax; they count as the robot's do.

They are new versions with their author and source, are held against the same rules of sense, and make the same work.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from flows import coverage_sanity, sanity
from flows.answers import Answer, ClaimNotFound, ClaimState, Shown
from flows.coverage import Coverage, MemberNotFound
from flows.outcomes import Ending, Outcome
from flows.portal import Reading
from flows.questions import ClaimStatus, Eligibility, Flow, Question
from ledger import answers, audit, cases, models
from ledger.accounts import Actor, must_be_person
from ledger.case_work import locked, note_act
from ledger.errors import AnswerDoesNotAddUp, BeingAsked, RecordWrong
from ledger.found_work import open_found_work
from ledger.states import ItemState, Resolution
from ledger.subjects import joined, patient_reference, question_of, subject_of
from ledger.unplanned import ASKED_ANEW

BY_HAND = "by hand"
"""Stands where an answer of the robot's has the version of the pack that it was read with."""

Said = ClaimState | ClaimNotFound | Coverage | MemberNotFound


class ManualSource(StrEnum):
    """Where the person who entered an answer had it from."""

    PHONE = "phone"
    PORTAL = "portal"
    LETTER = "letter"
    FAX = "fax"


@dataclass(frozen=True)
class ByHand:
    """What a person entered. `reference`: the payer's reference of the call, or what the letter bears.

    `despite`: why it is right though it does not add up; "" where it does.
    """

    said: Said
    source: ManualSource
    reference: str
    despite: str = ""


def question_of_case(row: models.Case) -> models.WorkItem | None:
    """The question that a case about a claim or a visit leads to; None for all other cases. It is locked."""
    flow = Flow.CLAIM_STATUS if row.claim_id is not None else Flow.ELIGIBILITY
    if row.claim_id is None and row.appointment_id is None:
        return None
    items = models.WorkItem.objects.select_for_update(of=("self",)).select_related(joined(flow))
    return items.filter(**subject_of(row).columns(), flow=flow, practice_id=row.practice_id).first()


def wrong_with(question: Question, said: Said, today: date) -> tuple[str, ...]:
    """What in this answer does not add up, each as a short sentence without a value; empty when all is well."""
    match question, said:
        case ClaimStatus(), ClaimState():
            other = (
                () if said.billed == question.claim.billed else ("The charge is not the one that the office holds.",)
            )
            return (*other, *sanity.contradictions(said, today))
        case Eligibility(), Coverage():
            nothing_read = Reading(view=BY_HAND, fields={}, tables={})
            return coverage_sanity.contradictions(said, nothing_read, question.service)
        case (ClaimStatus(), ClaimNotFound()) | (Eligibility(), MemberNotFound()):
            return ()
        case _:
            raise RecordWrong("This is no answer to what the case is about. Nothing was recorded.")


def answer(case_id: int, by_hand: ByHand, actor: Actor, changes: int, now: datetime) -> int:
    """Record the answer to the question of this case and close the case; returns the number of the answer's version.

    Raises NotAPerson, NotThere, AlreadyClosed, CaseChanged; BeingAsked while a session asks the portal the same;
    AnswerDoesNotAddUp unless the person says why it is right; RecordWrong for a case that is no question's.
    """
    must_be_person(actor, "answer by hand")
    with transaction.atomic():
        case = locked(case_id, actor, changes)
        item = question_of_case(case)
        if item is None:
            raise RecordWrong("This case is not about one claim or visit, and has no answer. Nothing was recorded.")
        if item.state == ItemState.RUNNING:
            raise BeingAsked
        said = _settled(by_hand.said)
        wrong = wrong_with(question_of(item), said, now.date())
        if wrong and not by_hand.despite.strip():
            raise AnswerDoesNotAddUp(wrong)
        version = _record(item, said, by_hand.source, actor, now)
        open_found_work(item, version, actor, now)
        models.WorkItem.objects.filter(pk=item.pk).update(
            state=ItemState.DONE, tries=0, case=None, answer=version, **ASKED_ANEW
        )
        note = _note(by_hand)
        note_act(case, actor, "answered by hand", now, text=note)
        cases.close(case.pk, actor, Resolution.DONE_BY_HAND, now, note=note)
        audit.append(
            actor, "answer.by-hand", "item", item.pk, now,
            patient_reference=patient_reference(item), portal=item.portal, flow=item.flow, result=by_hand.source,
        )  # fmt: skip
        return version.version


def _settled(said: Said) -> Said:
    """ "Finalised" alone is paid or denied by what was paid, as where the robot reads it; else it stays as it is."""
    if isinstance(said, ClaimState):
        return said.model_copy(update={"category": sanity.settled_category(said) or said.category})
    return said


def _record(
    item: models.WorkItem, said: Said, source: ManualSource, actor: Actor, now: datetime
) -> models.AnswerVersion:
    ending = Ending.NEGATIVE if isinstance(said, ClaimNotFound | MemberNotFound) else Ending.ANSWERED
    attempt = models.Attempt.objects.create(
        key=uuid.uuid4().hex, item=item, run=None, portal=item.portal, flow=item.flow, ending=ending,
        started_at=now, finished_at=now,
    )  # fmt: skip
    outcome = Outcome(
        ending=ending,
        answer=Answer(
            portal=item.portal,
            pack_version=BY_HAND,
            observed_at=now,
            normalised=said,
            extracted=(Shown(where=BY_HAND, text=source.value),),
        ),
    )
    return answers.record(item, attempt, outcome, actor, now, manual_source=source)


def _note(by_hand: ByHand) -> str:
    parts = [f"By {by_hand.source}", *([f"reference {by_hand.reference}"] if by_hand.reference else [])]
    told = ", ".join(parts) + "."
    return f"{told} It does not add up because: {by_hand.despite.strip()}" if by_hand.despite.strip() else told
