"""The night as the desk's pages see it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from console.board import Board
from ledger.accounts import Actor, Practice
from portalwright.doors import OfficeDoors
from portalwright.office import Desk, utc_now
from portalwright.watching.log_lines import LogLine, newest, wanted
from portalwright.watching.look import look


@dataclass(frozen=True)
class TheNight:
    """See `console.tonight.needs`."""

    desk: Desk
    doors: OfficeDoors

    def board(self, practice: Practice, actor: Actor) -> Board:
        """How the night stands for this practice, now."""
        return look(self.doors, replace(self.desk, practice=practice, actor=actor), utc_now())

    def newest_lines(self, most: int) -> Sequence[LogLine]:
        """The newest lines of the log, in the order of time."""
        return newest(self.desk.office.logs_folder, wanted(None, (), None), most)
