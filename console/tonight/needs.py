"""What the night's pages need of the application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from console.board import Board
from flows.outcomes import Ending
from flows.questions import Flow
from ledger.accounts import Actor, Practice
from vault.secret import Secret

SPAN_MINUTES = 10
"""The charts of a night count in spans of so many minutes."""


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


@dataclass(frozen=True)
class Alarm:
    """Something that people are told of. `kind` is a word of a closed set, `what` says it without a patient."""

    kind: str
    what: str
    portal: str
    flow: Flow | None


@dataclass(frozen=True)
class Tail:
    """Lines of the log, and the number by which what comes after them is asked for.

    `follows`: they follow those that were given before; else they are the newest, and take the place of all.
    """

    number: int
    lines: Sequence[LogLine]
    follows: bool


class NightNeeds(Protocol):
    """What is seen of the night, and what is done about it."""

    def board(self, practice: Practice, actor: Actor, now: datetime, *, new_enough: timedelta = timedelta(0)) -> Board:
        """How the night stands for this practice, now.

        All who look share a look: one of so long ago is `new_enough` whatever has happened since. Raises LedgerError.
        """

    def alarms(self, board: Board) -> Sequence[Alarm]:
        """What holds on this board and is told to people."""

    def outcomes(self, board: Board) -> Sequence[Mapping[Ending, int]]:
        """How the questions of the board's night ended, for each `SPAN_MINUTES` from its beginning to the board."""

    def lines(self, after: int | None, most: int) -> Tail:
        """The lines of the log after this number, or the newest ones; at most so many."""

    def give_code(self, practice: Practice, actor: Actor, request_id: int, code: Secret[str], now: datetime) -> None:
        """Hand a one-time code to the run that waits for it, sealed for that run alone.

        Raises NotThere or CodeNotWanted where nobody waits for it any more, NotAPerson.
        """
