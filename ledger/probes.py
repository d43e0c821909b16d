"""Probes: when somebody last saw that a portal is what its pack says, and the questions by which that can be seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from django.db import transaction

from flows.coverage import CoverageStatus
from flows.outcomes import Ending
from flows.questions import Flow, Question
from ledger import audit, models
from ledger.answers import AnswerRecord, read_rows
from ledger.lanes import Lease, hold
from ledger.runs import running
from ledger.subjects import joined, question_of


def record(lease: Lease, pack_version: str, checks: str, now: datetime, *, passed: bool) -> None:
    """Write down how the probe of the lane's run ended. `checks` is JSON without patient data. Raises LeaseLost."""
    with transaction.atomic():
        run = running(hold(lease))
        row = models.Probe.objects.create(
            portal=run.portal, flow=run.flow, pack_version=pack_version, run=run, at=now, passed=passed, checks=checks
        )
        audit.append(
            lease.actor, "probe", "probe", row.pk, now,
            portal=run.portal, flow=run.flow, run_id=run.pk, result="passed" if passed else "failed",
        )  # fmt: skip


def last_passed(portal: str, flow: Flow, practice_id: int, pack_version: str) -> datetime | None:
    """When this version of the pack last passed; None when it never did, or when a later probe of it failed.

    Only what a sign-in of this practice saw counts: a portal may show other pages to another practice.
    """
    ours = models.Probe.objects.filter(run__lane__credential__practice=practice_id)
    newest = ours.filter(portal=portal, flow=flow, pack_version=pack_version).order_by("-at", "-id")
    row = newest.first()
    return row.at if row is not None and row.passed else None


@dataclass(frozen=True)
class ProbeSeen:
    """How the newest probe of a job went, and of which version of the pack."""

    flow: Flow
    pack_version: str
    at: datetime
    passed: bool


def latest(practice_id: int, portal: str) -> tuple[ProbeSeen, ...]:
    """The newest probe of each job at this portal by this practice's sign-ins, by job."""
    ours = models.Probe.objects.filter(run__lane__credential__practice=practice_id, portal=portal)
    found = (ours.filter(flow=flow).order_by("-at", "-id").first() for flow in Flow)
    return tuple(ProbeSeen(Flow(row.flow), row.pack_version, row.at, row.passed) for row in found if row is not None)


def newest_final(portal: str, flow: Flow, practice_id: int, most: int) -> tuple[AnswerRecord, ...]:
    """The questions of this practice whose newest answer will be the same when asked again, newest answer first.

    Of claims, those that are finalised (F...); of appointments, those whose patient is covered or not, for certain;
    a period is never asked again for a probe's sake, for that would fetch its documents once more, and of appeals a
    payer wants to be asked seldom.
    """
    rows = models.AnswerVersion.objects.filter(
        portal=portal, flow=flow, newest_of__practice_id=practice_id, ending=Ending.ANSWERED, taken_from=None
    )
    match flow:
        case Flow.CLAIM_STATUS:
            rows = rows.filter(category__startswith="F")
        case Flow.ELIGIBILITY:
            rows = rows.filter(coverage_status__in=(CoverageStatus.ACTIVE, CoverageStatus.INACTIVE))
        case Flow.REMITTANCES | Flow.APPEAL | Flow.APPEAL_STATUS:
            return ()
        case _:
            assert_never(flow)
    return tuple(read_rows(rows.order_by("-recorded_at", "-id")[:most], flow))


def newest_question(portal: str, flow: Flow, practice_id: int) -> Question | None:
    """The question of the work list that came last, whatever became of it; None when there is none.

    An appeal is nobody's probe.
    """
    if flow is Flow.APPEAL:
        return None
    items = models.WorkItem.objects.select_related(joined(flow))
    row = items.filter(portal=portal, flow=flow, practice_id=practice_id).order_by("-id").first()
    return None if row is None else question_of(row)
