"""The work list: which question comes next, and what becomes of it when it was asked.

`finish` is the heart of "nothing lost": attempt, answer, evidence, documents, cases, the question's new state and the
audit entry are one transaction, which only the holder of the lane can make.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet

from flows.outcomes import Code, Outcome, Then, back_off, policy
from flows.questions import Flow, Question
from flows.values import Frozen
from ledger import answers, appeals_outcome, audit, closures, evidence, models
from ledger.accounts import Actor
from ledger.cases import check_stops, drift_in_a_row, open_for
from ledger.claims import import_claims
from ledger.errors import LeaseLost, RecordWrong
from ledger.evidence import Evidence
from ledger.found_work import open_found_work
from ledger.imports import ImportResult, RejectedRow
from ledger.lanes import Lease, hold
from ledger.planning_values import Rank
from ledger.prepared import Prepared
from ledger.prepared_writes import PreparedInsert, PreparedUpdate
from ledger.runs import running
from ledger.states import ItemState
from ledger.subjects import PRESSED, joined, patient_reference, question_of, revision_of, subject_of
from ledger.unplanned import ASKED_ANEW, UNPLANNED
from ledger.wakes import Wake, wake

__all__ = [
    "Counts",
    "Documents",
    "Finished",
    "ImportResult",
    "RejectedRow",
    "WorkItem",
    "again",
    "counts",
    "drift_in_a_row",
    "finish",
    "import_claims",
    "next_item",
    "put_back",
]


class WorkItem(Frozen):
    """A question that is now to be asked. `attempt` names this try; `tries` counts the TRANSIENT ones before it."""

    id: int
    attempt: str
    question: Question
    tries: int


class Documents(Protocol):
    """Documents that an attempt fetched, sealed already. They write themselves down beside the attempt."""

    def keep(self, attempt: models.Attempt, actor: Actor, now: datetime) -> None:
        """Called once, within the transaction that records the attempt, whatever its ending is."""
        ...


@dataclass(frozen=True)
class Finished:
    """Where a question stands after an attempt.

    `case_id` is the case that it opened or joined, `version` the number of the answer that was recorded, `found` are
    the cases that the answer itself gave a person to do; the question does not wait for them. `repeated`: this attempt
    was recorded before, and nothing was changed now. `superseded`: the claim or appointment was corrected while the
    portal was asked about its older form; nothing was concluded, and it is asked again.
    """

    state: ItemState
    not_before: datetime | None = None
    case_id: int | None = None
    version: int | None = None
    found: tuple[int, ...] = ()
    repeated: bool = False
    superseded: bool = False


@dataclass(frozen=True)
class Counts:
    """How many questions of a portal and flow stand where. `waiting` are those in back-off, not counted as ready.

    `next_at` is when the first of those that wait may be asked.
    """

    ready: int
    running: int
    done: int
    parked: int
    waiting: int
    next_at: datetime | None = None

    @property
    def total(self) -> int:
        """All of them."""
        return self.ready + self.running + self.done + self.parked + self.waiting


def next_item(lease: Lease, now: datetime, only: Collection[int] | None = None) -> WorkItem | None:
    """The next question that is due for the lane's run, now marked as running; None when there is none now.

    `only`: of those with these ids. An appeal that is not as it was approved is not given out; it becomes a draft
    again, with a case. Raises LeaseLost; PortalStopped, CredentialFrozen or ViewStopped while a person has to look at
    something first; PortalClosed until the portal may be asked again.
    """
    with transaction.atomic():
        run = running(hold(lease))
        check_stops(run.portal, flow=Flow(run.flow), alias=lease.alias)
        closures.check(run.portal, now, alias=lease.alias)
        row = _due(run, lease, now, only)
        while row is not None and not (row.appeal_id is None or _may_be_asked(row, lease, now)):
            row = _due(run, lease, now, only)
        if row is None:
            return None
        attempt = uuid.uuid4().hex
        _TAKEN.run(
            {"number": row.pk},
            state=ItemState.RUNNING,
            lane_id=lease.lane_id,
            token=lease.token,
            attempt=attempt,
            taken_at=now,
            revision=revision_of(row),
        )
        return WorkItem(id=row.pk, attempt=attempt, question=question_of(row), tries=row.tries)


def _due(run: models.Run, lease: Lease, now: datetime, only: Collection[int] | None) -> models.WorkItem | None:
    flow, practice_id = Flow(run.flow), lease.actor.practice_id
    # A statement for each rank: then the index gives the first row at once, and nothing is sorted.
    for rank in Rank:
        if only is None:
            row = _due_of(flow, rank).first(practice_id=practice_id, portal=run.portal, now=now)
        else:
            row = _ready(flow, rank, practice_id, run.portal, now).filter(pk__in=only).first()
        if row is not None:
            return row
    return None


def _ready(flow: Flow, rank: Rank, practice_id: int, portal: str, now: datetime) -> "QuerySet[models.WorkItem]":
    rows = models.WorkItem.objects.select_for_update(skip_locked=True, of=("self",)).select_related(joined(flow))
    ready = rows.filter(
        portal=portal, flow=flow, practice_id=practice_id, state=ItemState.READY, not_before__lte=now, rank=rank.order
    )
    return ready.order_by("not_before", "id")


@cache
def _due_of(flow: Flow, rank: Rank) -> Prepared[models.WorkItem]:
    return Prepared(lambda practice_id, portal, now: _ready(flow, rank, practice_id, portal, now)[:1])


def _may_be_asked(row: models.WorkItem, lease: Lease, now: datetime) -> bool:
    appeal = row.appeal = _locked_appeal(row)
    return appeals_outcome.taken(row, appeal, appeals_outcome.Try(lease.actor, now))


def _locked_appeal(row: models.WorkItem) -> models.Appeal:
    """The appeal of a question as it is now: another process may have changed it while we waited for the question."""
    rows = models.Appeal.objects.select_for_update(of=("self",)).select_related("claim__patient")
    return rows.get(items=row.pk)


def finish(
    lease: Lease,
    item: WorkItem,
    outcome: Outcome,
    now: datetime,
    *,
    evidence_found: Evidence | None = None,
    documents: Documents | None = None,
) -> Finished:
    """Record how an attempt ended, and what follows by the outcome's policy, all at once.

    An answer makes a new version and the question is done, also where it gives a person something to do; NEEDS_STAFF,
    DEFECT and UNCERTAIN park it with a case; TRANSIENT waits for its back-off, and is parked with a case after the last
    one; where the portal said when it is back, the portal is closed until then instead, and no try is counted. What the
    portal is still building (TECH-BUILDING) waits alone, without a try, and goes to a person after two days. DRIFT
    parks it, and after three in a row stops the view; CREDENTIAL and REFUSED put it back unharmed, with one case for
    the credential or the portal. An appeal that was pressed is only ever looked for: until the portal's own list shows
    it, or a person is asked what came of it; a filed one is asked about until it is decided.
    The same attempt twice changes nothing. Raises LeaseLost, and then nothing was written.
    """
    with transaction.atomic():
        lane = hold(lease)
        run = running(lane)
        row = _asked(item.question.flow).first(number=item.id, practice_id=lease.actor.practice_id)
        if row is None or (row.attempt, row.token, row.state) != (item.attempt, lease.token, ItemState.RUNNING):
            if row is not None and models.Attempt.objects.filter(key=item.attempt).exists():
                return Finished(ItemState(row.state), case_id=row.case_id, repeated=True)
            raise LeaseLost
        if row.appeal_id is not None:
            row.appeal = _locked_appeal(row)
        if outcome.answer is not None and outcome.answer.portal != row.portal:
            raise RecordWrong("The answer comes from another portal than was asked. Nothing was recorded.")
        reason = outcome.reason
        attempt = _ATTEMPTS.add(
            models.Attempt(
                key=item.attempt,
                item=row,
                run=run,
                portal=row.portal,
                flow=row.flow,
                ending=outcome.ending,
                code=reason.code if reason else "",
                view=(reason.view if reason else None) or "",
                started_at=row.taken_at or now,
                finished_at=now,
            )
        )
        if evidence_found is not None:
            evidence.keep(attempt, evidence_found)
        if documents is not None:
            documents.keep(attempt, lease.actor, now)
        finished = _conclude(lease, row, attempt, outcome, now)
        as_before = finished.state is ItemState.READY and finished.not_before is None
        (_PUT_BACK if as_before else _MOVED).run(
            {"number": row.pk},
            state=finished.state,
            tries=row.tries,
            not_before=finished.not_before or row.not_before,
            lane_id=None,
            answer_id=row.answer_id,
            case_id=finished.case_id if finished.state is ItemState.PARKED else None,
            **(UNPLANNED if as_before else ASKED_ANEW),
        )
        audit.append(
            lease.actor, "item.finish", "item", row.pk, now,
            patient_reference=patient_reference(row), portal=row.portal, flow=row.flow, run_id=run.pk,
            result=outcome.ending,
        )  # fmt: skip
        return finished


def _this(number: int) -> "QuerySet[models.WorkItem]":
    return models.WorkItem.objects.filter(pk=number)


_TAKEN = PreparedUpdate(_this, "state", "lane_id", "token", "attempt", "taken_at", "revision")
_ENDS = ("state", "tries", "not_before", "lane_id", "answer_id", "case_id")
_PUT_BACK, _MOVED = (PreparedUpdate(_this, *_ENDS, *more) for more in (UNPLANNED, ASKED_ANEW))
_ATTEMPTS = PreparedInsert(models.Attempt)


@cache
def _asked(flow: Flow) -> Prepared[models.WorkItem]:
    """One question, with what it is about."""

    def asked(number: int, practice_id: int) -> "QuerySet[models.WorkItem]":
        rows = models.WorkItem.objects.select_for_update(of=("self",)).select_related(joined(flow))
        return rows.filter(pk=number, practice_id=practice_id)[:1]

    return Prepared(asked)


def put_back(lease: Lease, item: WorkItem) -> None:
    """Put a question that was taken but not asked back to ready, as if it had never been taken. Raises LeaseLost."""
    with transaction.atomic():
        hold(lease)
        put = models.WorkItem.objects.filter(
            pk=item.id, attempt=item.attempt, lane_id=lease.lane_id, token=lease.token, state=ItemState.RUNNING
        ).update(state=ItemState.READY, lane=None, attempt="", **UNPLANNED)
        if not put:
            raise LeaseLost


def again(portal: str, flow: Flow, actor: Actor, now: datetime, *, answered_before: datetime | None = None) -> int:
    """Put what is done back to ready, to be asked once more; return how many questions.

    With `answered_before`, only those whose newest answer was recorded before then. Parked questions are left to
    their cases. Raises RecordWrong for appeals, which are filed once.
    """
    if flow is Flow.APPEAL:
        raise RecordWrong("An appeal is filed once, and never again. Nothing was changed.")
    with transaction.atomic():
        done = models.WorkItem.objects.filter(
            portal=portal, flow=flow, practice_id=actor.practice_id, state=ItemState.DONE
        )
        if answered_before is not None:
            done = done.filter(Q(answer=None) | Q(answer__recorded_at__lt=answered_before))
        moved = done.update(state=ItemState.READY, tries=0, not_before=now, **ASKED_ANEW)
        wake(Wake.ASKED_AGAIN, now)
        audit.append(actor, "items.again", "items", portal, now, portal=portal, flow=flow, result=str(moved))
        return moved


def counts(practice_id: int, portal: str, flow: Flow, now: datetime) -> Counts:
    """How many questions of this practice, portal and flow stand where."""
    items = models.WorkItem.objects.filter(practice_id=practice_id, portal=portal, flow=flow)
    # One statement, or what another process moves in between would be counted twice or not at all.
    later = Q(not_before__gt=now)
    grouped = items.values("state").annotate(
        times=Count("id"), later=Count("id", filter=later), next_at=Min("not_before", filter=later)
    )
    rows = list(grouped.order_by("state"))
    by_state = {row["state"]: row["times"] for row in rows}
    waiting = sum(row["later"] for row in rows if row["state"] == ItemState.READY)
    return Counts(
        ready=by_state.get(ItemState.READY, 0) - waiting,
        running=by_state.get(ItemState.RUNNING, 0),
        done=by_state.get(ItemState.DONE, 0),
        parked=by_state.get(ItemState.PARKED, 0),
        waiting=waiting,
        next_at=next((row["next_at"] for row in rows if row["state"] == ItemState.READY), None),
    )


_ABOUT_SESSION = (Then.FREEZE_CREDENTIAL, Then.STOP_PORTAL)

_LONGEST_BUILDING = timedelta(days=2)
"""A report that is being built for longer than this in a row will hardly be ready: a person asks the payer."""


def _conclude(lease: Lease, row: models.WorkItem, attempt: models.Attempt, outcome: Outcome, now: datetime) -> Finished:
    """What follows from the outcome. Sets the row's tries and answer; the caller writes them."""
    then, reason = policy(outcome.ending).then, outcome.reason
    about_session = then in _ABOUT_SESSION
    if row.revision != revision_of(row) and not about_session:
        row.tries = 0
        return Finished(ItemState.READY, now, superseded=True)
    if (concluded := _conclude_appeal(lease, row, attempt, outcome, now)) is not None:
        return concluded
    if then is Then.RECORD_ANSWER:
        version = answers.record(row, attempt, outcome, lease.actor, now)
        row.answer_id, row.tries = version.pk, 0
        return Finished(ItemState.DONE, version=version.version, found=open_found_work(row, version, lease.actor, now))
    if then is Then.TRY_LATER and reason is not None and reason.not_before is not None:
        if reason.code is not Code.TECH_BUILDING:
            return Finished(ItemState.READY, closures.close(row.portal, reason.not_before, reason.code, now))
        if now - _building_since(attempt) < _LONGEST_BUILDING:
            return Finished(ItemState.READY, min(reason.not_before, now + closures.LONGEST))
    elif then is Then.TRY_LATER:
        row.tries += 1
        wait = back_off(row.tries)
        if wait is not None:
            return Finished(ItemState.READY, now + wait)
    if then is Then.FREEZE_CREDENTIAL and reason is not None and reason.not_before is not None:
        closures.close(row.portal, reason.not_before, reason.code, now, alias=lease.alias)
    case = open_for(attempt, outcome, alias=lease.alias, actor=lease.actor, subject=subject_of(row), now=now)
    return Finished(ItemState.READY if about_session else ItemState.PARKED, case_id=case.pk)


def _conclude_appeal(
    lease: Lease, row: models.WorkItem, attempt: models.Attempt, outcome: Outcome, now: datetime
) -> Finished | None:
    """What follows for an appeal; None where it is what follows for any other question."""
    at = appeals_outcome.Try(lease.actor, now, attempt)
    appeal, flow, actor = row.appeal, Flow(row.flow), lease.actor
    if appeal is None:
        return None
    concerned = appeals_outcome.concerns(appeal, flow)
    follows: appeals_outcome.Next | None = appeals_outcome.Next()
    version = None
    if outcome.answer is not None:
        version = answers.record(row, attempt, outcome, actor, now)
        row.answer_id, row.tries = version.pk, 0
        if concerned:
            follows = appeals_outcome.answered(appeal, flow, outcome.answer.normalised, at)
    elif policy(outcome.ending).then in _ABOUT_SESSION and not concerned:
        open_for(attempt, outcome, alias=lease.alias, actor=actor, subject=subject_of(row), now=now)
    elif concerned:
        pressed = appeal.stage in PRESSED
        follows = appeals_outcome.not_seen(appeal, outcome, at) if pressed else None
    if follows is None:
        return None
    case = None
    if told := follows.asks_person or follows.tells_person:
        case = open_for(attempt, told, alias=lease.alias, actor=actor, subject=subject_of(row), now=now)
    state = ItemState.PARKED if follows.asks_person else ItemState.READY if follows.again_at else ItemState.DONE
    return Finished(
        state,
        follows.again_at,
        case_id=case.pk if case else None,
        version=version.version if version else None,
        found=open_found_work(row, version, actor, now) if version else (),
    )


def _building_since(attempt: models.Attempt) -> datetime:
    """When the portal first said that it builds what is asked for, in the row of such attempts that ends with this.

    The row begins anew when a person has closed a case about it.
    """
    of_item = models.Attempt.objects.filter(item=attempt.item_id)
    told = models.Case.objects.filter(portal=attempt.portal, flow=attempt.flow, code=Code.TECH_BUILDING)
    if attempt.item is not None:
        told = told.filter(practice_id=attempt.item.practice_id)
    closed = told.aggregate(newest=Max("closed_at"))["newest"]
    if closed is not None:
        of_item = of_item.filter(finished_at__gt=closed)
    other = of_item.exclude(code=Code.TECH_BUILDING).order_by("-id").values_list("id", flat=True).first()
    first = of_item.filter(id__gt=other or 0).order_by("id").values_list("finished_at", flat=True).first()
    return first or attempt.finished_at
