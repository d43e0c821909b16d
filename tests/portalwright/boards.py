"""Boards of made-up nights, for the tests of what is shown and told of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from console.board import Board, Job, Night, PortalState, Session, SignIn, WorkerState
from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger.night_values import OpenCase, Tried
from ledger.states import Stops

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
NIGHT = Night(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), datetime(2026, 3, 2, 13, 0, tzinfo=UTC))
PORTAL = "practice-national"
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
WORKER = WorkerState("office:1", NIGHT.begins, 4, 5 * SECOND, gone=False)


def job(**changes: Any) -> Job:
    return replace(Job(PORTAL, Flow.CLAIM_STATUS, permission="permitted"), **changes)


def session(**changes: Any) -> Session:
    at_work = Session(
        PORTAL, "main", 0, "working", run_id=7, flow=Flow.CLAIM_STATUS, doing="asking", done=3, due=9, quiet=SECOND
    )
    return replace(at_work, **changes)


def sign_in(**changes: Any) -> SignIn:
    return replace(SignIn(PORTAL, "main", unproved=0, allowed=1), **changes)


def portal(**changes: Any) -> PortalState:
    return replace(PortalState(PORTAL, sign_ins=(sign_in(),)), **changes)


def case(code: Code, stops: Stops = Stops.NOTHING, number: int = 12) -> OpenCase:
    return OpenCase(number, PORTAL, Flow.CLAIM_STATUS, code, stops, NOW)


def board(**changes: Any) -> Board:
    """A night on which all is well, with these differences."""
    return replace(
        Board(NOW, 1, NIGHT, portals=(portal(),), jobs=(job(),), sessions=(session(),), workers=(WORKER,)), **changes
    )


def tried(ending: Ending = Ending.ANSWERED, *, seconds: float = 5, ago: timedelta = SECOND) -> Tried:
    """A question that ended so long ago."""
    ended = NOW - ago
    return Tried(ending, None, ended - timedelta(seconds=seconds), ended)
