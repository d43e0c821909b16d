"""The night as the desk's pages see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock

from bots.door.code_on_its_way import sealed
from console.board import Board
from console.tonight.needs import SPAN_MINUTES, Alarm, Tail
from flows.outcomes import Ending
from ledger import codes, night_board
from ledger.accounts import Actor, Practice
from ledger.errors import RecordWrong
from portalwright.desk.log_tail import LogTail
from portalwright.doors import OfficeDoors, of_practice
from portalwright.office import Desk
from portalwright.settings import SettingsWrong
from portalwright.watching.alarms import alarms, sentence
from portalwright.watching.look import look
from vault.secret import Secret

_LOOK_AGAIN = timedelta(seconds=5)
"""What moves without anybody's act (a heartbeat, the time) is looked at again after this."""

_OUTCOMES_AGAIN = timedelta(seconds=30)


@dataclass(frozen=True)
class _Looked:
    """One look at a practice, and how far the office's acts had come then."""

    board: Board
    changes: int

    @cached_property
    def alarms(self) -> tuple[Alarm, ...]:
        """What holds on the board. Worked out once: thousands of cases may each be an alarm of its own."""
        return tuple(
            Alarm(str(one.kind), sentence(replace(one, portal="", flow=None)), one.portal, one.flow)
            for one in alarms(self.board)
        )


@dataclass(frozen=True)
class _Outcomes:
    at: datetime
    by_time: Sequence[Mapping[Ending, int]]


@dataclass(frozen=True)
class TheNight:
    """See `console.tonight.needs`. Asked from many threads: they take turns, and share each other's looks."""

    desk: Desk
    doors: OfficeDoors
    tail: LogTail
    _lock: Lock = field(default_factory=Lock)
    _looked: dict[int, _Looked] = field(default_factory=dict)
    _outcomes: dict[tuple[int, datetime], _Outcomes] = field(default_factory=dict)

    def board(self, practice: Practice, actor: Actor, now: datetime, *, new_enough: timedelta = timedelta(0)) -> Board:
        """How the night stands for this practice, now. Raises RecordWrong for a calendar that cannot be read."""
        with self._lock:
            before = self._looked.get(practice.id)
            if before is not None and abs(now - before.board.at) < new_enough:
                return before.board
            changes = night_board.changes()
            if before is not None and before.changes == changes and abs(now - before.board.at) < _LOOK_AGAIN:
                return before.board
            if practice.id not in self.doors.desks:
                self.doors.desks[practice.id] = of_practice(self.desk, practice, now)
            desk = self.doors.desks[practice.id]
            try:
                board = look(self.doors, desk, now, before=before.board.history if before else None)
            except SettingsWrong as wrong:
                raise RecordWrong(str(wrong)) from wrong
            self._looked[practice.id] = _Looked(board, changes)
            return board

    def alarms(self, board: Board) -> Sequence[Alarm]:
        """What holds on this board and is told to people."""
        looked = self._looked.get(board.practice_id)
        return (looked if looked is not None and looked.board is board else _Looked(board, 0)).alarms

    def outcomes(self, board: Board) -> Sequence[Mapping[Ending, int]]:
        """How the night's questions ended, span by span; counted at most twice a minute."""
        key = board.practice_id, board.night.begins
        with self._lock:
            found = self._outcomes.get(key)
            if found is None or not timedelta() <= board.at - found.at < _OUTCOMES_AGAIN:
                begins, ends = board.night.begins, board.at
                found = _Outcomes(board.at, night_board.by_time(board.practice_id, begins, ends, SPAN_MINUTES))
                for old in [one for one in self._outcomes if one[0] == board.practice_id]:
                    del self._outcomes[old]
                self._outcomes[key] = found
            return found.by_time

    def lines(self, after: int | None, most: int) -> Tail:
        """The lines of the log after this number, or the newest ones; at most so many."""
        return self.tail.after(after, most)

    def give_code(self, practice: Practice, actor: Actor, request_id: int, code: Secret[str], now: datetime) -> None:
        """Hand a one-time code to the run that waits for it, as `portalwright code` does."""
        wanted = codes.wanted(practice.id, request_id, now)
        codes.give(wanted, sealed(self.desk.vault.sealer(), wanted, code), actor, now)
