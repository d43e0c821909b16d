"""What an attempt at an appeal comes to: filed, refused, or uncertain and looked for; and then followed until decided.

After the press only three things end the uncertainty: a receipt that was read, the portal's own list, a person's word.
The first look at the list is made at once, the next an hour later, and one when the payer's list must show it; after
that a person is asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, assert_never

from django.db.models import Q

from flows.answers import (
    AppealFiled,
    AppealNotListed,
    AppealRefused,
    AppealStanding,
    AppealState,
    ClaimNotFound,
    Normalised,
    Refusal,
    Shown,
)
from flows.outcomes import Code, Ending, Outcome, Reason, Then, policy
from flows.questions import Flow
from ledger import models
from ledger.accounts import Actor
from ledger.appeals_rows import digest, nothing_to_ask, ready, step
from ledger.appeals_values import Happening
from ledger.canonical import to_cents
from ledger.cases import open_finding
from ledger.matching_keys import number_key
from ledger.states import AppealStage
from ledger.subjects import PRESSED, Subject

_LOOKS = 3
_BETWEEN_LOOKS = timedelta(hours=1)
_EVERY = timedelta(days=14)
"""So often a payer is asked what became of an appeal (DOMAIN 3.1)."""
_GRACE = timedelta(days=5)
"""So long after the day on which the payer should have decided, a person is told (DOMAIN 3.1)."""
_FOR_A_NUMBER = timedelta(days=1)
_NUMBER_EXPECTED = timedelta(days=7)
"""While the payer has given no number yet, its list is looked at daily, for so long."""

_WHY_REFUSED = {
    Refusal.NOT_APPEALABLE: "The portal says that this can not be appealed",
    Refusal.DUPLICATE: "The portal says that the payer has an appeal of this already, of ours or filed by hand",
    Refusal.WINDOW_CLOSED: "The portal says that the time to appeal is over",
    Refusal.LINE_PAID: "The portal says that a contested line was paid",
}


@dataclass(frozen=True)
class Next:
    """What becomes of the question. `again_at` None: nothing more is asked. `asks_person`: with a case for this reason;
    `tells_person`: with one that the question does not wait for."""

    again_at: datetime | None = None
    asks_person: Outcome | None = None
    tells_person: Outcome | None = None


@dataclass(frozen=True)
class Try:
    """By whom and when something came to be known; in which attempt, where it was one."""

    actor: Actor
    now: datetime
    attempt: models.Attempt | None = None


def taken(item: models.WorkItem, appeal: models.Appeal, at: Try) -> bool:
    """Is this to be asked, as it stands now? For `work.next_item`, with both rows locked.

    What was being pressed when its session went away is uncertain from now on. What is not as it was approved is a
    draft again, with a case.
    """
    if item.flow != Flow.APPEAL:
        if concerns(appeal, Flow(item.flow)):
            return True
        # A person has said since that the payer does not have it.
        nothing_to_ask(appeal, Flow(item.flow))
        return False
    if appeal.stage == AppealStage.PRESSING:
        _step(appeal, Happening.UNCERTAIN, at, stage=AppealStage.UNCERTAIN)
    if appeal.stage in PRESSED:
        return True
    if appeal.stage == AppealStage.APPROVED:
        if appeal.approved_digest == digest(appeal):
            return True
        _step(
            appeal, Happening.APPROVAL_ENDED, at,
            stage=AppealStage.DRAFT, approved_by_id=None, approved_at=None, approved_digest="",
        )  # fmt: skip
        what = (
            f"Appeal {appeal.pk} is not what was approved: the claim or its patient was corrected since. Nothing was "
            "filed; look at it and approve it again."
        )
        _find(appeal, Reason(code=Code.POL_APPROVAL, what=what), "approval", at)
    nothing_to_ask(appeal)
    return False


def concerns(appeal: models.Appeal, flow: Flow) -> bool:
    """Does what comes of this question still matter? Not when a person has withdrawn, changed or settled the appeal."""
    if flow is Flow.APPEAL:
        return appeal.stage in (AppealStage.APPROVED, *PRESSED)
    return appeal.stage in (AppealStage.FILED, AppealStage.DECIDED)


def answered(appeal: models.Appeal, flow: Flow, said: Normalised, at: Try) -> Next | None:
    """Write what the portal said into the appeal, within the transaction that records the answer."""
    match said:
        case AppealFiled() if flow is Flow.APPEAL and appeal.stage in PRESSED:
            if (other := _has_this_number(appeal, said.confirmation)) is not None:
                what = f"The number that the portal gave to appeal {appeal.pk} is the one of appeal {other}."
                return _left_to_a_person(appeal, what, at)
            return _filed(appeal, said, at)
        case AppealRefused(refusal=Refusal.DUPLICATE) if flow is Flow.APPEAL and appeal.stage == AppealStage.PRESSING:
            # The list showed none a moment before: what the payer has may be what was pressed, sent on twice.
            what = "The portal said to the press itself that the payer has this appeal already."
            return _left_to_a_person(appeal, what, at)
        case AppealRefused() if flow is Flow.APPEAL and appeal.stage != AppealStage.UNCERTAIN:
            return _refused(appeal, said, at)
        case AppealState() if flow is Flow.APPEAL_STATUS:
            return _stands(appeal, said, at)
        case AppealNotListed() if flow is Flow.APPEAL_STATUS:
            return _not_listed(appeal, at)
        case _ if flow is Flow.APPEAL and appeal.stage in PRESSED:
            what = "The portal's own list does not show an appeal that was pressed."
            reason = Reason(code=Code.TECH_UNKNOWN_FILED, what=what)
            return not_seen(appeal, Outcome(ending=Ending.UNCERTAIN, reason=reason), at)
        case ClaimNotFound():
            what = (
                f"The portal does not find the claim of appeal {appeal.pk}. Nothing was pressed; see what became of it."
            )
            return _asks(Ending.NEEDS_STAFF, Code.BUS_NOTFOUND, what)
        case _:
            return _asks(Ending.DEFECT, Code.TECH_DEFECT, "What came is no answer to what was asked about an appeal.")


def not_seen(appeal: models.Appeal, outcome: Outcome, at: Try) -> Next | None:
    """What follows when an attempt at a pressed appeal ended without an answer; None: what follows for any question.

    Only UNCERTAIN from a look at the list counts as a look. Two rows that fit are for a person at once.
    """
    if appeal.stage == AppealStage.PRESSING:
        _step(appeal, Happening.UNCERTAIN, at, stage=AppealStage.UNCERTAIN)
        then = policy(outcome.ending).then
        if then in {Then.FREEZE_CREDENTIAL, Then.STOP_PORTAL, Then.TRY_LATER}:
            return None
        # Our own mistake or a changed page is told as well; but what it pressed is looked for, and at once.
        return Next(again_at=at.now, tells_person=outcome if then in {Then.PARK, Then.STOP_VIEW} else None)
    if outcome.ending is not Ending.UNCERTAIN or outcome.reason is None:
        return None
    if outcome.reason.candidates:
        return Next(asks_person=outcome)
    _step(appeal, Happening.NOT_ON_LIST, at, looks=appeal.looks + 1)
    listed_by = (appeal.pressed_at or at.now) + timedelta(hours=appeal.listed_after_hours)
    if appeal.looks >= _LOOKS and at.now >= listed_by:
        return Next(asks_person=outcome)
    soonest = at.now + _BETWEEN_LOOKS
    return Next(again_at=soonest if appeal.looks + 1 < _LOOKS else max(soonest, listed_by))


def follow_up(appeal: models.Appeal, now: datetime) -> None:
    """Put the question what became of a filed appeal on the work list."""
    ready(appeal, Flow.APPEAL_STATUS, _next_check(appeal, now))


def _has_this_number(appeal: models.Appeal, confirmation: str | None) -> int | None:
    """Another appeal of ours that the payer knows by this number; a claim may keep its number through the levels."""
    if not (number := _text(confirmation)):
        return None
    known = models.Appeal.objects.filter(
        practice_id=appeal.practice_id, portal=appeal.portal, confirmation=number
    ).exclude(pk=appeal.pk)
    others = known.exclude(~Q(level=appeal.level), payer_claim_key=appeal.payer_claim_key)
    return others.order_by("id").values_list("id", flat=True).first()


def _left_to_a_person(appeal: models.Appeal, what: str, at: Try) -> Next:
    """It was pressed, and only a person can say what came of it."""
    if appeal.stage == AppealStage.PRESSING:
        _step(appeal, Happening.UNCERTAIN, at, stage=AppealStage.UNCERTAIN)
    return _asks(Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED, f"{what} Look at the payer's list whether it was filed.")


def _asks(ending: Ending, code: Code, what: str) -> Next:
    return Next(asks_person=Outcome(ending=ending, reason=Reason(code=code, what=what)))


def _filed(appeal: models.Appeal, said: AppealFiled, at: Try) -> Next:
    filed_on = said.filed_on or (appeal.pressed_at or at.now).date()
    _step(
        appeal, Happening.FOUND_ON_LIST if said.found_on_list else Happening.FILED, at,
        stage=AppealStage.FILED, filed_by_id=at.actor.account_id, filed_at=at.now, filed_on=filed_on,
        confirmation=_text(said.confirmation),
        expected_by=said.expected_by or filed_on + timedelta(days=appeal.decision_days),
    )  # fmt: skip
    follow_up(appeal, at.now)
    return Next()


def _refused(appeal: models.Appeal, said: AppealRefused, at: Try) -> Next:
    seen = (Shown(where="appeal.refusal", text=said.portal_text),) if said.portal_text else ()
    what = f"{_WHY_REFUSED[said.refusal]} ({said.refusal}). Nothing was filed; appeal {appeal.pk} is over."
    _find(appeal, Reason(code=Code.BUS_NOTAPPEALABLE, what=what, seen=seen), "refusal", at)
    _step(appeal, Happening.REFUSED, at, note=said.refusal, stage=AppealStage.REFUSED, refusal=said.refusal)
    return Next()


def _stands(appeal: models.Appeal, said: AppealState, at: Try) -> Next:
    if said.confirmation and not appeal.confirmation:
        _step(appeal, Happening.NUMBER_CAME, at, confirmation=_text(said.confirmation))
    elif said.confirmation and number_key(said.confirmation) != number_key(appeal.confirmation):
        what = f"The portal shows another number for appeal {appeal.pk} than it gave. Look whether it is the same one."
        _find(appeal, Reason(code=Code.DATA_CONFLICT, what=what), "confirmation", at)
        return Next(again_at=at.now + _EVERY)
    columns: dict[str, Any] = {
        "standing": said.standing,
        "expected_by": said.expected_by or appeal.expected_by,
        "next_level_due": said.next_level_due or appeal.next_level_due,
    }
    match said.standing:
        case AppealStanding.DECIDED:
            columns |= {
                "stage": AppealStage.DECIDED,
                "decision": said.decision or "",
                "decided_on": said.decided_on,
                "recovered_cents": None if said.recovered is None else to_cents(said.recovered),
            }
            if changed := _changed(appeal, columns):
                _step(appeal, Happening.DECIDED, at, note=said.decision or "", **changed)
            return Next()
        case AppealStanding.WITHDRAWN:
            _step(
                appeal, Happening.WITHDRAWN, at, note="at the payer",
                **columns, stage=AppealStage.WITHDRAWN,
            )  # fmt: skip
            return Next()
        case AppealStanding.RECEIVED | AppealStanding.IN_REVIEW | AppealStanding.INFORMATION_WANTED:
            if changed := _changed(appeal, columns):
                _step(appeal, Happening.STANDING, at, note=said.standing, **changed)
            _tell_when_overdue(appeal, at)
            return Next(again_at=_next_check(appeal, at.now))
        case _:
            assert_never(said.standing)


def _not_listed(appeal: models.Appeal, at: Try) -> Next:
    if appeal.stage == AppealStage.DECIDED:
        return Next()
    if at.now >= (appeal.filed_at or at.now) + timedelta(hours=appeal.listed_after_hours):
        what = f"Appeal {appeal.pk} was filed, and the portal's own list does not show it. Ask the payer."
        _find(appeal, Reason(code=Code.TECH_UNKNOWN_FILED, what=what), "not listed", at)
    _tell_when_overdue(appeal, at)
    return Next(again_at=_next_check(appeal, at.now))


def _next_check(appeal: models.Appeal, now: datetime) -> datetime:
    """When the payer is asked next: at first as it wants, then every two weeks, and when it should have decided."""
    filed_at = appeal.filed_at or now
    if not appeal.confirmation and now < filed_at + _NUMBER_EXPECTED:
        return max(now + _FOR_A_NUMBER, filed_at + timedelta(hours=appeal.listed_after_hours))
    first = filed_at + timedelta(days=appeal.first_check_days)
    if now < first:
        return first
    soonest = now + _EVERY
    if appeal.expected_by is not None:
        overdue = datetime.combine(appeal.expected_by + _GRACE + timedelta(days=1), time(), UTC)
        soonest = min(soonest, overdue) if now < overdue else soonest
    return soonest


def _tell_when_overdue(appeal: models.Appeal, at: Try) -> None:
    if appeal.expected_by is None or at.now.date() <= appeal.expected_by + _GRACE:
        return
    what = f"The payer should have decided appeal {appeal.pk} by {appeal.expected_by}. Ask the payer what holds it up."
    _find(appeal, Reason(code=Code.BUS_DEADLINE, what=what), "decision overdue", at)


def _find(appeal: models.Appeal, reason: Reason, topic: str, at: Try) -> None:
    open_finding(
        reason,
        subject=Subject(appeal_id=appeal.pk),
        topic=topic,
        portal=appeal.portal,
        flow=Flow.APPEAL if at.attempt is None else Flow(at.attempt.flow),
        actor=at.actor,
        now=at.now,
        attempt=at.attempt,
    )


def _step(appeal: models.Appeal, what: Happening, at: Try, *, note: str = "", **columns: Any) -> None:
    run_id = None if at.attempt is None else at.attempt.run_id
    step(appeal, what, at.actor, at.now, note=note, run_id=run_id, **columns)


def _changed(appeal: models.Appeal, columns: dict[str, Any]) -> dict[str, Any]:
    return columns if any(getattr(appeal, name) != value for name, value in columns.items()) else {}


def _text(shown: str | None) -> str:
    return (shown or "").replace("\0", "\ufffd")
