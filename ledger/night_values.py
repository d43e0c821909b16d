"""The figures of a night as the ledger gives them: frozen values, for those who watch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger.states import Stops


@dataclass(frozen=True)
class LaneFigures:
    """One session that a portal allows. `held`: a process has it; `lost`: that process has given no sign for too long;
    `ending`: a person has ended it, and its process signs out.

    `started_at` and what follows are of the run that is on, None and empty where there is none.
    """

    lane_id: int
    portal: str
    alias: str
    slot: int
    held: bool
    lost: bool
    run_id: int | None = None
    flow: Flow | None = None
    doing: str = ""
    started_at: datetime | None = None
    stepped_at: datetime | None = None
    due: int = 0
    by_ending: Mapping[Ending, int] = field(default_factory=lambda: MappingProxyType({}))
    ending: bool = False


@dataclass(frozen=True)
class Tried:
    """How one question ended, and how long it took."""

    ending: Ending
    code: Code | None
    started_at: datetime
    finished_at: datetime

    @property
    def seconds(self) -> float:
        """From taking the question to its record."""
        return max(0.0, (self.finished_at - self.started_at).total_seconds())


@dataclass(frozen=True)
class PastRun:
    """A run that has ended: how many questions in how many minutes."""

    asked: int
    minutes: float


@dataclass(frozen=True)
class OpenCase:
    """A case that stops something, or of a code that was asked for. `flow` is the job in which it was met."""

    id: int
    portal: str
    flow: Flow
    code: Code
    stops: Stops
    opened_at: datetime


Endings = Mapping[tuple[str, Flow], Mapping[Ending, int]]
"""By portal and job: how many questions ended how."""


@dataclass(frozen=True)
class Worker:
    """A `portalwright worker` that is at work, or went away without a word. `lost`: it has been given up."""

    name: str
    started_at: datetime
    sessions: int
    beat_at: datetime
    lost: bool
