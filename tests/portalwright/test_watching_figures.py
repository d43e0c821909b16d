"""The arithmetic of the board: pace, success, how long it still takes, and who is stuck."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.board import Job, Session
from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger.night_values import PastRun
from portalwright.watching.figures import is_stuck, p95, rate, success, usual, with_ends
from tests.portalwright.boards import MINUTE, NIGHT, NOW, SECOND, job, session, tried

HOUR = timedelta(hours=1)


def test_95_of_100_questions_take_so_long_or_less() -> None:
    assert p95([]) is None
    assert p95([tried(seconds=4)]) == pytest.approx(4)
    assert p95([tried(seconds=seconds) for seconds in range(1, 101)]) == pytest.approx(95)
    assert p95([*[tried(seconds=2)] * 19, tried(seconds=300)]) == pytest.approx(2)


def test_success_is_of_the_newest_and_a_report_in_the_making_counts_neither_way() -> None:
    making = replace(tried(Ending.TRANSIENT), code=Code.TECH_BUILDING)
    endings = [tried(Ending.DRIFT), making, tried(), tried(Ending.NEGATIVE), tried(Ending.NEEDS_STAFF)]
    assert success(endings, 50) == (2, 4)
    assert success(endings, 3) == (2, 3)
    assert success([], 50) == (0, 0)


def test_the_pace_is_that_of_the_last_ten_minutes_or_since_the_sessions_began() -> None:
    newest = [tried(ago=MINUTE * minutes) for minutes in range(30)]
    assert rate(newest, NOW, NOW - HOUR) == pytest.approx(1.0)
    assert rate(newest, NOW, NOW - 4 * MINUTE) == pytest.approx(1.0)
    assert rate(newest, NOW, None) is None
    assert rate([tried(ago=HOUR)], NOW, NOW - 2 * HOUR) is None


def test_usual_is_the_median_of_earlier_runs() -> None:
    assert usual([]) is None
    assert usual([PastRun(100, 10), PastRun(5, 5), PastRun(60, 20)]) == pytest.approx(3)


STEPS: list[tuple[str, timedelta, float | None, bool]] = [
    ("asking", 59 * SECOND, 5, False),
    ("asking", 61 * SECOND, 5, True),
    ("asking", 89 * SECOND, 30, False),
    ("asking", 91 * SECOND, 30, True),
    ("asking", 179 * SECOND, None, False),
    ("asking", 181 * SECOND, None, True),
    ("signing in", 181 * SECOND, None, True),
    ("waiting until 03:00:00 UTC", HOUR, 5, False),
    ("waiting for a one-time code", HOUR, 5, False),
]


@pytest.mark.parametrize(("doing", "quiet", "seconds", "stuck"), STEPS, ids=str)
def test_stuck_is_no_step_for_three_times_p95(doing: str, quiet: timedelta, seconds: float | None, stuck: bool) -> None:
    assert is_stuck(doing, quiet, seconds) is stuck


def ends(jobs: list[Job], sessions: list[Session], allowed: int = 1) -> list[timedelta | None]:
    """How long from now each job still takes."""
    done = with_ends(jobs, sessions, allowed, NOW)
    return [None if one.finishes_at is None else one.finishes_at - NOW for one in done]


def test_what_runs_ends_at_its_own_pace() -> None:
    assert ends([job(queued=119, running=1, a_minute=2.0, usual=9.0)], [session()]) == [60 * MINUTE]
    assert ends([job(queued=120, running=0, a_minute=None, usual=4.0)], [session()]) == [30 * MINUTE]
    assert ends([job()], [session()]) == [None]


def test_what_waits_comes_after_what_runs_and_then_one_after_the_other() -> None:
    runs = job(queued=30, a_minute=1.0)
    eligibility = job(flow=Flow.ELIGIBILITY, queued=20, usual=2.0)
    remittances = job(flow=Flow.REMITTANCES, queued=5, usual=1.0)
    assert ends([eligibility, runs, remittances], [session()]) == [40 * MINUTE, 30 * MINUTE, 45 * MINUTE]


def test_several_sessions_share_what_waits() -> None:
    assert ends([job(queued=60, usual=1.0)], [], allowed=3) == [20 * MINUTE]


def test_a_pace_that_nobody_knows_leaves_the_end_unknown_of_those_behind_it_too() -> None:
    unknown = job(queued=30)
    behind = job(flow=Flow.ELIGIBILITY, queued=20, usual=2.0)
    assert ends([unknown, behind], []) == [None, None]


def test_a_portal_that_is_closed_begins_when_it_opens() -> None:
    assert ends([job(queued=60, usual=1.0, opens_at=NOW + HOUR)], []) == [2 * HOUR]


@pytest.mark.parametrize(
    ("queued", "in_time"), [(0, None), (6 * 60, True), (6 * 60 + 1, False)], ids=["nothing", "just", "not"]
)
def test_in_time_is_before_the_night_ends(queued: int, in_time: bool | None) -> None:
    (one,) = with_ends([job(queued=queued, usual=1.0)], [], 1, NOW)
    assert one.in_time(NIGHT, NOW) is in_time
    assert one.in_time(NIGHT, NIGHT.ends) is None


def test_excepted_is_all_that_neither_answered_nor_is_tried_again_by_itself() -> None:
    endings = dict.fromkeys(Ending, 1)
    assert (job(by_ending=endings).done, job(by_ending=endings).excepted) == (2, len(Ending) - 3)
