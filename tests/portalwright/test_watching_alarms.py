"""Which alarms hold is a function of the board: one row of the table for each, on either side of its limit."""

from datetime import date, timedelta
from typing import Any

import pytest

from console.board import Board, WorkerState
from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger.states import Stops
from portalwright.exit_codes import ExitCode
from portalwright.watching.alarms import alarms, sentence, text
from portalwright.watching.checking import findings, worst
from portalwright.watching.kinds import AlarmKind
from tests.portalwright.boards import (
    MINUTE,
    NIGHT,
    NOW,
    PORTAL,
    WORKER,
    board,
    case,
    job,
    portal,
    session,
    sign_in,
)

HOUR = timedelta(hours=1)
MORNING = NIGHT.ends - HOUR


def of_job(**changes: Any) -> Board:
    return board(jobs=(job(**changes),))


def of_case(code: Code, stops: Stops = Stops.NOTHING) -> Board:
    return board(cases=(case(code, stops),))


def of_sign_in(**changes: Any) -> Board:
    return board(portals=(portal(sign_ins=(sign_in(**changes),)),))


def results(answered: int, negative: int, **more: int) -> dict[Ending, int]:
    return {
        Ending.ANSWERED: answered,
        Ending.NEGATIVE: negative,
        **{Ending[name]: times for name, times in more.items()},
    }


GONE = WorkerState("office:2", NOW, 4, HOUR, gone=True)
LATE_END = NIGHT.ends + MINUTE
USUAL = results(180, 20)

HOLDS: list[tuple[Board, AlarmKind | None]] = [
    (board(), None),
    (of_case(Code.ACC_BADPW, Stops.CREDENTIAL), AlarmKind.LOCK_OUT),
    (of_case(Code.ACC_LOCKED, Stops.CREDENTIAL), AlarmKind.LOCK_OUT),
    (of_case(Code.ACC_CAPTCHA, Stops.PORTAL), AlarmKind.CAPTCHA),
    (of_case(Code.ACC_BLOCKED, Stops.PORTAL), AlarmKind.BOT_NOTICE),
    (of_case(Code.POL_NOPERMIT, Stops.PORTAL), AlarmKind.PORTAL_STOPPED),
    (of_case(Code.ACC_UNKNOWN, Stops.CREDENTIAL), AlarmKind.SIGN_IN_STOPPED),
    (of_case(Code.ACC_MFA), AlarmKind.SIGN_IN_STOPPED),
    (of_case(Code.ACC_EXPIRED, Stops.CREDENTIAL), AlarmKind.SIGN_IN_STOPPED),
    (of_case(Code.ACC_EXPIRED), AlarmKind.PASSWORD_ENDS),
    (of_case(Code.TECH_LAYOUT, Stops.VIEW), AlarmKind.PAGE_CHANGED),
    (of_case(Code.TECH_UNKNOWN_FILED), AlarmKind.FILING_UNCERTAIN),
    (of_case(Code.BUS_DEADLINE), AlarmKind.DEADLINE),
    (of_case(Code.BUS_MULTI), None),
    (of_sign_in(code_wanted_until=NOW + MINUTE, code_request=3), AlarmKind.CODE_WANTED),
    (of_sign_in(password_days=31), None),
    (of_sign_in(password_days=30), AlarmKind.PASSWORD_ENDS),
    (of_sign_in(password_days=-2), AlarmKind.PASSWORD_ENDS),
    (board(workers=(WORKER, GONE)), AlarmKind.WORKER_GONE),
    (board(undispatched=timedelta(minutes=14)), None),
    (board(undispatched=timedelta(minutes=15)), AlarmKind.NOTHING_DISPATCHED),
    (board(no_backup_since=NOW - timedelta(days=2)), AlarmKind.BACKUP_MISSED),
    (board(sessions=(session(stuck=True),)), AlarmKind.STUCK),
    (board(portals=(portal(broken_downloads=1),)), AlarmKind.DOWNLOADS_BROKEN),
    (of_job(permission_until=date(2026, 3, 16), permission_notice=14), AlarmKind.PERMISSION_ENDS),
    (of_job(permission_until=date(2026, 9, 1)), None),
    (of_job(review_on=date(2026, 3, 1)), AlarmKind.PERMISSION_REVIEW),
    (of_job(jumping=3, queued=3), None),
    (board(at=MORNING, jobs=(job(jumping=3, queued=3),)), AlarmKind.DEADLINE_UNPROCESSED),
    (board(at=LATE_END, jobs=(job(jumping=3, queued=3),)), AlarmKind.DEADLINE_UNPROCESSED),
    (board(at=MORNING, jobs=(job(queued=3),)), None),
    (of_job(queued=9, finishes_at=LATE_END), AlarmKind.RUN_LATE),
    (of_job(queued=9, finishes_at=NIGHT.ends), None),
    (board(at=NIGHT.ends, jobs=(job(queued=9, finishes_at=LATE_END),)), None),
    (of_job(lately=15, lately_tried=20), AlarmKind.SUCCESS_LOW),
    (of_job(lately=16, lately_tried=20), None),
    (of_job(lately=0, lately_tried=19), None),
    (of_job(by_ending=results(0, 10), yesterday=results(10, 0)), AlarmKind.NOTHING_ANSWERED),
    (of_job(by_ending=results(0, 9), yesterday=results(10, 0)), None),
    (of_job(by_ending=results(1, 9), yesterday=results(10, 0)), None),
    (of_job(by_ending=results(0, 10), yesterday=results(9, 0)), None),
    (of_job(by_ending=results(14, 6), last_week=USUAL), AlarmKind.NOT_FOUND_HIGH),
    (of_job(by_ending=results(15, 5), last_week=USUAL), None),
    (of_job(by_ending=results(13, 6), last_week=USUAL), None),
    (of_job(by_ending=results(14, 6), last_week=results(15, 2)), None),
    (of_job(by_ending=results(18, 2), last_week=results(200, 0)), None),
]  # fmt: skip


@pytest.mark.parametrize(("seen", "kind"), HOLDS, ids=[f"{place}-{kind}" for place, (_, kind) in enumerate(HOLDS)])
def test_an_alarm_holds_on_its_side_of_the_limit(seen: Board, kind: AlarmKind | None) -> None:
    assert [one.kind for one in alarms(seen)] == ([] if kind is None else [kind])


NOT_OF_A_BOARD = {AlarmKind.AUDIT_CHANGED, AlarmKind.EMERGENCY_ACCESS}
"""Told when they happen, by the daily proof and by the desk."""


def test_every_kind_has_a_row_that_shows_when_it_holds() -> None:
    assert {kind for _, kind in HOLDS if kind is not None} == set(AlarmKind) - NOT_OF_A_BOARD


def test_the_same_has_the_same_key_and_another_night_another() -> None:
    def keys(**changes: Any) -> set[str]:
        return {one.key for one in alarms(board(**changes))}

    late = (job(queued=9, finishes_at=LATE_END),)
    assert keys(jobs=late) == keys(jobs=late, at=NOW + HOUR)
    assert keys(cases=(case(Code.ACC_LOCKED),)) != keys(cases=(case(Code.ACC_LOCKED, number=13),))
    ahead = [{one.key for one in alarms(of_sign_in(password_days=days))} for days in (20, 15, 14, 8, 7, 2, 1, 0)]
    assert len(set(map(frozenset, ahead))) == 4, "30, 14, 7 and 1 days ahead"
    renewed = {one.key for one in alarms(of_sign_in(password_days=20, password_version=2))}
    assert renewed != ahead[0]


def test_a_missing_backup_is_told_again_each_week_and_says_how_old_the_last_one_is() -> None:
    made = NOW - timedelta(days=2)
    told = [alarms(board(at=NOW + timedelta(days=days), no_backup_since=made)) for days in (0, 4, 5, 11, 12)]
    assert len({one.key for found in told for one in found}) == 3
    assert sentence(told[0][0]) == "the nightly backup was not made (the last one is 2 days old)"


def test_what_is_told_is_of_our_own_words_with_names_of_portals_and_counts_alone() -> None:
    for seen, kind in HOLDS:
        for one in alarms(seen):
            said = text(one)
            assert kind is not None
            assert said.endswith((".", "`.")) and kind.what_to_do in said
            assert (
                sentence(one)
                .removeprefix(f"{PORTAL}")
                .removeprefix(", claim-status")
                .strip(": ")
                .startswith(kind.subject)
            )
    (late,) = alarms(of_job(queued=9, finishes_at=LATE_END))
    assert sentence(late) == (
        "practice-national, claim-status: the night's work will not be done in time (9 questions wait)"
    )
    (gone,) = alarms(board(workers=(WORKER, GONE)))
    assert text(gone).startswith("A worker went away without ending. ")
    assert "office:2" not in text(gone), "a computer's name is nobody's business outside"


FOUND: list[tuple[Board, ExitCode]] = [
    (board(), ExitCode.FINE),
    (board(workers=(GONE,)), ExitCode.NO_WORKER),
    (board(workers=()), ExitCode.NO_WORKER),
    (board(workers=(WORKER, GONE)), ExitCode.FINE),
    (of_case(Code.ACC_LOCKED, Stops.CREDENTIAL), ExitCode.STOPPED),
    (of_case(Code.BUS_MULTI), ExitCode.FINE),
    (of_sign_in(blocked="rejected"), ExitCode.STOPPED),
    (of_sign_in(blocked="rests", blocked_until=NOW + HOUR), ExitCode.FINE),
    (board(held="The office came out of a backup."), ExitCode.STOPPED),
    (board(sessions=(session(stuck=True),)), ExitCode.STUCK),
    (of_job(queued=9, finishes_at=LATE_END), ExitCode.LATE),
    (board(at=MORNING, jobs=(job(jumping=3, queued=3),)), ExitCode.LATE),
    (board(workers=(), sessions=(session(stuck=True),)), ExitCode.NO_WORKER),
    (board(cases=(case(Code.ACC_LOCKED, Stops.CREDENTIAL),), sessions=(session(stuck=True),)), ExitCode.STOPPED),
]


@pytest.mark.parametrize(("seen", "code"), FOUND, ids=[f"{place}-{code.name}" for place, (_, code) in enumerate(FOUND)])
def test_monitoring_gets_the_exit_code_of_the_worst_that_is_found(seen: Board, code: ExitCode) -> None:
    found = findings(seen)
    assert worst(found) is code
    assert bool(found) is (code is not ExitCode.FINE)


def test_appeals_and_other_jobs_keep_their_names_in_what_is_told() -> None:
    (one,) = alarms(of_job(flow=Flow.REMITTANCES, queued=1, finishes_at=LATE_END))
    assert sentence(one).endswith("(1 question waits)")
    assert "remittances" in sentence(one)
