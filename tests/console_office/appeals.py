"""The made-up office's appeals: one at least of every stage."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from flows.answers import ClaimState
from flows.outcomes import Outcome
from flows.questions import AppealLevel, AppealReason, AppealStatus, Flow, Question
from ledger import answers, appeals, work
from ledger.accounts import Actor
from ledger.appeals import AppealDraft, AppealKind, KeptDeadline
from portalwright.office import Desk
from schedules.planning import plan
from tests.console_office.claims import NATIONAL
from tests.console_office.night import Run
from tests.ledger.appeals import LOST, RULES, decided, filed, refused, stands

_RULES = RULES.model_copy(update={"first_check_days": 7, "decision_days": 14})

_ARGUMENT = (
    "The visit was needed: the records of the day show the findings on which the treatment was decided, and that "
    "nothing less would have done. We ask that the claim be paid as billed."
)


def appeals_of(desk: Desk, drafter: Actor, approver: Actor, now: datetime) -> dict[str, int]:
    """Draft appeals of denied claims, and bring each to another stage; the appeal's number by its stage."""
    then = now - timedelta(days=23)
    denied = _denied(desk)
    stages = ("draft", "draft-late", "approved", "filed", "decided", "refused", "uncertain", "withdrawn")
    made = {
        stage: _drafted(one, place, drafter, then)
        for place, (stage, one) in enumerate(zip(stages, denied, strict=False))
    }
    for stage in ("approved", "filed", "decided", "refused", "uncertain"):
        if stage in made:
            seen = appeals.get(approver.practice_id, made[stage]).digest
            appeals.approve(made[stage], approver, then, rules=_RULES, seen=seen)
    if "withdrawn" in made:
        appeals.withdraw(made["withdrawn"], drafter, then + timedelta(hours=1))
    _file(desk, made, then + timedelta(hours=2))
    return made


def _drafted(denied: tuple[str, str, Decimal], place: int, drafter: Actor, then: datetime) -> int:
    number, payer_number, amount = denied
    last_day = (then + timedelta(days=27 + 21 * place)).date()
    draft = AppealDraft(
        portal=NATIONAL,
        patient_account_number=number,
        payer_claim_number=payer_number,
        level=AppealLevel.FIRST,
        reason=AppealReason.MEDICAL_NECESSITY,
        kind=AppealKind.CLINICAL,
        lines=("1",),
        amount=amount,
        argument=_ARGUMENT,
        carcs=("50",),
        rarcs=("N115",),
        deadline=KeptDeadline(
            day=last_day, rule="medicare-redetermination", anchor="receipt",
            anchor_date=last_day - timedelta(days=120), source="42 CFR 405.942",
        ),
        rules=_RULES,
    )  # fmt: skip
    return appeals.draft(draft, drafter, then)


def _denied(desk: Desk) -> list[tuple[str, str, Decimal]]:
    """Claims of the one portal that were denied: account number, payer's number, charge."""
    found = []
    for record in answers.list_current(desk.practice.id, portal=NATIONAL, flow=Flow.CLAIM_STATUS):
        said = record.answer.normalised
        if isinstance(said, ClaimState) and said.category == "F2":
            found.append((record.number, said.payer_claim_number, said.billed))
    return found


def _file(desk: Desk, made: dict[str, int], at: datetime) -> None:
    """One press each, with what was seen after it; `approved` is left for the next night."""
    ends: dict[str, Callable[[datetime], Outcome]] = {
        "filed": lambda at: filed(at, "PN-20417"),
        "decided": lambda at: filed(at, "PN-20388"),
        "refused": lambda at: refused(at=at),
        "uncertain": lambda _at: LOST,
    }
    run = Run.begin(desk, NATIONAL, Flow.APPEAL, at, ttl=timedelta(hours=6))
    stage_of = {appeals.get(desk.practice.id, made[stage]).reference: stage for stage in ends if stage in made}
    left = work.next_item(run.lease, at)
    waiting = []
    while left is not None:
        stage = stage_of.get(left.question.contest.reference)  # type: ignore[union-attr]  # an appeal's run gives appeals
        if stage is None or left.question.pressed:  # type: ignore[union-attr]  # as above
            waiting.append(left)
        else:
            appeals.pressing(run.lease, left.question.contest.reference, at)  # type: ignore[union-attr]  # as above
            work.finish(run.lease, left, ends[stage](at), at)
        left = work.next_item(run.lease, at)
    for item in waiting:
        work.put_back(run.lease, item)
    run.end(at + timedelta(minutes=20))
    _decide_one(desk, at + timedelta(days=22))


def _decide_one(desk: Desk, at: datetime) -> None:
    """The payer has decided one of those that were filed; the others are in review."""
    plan(desk.robot, at)
    run = Run.begin(desk, NATIONAL, Flow.APPEAL_STATUS, at)
    said: Callable[..., Outcome] = decided
    while (item := work.next_item(run.lease, at)) is not None:
        work.finish(run.lease, item, _named(said(at=at), item.question), at)
        said = stands
    run.end(at + timedelta(minutes=5))


def _named(outcome: Outcome, asked: Question) -> Outcome:
    """The payer speaks of the appeal under the number that it gave to it."""
    if outcome.answer is None or not isinstance(asked, AppealStatus):
        raise AssertionError("an answer to where an appeal stands")
    state = outcome.answer.normalised.model_copy(update={"confirmation": asked.filed.confirmation})
    return outcome.model_copy(update={"answer": outcome.answer.model_copy(update={"normalised": state})})
