"""A person mends what the office holds of a claim or visit, and the portal is asked again at once.

It goes the way of an import: validated alike, the patient a new row, the claim or visit a new form of itself. The next
list from the practice's own system counts again, so that a mistake has to be mended there too.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from pydantic import TypeAdapter

from flows.outcomes import Candidate
from flows.questions import ClaimStatus, Eligibility, Question, inputs
from ledger import audit, cases, models
from ledger.accounts import Actor, must_be_person
from ledger.appointments import import_appointments
from ledger.case_work import locked, note_act
from ledger.claims import import_claims
from ledger.errors import BeingAsked, RecordWrong
from ledger.imports import ImportResult
from ledger.manual_answers import question_of_case
from ledger.planning_values import Rank
from ledger.states import ItemState, Resolution
from ledger.subjects import patient_reference, question_of
from ledger.wakes import Wake, wake

_CANDIDATES = TypeAdapter(tuple[Candidate, ...])
_FIXED = ("portal", "provider.tin", "provider.npi", "claim.patient_account_number")


def number_of_candidate(question: Question, candidate: Candidate) -> str | None:
    """What the portal can be asked by, of a row that may be the one: a claim's number there, or a member id; None where
    the row does not show it."""
    name = "payer_claim_number" if isinstance(question, ClaimStatus) else "member_id"
    shown = candidate.cells.get(name)
    return shown.text.strip() or None if shown is not None else None


def ask_again(case_id: int, actor: Actor, changes: int, now: datetime, *, note: str = "") -> None:
    """Close the case; what waits for it, and the question that it is about, is asked now, before all others.

    Raises NotAPerson, NotThere, AlreadyClosed, CaseChanged.
    """
    must_be_person(actor, "have a portal asked again")
    with transaction.atomic():
        case = locked(case_id, actor, changes)
        note_act(case, actor, "asked again", now, text=note)
        cases.close(case.pk, actor, Resolution.ASK_AGAIN, now, note=note)
        _ask_now(case, now)


def correct(
    case_id: int,
    corrected: ClaimStatus | Eligibility,
    actor: Actor,
    changes: int,
    now: datetime,
    *,
    digest: Callable[[str], str],
) -> None:
    """Hold the claim or visit of this case as `corrected` says, close the case and ask again now, before all others.

    `digest` is the vault's keyed hash, as for an import. Which claim or visit it is cannot be changed.
    Raises NotAPerson, NotThere, AlreadyClosed, CaseChanged; RecordWrong, in words without a value, for what an
    import would reject;
    BeingAsked while a session asks the portal about the form as it was.
    """
    must_be_person(actor, "correct a claim or visit")
    with transaction.atomic():
        # Imports hold the practice first and cases afterwards, and so do we: else each might wait for the other.
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        case = locked(case_id, actor, changes)
        item = question_of_case(case)
        if item is None:
            raise RecordWrong("This case is not about one claim or visit that could be corrected. Nothing was changed.")
        if item.state == ItemState.RUNNING:
            raise BeingAsked
        held = question_of(item)
        fields = _differing(held, corrected)
        if held.flow is not corrected.flow or held.portal != corrected.portal or set(fields) & set(_FIXED):
            raise RecordWrong("A correction cannot make it another claim or visit. Nothing was changed.")
        if fields:
            _must_be_taken(_brought_in(item, corrected, actor, now, digest))
        said = f"Corrected: {', '.join(map(_word, fields))}." if fields else "Asked again as it is."
        note_act(case, actor, "corrected", now, text=said)
        cases.close(case.pk, actor, Resolution.ASK_AGAIN, now, note=said)
        _ask_now(case, now)
        audit.append(
            actor, "case.correct", "case", case.pk, now,
            patient_reference=patient_reference(item), portal=item.portal, flow=item.flow, fields=tuple(fields),
        )  # fmt: skip


def pick(
    case_id: int,
    actor: Actor,
    changes: int,
    now: datetime,
    *,
    candidate: int,
    number: str,
    digest: Callable[[str], str],
) -> None:
    """Say that this row (from 0) of the case's candidates is the one: from now on the portal is asked by its number.

    `number` is what the person saw in that row. Raises what `correct` raises, and RecordWrong where the row is another
    one by now.
    """
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        rows = models.Case.objects.filter(practice_id=actor.practice_id, pk=case_id)
        case = rows.select_related("claim__patient", "appointment__patient").first()
        item = question_of_case(case) if case is not None else None
        if case is None or item is None:
            # Says what is wrong with the case, before anything about its rows.
            locked(case_id, actor, changes)
            raise RecordWrong("This case is not about one claim or visit. Nothing was changed.")
        question = question_of(item)
        listed = _CANDIDATES.validate_json(case.candidates)
        picked = listed[candidate] if 0 <= candidate < len(listed) else None
        if picked is None or number_of_candidate(question, picked) != number:
            raise RecordWrong("The rows to pick from are others by now. Nothing was changed; look at them again.")
        correct(case_id, _with_number(question, number), actor, changes, now, digest=digest)


def _with_number(question: Question, number: str) -> ClaimStatus | Eligibility:
    match question:
        case ClaimStatus():
            return question.model_copy(
                update={"claim": question.claim.model_copy(update={"payer_claim_number": number})}
            )
        case Eligibility():
            return question.model_copy(update={"patient": question.patient.model_copy(update={"member_id": number})})
        case _:
            raise AssertionError("cases with rows to pick from are about claims and visits")


def _differing(held: Question, corrected: Question) -> list[str]:
    before, after = inputs(held), inputs(corrected)
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _word(field: str) -> str:
    return field.rpartition(".")[2].replace("_", " ")


def _brought_in(
    item: models.WorkItem,
    corrected: ClaimStatus | Eligibility,
    actor: Actor,
    now: datetime,
    digest: Callable[[str], str],
) -> ImportResult:
    if isinstance(corrected, ClaimStatus):
        return import_claims([corrected], actor, now, digest=digest)
    if item.appointment is None:
        raise AssertionError("a question about eligibility is about a visit")
    return import_appointments([(item.appointment.appointment_number, corrected)], actor, now, digest=digest)


def _must_be_taken(result: ImportResult) -> None:
    if result.rejected:
        raise RecordWrong(f"{result.rejected[0].why} Nothing was changed.")


def _ask_now(case: models.Case, now: datetime) -> None:
    """The question of the case jumps the queue. It is planned already: the cadence has no say in it this time."""
    item = question_of_case(case)
    if item is None or item.state == ItemState.RUNNING:
        return
    models.WorkItem.objects.filter(pk=item.pk).update(
        state=ItemState.READY, tries=0, not_before=now, rank=Rank.JUMPS.order, case=None,
        planned_at=now, due_at=None, review_at=None,
    )  # fmt: skip
    wake(Wake.ASKED_AGAIN, now)
