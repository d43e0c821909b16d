"""Is the night well? For monitoring: what is not, in sentences, and one exit code for the worst of it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from console.board import Board
from ledger.states import Stops
from portalwright.exit_codes import ExitCode
from portalwright.watching.alarms import alarms, sentence
from portalwright.watching.kinds import AlarmKind

WORST_FIRST = (ExitCode.NO_WORKER, ExitCode.STOPPED, ExitCode.STUCK, ExitCode.LATE)
"""Which exit code stands for several findings."""

_LATE = frozenset({AlarmKind.RUN_LATE, AlarmKind.DEADLINE_UNPROCESSED})


@dataclass(frozen=True)
class Finding:
    """One thing that is not well."""

    code: ExitCode
    what: str


def findings(board: Board) -> tuple[Finding, ...]:
    """All that is not well, the worst first."""
    found = [*_no_worker(board), *_stopped(board), *_stuck(board), *_late(board)]
    return tuple(sorted(found, key=lambda one: WORST_FIRST.index(one.code)))


def worst(found: Sequence[Finding]) -> ExitCode:
    """The exit code for these findings, which are in their order."""
    return found[0].code if found else ExitCode.FINE


def _no_worker(board: Board) -> Iterator[Finding]:
    if not any(not worker.gone for worker in board.workers):
        yield Finding(ExitCode.NO_WORKER, "no worker is at work")


def _stopped(board: Board) -> Iterator[Finding]:
    if board.held:
        yield Finding(ExitCode.STOPPED, board.held)
    for case in board.cases:
        if case.stops is not Stops.NOTHING:
            yield Finding(ExitCode.STOPPED, f"{case.portal}: case {case.id} ({case.code}) stops this {case.stops}")
    for portal in board.portals:
        for sign_in in portal.sign_ins:
            if sign_in.blocked and sign_in.blocked_until is None:
                what = f"{portal.portal}: the sign-in {sign_in.alias} is not pressed ({sign_in.blocked})"
                yield Finding(ExitCode.STOPPED, what)


def _stuck(board: Board) -> Iterator[Finding]:
    for session in board.sessions:
        if session.stuck and session.quiet is not None:
            seconds = round(session.quiet.total_seconds())
            what = f"{session.portal}: session {session.slot + 1} of {session.alias} has made no step for {seconds} s"
            yield Finding(ExitCode.STUCK, what)


def _late(board: Board) -> Iterator[Finding]:
    for alarm in alarms(board):
        if alarm.kind in _LATE:
            yield Finding(ExitCode.LATE, sentence(alarm))
