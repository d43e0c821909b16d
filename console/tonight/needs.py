"""What the night's pages need of the application."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from console.board import Board
from ledger.accounts import Actor, Practice


class LogLine(Protocol):
    """A line of the office's log: words known beforehand, counts and ids; nothing of any patient."""

    @property
    def at(self) -> datetime:
        """When, UTC."""

    @property
    def event(self) -> str:
        """What happened, in a word of ours."""

    @property
    def shown(self) -> str:
        """For people, in one line."""


class NightNeeds(Protocol):
    """What is seen of the night."""

    def board(self, practice: Practice, actor: Actor) -> Board:
        """How the night stands for this practice, now."""

    def newest_lines(self, most: int) -> Sequence[LogLine]:
        """The newest lines of the log, in the order of time."""
