"""The board of a night: how the work stands at each portal, as frozen values. Counts and names of portals alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType

from flows.outcomes import Ending
from flows.questions import Flow
from ledger.night_values import Endings, OpenCase

NONE: Mapping[Ending, int] = MappingProxyType({})


@dataclass(frozen=True)
class Night:
    """The hours in which the robot works: those that are on, or the last ones. UTC."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class History:
    """What does not change while a night lasts: how the nights before it went. Looked up once."""

    night: Night
    yesterday: Endings
    last_week: Endings
    usual: Mapping[tuple[str, Flow], float | None]


@dataclass(frozen=True)
class Job:
    """One job at one portal tonight. `queued` is due now; `jumping` of these go first (deadline near, much money).

    `excepted`: questions that ended without an answer and wait for a person. `a_minute` over the last ten minutes;
    `usual` is the median of earlier runs, for one session. `success`: how many of `tried`, the last 50, ended with an
    answer; `lately` and `lately_tried` the same of the last 20 of this night. `p95`: seconds a question.
    `permission_until` is its last day (UTC), `permission_notice` the warning that is due: 30, 14, 7 or 1 days, 0: over.
    `review_on`: the day, if it has come, on which somebody was to look whether it still holds.
    `why_not`: what holds it up, "" where nothing does; `opens_at`: when that ends by itself.
    `yesterday` and `last_week` are the endings of the night and of the seven nights before this one.
    """

    portal: str
    flow: Flow
    queued: int = 0
    jumping: int = 0
    running: int = 0
    by_ending: Mapping[Ending, int] = field(default_factory=lambda: NONE)
    a_minute: float | None = None
    usual: float | None = None
    finishes_at: datetime | None = None
    success: int = 0
    tried: int = 0
    lately: int = 0
    lately_tried: int = 0
    p95: float | None = None
    permission: str = ""
    permission_until: date | None = None
    permission_notice: int | None = None
    review_on: date | None = None
    why_not: str = ""
    opens_at: datetime | None = None
    next_at: datetime | None = None
    yesterday: Mapping[Ending, int] = field(default_factory=lambda: NONE)
    last_week: Mapping[Ending, int] = field(default_factory=lambda: NONE)

    @property
    def done(self) -> int:
        """Questions that ended with an answer tonight; "not found" is one."""
        return self.by_ending.get(Ending.ANSWERED, 0) + self.by_ending.get(Ending.NEGATIVE, 0)

    @property
    def excepted(self) -> int:
        """Endings that a person has to look at: all but answers and what is tried again by itself."""
        return sum(self.by_ending.values()) - self.done - self.by_ending.get(Ending.TRANSIENT, 0)

    def in_time(self, night: Night, now: datetime) -> bool | None:
        """Will it be done when the night ends? None: nothing waits, the night is over, or nobody knows how long it
        takes.
        """
        if not self.queued + self.running or now >= night.ends:
            return None
        return None if self.finishes_at is None else self.finishes_at <= night.ends


@dataclass(frozen=True)
class Session:
    """One session that a portal allows: free, held by a process that works, ending because a person wants it to, or
    lost with a process that does not work any more.
    """

    portal: str
    alias: str
    slot: int
    state: str
    run_id: int | None = None
    flow: Flow | None = None
    doing: str = ""
    done: int = 0
    due: int = 0
    started_at: datetime | None = None
    quiet: timedelta | None = None
    """Since it last got anywhere."""
    stuck: bool = False
    lane_id: int = 0


@dataclass(frozen=True)
class SignIn:
    """One sign-in. `unproved` presses, of `allowed` ones, may have been wrong: of its password or its codes, whichever
    has fewer left. `blocked`: why none is pressed.
    """

    portal: str
    alias: str
    unproved: int
    allowed: int
    blocked: str = ""
    blocked_until: datetime | None = None
    code_wanted_until: datetime | None = None
    code_request: int | None = None
    password_version: int = 0
    password_days: int | None = None
    """Until the portal wants a new password, where office.toml says how long one lasts."""


@dataclass(frozen=True)
class PortalState:
    """One portal, over all its jobs. `throttled`: answers "too many requests" tonight; `broken`: broken downloads."""

    portal: str
    sessions_in_use: int = 0
    sessions_allowed: int = 1
    throttled: int = 0
    broken_downloads: int = 0
    breaker: str = "closed"
    breaker_until: datetime | None = None
    closed_until: datetime | None = None
    closed_why: str = ""
    sign_ins: tuple[SignIn, ...] = ()


@dataclass(frozen=True)
class WorkerState:
    """One `portalwright worker`. `quiet`: since its last sign of life. `gone`: it did not end as it should."""

    name: str
    started_at: datetime
    sessions: int
    quiet: timedelta
    gone: bool


@dataclass(frozen=True)
class Board:
    """All of it, for one practice, at one instant (UTC)."""

    at: datetime
    practice_id: int
    night: Night
    portals: tuple[PortalState, ...] = ()
    jobs: tuple[Job, ...] = ()
    sessions: tuple[Session, ...] = ()
    workers: tuple[WorkerState, ...] = ()
    cases: tuple[OpenCase, ...] = ()
    untold: int = 0
    """Notifications that were tried and did not reach everybody."""
    held: str = ""
    """Why the whole office stands still: it came out of a backup, and nobody has given the word yet."""
    undispatched: timedelta | None = None
    """For so long the worker that looks has not got through a dispatch; None where no worker looks."""
    no_backup_since: datetime | None = None
    """When the last nightly backup was made, where the one after it is more than a day late."""
    history: History | None = None
