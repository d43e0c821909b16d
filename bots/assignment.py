"""What a session is given to do, and what it tells of it: while it works, and at its end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from bots.browser import BrowserHost
from bots.clock import Clock
from bots.elsewhere import Elsewhere
from bots.intake import Intake
from bots.papers import Papers
from bots.probe import Probed, Probing
from flows.outcomes import Code, Ending, Reason
from flows.questions import Flow
from ledger.accounts import Actor
from ledger.thread import LedgerThread
from packs.models import Pack
from vault.sealed import SealedStore
from vault.vault import Vault

_WAITS = frozenset(
    {
        "portal down",
        "portal closed",
        "hours over",
        "in use elsewhere",
        "no code came",
        "being built",
        "browser ended",
    }
)


def _stay() -> bool:
    return False


@dataclass(frozen=True)
class Work:
    """What a session works with. `limit` is the most items to take; None: all that are due."""

    pack: Pack
    flow: Flow
    alias: str
    actor: Actor
    vault: Vault
    ledger: LedgerThread
    evidence: SealedStore
    browser: BrowserHost
    clock: Clock
    slot: int = 0
    limit: int | None = None
    wait_for_lane: bool = True
    attended: bool = False
    by_person: bool = False
    """A person started it, and it goes to a portal that was down without waiting for its time: it tries for all."""
    probing: Probing = Probing.NEVER
    intake: Intake | None = None
    """Opens the documents that are fetched; without one, no flow that fetches any can be run."""
    papers: Papers | None = None
    """Opens the documents that go with appeals; without it, none that has any can be filed."""
    only: frozenset[int] | None = None
    """Only these questions of the work list; None: all that are due."""
    change_password: bool = False
    """The office lets the robot choose a new password when the portal wants one."""
    leave: Callable[[], bool] = _stay
    """Asked before each question: is the session to end now? The question keeps its turn."""


@dataclass(frozen=True)
class Ended:
    """How the try of one item ended: its id in the ledger, why (for all but answers), and how long it took."""

    item: int
    ending: Ending
    code: Code | None
    milliseconds: int


@dataclass(frozen=True)
class Progress:
    """How far the session is: `due` items when it began, endings so far, what it is doing, and what has just ended."""

    due: int
    by_ending: Mapping[Ending, int]
    doing: str
    ended: Ended | None = None

    @property
    def done(self) -> int:
        return sum(self.by_ending.values())


@dataclass(frozen=True)
class Report:
    """How a session ended. `why` is a word or two; `stopped` is the outcome that ended it early, if one did.

    `again_at` (UTC): when it makes sense to run again, where only waiting is needed.
    """

    run_id: int | None
    why: str
    by_ending: Mapping[Ending, int]
    stopped: Reason | None = None
    again_at: datetime | None = None
    signed_out: bool = False
    weak_elements: tuple[str, ...] = ()
    read_directly: int = 0
    """So many questions were answered without opening a page."""
    probed: Probed | None = None
    """The probe, where there was one."""
    refused: Mapping[Elsewhere, int] = field(default_factory=lambda: MappingProxyType({}))
    """Calls of the portal's pages to hosts that its pack does not declare, by the kind of host; none was reached."""

    @property
    def waits(self) -> bool:
        """Did it end because the portal, its hours or a person's absence want us to come again later?"""
        return self.why in _WAITS
