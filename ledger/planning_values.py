"""What the rules of cadence look at, and what they say: when a question is to be asked (again), how urgently, and why.

Values only; `ledger.planning` reads and writes them, `schedules.cadence` judges.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flows.outcomes import Code
from flows.payer_types import PayerType
from flows.questions import Flow
from ledger.states import AppealStage, ItemState


class Rank(StrEnum):
    """How urgent a question is among those that are due; `order` is what the work list is sorted by."""

    JUMPS = "jumps"
    """Before all others: a limit is near, much money, the payer has just moved or waits for us."""
    NORMAL = "normal"
    CAN_WAIT = "can-wait"

    @property
    def order(self) -> int:
        """0, 1 or 2."""
        return tuple(Rank).index(self)


class Stop(StrEnum):
    """Why a question is not asked any more by itself. A person may always ask."""

    SETTLED = "settled"
    """The payer has decided, and the money is posted, or there is none."""
    REJECTED = "rejected"
    """The claim never entered adjudication: it is sent anew, and the new one is asked about."""
    NO_ACCEPTANCE = "no-acceptance"
    """Nobody has acknowledged it: the clearinghouse is asked, not the portal."""
    HELD = "held"
    SMALL_BALANCE = "small-balance"
    MOST_CHECKS = "most-checks"
    """Asked so often that a person has to."""
    OVERDUE = "overdue"
    """So long undecided that a person has to act."""
    BY_HAND = "by-hand"
    """A person has ended it by hand."""
    VISIT_OVER = "visit-over"
    ASKED_ONCE = "asked-once"
    """A period of payments is looked through once."""
    NOTHING_TO_ASK = "nothing-to-ask"
    """The appeal is decided, withdrawn or was never filed."""


class HoldWhy(StrEnum):
    """Why a person wants the payer left alone (DOMAIN 3.1)."""

    BANKRUPT = "bankrupt"
    DECEASED = "deceased"
    LEGAL = "legal"
    """A lawsuit, a lien, an audit."""
    OTHER = "other"

    @property
    def of_patient(self) -> bool:
        """Does it hold for all claims and visits of the patient?"""
        return self in (HoldWhy.BANKRUPT, HoldWhy.DECEASED)


@dataclass(frozen=True, slots=True)
class Check:
    """One answer of a payer, as far as cadence minds. `same` is what two checks are compared by."""

    at: datetime
    negative: bool
    category: str = ""
    paid: Decimal | None = None
    text: str = ""
    decided_on: date | None = None

    @property
    def same(self) -> tuple[object, ...]:
        """Equal in two checks between which nothing has changed."""
        return self.negative, self.category, self.paid, self.text, self.decided_on


@dataclass(frozen=True, slots=True)
class PrimaryPaid:
    """Another insurer paid first for the same visit; `crossover`: it has sent the claim on by itself."""

    paid_on: date
    crossover: bool


@dataclass(frozen=True, slots=True)
class ClaimToAsk:
    """A claim and what is known of it. Amounts in dollars.

    `checks` are the answers to the claim as it is now, the oldest first. `acceptances_come`: the office has acceptances
    (277CA) of other claims at this portal. `received_on` is the day that the payer's own page gives. `limit` is the
    last day for filing (`limit_rule` says so), while the payer may not have the claim. `remitted`: a payment that is
    here decides it; `posted`: one was given to the practice system.
    """

    number: str
    service_from: date
    service_to: date
    imported_at: datetime
    billed: Decimal
    accepted_on: date | None = None
    rejected: bool = False
    acceptances_come: bool = False
    checks: tuple[Check, ...] = ()
    received_on: date | None = None
    remitted: bool = False
    posted: bool = False
    primary: PrimaryPaid | None = None
    limit: date | None = None
    limit_rule: str = ""
    hold: HoldWhy | None = None


@dataclass(frozen=True, slots=True)
class VisitToAsk:
    """An appointment; `answered_at` is when the newest answer about it as it is now was observed."""

    number: str
    service_from: date
    service_to: date
    imported_at: datetime
    answered_at: datetime | None = None
    hold: HoldWhy | None = None


@dataclass(frozen=True, slots=True)
class AppealToAsk:
    """An appeal: to be filed, or to be followed up. Days and hours are the payer's, as they were when it was approved.

    `deadline` is the last day for filing it; `checked_at` when the portal was last asked about it.
    """

    number: str
    stage: AppealStage
    amount: Decimal
    deadline: date | None
    filed_at: datetime | None
    filed_on: date | None
    confirmed: bool
    expected_by: date | None
    listed_after_hours: int
    first_check_days: int
    checked_at: datetime | None = None
    checks: int = 0


@dataclass(frozen=True, slots=True)
class PeriodToAsk:
    """The days, both included, whose payments are looked for."""

    number: str
    paid_from: date
    paid_to: date
    asked_for_at: datetime
    answered: bool = False


Subject = ClaimToAsk | VisitToAsk | AppealToAsk | PeriodToAsk


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A question of the work list as cadence sees it.

    `not_before` is from when it may be asked, as its row has it. `tried`: somebody has asked it, or tried to; then a
    row that is ready waits for what a person or the portal wanted, and cadence leaves its time alone. `by_hand`: a
    person has ended it.
    """

    item_id: int
    flow: Flow
    portal: str
    payer: PayerType
    state: ItemState
    tries: int
    tried: bool
    not_before: datetime
    by_hand: bool
    about: Subject


@dataclass(frozen=True, slots=True)
class Said:
    """A rule that spoke, by its id, and what it said: a sentence without anything of the patient."""

    rule: str
    says: str


@dataclass(frozen=True, slots=True)
class ForPerson:
    """What a person has to do now, because asking the portal helps no more. One case for each topic."""

    code: Code
    topic: str
    what: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What the rules say about one question.

    `due_at` None: it is not asked by itself, and where that is for good, `stop` says why. `review_at`: when to look
    again though nothing has changed.
    """

    due_at: datetime | None
    rank: Rank = Rank.NORMAL
    stop: Stop | None = None
    review_at: datetime | None = None
    said: tuple[Said, ...] = ()
    for_person: ForPerson | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What a planning has done: questions planned, cases opened. `left`: there is more than was wanted at once. `busy`:
    an import, or another process that plans, has the practice at this moment, and the rest waits for another time."""

    questions: int = 0
    opened: int = 0
    left: bool = False
    busy: bool = False


@dataclass(frozen=True, slots=True)
class DueGroup:
    """Questions of one practice, portal and flow that are due: how many, how many jump, since when the oldest is."""

    practice_id: int
    portal: str
    flow: Flow
    due: int
    jumping: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class DueQuestion:
    """One question that is due; `number` is what the office calls the claim, visit, period or appeal."""

    item_id: int
    portal: str
    flow: Flow
    number: str
    rank: Rank
    since: datetime
