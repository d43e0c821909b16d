"""The figures of a night: what runs, what ended how and how fast; their cost follows that, not the number of claims.

Everything is of one practice. Counts go by the indexes `what_a_lane_runs`, `runs_of_a_portal` and `endings_of_a_run`;
nothing here reads a claim, a patient or an answer. What waits is `ledger.due`'s to say.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger import models
from ledger.case_conditions import IS_OPEN, STOPS_SOMETHING
from ledger.lanes import TAKEN_AWAY
from ledger.night_values import Endings, LaneFigures, OpenCase, PastRun, Tried, Worker
from ledger.states import ItemState, Stops

_ANSWERS = (Ending.ANSWERED, Ending.NEGATIVE)
_LONGEST_RUN = timedelta(days=1)
_NEWEST_RUNS = 20
_STOPS_FOR_ALL = (Stops.PORTAL, Stops.VIEW)


def running(practice_id: int) -> Mapping[tuple[str, Flow], int]:
    """By portal and job: how many questions are being asked now."""
    # A lane is one practice's, and so is what it runs: naming the practice too leads away from the lane's own index.
    items = models.WorkItem.objects.filter(lane__in=running_on(practice_id), state=ItemState.RUNNING)
    rows = items.values("portal", "flow").annotate(times=Count("id")).order_by("portal")
    return {(row["portal"], Flow(row["flow"])): row["times"] for row in rows}


def running_on(practice_id: int) -> list[int]:
    """The ids of the practice's lanes, on which its questions are asked."""
    return list(models.Lane.objects.filter(credential__practice=practice_id).values_list("id", flat=True))


def lanes(practice_id: int, now: datetime) -> tuple[LaneFigures, ...]:
    """Every lane of the practice's sign-ins, by portal, sign-in and slot."""
    rows = models.Lane.objects.select_related("credential", "run").filter(credential__practice=practice_id)
    ordered = list(rows.order_by("credential__portal", "credential__alias", "slot"))
    ended = _by_run([row.run_id for row in ordered if row.run_id is not None])
    return tuple(_lane(row, ended, now) for row in ordered)


def _lane(row: models.Lane, ended: Mapping[int, Mapping[Ending, int]], now: datetime) -> LaneFigures:
    taken = bool(row.holder) and row.holder != TAKEN_AWAY and row.until is not None
    held = taken and row.until is not None and row.until > now
    credential, run = row.credential, row.run
    ending = row.holder == TAKEN_AWAY and row.until is not None and row.until > now
    lane = LaneFigures(
        row.pk, credential.portal, credential.alias, row.slot, held=held, lost=taken and not held, ending=ending
    )
    if run is None or run.ended_at is not None:
        return lane
    return replace(
        lane,
        run_id=run.pk,
        flow=Flow(run.flow),
        doing=run.doing,
        started_at=run.started_at,
        stepped_at=run.stepped_at,
        due=run.due,
        by_ending=ended.get(run.pk, {}),
    )


def endings(practice_id: int, since: datetime, until: datetime) -> Endings:
    """How the questions of the runs between these instants ended. A run that began before and went on counts whole."""
    began = _runs(practice_id).filter(started_at__gte=since - _LONGEST_RUN, started_at__lt=until)
    over = began.filter(Q(ended_at=None) | Q(ended_at__gt=since))
    flow_of = {row["id"]: (row["portal"], Flow(row["flow"])) for row in over.values("id", "portal", "flow")}
    found: dict[tuple[str, Flow], dict[Ending, int]] = defaultdict(lambda: defaultdict(int))
    for run_id, by_ending in _by_run(flow_of).items():
        for ending, times in by_ending.items():
            found[flow_of[run_id]][ending] += times
    return {pair: dict(by_ending) for pair, by_ending in found.items()}


def codes(practice_id: int, since: datetime) -> Mapping[tuple[str, Code], int]:
    """By portal and code: how often a question ended without an answer in the runs that have begun since then."""
    runs = _runs(practice_id).filter(started_at__gte=since).values("id")
    failed = models.Attempt.objects.filter(run__in=runs).exclude(ending__in=_ANSWERS).exclude(code="")
    rows = failed.values("portal", "code").annotate(times=Count("id")).order_by("portal")
    return {(row["portal"], Code(row["code"])): row["times"] for row in rows}


def by_time(practice_id: int, since: datetime, until: datetime, minutes: int) -> tuple[Mapping[Ending, int], ...]:
    """How many questions ended how in each span of so many minutes from `since` to `until`, in the order of time."""
    began = _runs(practice_id).filter(started_at__gte=since - _LONGEST_RUN, started_at__lt=until)
    runs = list(began.filter(Q(ended_at=None) | Q(ended_at__gt=since)).values_list("id", flat=True))
    span = timedelta(minutes=minutes)
    found: list[dict[Ending, int]] = [defaultdict(int) for _ in range(-(-(until - since) // span))]
    tried = models.Attempt.objects.filter(run__in=runs, item__isnull=False)
    for finished_at, ending in tried.values_list("finished_at", "ending").iterator():
        if since <= finished_at < until:
            found[(finished_at - since) // span][Ending(ending)] += 1
    return tuple(dict(one) for one in found)


def changes() -> int:
    """Goes up with everything that anybody does in this office; whoever watches looks again when it has."""
    return models.AuditHead.objects.values_list("sequence", flat=True).first() or 0


def recent(practice_id: int, portal: str, flow: Flow, limit: int = 200) -> tuple[Tried, ...]:
    """The newest endings of questions of this job, the newest first; of its newest runs."""
    newest = _runs(practice_id).filter(portal=portal, flow=flow).order_by("-started_at")
    runs = list(newest.values_list("id", flat=True)[:_NEWEST_RUNS])
    tried = models.Attempt.objects.filter(run__in=runs, item__isnull=False).order_by("-id")
    return tuple(
        Tried(Ending(ending), Code(code) if code else None, started_at, finished_at)
        for ending, code, started_at, finished_at in tried.values_list("ending", "code", "started_at", "finished_at")[
            :limit
        ]
    )


def past_runs(practice_id: int, portal: str, flow: Flow, before: datetime, limit: int = 30) -> tuple[PastRun, ...]:
    """The newest runs of this job that began before then and have ended, the newest first; those that asked nothing
    are left out."""
    over = _runs(practice_id).filter(portal=portal, flow=flow, started_at__lt=before, ended_at__isnull=False)
    rows = list(over.order_by("-started_at").values_list("id", "started_at", "ended_at")[:limit])
    asked = {run_id: sum(by_ending.values()) for run_id, by_ending in _by_run([row[0] for row in rows]).items()}
    return tuple(
        PastRun(asked[run_id], (ended_at - started_at).total_seconds() / 60)
        for run_id, started_at, ended_at in rows
        if asked.get(run_id) and ended_at is not None and ended_at > started_at
    )


def open_cases(practice_id: int, told: Sequence[Code]) -> tuple[OpenCase, ...]:
    """The open cases of this practice that stop something or have one of these codes, the oldest first.

    Among them are other practices' that stop a portal or a view for all.
    """
    rows = models.Case.objects.only("practice", "portal", "flow", "code", "stops", "opened_at").filter(IS_OPEN)
    # Two questions, each with an index of its own; asked as one, every open case would be read.
    stopping = rows.filter(STOPS_SOMETHING)
    ours_or_shared = [row for row in stopping if row.practice_id == practice_id or row.stops in _STOPS_FOR_ALL]
    found = {row.pk: row for row in (*ours_or_shared, *rows.filter(practice_id=practice_id, code__in=told))}
    return tuple(
        OpenCase(row.pk, row.portal, Flow(row.flow), Code(row.code), Stops(row.stops), row.opened_at)
        for _, row in sorted(found.items())
    )


def sign_ins(practice_id: int) -> tuple[tuple[str, str], ...]:
    """Portal and name of each of the practice's sign-ins."""
    ours = models.Credential.objects.filter(practice_id=practice_id).order_by("portal", "alias")
    return tuple(ours.values_list("portal", "alias"))


def _runs(practice_id: int) -> QuerySet[models.Run]:
    return models.Run.objects.filter(lane__credential__practice=practice_id)


def _by_run(run_ids: Iterable[int]) -> Mapping[int, Mapping[Ending, int]]:
    """How the questions of these runs ended. What befell a session itself is no question, and never an answer."""
    of_runs = models.Attempt.objects.filter(run__in=list(run_ids))
    found: dict[int, dict[Ending, int]] = defaultdict(dict)
    # Answers are by far the most, and are counted in the index alone.
    for rows in (of_runs.filter(ending__in=_ANSWERS), of_runs.exclude(ending__in=_ANSWERS).filter(item__isnull=False)):
        for row in rows.values("run", "ending").annotate(times=Count("id")).order_by("run"):
            if row["run"] is not None:
                found[row["run"]][Ending(row["ending"])] = row["times"]
    return found


def workers(since: datetime) -> tuple[Worker, ...]:
    """The workers that have not ended in order: those at work, and those that went away after that instant."""
    rows = models.WorkerProcess.objects.filter(Q(ended_at=None) | Q(why_ended="lost", ended_at__gte=since))
    return tuple(
        Worker(row.name, row.started_at, row.sessions, row.beat_at, row.ended_at is not None)
        for row in rows.order_by("started_at", "id")
    )
