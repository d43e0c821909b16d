"""Runs: one session's work over its questions, from its start to its end, with what came out."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet

from flows.outcomes import Code, Ending, Outcome, Reason, back_off, last_back_off
from flows.questions import Flow
from ledger import audit, closures, evidence, models
from ledger.cases import open_for
from ledger.errors import NotThere, RecordWrong
from ledger.evidence import Evidence
from ledger.lanes import Lease, hold
from ledger.subjects import Subject


@dataclass(frozen=True)
class RunSummary:
    """A run and how its attempts ended. `ended_at` is None while it runs; `why_ended` is "lost" after a crash."""

    id: int
    portal: str
    flow: Flow
    alias: str
    account: str
    started_at: datetime
    ended_at: datetime | None
    why_ended: str
    by_ending: Mapping[Ending, int]

    @property
    def attempts(self) -> int:
        """How many attempts ended in this run."""
        return sum(self.by_ending.values())


def start(lease: Lease, flow: Flow, now: datetime) -> int:
    """Start a run of this flow on the lane, and return its id; from now on `work.next_item` gives its questions.

    An earlier run of the same lease that was not ended is ended. Raises LeaseLost.
    """
    with transaction.atomic():
        lane = hold(lease)
        models.Run.objects.filter(lane=lane, ended_at=None).update(ended_at=now, why_ended="followed")
        run = models.Run.objects.create(
            lane=lane,
            token=lease.token,
            portal=lease.portal,
            flow=flow,
            account_id=lease.actor.account_id,
            started_at=now,
        )
        models.Lane.objects.filter(pk=lane.pk).update(run=run)
        audit.append(lease.actor, "run.start", "run", run.pk, now, portal=lease.portal, flow=flow, run_id=run.pk)
        return run.pk


def stepped(lease: Lease, doing: str, due: int, stepped_at: datetime) -> None:
    """Note for those who watch what the lane's run does (a word or two of ours), how many questions waited for it when
    it began, and when it last got anywhere. Without effect when the lane is somebody else's by now."""
    models.Run.objects.filter(lane_id=lease.lane_id, token=lease.token, ended_at=None).update(
        doing=doing[:60], due=due, stepped_at=stepped_at
    )


def end(lease: Lease, why: str, now: datetime) -> RunSummary:
    """End the lane's run. `why` is a word or two of ours ("finished", "portal-stopped"). Raises LeaseLost."""
    with transaction.atomic():
        lane = hold(lease)
        run = running(lane)
        models.Run.objects.filter(pk=run.pk).update(ended_at=now, why_ended=why)
        models.Lane.objects.filter(pk=lane.pk).update(run=None)
        audit.append(
            lease.actor, "run.end", "run", run.pk, now, portal=run.portal, flow=run.flow, run_id=run.pk, result=why
        )
        return summary(lease.actor.practice_id, run.pk)


def report(lease: Lease, outcome: Outcome, now: datetime, *, evidence_found: Evidence | None = None) -> int | None:
    """Record what befell the session itself, with no question at hand (signing in failed, a captcha at the door).

    Opens or adds to the case that the outcome's policy asks for (a frozen credential, a stopped portal), and returns
    the case's id; None where waiting alone mends it. Where the reason says when to try again, the portal (TRANSIENT) or
    the sign-in (CREDENTIAL) is left alone until then. `outcome` must have a reason. Raises LeaseLost.
    """
    reason = outcome.reason
    if reason is None:
        raise RecordWrong("An answer belongs to a question. Nothing was recorded; finish the question with it.")
    with transaction.atomic():
        run = running(hold(lease))
        attempt = _attempt(run, outcome.ending, reason, now)
        if evidence_found is not None:
            evidence.keep(attempt, evidence_found)
        if reason.not_before is not None:
            alias = lease.alias if outcome.ending is Ending.CREDENTIAL else ""
            closures.close(lease.portal, reason.not_before, reason.code, now, alias=alias)
        if outcome.ending is Ending.TRANSIENT and reason.code is not Code.ACC_INUSE:
            return None
        if reason.code is Code.ACC_INUSE and not _gives_way(lease, run, reason, now):
            return None
        return open_for(attempt, outcome, alias=lease.alias, actor=lease.actor, subject=Subject(), now=now).pk


NOTICE_AGAIN = timedelta(days=1)
"""A notice that a person has read and put aside is not told again within this time."""


def notice(lease: Lease, reason: Reason, now: datetime, *, evidence_found: Evidence | None = None) -> int | None:
    """Tell a person something that stops nothing (the password expires soon); once, while the case is open.

    One that was closed within the last day is not told again. Returns the case's id; None when nothing was told.
    """
    with transaction.atomic():
        run = running(hold(lease))
        same = models.Case.objects.filter(
            practice_id=lease.actor.practice_id, portal=lease.portal, alias=lease.alias, code=reason.code,
            view=reason.view or "", stops="", opened_at__gt=now - NOTICE_AGAIN,
        )  # fmt: skip
        if same.filter(closed_at__isnull=False).exists():
            return None
        outcome = Outcome(ending=Ending.NEEDS_STAFF, reason=reason)
        attempt = _attempt(run, outcome.ending, reason, now)
        if evidence_found is not None:
            evidence.keep(attempt, evidence_found)
        return open_for(attempt, outcome, alias=lease.alias, actor=lease.actor, subject=Subject(), now=now).pk


def _attempt(run: models.Run, ending: Ending, reason: Reason, now: datetime) -> models.Attempt:
    return models.Attempt.objects.create(
        key=uuid.uuid4().hex,
        run=run,
        portal=run.portal,
        flow=run.flow,
        ending=ending,
        code=reason.code,
        view=reason.view or "",
        started_at=now,
        finished_at=now,
    )


def _gives_way(lease: Lease, run: models.Run, reason: Reason, now: datetime) -> bool:
    """Somebody else is signed in as us: this sign-in rests, longer each time. True when a person has to be told.

    Counted are the runs of this sign-in that met it, back to the last one that ended well; the one now among them.
    """
    well = models.Run.objects.filter(
        lane__credential__portal=lease.portal,
        lane__credential__alias=lease.alias,
        why_ended__in=("finished", "limit reached"),
    )
    since = well.order_by("-id").values_list("id", flat=True).first()
    met = models.Attempt.objects.filter(
        code=reason.code, item=None, run__lane__credential__portal=lease.portal,
        run__lane__credential__alias=lease.alias, run__gt=since or 0,
    )  # fmt: skip
    times = met.values("run").distinct().count()
    wait = back_off(times)
    closures.close(lease.portal, now + (wait or last_back_off()), reason.code, now, alias=lease.alias)
    return wait is None


def summary(practice_id: int, run_id: int) -> RunSummary:
    """A run of this practice as it stands. Raises NotThere."""
    row = _runs(practice_id).filter(pk=run_id).first()
    if row is None:
        raise NotThere(f"run {run_id}")
    return _summary(row)


def latest(
    practice_id: int, limit: int = 10, *, portal: str | None = None, flow: Flow | None = None
) -> tuple[RunSummary, ...]:
    """The newest runs of this practice, newest first."""
    rows = _runs(practice_id).order_by("-id")
    if portal is not None:
        rows = rows.filter(portal=portal)
    if flow is not None:
        rows = rows.filter(flow=flow)
    return tuple(_summary(row) for row in rows[:limit])


def _runs(practice_id: int) -> QuerySet[models.Run]:
    ours = models.Run.objects.filter(lane__credential__practice=practice_id)
    return ours.select_related("account", "lane__credential")


def running(lane: models.Lane) -> models.Run:
    """The run of a lane that is held. For the ledger's own functions; raises RecordWrong when none was started."""
    if lane.run is None:
        raise RecordWrong("No run was started on this lane. Nothing was recorded; start a run first.")
    return lane.run


def _summary(row: models.Run) -> RunSummary:
    counted = models.Attempt.objects.filter(run=row).values("ending").annotate(times=Count("id")).order_by("ending")
    return RunSummary(
        id=row.pk,
        portal=row.portal,
        flow=Flow(row.flow),
        alias=row.lane.credential.alias,
        account=row.account.name,
        started_at=row.started_at,
        ended_at=row.ended_at,
        why_ended=row.why_ended,
        by_ending={Ending(each["ending"]): each["times"] for each in counted},
    )
