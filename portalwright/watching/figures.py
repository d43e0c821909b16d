"""The arithmetic of the board: how fast, how sure, how long still, and what is stuck. Pure functions."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from console.board import Job, Session
from flows.outcomes import Code, Ending
from ledger.night_values import PastRun, Tried

NOW_MEANS = timedelta(minutes=10)
"""The rate "now" is that of the last ten minutes."""

LAST_50, LAST_20 = 50, 20
STUCK_TIMES = 3
"""Stuck is who has made no step for three times as long as 95 of 100 questions take (DOMAIN 5)."""

NEVER_STUCK_BEFORE = timedelta(minutes=1)
"""Steps reach the ledger with the session's heartbeat, every ten seconds; a shorter time would say nothing."""

_USUAL_P95 = timedelta(minutes=1)
"""For a job that has no questions behind it yet."""

_SUCCESS = frozenset({Ending.ANSWERED, Ending.NEGATIVE})


def success(tried: Iterable[Tried], last: int) -> tuple[int, int]:
    """Of the `last` newest questions, how many ended with an answer, and how many were looked at.

    A report that the portal is still making ready is neither.
    """
    counted = [one.ending in _SUCCESS for one in tried if one.code is not Code.TECH_BUILDING][:last]
    return sum(counted), len(counted)


def p95(tried: Sequence[Tried]) -> float | None:
    """So many seconds, or fewer, 95 of 100 questions take; None when none was asked."""
    if not tried:
        return None
    ordered = sorted(one.seconds for one in tried)
    return ordered[math.ceil(len(ordered) * 0.95) - 1]


def rate(tried: Iterable[Tried], now: datetime, began: datetime | None) -> float | None:
    """Questions a minute over the last ten minutes, or since the sessions began; None while nothing runs."""
    if began is None:
        return None
    since = max(began, now - NOW_MEANS)
    minutes = (now - since) / timedelta(minutes=1)
    ended = sum(one.finished_at > since for one in tried)
    return ended / minutes if ended and minutes > 0 else None


def usual(runs: Sequence[PastRun]) -> float | None:
    """Questions a minute that one session of this job usually gets through: the median of the runs before."""
    rates = [run.asked / run.minutes for run in runs if run.minutes > 0 and run.asked > 0]
    return median(rates) if rates else None


def with_ends(jobs: Sequence[Job], sessions: Sequence[Session], allowed: int, now: datetime) -> tuple[Job, ...]:
    """The jobs of one portal with the time at which each will be done.

    Its sessions do one job after the other: what runs ends when its own questions are done, what waits comes after all
    that runs. `allowed` sessions share the work. A job whose pace nobody knows leaves those behind it unknown too.
    """
    working = {job.flow: sum(one.flow is job.flow for one in sessions) for job in jobs}
    lanes = max(1, allowed)
    behind: float | None = 0.0
    found: dict[str, datetime | None] = {}
    for job in sorted(jobs, key=lambda job: not working[job.flow]):
        waits = job.queued + job.running
        if not waits:
            continue
        pace = _pace(job, working[job.flow], lanes)
        opens = max(now, job.opens_at) if job.opens_at is not None and not working[job.flow] else now
        minutes = None if pace is None else waits / pace
        if working[job.flow] and minutes is not None:
            found[job.flow] = now + timedelta(minutes=minutes)
            behind = None if behind is None else max(behind, minutes)
        else:
            behind = None if behind is None or minutes is None else behind + minutes
            found[job.flow] = None if behind is None else opens + timedelta(minutes=behind)
    return tuple(replace(job, finishes_at=found.get(job.flow)) for job in jobs)


def _pace(job: Job, working: int, lanes: int) -> float | None:
    """Questions a minute that this job gets done, by all its sessions: as now, or as usual."""
    if working and job.a_minute:
        return job.a_minute
    return None if not job.usual else job.usual * (working or lanes)


def is_stuck(doing: str, quiet: timedelta, p95_seconds: float | None) -> bool:
    """Has it made no step for three times p95? A session that waits (for a code, for the portal) has limits of its own.

    `quiet`: since its last step.
    """
    if doing.startswith("waiting"):
        return False
    usually = _USUAL_P95 if p95_seconds is None else timedelta(seconds=p95_seconds)
    return quiet > max(STUCK_TIMES * usually, NEVER_STUCK_BEFORE)
