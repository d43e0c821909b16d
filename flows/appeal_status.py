"""What became of an appeal: its row on the portal's own list, its page, and what the payer decided, if it adds up."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from flows.answering import answer_of, for_staff
from flows.answers import AppealNotListed, AppealStanding, AppealState, Decision, Request
from flows.appeal_list import (
    Compared,
    Likeness,
    ListedAppeal,
    Meant,
    day_before,
    fitting,
    listed_for_claim,
    looked_at,
    standing_of,
)
from flows.outcomes import Code, Ending, Outcome
from flows.portal import Portal, Value
from flows.questions import AppealStatus
from flows.reading import amount_of, day_of, text_of

_ZERO = Decimal(0)


async def appeal_status(question: AppealStatus, portal: Portal) -> Outcome:
    """Ask one portal about one filed appeal. Raises `flows.outcomes.Stop` where the portal ends the attempt early."""
    outcome = await _ask(question, portal)
    if outcome.reason is not None and outcome.reason.code is Code.DATA_INCONSISTENT:
        # A page caught while it was being written does not add up once; one that never adds up is a person's.
        outcome = await _ask(question, portal)
    return outcome


async def _ask(question: AppealStatus, portal: Portal) -> Outcome:
    if question.claim.payer_claim_number is None:
        return for_staff(Code.DATA_INPUT, "An appeal is looked for by the payer's number of its claim.")
    listed = await listed_for_claim(question, portal)
    if isinstance(listed, Outcome):
        return listed
    compared = await looked_at(_meant(question), listed, question, portal)
    found = fitting(compared)
    if len(found) > 1:
        what = "The portal lists several appeals that fit equally well."
        return for_staff(Code.BUS_MULTI, what, candidates=[appeal.candidate() for appeal, _ in found])
    if not found:
        return _not_listed(compared, portal)
    return _settle(found[0][0], question, portal)


def _meant(question: AppealStatus) -> Meant:
    filed = question.filed
    return Meant(
        level=filed.level,
        lines=frozenset(number.lstrip("0") for number in filed.lines),
        reference=filed.reference,
        confirmation=filed.confirmation,
        filed_from=day_before(filed.filed_on),
    )


def _not_listed(compared: Iterable[Compared], portal: Portal) -> Outcome:
    """It is not there; for a person where one is that has another number alone, or its number and something else."""
    close = [appeal for appeal, alike in compared if _is_close(alike)]
    if close:
        what = "The portal lists this appeal under another number, or with something else than we filed."
        return for_staff(Code.DATA_CONFLICT, what, candidates=[appeal.candidate() for appeal in close])
    return Outcome(ending=Ending.NEGATIVE, answer=answer_of(portal, AppealNotListed(), extracted=()))


def _is_close(alike: Likeness) -> bool:
    return alike.differ in ({"confirmation"}, {"reference"}) or (bool(alike.differ) and alike.is_named)


def _settle(appeal: ListedAppeal, question: AppealStatus, portal: Portal) -> Outcome:
    """The answer of the appeal's page, or why there is none."""
    shown = appeal.shown
    words = [(name, shown[name]) for name in ("status", "decision") if name in shown]
    unmapped = [value.shown for name, value in words if value.unmapped or (name == "status" and value.normal is None)]
    if unmapped or "status" not in shown:
        what = "The portal's words for the state of an appeal are not in its map of texts."
        return for_staff(Code.DATA_UNMAPPED, what, seen=tuple(unmapped), candidates=[appeal.candidate()])
    state = _state(appeal)
    if state.standing is AppealStanding.DECIDED and (state.decision is None or state.decided_on is None):
        what = "The appeal is decided, and the page does not show how, or not on which day."
        return for_staff(Code.DATA_PARTIAL, what, seen=tuple(value.shown for _, value in words))
    wrong = tuple(_contradictions(state, shown["status"], question, portal.now().date()))
    if wrong:
        return for_staff(Code.DATA_INCONSISTENT, " ".join(wrong), seen=appeal.texts())
    return Outcome(ending=Ending.ANSWERED, answer=answer_of(portal, state, extracted=appeal.texts()))


def _state(appeal: ListedAppeal) -> AppealState:
    shown = appeal.shown
    standing = appeal.standing()
    decision = text_of(shown, "decision")
    said = standing if isinstance(standing, Decision) else None
    requests = () if appeal.page is None else appeal.page.tables.get("requests", ())
    return AppealState(
        standing=standing if isinstance(standing, AppealStanding) else AppealStanding.DECIDED,
        portal_text=shown["status"].shown.text,
        confirmation=text_of(shown, "confirmation"),
        received_on=day_of(shown, "received_on"),
        expected_by=day_of(shown, "expected_by"),
        decision=said if decision is None else Decision(decision),
        decided_on=day_of(shown, "decided_on"),
        recovered=amount_of(shown, "recovered"),
        next_level_due=day_of(shown, "next_level_due"),
        requests=tuple(
            Request(what=what, due=day_of(row.cells, "due"))
            for row in requests
            if (what := text_of(row.cells, "what")) is not None
        ),
    )


def _contradictions(state: AppealState, status: Value, question: AppealStatus, today: date) -> Iterator[str]:
    """What of the page cannot be true together, each as a sentence of ours without a value."""
    said = standing_of(str(status.normal))
    if isinstance(said, Decision) and state.decision is not said:
        yield "The state of the appeal says one decision, and the decision itself another one."
    if state.standing is not AppealStanding.DECIDED and (state.decision is not None or state.decided_on is not None):
        yield "The appeal is not decided by its state, and a decision or its day is shown."
    # Portal-local days may be a day apart from ours.
    if state.decided_on is not None and not (
        day_before(question.filed.filed_on) <= state.decided_on <= today + timedelta(days=1)
    ):
        yield "The day of the decision lies before the appeal was filed, or in the future."
    if state.received_on is not None and state.received_on > today + timedelta(days=1):
        yield "The day on which the appeal was received lies in the future."
    recovered = state.recovered
    if recovered is not None and not _ZERO <= recovered <= question.claim.billed:
        yield "What was recovered is less than nothing, or more than the charge."
    if recovered and state.decision not in (Decision.OVERTURNED, Decision.PARTLY):
        yield "Something was recovered, and nothing was decided in our favour."
