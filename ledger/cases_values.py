"""The values of the list of exceptions: which cases are wanted, in which order, and what a line of the list shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flows.outcomes import Code, Family
from flows.questions import Flow
from flows.values import Frozen
from ledger.states import CaseState, Resolution, Stops

MOST_COUNTED = 1000
"""Where more wait than this, only that is told."""
MOST_OF_A_PART = 100
"""The same for one code or queue."""

INCIDENTS = (Family.ACCESS, Family.TECHNICAL, Family.POLICY)
"""Families of what befalls the portal and not a patient: all that somebody sees who may see no patient."""


class Order(StrEnum):
    """What stands first: what is due first (then the most money), the most money, what has waited longest."""

    DUE = "due"
    MONEY = "money"
    AGE = "age"


class Standing(StrEnum):
    """Open cases, those that are put off until a later day, or closed ones (the newest first)."""

    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


@dataclass(frozen=True)
class Wanted:
    """Which cases; what is None leaves nothing out. `incidents_only`: for somebody who may see no patient.

    `owner` is an account's id, `nobodys` asks for those that nobody has. `like`: another case of the same cause, in
    the sense that one decision does for all of them: the same portal, flow, code, view and element.
    """

    standing: Standing = Standing.OPEN
    order: Order = Order.DUE
    incidents_only: bool = False
    portal: str | None = None
    family: Family | None = None
    code: Code | None = None
    queue: str | None = None
    role: str | None = None
    owner: int | None = None
    nobodys: bool = False
    stops: bool = False
    money_at_least: Decimal | None = None
    due_before: date | None = None
    like: int | None = None


@dataclass(frozen=True)
class Key:
    """Where a page ended: the last row's place in the order, and its id."""

    place: str
    cents: int
    case_id: int


class CaseLine(Frozen):
    """A case as the list shows it. Money in dollars; `what` is a sentence of ours, `number` what the office calls it.

    `of_a_patient`: is it about somebody's claim, visit or appeal? `number` and `patient` (the row's keyed reference,
    for the audit log) are None for an incident, and for a reader who may see no patient. `waiting`: how many questions
    wait for it, counted up to `MOST_COUNTED` + 1.
    """

    id: int
    family: Family
    code: Code
    what: str
    portal: str
    flow: Flow
    alias: str | None
    view: str | None
    stops: Stops
    state: CaseState
    queue: str
    role: str
    due: date | None
    limit: date | None
    money: Decimal
    times: int
    waiting: int
    of_a_patient: bool
    number: str | None
    patient: str | None
    opened_at: datetime
    last_at: datetime
    owner: str | None
    owner_id: int | None
    taken_at: datetime | None
    snoozed_until: date | None
    snooze_why: str
    closed_at: datetime | None
    closed_by: str | None
    resolution: Resolution | None
    changes: int


@dataclass(frozen=True)
class CasePage:
    """One page, and where the next one begins; None where nothing follows."""

    rows: tuple[CaseLine, ...]
    next: Key | None


@dataclass(frozen=True)
class Counts:
    """How many open cases there are that are not put off: in all, by code, by queue, mine and nobody's.

    In all up to `MOST_COUNTED` + 1, the others up to `MOST_OF_A_PART` + 1 each.
    """

    in_all: int
    by_code: Mapping[Code, int]
    by_queue: Mapping[str, int]
    mine: int
    nobodys: int
    snoozed: int


class CaseEvent(Frozen):
    """One thing that a person did to a case, or, where `what` is "comment", wrote on it."""

    what: str
    text: str
    by: str
    at: datetime
