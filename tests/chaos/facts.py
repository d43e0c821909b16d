"""What the oracle of the chaos looks at: the ledger's rows as plain values, and the portals' own records of events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Event = Mapping[str, Any]
"""One thing that a practice portal saw; see `sandbox.events`."""


@dataclass(frozen=True)
class Item:
    """A question of the work list. `waits_until` is set where it is ready and not to be asked before then."""

    id: int
    portal: str
    flow: str
    state: str
    waits_until: datetime | None
    has_case: bool


@dataclass(frozen=True)
class Try:
    """An attempt. `item` None: what befell a session."""

    id: int
    item: int | None
    run: int | None
    ending: str
    finished_at: datetime


@dataclass(frozen=True)
class Said:
    """A version of an answer. `subject` names what it is about; `words` is everything in it, to be compared."""

    id: int
    attempt: int
    subject: str
    version: int
    copied: bool
    """It was given to another question, which answers this one too."""
    words: str


@dataclass(frozen=True)
class Session:
    """A run: one session of one lane under one token."""

    id: int
    lane: int
    token: int
    flow: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class LaneRow:
    """A lane, and who holds it ("" nobody)."""

    id: int
    portal: str
    alias: str
    slot: int
    token: int
    holder: str


@dataclass(frozen=True)
class Pressed:
    """A press of a sign-in button as the ledger has it."""

    id: int
    portal: str
    alias: str
    kind: str
    pressed_at: datetime
    result: str
    settled_at: datetime | None
    cleared_at: datetime | None


@dataclass(frozen=True)
class OpenCase:
    """An open case about a question's subject."""

    id: int
    subject: str
    code: str


@dataclass(frozen=True)
class Book:
    """Everything that the ledger has, at one instant."""

    items: Sequence[Item]
    tries: Sequence[Try]
    answers: Sequence[Said]
    sessions: Sequence[Session]
    lanes: Sequence[LaneRow]
    presses: Sequence[Pressed]
    cases: Sequence[OpenCase]
    payments: Sequence[tuple[str, str]]
    """Portal and trace number of each payment."""
    codes_wanted: int
    """Runs that are said to wait for a one-time code."""


Acknowledged = Mapping[tuple[int, str], int]
"""How often the office's own log said that a question ended so: (item, ending) -> times."""
